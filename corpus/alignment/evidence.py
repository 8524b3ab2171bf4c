"""What vectors and lengths say for a bead: a document's calibration, and the value of each possible bead.

A value is in log-odds (natural logarithm) against an omission at the usual rate. A *cell* (i, j) stands for
the beads whose last sentences are i in Arabic and j in English, numbered from 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.encoders.protocol import Vectors
from hashiya.corpus.text.lengths import CHARACTERS_RATIO, CHARACTERS_VARIANCE

Shape = tuple[int, int]
"""Sentences of a bead, Arabic first."""
Floats = NDArray[np.float64]
IndexArray = NDArray[np.int64]

_GRAIN = 8192.0
"""Cosines and values are whole multiples of 1/8192: sums of values are exact, and so are ties."""
SURE = 0.6
"""Scaled cosine from which a mutually best pair is taken for a true one."""
_ROWS = 512
"""Rows of the similarity matrix that are in memory at a time."""


@dataclass(frozen=True, slots=True)
class AlignmentSettings:
    """The weights of the evidence and the extent of the search.

    The weights maximise the likelihood of hand-made and simulated gold alignments; docs/alignment.md says
    of which.
    """

    similarity: float = 6.5
    """Weight of a bead's scaled cosine: 0 is a random pair of the document, 1 a typical true one."""
    similarity_by_size: float = 5.0
    """The same, times half the bead's sentences: more text that matches is more evidence."""
    margin: float = 2.4
    """Penalty, times half the bead's sentences, as far as its last sentences fit better elsewhere."""
    gain: float = 7.4
    """Weight of what a bead's cosine gains over the best bead without one of its outer sentences."""
    length: float = 5.4
    """Largest penalty for lengths that do not fit, reached at three standard deviations."""
    bias: Mapping[Shape, float] = field(
        default_factory=lambda: MappingProxyType(
            {
                (1, 1): -0.9,
                (1, 2): -2.9,
                (2, 1): -2.9,
                (1, 3): -3.5,
                (3, 1): -3.5,
                (2, 2): -5.5,
                (1, 4): -5.0,
                (4, 1): -5.0,
                (2, 3): -7.0,
                (3, 2): -7.0,
            }
        )
    )
    """The shapes of beads that are considered, and the prior of each: larger ones are rarer."""
    variance: float = CHARACTERS_VARIANCE
    """Variance of length differences, in characters a character (Gale and Church 1993)."""
    ratio: float = CHARACTERS_RATIO
    """English characters an Arabic one, where the document has too few sure pairs to say."""
    neighbours: int = 4
    """Best cosines of a sentence whose mean is the yardstick of the margin penalty."""
    background: float = 0.1
    """Cosine of a random pair, where the document has too few pairs to say."""
    spread: float = 0.12
    """Standard deviation of random cosines, likewise."""
    trust: int = 20
    """Pairs that the two figures above count for beside the document's own."""
    contrast: float = 4.0
    """Least distance of a true cosine from a random one, in standard deviations of the random ones."""
    omission: float = 0.1
    """Prior share of sentences without a translation; the rate at which an omission is worth 0."""
    omission_trust: float = 20.0
    """Sentences that the prior share counts for beside the document's own."""
    rounds: int = 1
    """How often the document's share of omissions is estimated before the last pass."""
    least: float = 1e-4
    """Probability in the first pass from which a bead is a candidate of the second."""
    whole: int = 1_000_000
    """Largest number of cells (Arabic times English sentences) for which all are visited."""
    radius: int = 200
    """Sentences around the coarse path that are visited in a longer document."""

    @property
    def window(self) -> int:
        """The most sentences on one side of a bead."""
        return max(max(shape) for shape in self.bias)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a document says of its own similarities and lengths.

    ``random`` and ``typical`` are cosines: of pairs that do not belong together, and of those that do.
    ``ratio`` is English characters an Arabic one. ``ar_best`` and ``en_best`` hold for each sentence the
    mean of its best cosines, ``ar_nearest`` and ``en_nearest`` its very best. ``pairs`` (count, 2) are the
    mutually best sentences and ``strengths`` their scaled cosines.
    """

    random: float
    typical: float
    ratio: float
    ar_best: Floats
    en_best: Floats
    ar_nearest: Floats
    en_nearest: Floats
    pairs: IndexArray
    strengths: Floats

    def scaled(self, cosines: Floats) -> Floats:
        """Cosines on the document's own scale: 0 random, 1 typical of a true pair."""
        return (cosines - self.random) / (self.typical - self.random)


