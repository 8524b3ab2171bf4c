"""The lattice of all monotone alignments of a document, and the beads whose probability is not small.

Rows and columns are the *borders* before, between and after sentences, from 0; a bead leads from one border
to a later one. Values are log-odds; forward-backward sums over all alignments make them probabilities.
Omissions between two beads are taken Arabic first, so that every alignment counts once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.alignment.band import BandBlock
from hashiya.corpus.alignment.bead_values import BeadValues
from hashiya.corpus.alignment.calibration import Floats, IndexArray
from hashiya.corpus.alignment.settings import Shape
from hashiya.corpus.encoders.protocol import Vectors

_NEVER = -1e30
"""The log-odds of the impossible; finite, so that differences of two of them are no NaN."""
_KEPT_CELLS = 4_000_000
"""Cells whose values are kept between the passes; those of a larger band are computed anew."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Beads and omissions that are probable enough, by the border they lead to, in rising order.

    One element each: `rows` and `columns` of that border, `ar` and `en` the sentences that are
    taken in (one of them 0 in an omission), `log_odds` the logarithm of their probability.
    """

    rows: IndexArray
    columns: IndexArray
    ar: IndexArray
    en: IndexArray
    log_odds: Floats

    def __len__(self) -> int:
        return len(self.rows)

    def chosen(self, which: NDArray[np.bool_] | IndexArray) -> Candidates:
        """Return some of them, in the same order."""
        return Candidates(
            self.rows[which], self.columns[which], self.ar[which], self.en[which], self.log_odds[which]
        )

    def borders(self) -> Iterator[tuple[int, int, int, int]]:
        """Yield row, column, and sentences taken in on both sides."""
        columns = (self.rows, self.columns, self.ar, self.en)
        yield from zip(*(column.tolist() for column in columns), strict=True)

    @property
    def paired(self) -> NDArray[np.bool_]:
        """Which of them have sentences on both sides."""
        both: NDArray[np.bool_] = (self.ar > 0) & (self.en > 0)
        return both

    def lead(self, n: int, m: int) -> bool:
        """Return whether n Arabic and m English sentences can be aligned with these alone."""
        reached, open_ = {(0, 0)}, {(0, 0)}
        for row, column, x, y in self.borders():
            if (row - x, column - y) in (reached if y else open_):
                reached.add((row, column))
                if x:
                    open_.add((row, column))
        return (n, m) in reached


@dataclass(frozen=True, slots=True)
class Forward:
    """The forward sums, in log-odds, over all alignments up to each border of each row.

    `total` is over all of them; `open` over those that do not end with an English omission, so that an Arabic
    one may follow.
    """

    total: list[Floats]
    open: list[Floats]
    omission: float


class Lattice:
    """The alignments of n Arabic and m English sentences (neither 0) that stay inside a band."""

    def __init__(self, values: BeadValues, blocks: Sequence[BandBlock]) -> None:
        self._bead_values = values
        self._blocks = blocks
        self._n = len(values.ar[0])
        self._shapes = list(values.settings.bias)
        self._spans = [(blocks[0].first, blocks[0].last)]
        for block in blocks:
            self._spans += [(block.first, block.last)] * len(block.rows)
        cells = sum(len(block.rows) * (block.last - block.first + 1) for block in blocks)
        self._kept: dict[int, dict[Shape, Vectors]] | None = {} if cells <= _KEPT_CELLS else None

    def forward(self, omission: float) -> Forward:
        """Return the forward sums for the value of an omission."""
        first, last = self._spans[0]
        start: Floats = np.full(last - first + 1, _NEVER)
        start[0] = 0.0
        found = Forward([_accumulate(start, omission)], [start], omission)
        recent: deque[Floats] = deque(found.total, maxlen=self._bead_values.settings.window)
        for r, values in self._rows(range(len(self._blocks))):
            first, last = self._spans[r]
            ways = np.full((len(self._shapes) + 1, last - first + 1), _NEVER)
            for k, (x, y) in enumerate(self._shapes):
                if x <= r:
                    _place(recent[-x], self._spans[r - x][0] + y, ways[k], first)
                    ways[k] += values[x, y]
            _place(found.open[-1], self._spans[r - 1][0], ways[-1], first)
            ways[-1] += omission
            found.open.append(_log_sum(ways))
            found.total.append(_accumulate(found.open[-1], omission))
            recent.append(found.total[-1])
        return found

    def omitted(self, forward: Forward) -> float:
        """Return the expected number of omissions."""
        return float(np.exp(self.candidates(forward, 1e-6, omissions_only=True).log_odds).sum())

    def candidates(self, forward: Forward, least: float, *, omissions_only: bool = False) -> Candidates:
        """Return what has at least the probability `least`, by the backward pass."""
        omission, total, floor = forward.omission, float(forward.total[-1][-1]), float(np.log(least))
        found: list[tuple[IndexArray, IndexArray, Shape, Floats]] = []

        def keep(r: int, columns: int, shape: Shape, log_odds: Floats) -> None:
            at = np.flatnonzero(log_odds > floor)
            if len(at):
                found.append((np.full(len(at), r), at + columns, shape, log_odds[at]))

        coming: dict[int, Floats] = {}
        self._room(coming, self._n)[0, -1] = 0.0
        below: tuple[int, Floats] | None = None
        rows = self._rows(range(len(self._blocks) - 1, -1, -1))
        for r in range(self._n, -1, -1):
            first, last = self._spans[r]
            # from here on: a bead next; English omissions and then a bead; Arabic ones before them
            closed = _accumulate(_log_sum(coming.pop(r))[::-1], omission)[::-1]
            ways = np.full((2, last - first + 1), _NEVER)
            ways[0] = closed
            if below is not None:
                _place(below[1] + omission, below[0], ways[1], first)
            open_ = _log_sum(ways)
            keep(r, first + 1, (0, 1), forward.total[r][:-1] + omission + closed[1:] - total)
            if r == 0:
                break
            _, values = next(rows)
            before = np.full(last - first + 1, _NEVER)
            for k, (x, y) in enumerate(self._shapes):
                if x <= r:
                    onward = open_ + values[x, y]
                    _place(onward, first - y, self._room(coming, r - x)[k], self._spans[r - x][0])
                    if not omissions_only:
                        before.fill(_NEVER)
                        _place(forward.total[r - x], self._spans[r - x][0] + y, before, first)
                        keep(r, first, (x, y), before + onward - total)
            self._room(coming, r - 1)
            before.fill(_NEVER)
            _place(forward.open[r - 1], self._spans[r - 1][0], before, first)
            keep(r, first, (1, 0), before + omission + open_ - total)
            below = (first, open_)
        return _ordered(found)

    def _room(self, coming: dict[int, Floats], r: int) -> Floats:
        """Return the backward sums (shapes, columns) of beads that leave a row, made where they are new."""
        if r not in coming:
            first, last = self._spans[r]
            coming[r] = np.full((len(self._shapes), last - first + 1), _NEVER)
        return coming[r]

    def _rows(self, order: range) -> Iterator[tuple[int, dict[Shape, Vectors]]]:
        """Yield each row but 0, up or down, and the values of the beads that lead to its borders."""
        for number in order:
            block, values = self._blocks[number], self._values(number)
            for at in range(len(block.rows))[:: order.step]:
                yield block.rows[at] + 1, {shape: array[at] for shape, array in values.items()}

    def _values(self, number: int) -> dict[Shape, Vectors]:
        if self._kept is not None and number in self._kept:
            return self._kept[number]
        block = self._blocks[number]
        values = self._bead_values.at(block.rows, range(max(block.first - 1, 0), block.last))
        if block.first == 0:  # no bead leads to the border before the first sentence
            values = {
                shape: np.pad(array, ((0, 0), (1, 0)), constant_values=_NEVER)
                for shape, array in values.items()
            }
        if self._kept is not None:
            self._kept[number] = values
        return values


def _ordered(found: Sequence[tuple[IndexArray, IndexArray, Shape, Floats]]) -> Candidates:
    if not found:
        none = np.zeros(0, np.int64)
        return Candidates(none, none, none, none, np.zeros(0))
    rows, columns = (np.concatenate([each[at] for each in found]) for at in (0, 1))
    ar, en = (
        np.concatenate([np.full(len(each[0]), each[2][side], np.int64) for each in found]) for side in (0, 1)
    )
    log_odds = np.minimum(np.concatenate([each[3] for each in found]), 0.0)
    order = np.lexsort((en, ar, columns, rows))
    return Candidates(rows[order], columns[order], ar[order], en[order], log_odds[order])


def _accumulate(row: Floats, omission: float) -> Floats:
    """Return the log of sums over any number of omissions along a row."""
    slope: Floats = omission * np.arange(len(row), dtype=np.float64)
    summed: Floats = np.logaddexp.accumulate(row - slope) + slope
    return summed


def _log_sum(ways: Floats) -> Floats:
    top: Floats = ways.max(axis=0)
    summed: Floats = top + np.log(np.exp(ways - top).sum(axis=0))
    return summed


def _place(values: Floats, at: int, into: Floats, first: int) -> None:
    """Write values that begin at column `at` into a row that begins at `first`, where they overlap."""
    start = max(at, first)
    stop = min(at + values.shape[-1], first + into.shape[-1])
    if start < stop:
        into[..., start - first : stop - first] = values[..., start - at : stop - at]
