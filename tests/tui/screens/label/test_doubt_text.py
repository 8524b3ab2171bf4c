"""Doubts in words, in both languages of the menus."""

from __future__ import annotations

from hashiya.corpus.doubts.doubts import Doubt
from hashiya.tui.screens.label.doubt_text import doubts_text
from hashiya.tui.settings.language import set_language

SEEN = (
    Doubt(kind="score", score=0.314),
    Doubt(kind="numbers", ar=("35",), en=("53", "2,021")),
    Doubt(kind="names", ar=("A", "B", "C", "D")),
    Doubt(kind="negation", ar=("لا",)),
    Doubt(kind="length", lengths=(271, 123)),
)


def bare(text: str) -> str:
    """A text without the isolates around the words of the pair."""
    return text.replace("\u2068", "").replace("\u2069", "")


def test_each_doubt_has_its_words() -> None:
    assert bare(doubts_text(SEEN)).split(" · ") == [
        "low score 0.31",
        "35 only in Arabic",
        "53, 2,021 only in English",
        "A, B, C … only in Arabic",
        "negation only in Arabic: لا",
        "271 characters in Arabic, 123 in English",
    ]
    assert doubts_text(()) == ""


def test_doubts_are_told_in_arabic_too() -> None:
    set_language("ar")
    assert bare(doubts_text(SEEN[1:2])) == "35 في العربية وحدها · 53, 2,021 في الإنجليزية وحدها"


def test_words_of_a_pair_run_by_themselves() -> None:
    assert "\u2068لا\u2069" in doubts_text(SEEN[3:4])
