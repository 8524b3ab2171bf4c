"""A journal that lost events says so: how many, whose, and until they are back."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.merge import merge_journals
from hashiya.corpus.journal.place import JOURNAL
from hashiya.corpus.journal.sqlite.anchor import anchor_path, read_anchor
from hashiya.corpus.journal.verify import journal_faults
from hashiya.schema.errors import JournalMovedError
from tests.corpus.journal.test_journal import comments, said


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "corpus" / JOURNAL
    path.parent.mkdir()
    Journal.create(path)
    with Journal.open(path) as journal:
        journal.record([said("one"), said("two")])
    return path


def faults(path: Path) -> list[tuple[str, str]]:
    with Journal.open(path, write=False) as journal:
        return [(fault.kind, fault.what) for fault in journal_faults(journal)]


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.corpus.journal.test_journal import said
from hashiya.corpus.journal.journal import Journal
journal = Journal.open(Path(sys.argv[1]))
journal.record([said("three"), said("four", "q", "omar"), said("five", "r", "omar")])
os.kill(os.getpid(), signal.SIGKILL)
"""


def saved_and_killed(path: Path) -> None:
    """Three more events, in a write-ahead log that nobody wrote back."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(path)],
        cwd=Path(__file__).parents[4],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([".", *sys.path])},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL


def test_the_anchor_remembers_what_was_saved(path: Path) -> None:
    anchor = read_anchor(path)
    assert anchor is not None
    assert (anchor.events, anchor.authors, anchor.lost) == (2, {"layla": 2}, ())
    saved_and_killed(path)
    anchor = read_anchor(path)
    assert anchor is not None
    assert (anchor.events, anchor.authors) == (5, {"layla": 3, "omar": 2})
    assert faults(path) == []


@pytest.mark.parametrize("log", ["gone", "cut", "empty"])
def test_a_lost_log_is_noticed_until_its_events_are_back(path: Path, tmp_path: Path, log: str) -> None:
    saved_and_killed(path)
    whole = Path(shutil.copytree(path.parent, tmp_path / "whole"))
    wal = path.with_name(path.name + "-wal")
    if log == "gone":
        wal.unlink()
        path.with_name(path.name + "-shm").unlink()
    else:
        wal.write_bytes(wal.read_bytes()[: 0 if log == "empty" else 4000])
    ((kind, what),) = faults(path)
    assert (kind, "3 events that were saved are gone (1 of layla, 2 of omar)" in what) == ("lost", True)
    with Journal.open(path) as journal:
        assert comments(journal) == ["two"]
        journal.record([said("after", "s")])
    assert [kind for kind, _ in faults(path)] == ["lost"], "a save does not hide the loss"
    with Journal.open(path) as journal:
        merge_journals(journal, [whole])
    assert faults(path) == []
    with Journal.open(path) as journal:
        assert comments(journal) == ["three", "four", "five", "after"]
        journal.record([said("and on", "s")])
    anchor = read_anchor(path)
    assert anchor is not None
    assert anchor.lost == ()


def test_a_restored_backup_of_the_file_alone_is_a_loss_that_is_named(path: Path, tmp_path: Path) -> None:
    backup = Path(shutil.copy(path, tmp_path))
    with Journal.open(path) as journal:
        journal.record([said("later", "q", "omar")])
    shutil.copy(backup, path)
    ((kind, what),) = faults(path)
    assert (kind, "1 events that were saved are gone (1 of omar)" in what) == ("lost", True)


def test_a_folder_restored_whole_has_lost_nothing(path: Path, tmp_path: Path) -> None:
    backup = Path(shutil.copytree(path.parent, tmp_path / "backup"))
    with Journal.open(path) as journal:
        journal.record([said("later")])
    shutil.rmtree(path.parent)
    shutil.copytree(backup, path.parent)
    assert faults(path) == []


def test_an_anchor_that_cannot_be_read_is_written_anew(path: Path) -> None:
    anchor_path(path).write_bytes(b"\xff{")
    assert faults(path) == []
    with Journal.open(path) as journal:
        journal.record([said("three")])
    anchor = read_anchor(path)
    assert anchor is not None
    assert (anchor.events, anchor.authors) == (3, {"layla": 3})


def test_a_save_that_was_killed_before_its_anchor_is_no_loss(path: Path) -> None:
    before = anchor_path(path).read_bytes()
    with Journal.open(path) as journal:
        journal.record([said("three")])
    anchor_path(path).write_bytes(before)
    assert faults(path) == []
    with Journal.open(path) as journal:
        journal.record([said("four", "q", "omar")])
    anchor = read_anchor(path)
    assert anchor is not None
    assert (anchor.events, anchor.authors) == (4, {"layla": 3, "omar": 1})


def test_two_who_save_in_turn_are_counted_both(path: Path) -> None:
    with Journal.open(path) as one, Journal.open(path) as other:
        for number in range(5):
            one.record([said(str(number), "q")])
            other.record([said(str(number), "q", "omar")])
    anchor = read_anchor(path)
    assert anchor is not None
    assert (anchor.events, anchor.authors) == (12, {"layla": 7, "omar": 5})
    assert faults(path) == []


def test_a_log_of_another_file_is_set_aside_and_named(path: Path, tmp_path: Path) -> None:
    early = Path(shutil.copy(path, tmp_path))
    with Journal.open(path) as journal:  # written back on closing: the log that follows builds on this
        journal.record([said("x" * 20_000, str(number)) for number in range(50)])
    saved_and_killed(path)
    shutil.copy(early, path)
    with Journal.open(path, write=False) as journal:
        assert comments(journal) == ["two"]
    with Journal.open(path) as journal:
        assert comments(journal) == ["two"]
        (lost,) = journal.lost()
    assert lost.events == 53
    assert lost.set_aside is not None
    assert path.with_name(lost.set_aside).stat().st_size
    ((kind, what),) = faults(path)
    assert (kind, lost.set_aside in what) == ("lost", True)


def test_a_log_of_this_file_is_read_also_when_the_file_was_touched(path: Path) -> None:
    saved_and_killed(path)
    path.touch()
    with Journal.open(path) as journal:
        assert comments(journal) == ["three", "four", "five"]


def test_a_file_in_the_place_of_the_open_one_is_noticed_before_a_save(path: Path, tmp_path: Path) -> None:
    early = Path(shutil.copy(path, tmp_path))
    with Journal.open(path) as journal:
        journal.record([said("three")])
        early.rename(path)
        with pytest.raises(JournalMovedError, match="another file was put in the place"):
            journal.record([said("four")])


def test_a_journal_that_is_gone_is_noticed_before_a_save(path: Path, tmp_path: Path) -> None:
    with Journal.open(path) as journal:
        path.parent.rename(tmp_path / "moved")
        with pytest.raises(JournalMovedError, match="gone from there"):
            journal.record([said("four")])


def test_a_backup_copied_over_the_open_file_is_noticed_before_a_save(path: Path, tmp_path: Path) -> None:
    early = Path(shutil.copy(path, tmp_path))
    with Journal.open(path) as journal:
        journal.record([said("x" * 20_000, str(number)) for number in range(50)])
        list(journal.database.ask("PRAGMA wal_checkpoint(TRUNCATE)"))
        journal.record([said("three")])
        shutil.copyfile(early, path)
        with pytest.raises(JournalMovedError, match="an earlier state of the journal was put in its place"):
            journal.record([said("four")])
        aside = journal.database.detach()
        assert aside is not None
        assert path.with_name(aside).exists()
    with Journal.open(path) as journal:
        assert comments(journal) == ["two"], "closing wrote nothing into the restored file"


def test_a_log_that_others_wrote_back_is_no_replacement(path: Path) -> None:
    with Journal.open(path) as one, Journal.open(path) as other:
        other.record([said("three")])
        list(other.database.ask("PRAGMA wal_checkpoint(TRUNCATE)"))
        one.record([said("four")])
        assert comments(other) == ["four"]


def test_a_file_that_is_closed_holds_what_was_saved_also_where_it_is_read_meanwhile(
    path: Path, tmp_path: Path
) -> None:
    with Journal.open(path, write=False) as reading:
        with Journal.open(path) as journal:
            journal.record([said("three")])
        alone = Path(shutil.copy(path, tmp_path / "alone.sqlite"))
        with Journal.open(alone, write=False) as journal:
            assert comments(journal) == comments(reading)
            assert "three" in str(comments(journal))
