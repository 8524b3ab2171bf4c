"""Journals merged from files, folders and streams: appended, once, whole, and verified."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from hashiya.corpus.journal.interchange import NEW_REPLICA, ReplicaLink, journal_items, journal_lines
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.merge import merge_journals
from hashiya.corpus.journal.place import CORPUS_FILE, JOURNAL, JournalPlace
from hashiya.corpus.journal.streams.assignments import read_assignments, record_assignment
from hashiya.corpus.journal.streams.concepts import ConceptMap, merge_concept, read_concepts
from hashiya.corpus.journal.verify import journal_faults
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.errors import SourceError
from hashiya.schema.payloads import Assignment
from tests.corpus.journal.streams.shared_documents import built, change, standing
from tests.corpus.journal.test_journal import comments, said


@pytest.fixture
def here(place: JournalPlace) -> JournalPlace:
    with Journal.open(place) as journal:
        journal.record([said("base")], ["نص"])
    return place


@pytest.fixture
def there(here: JournalPlace, other_place: JournalPlace) -> JournalPlace:
    copy_into(other_place, here)
    with Journal.open(other_place) as journal:
        journal.record([said("there"), said("new", "q", "omar")], ["text 🚀"])
    return other_place


@pytest.fixture
def file_here(tmp_path: Path) -> Path:
    path = tmp_path / "here" / JOURNAL
    path.parent.mkdir()
    Journal.create(path)
    with Journal.open(path) as journal:
        journal.record([said("base")], ["نص"])
    return path


@pytest.fixture
def file_there(file_here: Path, tmp_path: Path) -> Path:
    path = Path(shutil.copytree(file_here.parent, tmp_path / "there")) / JOURNAL
    with Journal.open(path) as journal:
        journal.record([said("there"), said("new", "q", "omar")], ["text 🚀"])
    return path


def copy_into(place: JournalPlace, other: JournalPlace) -> None:
    """A copy of a journal, event for event, as a file that is copied."""
    with (
        Journal.open(place) as journal,
        Journal.open(other, write=False) as there,
        journal.database.transaction(),
    ):
        for item in journal_items(there):
            if isinstance(item, ReplicaLink):
                journal.database.insert(NEW_REPLICA, [(item.replica, item.follows, item.follows_seq)])
            elif isinstance(item, str):
                journal.database.keep_texts([item])
            else:
                journal.database.append([item])


def export(path: JournalPlace) -> bytes:
    with Journal.open(path, write=False) as journal:
        return "".join(f"{line}\n" for line in journal_lines(journal)).encode()


def in_forms(there: JournalPlace, tmp_path: Path) -> dict[str, JournalPlace]:
    lines, zipped = tmp_path / "lines.jsonl", tmp_path / "lines.jsonl.gz"
    lines.write_bytes(export(there))
    zipped.write_bytes(gzip.compress(export(there)))
    folder = tmp_path / "folder"
    folder.mkdir()
    if isinstance(there, Path):
        shutil.copy(there, folder / JOURNAL)
    else:
        (folder / CORPUS_FILE).write_text(f'journal = "{there}"')
    return {"place": there, "folder": folder, "lines": lines, "zipped": zipped}


@pytest.mark.parametrize("form", ["place", "folder", "lines", "zipped"])
def test_what_is_new_there_is_appended_once(
    here: JournalPlace, there: JournalPlace, tmp_path: Path, form: str
) -> None:
    other = in_forms(there, tmp_path)[form]
    with Journal.open(here) as journal:
        first = merge_journals(journal, [other])
        again = merge_journals(journal, [other, other])
        assert (dict(first.added), first.known, first.in_conflict) == ({"layla": 1, "omar": 1}, 1, [])
        assert (again.added, again.known) == ({}, 6)
        assert comments(journal) == ["there", "new"]
        assert journal.text(text_hash("text 🚀")) == "text 🚀"
        assert list(journal_faults(journal)) == []


@pytest.mark.parametrize("zipped", [False, True])
def test_a_pipe_is_read(file_here: Path, file_there: Path, tmp_path: Path, zipped: bool) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    content = gzip.compress(export(file_there)) if zipped else file_there.read_bytes()
    if not zipped:  # the file itself, without its log
        sqlite3.connect(file_there).close()
    writer = threading.Thread(target=pipe.write_bytes, args=(content,))
    writer.start()
    with Journal.open(file_here) as journal:
        assert merge_journals(journal, [pipe]).added.total() == 2
    writer.join()


def test_standard_input_is_read(
    here: JournalPlace, there: JournalPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(export(there))))
    with Journal.open(here) as journal:
        assert merge_journals(journal, ["-"]).added.total() == 2


def test_changes_on_both_sides_stand_side_by_side(here: JournalPlace, there: JournalPlace) -> None:
    with Journal.open(here) as journal:
        journal.record([said("here")])
        report = merge_journals(journal, [there])
        assert report.in_conflict == [("p", "layla")]
        assert sorted(map(str, comments(journal))) == ["here", "new", "there"]


def test_the_same_on_both_sides_is_no_conflict(here: JournalPlace, there: JournalPlace) -> None:
    with Journal.open(here) as journal:
        journal.record([said("there")])
        assert merge_journals(journal, [there]).in_conflict == []
        assert comments(journal) == ["there", "new"]
        assert journal.undo("p", "layla") is not None
        assert comments(journal) == ["base", "new"]
        assert journal.redo("p", "layla") is not None
        assert comments(journal) == ["there", "new"]


def test_undone_there_and_changed_here_is_a_conflict_with_nothing(
    here: JournalPlace, there: JournalPlace
) -> None:
    with Journal.open(there) as journal:
        journal.undo("p", "layla")
        journal.undo("p", "layla")
    with Journal.open(here) as journal:
        journal.record([said("here")])
        merge_journals(journal, [there])
        (standing,) = journal.standing("p")
        assert standing.conflict
        assert [item.comment for item in standing.annotations] == ["here"]


def test_a_dry_run_changes_nothing(here: JournalPlace, there: JournalPlace) -> None:
    with Journal.open(here) as journal:
        assert merge_journals(journal, [there], dry=True).added.total() == 2
        assert comments(journal) == ["base"]


def test_what_is_damaged_there_is_told_and_not_taken(file_here: Path, file_there: Path) -> None:
    with sqlite3.connect(file_there) as db:
        db.execute("DROP TRIGGER event_update")
        db.execute("UPDATE event SET body = replace(body, 'there', 'where')")
    db.close()
    with Journal.open(file_here) as journal:
        report = merge_journals(journal, [file_there])
        assert ["its checksum does not match" in problem.what for problem in report.problems] == [True]
        assert comments(journal) == ["base", "new"]


def test_an_intact_copy_mends_what_is_damaged_here(file_here: Path, file_there: Path) -> None:
    with Journal.open(file_here) as journal:
        merge_journals(journal, [file_there])
    with sqlite3.connect(file_here) as db:
        db.execute("DROP TRIGGER event_update")
        db.execute("UPDATE event SET body = replace(body, 'there', 'where')")
    db.close()
    with Journal.open(file_here) as journal:
        assert comments(journal) == ["base", "new"]
        assert merge_journals(journal, [file_there]).added.total() == 1
        assert comments(journal) == ["there", "new"]


def cut(lines: list[str]) -> list[str]:
    return lines[:-2]


def without_end(lines: list[str]) -> list[str]:
    return lines[:-1]


def fewer(lines: list[str]) -> list[str]:
    return [*lines[:-2], lines[-1]]


def no_object(lines: list[str]) -> list[str]:
    return [lines[0], "7", *lines[1:]]


def no_json(lines: list[str]) -> list[str]:
    return [*lines[:2], "{", *lines[2:]]


def another_format(lines: list[str]) -> list[str]:
    return [json.dumps({**json.loads(lines[0]), "format": 9}), *lines[1:]]


def no_number(lines: list[str]) -> list[str]:
    return [*lines[:-2], json.dumps({**json.loads(lines[-2]), "seq": "1"}), lines[-1]]


def no_subject(lines: list[str]) -> list[str]:
    event = json.loads(lines[-2])
    del event["subject"]
    return [*lines[:-2], json.dumps(event), lines[-1]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (cut, "breaks off after line"),
        (without_end, "breaks off after line"),
        (fewer, "3 events were written, 2 arrived"),
        (no_object, "line 2: is no part of a journal"),
        (no_json, "line 3: no JSON"),
        (another_format, "line 1: the journal has format 9"),
        (no_number, "seq: is '1'"),
        (no_subject, "the event has no subject"),
    ],
)
def test_a_wrong_stream_is_a_message_and_changes_nothing(
    here: JournalPlace, there: JournalPlace, tmp_path: Path, change: object, message: str
) -> None:
    lines = change(export(there).decode().splitlines())  # type: ignore[operator]
    file = tmp_path / "wrong.jsonl"
    file.write_text("\n".join(lines))
    before = export(here)
    with Journal.open(here) as journal, pytest.raises(SourceError, match=message):
        merge_journals(journal, [file])
    assert export(here) == before


def test_what_is_no_journal_is_a_message(here: JournalPlace, tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "broken.gz").write_bytes(gzip.compress(b"x" * 1000)[:20])
    with Journal.open(here) as journal:
        for other in (tmp_path, tmp_path / "empty", tmp_path / "broken.gz", tmp_path / "gone"):
            with pytest.raises(SourceError, match=other.name):
                merge_journals(journal, [other])


def test_a_copy_is_a_replica_of_its_own_and_a_fork_is_named(file_here: Path, tmp_path: Path) -> None:
    twin = tmp_path / "twin" / JOURNAL
    twin.parent.mkdir()
    shutil.copy(file_here, twin)
    with Journal.open(twin) as journal:
        journal.record([said("copy", "q")])
    with Journal.open(file_here) as journal:
        journal.record([said("own", "r")])
        merge_journals(journal, [twin])
        assert list(journal_faults(journal)) == []
        replicas = {event.replica for pair in ("p", "q", "r") for event in journal.history(pair, "layla")}
        assert len(replicas) == 2


def test_a_fork_is_named_and_both_branches_are_kept(file_here: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.sqlite"
    shutil.copy(file_here, backup)
    with Journal.open(file_here) as journal:
        journal.record([said("before the restore", "q")])
    with Journal.open(file_here) as journal:
        lines = list(journal_lines(journal))
    file_here.with_suffix(".anchor").unlink()  # without it nobody can know that the end is gone
    file_here.write_bytes(backup.read_bytes())
    with Journal.open(file_here) as journal:
        journal.record([said("after it", "r")])
        ahead = tmp_path / "ahead.jsonl"
        ahead.write_text("\n".join(lines))
        merge_journals(journal, [ahead])
        (fault,) = journal_faults(journal)
        assert (fault.kind, "both are kept" in fault.what) == ("fork", True)
        assert comments(journal) == ["base", "before the restore", "after it"]


@pytest.mark.parametrize("form", ["place", "folder", "lines", "zipped"])
def test_what_a_team_shares_comes_along_in_any_order(
    here: JournalPlace,
    other_place: JournalPlace,
    new_place: Callable[[], JournalPlace],
    tmp_path: Path,
    form: str,
) -> None:
    base = built()
    there = other_place
    copy_into(there, here)
    for path, (old, new), plan in ((here, ("said", "says"), "a"), (there, ("Nothing", "Something"), "b")):
        with Journal.open(path) as journal:
            change(journal, base, old, new)
            merge_concept(journal, plan, "c", "layla")
            record_assignment(journal, plan, "lead", Assignment(workloads=()))
    forms = in_forms(there, tmp_path)
    backward = new_place()
    Journal.create(backward)
    with Journal.open(here) as journal, Journal.open(backward) as other:
        merge_journals(other, [forms[form], here])
        merge_journals(journal, [forms[form]])
        assert merge_journals(journal, [forms[form]]).added == {}
        found = standing(journal, base)
        assert found == standing(other, base)
        assert found.texts["en"].text.startswith("He says: no, AI 👩‍💻!\nSomething,")
        assert (found.conflicts, found.set_aside) == ((), ())
        assert read_concepts(journal) == read_concepts(other) == ConceptMap({"a": "c", "b": "c"})
        assert sorted(read_assignments(journal)) == sorted(read_assignments(other)) == ["a", "b"]
        assert journal.text(text_hash(base.document.ar or "")) == base.document.ar
        assert list(journal_faults(journal)) == list(journal_faults(other)) == []
