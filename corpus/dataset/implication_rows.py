"""The rows of `implications`: for each cell, a target and a channel, whether the text states one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from hashiya.corpus.dataset.cell_votes import KNOWN, cell_source, certainty, common_source, votes_in
from hashiya.corpus.dataset.looked_at import Looked
from hashiya.corpus.team.cells import implication_cells
from hashiya.corpus.team.resolution import ResolvedCell, ResolvedLabels
from hashiya.corpus.team.votes import Vote
from hashiya.schema.configs import ClassNames
from hashiya.schema.dataset import MASKED, ImplicationRow, LabelSource, StatedImplication
from hashiya.schema.scheme import LabelScheme

_Made = tuple[Hashable | None, Callable[[], ImplicationRow]]


class ImplicationRows:
    """Makes the row of a pair."""

    def __init__(self, scheme: LabelScheme, classes: ClassNames, policy: str) -> None:
        self._asked = frozenset(f"{cell.target}/{cell.channel}" for cell in implication_cells(scheme))
        self._cells = {name: number for number, name in enumerate(classes["implication"])}
        self._directions = {name: number for number, name in enumerate(classes["direction"])}
        self._certainties = {name: number for number, name in enumerate(classes["certainty"])}
        self._policy = policy

    def row(self, labels: ResolvedLabels, votes: Sequence[Vote], looked: Looked) -> tuple[_Made | None, int]:
        """Return how to make the row of a pair, and how many cells nobody looked at.

        `None` where no cell is known. Equal rows have an equal key, if they have one.
        """
        said = {
            self._cells[f"{item.cell.target}/{item.cell.channel}"]: item
            for item in labels.cells
            if item.cell.layer == "implications"
        }
        silent = [
            number for name, number in self._cells.items() if name in self._asked and number not in said
        ]
        known = [number for number in silent if looked.cells[number]]
        uncovered = len(silent) - len(known)
        if not known and all(item.value is None for item in said.values()):
            return None, uncovered
        key = None if said else id(looked)
        return (key, lambda: self._made(labels, votes, looked, said)), uncovered

    def _made(
        self,
        labels: ResolvedLabels,
        votes: Sequence[Vote],
        looked: Looked,
        said: Mapping[int, ResolvedCell],
    ) -> ImplicationRow:
        values = [0 if count else MASKED for count in looked.cells]
        voters = list(looked.cells)
        counts = [0] * len(values)
        soft: list[float | None] = [0.0 if count else None for count in voters]
        weight = 1.0
        sources: list[LabelSource] = [looked.source] if any(looked.cells) and not said else []
        for number, cell in said.items():
            votes_of_cell = votes_in(cell, votes)
            voters[number] = sum(votes_of_cell.values())
            counts[number] = sum(count for value, count in votes_of_cell.items() if value)
            soft[number] = _presence(cell)
            if cell.value is None:
                values[number] = MASKED
            else:
                values[number] = int(bool(cell.value))
                weight = min(weight, certainty(cell))
                sources.append(cell_source(cell, self._policy))
        return ImplicationRow(
            labels=tuple(values),
            masked=tuple(value == MASKED for value in values),
            implications=tuple(self._stated(labels)),
            labels_from=common_source(sources or [looked.source]),
            voters=tuple(voters),
            votes=tuple(counts),
            soft=tuple(soft),
            weight=weight,
        )

    def _stated(self, labels: ResolvedLabels) -> list[StatedImplication]:
        return [
            StatedImplication(
                cell=self._cells[f"{item.target}/{item.channel}"],
                target=item.target,
                channel=item.channel,
                direction=self._directions[item.direction],
                certainty=None if item.certainty is None else self._certainties[item.certainty],
            )
            for item in labels.implications
        ]


def _presence(cell: ResolvedCell) -> float | None:
    """How probable it is that something is there; `None` where nobody said anything clear."""
    if cell.value is not None and (cell.soft is None or cell.decided_by in KNOWN):
        return float(bool(cell.value))
    if cell.soft is None:
        return float(bool(next(iter(cell.said)))) if len(cell.said) == 1 else None
    return sum(share for value, share in cell.soft.items() if value)
