"""Levels and the order of a line, on what annotators read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.tui.bidi.levels import Direction, levels, visual_order
from tests.tui.bidi.texts import PARAGRAPHS, arabic

LTR, RTL = Direction.LTR, Direction.RTL


@pytest.mark.parametrize(
    ("text", "base", "expected"),
    [
        ("car", None, "000"),
        ("CAR", None, "111"),
        ("car is THE CAR in", None, "00000001111111000"),
        ("THE nvidia", None, "1111222222"),
        ("A 12.5%", None, "1122221"),  # after an Arabic letter % is no part of the number
        ("A -5", None, "1112"),
        ("\u202bA 12.5%\u202c", LTR, "011222211"),
        ("R1", RTL, "12"),
        ("r1", RTL, "22"),
        ("a\u2067B\u2069c", None, "00100"),
        ("A\u2066b\u2069C", None, "11211"),
        ("A (b) C", None, "1112111"),
        ("a (B) c", None, "0001000"),
        ("a (B)", RTL, "21111"),
        ("A\u200cB", None, "111"),
    ],
)  # fmt: skip
def test_embedding_levels_follow_the_standard(text: str, base: Direction | None, expected: str) -> None:
    assert [str(level) for level in levels(arabic(text), base).levels] == list(expected)


def test_spaces_at_the_end_of_a_line_run_with_the_paragraph() -> None:
    found = levels("abc  \u2069 ", RTL)
    assert list(found.levels) == [2, 2, 2, 1, 1, 1, 1]
    assert list(levels(arabic("a BC  d"), LTR).line(0, 6)) == [0, 0, 1, 1, 0, 0]


def test_an_empty_paragraph_runs_from_left_to_right_unless_told() -> None:
    assert levels("").base is LTR
    assert levels("", RTL).base is RTL
    assert levels("2025 ...").base is LTR


@given(PARAGRAPHS, st.sampled_from([None, LTR, RTL]))
def test_a_line_is_a_permutation(text: str, base: Direction | None) -> None:
    found = levels(text, base)
    assert len(found.levels) == len(found.classes) == len(text)
    assert max(found.levels, default=0) <= 126
    assert sorted(visual_order(found.line(0, len(text)))) == list(range(len(text)))


@given(PARAGRAPHS)
def test_the_first_strong_letter_is_what_the_base_would_be(text: str) -> None:
    found = levels(text)
    assert levels(text, found.base) == found


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("", []),
        ("000", [0, 1, 2]),
        ("111", [2, 1, 0]),
        ("0110", [0, 2, 1, 3]),
        ("1221", [3, 1, 2, 0]),
        ("01232", [0, 2, 3, 4, 1]),
        ("22033", [0, 1, 2, 4, 3]),
    ],
)
def test_levels_are_turned_from_the_highest_down(line: str, order: list[int]) -> None:
    assert visual_order(bytes(map(int, line))) == order
