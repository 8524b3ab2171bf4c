"""The command `hashiya status`, and what it prints. Imports late."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hashiya.tui.cli.options import AsJson, CorpusFolder

if TYPE_CHECKING:
    from hashiya.corpus.inspection.status import StatusReport
    from hashiya.corpus.team.work_done import PersonWork


def status_command(corpus: CorpusFolder, *, as_json: AsJson = False) -> None:
    """Show what is in a corpus, who labelled how much, and what waits for someone."""
    from hashiya.corpus.inspection.status import status as run
    from hashiya.corpus.store.folder import Corpus
    from hashiya.tui.cli import output

    report = run(Corpus.open(corpus))
    if as_json:
        output.print_json(report=report)
    else:
        _print_status(report, corpus)


def _print_status(report: StatusReport, folder: Path) -> None:
    """Print the state of a corpus."""
    from hashiya.tui.cli.build_report import print_build_report
    from hashiya.tui.cli.output import print_row

    scheme = report.scheme
    print_row("Corpus", f"{report.name}, scheme {scheme.name} {scheme.version}, build {report.generation}")
    print_build_report(report.build)
    print_row("Labelled", f"{report.labelled} of {report.to_label} pairs are done by someone")
    for who, counts in report.labels.items():
        print_row("", f"{who}: {', '.join(f'{count} {name}' for name, count in counts.items())}")
    for work in report.work:
        print_row("Plan" if work is report.work[0] else "", _work(work))
    if report.assumed:
        print_row(
            "Assumed", f"{report.assumed} of them do not say what they cover: it is taken to be everything"
        )
    if report.faults:
        found = ", ".join(f"{count} {kind}" for kind, count in report.faults.items())
        print_row("Journal", f"{found}: `hashiya check {folder}` names each")
    if report.conflicts:
        print_row("Conflicts", f"{report.conflicts} pairs have two annotations of one annotator side by side")
    if any("review" in counts for counts in report.labels.values()):
        print_row(
            "Review", f"see what an edit put in doubt: hashiya labels export {folder} - --status review"
        )
    if report.left_behind:
        print_row("Left behind", f"{report.left_behind} annotations were carried without some of their marks")
    if report.unplaced:
        print_row("No place", f"{len(report.unplaced)} annotations stand for text that is gone")
    if report.left_behind or report.unplaced:
        print_row("", f"see them as they were: hashiya labels export {folder} - --unplaced")


def _work(work: PersonWork) -> str:
    """How far somebody is with what is assigned."""
    parts = [f"{work.done} of {work.assigned} assigned pairs done, {work.waiting} wait"]
    if not work.assigned:
        parts = ["nothing assigned"]
    if work.outside:
        parts.append(f"{work.outside} done outside of the plan")
    if work.gold.cells:
        parts.append(f"{work.gold.same} of {work.gold.cells} cells as the gold has them")
    return f"{work.annotator}: {'; '.join(parts)}"
