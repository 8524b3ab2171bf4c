"""All monotone alignments of a document at once: the best one, and how probable each of its parts is.

Rows and columns are the *borders* before, between and after sentences, from 0; a bead leads from one border
to a later one. Values are log-odds, so the sum over all alignments makes them probabilities.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.band import Block
from hashiya.corpus.encode import Vectors
from hashiya.corpus.evidence import Evidence, Floats, Shape

_NEVER = -1e30
"""The value of what cannot be; finite, so that differences of two of them are no NaN."""
_KEPT_CELLS = 4_000_000
"""Cells whose values are kept between the passes; those of a larger band are computed anew."""


@dataclass(frozen=True, slots=True)
class Step:
    """A bead of the best alignment: its shape and the borders it leads to."""

    shape: Shape
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Forward:
    """What a pass from the beginning leaves: the best alignment, and the sums over all ways to a border."""

    steps: list[Step]
    sums: list[Floats]
    omission: float


@dataclass(frozen=True, slots=True)
class Probabilities:
    """Of the beads of the best alignment, in its order; and of the omission of each sentence."""

    steps: list[float]
    ar_omitted: Floats
    en_omitted: Floats


class Lattice:
    """The alignments of n Arabic and m English sentences (neither 0) that stay inside a band."""

    def __init__(self, evidence: Evidence, blocks: Sequence[Block]) -> None:
        self._evidence = evidence
        self._blocks = blocks
        self._n, self._m = len(evidence.ar[0]), len(evidence.en[0])
        self._shapes = list(evidence.settings.bias)
        self._spans = [(blocks[0].first, blocks[0].last)]
        for block in blocks:
            self._spans += [(block.first, block.last)] * len(block.rows)
        cells = sum(len(block.rows) * (block.last - block.first + 1) for block in blocks)
        self._kept: dict[int, dict[Shape, Vectors]] | None = {} if cells <= _KEPT_CELLS else None

    def forward(self, omission: float) -> Forward:
        """Find the best alignment, and the sums, for the value of an omission."""
        first, last = self._spans[0]
        row: Floats = np.tile(omission * np.arange(first, last + 1, dtype=np.float64), (2, 1))
        recent: deque[Floats] = deque([row], maxlen=self._evidence.settings.window)
        back: list[NDArray[np.int8]] = [np.full(last - first + 1, len(self._shapes) + 1, np.int8)]
        sums: list[Floats] = [row[1]]
        for r, values in self._rows(range(len(self._blocks))):
            first, last = self._spans[r]
            ways = np.full((len(self._shapes) + 1, 2, last - first + 1), _NEVER)
            for k, (x, y) in enumerate(self._shapes):
                if x <= r:
                    _place(recent[-x], self._spans[r - x][0] + y, ways[k], first)
                    ways[k] += values[x, y]
            _place(recent[-1], self._spans[r - 1][0], ways[-1], first)
            ways[-1] += omission
            row, origin = _arrive(ways, omission)
            recent.append(row)
            back.append(origin)
            sums.append(row[1])
        return Forward(self._trace(back), sums, omission)

    def backward(self, forward: Forward) -> Probabilities:
        """Find the probabilities by a pass from the end."""
        omission, total = forward.omission, float(forward.sums[-1][-1])
        ends = {step.row: at for at, step in enumerate(forward.steps) if all(step.shape)}
        steps = [0.0] * len(forward.steps)
        ar_omitted, en_omitted = np.zeros(self._n), np.zeros(self._m)
        coming: dict[int, Floats] = {}
        self._room(coming, self._n)[0, -1] = 0.0
        rows = self._rows(range(len(self._blocks) - 1, -1, -1))
        for r in range(self._n, -1, -1):
            first, last = self._spans[r]
            row = _accumulate(_log_sum(coming.pop(r))[::-1], omission)[::-1]
            here = forward.sums[r]
            en_omitted[first:last] += np.exp(here[:-1] + omission + row[1:] - total)
            if r == 0:
                break
            _, values = next(rows)
            for k, (x, y) in enumerate(self._shapes):
                if x <= r:
                    _place(row + values[x, y], first - y, self._room(coming, r - x)[k], self._spans[r - x][0])
            before = self._room(coming, r - 1)[-1]
            _place(row + omission, first, before, self._spans[r - 1][0])
            ar_omitted[r - 1] = np.exp(forward.sums[r - 1] + before - total).sum()
            if r in ends:
                (x, y), column = forward.steps[ends[r]].shape, forward.steps[ends[r]].column
                start = forward.sums[r - x][column - y - self._spans[r - x][0]]
                value = float(values[x, y][column - first])
                steps[ends[r]] = float(np.exp(min(start + value + row[column - first] - total, 0.0)))
        for at, step in enumerate(forward.steps):
            if step.shape == (1, 0):
                steps[at] = min(float(ar_omitted[step.row - 1]), 1.0)
            elif step.shape == (0, 1):
                steps[at] = min(float(en_omitted[step.column - 1]), 1.0)
        return Probabilities(steps, ar_omitted, en_omitted)

    def _room(self, coming: dict[int, Floats], r: int) -> Floats:
        """The ways (shapes and one, columns) that leave a row, still unknown where it is new."""
        if r not in coming:
            first, last = self._spans[r]
            coming[r] = np.full((len(self._shapes) + 1, last - first + 1), _NEVER)
        return coming[r]

    def _rows(self, order: range) -> Iterator[tuple[int, dict[Shape, Vectors]]]:
        """Yield each row but 0 and the values of the beads that lead to its borders; upwards or downwards."""
        for number in order:
            block, values = self._blocks[number], self._values(number)
            for at in range(len(block.rows))[:: order.step]:
                yield block.rows[at] + 1, {shape: array[at] for shape, array in values.items()}

    def _values(self, number: int) -> dict[Shape, Vectors]:
        if self._kept is not None and number in self._kept:
            return self._kept[number]
        block = self._blocks[number]
        values = self._evidence.values(block.rows, range(max(block.first - 1, 0), block.last))
        if block.first == 0:  # no bead leads to the border before the first sentence
            values = {
                shape: np.pad(array, ((0, 0), (1, 0)), constant_values=_NEVER)
                for shape, array in values.items()
            }
        if self._kept is not None:
            self._kept[number] = values
        return values

    def _trace(self, back: Sequence[NDArray[np.int8]]) -> list[Step]:
        moves = [*self._shapes, (1, 0), (0, 1)]
        steps: list[Step] = []
        r, c = self._n, self._m
        while r or c:
            shape = moves[back[r][c - self._spans[r][0]]]
            steps.append(Step(shape, r, c))
            r, c = r - shape[0], c - shape[1]
        return steps[::-1]


def _arrive(ways: Floats, omission: float) -> tuple[Floats, NDArray[np.int8]]:
    """A row (2, columns), best and sum, from the ways into it (ways, 2, columns); and which way is best.

    Of equal ways the first is taken; omissions stand last, and among them an English one ends later.
    """
    origin: NDArray[np.int8] = ways[:, 0].argmax(axis=0).astype(np.int8)
    best: Floats = ways[:, 0].max(axis=0)
    slope = _slope(len(best), omission)
    reached: Floats = np.maximum.accumulate(best - slope) + slope
    along = reached[:-1] + omission
    omitted = origin[1:] == len(ways) - 1
    origin[1:][(along > best[1:]) | ((along == best[1:]) & omitted)] = len(ways)
    return np.stack((reached, _accumulate(_log_sum(ways[:, 1]), omission))), origin


def _accumulate(row: Floats, omission: float) -> Floats:
    """The log of sums over all ways along a row, by any number of omissions."""
    slope = _slope(len(row), omission)
    summed: Floats = np.logaddexp.accumulate(row - slope) + slope
    return summed


def _slope(columns: int, omission: float) -> Floats:
    slope: Floats = omission * np.arange(columns, dtype=np.float64)
    return slope


def _log_sum(ways: Floats) -> Floats:
    top: Floats = ways.max(axis=0)
    summed: Floats = top + np.log(np.exp(ways - top).sum(axis=0))
    return summed


def _place(values: Floats, at: int, into: Floats, first: int) -> None:
    """Write values that begin at column ``at`` into a row that begins at ``first``, where they overlap."""
    start = max(at, first)
    stop = min(at + values.shape[-1], first + into.shape[-1])
    if start < stop:
        into[..., start - first : stop - first] = values[..., start - at : stop - at]
