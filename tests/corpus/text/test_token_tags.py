"""Spans on tokens that know nothing of them: what can be tagged comes back, what cannot is counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.text.model_tokens import model_tokens
from hashiya.corpus.text.token_tags import tag_whole_tokens, tagged_spans
from hashiya.schema.dataset import MASKED
from tests.strategies import texts

TOKENS = [(0, 2), (3, 5), (5, 8), (9, 12)]


def test_a_span_of_whole_tokens_is_tagged_and_comes_back() -> None:
    tags, fates = tag_whole_tokens(TOKENS, [(3, 8, 1), (9, 12, 0)])
    assert tags == [0, 3, 4, 1]
    assert fates == {"whole": 2}
    assert tagged_spans(TOKENS, tags) == [(3, 8, 1), (9, 12, 0)]


def test_neighbours_of_one_class_stay_two() -> None:
    tags, _ = tag_whole_tokens(TOKENS, [(3, 5, 0), (5, 12, 0)])
    assert tags == [0, 1, 1, 2]
    assert tagged_spans(TOKENS, tags) == [(3, 5, 0), (5, 12, 0)]


def test_a_span_that_ends_inside_a_token_masks_all_that_it_touches_and_is_counted() -> None:
    tags, fates = tag_whole_tokens(TOKENS, [(3, 6, 0)])
    assert tags == [0, MASKED, MASKED, 0]
    assert fates == {"inside_token": 1}
    tags, fates = tag_whole_tokens(TOKENS, [(4, 8, 0)])
    assert tags == [0, MASKED, MASKED, 0]
    assert fates == {"inside_token": 1}


def test_white_space_at_the_edges_is_counted_and_the_name_is_tagged() -> None:
    tags, fates = tag_whole_tokens(TOKENS, [(2, 9, 0)])
    assert tags == [0, 1, 2, 0]
    assert fates == {"trimmed": 1}
    tags, fates = tag_whole_tokens(TOKENS, [(8, 9, 0)])
    assert tags == [0, 0, 0, 0]
    assert fates == {"no_token": 1}


def test_of_nested_spans_the_outermost_is_tagged_and_the_others_are_counted() -> None:
    tags, fates = tag_whole_tokens(TOKENS, [(3, 5, 1), (3, 12, 0), (9, 12, 1)])
    assert tags == [0, 1, 2, 2]
    assert fates == {"whole": 1, "overlapped": 2}


def test_a_masked_range_masks_the_tokens_it_touches() -> None:
    tags, fates = tag_whole_tokens(TOKENS, [(3, 8, 0)], [(4, 5), (9, 10)])
    assert tags == [0, MASKED, 2, MASKED]
    assert fates == {"masked": 1}


def test_empty_tokens_are_masked_and_break_no_span() -> None:
    tokens = [(0, 0), (0, 2), (2, 2), (3, 5), (0, 0)]
    tags, fates = tag_whole_tokens(tokens, [(0, 5, 0)])
    assert tags == [MASKED, 1, MASKED, 2, MASKED]
    assert fates == {"whole": 1}
    assert tagged_spans(tokens, tags) == [(0, 5, 0)]


def test_tokens_that_are_parts_of_one_letter_are_one_span() -> None:
    tokens = [(0, 1), (0, 1), (1, 2), (1, 2)]
    tags, fates = tag_whole_tokens(tokens, [(0, 2, 0)])
    assert tags == [1, 2, 2, 2]
    assert fates == {"whole": 1}
    assert tagged_spans(tokens, tags) == [(0, 2, 0)]


def test_a_stray_inside_begins_a_span() -> None:
    assert tagged_spans(TOKENS, [0, 2, 4, 4]) == [(3, 5, 0), (5, 12, 1)]


@st.composite
def tokens_and_spans(
    draw: st.DrawFn,
) -> tuple[str, list[tuple[int, int]], list[tuple[int, int, int]], list[tuple[int, int]]]:
    text = draw(texts(min_size=1))
    tokens = [(token.start, token.end) for token in model_tokens(text)]
    edges = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text)))
    ranges = edges.filter(lambda pair: pair[0] < pair[1])
    spans = draw(st.lists(st.tuples(ranges, st.integers(0, 2)), max_size=6))
    masked = draw(st.lists(ranges, max_size=2))
    return text, tokens, [(*edge, number) for edge, number in spans], masked


@given(tokens_and_spans())
def test_every_span_has_one_fate_and_those_tagged_whole_come_back(
    made: tuple[str, list[tuple[int, int]], list[tuple[int, int, int]], list[tuple[int, int]]],
) -> None:
    text, tokens, spans, masked = made
    tags, fates = tag_whole_tokens(tokens, spans, masked)
    assert len(tags) == len(tokens)
    assert fates.total() == len(spans)
    back = tagged_spans(tokens, tags)
    if not masked:
        assert len(back) == fates["whole"] + fates["trimmed"]
        assert sum(span in spans for span in back) >= fates["whole"]
        for start, end, number in back:
            assert any(
                number == other and low <= start and end <= high and text[low:high].strip() == text[start:end]
                for low, high, other in spans
            )
    for (start, end), tag in zip(tokens, tags, strict=True):
        if tag == 0:
            whole = [span for span in spans if span[0] <= start and end <= span[1]]
            assert not whole or len(spans) > 1  # what it lies in is masked or tagged, if nothing overlaps
