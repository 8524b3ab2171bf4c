"""The account that every import and export ends with: what was kept, converted and left out, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from hashiya.schema.errors import Problem
from hashiya.schema.records import Annotation

LAYERS = ("entities", "links", "stances", "implications", "flags")
"""The layers of an annotation, as they are counted."""
ShowProgress = Callable[[int, int], None]
"""Is told how much is done, and of how much; 0 where that is unknown."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why something did not come over: as it is counted, and as it is told of this one."""

    why: str
    detail: str | None = None


@dataclass(slots=True)
class Outcome:
    """A running account. `what` is counted in the plural: "entities", "links", "annotations".

    `kept` came over as it was; `converted` came over in another shape, and how; `left_out` did not
    come over, and why. `problems` name the file and the row or region of each single fault; what a
    format cannot hold at all is only counted.
    """

    kept: Counter[str] = field(default_factory=Counter)
    converted: Counter[tuple[str, str]] = field(default_factory=Counter)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def keep(self, what: str, count: int = 1) -> None:
        """Count what came over as it was."""
        self.kept[what] += count

    def convert(self, what: str, how: str, count: int = 1) -> None:
        """Count what came over in another shape."""
        self.converted[what, how] += count

    def leave(self, what: str, why: str, count: int = 1, where: str | None = None) -> None:
        """Count what did not come over; with `where` it is a problem to be told by itself, too."""
        self.left_out[what, why] += count
        if where is not None:
            self.problems.append(Problem(where, f"{what}: {why}"))

    def leave_one(self, what: str, left: LeftOut, where: str) -> None:
        """Count one that did not come over, and tell of it as a problem."""
        self.left_out[what, left.why] += 1
        self.problems.append(Problem(where, left.detail or f"{what}: {left.why}"))

    @property
    def whole(self) -> bool:
        """Whether nothing was left out."""
        return not self.left_out and not any(problem.left_out for problem in self.problems)


def count_layers(outcome: Outcome, annotation: Annotation) -> None:
    """Count an annotation, or a prediction, and the labels of each of its layers as kept."""
    outcome.keep("predictions" if annotation.origin == "suggested" else "annotations")
    for layer in LAYERS:
        if labels := len(getattr(annotation, layer)):
            outcome.keep(layer, labels)
