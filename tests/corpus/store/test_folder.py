from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashiya.corpus.store.folder import PAIRS, Corpus
from hashiya.corpus.store.tables import ROW_GROUP
from hashiya.schema.errors import CorpusError, SchemeError
from tests.corpora import new, publish
from tests.strategies import texts

ROWS = [("نص.", "Text."), (None, "Alone.")]


def test_a_new_folder_says_what_it_is(tmp_path: Path) -> None:
    Corpus.create(tmp_path / "corpus", None, None)
    corpus = Corpus.open(tmp_path / "corpus")
    assert (corpus.name, corpus.scheme.name) == ("corpus", "ai-market")
    with pytest.raises(CorpusError, match="nothing was built yet"):
        corpus.generation()


def test_created_again_it_keeps_what_it_is_not_told(tmp_path: Path) -> None:
    Corpus.create(tmp_path, "first", None)
    text = (tmp_path / "scheme.toml").read_text(encoding="utf-8").replace('"1.0.0"', '"1.1.0"')
    file = tmp_path / "newer.toml"
    file.write_text(text, encoding="utf-8")
    assert Corpus.create(tmp_path, None, file).scheme.version == "1.1.0"
    again = Corpus.create(tmp_path, None, None)
    assert (again.name, again.scheme.version) == ("first", "1.1.0")


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("corpus.toml", "format = 9\nname = 'x'\n", "format 9, this version reads 1"),
        ("corpus.toml", "format = ", "cannot be read"),
        ("manifest.json", "{", "invalid JSON"),
        ("manifest.json", "{}", "format: field required"),
    ],
)
def test_damage_and_unknown_versions_are_refused(
    tmp_path: Path, name: str, content: str, complaint: str
) -> None:
    new(tmp_path, {"d": ROWS})
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=complaint):
        Corpus.open(tmp_path).generation()


def test_what_is_no_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="is no corpus; `hashiya build"):
        Corpus.open(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(CorpusError, match="not empty and no corpus"):
        Corpus.create(tmp_path, None, None)
    with pytest.raises(CorpusError, match="not empty and no corpus"):
        Corpus.create(tmp_path / "notes.txt", None, None)
    with pytest.raises(SchemeError):
        Corpus.create(tmp_path / "new", None, tmp_path / "notes.txt")
    assert not (tmp_path / "new").exists()


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


def test_rows_lie_in_groups_for_fast_jumps(tmp_path: Path) -> None:
    corpus = new(tmp_path, {"d": [(f"نص {number}", None) for number in range(2 * ROW_GROUP + 5)]})
    metadata = pq.ParquetFile(corpus.generation().folder / PAIRS).metadata
    assert [metadata.row_group(i).num_rows for i in range(3)] == [ROW_GROUP, ROW_GROUP, 5]


def test_a_reader_keeps_the_generation_that_it_opened(tmp_path: Path) -> None:
    corpus = new(tmp_path, {"d": ROWS})
    opened = corpus.generation()
    publish(corpus, {"d": ROWS[:1]})
    assert len(list(opened.pairs())) == 2
    assert len(list(corpus.generation().pairs())) == 1
    publish(corpus, {"d": ROWS})
    assert len(list((tmp_path / "generations").iterdir())) == 2


def test_a_build_that_fails_publishes_nothing(tmp_path: Path) -> None:
    corpus = new(tmp_path, {"d": ROWS})
    before = corpus.manifest()
    with pytest.raises(RuntimeError, match="in the middle"), corpus.new_generation(before):
        raise RuntimeError("in the middle")
    assert corpus.manifest() == before
    assert len(list(corpus.generation().pairs())) == 2


KILLED = """
import os, signal, sys
from pathlib import Path
from hashiya.corpus.store.folder import Corpus
from tests.corpora import document, tokenize
from hashiya.corpus.building.pairs import make_pairs
with Corpus.building(Path(sys.argv[1])) as corpus, corpus.new_generation(corpus.manifest()) as made:
    writer, publish = made
    for number in range(3000):
        item, beads = document(f"n{number}", [("نص جديد.", "New text.")])
        writer.add(item, make_pairs(item, beads, tokenize))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_build_leaves_the_old_generation_and_the_next_one_works(tmp_path: Path) -> None:
    corpus = new(tmp_path, {"d": ROWS})
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)], cwd=root, env=environment, check=False
    )
    assert done.returncode == -9
    assert [pair.ar for pair in corpus.generation().pairs()] == ["نص.", None]
    with Corpus.building(tmp_path):
        publish(corpus, {"d": ROWS[:1]})
    assert [pair.ar for pair in corpus.generation().pairs()] == ["نص."]
    assert not list(tmp_path.glob("*.tmp*"))


def test_two_builds_at_once_are_refused(tmp_path: Path) -> None:
    new(tmp_path, {"d": ROWS})
    with Corpus.building(tmp_path), pytest.raises(CorpusError, match="another build is running"):
        Corpus.create(tmp_path, name="other")
    assert Corpus.open(tmp_path).name == "test"


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    corpus = new(tmp_path, {"d": ROWS})
    generation = corpus.generation()
    assert generation.complete()
    path = generation.folder / PAIRS
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    assert not generation.complete()
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["files"][PAIRS]["rows"] == 2
