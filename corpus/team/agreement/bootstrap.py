"""Intervals by bootstrap over documents: documents are drawn again with replacement, seeded.

What is measured is kept as sums by document, so that a drawn corpus is a weighted sum of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float64]
"""Sums, one row a document or a drawn corpus; what the columns are is the coefficient's own affair."""
Coefficient = Callable[[Rows], npt.NDArray[np.float64]]
"""From sums, one row each, to values; NaN where one is undefined."""

DRAWS = 1000
CONFIDENCE = 0.95
_AT_ONCE = 100
_KEPT = 1000
"""The most documents of which the draws are kept: 8 MB."""
_DEFINED = 0.95
"""The share of drawn corpora that must have a value for an interval to be told."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The range in which 95 of 100 drawn corpora lie; where it is `undefined`, without ends."""

    low: float | None = None
    high: float | None = None
    undefined: str | None = None


def _draws(documents: int, seed: int, draws: int) -> Iterator[Rows]:
    """How often each document is drawn, a row a drawn corpus, some corpora at a time."""
    random = np.random.default_rng(seed)
    chances = np.full(documents, 1 / documents)
    for start in range(0, draws, _AT_ONCE):
        some = random.multinomial(documents, chances, size=min(_AT_ONCE, draws - start))
        yield some.astype(np.float64)


@lru_cache(maxsize=8)
def _kept_draws(documents: int, seed: int, draws: int) -> tuple[Rows, ...]:
    """As `_draws`, which many coefficients of the same documents would ask for again."""
    return tuple(_draws(documents, seed, draws))


def bootstrap_interval(rows: Rows, coefficient: Coefficient, seed: int, draws: int = DRAWS) -> Interval:
    """Return the percentile interval of a coefficient over documents, the rows.

    The same rows in the same order and the same seed give the same interval.
    """
    documents = len(rows)
    if documents < 2:
        return Interval(undefined="an interval needs two documents; there is one")
    draw = _kept_draws if documents <= _KEPT else _draws
    values = np.concatenate([coefficient(weights @ rows) for weights in draw(documents, seed, draws)])
    defined = values[~np.isnan(values)]
    if len(defined) < _DEFINED * draws:
        return Interval(
            undefined=f"{draws - len(defined)} of {draws} drawn corpora have no value: too few documents vary"
        )
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Interval(float(low), float(high))
