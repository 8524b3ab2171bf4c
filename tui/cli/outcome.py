"""The outcome of an exchange with another tool, as the commands print it: kept, converted, left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hashiya.tui.cli.output import print_row

if TYPE_CHECKING:
    from hashiya.corpus.exchange.outcome import Outcome


def print_outcome(outcome: Outcome) -> None:
    """Print what an import or export kept, converted and left out, and why."""
    if kept := ", ".join(f"{count} {what}" for what, count in outcome.kept.items() if count):
        print_row("Kept", kept)
    for (what, how), count in outcome.converted.items():
        print_row("Converted", f"{count} {what}: {how}")
    for (what, why), count in outcome.left_out.items():
        print_row("Left out", f"{count} {what}: {why}")


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
