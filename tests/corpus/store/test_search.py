"""Full-text search: what folds alike is found, from where one stands onwards, whichever side holds it."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.search import search
from hashiya.corpus.store.shard import PAIRS
from hashiya.schema.errors import CorpusError
from tests.corpora import Rows, new

ROWS: Rows = [
    ("أعلنتْ إنفيديا عن رقائق الذكاء الاصطناعيّ", "Nvidia announced AI chips"),
    ("قالت الشركـــة إن الطلب قوي", None),
    (None, "The café's demand is strong"),
    ("ارتفع السهم ٥٪", "Shares rose 5%"),
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    filler: Rows = [(f"حشو {number}", f"filler {number}") for number in range(2600)]
    return new(tmp_path_factory.mktemp("search") / "corpus", {"a": ROWS, "b": filler, "c": ROWS})


def found(corpus: Corpus, query: str, start: int = 0) -> list[int]:
    return [int(row) for hits in search(corpus.generation(), query, start) for row in hits.rows]


@pytest.mark.parametrize(
    ("query", "row"),
    [
        ("اعلنت", 0),
        ("أَعْلَنَت", 0),
        ("NVIDIA", 0),
        ("chips nvidia", 0),
        ("الإصطناعي", 0),
        ("الشركة", 1),
        ("cafe", 2),
        ("5%", 3),
        ("٥", 3),
    ],
)
def test_case_marks_and_letter_forms_make_no_difference(corpus: Corpus, query: str, row: int) -> None:
    rows = found(corpus, query)
    assert row in rows
    assert row + 2604 in rows


def test_words_may_stand_anywhere_and_quoted_ones_together(corpus: Corpus) -> None:
    assert found(corpus, "strong demand") == [2, 2606]
    assert found(corpus, '"strong demand"') == []
    assert found(corpus, '"demand is strong') == [2, 2606]
    assert found(corpus, "nvidia إنفيديا") == []
    assert found(corpus, "  ") == found(corpus, '""') == found(corpus, "َ") == []


def test_hits_come_from_where_one_stands_onwards(corpus: Corpus) -> None:
    assert found(corpus, "nvidia", 1500) == [2604, 0]
    assert found(corpus, "nvidia", 2607) == [2604, 0]
    hits = list(search(corpus.generation(), "nvidia"))
    assert [part.searched for part in hits] == [1000, 2000, 2608]


def test_a_search_can_be_left(corpus: Corpus) -> None:
    hits = search(corpus.generation(), "filler")
    assert isinstance(hits, Generator)
    assert len(next(hits).rows) > 900
    hits.close()


def test_a_damaged_file_is_one_clear_error(tmp_path: Path) -> None:
    corpus = new(tmp_path / "corpus", {"d": ROWS})
    corpus.generation().shards[0].path(PAIRS).write_bytes(b"PAR1")
    with pytest.raises(CorpusError, match=r"pairs\.parquet: cannot be searched"):
        found(corpus, "nvidia")
