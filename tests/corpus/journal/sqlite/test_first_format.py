"""A journal of format 1 is read as it stands, and copied, event for event, before the first write."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.merge import merge_journals
from hashiya.corpus.journal.place import JOURNAL
from hashiya.corpus.journal.sqlite.first_format import BACKUPS
from hashiya.corpus.journal.verify import journal_faults
from hashiya.schema.errors import BusyError
from tests.corpus.journal.test_journal import said

OLD = Path(__file__).parents[3] / "old" / "1" / "corpus" / JOURNAL


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    return Path(shutil.copy(OLD, folder))


def rows(path: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{path}?immutable=1", uri=True) as db:
        found = db.execute("SELECT * FROM event ORDER BY position").fetchall()
    db.close()
    return found


def standing(journal: Journal) -> list[object]:
    return [(item.pair_id, item.annotator, item.annotations) for item in journal.standing()]


def test_reading_changes_no_byte(path: Path) -> None:
    before = path.read_bytes()
    with Journal.open(path, write=False) as journal:
        assert len(standing(journal)) == 12
        assert list(journal_faults(journal)) == []
    with Journal.open(path) as journal:  # to write, but nothing is written
        assert len(standing(journal)) == 12
    assert path.read_bytes() == before
    assert not (path.parent / BACKUPS).exists()


def test_the_first_write_copies_event_for_event_and_keeps_the_old_file(path: Path) -> None:
    before, old = path.read_bytes(), rows(path)
    with Journal.open(path) as journal:
        stood = standing(journal)
        journal.record([said("new", "new pair")])
        assert [item for item in standing(journal) if item in stood] == stood
        assert list(journal_faults(journal)) == []
    (kept,) = (path.parent / BACKUPS).iterdir()
    assert (kept.name, rows(kept)) == ("journal-format-1.sqlite", old)
    assert kept.read_bytes()[100:] == before[100:]  # the header counts that it was opened
    with sqlite3.connect(path) as db:
        copied = db.execute(
            "SELECT position, event_id, subject, author, parents, replica, seq, kind, body, created_at, "
            "checksum FROM event WHERE v = 1 ORDER BY position"
        ).fetchall()
    db.close()
    assert copied == old
    with Journal.open(path) as journal:
        (event,) = journal.history("new pair", "layla")
        assert (event.v, event.seq, event.prev) == (2, 1, old[-1][-1])


def test_undo_reaches_through_what_format_1_recorded(path: Path) -> None:
    with Journal.open(path) as journal:
        pair = next(
            item.pair_id for item in journal.standing() if len(journal.history(item.pair_id, "layla")) > 7
        )
        steps = 0
        while journal.undo(pair, "layla") is not None:
            steps += 1
        assert steps == 4
        assert journal.redo(pair, "layla") is not None


def test_two_machines_that_copy_the_same_file_have_the_same_events(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / JOURNAL
    other.parent.mkdir()
    shutil.copy(path, other)
    for file, word in ((path, "here"), (other, "there")):
        with Journal.open(file) as journal:
            journal.record([said(word, word)])
    with Journal.open(path) as journal:
        report = merge_journals(journal, [other, OLD])
        assert (report.added.total(), report.known) == (1, 50)
        assert list(journal_faults(journal)) == []


def test_while_another_program_has_it_open_nothing_is_copied(path: Path) -> None:
    with Journal.open(path) as one:
        with Journal.open(path, patience=0.1) as other, pytest.raises(BusyError, match="close that once"):
            other.record([said("new")])
        one.record([said("new")])
        assert [item.comment for s in one.standing("p") for item in s.annotations] == ["new"]


def test_damage_is_copied_as_it_is_and_named(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("DROP TRIGGER event_update")
        db.execute("UPDATE event SET kind = 'sft' WHERE position = 3")
    db.close()
    with Journal.open(path) as journal:
        journal.record([said("new")])
        (fault,) = journal_faults(journal)
        assert (fault.kind, "sft" in fault.what) == ("damaged", True)
