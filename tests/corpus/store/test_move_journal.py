"""A journal moved to PostgreSQL and back: the same events, or nothing at all."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from hashiya.corpus.backup.backup import backup
from hashiya.corpus.backup.restore import restore
from hashiya.corpus.inspection.check import check
from hashiya.corpus.journal.interchange import journal_lines
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.merge import merge_journals
from hashiya.corpus.journal.place import JOURNAL, JOURNAL_VARIABLE
from hashiya.corpus.journal.postgres.address import PostgresAddress
from hashiya.corpus.journal.summaries import undoable
from hashiya.corpus.journal.verify import journal_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.move_journal import move_journal
from hashiya.schema.errors import CorpusError, JournalMovedError
from tests.corpora import label, new, publish
from tests.corpus.journal.test_journal import comments, said
from tests.postgres import PostgresServer

pytestmark = pytest.mark.system
ROWS = [("أعلنت إنفيديا", "Nvidia announced"), ("قالت ديب سيك", "DeepSeek said")]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    corpus = new(tmp_path / "corpus", {"d": ROWS})
    with corpus.journal() as journal:
        journal.record([label(corpus.generation(), 0, comment="واحد")], ["نص", "text"])
        journal.record([label(corpus.generation(), 0, comment="two"), label(corpus.generation(), 1)])
        journal.undo(label(corpus.generation(), 0).pair_id, "layla")
    return corpus


def lines(corpus: Corpus) -> list[str]:
    with corpus.journal(write=False) as journal:
        return list(journal_lines(journal))


def test_there_and_back_event_for_event(postgres: PostgresServer, corpus: Corpus) -> None:
    before, to = lines(corpus), postgres.place()
    with corpus.journal() as journal:
        last = undoable(journal, "layla", lambda _: True)
    moved = move_journal(corpus, to)
    assert (moved.events, moved.texts) == (4, 2)
    assert str(corpus.place) == str(Corpus.open(corpus.folder).place) == str(to)
    assert lines(corpus) == before
    assert not (corpus.folder / JOURNAL).exists()
    assert moved.kept is not None
    with Journal.open(moved.kept, write=False) as kept:
        assert kept.database.count() == 4
    with corpus.journal() as journal:  # undo and redo go on from what was done in the file
        assert undoable(journal, "layla", lambda _: True) == last
        assert last is not None
        journal.undo(last, "layla")
        assert list(journal_faults(journal)) == []
    after = lines(corpus)
    publish(corpus, {"d": ROWS, "e": ROWS[:1]})  # a build leaves the journal where it is
    assert Corpus.open(corpus.folder).place == to
    back = move_journal(corpus, corpus.folder / JOURNAL)
    assert (back.events, back.kept) == (5, None)
    assert lines(corpus) == after
    assert corpus.place == corpus.folder / JOURNAL
    again = move_journal(corpus, to)  # what it holds is the same
    assert again.events == 5
    assert again.kept is not None
    assert again.kept != moved.kept


def test_a_place_that_holds_other_events_is_refused(postgres: PostgresServer, corpus: Corpus) -> None:
    to, before = postgres.place(), lines(corpus)
    Journal.create(to)
    with Journal.open(to) as other:
        other.record([said("other")])
    with pytest.raises(CorpusError, match=r"holds other events already.*journal merge CORPUS postgresql"):
        move_journal(corpus, to)
    assert corpus.place == corpus.folder / JOURNAL
    assert lines(corpus) == before
    with Journal.open(to) as other:
        assert comments(other) == ["other"]
        assert merge_journals(other, [corpus.folder]).added.total() == 4


def test_a_corpus_without_labels_joins_those_that_are_there(
    postgres: PostgresServer, corpus: Corpus, tmp_path: Path
) -> None:
    to = postgres.place()
    move_journal(corpus, to)
    second = new(tmp_path / "second", {"d": ROWS})
    assert move_journal(second, to).events == 0
    assert lines(second) == lines(corpus)


def test_what_goes_wrong_leaves_everything_as_it_was(
    postgres: PostgresServer, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, to = lines(corpus), postgres.place()
    Journal.create(to)
    with closing(postgres.connect()) as db:  # the last event cannot be written
        db.execute(f"ALTER TABLE {to.schema}.event ADD CHECK (kind <> 'undo')")
    with pytest.raises(CorpusError, match="not saved"):
        move_journal(corpus, to)
    assert (lines(corpus), corpus.place) == (before, corpus.folder / JOURNAL)
    with Journal.open(to) as journal:
        assert journal.database.count() == 0
    with closing(postgres.connect()) as db:
        db.execute(f"ALTER TABLE {to.schema}.event DROP CONSTRAINT event_kind_check")
    move_journal(corpus, to)
    with monkeypatch.context() as changed:
        changed.setenv(JOURNAL_VARIABLE, str(to))
        with pytest.raises(CorpusError, match=f"{JOURNAL_VARIABLE} is set"):
            move_journal(corpus, corpus.folder / JOURNAL)
    with pytest.raises(CorpusError, match="is there already"):
        move_journal(corpus, to)
    assert not (corpus.folder / JOURNAL).exists()


def test_a_session_that_has_the_file_open_notices(postgres: PostgresServer, corpus: Corpus) -> None:
    with corpus.journal() as open_before:
        open_before.record([said("in the log alone")])
        moved = move_journal(corpus, postgres.place())
        with pytest.raises(JournalMovedError):
            open_before.record([said("too late")])
    assert moved.kept is not None
    with Journal.open(moved.kept, write=False) as kept:
        assert (moved.events, kept.database.count()) == (5, 5)
    assert not list(corpus.folder.glob(f"{JOURNAL}*"))


def test_a_backup_holds_the_events_and_a_restored_corpus_has_its_own_file(
    postgres: PostgresServer, corpus: Corpus, tmp_path: Path
) -> None:
    move_journal(corpus, postgres.place())
    before = lines(corpus)
    assert backup(corpus, tmp_path / "backup.tar").events == 4
    restore(tmp_path / "backup.tar", tmp_path / "restored")
    restored = Corpus.open(tmp_path / "restored")
    assert restored.place == restored.folder / JOURNAL
    assert lines(restored) == before
    with corpus.journal() as journal:
        assert merge_journals(journal, [restored.folder]).known == 4


def test_a_check_says_where_a_damaged_journal_is(postgres: PostgresServer, corpus: Corpus) -> None:
    to = postgres.place()
    move_journal(corpus, to)
    with closing(postgres.connect()) as db:
        db.execute(f"ALTER TABLE {to.schema}.event DISABLE TRIGGER refuse")
        db.execute(f"UPDATE {to.schema}.event SET body = '{{}}' WHERE position = 4")
    places = [problem.where for problem in check(corpus).problems]
    assert str(to) in places
    assert all(place.startswith(str(to)) for place in places)


def test_the_environment_says_where_the_journal_is(
    postgres: PostgresServer, corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = postgres.place()
    move_journal(corpus, to)
    monkeypatch.setenv(JOURNAL_VARIABLE, str(to))
    laptop = new(tmp_path / "laptop", {"d": ROWS})
    assert not (laptop.folder / JOURNAL).exists()
    assert isinstance(laptop.place, PostgresAddress)
    assert lines(laptop) == lines(corpus)
