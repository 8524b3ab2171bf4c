"""Intervals by bootstrap over documents: documents are drawn again with replacement, seeded.

What is measured is kept as sums by document, so that a drawn corpus is a weighted sum of rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float64]
"""Sums, one row a document or a drawn corpus; what the columns are is the coefficient's own affair."""
Coefficient = Callable[[Rows], npt.NDArray[np.float64]]
"""From sums, one row each, to values; NaN where one is undefined."""

DRAWS = 1000
CONFIDENCE = 0.95
_AT_ONCE = 100
_DEFINED = 0.95
"""The share of drawn corpora that must have a value for an interval to be told."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The range in which 95 of 100 drawn corpora lie; where it is `undefined`, without ends."""

    low: float | None = None
    high: float | None = None
    undefined: str | None = None


def bootstrap_interval(rows: Rows, coefficient: Coefficient, seed: int, draws: int = DRAWS) -> Interval:
    """Return the percentile interval of a coefficient over documents, the rows.

    The same rows in the same order and the same seed give the same interval.
    """
    documents = len(rows)
    if documents < 2:
        return Interval(undefined="an interval needs two documents; there is one")
    random = np.random.default_rng(seed)
    chances = np.full(documents, 1 / documents)
    found: list[npt.NDArray[np.float64]] = []
    for start in range(0, draws, _AT_ONCE):
        weights = random.multinomial(documents, chances, size=min(_AT_ONCE, draws - start))
        found.append(coefficient(weights.astype(np.float64) @ rows))
    values = np.concatenate(found)
    defined = values[~np.isnan(values)]
    if len(defined) < _DEFINED * draws:
        return Interval(
            undefined=f"{draws - len(defined)} of {draws} drawn corpora have no value: too few documents vary"
        )
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Interval(float(low), float(high))
