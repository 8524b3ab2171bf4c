from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.journal.event import Carry
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.merge import merge_journals
from hashiya.corpus.journal.place import JournalPlace
from hashiya.corpus.journal.verify import journal_faults
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.errors import CorpusError, LabelError
from hashiya.schema.records import Annotation, Place, SchemeRef
from tests.strategies import any_annotation


def said(comment: str, pair_id: str = "p", annotator: str = "layla") -> Annotation:
    return Annotation(
        pair_id=pair_id,
        annotator=annotator,
        status="done",
        comment=comment,
        scheme=SchemeRef(name="ai-market", version="1.0.0"),
        origin="human",
        place=Place(doc_id="d"),
    )


def comments(journal: Journal) -> list[str | None]:
    return [item.comment for standing in journal.standing() for item in standing.annotations]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "journal.sqlite"
    Journal.create(path)
    return path


@given(st.lists(any_annotation(), max_size=4, unique_by=lambda item: (item.pair_id, item.annotator)))
def test_what_is_recorded_stands(fresh_journal: Callable[[], Journal], items: list[Annotation]) -> None:
    with fresh_journal() as journal:
        journal.record(items)
        found = [item for standing in journal.standing() for item in standing.annotations]
        assert found == sorted(items, key=lambda item: (item.pair_id, item.annotator))
        assert list(journal_faults(journal)) == []


def test_the_last_word_stands_also_after_a_restart(place: JournalPlace) -> None:
    with Journal.open(place) as journal:
        journal.record([said("one"), said("two"), said("other", annotator="omar")])
    with Journal.open(place) as journal:
        assert comments(journal) == ["two", "other"]
        assert [event.kind for event in journal.history("p", "layla")] == ["set", "set"]
        assert [item.comment for s in journal.standing(annotator="omar") for item in s.annotations] == [
            "other"
        ]


def test_undo_and_redo_without_limit_across_restarts(place: JournalPlace) -> None:
    with Journal.open(place) as journal:
        journal.record([said("one"), said("two"), said("three")])
    seen: list[list[str | None]] = []
    for step in "uuuuUrrrrR":
        with Journal.open(place) as journal:
            done = journal.undo("p", "layla") if step in "uU" else journal.redo("p", "layla")
            assert (done is None) == (step in "UR" or len(seen) in {3, 8}), step
            seen.append(comments(journal))
    assert seen[:4] == [["two"], ["one"], [], []]
    assert seen[5:9] == [["one"], ["two"], ["three"], ["three"]]


def test_a_new_word_ends_redo(place: JournalPlace) -> None:
    with Journal.open(place) as journal:
        journal.record([said("one"), said("two")])
        journal.undo("p", "layla")
        journal.record([said("three")])
        assert journal.redo("p", "layla") is None
        journal.undo("p", "layla")
        assert comments(journal) == ["one"]


@given(st.lists(st.sampled_from(["set", "undo", "redo"]), max_size=25))
def test_undo_and_redo_are_those_of_an_editor(fresh_journal: Callable[[], Journal], steps: list[str]) -> None:
    done: list[str] = []
    undone: list[str] = []
    with fresh_journal() as journal:
        for number, step in enumerate(steps):
            if step == "set":
                journal.record([said(str(number))])
                done.append(str(number))
                undone.clear()
            elif step == "undo":
                assert (journal.undo("p", "layla") is not None) == bool(done)
                undone += [done.pop()] if done else []
            else:
                assert (journal.redo("p", "layla") is not None) == bool(undone)
                done += [undone.pop()] if undone else []
            assert comments(journal) == done[-1:]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE event SET body = ''", "DELETE FROM event", "DELETE FROM replica", "DELETE FROM text"],
)
def test_the_file_itself_refuses_to_forget(path: Path, statement: str) -> None:
    with Journal.open(path) as journal:
        journal.record([said("one"), said("two")], ["a text"])
    with sqlite3.connect(path) as db, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(statement)
    db.close()


def test_damage_is_found(path: Path) -> None:
    with Journal.open(path) as journal:
        journal.record([said("one"), said("two")], ["a text"])
    db = sqlite3.connect(path)
    db.execute("DROP TRIGGER event_update")
    db.execute("DROP TRIGGER text_update")
    db.execute("UPDATE event SET body = replace(body, 'two', 'owt')")
    db.execute("UPDATE event SET parents = '[\"gone\"]' WHERE parents != '[]'")
    db.execute("UPDATE text SET text = 'another text'")
    db.commit()
    db.close()
    with Journal.open(path) as journal:
        faults = " ".join(fault.what for fault in journal_faults(journal))
    assert "checksum does not match" in faults
    assert "follows gone, which is not there" in faults
    assert f"kept text {text_hash('a text')}" in faults


