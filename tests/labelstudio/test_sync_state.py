"""What a synchronisation leaves: kept once saved, of one project only, refused when damaged or unknown."""

from __future__ import annotations

import sqlite3
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from hashiya.corpus.exchange.labelstudio.sync_state import SyncState
from hashiya.corpus.store.folder import SYNC_STATE, Corpus
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import Annotation
from tests import corpora

URL = "https://label.example.org"


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpora.new(tmp_path / "corpus", {"d": [("نص", "Nvidia text")]})


@pytest.fixture
def made(corpus: Corpus) -> Annotation:
    return corpora.label(corpus.generation(), 0, ("en", "Nvidia"), comment="انظر 🚀", seconds=1.5)


def test_what_is_saved_is_there_again(corpus: Corpus, made: Annotation) -> None:
    with SyncState.open(corpus.folder, URL, 7) as state:
        state.place("p", 3)
        state.agree([(made, 11), (replace(made, annotator="omar"), None)])
        state.save()
        state.place("p", 4, "token")
        state.drop(made.pair_id, "omar")
    with SyncState.open(corpus.folder, URL, 7) as state:
        assert (state.task("p"), state.token("p"), state.task("q")) == (3, None, None)
        assert state.agreed(made.pair_id) == {
            "layla": (made, 11),
            "omar": (replace(made, annotator="omar"), None),
        }
        state.drop(made.pair_id, "omar")
        state.place("p", 4, "token")
        assert (state.token("p"), list(state.agreed(made.pair_id))) == ("token", ["layla"])
        state.drop(made.pair_id)
        assert state.agreed(made.pair_id) == {}


def test_projects_and_servers_are_apart(corpus: Corpus, made: Annotation) -> None:
    with SyncState.open(corpus.folder, URL, 7) as state:
        state.place("p", 3)
        state.agree([(made, 11)])
        state.save()
    for url, number in ((URL, 8), ("https://other.example.org", 7)):
        with SyncState.open(corpus.folder, url, number) as state:
            assert (state.task("p"), state.agreed(made.pair_id)) == (None, {})


def test_only_looking_makes_no_file(corpus: Corpus, made: Annotation) -> None:
    with SyncState.open(corpus.folder, URL, 7, write=False) as state:
        state.agree([(made, 11)])
        state.save()
        assert state.agreed(made.pair_id)
    assert not [path for path in corpus.folder.iterdir() if SYNC_STATE in path.name]


def test_one_at_a_time(corpus: Corpus) -> None:
    with (
        SyncState.open(corpus.folder, URL, 7),
        pytest.raises(CorpusError, match="synchronised already"),
        SyncState.open(corpus.folder, URL, 8),
    ):
        pass


def test_a_damaged_or_newer_file_is_refused_with_a_way_out(corpus: Corpus) -> None:
    path = corpus.folder / SYNC_STATE
    path.write_bytes(b"not a database, not at all" * 100)
    with pytest.raises(CorpusError, match="it may be deleted"), SyncState.open(corpus.folder, URL, 7):
        pass
    path.unlink()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 9")
    db.close()
    with pytest.raises(CorpusError, match="format 9"), SyncState.open(corpus.folder, URL, 7):
        pass


def test_the_file_is_as_open_as_its_folder_and_part_of_the_corpus(corpus: Corpus) -> None:
    corpus.folder.chmod(0o770)
    with SyncState.open(corpus.folder, URL, 7):
        pass
    assert stat.S_IMODE((corpus.folder / SYNC_STATE).stat().st_mode) == 0o660
    Corpus.create(corpus.folder)
