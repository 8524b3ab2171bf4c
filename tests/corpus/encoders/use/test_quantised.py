"""Convolutions in whole numbers: close to those in floating point, and alike wherever a row stands."""

from __future__ import annotations

from importlib import resources

import numpy as np

from bench import quantise
from hashiya.corpus.encoders.use.quantised import GRAPH, RANGES, Convolution, FloatRows, ranges
from hashiya.corpus.encoders.use.token_rows import BRANCH, ORDERS

WIDTH, OUT, WINDOW, MOST = 32, 24, 3, 40
RANDOM = np.random.default_rng(5)
LARGEST = RANDOM.uniform(2, 9, WIDTH).astype(np.float32)
ROWS = (RANDOM.uniform(-1, 1, (MOST + WINDOW - 1, WIDTH)) * LARGEST).astype(np.float32)
WEIGHTS = RANDOM.standard_normal((WINDOW * WIDTH, OUT)).astype(np.float32)
BIAS = RANDOM.standard_normal(OUT).astype(np.float32)
SMALL = Convolution(WEIGHTS, BIAS, LARGEST, MOST)


def exact(rows: FloatRows, count: int) -> FloatRows:
    windows = np.hstack([rows[k : k + count] for k in range(WINDOW)])
    return np.maximum(windows @ WEIGHTS + BIAS, 0)


def test_it_is_close_to_the_same_in_floating_point() -> None:
    expected = exact(ROWS, MOST)
    found = SMALL(ROWS, MOST)
    assert found.shape == (MOST, OUT)
    assert found.dtype == np.float32
    assert found.min() == 0
    assert np.abs(found - expected).max() < 0.02 * expected.max()
    assert np.abs(found - expected).max() > 0


def test_a_window_is_the_same_in_any_company() -> None:
    all_ = SMALL(ROWS, MOST)
    for first in (0, 7, 33):
        assert SMALL(ROWS[first:], 4).tobytes() == all_[first : first + 4].tobytes()


def test_numbers_beyond_the_range_are_its_ends() -> None:
    beyond = ROWS.copy()
    beyond[3] = LARGEST * 50
    beyond[9] = -LARGEST * 50
    ends = ROWS.copy()
    ends[3], ends[9] = LARGEST, -LARGEST
    assert SMALL(beyond, MOST).tobytes() == SMALL(ends, MOST).tobytes()


def test_empty_rows_add_nothing() -> None:
    nothing = np.zeros((WINDOW + 1, WIDTH), np.float32)
    np.testing.assert_allclose(SMALL(nothing, 2), np.maximum([BIAS, BIAS], 0), rtol=1e-6)


def test_sums_of_the_largest_numbers_are_exact_on_every_processor() -> None:
    ones = Convolution(np.ones((WINDOW * WIDTH, 1), np.float32), np.zeros(1, np.float32), LARGEST * 0 + 1, 1)
    largest = np.ones((WINDOW, WIDTH), np.float32)
    np.testing.assert_allclose(ones(largest, 1), [[WINDOW * WIDTH]], rtol=1e-5)


def test_the_shipped_files_are_those_that_are_made() -> None:
    folder = resources.files("hashiya.corpus.encoders.use")
    assert folder.joinpath(GRAPH).read_bytes() == quantise.graph()
    shipped = ranges()
    assert [of.shape for of in shipped] == [(BRANCH,)] * len(ORDERS)
    text = quantise.written([[round(float(number), 1) for number in of] for of in shipped])
    assert folder.joinpath(RANGES).read_text(encoding="utf-8") == text
