"""The pair index and the reader: every pair is found by its row and its id, and comes back as written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hashiya.corpus.building.make_pairs import make_pairs
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.index import PAIR_KINDS, IndexFile, IndexPart, PairIndex
from hashiya.corpus.store.parquet import records_table
from hashiya.corpus.store.reader import GenerationReader
from hashiya.corpus.store.shard import INDEX
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import Pair
from tests.corpora import Rows, document, new, tokenize

DOCUMENTS: dict[str, Rows] = {
    f"d{number}": [(f"جملة {number} {row}", f"Sentence {number} {row}" if row else None) for row in range(5)]
    for number in range(500)
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return new(tmp_path_factory.mktemp("index") / "corpus", DOCUMENTS)


def test_every_pair_is_found_by_row_and_by_id(corpus: Corpus) -> None:
    generation = corpus.generation()
    pairs = list(generation.pairs())
    with GenerationReader(generation) as reader:
        assert len(reader) == len(pairs) == 2500
        for row in (0, 1, 999, 1000, 1001, 2499, 3):
            assert reader.pair(row) == pairs[row]
            assert reader.document_of(row).doc_id == pairs[row].doc_id
        assert [reader.index.pair_id(row) for row in range(2500)] == [pair.pair_id for pair in pairs]
        ids = [pair.pair_id for pair in reversed(pairs)]
        assert list(reader.index.rows([*ids, "0" * 32, "no id", ""])) == [*range(2499, -1, -1), -1, -1, -1]
        assert [reader.index.row(pair_id) for pair_id in ids] == list(range(2499, -1, -1))
        assert reader.index.row("0" * 32) is None


def test_a_view_is_the_document_with_its_pairs_and_nothing_else(corpus: Corpus) -> None:
    generation = corpus.generation()
    with GenerationReader(generation) as reader:
        view = reader.view(1001)
        assert view.document.doc_id == "d200"
        assert [pair.index for pair in view.pairs] == [0, 1, 2, 3, 4]
        assert generation.views(["d200"])["d200"].pairs == view.pairs
        assert reader.title(200) == "d200"


def test_ids_are_found_by_how_they_begin(corpus: Corpus) -> None:
    with GenerationReader(corpus.generation()) as reader:
        wanted = reader.index.pair_id(7)
        assert reader.index.starting(wanted) == [7]
        assert 7 in reader.index.starting(wanted[:6])
        assert set(reader.index.starting("", limit=5000)) == set(range(2500))
        assert all(reader.index.pair_id(row).startswith("a") for row in reader.index.starting("a"))
        assert reader.index.starting("xyz") == reader.index.starting("-1") == []
        assert reader.index.starting(wanted + "0") == []


def test_ids_that_begin_alike_are_told_apart(tmp_path: Path) -> None:
    made, beads = document("d", [("أ", "a"), ("ب", "b"), ("ج", "c")])
    from dataclasses import replace

    pairs = [
        replace(pair, pair_id="ab" * 8 + f"{number:016x}", kind=PAIR_KINDS[number], score=number / 4)
        for number, pair in enumerate(make_pairs(made, beads, tokenize))
    ]
    file = IndexFile(tmp_path / INDEX)
    file.add(np.zeros(3, dtype=np.int64), records_table(Pair, pairs))
    assert file.finish().rows == 3
    index = PairIndex.open([IndexPart(tmp_path / INDEX, 1)])
    assert list(index.rows([pair.pair_id for pair in pairs[::-1]])) == [2, 1, 0]
    assert list(index.rows(["ab" * 8 + "f" * 16])) == [-1]
    assert (list(index.kinds), list(index.scores)) == ([0, 1, 2], [0, 0.25, 0.5])


@pytest.mark.parametrize("parts", [0, 1, 2])
def test_an_empty_index_answers(tmp_path: Path, parts: int) -> None:
    IndexFile(tmp_path / INDEX).finish()
    index = PairIndex.open(parts * [IndexPart(tmp_path / INDEX, 0)])
    assert (len(index), index.row("a" * 32), list(index.rows(["a" * 32])), index.starting("")) == (
        0,
        None,
        [-1],
        [],
    )
    assert index.document_rows(0) == range(0)


@pytest.mark.parametrize("damage", ["missing", "cut", "other"])
def test_a_damaged_index_is_one_clear_error(tmp_path: Path, damage: str) -> None:
    corpus = new(tmp_path / "corpus", {"d": [("أ", "a"), ("ب", "b")]})
    path = corpus.generation().shards[0].path(INDEX)
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:100])
    else:
        path.unlink()
        IndexFile(path).finish()
    assert not corpus.generation().complete()
    with pytest.raises(CorpusError, match="build the corpus again"):
        GenerationReader(corpus.generation())
