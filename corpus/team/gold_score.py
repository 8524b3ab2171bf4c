"""How well an annotator labels: their cells of a pair whose labels are known, beside those labels. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hashiya.corpus.team.cells import VoterCells, clusters, implication_cells, stance_cells
from hashiya.schema.adjudication import CellKey
from hashiya.schema.records import Annotation
from hashiya.schema.scheme import LabelScheme


@dataclass(frozen=True, slots=True)
class GoldScore:
    """In how many cells, where the gold or the annotator says something, both say the same."""

    same: int = 0
    cells: int = 0

    def __add__(self, other: GoldScore) -> GoldScore:
        return GoldScore(self.same + other.same, self.cells + other.cells)


def gold_score(gold: Sequence[Annotation], said: Sequence[Annotation], scheme: LabelScheme) -> GoldScore:
    """Return how an annotator's annotations of a pair compare with those that are known.

    Cells count that both cover. Who says two things side by side in a cell has not said the same.
    """
    known, voter = VoterCells("gold", gold, scheme), VoterCells("annotator", said, scheme)
    same = cells = 0
    for cell in _cells(known, voter, scheme):
        answers = known.says(cell), voter.says(cell)
        labels = {str(mark[-1]) for answer in answers for mark in answer or ()} if cell.lang else ()
        if answers == (frozenset(), frozenset()) or not (
            known.is_covered(cell, labels) and voter.is_covered(cell, labels)
        ):
            continue
        cells += 1
        same += answers[0] is not None and answers[0] == answers[1]
    return GoldScore(same, cells)


def _cells(known: VoterCells, voter: VoterCells, scheme: LabelScheme) -> Iterator[CellKey]:
    """The cells of the scheme in which one of them says something."""
    everything = [*known.said, *voter.said]
    stances = {target for item in everything for target in item.stances}
    if stances:
        yield from (cell for cell in stance_cells(scheme) if cell.target in stances)
    implications = {key for item in everything for key in item.implications}
    if implications:
        yield from (cell for cell in implication_cells(scheme) if (cell.target, cell.channel) in implications)
    yield from clusters(everything, "entities")
    yield from clusters(everything, "flags")
