from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from hashiya.corpus.duplicates.lsh import first_equal, similar

SMALL = arrays.arrays(np.uint16, st.tuples(st.integers(1, 30), st.just(32)), elements=st.integers(0, 1))
THRESHOLD = 0.7


@given(arrays.arrays(np.uint64, st.tuples(st.integers(0, 30), st.just(2)), elements=st.integers(0, 2)))
def test_the_first_of_equal_rows_stands_for_them(
    keys: NDArray[np.uint64],
) -> None:
    rows = [tuple(row) for row in keys.tolist()]
    assert first_equal(keys).tolist() == [rows.index(row) for row in rows]


@given(SMALL)
def test_pairs_are_alike_and_each_stands_once(
    values: NDArray[np.uint16],
) -> None:
    before, after, similarity = similar(values, np.arange(len(values)), THRESHOLD)
    pairs = list(zip(before.tolist(), after.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    for (one, other), alike in zip(pairs, similarity.tolist(), strict=True):
        assert one < other
        assert alike == np.mean(values[one] == values[other]) >= THRESHOLD


@given(SMALL)
def test_rows_that_meet_are_joined(values: NDArray[np.uint16]) -> None:
    """A side that is alike one of its bucket is in a pair: with it, or with a leader before."""
    before, after, _ = similar(values, np.arange(len(values)), THRESHOLD)
    joined = {*before.tolist(), *after.tolist()}
    bands = values.reshape(len(values), -1, 4)
    for one in range(min(len(values), 16)):  # more than 16 leaders of a bucket are not tried
        for other in range(one):
            meet = (bands[one] == bands[other]).all(axis=1).any()
            if meet and np.mean(values[one] == values[other]) >= THRESHOLD:
                assert one in joined


def test_only_the_rows_asked_for_are_compared() -> None:
    values = np.ones((4, 32), np.uint16)
    before, after, _ = similar(values, np.array([1, 3]), THRESHOLD)
    assert (before.tolist(), after.tolist()) == ([1], [3])


def test_a_crowded_bucket_costs_no_square() -> None:
    rng = np.random.default_rng(1)
    values = rng.integers(0, 60000, (20_000, 128)).astype(np.uint16)
    values[:, :4] = 7  # one band in common, and nothing else: 200 million pairs, if all were compared
    values[19_999] = values[0]
    before, after, _ = similar(values, np.arange(len(values)), 0.5)
    assert (before.tolist(), after.tolist()) == ([0], [19_999])
