"""Editing a line without a screen: graphemes, words, and what never gets in."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.tui.widgets.editing import Edited, boundaries, cleaned

PIECES = [
    "a", " ", "س", "ل", "ا", "\u064e", "\u0651", "لا", "👩‍💻", "\u200d", "🏽", "🇺🇸", "é", "\u0301", "12.5%",
    "\n", "\r\n", "\t", "\x1b[31m", "\x00", "\x9b", "\ud800", "\u2028", "\u200f", "\u200c", "中", "()",
]  # fmt: skip
MOVES = ["backspace", "delete", "delete_word", "home", "before", "after"]
STEPS = st.lists(st.sampled_from([("insert", piece) for piece in PIECES] + [(move, "") for move in MOVES]))


def test_line_ends_and_controls_become_spaces() -> None:
    assert cleaned("a\r\nb\nc\td\x1b\x00\u2028e") == "a b c d   e"


@pytest.mark.parametrize(("text", "left"), [("مُ", ""), ("لا", "ل"), ("a👩‍💻", "a"), ("🇺🇸🇸🇦", "🇺🇸"), ("", "")])
def test_backspace_takes_a_glyph(text: str, left: str) -> None:
    assert Edited(text, len(text)).backspace() == Edited(left, len(left))


def test_delete_takes_a_glyph() -> None:
    assert Edited("مُحمد", 0).delete() == Edited("حمد", 0)
    assert Edited("ab", 2).delete() == Edited("ab", 2)


def test_the_caret_goes_from_word_to_word() -> None:
    edited = Edited("سوق الذكاءِ الاصطناعي، AI", 25)
    assert edited.word_before() == 23
    assert Edited(edited.text, 23).word_before() == 12
    assert Edited(edited.text, 0).word_after() == 4
    assert Edited(edited.text, 23).word_after() == 25
    assert edited.delete_word() == Edited("سوق الذكاءِ الاصطناعي، ", 23)
    assert Edited().delete_word() == Edited()


@given(STEPS)
def test_no_control_gets_in_and_the_caret_stays_between_glyphs(steps: list[tuple[str, str]]) -> None:
    edited = Edited()
    for step, piece in steps:
        if step == "insert":
            edited = edited.insert(piece)
        elif step == "home":
            edited = edited.at(0)
        elif step == "before":
            edited = edited.at(edited.word_before())
        elif step == "after":
            edited = edited.at(edited.word_after())
        else:
            edited = getattr(edited, step)()
        assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in edited.text)
        assert edited.caret in boundaries(edited.text)


@given(st.lists(st.sampled_from(["س", "لا", "مُ", "a", " ", "中"])).map("".join), st.integers(-2, 30))
def test_what_is_inserted_is_deleted_again(text: str, index: int) -> None:
    edited = Edited(text).at(index)
    assert edited.insert("ب").backspace() == edited
