from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashiya.corpus.store.shard import PAIRS
from tests.corpora import new, publish
from tests.strategies import texts

ROWS = [("نص.", "Text."), (None, "Alone.")]


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.none() | texts(min_size=1), st.none() | texts(min_size=1)).filter(any),
        min_size=1,
        max_size=5,
    )
)
def test_pairs_and_documents_come_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, str | None]]
) -> None:
    corpus = new(tmp_path_factory.mktemp("store") / "c", {"d": rows, "e": rows})
    generation = corpus.generation()
    pairs = list(generation.pairs())
    assert [(pair.ar, pair.en) for pair in pairs] == [*rows, *rows]
    documents = {document.doc_id: document for document in generation.documents()}
    for pair in pairs:
        for lang in ("ar", "en"):
            place, text = pair.place(lang), documents[pair.doc_id].text(lang)
            assert (place is None) == (pair.text(lang) is None)
            if place and text:
                assert text[place.start : place.end] == pair.text(lang)
    assert generation.views(["e", "none"])["e"].pairs == pairs[len(rows) :]


def test_a_reader_keeps_the_generation_that_it_opened(tmp_path: Path) -> None:
    corpus = new(tmp_path, {"d": ROWS})
    opened = corpus.generation()
    publish(corpus, {"d": ROWS[:1]})
    assert len(list(opened.pairs())) == 2
    assert len(list(corpus.generation().pairs())) == 1
    publish(corpus, {"d": ROWS})
    assert len(list(opened.pairs())) == 2  # two builds later, and as long as it is in use
    del opened
    publish(corpus, {"d": [*ROWS, *ROWS]})
    assert [folder.name for folder in sorted((tmp_path / "generations").iterdir())] == ["000003", "000004"]
    named = {shard.folder.name for shard in corpus.generation().shards}
    assert named < {folder.name for folder in (tmp_path / "shards").iterdir()}
    assert len(list((tmp_path / "shards").iterdir())) == 2


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    corpus = new(tmp_path, {"d": ROWS})
    generation = corpus.generation()
    assert generation.complete()
    path = generation.shards[0].path(PAIRS)
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    assert not generation.complete()
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["shards"][0]["files"][PAIRS]["rows"] == 2
