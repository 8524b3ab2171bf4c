"""F1 of spans: positive specific agreement, the kappa of many negatives, and each mark matched once."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.team.agreement.span_f1 import (
    SPAN_MATCHES,
    MatchCounts,
    f1_score,
    matched,
    overlapping_pairs,
)
from hashiya.corpus.team.agreement.unitizing import Unit


def score(matching: int, marked: int) -> float:
    counts = MatchCounts()
    counts.add(0, matching, marked)
    return float(f1_score(counts.rows())[0])


def test_it_is_positive_specific_agreement_and_what_kappa_comes_to() -> None:
    # Hripcsak and Rothschild 2005: 2a / (2a + b + c); both marked 30, one 5 more, the other 10 more.
    both, mine, theirs = 30, 5, 10
    assert score(both, 2 * both + mine + theirs) == pytest.approx(0.8)

    def kappa(neither: float) -> float:
        total = both + mine + theirs + neither
        chance = (both + mine) * (both + theirs) + (neither + mine) * (neither + theirs)
        return ((both + neither) * total - chance) / (total**2 - chance)

    apart = [abs(kappa(neither) - 0.8) for neither in (10, 100, 1_000, 1_000_000)]
    assert apart == sorted(apart, reverse=True)
    assert apart[-1] < 1e-4


def test_nothing_marked_has_no_score_and_nothing_alike_has_none() -> None:
    assert np.isnan(score(0, 0))
    assert score(0, 3) == 0


ONE: list[Unit] = [(0, 6, "company"), (11, 16, "model"), (20, 24, "place")]
OTHER: list[Unit] = [(0, 6, "company"), (7, 16, "model"), (20, 24, "market"), (30, 34, "place")]


def test_exact_overlapping_and_type_only() -> None:
    assert [matched(ONE, OTHER, match) for match in SPAN_MATCHES] == [1, 2, 3]


def test_a_long_span_matches_one_of_two_and_the_matching_is_the_largest() -> None:
    assert matched([(0, 10, "a")], [(0, 4, "a"), (5, 9, "a")], "overlapping") == 1
    # The first reaches both, the second the left one alone: taken greedily one would be left over.
    assert matched([(0, 10, "a"), (0, 3, "a")], [(0, 3, "a"), (5, 9, "a")], "overlapping") == 2


spans = st.lists(
    st.tuples(st.integers(0, 8), st.integers(1, 4), st.sampled_from("ab")).map(
        lambda made: (made[0], made[0] + made[1], made[2])
    ),
    max_size=5,
)


@given(spans, spans)
def test_a_laxer_match_finds_no_less_and_sides_play_no_role(one: list[Unit], other: list[Unit]) -> None:
    found = [matched(one, other, match) for match in SPAN_MATCHES]
    assert found == sorted(found)
    assert found == [matched(other, one, match) for match in SPAN_MATCHES]
    assert [matched(one, one, match) for match in SPAN_MATCHES] == [len(one)] * 3


@given(spans, spans)
def test_no_matching_is_larger(one: list[Unit], other: list[Unit]) -> None:
    one, other = sorted([one, other], key=len)
    most = max(
        sum(mine[0] < theirs[1] and theirs[0] < mine[1] for mine, theirs in zip(one, some, strict=True))
        for some in permutations(other, len(one))
    )
    pairs = overlapping_pairs(one, other)
    assert len(pairs) == most
    assert len({mine for mine, _ in pairs}) == len({theirs for _, theirs in pairs}) == most
