"""Krippendorff's alpha and MASI, checked against the worked examples of their papers."""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction
from itertools import permutations
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.team.agreement.alpha import (
    Distance,
    Ratings,
    alpha_sums,
    krippendorff_alpha,
    masi_distance,
)


def ratings(*rows: str) -> Ratings:
    """Ratings, a row an annotator, a character an item; a dot is no value."""
    names = [str(who) for who in range(len(rows))]
    columns = [zip(names, column, strict=True) for column in zip(*rows, strict=True)]
    return Ratings.of([(0, {who: value for who, value in said if value != "."}) for said in columns], names)


# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability".
EXAMPLE_A = ratings("0100000010", "1110010000")
EXAMPLE_B = ratings("aabbdcccedda", "babbbcccedddd"[:12])
EXAMPLE_C = ratings("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


def interval(one: Hashable, other: Hashable) -> float:
    return float((int(str(one)) - int(str(other))) ** 2)


def test_example_a_two_observers_of_a_binary_item() -> None:
    # Published as 0.095. Four items differ: 8 values off the diagonal; n = 14, 6: 1 - 19 * 8 / (2 * 14 * 6).
    assert krippendorff_alpha(EXAMPLE_A) == pytest.approx(0.0952, abs=5e-5)


def test_example_b_two_observers_of_five_classes() -> None:
    # Published as 0.692. Three items differ, n = 4, 6, 6, 6, 2: 1 - 23 * 6 / (24**2 - 128) = 0.69196.
    assert krippendorff_alpha(EXAMPLE_B) == pytest.approx(0.6920, abs=5e-5)


def test_example_c_any_number_of_observers_with_values_missing() -> None:
    # Published as 0.743. Forty values can be paired, n = 9, 13, 10, 5, 3. Off the diagonal: 2 of unit 2
    # (2 3 2 beside 2), 4 of unit 6 (all four differ), 2 of unit 8: 1 - 39 * 8 / (40**2 - 384) = 0.74342.
    assert krippendorff_alpha(EXAMPLE_C) == pytest.approx(0.7434, abs=5e-5)
    assert alpha_sums(EXAMPLE_C.among(range(4))).rows.tolist() == [[8, 9, 13, 10, 5, 3]]


def test_example_d_another_metric() -> None:
    # The data of example C; published as 0.849 for the interval metric. By exact fractions: 951 / 1120.
    assert krippendorff_alpha(EXAMPLE_C, interval) == pytest.approx(0.8491, abs=5e-5)
    assert krippendorff_alpha(EXAMPLE_C, interval) == pytest.approx(float(Fraction(951, 1120)))


# Artstein and Poesio 2008, "Inter-Coder Agreement for Computational Linguistics", the example of weighted
# coefficients: one hundred utterances, statements, requests for information, and checks.
UTTERANCES = ratings(
    "s" * 46 + "r" * 32 + "c" * 16 + "s" * 6, "s" * 46 + "r" * 32 + "r" * 6 + "c" * 10 + "r" * 6
)


def weight(one: Hashable, other: Hashable) -> float:
    """A check lies half way between a statement and a request."""
    return float(one != other) / (2 if "c" in {one, other} else 1)


def test_weighted_alpha_of_dialogue_acts() -> None:
    # Published: observed 0.09, expected 0.4879, alpha = 1 - 0.09 / 0.4879 = 0.8156.
    assert krippendorff_alpha(UTTERANCES, weight) == pytest.approx(0.8156, abs=5e-5)
    # Not weighted, by hand: 0.12 observed, expected 2 * (98 * 76 + 98 * 26 + 76 * 26) / 39800 = 0.6016.
    assert krippendorff_alpha(UTTERANCES) == pytest.approx(0.8005, abs=5e-5)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        # Passonneau 2006: Jaccard's index times M: 1, 2/3 (one holds the other), 1/3 (each has its own), 0.
        ("abc", "abc", 0.0),
        ("", "", 0.0),
        ("ab", "a", 1 - 2 / 3 * 1 / 2),
        ("a", "abcd", 1 - 2 / 3 * 1 / 4),
        ("ab", "bc", 1 - 1 / 3 * 1 / 3),
        ("abc", "bcd", 1 - 1 / 3 * 1 / 2),
        ("ab", "cd", 1.0),
        ("ab", "", 1.0),
    ],
)
def test_the_distance_of_sets(one: str, other: str, distance: float) -> None:
    assert masi_distance(frozenset(one), frozenset(other)) == pytest.approx(distance)
    assert masi_distance(frozenset(other), frozenset(one)) == pytest.approx(distance)


def test_alpha_of_sets() -> None:
    # By hand. {a}{a}, {a,b}{a}, {b}{b}: observed 2 * 2/3; n = 3, 1, 2 of {a}, {a,b}, {b};
    # expected 2 * (3 * 1 * 2/3 + 3 * 2 * 1 + 1 * 2 * 2/3) = 56/3: 1 - 5 * (4/3) / (56/3) = 1 - 20/56.
    said = [("a", "a"), ("ab", "a"), ("b", "b")]
    made = Ratings.of([(0, {"x": frozenset(one), "y": frozenset(other)}) for one, other in said], "xy")
    assert krippendorff_alpha(made, cast("Distance", masi_distance)) == pytest.approx(0.6429, abs=5e-5)


def test_without_overlap_or_variation_there_is_no_alpha() -> None:
    assert krippendorff_alpha(ratings("ab..", "..ab")) is None
    assert krippendorff_alpha(ratings("aaa.", "aaab")) is None
    assert krippendorff_alpha(ratings("", "")) is None
    assert krippendorff_alpha(ratings("ab", "ab")) == 1


table = st.integers(2, 4).flatmap(
    lambda annotators: st.lists(
        st.tuples(st.integers(0, 2), st.text("abc.", min_size=annotators, max_size=annotators)), max_size=12
    ).map(lambda items: (annotators, items))
)


@given(table)
def test_it_is_what_the_definition_says(made: tuple[int, list[tuple[int, str]]]) -> None:
    """Against the coincidences, counted value by value."""
    annotators, items = made
    names = [str(who) for who in range(annotators)]
    found = Ratings.of(
        [
            (at, {who: value for who, value in zip(names, row, strict=True) if value != "."})
            for at, row in items
        ],
        names,
    )
    coincidences: dict[tuple[str, str], Fraction] = {}
    for _, row in items:
        values = row.replace(".", "")
        for one, other in permutations(values, 2):
            coincidences[one, other] = coincidences.get((one, other), Fraction()) + Fraction(
                1, len(values) - 1
            )
    counts = {value: sum(n for (one, _), n in coincidences.items() if one == value) for value in "abc"}
    total = sum(counts.values())
    apart = sum(n for (one, other), n in coincidences.items() if one != other)
    expected = sum(counts[one] * counts[other] for one, other in permutations("abc", 2))
    alpha = krippendorff_alpha(found)
    if not expected:
        assert alpha is None
    else:
        assert alpha == pytest.approx(float(1 - (total - 1) * apart / expected))
    sums = alpha_sums(found.among(range(annotators)))
    assert len(sums.rows) == len({at for at, row in items if len(row.replace(".", "")) > 1})
    assert np.isclose(sums.rows[:, 0].sum(), float(apart))
