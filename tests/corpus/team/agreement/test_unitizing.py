"""Alpha for unitizing, checked against the worked example of its book and against its definition."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.team.agreement.unitizing import Continuum, Unit, unitizing_alpha, unitizing_sums


def u_alpha(*continua: Continuum) -> float:
    (value,) = unitizing_alpha(unitizing_sums(continua).sum(axis=0, keepdims=True))
    return float(value)


# Krippendorff, "Content Analysis" (4th edition, 2019), figure 12.11: three observers, a continuum of 60.
ALEX: list[Unit] = [
    (0, 7, "1"), (7, 13, "2"), (30, 32, "5"), (32, 37, "6"), (37, 44, "6"), (44, 60, "7")
]  # fmt: skip
PAUL: list[Unit] = [(0, 7, "1"), (7, 13, "3"), (13, 21, "5"), (32, 44, "6")]
SUZAN: list[Unit] = [(0, 7, "1"), (7, 13, "4"), (13, 21, "5"), (32, 37, "6"), (37, 41, "6"), (41, 44, "6")]


def test_three_observers_of_a_continuum() -> None:
    # Published as 0.510; to four digits by the sums: same 110 of 180, self-pairs 982, and the lengths.
    sums = unitizing_sums([Continuum(0, 60, [ALEX, PAUL, SUZAN])])
    assert sums.tolist() == [[110, 982, 71, 21, 6, 18, 36, 16, 6, 6]]
    assert u_alpha(Continuum(0, 60, [ALEX, PAUL, SUZAN])) == pytest.approx(0.5100, abs=5e-5)


def test_the_boundaries_alone() -> None:
    # Published as 0.413: marked or not, whatever the value. 1 - 52 * (180**2 - 982) / (180 * 2 * 71 * 109).
    marked = [[(start, end, "x") for start, end, _ in units] for units in (ALEX, PAUL, SUZAN)]
    assert u_alpha(Continuum(0, 60, marked)) == pytest.approx(0.4136, abs=5e-5)


def test_nothing_to_compare_and_nothing_that_varies_has_no_value() -> None:
    assert np.isnan(u_alpha(Continuum(0, 60, [[], []])))
    assert np.isnan(u_alpha(Continuum(0, 4, [[(0, 4, "a")], [(0, 4, "a")]])))
    assert len(unitizing_sums([])) == 0
    assert u_alpha(Continuum(0, 9, [[(0, 4, "a")], [(0, 4, "a")]])) == 1


@st.composite
def unitized(draw: st.DrawFn) -> Continuum:
    length, annotators = draw(st.integers(1, 15)), draw(st.integers(2, 3))
    said: list[list[Unit]] = []
    for _ in range(annotators):
        borders = sorted(draw(st.sets(st.integers(0, length), max_size=6)))
        labels = draw(st.lists(st.sampled_from("ab."), min_size=len(borders), max_size=len(borders)))
        ranges = zip(borders, borders[1:], labels, strict=False)
        said.append([(start, end, label) for start, end, label in ranges if label != "."])
    return Continuum(draw(st.integers(0, 1)), length, said)


def by_definition(text: Continuum) -> float | None:
    """Coincidences of lengths, observed and expected, as the book's equations 32 to 34 have them."""
    lines = [["." for _ in range(text.length)] for _ in text.said]
    alone: Counter[str] = Counter()
    for line, units in zip(lines, text.said, strict=True):
        for start, end, label in units:
            line[start:end] = label * (end - start)
            alone[label] += (end - start) ** 2
        alone["."] += line.count(".")
    observed: Counter[tuple[str, str]] = Counter()
    for one, other in permutations(lines, 2):
        observed.update(zip(one, other, strict=True))
    share = {key: count / (len(lines) - 1) for key, count in observed.items()}
    total = sum(share.values())
    lengths = {value: sum(n for (one, _), n in share.items() if one == value) for value in "ab."}
    room = total**2 - sum(alone.values())
    apart = sum(lengths[one] * lengths[other] for one, other in permutations("ab.", 2))
    if not apart or not room:
        return None
    return 1 - sum(n for (one, other), n in share.items() if one != other) / (total * apart / room)


@given(unitized())
def test_it_is_what_the_definition_says(text: Continuum) -> None:
    expected = by_definition(text)
    found = u_alpha(text)
    assert np.isnan(found) if expected is None else found == pytest.approx(expected)


@given(st.lists(unitized(), min_size=1, max_size=4))
def test_texts_count_as_one_laid_end_to_end(texts: list[Continuum]) -> None:
    some = [text for text in texts if len(text.said) == len(texts[0].said)]
    said: list[list[Unit]] = [[] for _ in some[0].said]
    at = 0
    for text in some:
        for line, units in zip(said, text.said, strict=True):
            line += [(start + at, end + at, label) for start, end, label in units]
        at += text.length
    assert u_alpha(*some) == pytest.approx(u_alpha(Continuum(0, at, said)), nan_ok=True)


def test_labels_on_the_same_letters_are_a_value_of_their_own() -> None:
    both: list[Unit] = [(0, 6, "a"), (4, 9, "b")]
    assert u_alpha(Continuum(0, 20, [both, both])) == 1
    assert u_alpha(Continuum(0, 20, [both, [(0, 6, "a"), (6, 9, "b")]])) < 1
