from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.text.diff import TextMap
from hashiya.schema.records import Span
from tests.strategies import texts


@given(texts(), texts())
def test_what_is_found_again_is_the_same_text(old: str, new: str) -> None:
    found = TextMap(old, new)
    for start in range(0, len(old), 3):
        for end in (start + 1, start + 5, len(old)):
            span = found.span(start, end)
            if span and end <= len(old):
                assert new[span.start : span.end] == old[start:end]
            for piece in found.pieces(start, end):
                assert new[piece.start : piece.end] in old[start:end]


@given(texts(), texts(), texts(), st.data())
def test_a_text_framed_by_new_words_is_found_whole(
    text: str, before: str, after: str, data: st.DataObject
) -> None:
    found = TextMap(text, f"{before}\n{text}\n{after}")
    if text.strip():
        assert sum(piece.end - piece.start for piece in found.pieces(0, len(text))) > 0
    same = TextMap(text, text)
    if text:
        start = data.draw(st.integers(0, len(text) - 1))
        assert same.span(start, len(text)) == Span(start, len(text))


def test_a_changed_word_is_lost_and_its_neighbours_are_not() -> None:
    old, new = "شركة نفيديا ربحت كثيرًا", "قالت شركة نفيديا خسرت كثيرًا"
    found = TextMap(old, new)
    assert found.span(0, 11) == Span(5, 16)
    assert found.span(12, 16) is None
    assert found.span(0, 16) is None
    assert found.span(3, 3) is None
