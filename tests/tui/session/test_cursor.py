"""The cursor moves as the screen shows it, and selects in the order of the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.schema.records import LANGS, Lang, Pair, Span
from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import layout
from hashiya.tui.bidi.levels import DIRECTIONS
from hashiya.tui.session.cursor import Cursor, at_edge, begin, by_unit, moved, selecting, units
from tests.tui.session.drafts import pair_of, pairs, span_of

AR = "قال سام ألتمان رئيس OpenAI Inc إنّ ٣٫٥ أرباح"
EN = "Sam Altman said 👩‍💻 so.\r\nThey left"


def go(
    cursor: Cursor, pair: Pair, steps: str, *, width: int = 400, grow: bool = False, rows: bool = False
) -> Cursor:
    base = DIRECTIONS[cursor.lang]
    screen = layout(pair.text(cursor.lang) or "", width, base, shaping=Shaping.LETTERS)
    for step in steps:
        cursor = moved(cursor, pair, screen, 1 if step in ">v" else -1, grow=grow, rows=rows)
    return cursor


def said(cursor: Cursor, pair: Pair) -> str:
    return (pair.text(cursor.lang) or "")[cursor.span.start : cursor.span.end]


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ("", "قال"),
        ("<", "سام"),
        ("<<<", "رئيس"),
        ("<<<<", "Inc"),  # to the left in Arabic comes first what stands to the right: the end of the Latin
        ("<<<<<", "OpenAI"),
        ("<<<<<<", "إنّ"),
        ("<<<<<<>", "OpenAI"),
        ("<<>", "سام"),
        (">", "قال"),
    ],
)
def test_left_and_right_in_mixed_arabic(steps: str, words: str) -> None:
    pair = pair_of(AR, EN)
    assert said(go(begin(pair, "ar"), pair, steps), pair) == words


def test_left_and_right_in_english_over_emoji_and_line_breaks() -> None:
    pair = pair_of(AR, EN)
    cursor = begin(pair, "en")
    reached = [said(cursor := go(cursor, pair, ">"), pair) for _ in range(7)]
    assert reached == ["Altman", "said", "👩", "💻", "so", "They", "left"]
    assert said(at_edge(cursor, pair, end=False), pair) == "Sam"
    assert said(at_edge(cursor, pair, end=True), pair) == "left"


def test_growing_and_shrinking_at_the_head() -> None:
    pair = pair_of(AR, EN)
    cursor = go(begin(pair, "ar"), pair, "<")
    assert said(go(cursor, pair, "<", grow=True), pair) == "سام ألتمان"
    assert said(go(cursor, pair, "<<>", grow=True), pair) == "سام ألتمان"
    assert said(go(cursor, pair, "<>>", grow=True), pair) == "قال سام"
    assert said(go(go(cursor, pair, "<", grow=True), pair, "<"), pair) == "رئيس"


def test_from_a_mark_one_goes_on_from_its_end() -> None:
    pair = pair_of(AR, EN)
    mark = begin(pair, "ar").at(span_of(pair, "ar", "سام ألتمان"))
    assert said(go(mark, pair, "<"), pair) == "رئيس"
    assert said(go(mark, pair, ">"), pair) == "قال"
    assert said(go(mark, pair, "<", grow=True), pair) == "سام ألتمان رئيس"
    assert said(go(mark, pair, ">", grow=True), pair) == "قال سام ألتمان"
    english = begin(pair, "en").at(span_of(pair, "en", "Sam Altman"))
    assert said(go(english, pair, ">"), pair) == "said"


def test_from_a_mark_over_a_line_break_too() -> None:
    pair = pair_of("واحد اثنان ثلاثة أربعة", "one two three four")
    mark = begin(pair, "ar").at(span_of(pair, "ar", "اثنان ثلاثة"))
    assert said(go(mark, pair, "<", width=12), pair) == "أربعة"
    assert said(go(mark, pair, ">", width=12), pair) == "واحد"
    english = begin(pair, "en").at(span_of(pair, "en", "two three"))
    assert said(go(english, pair, ">", width=10), pair) == "four"
    assert said(go(english, pair, "<", width=10), pair) == "one"


def test_up_and_down() -> None:
    pair = pair_of("واحد اثنان ثلاثة أربعة", None)
    cursor = begin(pair, "ar")
    below = go(cursor, pair, "v", width=12, rows=True)
    assert said(below, pair) == "ثلاثة"
    assert said(go(below, pair, "^", width=12, rows=True), pair) == "واحد"
    assert said(go(cursor, pair, "v", width=12, rows=True, grow=True), pair) == "واحد اثنان ثلاثة"
    assert go(cursor, pair, "^", width=12, rows=True) == cursor


def test_letters_and_words() -> None:
    pair = pair_of("الـسَّلامُ", None)
    cursor = by_unit(begin(pair, "ar"), pair, letters=True)
    assert (said(cursor, pair), cursor.anchor, cursor.head) == ("الـسَّلامُ", Span(0, 1), Span(8, 10))
    at = cursor.at(Span(0, 1))
    reached = [said(at := go(at, pair, "<"), pair) for _ in range(6)]
    assert reached == ["ل", "ـ", "سَّ", "ل", "ا", "مُ"]
    assert said(go(begin(pair, "ar", letters=True), pair, "<", grow=True), pair) == "ال"
    assert said(by_unit(at, pair, letters=False), pair) == "الـسَّلامُ"


def test_a_side_without_text_has_an_empty_cursor() -> None:
    pair = pair_of(None, "AI")
    cursor = begin(pair, "ar")
    assert (cursor.span, units(pair, "ar", letters=True), units(pair, "ar", letters=False)) == (
        Span(0, 0),
        (),
        (),
    )
    for letters in (True, False):
        changed = by_unit(cursor, pair, letters=letters)
        assert changed.span == Span(0, 0)
        assert go(changed, pair, "<>", grow=True) == at_edge(changed, pair, end=True) == changed
        assert selecting(changed, pair, 0, 5) == changed


def test_a_side_of_punctuation_is_gone_through_by_its_pieces() -> None:
    pair = pair_of("… !", "— ?")
    assert said(go(begin(pair, "ar"), pair, "<"), pair) == "!"
    assert said(selecting(begin(pair, "en"), pair, 0, 3), pair) == "— ?"


@given(pairs(), st.sampled_from(LANGS), st.integers(8, 60), st.data())
def test_wherever_it_goes_it_is_on_units_of_the_text(
    pair: Pair, lang: Lang, width: int, data: st.DataObject
) -> None:
    cursor = begin(pair, lang)
    text = pair.text(lang) or ""
    screen = layout(text, width, DIRECTIONS[lang], shaping=Shaping.LETTERS)
    for _ in range(data.draw(st.integers(1, 15))):
        match data.draw(st.sampled_from(["move", "move", "unit", "edge", "drag", "mark"])):
            case "move":
                step, rows, grow = data.draw(
                    st.tuples(st.sampled_from([-1, 1]), st.booleans(), st.booleans())
                )
                cursor = moved(cursor, pair, screen, step, rows=rows, grow=grow)
            case "unit":
                cursor = by_unit(cursor, pair, letters=data.draw(st.booleans()))
            case "edge":
                cursor = at_edge(cursor, pair, end=data.draw(st.booleans()))
            case "drag":
                one, other = (data.draw(st.integers(0, len(text))) for _ in range(2))
                cursor = selecting(cursor, pair, one, other)
                found = units(pair, lang, cursor.letters)
                assert not found or {cursor.span.start, cursor.span.end} <= {
                    border for unit in found for border in (unit.start, unit.end)
                }
            case _ if text:
                start = data.draw(st.integers(0, len(text) - 1))
                cursor = cursor.at(Span(start, data.draw(st.integers(start + 1, len(text)))))
            case _:
                pass
        assert 0 <= cursor.span.start <= cursor.span.end <= len(text)
        assert cursor.lang == lang
        if units(pair, lang, cursor.letters):
            assert cursor.span.start < cursor.span.end


def test_letters_of_a_word_are_reached_from_the_word() -> None:
    pair = pair_of(AR, EN)
    cursor = by_unit(begin(pair, "ar"), pair, letters=True)
    assert said(cursor, pair) == "قال"
    assert said(go(cursor, pair, ">"), pair) == "ق"
    assert said(go(cursor, pair, "<"), pair) == "ل"
    assert said(go(go(cursor, pair, ">"), pair, "<", grow=True), pair) == "قا"
