"""Rows of MinHash values that are alike, found without comparing each with each. Pure.

Locality-sensitive hashing by sorting: a band of a row is one number, rows of an equal band are a bucket, and
only rows of a bucket are compared. Besides the rows it holds one band of them at a time. A band is four
values: of 128 values, two rows of similarity .5 meet in some band with probability .87, of .6 with .99, of
.3 with .23, of .1 with .003.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 16
"""Leaders of one bucket, at most."""
_AT_ONCE = 1 << 16  # pairs of rows, 512 bytes each, that are compared in one step

RowNumbers = NDArray[np.int64]
PackedPairs = NDArray[np.uint64]
"""The earlier row in the upper 32 bits, the later one in the lower."""


def first_equal(keys: NDArray[np.uint64]) -> RowNumbers:
    """For each row of ``keys``, shape (n, 2), the first row that is equal to it."""
    order = np.lexsort((keys[:, 1], keys[:, 0]))  # stable: equal rows stay in their order
    new = np.ones(len(order), bool)
    new[1:] = (keys[order[1:]] != keys[order[:-1]]).any(axis=1)
    first = np.empty(len(order), np.int64)
    first[order] = order[new][np.cumsum(new) - 1]
    return first


def similar(
    values: NDArray[np.uint16], rows: RowNumbers, threshold: float
) -> tuple[RowNumbers, RowNumbers, NDArray[np.float64]]:
    """Return pairs of ``rows``, earlier and later, and the similarity of each, ``threshold`` or more.

    ``values`` has the shape (n, a multiple of 4); of ``rows``, which must rise, the others are left out. The
    first row of a bucket is its leader: what is like it is paired with it and needs no more, and the rest
    has a leader anew. So a bucket costs no more than its size times 16, whatever its rows are.
    """
    bands = np.ascontiguousarray(values).view(np.uint64)
    found: PackedPairs = np.empty(0, np.uint64)
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
            new = ~_among(pairs, found)
            equal = np.ones(len(pairs))
            equal[new] = _equal(values, pairs[new])
            alike = equal >= threshold
            if (added := new & alike).any():
                found, order = np.unique(np.concatenate([found, pairs[added]]), return_index=True)
                similarity = np.concatenate([similarity, equal[added]])[order]
            members, bucket = members[~alike], bucket[~alike]
    return *_apart(found), similarity


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


def _among(pairs: PackedPairs, found: PackedPairs) -> NDArray[np.bool_]:
    if not len(found):
        return np.zeros(len(pairs), bool)
    places = np.minimum(np.searchsorted(found, pairs), len(found) - 1)
    there: NDArray[np.bool_] = found[places] == pairs
    return there


def _equal(values: NDArray[np.uint16], pairs: PackedPairs) -> NDArray[np.float64]:
    """The share of equal values of each pair: an estimate of the Jaccard similarity."""
    equal = np.empty(len(pairs))
    for start in range(0, len(pairs), _AT_ONCE):
        one, other = _apart(pairs[start : start + _AT_ONCE])
        equal[start : start + _AT_ONCE] = (values[one] == values[other]).mean(axis=1)
    return equal


def _apart(pairs: PackedPairs) -> tuple[RowNumbers, RowNumbers]:
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)
