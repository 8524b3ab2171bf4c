"""A logistic regression for each class, one against the rest: the head of the baselines.

Cells of which nobody knows the answer are left out, class by class.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.training.models.protocol import Probabilities
from hashiya.corpus.training.rows import NOT_KNOWN, Answers

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

Head: TypeAlias = "LogisticRegression | float"
"""What one class is judged by; a number where its examples in training were all alike, or there were none."""
_SURE = 1e-6


def fit_heads(
    features: Any,
    answers: Answers,
    weights: NDArray[np.float64],
    make: Callable[[], LogisticRegression],
) -> list[Head]:
    """Return the heads of the classes, the columns of `answers`; `features` has their rows."""
    from sklearn.exceptions import ConvergenceWarning

    heads: list[Head] = []
    for column in answers.T:
        known = np.flatnonzero(column != NOT_KNOWN)
        truth = column[known] == 1
        if truth.all() or not truth.any():
            heads.append(1 - _SURE if len(truth) and truth.all() else _SURE)
            continue
        with warnings.catch_warnings():  # as good as it got in its steps: the validation split judges it
            warnings.simplefilter("ignore", ConvergenceWarning)
            heads.append(make().fit(features[known], truth, sample_weight=weights[known]))
    return heads


def head_probabilities(heads: list[Head], features: Any, *, one: bool) -> Probabilities:
    """Return (rows, classes); where a row has exactly `one` class, its probabilities are made to sum to 1."""
    rows = features.shape[0]
    made = np.empty((rows, len(heads)))
    if not rows:
        return made
    for column, head in enumerate(heads):
        made[:, column] = head if isinstance(head, int | float) else head.predict_proba(features)[:, 1]
    return made / made.sum(axis=1, keepdims=True) if one else made
