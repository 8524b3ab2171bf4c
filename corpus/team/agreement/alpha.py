"""Krippendorff's alpha: agreement above chance of any number of annotators, some of whom said nothing.

Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011). One minus observed over expected
disagreement; values of items that fewer than two annotators valued cannot be paired, and do not count.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from hashiya.corpus.team.agreement.bootstrap import Coefficient, Rows

NO_VALUE = -1
"""In a table of codes: this annotator did not value this item."""
Distance = Callable[[Hashable, Hashable], float]


def nominal_distance(one: Hashable, other: Hashable) -> float:
    """Return 0 for the same value, else 1."""
    return float(one != other)


def masi_distance(one: AbstractSet[Hashable], other: AbstractSet[Hashable]) -> float:
    """Return the distance of two sets: 1 - J * M (Passonneau 2006).

    J is Jaccard's index. M is 1 for equal sets, 2/3 where one holds the other, 1/3 where they overlap, 0
    where they share nothing. Two empty sets are equal.
    """
    if one == other:
        return 0.0
    common = len(one & other)
    if not common:
        return 1.0
    monotonicity = 2 / 3 if one <= other or other <= one else 1 / 3
    return 1 - common / len(one | other) * monotonicity


@dataclass(frozen=True, slots=True)
class Ratings:
    """What annotators said of items, as codes: a row an item, a column an annotator.

    `codes` are places in `values`, or `NO_VALUE`. `documents` has each item's document, as a number.
    """

    codes: npt.NDArray[np.int64]
    documents: npt.NDArray[np.int64]
    values: tuple[Hashable, ...]

    @classmethod
    def of(cls, items: Sequence[tuple[int, Mapping[str, Hashable]]], annotators: Sequence[str]) -> Ratings:
        """Return ratings of items: of each its document, and its values by annotator."""
        columns = {name: column for column, name in enumerate(annotators)}
        places: dict[Hashable, int] = {}
        codes = np.full((len(items), len(annotators)), NO_VALUE, dtype=np.int64)
        for row, (_, said) in enumerate(items):
            for annotator, value in said.items():
                codes[row, columns[annotator]] = places.setdefault(value, len(places))
        documents = np.fromiter((document for document, _ in items), np.int64, len(items))
        return cls(codes, documents, tuple(places))

    def among(self, annotators: Sequence[int]) -> Ratings:
        """Return the ratings of some annotators, of the items that two of them valued."""
        codes = self.codes[:, list(annotators)]
        kept = (codes != NO_VALUE).sum(axis=1) >= 2
        return Ratings(codes[kept], self.documents[kept], self.values)

    @property
    def differing(self) -> int:
        """How many items have two different values."""
        low = np.where(self.codes == NO_VALUE, len(self.values), self.codes).min(axis=1, initial=1 << 30)
        return int((self.codes.max(axis=1, initial=NO_VALUE) > low).sum())


@dataclass(frozen=True, slots=True)
class AlphaSums:
    """Ratings summed by document, in `rows`, and the coefficient of such sums; `values` are those given."""

    rows: Rows
    coefficient: Coefficient
    values: tuple[Hashable, ...]


def alpha_sums(ratings: Ratings, distance: Distance = nominal_distance) -> AlphaSums:
    """Return the sums that alpha is made of, for ratings whose items two or more annotators valued.

    Of each document: the disagreement observed, then how often each value was given.
    """
    used = np.unique(ratings.codes[ratings.codes != NO_VALUE])
    values = tuple(ratings.values[place] for place in used)
    distances = np.array([[distance(one, other) for other in values] for one in values], dtype=np.float64)
    distances = distances.reshape(len(values), len(values))
    codes = np.where(ratings.codes == NO_VALUE, NO_VALUE, np.searchsorted(used, ratings.codes))
    documents, rows = np.unique(ratings.documents, return_inverse=True)
    given = codes != NO_VALUE
    weight = 2 / np.maximum(given.sum(axis=1) - 1, 1)
    observed = np.zeros(len(documents))
    for one, other in combinations(range(codes.shape[1]), 2):
        both = given[:, one] & given[:, other]
        apart = distances[codes[both, one], codes[both, other]]
        observed += np.bincount(rows[both], weights=apart * weight[both], minlength=len(documents))
    where = np.broadcast_to(rows[:, None], codes.shape)[given] * len(values) + codes[given]
    counts = np.bincount(where, minlength=len(documents) * len(values)).reshape(len(documents), len(values))
    return AlphaSums(np.column_stack([observed, counts.astype(np.float64)]), _alpha_with(distances), values)


def krippendorff_alpha(ratings: Ratings, distance: Distance = nominal_distance) -> float | None:
    """Return alpha; `None` where no two annotators valued the same item, or all values are the same."""
    sums = alpha_sums(ratings.among(range(ratings.codes.shape[1])), distance)
    (value,) = sums.coefficient(sums.rows.sum(axis=0, keepdims=True))
    return None if np.isnan(value) else float(value)


def _alpha_with(distances: npt.NDArray[np.float64]) -> Coefficient:
    """Alpha of sums: what was observed in the first column, the counts of values in the others."""

    def alpha(sums: Rows) -> npt.NDArray[np.float64]:
        observed, counts = sums[:, 0], sums[:, 1:]
        expected = ((counts @ distances) * counts).sum(axis=1)
        total = counts.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(expected > 0, 1 - (total - 1) * observed / expected, np.nan)

    return alpha
