from __future__ import annotations

from pathlib import Path

import pytest

from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import CorpusError, SchemeError
from tests.corpora import SHIPPED, new

ROWS = [("نص.", "Text."), (None, "Alone.")]


def test_a_new_folder_says_what_it_is(tmp_path: Path) -> None:
    Corpus.create(tmp_path / "corpus", None, None)
    corpus = Corpus.open(tmp_path / "corpus")
    assert (corpus.name, corpus.scheme.name) == ("corpus", "ai-market")
    with pytest.raises(CorpusError, match="nothing was built yet"):
        corpus.generation()


def test_created_again_it_keeps_what_it_is_not_told(tmp_path: Path) -> None:
    Corpus.create(tmp_path, "first", None)
    text = (tmp_path / "scheme.toml").read_text(encoding="utf-8").replace(f'"{SHIPPED}"', '"1.8.0"')
    file = tmp_path / "newer.toml"
    file.write_text(text, encoding="utf-8")
    assert Corpus.create(tmp_path, None, file).scheme.version == "1.8.0"
    again = Corpus.create(tmp_path, None, None)
    assert (again.name, again.scheme.version) == ("first", "1.8.0")


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


def test_two_builds_at_once_are_refused(tmp_path: Path) -> None:
    new(tmp_path, {"d": ROWS})
    with Corpus.building(tmp_path), pytest.raises(CorpusError, match="another build is running"):
        Corpus.create(tmp_path, name="other")
    assert Corpus.open(tmp_path).name == "test"
