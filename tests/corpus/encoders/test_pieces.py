"""Pieces have every word once, in order, and are about as long as asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.encoders.pieces import cut_pieces


@given(st.text(st.sampled_from("abس \t\u00a0"), max_size=80), st.integers(1, 40))
def test_every_word_is_in_one_piece(sentence: str, size: int) -> None:
    pieces = cut_pieces(sentence, size)
    assert [word for piece in pieces for word in piece.split()] == sentence.split()
    assert len(pieces) == 1 or all(pieces)


@given(st.lists(st.text(st.sampled_from("ab"), min_size=1, max_size=8), min_size=1), st.integers(20, 60))
def test_no_piece_is_longer_than_its_aim_and_a_word(words: list[str], size: int) -> None:
    sentence = " ".join(words)
    aim = len(sentence) / max(1, round(len(sentence) / size))
    assert max(map(len, cut_pieces(sentence, size))) <= aim + 5


def test_a_sentence_is_cut_evenly() -> None:
    sentence = "one two three four five six seven eight"
    assert cut_pieces(sentence, 20) == ["one two three four", "five six seven eight"]
    assert cut_pieces(sentence, 100) == [sentence]


def test_without_words_there_is_one_piece() -> None:
    assert cut_pieces("", 5) == [""]
    assert cut_pieces(" \t", 5) == [" \t"]
