"""A figure with its interval over documents, or the reason why there is none. Pure.

What would be 1 or 0 for want of examples is no figure: it is undefined, and says why.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.team.agreement.bootstrap import Rows, bootstrap_interval
from hashiya.schema.records import record

Sums = NDArray[np.float64]
"""Counts, one row a document: true positives of each class, false positives, false negatives."""


@record
class Figure:
    """A value between 0 and 1 with the ends of its 95% interval; null where `undefined` says why."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    undefined: str | None = None
    interval_undefined: str | None = None


def no_figure(why: str) -> Figure:
    """Return a figure that is undefined."""
    return Figure(undefined=why)


def precision(sums: Rows, classes: int) -> Rows:
    """Return the precision of each class, (rows, classes); NaN where nothing was predicted."""
    true, false, _ = np.split(sums, [classes, 2 * classes], axis=1)
    return _ratio(true, true + false)


def recall(sums: Rows, classes: int) -> Rows:
    """Return the recall of each class, (rows, classes); NaN where there is no example."""
    true, _, missed = np.split(sums, [classes, 2 * classes], axis=1)
    return _ratio(true, true + missed)


def f1(sums: Rows, classes: int) -> Rows:
    """Return the F1 of each class, (rows, classes); NaN where there is no example, whatever was predicted."""
    true, false, missed = np.split(sums, [classes, 2 * classes], axis=1)
    return np.where(true + missed > 0, _ratio(2 * true, 2 * true + false + missed), np.nan)


def macro_f1(sums: Rows, classes: int) -> NDArray[np.float64]:
    """Return the mean F1 of the classes that have an example; NaN where none has."""
    values = f1(sums, classes)
    there = ~np.isnan(values)
    return _ratio(np.where(there, values, 0).sum(axis=1), there.sum(axis=1).astype(np.float64))


def pooled(sums: Rows) -> Rows:
    """Return the sums of all classes together: what micro-averaged figures are made of."""
    return np.stack([part.sum(axis=1) for part in np.split(sums, 3, axis=1)], axis=1)


def figure_of(
    sums: Rows, value: Callable[[Rows], NDArray[np.float64]], seed: int, why: str, *, interval: bool = True
) -> Figure:
    """Return a figure of documents' sums; `why` is told where it is undefined over all of them."""
    over_all = float(value(sums.sum(axis=0, keepdims=True))[0]) if len(sums) else np.nan
    if np.isnan(over_all):
        return no_figure(why)
    if not interval:
        return Figure(value=over_all)
    ends = bootstrap_interval(sums, value, seed)
    return Figure(value=over_all, low=ends.low, high=ends.high, interval_undefined=ends.undefined)


def _ratio(part: Rows, whole: Rows) -> Rows:
    made: Rows = np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=np.asarray(whole) > 0)
    return made
