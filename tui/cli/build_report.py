"""The report of a build, as `hashiya build` and `hashiya status` print it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hashiya.tui.cli.output import print_row

if TYPE_CHECKING:
    from hashiya.corpus.building.build_report import BuildReport
    from hashiya.corpus.duplicates.near_duplicates import DuplicateCounts


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
