"""The band of cells that the first pass visits: all of a short document, around a coarse path of a long one.

The band is made of blocks of rows, each with its range of columns. Both ends of the ranges never go back
and neighbouring ranges overlap, so that a path from the first cell to the last always exists.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SentencePairs = NDArray[np.int64]

_ROWS = 128
_STRETCH = 2000


@dataclass(frozen=True, slots=True)
class BandBlock:
    """Arabic sentences (`rows`) and the borders between English ones (`first` to `last`) to visit.

    Border j stands before English sentence j; the last one equals the number of sentences.
    """

    rows: range
    first: int
    last: int


def whole_band(n: int, m: int) -> list[BandBlock]:
    """Return a band that leaves nothing out, for n Arabic and m English sentences."""
    return [BandBlock(range(row, min(row + _ROWS, n)), 0, m) for row in range(0, n, _ROWS)]


def around(path: Sequence[tuple[int, int]], n: int, m: int, radius: int) -> list[BandBlock]:
    """Return the band that holds every monotone path through the points of `path`, and `radius` more.

    Between two points the whole rectangle is visited, unless both its sides are longer than 2,000
    sentences: then points along its diagonal are put in.
    """
    points = _bridged([(0, 0), *path, (n, m)])
    rows, columns = [row for row, _ in points], [column for _, column in points]
    blocks: list[BandBlock] = []
    for start in range(0, n, _ROWS):
        stop = min(start + _ROWS, n)
        # The way to a first point on row 0 lies on row 0: the first block begins at the text's beginning.
        first = columns[bisect_left(rows, start + 1) - 1] - radius if start else 0
        last = columns[bisect_left(rows, stop)] + radius
        blocks.append(BandBlock(range(start, stop), max(first, 0), min(last, m)))
    return blocks


def coarse_path(pairs: SentencePairs, weights: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return the heaviest chain of pairs that rises strictly on both sides; `pairs` rise in the first.

    A Fenwick tree over the second numbers makes it n log n.
    """
    if not len(pairs):
        return []
    size = int(pairs[:, 1].max()) + 1
    tree: list[tuple[float, int]] = [(0.0, -1)] * (size + 1)
    previous: list[int] = []
    for k, ((_, column), weight) in enumerate(zip(pairs.tolist(), weights.tolist(), strict=True)):
        best, at = (0.0, -1), column
        while at > 0:
            best = max(best, tree[at])
            at -= at & -at
        previous.append(best[1])
        reached, at = (best[0] + weight, k), column + 1
        while at <= size:
            tree[at] = max(tree[at], reached)
            at += at & -at
    best, at = (0.0, -1), size
    while at > 0:
        best = max(best, tree[at])
        at -= at & -at
    chain: list[tuple[int, int]] = []
    k = best[1]
    while k >= 0:
        chain.append((int(pairs[k, 0]), int(pairs[k, 1])))
        k = previous[k]
    return chain[::-1]


def _bridged(points: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    bridged = [points[0]]
    for row, column in points[1:]:
        from_row, from_column = bridged[-1]
        height, width = row - from_row, column - from_column
        if min(height, width) > _STRETCH:
            steps = height // _ROWS
            bridged += [
                (from_row + height * k // steps, from_column + width * k // steps) for k in range(1, steps)
            ]
        bridged.append((row, column))
    return bridged
