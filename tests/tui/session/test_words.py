"""What a cursor stops at, where it goes, and how a word is jumped to."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hashiya.schema.records import Lang, Pair, Span
from hashiya.tui.bidi.layout import layout
from hashiya.tui.bidi.levels import Direction
from hashiya.tui.session.words import above_below, beside, graphemes, hints, snap, word_at, words
from tests import strategies
from tests.tui.bidi.texts import TEXTS
from tests.tui.session.drafts import pair_of


def shown(pair: Pair, lang: Lang) -> list[str]:
    text = pair.text(lang) or ""
    return [text[word.start : word.end] for word in words(pair, lang)]


def stops(text: str) -> tuple[Span, ...]:
    return words(pair_of(text), "ar")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("قال، «نعم»؛ لا؟ …", ["قال", "نعم", "لا"]),
        ("خسر ٣٫٥٪ و$630 مليار", ["خسر", "٣", "٥", "٪", "و", "$", "630", "مليار"]),
        ("ربح 🚀 + €5 – (100%)", ["ربح", "🚀", "+", "€", "5", "100", "%"]),
        ("سطر\r\nوآخر\u200f.", ["سطر", "وآخر"]),
        ("لَا بَأْس \u0651 مـــد", ["لَا", "بَأْس", "مـــد"]),  # a mark alone is no stop
        ("... «؟» !", ["...", "«؟»", "!"]),
        (" \n ", []),
    ],
)
def test_words_are_what_says_something(text: str, wanted: list[str]) -> None:
    assert shown(pair_of(text), "ar") == wanted


def test_a_side_that_is_absent_has_no_words_and_one_without_tokens_its_pieces() -> None:
    pair = pair_of("نعم الآن", None)
    assert words(pair, "en") == ()
    assert shown(replace(pair, ar_tokens=()), "ar") == ["نعم", "الآن"]


def test_the_nearest_word() -> None:
    found = stops("aa, .... bb")
    assert [word_at(found, index) for index in range(-1, 12)] == [0] * 6 + [0, 1, 1, 1, 1, 1, 1]


def test_snap_takes_whole_words() -> None:
    found = stops("قال سام، ألتمان نعم")
    assert snap(found, 5, 10) == snap(found, 10, 5) == Span(4, 15)
    assert snap(found, 7, 8) == Span(4, 7)  # over the comma alone: the word nearest to it
    assert snap(found, 5, 5) == Span(4, 7)
    assert snap(found, 99, 99) == Span(16, 19)


def test_left_is_left_in_arabic_and_in_the_english_within() -> None:
    found = stops("قال Sam Altman نعم")
    screen = layout("قال Sam Altman نعم", 40)
    visited = [0]
    while (reached := beside(found, screen, visited[-1], -1)) != visited[-1]:
        visited.append(reached)
    assert visited == [0, 2, 1, 3]  # نعم Sam Altman قال, from the right
    assert beside(found, screen, 0, 1) == 0


def test_past_the_end_of_a_line_it_goes_on_where_the_line_is_read_on() -> None:
    text = "واحد اثنان ثلاثة أربعة"
    found, screen = stops(text), layout(text, 12)
    assert [screen.places[word.start].line for word in found] == [0, 0, 1, 1]
    assert beside(found, screen, 1, -1) == 2
    assert beside(found, screen, 2, 1) == 1
    assert beside(found, screen, 3, -1) == 3
    english = "one two three four"
    found, screen = stops(english), layout(english, 8)
    assert [screen.places[word.start].line for word in found] == [0, 0, 1, 2]
    assert beside(found, screen, 1, 1) == 2
    assert beside(found, screen, 2, -1) == 1


def test_lines_without_words_are_passed_over() -> None:
    text = "نعم\n\n…\nلا"
    found, screen = stops(text), layout(text, 20)
    assert (beside(found, screen, 0, -1), above_below(found, screen, 0, 1)) == (1, 1)
    assert (beside(found, screen, 1, 1), above_below(found, screen, 1, -1)) == (0, 0)
    assert (above_below(found, screen, 0, -1), above_below(found, screen, 1, 1)) == (0, 1)


def test_up_and_down_keep_the_column() -> None:
    text = "واحد اثنان ثلاثة\nأربعة خمسة ستة"
    found, screen = stops(text), layout(text, 30)
    assert [above_below(found, screen, number, 1) for number in range(3)] == [3, 4, 5]
    assert [above_below(found, screen, number, -1) for number in range(3, 6)] == [0, 1, 2]


def test_a_broken_word_belongs_to_its_first_line() -> None:
    text = "aaaaaaaaaaaa bb cc"
    found, screen = stops(text), layout(text, 8)
    assert screen.places[8].line == 1
    assert screen.places[found[0].start].line == 0
    assert beside(found, screen, 0, 1) == 1
    assert beside(found, screen, 1, -1) == 0
    assert above_below(found, screen, 1, -1) == 0


# A text with lone surrogates has no UTF-8 and is in no corpus.
STORED = TEXTS.map(lambda text: text.encode(errors="replace").decode())
WIDTHS = st.integers(8, 60)
SIDES = st.sampled_from(list(Direction))


@given(STORED, WIDTHS, SIDES)
def test_left_and_right_are_each_other_s_way_back(text: str, width: int, base: Direction) -> None:
    found = stops(text)
    assume(found)
    screen = layout(text, width, base)
    first, last = (1, -1) if base is Direction.RTL else (-1, 1)
    for step in (-1, 1):
        reached = [beside(found, screen, number, step) for number in range(len(found))]
        moved = {number: to for number, to in enumerate(reached) if to != number}
        assert len(set(moved.values())) == len(moved) == len(found) - 1
        assert all(beside(found, screen, to, -step) == number for number, to in moved.items())
    (start,) = (number for number in range(len(found)) if beside(found, screen, number, first) == number)
    visited = [start]
    while (reached_next := beside(found, screen, visited[-1], last)) != visited[-1]:
        visited.append(reached_next)
    assert sorted(visited) == list(range(len(found)))
    lines = [screen.places[found[number].start].line for number in visited]
    assert lines == sorted(lines)


@given(STORED, WIDTHS)
def test_up_and_down_go_to_the_next_line_with_words(text: str, width: int) -> None:
    found = stops(text)
    assume(found)
    screen = layout(text, width)
    lines = [screen.places[word.start].line for word in found]
    for number in range(len(found)):
        below = [line for line in lines if line > lines[number]]
        assert lines[above_below(found, screen, number, 1)] == min(below, default=lines[number])
        above = [line for line in lines if line < lines[number]]
        assert lines[above_below(found, screen, number, -1)] == max(above, default=lines[number])


@given(strategies.texts(min_size=1), st.data())
def test_snap_covers_the_words_of_a_drag_and_no_more(text: str, data: st.DataObject) -> None:
    found = stops(text)
    assume(found)
    one, other = (data.draw(st.integers(0, len(text))) for _ in range(2))
    span = snap(found, one, other)
    assert span == snap(found, other, one)
    assert span.start in {word.start for word in found}
    assert span.end in {word.end for word in found}
    first, last = min(one, other), max(one, other, min(one, other) + 1)
    touched = [word for word in found if word.start < last and first < word.end]
    if touched:
        assert span == Span(touched[0].start, touched[-1].end)
    else:
        assert span in found
    index = data.draw(st.integers(0, len(text)))
    at = found[word_at(found, index)]
    assert (at.start <= index < at.end) or not any(word.start <= index < word.end for word in found)


def test_hints_near_ones_are_short_and_on_the_first_letters() -> None:
    found = stops("واحد اثنان ثلاثة أربعة خمسة")
    assert hints(found, 2, "asdfg") == {"a": 3, "s": 1, "d": 4, "f": 0, "g": 2}
    assert hints(found, 2, "asd") == {"a": 3, "s": 1, "da": 4, "ds": 0, "dd": 2}
    assert hints(found[:1], 0, "ab") == {"a": 0}
    assert hints((), 0, "ab") == {}
    assert hints(found, 0, "شسشس").keys() <= {"ش", "س"} | {
        a + b + c for a in "شس" for b in ("", "ش", "س") for c in "شس"
    }
    with pytest.raises(ValueError, match="two different"):
        hints(found, 0, "aa")


@given(st.integers(0, 400), st.data(), st.text("abcdefghijklmnopqrstuvwxyz", min_size=2))
def test_hints_are_complete_and_free_of_prefixes(count: int, data: st.DataObject, letters: str) -> None:
    assume(len(set(letters)) > 1)
    found = [Span(number, number + 1) for number in range(count)]
    number = data.draw(st.integers(0, max(count - 1, 0)))
    codes = hints(found, number, letters)
    assert sorted(codes.values()) == list(range(count))
    ordered = sorted(codes)
    assert not any(after.startswith(before) for before, after in pairwise(ordered))
    if count <= len(set(letters)) ** 2:
        assert all(len(code) <= 2 for code in codes)
    near = [len(code) for code, _ in sorted(codes.items(), key=lambda item: abs(item[1] - number))][1:]
    assert near == sorted(near)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("لَا", ["لَ", "ا"]),
        ("مُّـد", ["مُّ", "ـ", "د"]),
        ("a\r\nب", ["a", "\r\n", "ب"]),
        ("👩‍💻🇸🇦é", ["👩‍💻", "🇸🇦", "é"]),
        ("\r\n", ["\r\n"]),
        ("\n\u0651", ["\n\u0651"]),
        ("", []),
    ],
)
def test_what_a_reader_calls_letters_are_grapheme_clusters(text: str, wanted: list[str]) -> None:
    assert [text[letter.start : letter.end] for letter in graphemes(text)] == wanted


@given(TEXTS)
def test_letters_cover_the_text(text: str) -> None:
    found = graphemes(text)
    assert "".join(text[letter.start : letter.end] for letter in found) == text
    assert all(before.end == after.start for before, after in pairwise(found))
    assert all(letter.start < letter.end for letter in found)
