"""What commands print: reports as text for people, or as JSON for scripts."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from hashiya.corpus.building.build import Built
from hashiya.corpus.building.build_report import BuildReport
from hashiya.corpus.building.run_plan import BuildProgress
from hashiya.corpus.dataset.release import Released
from hashiya.corpus.doubts.doubts import doubts_between
from hashiya.corpus.exchange.labels import ImportReport
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.inspection.check import CheckReport
from hashiya.corpus.inspection.status import StatusReport
from hashiya.corpus.sources.remote import Location
from hashiya.corpus.store.generation import DOCUMENTS, INDEX, PAIRS
from hashiya.corpus.store.index import PairIndex
from hashiya.tui.cli.duplicates import duplicates_text, repeated_text
from hashiya.tui.screens.label.doubt_text import doubts_text

_out = Console(highlight=False, markup=False, soft_wrap=True)
_err = Console(stderr=True)


def say(text: str = "") -> None:
    """Print a line for people."""
    _out.print(text)


def print_json(**parts: object) -> None:
    """Print the parts of a report as one JSON object."""
    unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(parts, default=_plain, ensure_ascii=not unicode, indent=2))  # noqa: T201 - the result


@contextmanager
def progress(what: str) -> Generator[Callable[[int, int], None]]:
    """Show a bar on a terminal once the work has taken a second; yields what to call with (done, total)."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=_err, transient=True, disable=not _err.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def building() -> Generator[Callable[[BuildProgress], None]]:
    """Show on a terminal how far a build is, how fast and how long it will take; yields what to call."""
    columns = (
        TextColumn("building"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.description}"),
    )
    start = time.monotonic()
    with Progress(*columns, console=_err, transient=True, disable=not _err.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def advance(state: BuildProgress) -> None:
            text = progress_text(state, time.monotonic() - start)
            bar.update(task, completed=state.done, total=state.size, description=text)

        yield advance


def progress_text(state: BuildProgress, seconds: float) -> str:
    """What is said of a build beside its bar; speed and time left are those of what this run makes."""
    text = f"{state.parts:,} parts, {state.documents:,} documents"
    made = state.done - state.reused
    if made and seconds:
        left = round((state.size - state.done) / made * seconds)
        minutes, hours = left // 60 % 60, left // 3600
        text += f", {state.pairs_made / seconds:,.0f} beads/s, {hours}:{minutes:02}:{left % 60:02} left"
    return text


@contextmanager
def working(what: str) -> Generator[None]:
    """Show on a terminal that something is being done whose end cannot be foretold."""
    with _err.status(f"{what} ..."):
        yield


def built(result: Built, out: Location) -> None:
    """Print what a build made that stands at `out`, and what became of the labels."""
    if not result.fresh:
        say("Nothing changed since the last build; this is what stands (--force builds anyway).")
    if result.reused:
        _row("Resumed", f"{result.reused} of {result.parts} parts were there")
    _build_report(result.report)
    generation = result.corpus.generation()
    _to_look_at(result.report, PairIndex.open(generation.folder / INDEX))
    carried = result.carried
    if carried.kept:
        _row("Labels", f"{carried.kept} stand where they were")
    if carried.carried:
        _row("Carried", f"{carried.carried} to changed text, {carried.review} of them for review")
    if carried.left or carried.unplaced:
        _row("No place", f"{carried.left} marks and {len(carried.unplaced)} whole annotations:")
        _row("", f"hashiya labels export {result.corpus.folder} - --unplaced shows them as they were")
    folder = out / "generations" / generation.folder.name
    _row("Files", str(folder / PAIRS))
    _row("", str(folder / DOCUMENTS))


def print_status(report: StatusReport, folder: Path) -> None:
    """Print the state of a corpus."""
    scheme = report.scheme
    _row("Corpus", f"{report.name}, scheme {scheme.name} {scheme.version}, build {report.generation}")
    _build_report(report.build)
    _row("Labelled", f"{report.labelled} of {report.to_label} pairs are done by someone")
    for who, counts in report.labels.items():
        _row("", f"{who}: {', '.join(f'{count} {name}' for name, count in counts.items())}")
    if report.conflicts:
        _row("Conflicts", f"{report.conflicts} pairs have two annotations of one annotator side by side")
    if any("review" in counts for counts in report.labels.values()):
        _row("Review", f"see what an edit put in doubt: hashiya labels export {folder} - --status review")
    if report.left_behind:
        _row("Left behind", f"{report.left_behind} annotations were carried without some of their marks")
    if report.unplaced:
        _row("No place", f"{len(report.unplaced)} annotations stand for text that is gone")
    if report.left_behind or report.unplaced:
        _row("", f"see them as they were: hashiya labels export {folder} - --unplaced")


def checked(report: CheckReport, folder: Path) -> None:
    """Print what a check looked at."""
    verdict = "all is well" if not report.problems else f"{len(report.problems)} problems"
    say(
        f"{folder}: {report.documents} documents, {report.pairs} pairs, "
        f"{report.annotations} annotations checked: {verdict}"
    )


def imported(report: ImportReport, file: Path) -> None:
    """Print what an import did."""
    say(
        f"{file}: {report.recorded} annotations recorded, {report.unchanged} stood already, "
        f"{report.moved} found their place by the text, {len(report.problems)} problems"
    )


def released(result: Released, out: Path) -> None:
    """Print what a release holds, and the lines that load it."""
    for name, split in result.info.splits.items():
        counts = f"{split.rows} pairs of {split.documents} documents, {split.labelled} labelled"
        _row(name, f"{counts}: {out / split.file}")
    for reason, count in result.no_labels.items():
        say(f"{count} pairs have no labels: {reason}")
    full = next((name for name, split in result.info.splits.items() if split.rows), "train")
    say()
    say("Load it:")
    say("    from hashiya.corpus import load")
    say(f'    rows = load("{out}", split="{full}").to_pandas()')


def account(outcome: Outcome) -> None:
    """Print what an import or export kept, converted and left out, and why."""
    if kept := ", ".join(f"{count} {what}" for what, count in outcome.kept.items() if count):
        _row("Kept", kept)
    for (what, how), count in outcome.converted.items():
        _row("Converted", f"{count} {what}: {how}")
    for (what, why), count in outcome.left_out.items():
        _row("Left out", f"{count} {what}: {why}")


def account_parts(outcome: Outcome) -> dict[str, object]:
    """The account as parts of a report in JSON."""
    return {
        "kept": dict(outcome.kept),
        "converted": [
            {"what": what, "how": how, "count": count} for (what, how), count in outcome.converted.items()
        ],
        "left_out": [
            {"what": what, "why": why, "count": count} for (what, why), count in outcome.left_out.items()
        ],
        "problems": tuple(outcome.problems),
    }


def _row(name: str, text: str) -> None:
    say(f"{name:12}{text}")


def _build_report(report: BuildReport) -> None:
    _row("Documents", str(report.documents))
    _row("Sentences", f"{report.ar_sentences} Arabic, {report.en_sentences} English")
    beads = ", ".join(f"{count} of {bead}" for bead, count in report.beads.items())
    _row("Pairs", f"{report.pairs} ({beads}), {report.boilerplate} of them boilerplate")
    _row("Unaligned", f"{report.ar_unaligned} Arabic sentences, {report.en_unaligned} English")
    if report.duplicates is not None:
        _row("Duplicates", duplicates_text(report.duplicates))
    if report.repeated is not None and report.repeated.lines:
        _row("Repeated", repeated_text(report.repeated.lines, report.repeated.pairs))
    left_out = sum(problem.left_out for problem in report.problems)
    if report.problems:
        _row(
            "Problems", f"{left_out} left out, {len(report.problems) - left_out} notes; the build tells each"
        )


def _to_look_at(report: BuildReport, index: PairIndex) -> None:
    for given in report.given:
        ar, en = given.ar_sentences, given.en_sentences
        _row("By hand", f"{given.doc_id} has beads made by hand, which stand. Left alone,")
        _row("", f"the segmenter finds {ar[2]} of {ar[1]} Arabic sentences and {en[2]} of {en[1]} English,")
        _row(
            "",
            f"the aligner gets precision {given.precision:.3f}, recall {given.recall:.3f}, F1 {given.f1:.3f}",
        )
    if report.lowest:
        _row("Look at", "the pairs that the aligner is least sure of, or would not have made:")
    numbers = index.rows(low.pair_id for low in report.lowest) + 1
    for low, number in zip(report.lowest, numbers, strict=True):
        score = "by hand" if low.score is None else f"{low.score:.2f}"
        _row("", f"{score:7}  #{number}  {low.doc_id}  {low.en}")
        _row("", f"{'':7}  {low.ar}")
        if seen := doubts_text(doubts_between(low.ar, low.en)):
            _row("", f"{'':7}  check: {seen}")


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} is not for JSON")
