"""Intervals over documents: seeded, as a bootstrap drawn by hand has them, undefined where they must be."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from hashiya.corpus.team.agreement.bootstrap import Rows, bootstrap_interval


def ratio(sums: Rows) -> npt.NDArray[np.float64]:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sums[:, 1] > 0, sums[:, 0] / sums[:, 1], np.nan)


ROWS = np.array([[number % 4, 4 + number % 3] for number in range(40)], dtype=np.float64)


def test_the_same_seed_gives_the_same_interval() -> None:
    first, again, other = (bootstrap_interval(ROWS, ratio, seed) for seed in (1, 1, 2))
    assert first == again != other


def test_it_is_the_bootstrap_drawn_by_hand() -> None:
    random = np.random.default_rng(5)
    drawn = [ROWS[random.integers(0, len(ROWS), len(ROWS))].sum(axis=0) for _ in range(4000)]
    low, high = np.quantile([one / other for one, other in drawn], [0.025, 0.975])
    found = bootstrap_interval(ROWS, ratio, 7, draws=4000)
    assert [found.low, found.high] == pytest.approx([low, high], abs=0.01)


def test_one_document_has_no_interval_and_says_so() -> None:
    found = bootstrap_interval(ROWS[:1], ratio, 1)
    assert (found.low, found.high) == (None, None)
    assert "two documents" in (found.undefined or "")


def test_what_is_rarely_defined_has_no_interval() -> None:
    rows = np.zeros((6, 2))
    rows[0] = 1, 2
    found = bootstrap_interval(rows, ratio, 1)
    assert found.low is None
    assert "drawn corpora have no value" in (found.undefined or "")
