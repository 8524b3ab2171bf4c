"""Ranges of a text: which of them share letters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hashiya.schema.records import Span, overlaps

spans = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted).map(lambda edges: Span(*edges))


@given(spans, spans)
def test_two_ranges_overlap_where_one_letter_is_in_both(one: Span, other: Span) -> None:
    shared = set(range(one.start, one.end)) & set(range(other.start, other.end))
    assert not shared or overlaps(one, other)
    if one.start < one.end and other.start < other.end:
        assert overlaps(one, other) is bool(shared)
    assert overlaps(one, other) is overlaps(other, one)
