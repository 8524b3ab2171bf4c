"""Texts with parts replaced: what is outside of them stays itself, and is found both ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.text.edited_text import EditedText, Replacement, SourcePoint
from hashiya.schema.records import Span
from tests.strategies import spans, texts


@st.composite
def edited(draw: st.DrawFn) -> EditedText:
    made = EditedText(draw(texts(min_size=1)))
    for _ in range(draw(st.integers(0, 5))):
        if made.text:
            made = made.replaced(*draw(spans(made.text)), draw(texts()))
    return made


@given(edited(), st.data())
def test_replacing_is_what_python_does(made: EditedText, data: st.DataObject) -> None:
    if made.text:
        start, end = data.draw(spans(made.text))
        put = data.draw(texts())
        assert made.replaced(start, end, put).text == made.text[:start] + put + made.text[end:]


@given(edited())
def test_offsets_are_the_identity_outside_of_edits_and_inverse_to_each_other(made: EditedText) -> None:
    shift = 0
    replaced = {at for item in made.replacements for at in range(item.start, item.end)}
    longer = {item.end: len(item.text) - (item.end - item.start) for item in made.replacements}
    found: list[int] = []
    for offset, letter in enumerate(made.source):
        shift += longer.get(offset, 0)
        there = made.to_edited(offset)
        assert (there is None) == (offset in replaced)
        if there is not None:
            assert there == offset + shift
            assert made.text[there] == letter
            assert made.to_source(there) == offset
            found.append(there)
    assert found == [at for at in range(len(made.text)) if made.to_source(at) is not None]
    assert (made.to_edited(len(made.source)), made.to_source(len(made.text))) == (
        len(made.text),
        len(made.source),
    )


@given(edited(), st.data())
def test_the_ends_of_a_range_are_found_again_whatever_changes_elsewhere(
    made: EditedText, data: st.DataObject
) -> None:
    if len(made.text) < 2:
        return
    start, end = data.draw(spans(made.text))
    first, last = made.start_point(start), made.end_point(end)
    assert (made.offset(first), made.offset(last)) == (start, end)
    quote, put = made.text[start:end], data.draw(texts())
    for begin, part in ((0, made.text[:start]), (end, made.text[end:])):
        if part:
            low, high = data.draw(spans(part))
            changed = made.replaced(begin + low, begin + high, put)
            plain = first.into == last.into == 0
            if plain or set(made.replacements) <= set(changed.replacements):
                ends = changed.offset(first), changed.offset(last)
                assert None not in ends
                assert changed.text[slice(*ends)] == quote


@given(edited(), st.data())
def test_edits_apart_from_each_other_give_the_same_in_any_order(
    made: EditedText, data: st.DataObject
) -> None:
    borders = [at for at in range(1, len(made.text)) if not made.start_point(at).into]
    if not borders:
        return
    middle = data.draw(st.sampled_from(borders))
    low = data.draw(spans(made.text[:middle]))
    start, end = (middle + at for at in data.draw(spans(made.text[middle:])))
    one, other = data.draw(texts()), data.draw(texts())
    first, last = made.start_point(start), made.end_point(end)
    forward, backward = made.replaced(*low, one), made.replaced(start, end, other)
    moved = forward.offset(first), forward.offset(last)
    assert None not in moved
    assert forward.replaced(*moved, other) == backward.replaced(*low, one)  # type: ignore[arg-type]


def test_a_range_bordering_on_a_deletion_leaves_it_alone() -> None:
    made = EditedText("abcdef").replaced(2, 4, "")
    assert made.replaced(2, 3, "E").replacements == (Replacement(2, 4, ""), Replacement(4, 5, "E"))
    assert made.replaced(1, 2, "B").replacements == (Replacement(1, 2, "B"), Replacement(2, 4, ""))
    assert made.replaced(1, 3, "-").replacements == (Replacement(1, 5, "-"),)
    assert made.span_in_edited(0, 6) == Span(0, 4)
    assert made.span_in_edited(0, 3) is None
    assert made.span_in_source(1, 3) == Span(1, 5)
    assert made.span_in_source(1, 1) is None


def test_a_place_within_a_text_that_was_put_in_counts_in_that() -> None:
    made = EditedText("كتاب").replaced(0, 4, "كِتَابٌ لا")
    assert made.start_point(3) == SourcePoint(0, 3)
    assert made.offset(SourcePoint(0, 3)) == 3
    assert [made.offset(SourcePoint(*point)) for point in ((0, 10), (1, 0), (1, 1), (5, 0), (-1, 0))] == [
        None
    ] * 5
    assert made.offset(SourcePoint(4)) == len(made.text)


def test_what_is_no_range_is_refused() -> None:
    with pytest.raises(ValueError, match="no range"):
        EditedText("ab").replaced(1, 1, "x")
    with pytest.raises(ValueError, match="overlaps"):
        EditedText("ab", (Replacement(0, 2, ""), Replacement(1, 2, "")))