def test_two_heads_are_shown_as_a_conflict_and_a_new_word_settles_it(
    new_place: Callable[[], JournalPlace],
) -> None:
    place, other = new_place(), new_place()
    for made in (place, other):
        Journal.create(made)
    with Journal.open(place) as journal:
        journal.record([said("one")])
    with Journal.open(other) as journal:
        merge_journals(journal, [str(place)])
    for file, word in ((place, "here"), (other, "there")):
        with Journal.open(file) as journal:
            journal.record([said(word)])
    with Journal.open(place) as journal:
        merge_journals(journal, [str(other)])
        (standing,) = journal.standing()
        assert standing.conflict
        assert {item.comment for item in standing.annotations} == {"here", "there"}
        with pytest.raises(CorpusError, match="side by side"):
            journal.undo("p", "layla")
        journal.record([said("both")])
        assert comments(journal) == ["both"]
        assert list(journal_faults(journal)) == []
        journal.undo("p", "layla")
        assert sorted(map(str, comments(journal))) == ["here", "there"], "what the save had settled is back"
        journal.undo("p", "layla")
        assert comments(journal) == ["one"]


def test_texts_are_kept_once_under_their_hash(place: JournalPlace) -> None:
    with Journal.open(place) as journal:
        journal.record([said("one")], ["نص", "نص"])
        journal.carry([Carry(said("two", "q"), ("x",))], ["نص", "text"])
        assert journal.text(text_hash("نص")) == "نص"
        assert journal.text(text_hash("text")) == "text"
        assert journal.text("0" * 64) is None
        assert journal.annotators() == ["layla"]


def test_a_file_that_is_no_journal_is_a_message(path: Path) -> None:
    path.write_bytes(b"not a database, not a database, not a database")
    for write in (True, False):
        with pytest.raises(CorpusError, match="cannot be read"):
            Journal.open(path, write=write)


def test_a_journal_that_is_gone_is_not_made_anew_in_silence(path: Path) -> None:
    path.write_bytes(b"")
    with pytest.raises(CorpusError, match="holds all labels, is missing"):
        Journal.open(path)
    path.unlink()
    with pytest.raises(CorpusError, match="holds all labels, is missing"):
        Journal.open(path, write=False)


def test_an_existing_journal_is_never_made_anew(place: JournalPlace) -> None:
    with Journal.open(place) as journal:
        journal.record([said("one")])
    Journal.create(place)
    with Journal.open(place) as journal:
        assert comments(journal) == ["one"]


@pytest.mark.parametrize("at", range(0, 100, 7))
def test_a_changed_byte_is_a_message_or_a_fault(path: Path, at: int) -> None:
    with Journal.open(path) as journal:
        journal.record([said("وَاحِد", pair_id=str(number)) for number in range(20)], ["نص"])
    content = bytearray(path.read_bytes())
    place = len(content) * at // 100
    content[place] ^= 0xA5
    path.write_bytes(content)
    with suppress(CorpusError, LabelError), Journal.open(path, write=False) as journal:
        faults, standing = list(journal_faults(journal)), list(journal.standing())
        assert faults or [item.annotations[0].comment for item in standing] == ["وَاحِد"] * 20


def test_reading_needs_no_write(path: Path) -> None:
    with Journal.open(path) as journal:
        journal.record([said("one")])
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        with Journal.open(path, write=False) as journal:
            assert comments(journal) == ["one"]
            with pytest.raises(CorpusError, match="not saved"):
                journal.record([said("two")])
    finally:
        path.parent.chmod(0o755)


def test_an_unknown_format_is_refused(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("DROP TRIGGER meta_update")
    db.execute("UPDATE meta SET value = '9' WHERE key = 'format'")
    db.commit()
    db.close()
    with pytest.raises(CorpusError, match="format 9"):
        Journal.open(path)


WRITER = """
import sys
from tests.corpus.journal.test_journal import said
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.place import named_place
with Journal.open(named_place(sys.argv[1])) as journal:
    for number in range(1_000_000):
        journal.record([said(str(number))])
        print(number, flush=True)
"""


def test_what_was_said_to_be_saved_survives_a_kill(place: JournalPlace) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(place)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([".", *sys.path])},
    )
    assert process.stdout
    last = -1
    for line in process.stdout:
        last = int(line)
        if last == 20:
            process.send_signal(signal.SIGKILL)
    process.stdout.close()
    process.wait()
    with Journal.open(place) as journal:
        (comment,) = comments(journal)
        assert int(comment or -1) >= last >= 20
        assert list(journal_faults(journal)) == []


def test_a_carry_that_was_read_and_never_committed_is_forgotten(path: Path) -> None:
    with Journal.open(path) as journal:
        (made,) = journal.record([said("one", "p")])
        with suppress(KeyboardInterrupt), journal.writing():
            journal.carry([Carry(said("one", "q"), (made.event_id,))], [])
            assert len(list(journal.standing())) == 2
            raise KeyboardInterrupt
        journal.carry([Carry(said("one", "r"), (made.event_id,))], [])
        journal.undo("r", "layla")
        journal.carry([Carry(said("one", "s"), (made.event_id,))], [])
        assert [item.pair_id for item in journal.standing() if item.annotations] == ["p"]
