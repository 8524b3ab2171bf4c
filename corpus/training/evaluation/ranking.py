"""How well probabilities rank and how true they are: average precision, expected calibration error. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.training.evaluation.figure import Figure, no_figure
from hashiya.schema.records import record

BINS = 10
_LEAST = 30
"""Predictions from which on a calibration is told: fewer leave most bins with one or none."""


@record
class ReliabilityBin:
    """Predictions with a probability from `low` to `high`: its mean, and the share that is right."""

    low: float
    high: float
    count: int
    confidence: float | None
    right: float | None


@record
class Reliability:
    """The expected calibration error over bins of one width (Guo et al. 2017), and the bins."""

    error: Figure
    bins: tuple[ReliabilityBin, ...]
    of: str


def average_precision(truth: NDArray[np.bool_], scores: NDArray[np.float64], missed: int = 0) -> Figure:
    """Return the mean precision at each example found, by falling score; ties come together.

    `missed` are examples that have no score, for they were never found.
    """
    examples = int(truth.sum()) + missed
    if not examples:
        return no_figure("no example in the split")
    order = np.argsort(-scores, kind="stable")
    ranked, falling = truth[order], scores[order]
    found = np.cumsum(ranked)
    last_of_ties = np.append(np.flatnonzero(np.diff(falling)), len(falling) - 1)[: len(falling)]
    hits = found[last_of_ties]
    precision = hits / (last_of_ties + 1)
    gained = np.diff(hits, prepend=0)
    return Figure(value=float((precision * gained).sum() / examples))


def calibration(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], of: str, least: int = _LEAST
) -> Reliability:
    """Return how far probabilities are from the shares that are right; `of` says what was counted."""
    which = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    counts = np.bincount(which, minlength=BINS)
    sums = np.bincount(which, weights=confidence, minlength=BINS)
    hits = np.bincount(which, weights=right.astype(np.float64), minlength=BINS)
    bins = tuple(
        ReliabilityBin(
            low=number / BINS,
            high=(number + 1) / BINS,
            count=int(counts[number]),
            confidence=float(sums[number] / counts[number]) if counts[number] else None,
            right=float(hits[number] / counts[number]) if counts[number] else None,
        )
        for number in range(BINS)
    )
    total = int(counts.sum())
    if total < least:
        return Reliability(
            error=no_figure(f"{total} {of}: fewer than {least} say nothing of calibration"), bins=bins, of=of
        )
    return Reliability(error=Figure(value=float(np.abs(sums - hits).sum() / total)), bins=bins, of=of)
