"""The rows of `stance`: what the stances of all holders on a target have in common, and the votes on it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence

from hashiya.corpus.dataset.cell_votes import cell_source, votes_in
from hashiya.corpus.team.cells import NOTHING_SAID, Said
from hashiya.corpus.team.resolution import ResolvedCell, ResolvedLabels
from hashiya.corpus.team.votes import Vote
from hashiya.schema.configs import ClassNames
from hashiya.schema.dataset import HeldStance, StanceRow
from hashiya.schema.scheme import NO_STANCE

_NEUTRAL, _MIXED = "neutral", "mixed"


def common_stance(stances: Collection[str], classes: Collection[str]) -> str | None:
    """Return what several stances on one target have in common; of none, `NO_STANCE`.

    `neutral` gives way to the others; those that differ are `mixed`, and `None` in a scheme without that.
    """
    strong = set(stances) - {_NEUTRAL} or set(stances)
    if not strong:
        return NO_STANCE
    if len(strong) == 1:
        return strong.pop()
    return _MIXED if _MIXED in classes else None


class StanceRows:
    """Makes the row of a cell."""

    def __init__(self, classes: ClassNames, policy: str) -> None:
        self._numbers = {name: number for number, name in enumerate(classes["stance"])}
        self._holders = {name: number for number, name in enumerate(classes["holder"])}
        self._policy = policy

    def row(
        self, cell: ResolvedCell, votes: Sequence[Vote], labels: ResolvedLabels
    ) -> tuple[Hashable | None, Callable[[], StanceRow]]:
        """Return how to make the row of a resolved cell, and a key that equal rows have, if there is one."""
        silent = not cell.value and len(cell.said) == 1 and cell.soft is None
        key = (cell.cell.target, cell.decided_by, cell.voters) if silent else None
        return key, lambda: self._made(cell, votes, labels)

    def _made(self, cell: ResolvedCell, votes: Sequence[Vote], labels: ResolvedLabels) -> StanceRow:
        value = cell.value or NOTHING_SAID
        label = self._number(value)
        counts = votes_in(cell, votes)
        shares = (
            {value: 1.0} if cell.soft is None or cell.decided_by in {"adjudicated", "gold"} else cell.soft
        )
        soft = self._by_class(shares)
        return StanceRow(
            target=cell.cell.target or "",
            label=label,
            stances=tuple(self._held(cell.cell.target, labels)),
            labels_from=cell_source(cell, self._policy),
            votes=tuple(int(count) for count in self._by_class(counts)),
            soft=soft,
            weight=0.0 if label is None else soft[label],
        )

    def _held(self, target: str | None, labels: ResolvedLabels) -> list[HeldStance]:
        names = {entity.id: entity.text for entity in labels.entities}
        return [
            HeldStance(
                stance=self._numbers[item.stance],
                holder=None if item.holder is None else self._holders[item.holder],
                name=names.get(item.holder_entity or ""),
            )
            for item in labels.stances
            if item.target == target
        ]

    def _number(self, said: Said) -> int | None:
        found = common_stance([str(mark[0]) for mark in said], self._numbers)
        return None if found is None else self._numbers[found]

    def _by_class(self, values: Mapping[Said, float]) -> tuple[float, ...]:
        sums = [0.0] * len(self._numbers)
        for said, value in values.items():
            number = self._number(said)
            if number is not None:
                sums[number] += value
        return tuple(sums)
