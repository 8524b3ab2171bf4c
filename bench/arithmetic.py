"""The encoder's own arithmetic: operations by the shapes of its matrices, and a machine's rates of them.

A matrix product of (rows, a) by (a, b) is 2·rows·a·b operations; everything else of the network is left
out (additions, normalisation, tanh: a few percent).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import numpy as np

from hashiya.corpus.encoders.use.network import TOKENS
from hashiya.corpus.encoders.use.quantised import Convolution
from hashiya.corpus.encoders.use.token_rows import REACH

Matrix = tuple[int, int]

_WIDTH = 256
FIRST: tuple[Matrix, ...] = ((512, 3 * _WIDTH), *((width * _WIDTH, _WIDTH) for width in (2, 3, 5)))
"""What a token's vector goes through alone: a projection, and the first convolution of three branches."""
SECOND: tuple[Matrix, ...] = tuple((width * _WIDTH, _WIDTH) for width in (2, 3, 5))
"""What each token goes through between its neighbours: the second convolutions."""
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
    """Additions and multiplications of one row through these matrices."""
    return sum(2 * rows * columns for rows, columns in matrices)


def product_rate(size: int = 1024, rounds: int = 12) -> float:
    """Floating-point operations a CPU second of numpy's product of two square matrices, float32; the best."""
    a = np.random.default_rng(1).random((size, size), np.float32)
    return 2 * size**3 / _least(lambda: a @ a, rounds)


def whole_number_rate(rounds: int = 200) -> float:
    """Operations a CPU second of the encoder's products of whole numbers of 8 bits, the largest; the best."""
    random = np.random.default_rng(1)
    [*_, (inputs, outputs)] = SECOND
    rows = random.standard_normal((TOKENS + 2 * REACH, outputs), np.float32)
    weights = random.standard_normal((inputs, outputs), np.float32)
    convolution = Convolution(weights, weights[0], np.full(outputs, 4, np.float32), TOKENS)
    return 2 * TOKENS * inputs * outputs / _least(lambda: convolution(rows, TOKENS), rounds)


def _least(work: Callable[[], object], rounds: int) -> float:
    best = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best
