"""The encoder's own arithmetic: operations by the shapes of its matrices, and a machine's rate of them.

A matrix product of (rows, a) by (a, b) is 2·rows·a·b operations; everything else of the network is left
out (additions, normalisation, tanh: a few percent).
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import numpy as np

Matrix = tuple[int, int]

_WIDTH = 256
TOKEN: tuple[Matrix, ...] = (
    (512, 3 * _WIDTH),
    *((width * _WIDTH, _WIDTH) for width in (2, 3, 5) for _ in range(2)),
)
"""What each token's vector goes through: a projection, and two convolutions in each of three branches."""
HEAD: tuple[Matrix, ...] = (
    (1280, 512),
    (512, 320),
    (512, 320),
    (320, 320),
    (320, 512),
    (320, 512),
    (512, 512),
)
"""What each window's sum goes through."""


def operations(matrices: Iterable[Matrix]) -> int:
    """Floating-point operations of one row through these matrices."""
    return sum(2 * rows * columns for rows, columns in matrices)


def product_rate(size: int = 1024, rounds: int = 12) -> float:
    """Floating-point operations a CPU second of numpy's product of two square matrices, float32; the best."""
    a = np.random.default_rng(1).random((size, size), np.float32)
    best = np.inf
    for _ in range(rounds):
        began = time.perf_counter()
        _ = a @ a
        best = min(best, time.perf_counter() - began)
    return float(2 * size**3 / best)
