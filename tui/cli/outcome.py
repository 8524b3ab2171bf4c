"""The outcome of an exchange with another tool, as the commands print it: kept, converted, left out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import typer

from hashiya.schema.errors import kind_of_fault
from hashiya.tui.cli.output import print_row

if TYPE_CHECKING:
    from hashiya.corpus.exchange.outcome import Outcome


def print_outcome(outcome: Outcome) -> None:
    """Print what an import or export kept, converted and left out, and why: a row for each kind of reason."""
    if kept := ", ".join(f"{count} {what}" for what, count in outcome.kept.items() if count):
        print_row("Kept", kept)
    for name, counted in (("Converted", outcome.converted), ("Left out", outcome.left_out)):
        for (what, how), count in _by_kind(counted).items():
            print_row(name, f"{count} {what}: {how}")


def _by_kind(counted: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """Return counts with one row for reasons that differ in what they quote alone."""
    rows: Counter[tuple[str, str]] = Counter()
    reasons = Counter((what, kind_of_fault(how)) for what, how in counted)
    for (what, how), count in counted.items():
        kind = kind_of_fault(how)
        rows[what, how if reasons[what, kind] == 1 else kind] += count
    return rows


def outcome_parts(outcome: Outcome) -> dict[str, object]:
    """Return an outcome as parts of a report in JSON."""
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


def exit_unless_whole(outcome: Outcome, *, conflicts: bool = False) -> None:
    """End with 1 where something was left out, or waits for a person."""
    if conflicts or not outcome.whole:
        raise typer.Exit(1)
