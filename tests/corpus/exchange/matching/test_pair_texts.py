"""Texts that several pairs have are matched in their order, where the file follows the corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from hashiya.corpus.exchange.matching.match_sides import match_sides
from hashiya.corpus.exchange.matching.pair_texts import Repeated
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Side
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.reader import GenerationReader
from tests.corpora import new

WORDS = ["One.", "Same.", "Two.", "Same.", "Same.", "Three.", "Four."]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return new(tmp_path / "corpus", {"a": [(None, word) for word in WORDS], "b": [(None, "Same.")]})


def rows(corpus: Corpus, *sides: Side, repeated: Repeated = "none") -> list[int]:
    with GenerationReader(corpus.generation()) as reader:
        return [found.row for found in match_sides(sides, reader, Outcome(), repeated)]


def sides(*words: str, annotator: str | None = None) -> list[Side]:
    return [Side(where=f"line {n}", text=word, annotator=annotator) for n, word in enumerate(words, 1)]


def test_in_the_order_of_the_corpus(corpus: Corpus) -> None:
    assert rows(corpus, *sides(*WORDS, "Same.")) == [0, 1, 2, 3, 4, 5, 6, 7]
    assert rows(corpus, *sides("One.", "Same.", "Two.")) == [0, 1, 2]
    assert rows(corpus, *sides("Two.", "Same.", "Same.", "Three.")) == [2, 3, 4, 5]
    assert rows(corpus, *sides("Four.", "Same.")) == [6, 7]


def test_two_people_are_two_orders(corpus: Corpus) -> None:
    both = [*sides(*WORDS[:3], annotator="omar"), *sides(*WORDS[:3], annotator="sara")]
    assert rows(corpus, *both) == [0, 1, 2, 0, 1, 2]


def test_what_the_order_does_not_settle_is_all_or_none(corpus: Corpus) -> None:
    unsettled = sides("Two.", "Same.", "Three.")
    outcome = Outcome()
    with GenerationReader(corpus.generation()) as reader:
        assert [found.row for found in match_sides(unsettled, reader, outcome)] == [2, 5]
    assert [(problem.where, problem.what) for problem in outcome.problems] == [
        (
            "line 2",
            "4 pairs have this text, and it does not say which one it is; --repeated all takes it for each",
        )
    ]
    assert rows(corpus, *unsettled, repeated="all") == [2, 1, 3, 4, 7, 5]
    assert rows(corpus, *sides("Three.", "Same.", "One.")) == [5, 0]


def test_a_document_that_is_named_settles_it(corpus: Corpus) -> None:
    assert rows(corpus, Side(where="f", text="Same.", doc_id="b")) == [7]


def test_the_same_white_space_settles_it(tmp_path: Path) -> None:
    corpus = new(tmp_path / "corpus", {"a": [(None, "Same  one."), (None, "Same one.")]})
    assert rows(corpus, *sides("Same one.")) == [1]
    assert rows(corpus, *sides("Same\tone.")) == []
