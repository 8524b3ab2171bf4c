"""The value of each possible bead in the first pass, by similarity, margin, gain, length and shape.

A value is in log-odds (natural logarithm) against an omission at the prior rate. A *cell* (i, j) stands for
the beads whose last sentences are i in Arabic and j in English, numbered from 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hashiya.corpus.alignment.calibration import GRAIN, Calibration, Floats, IndexArray, rounded_cosines
from hashiya.corpus.alignment.settings import AlignmentSettings, Shape
from hashiya.corpus.encoders.protocol import Vectors


@dataclass(frozen=True, slots=True)
class BeadValues:
    """The value of every possible bead of a document, by its vectors, lengths and calibration.

    `ar` and `en` are windows as an `Encoder` makes them; `ar_ends` and `en_ends` are cumulative lengths, from
    0, one longer than the sentences.
    """

    ar: Sequence[Vectors]
    en: Sequence[Vectors]
    ar_ends: Floats
    en_ends: Floats
    calibration: Calibration
    settings: AlignmentSettings

    def at(self, rows: range, columns: range) -> dict[Shape, Vectors]:
        """Return the values of the beads of each shape, (rows, columns), at the cells of a rectangle.

        The value of a bead that would begin before the text is undefined.
        """
        s, c = self.settings, self.calibration
        # One cell more above and to the left: the gain compares with beads that end one sentence before.
        above, left = _with_previous(rows), _with_previous(columns)
        scaled: dict[Shape, Floats] = {}
        for x, y in _with_parts(s.bias):
            scaled[x, y] = c.scaled(rounded_cosines(self.ar[x - 1][above], self.en[y - 1][left]))
        here = slice(1, None)
        best = c.scaled(np.maximum(c.ar_best[above[here], None], c.en_best[None, left[here]]))
        values: dict[Shape, Vectors] = {}
        for (x, y), bias in s.bias.items():
            similar = scaled[x, y][here, here]
            half = (x + y) / 2
            value = (s.similarity + s.similarity_by_size * half) * similar + bias
            value -= s.margin * half * np.maximum(0.0, best - similar)
            if x + y > 2:
                value += s.gain * (similar - _best_part(scaled, x, y))
            value -= s.length * self._misfit(rows, columns, (x, y))
            values[x, y] = (np.rint(value * GRAIN) / GRAIN).astype(np.float32)  # exact: 19 bits
        return values

    def _misfit(self, rows: range, columns: range, shape: Shape) -> Floats:
        """Return how badly the lengths fit, 0 to 1: the squared deviate of Gale and Church, cut off at 9."""
        ar = _lengths(self.ar_ends, rows, shape[0])[:, None] * self.calibration.ratio
        en = _lengths(self.en_ends, columns, shape[1])[None, :]
        deviate = np.square(ar - en) / (self.settings.variance * (ar + en) / 2 + 1)
        return np.minimum(deviate, 9.0) / 9.0


def omission_value(share: float, settings: AlignmentSettings) -> float:
    """Return the value of an omission where that share of sentences has no translation."""
    return float(np.rint(np.log(share / settings.omission) * GRAIN) / GRAIN)


def _with_previous(span: range) -> IndexArray:
    numbers: IndexArray = np.maximum(np.arange(span.start - 1, span.stop), 0)
    return numbers


def _with_parts(shapes: Mapping[Shape, float]) -> list[Shape]:
    """Return the shapes, and those with one sentence fewer on a side that has several."""
    parts = {(x - 1, y) for x, y in shapes if x > 1} | {(x, y - 1) for x, y in shapes if y > 1}
    return sorted(parts | set(shapes))


def _best_part(scaled: Mapping[Shape, Floats], x: int, y: int) -> Floats:
    """Return the best scaled cosine of a bead without its first or its last sentence of either side."""
    parts: list[Floats] = []
    if x > 1:
        parts += [scaled[x - 1, y][1:, 1:], scaled[x - 1, y][:-1, 1:]]
    if y > 1:
        parts += [scaled[x, y - 1][1:, 1:], scaled[x, y - 1][1:, :-1]]
    best: Floats = np.maximum.reduce(parts)
    return best


def _lengths(ends: Floats, span: range, count: int) -> Floats:
    """Return the lengths of the windows of so many sentences that end in a span."""
    last = np.arange(span.start, span.stop)
    lengths: Floats = ends[last + 1] - ends[np.maximum(last + 1 - count, 0)]
    return lengths