def calibrate(
    ar: Vectors, en: Vectors, lengths: tuple[Floats, Floats], settings: AlignmentSettings
) -> Calibration:
    """Calibrate on single sentences: unit vectors (sentences, dimensions), and lengths in characters.

    Neither side may be empty. The matrix of cosines is made some rows at a time and not kept.
    """
    n, m = len(ar), len(en)
    top = min(settings.neighbours, m)
    kept: Floats = np.full((settings.neighbours, m), -np.inf)
    ar_best, row_best, row_where = np.empty(n), np.empty(n), np.empty(n, np.int64)
    column_best, column_where = np.full(m, -np.inf), np.zeros(m, np.int64)
    total = squares = 0.0
    for start in range(0, n, _ROWS):
        cosines = _cosines(ar[start : start + _ROWS], en)
        rows = slice(start, start + len(cosines))
        row_where[rows] = cosines.argmax(axis=1)
        row_best[rows] = cosines.max(axis=1)
        ar_best[rows] = np.partition(cosines, m - top, axis=1)[:, m - top :].mean(axis=1)
        block_where, block_best = cosines.argmax(axis=0), cosines.max(axis=0)
        better = block_best > column_best
        column_best[better] = block_best[better]
        column_where[better] = block_where[better] + start
        both = np.vstack((kept, cosines))
        kept = np.partition(both, len(both) - len(kept), axis=0)[len(both) - len(kept) :]
        total += float(cosines.sum())
        squares += float(np.square(cosines).sum())
    en_best = kept[-min(settings.neighbours, n) :].mean(axis=0)
    mutual = np.flatnonzero(column_where[row_where] == np.arange(n))
    pairs = np.column_stack((mutual, row_where[mutual]))
    found = row_best[mutual]
    if n * m > 1 and squares / (n * m) - (total / (n * m)) ** 2 < 1e-6:
        # All cosines are alike and say nothing: every bead counts as typical, and the lengths decide.
        random, typical = total / (n * m) - 1.0, total / (n * m)
    else:
        random, typical = _scale(found, total, squares, n * m, settings)
    strengths = (found - random) / (typical - random)
    sure = pairs[strengths > SURE]
    ratios = lengths[1][sure[:, 1]] / lengths[0][sure[:, 0]]
    ratio = float(np.median(ratios)) if len(sure) >= 5 else settings.ratio
    return Calibration(random, typical, ratio, ar_best, en_best, row_best, column_best, pairs, strengths)


def _scale(
    mutual: Floats, total: float, squares: float, cells: int, settings: AlignmentSettings
) -> tuple[float, float]:
    """The random and the typical true cosine; what is not mutually best is taken to be random."""
    trust = settings.trust
    count = cells - len(mutual) + trust
    mean = (total - mutual.sum() + trust * settings.background) / count
    prior = trust * (settings.spread**2 + settings.background**2)
    square = (squares - np.square(mutual).sum() + prior) / count
    deviation = float(np.sqrt(max(square - mean**2, 0.0)))
    upper = np.sort(mutual)[len(mutual) // 2 :]
    return float(mean), float(max(upper.mean(), mean + settings.contrast * deviation))


@dataclass(frozen=True, slots=True)
class Evidence:
    """The vectors, lengths and calibration of a document, and the values of beads they lead to.

    ``ar`` and ``en`` are windows as an ``Encoder`` makes them; ``ar_ends`` and ``en_ends`` are sums of
    lengths, from 0, one longer than the sentences.
    """

    ar: Sequence[Vectors]
    en: Sequence[Vectors]
    ar_ends: Floats
    en_ends: Floats
    calibration: Calibration
    settings: AlignmentSettings

    def values(self, rows: range, columns: range) -> dict[Shape, Vectors]:
        """The values of the beads of each shape, (rows, columns), at the cells of a rectangle.

        A bead that would begin before the text has a value that means nothing.
        """
        s, c = self.settings, self.calibration
        # One cell more above and to the left: the gain compares with beads that end one sentence before.
        above, left = _with_previous(rows), _with_previous(columns)
        scaled: dict[Shape, Floats] = {}
        for x, y in _with_parts(s.bias):
            scaled[x, y] = c.scaled(_cosines(self.ar[x - 1][above], self.en[y - 1][left]))
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
            values[x, y] = (np.rint(value * _GRAIN) / _GRAIN).astype(np.float32)  # exact: 19 bits
        return values

    def _misfit(self, rows: range, columns: range, shape: Shape) -> Floats:
        """How badly the lengths fit, 0 to 1: the squared deviate of Gale and Church, cut off at 9."""
        ar = _lengths(self.ar_ends, rows, shape[0])[:, None] * self.calibration.ratio
        en = _lengths(self.en_ends, columns, shape[1])[None, :]
        deviate = np.square(ar - en) / (self.settings.variance * (ar + en) / 2 + 1)
        return np.minimum(deviate, 9.0) / 9.0


def omission_value(share: float, settings: AlignmentSettings) -> float:
    """The value of leaving a sentence alone where that share of sentences has no translation."""
    return float(np.rint(np.log(share / settings.omission) * _GRAIN) / _GRAIN)


def _cosines(ar: Vectors, en: Vectors) -> Floats:
    rounded: Floats = np.rint((ar @ en.T).astype(np.float64) * _GRAIN) / _GRAIN
    return rounded


def _with_previous(span: range) -> IndexArray:
    numbers: IndexArray = np.maximum(np.arange(span.start - 1, span.stop), 0)
    return numbers


def _with_parts(shapes: Mapping[Shape, float]) -> list[Shape]:
    """The shapes, and those left when one sentence is taken away from one side that has more."""
    parts = {(x - 1, y) for x, y in shapes if x > 1} | {(x, y - 1) for x, y in shapes if y > 1}
    return sorted(parts | set(shapes))


def _best_part(scaled: Mapping[Shape, Floats], x: int, y: int) -> Floats:
    """The best scaled cosine of a bead without its first or its last sentence of either side."""
    parts: list[Floats] = []
    if x > 1:
        parts += [scaled[x - 1, y][1:, 1:], scaled[x - 1, y][:-1, 1:]]
    if y > 1:
        parts += [scaled[x, y - 1][1:, 1:], scaled[x, y - 1][1:, :-1]]
    best: Floats = np.maximum.reduce(parts)
    return best


def _lengths(ends: Floats, span: range, count: int) -> Floats:
    """The lengths of the windows of so many sentences that end in a span."""
    last = np.arange(span.start, span.stop)
    lengths: Floats = ends[last + 1] - ends[np.maximum(last + 1 - count, 0)]
    return lengths
