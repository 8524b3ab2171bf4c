"""A flipped bit, wherever it is: what it changes is named, and the rest stands."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.journal.event import EVENT_COLUMNS, Event
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.place import JOURNAL
from hashiya.corpus.journal.sqlite.database import SqliteDatabase
from hashiya.corpus.journal.summaries import names, redoable, summaries, undoable
from hashiya.corpus.journal.verify import ReadEvents, file_faults, journal_faults, label_faults
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import Annotation
from tests.corpus.journal.test_journal import comments, said
from tests.strategies import texts

TOLD = {"file", "damaged", "forged", "unreadable", "unknown", "lost"}
"""The kinds of faults that speak of a file and of what stands in it."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal with undo, redo, two annotators and a conflict."""
    path = tmp_path_factory.mktemp("whole") / JOURNAL
    Journal.create(path)
    with Journal.open(path) as journal:
        for number in range(12):
            journal.record(
                [said("وَاحِد", str(number)), said("two", str(number)), said("x", str(number), "omar")]
            )
            journal.undo(str(number), "layla")
        journal.redo("3", "layla")
        journal.record_beside(said("beside", "4"), ())
    return path


def standing(journal: Journal) -> list[object]:
    return [(item.pair_id, item.annotator, item.annotations) for item in journal.standing()]


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_changes_nothing_unseen(
    whole: Path, tmp_path_factory: pytest.TempPathFactory, place: float, bit: int
) -> None:
    content = bytearray(whole.read_bytes())
    content[int(len(content) * place)] ^= 1 << bit
    path = tmp_path_factory.mktemp("flipped") / JOURNAL
    path.write_bytes(content)
    with Journal.open(whole, write=False) as journal:
        before = standing(journal)
    with suppress(CorpusError), Journal.open(path, write=False) as journal:
        faults = list(journal_faults(journal))
        now = standing(journal)
        read = ReadEvents()
        asked = journal.standing_annotations(journal.pair_ids(), read.add)
        told = {fault for fault in faults if fault.kind in TOLD}
        found = {*file_faults(journal), *label_faults(journal, read)}
        # What is not read cannot say that it is unreadable: that the file is damaged is told all the same.
        rest = {
            fault for fault in told if fault.kind != "file" or not any(one.kind == "file" for one in found)
        }
        assert rest <= found, "reading by pairs hides no damage"
        if not faults:
            assert [(*key, annotations) for key, annotations in asked.items()] == now
            assert len(read) == 12
        list(summaries(journal))
        list(names(journal))
        undoable(journal, "layla", lambda _: True)
        redoable(journal, "layla", lambda _: True)
        if now != before:
            assert faults
            assert len([item for item in before if item not in now]) <= 2


def hurt(path: Path, change: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER event_update")
        db.execute("DROP TRIGGER event_delete")
        db.execute(change)
        db.commit()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / JOURNAL
    Journal.create(path)
    with Journal.open(path) as journal:
        journal.record([said("one"), said("two"), said("other", "q", "omar")])
    return path


def kinds(path: Path) -> list[str]:
    with Journal.open(path, write=False) as journal:
        return [fault.kind for fault in journal_faults(journal)]


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'sev'",
        "kind = 'undo'",
        "v = 7",
        "stream = 'mabel'",
        "subject = 'r'",
        "author = 'eve'",
        "parents = '['",
        "parents = '[]'",
        "seq = 9",
        "body = '{'",
        "body = '[]'",
        "created_at = ''",
        "checksum = 'x'",
        "event_id = 'x'",
    ],
)
def test_each_field_of_an_event_is_under_its_checksum(path: Path, change: str) -> None:
    hurt(path, f"UPDATE event SET {change} WHERE position = 2")
    assert "damaged" in kinds(path)
    assert "forged" not in kinds(path)
    with Journal.open(path, write=False) as journal:
        assert comments(journal) == ["one", "other"], "what was said before stands again, and the other does"
        list(summaries(journal))
    with Journal.open(path) as journal:
        journal.record([said("three")])
        assert comments(journal) == ["three", "other"]


def one_by_one(journal: Journal) -> dict[tuple[str, str], tuple[Annotation, ...]]:
    found = journal.standing_of(journal.pair_ids())
    return {(item.pair_id, item.annotator): item.annotations for item in found if item.annotations}


