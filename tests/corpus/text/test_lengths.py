"""Lengths of translations: how far from the usual ratio, in standard deviations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.text.lengths import CHARACTERS_RATIO, length_deviation

LENGTHS = st.integers(0, 100_000)


def test_the_usual_ratio_is_no_deviation() -> None:
    assert length_deviation(100, round(100 * CHARACTERS_RATIO)) == pytest.approx(0, abs=1e-9)


@given(LENGTHS, LENGTHS, st.integers(1, 1000))
def test_it_grows_with_the_distance(ar: int, en: int, more: int) -> None:
    expected = ar * CHARACTERS_RATIO
    further = en + more if en >= expected else max(0, en - more)
    assert length_deviation(ar, further) >= length_deviation(ar, en) >= 0


def test_the_same_share_says_more_in_a_longer_sentence() -> None:
    assert length_deviation(1000, 2000) > length_deviation(10, 20)
