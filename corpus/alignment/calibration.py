"""Calibration of a document on itself: the cosines of random and of true pairs, and the ratio of lengths.

Encoders and documents differ in how high cosines are, so a bead is scored on the scale of its own document.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.alignment.settings import AlignmentSettings
from hashiya.corpus.encoders.protocol import Vectors

Floats = NDArray[np.float64]
IndexArray = NDArray[np.int64]

GRAIN = 8192.0
"""Cosines and values are whole multiples of 1/8192: sums of values are exact, and so are ties."""
SURE = 0.6
"""Scaled cosine from which a mutually best pair is taken for a true one."""
_ROWS = 512
"""Rows of the similarity matrix that are in memory at a time."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The scale of a document's cosines, and the ratio of its lengths.

    `random` and `typical` are cosines: of pairs that are no translations, and of those that are.
    `ratio` is English characters an Arabic one. `ar_best` and `en_best` hold for each sentence the
    mean of its best cosines, `ar_nearest` and `en_nearest` its very best. `pairs` (count, 2) are the
    mutually best sentences and `strengths` their scaled cosines.
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
        """Return cosines on the document's own scale: 0 random, 1 typical of a true pair."""
        return (cosines - self.random) / (self.typical - self.random)


def calibrate(
    ar: Vectors, en: Vectors, lengths: tuple[Floats, Floats], settings: AlignmentSettings
) -> Calibration:
    """Return the calibration by single sentences: their unit vectors, (sentences, dimensions), and lengths.

    Lengths are in characters. Neither side may be empty. The matrix of cosines is computed in blocks.
    """
    n, m = len(ar), len(en)
    top = min(settings.neighbours, m)
    kept: Floats = np.full((settings.neighbours, m), -np.inf)
    ar_best, row_best, row_where = np.empty(n), np.empty(n), np.empty(n, np.int64)
    column_best, column_where = np.full(m, -np.inf), np.zeros(m, np.int64)
    total = squares = 0.0
    for start in range(0, n, _ROWS):
        cosines = rounded_cosines(ar[start : start + _ROWS], en)
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
    """Return the random and the typical true cosine; what is not mutually best is taken to be random."""
    trust = settings.trust
    count = cells - len(mutual) + trust
    mean = (total - mutual.sum() + trust * settings.background) / count
    prior = trust * (settings.spread**2 + settings.background**2)
    square = (squares - np.square(mutual).sum() + prior) / count
    deviation = float(np.sqrt(max(square - mean**2, 0.0)))
    upper = np.sort(mutual)[len(mutual) // 2 :]
    return float(mean), float(max(upper.mean(), mean + settings.contrast * deviation))


def rounded_cosines(ar: Vectors, en: Vectors) -> Floats:
    """Return the cosines of unit vectors, rows by columns, as multiples of 1 / `GRAIN`."""
    rounded: Floats = np.rint((ar @ en.T).astype(np.float64) * GRAIN) / GRAIN
    return rounded
