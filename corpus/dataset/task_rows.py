"""The rows of the configs that are trained on, made for some pairs at a time.

A row that says the same as one before it is made once: of most targets nobody says anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from hashiya.corpus.dataset.implication_rows import ImplicationRows
from hashiya.corpus.dataset.looked_at import LookedAt
from hashiya.corpus.dataset.span_rows import SideOfPair, SpanRows
from hashiya.corpus.dataset.stance_rows import StanceRows
from hashiya.corpus.team.agreement.compared import SPAN_LAYERS
from hashiya.corpus.team.policies import VotingPolicy
from hashiya.corpus.team.resolution import ResolvedLabels
from hashiya.corpus.team.votes import Vote
from hashiya.schema.adjudication import Adjudication
from hashiya.schema.arrow import record_array
from hashiya.schema.configs import OWN_COLUMNS
from hashiya.schema.dataset import Config
from hashiya.schema.records import LANGS, PairSides

ROW = "row"
"""The column that says which of the pairs a row belongs to."""


@dataclass(frozen=True, slots=True)
class ResolvedPair:
    """A pair with its labels, and all that stands for it."""

    sides: PairSides
    votes: Sequence[Vote]
    adjudications: Sequence[Adjudication]
    labels: ResolvedLabels


class TaskRows:
    """Collects rows; `unresolved` and `uncovered` count, by layer, the cells that are in none, or masked."""

    def __init__(self, looked_at: LookedAt, policy: VotingPolicy) -> None:
        self.unresolved = Counter[str]()
        self.uncovered = Counter[str]()
        scheme, classes = looked_at.scheme, looked_at.classes
        self._looked_at = looked_at
        self._stance = StanceRows(classes, policy.name)
        self._implications = ImplicationRows(scheme, classes, policy.name)
        self._spans = SpanRows(scheme, classes, policy.name)
        self._rows: dict[Config, _Rows] = {
            config: _Rows(OWN_COLUMNS[config]) for config in ("stance", "implications", "entities", "flags")
        }

    def add(self, number: int, pair: ResolvedPair) -> None:
        """Add the rows of a pair; `number` is its place among all pairs."""
        looked_at = self._looked_at.by(pair.votes, pair.adjudications)
        labels = pair.labels
        for cell in labels.cells:
            if cell.value is None:
                counts = self.unresolved if cell.voters else self.uncovered
                counts[cell.cell.layer] += 1
            elif cell.cell.layer == "stances":
                key, make = self._stance.row(cell, pair.votes, labels)
                self._rows["stance"].add(number, key, make)
        found, uncovered = self._implications.row(labels, pair.votes, looked_at)
        self.uncovered["implications"] += uncovered
        if found is not None:
            self._rows["implications"].add(number, *found)
        for lang in LANGS:
            text = pair.sides.text(lang)
            if text is None:
                continue
            for layer in SPAN_LAYERS:
                side = SideOfPair(layer, lang, text)
                made = self._spans.row(side, labels, pair.votes, looked_at)
                if made is not None:
                    self._rows[layer].add(number, made.key, made.make)
                if self._spans.has(layer) and (made is None or not made.is_whole):
                    self.uncovered[layer] += 1

    def tables(self) -> Mapping[Config, pa.Table]:
        """Return the rows of each config: `ROW`, then the columns of its own."""
        return {config: rows.table() for config, rows in self._rows.items()}


class _Rows:
    """The rows of a config in the making."""

    def __init__(self, record: type) -> None:
        self._record = record
        self._made: list[object] = []
        self._known: dict[Hashable, int] = {}
        self._pairs: list[int] = []
        self._numbers: list[int] = []

    def add(self, number: int, key: Hashable | None, make: Callable[[], object]) -> None:
        """Add a row; one with the same key says the same."""
        place = self._known.get(key) if key is not None else None
        if place is None:
            place = len(self._made)
            self._made.append(make())
            if key is not None:
                self._known[key] = place
        self._pairs.append(number)
        self._numbers.append(place)

    def table(self) -> pa.Table:
        """Return the rows."""
        return table_of(self._record, self._made, self._pairs, self._numbers)


def table_of(
    record: type, made: Sequence[object], rows: Sequence[int], numbers: Sequence[int] | None = None
) -> pa.Table:
    """Return records as a table, after `ROW`; where there are `numbers`, those of the records in its rows."""
    found = record_array(record, made)
    if numbers is not None:
        found = found.take(pa.array(numbers, pa.int64()))
    names = [found.type.field(place).name for place in range(found.type.num_fields)]
    return pa.table([pa.array(rows, pa.int64()), *found.flatten()], names=[ROW, *names])
