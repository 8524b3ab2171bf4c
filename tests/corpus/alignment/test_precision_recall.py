from __future__ import annotations

import pytest

from hashiya.corpus.alignment.precision_recall import Score, score_sets, strict, unaligned

GOLD = [((0,), (0,)), ((1, 2), (1,)), ((3,), ()), ((), (2,))]


def test_strict_counts_only_beads_with_both_sides_and_wants_them_exact() -> None:
    found = [([0], [0]), ([1], [1]), ([2], []), ([3], []), ([], [2])]
    score = strict(found, GOLD)
    assert score == Score(right=1, found=2, wanted=2)
    assert (score.precision, score.recall, score.f1) == (0.5, 0.5, 0.5)
    assert unaligned(found, GOLD) == Score(right=2, found=3, wanted=2)
    assert unaligned(found, GOLD).f1 == pytest.approx(0.8)


def test_the_same_is_one_and_nothing_is_one() -> None:
    assert strict(GOLD, GOLD).f1 == 1
    assert strict([], []).f1 == 1
    assert strict([], GOLD).f1 == 0
    assert score_sets({1, 2}, {2, 3}) + score_sets({5}, {5}) == Score(2, 3, 3)
