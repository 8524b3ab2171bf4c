"""The report of a build, as `hashiya build` and `hashiya status` print it."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean
from typing import TYPE_CHECKING

from hashiya.tui.cli.output import print_row

if TYPE_CHECKING:
    from hashiya.corpus.building.build_report import BuildReport, GivenReport
    from hashiya.corpus.duplicates.near_duplicates import DuplicateCounts

_EACH = 3
"""Documents that are told one by one; of more, those on which the aligner does worst."""


def print_build_report(report: BuildReport) -> None:
    """Print what a corpus was built of, and how it came out."""
    print_row("Documents", str(report.documents))
    print_row("Sentences", f"{report.ar_sentences} Arabic, {report.en_sentences} English")
    beads = ", ".join(f"{count} of {bead}" for bead, count in report.beads.items())
    print_row("Pairs", f"{report.pairs} ({beads}), {report.boilerplate} of them boilerplate")
    print_row("Unaligned", f"{report.ar_unaligned} Arabic sentences, {report.en_unaligned} English")
    if report.duplicates is not None:
        print_row("Duplicates", duplicates_text(report.duplicates))
    if report.repeated is not None and report.repeated.lines:
        print_row("Repeated", repeated_text(report.repeated.lines, report.repeated.pairs))
    left_out = sum(problem.left_out for problem in report.problems)
    if report.problems:
        print_row(
            "Problems", f"{left_out} left out, {len(report.problems) - left_out} notes; the build tells each"
        )


def print_given(given: Sequence[GivenReport]) -> None:
    """Print how segmenter and aligner do on documents with beads made by hand, on each or on all together."""
    if len(given) <= _EACH:
        for one in given:
            print_row("By hand", f"{one.doc_id} has beads made by hand, which stand. Left alone,")
            print_row("", _sentences_text([one]))
            print_row(
                "",
                f"the aligner gets precision {one.precision:.3f}, recall {one.recall:.3f}, F1 {one.f1:.3f}",
            )
        return
    means = (
        mean(one.precision for one in given),
        mean(one.recall for one in given),
        mean(one.f1 for one in given),
    )
    worst = ", ".join(f"{one.doc_id} ({one.f1:.3f})" for one in sorted(given, key=lambda one: one.f1)[:_EACH])
    print_row("By hand", f"{len(given)} documents have beads made by hand, which stand. Left alone,")
    print_row("", _sentences_text(given))
    print_row("", "the aligner gets precision {:.3f}, recall {:.3f}, F1 {:.3f}, a document,".format(*means))
    print_row("", f"and the least F1 in {worst}")


def _sentences_text(given: Sequence[GivenReport]) -> str:
    (ar, ar_all), (en, en_all) = (
        (sum(side[2] for side in sides), sum(side[1] for side in sides))
        for sides in ([one.ar_sentences for one in given], [one.en_sentences for one in given])
    )
    return f"the segmenter finds {ar} of {ar_all} Arabic sentences and {en} of {en_all} English,"


def duplicates_text(counts: DuplicateCounts) -> str:
    """Return what a build says of the duplicates in a corpus, as part of a line."""
    if not counts.groups:
        return "no document is like another"
    groups = "1 group" if counts.groups == 1 else f"{counts.groups} groups"
    copies = f", {counts.copies} of them copies" if counts.copies else ""
    return f"{groups} of near-duplicates, {counts.documents} documents{copies}"


def repeated_text(lines: int, pairs: int) -> str:
    """Return what a build says of repeated lines, and of the pairs that they made boilerplate."""
    return f"{lines} lines stand in many documents of a publisher; they made {pairs} pairs boilerplate"
