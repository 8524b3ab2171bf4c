"""Locality-sensitive hashing (LSH): similar rows of MinHash values, without comparing all pairs. Pure.

A band is four values of a row, read as one number; rows whose band is equal are a bucket, found by sorting,
and only rows of a bucket are compared. One band at a time is in memory besides the rows. With 128 values, two
rows of similarity .5 share a bucket with probability .87, of .6 with .99, of .3 with .23, of .1 with .003.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 16
"""How many rows of a bucket become its leader, one after the other, at most."""
_AT_ONCE = 1 << 16  # pairs of rows, 512 bytes each, that are compared in one step

RowNumbers = NDArray[np.int64]
PackedPairs = NDArray[np.uint64]
"""The earlier row in the upper 32 bits, the later one in the lower."""


def first_equal(keys: NDArray[np.uint64]) -> RowNumbers:
    """Return for each row of `keys`, shape (n, 2), the first row that is equal to it."""
    order = np.lexsort((keys[:, 1], keys[:, 0]))  # stable: equal rows stay in their order
    new = np.ones(len(order), bool)
    new[1:] = (keys[order[1:]] != keys[order[:-1]]).any(axis=1)
    first = np.empty(len(order), np.int64)
    first[order] = order[new][np.cumsum(new) - 1]
    return first


def similar(
    values: NDArray[np.uint16], rows: RowNumbers, threshold: float
) -> tuple[RowNumbers, RowNumbers, NDArray[np.float64]]:
    """Return pairs of `rows`, earlier and later, and the similarity of each, `threshold` or more.

    `values` has the shape (n, a multiple of 4); `rows`, in ascending order, are those to compare.
    The first row of a bucket is its leader: rows similar to it are paired with it and leave the bucket, and
    the others get a new leader. So a bucket of n rows costs at most 16 n comparisons.
    """
    bands = np.ascontiguousarray(values).view(np.uint64)
    similar_pairs: PackedPairs = np.empty(0, np.uint64)
    similarity: NDArray[np.float64] = np.empty(0, np.float64)
    for band in range(bands.shape[1]):
        members, bucket = _buckets(bands[rows, band], rows)
        for _ in range(_ROUNDS):
            members, bucket = _together(members, bucket)
            if not len(members):
                break
            first = _begins(bucket)
            leaders = members[first][np.cumsum(first) - 1]
            members, bucket = members[~first], bucket[~first]
            pairs = leaders[~first].astype(np.uint64) << np.uint64(32) | members.astype(np.uint64)
            new = ~_among(pairs, similar_pairs)
            equal = np.ones(len(pairs))
            equal[new] = _equal(values, pairs[new])
            alike = equal >= threshold
            if (added := new & alike).any():
                similar_pairs, order = np.unique(
                    np.concatenate([similar_pairs, pairs[added]]), return_index=True
                )
                similarity = np.concatenate([similarity, equal[added]])[order]
            members, bucket = members[~alike], bucket[~alike]
    return *_apart(similar_pairs), similarity


def _buckets(keys: NDArray[np.uint64], rows: RowNumbers) -> tuple[RowNumbers, RowNumbers]:
    """The rows, those of an equal key side by side and in their order, and a number for each key."""
    order = np.argsort(keys, kind="stable")
    numbers: RowNumbers = np.cumsum(_begins(keys[order]), dtype=np.int64)
    return rows[order], numbers


def _together(members: RowNumbers, bucket: RowNumbers) -> tuple[RowNumbers, RowNumbers]:
    """Only the members of buckets that have two or more."""
    begins = _begins(bucket)
    ends = np.ones(len(bucket), bool)
    ends[:-1] = begins[1:]
    kept = ~(begins & ends)
    return members[kept], bucket[kept]


def _begins(ordered: NDArray[np.int64] | NDArray[np.uint64]) -> NDArray[np.bool_]:
    begins = np.ones(len(ordered), bool)
    begins[1:] = ordered[1:] != ordered[:-1]
    return begins


def _among(pairs: PackedPairs, sorted_pairs: PackedPairs) -> NDArray[np.bool_]:
    if not len(sorted_pairs):
        return np.zeros(len(pairs), bool)
    places = np.minimum(np.searchsorted(sorted_pairs, pairs), len(sorted_pairs) - 1)
    is_among: NDArray[np.bool_] = sorted_pairs[places] == pairs
    return is_among


def _equal(values: NDArray[np.uint16], pairs: PackedPairs) -> NDArray[np.float64]:
    """The share of equal values of each pair: an estimate of the Jaccard similarity."""
    equal = np.empty(len(pairs))
    for start in range(0, len(pairs), _AT_ONCE):
        one, other = _apart(pairs[start : start + _AT_ONCE])
        equal[start : start + _AT_ONCE] = (values[one] == values[other]).mean(axis=1)
    return equal


def _apart(pairs: PackedPairs) -> tuple[RowNumbers, RowNumbers]:
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)