@pytest.mark.parametrize("column", EVENT_COLUMNS.split(", "))
@pytest.mark.parametrize(
    "value", ["'x'", "7", "NULL", "CAST({} AS BLOB)", "CAST(x'ff' AS TEXT)", "{} || ' '"]
)
def test_what_is_read_by_pairs_has_no_damaged_event(path: Path, column: str, value: str) -> None:
    """Also where the bytes of a field are whole and its type is not, or SQLite cannot write it as JSON."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER event_update")
        with suppress(sqlite3.IntegrityError):  # a null, which only a damaged file has
            db.execute(f"UPDATE event SET {column} = {value.format(column)} WHERE position = 3")
        db.commit()
    with Journal.open(path, write=False) as journal:
        read = ReadEvents()
        assert journal.standing_annotations(journal.pair_ids(), read.add) == one_by_one(journal)
        told = [fault for fault in journal_faults(journal) if fault.kind in TOLD]
        assert [*file_faults(journal), *label_faults(journal, read)] == told


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=3, unique=True), texts())
def test_what_is_read_by_pairs_is_what_stands(names: list[str], comment: str) -> None:
    """Whatever an annotator is called: what SQLite writes as JSON is what was sealed."""
    with Journal(SqliteDatabase.in_memory()) as journal:
        journal.record([said(comment, "p", name) for name in names])
        read = ReadEvents()
        assert journal.standing_annotations(["p"], read.add) == one_by_one(journal)
        assert len(read) == len(names)


def test_an_event_that_nobody_vouches_for_is_forged(path: Path) -> None:
    forged = Event(
        event_id="f" * 32, v=2, stream="label", subject="p", author="layla", parents=(), replica="r", seq=7,
        prev="", kind="set", created_at="", body="{}", checksum="0" * 64,
    )  # fmt: skip
    marks = ", ".join("?" * len(forged.row()))
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"INSERT INTO event ({EVENT_COLUMNS}) VALUES ({marks})", forged.row())
        db.commit()
    assert kinds(path) == ["forged", "gap"]
    with Journal.open(path, write=False) as journal:
        assert comments(journal) == ["two", "other"]


def test_events_that_were_deleted_are_a_gap(path: Path) -> None:
    hurt(path, "DELETE FROM event WHERE position = 1")
    assert kinds(path) == ["missing", "gap"]
    with Journal.open(path, write=False) as journal:
        assert comments(journal) == ["two", "other"]


def test_what_a_newer_version_wrote_can_be_read_only(path: Path) -> None:
    with Journal.open(path) as journal, journal.writing():
        (head,) = next(journal.standing("p")).heads
        newer = Event(
            event_id="e" * 32, v=3, stream="label", subject="p", author="layla", parents=(head.event_id,),
            replica="", seq=0, prev="", kind="fold", created_at="", body='{"a":1}',
        )  # fmt: skip
        made, _ = journal._end.append(newer)
        journal.database.append([made])
    assert kinds(path) == ["unknown"]
    with Journal.open(path) as journal:
        assert comments(journal) == ["other"], "what it followed does not stand instead"
        for act in (journal.undo, journal.redo):
            with pytest.raises(
                CorpusError, match=r"can be read only: event .* was written by a newer version"
            ):
                act("p", "layla")
        with pytest.raises(CorpusError, match="can be read only"):
            journal.record([said("three")])
        journal.record([said("three", "q", "omar")])
        assert comments(journal) == ["three"]


def test_a_payload_that_is_no_annotation_is_named_and_blocks_its_pair_only(path: Path) -> None:
    with Journal.open(path) as journal, journal.writing():
        journal._append("p", "layla", "set", {"annotation": {"status": "done"}})
    assert kinds(path) == ["unreadable"]
    with Journal.open(path) as journal:
        assert comments(journal) == ["other"]
        with pytest.raises(CorpusError, match="repair"):
            journal.record([said("three")])


def test_what_an_index_says_of_an_event_hides_no_damage_of_it(whole: Path, tmp_path: Path) -> None:
    content = whole.read_bytes()
    assert b"label2omar[]" in content
    (tmp_path / JOURNAL).write_bytes(content.replace(b"label2omar[]", b"lacel2omar[]"))
    with Journal.open(tmp_path / JOURNAL, write=False) as journal:
        read = ReadEvents()
        journal.standing_annotations(journal.pair_ids(), read.add)
        assert "damaged" in {fault.kind for fault in label_faults(journal, read)}
