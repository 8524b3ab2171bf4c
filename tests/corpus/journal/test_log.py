"""The log says in words what each event did."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.log import LogFilter, journal_log
from hashiya.corpus.journal.place import JournalPlace
from hashiya.corpus.journal.streams.assignments import record_assignment, redo_assignment, undo_assignment
from hashiya.corpus.journal.streams.concepts import (
    merge_concept,
    redo_concept,
    rename_concept,
    undo_concept,
)
from hashiya.corpus.journal.streams.edit_document import undo_edit
from hashiya.corpus.journal.verify import HARMLESS, journal_faults
from hashiya.corpus.sources.given_beads import GivenBead
from hashiya.schema.payloads import Assignment, Workload
from hashiya.schema.records import Stance
from tests.corpus.journal.streams.shared_documents import built, change, given, rebead, standing
from tests.corpus.journal.test_journal import said

STANCE = Stance(target="chips", stance="bullish", holder="author")


@pytest.fixture
def path(place: JournalPlace) -> JournalPlace:
    with Journal.open(place) as journal:
        at = Journal(journal.database, now=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC))
        made = said("one")
        at.record([made, replace(made, stances=(STANCE,)), replace(made, status="draft", stances=(STANCE,))])
        at.undo("p", "layla")
        journal.record([said("other", "q", "omar")])
    return place


def what(path: JournalPlace, **chosen: str) -> list[str]:
    with Journal.open(path, write=False) as journal:
        return [f"{entry.kind}: {entry.what}" for entry in journal_log(journal, LogFilter(**chosen))]


def test_each_event_says_what_it_changed_the_last_first(path: JournalPlace) -> None:
    assert what(path) == [
        "set: comment, done",
        "undo: done",
        "set: draft",
        "set: +1 stance",
        "set: comment, done",
    ]


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        ({"author": "omar"}, 1),
        ({"subject": "q"}, 1),
        ({"kind": "undo"}, 1),
        ({"stream": "document"}, 0),
        ({"since": "2026-03-02"}, 1),
        ({"until": "2026-03-02", "author": "layla"}, 4),
        ({"doc_id": "d"}, 5),
        ({"doc_id": "x"}, 0),
    ],
)
def test_filters_choose(path: JournalPlace, chosen: dict[str, str], count: int) -> None:
    assert len(what(path, **chosen)) == count


def test_what_is_damaged_is_said_to_be(path: JournalPlace) -> None:
    if not isinstance(path, Path):
        with Journal.open(path) as journal:
            journal.database.insert("ALTER TABLE event DISABLE TRIGGER refuse", [()])
            journal.database.insert("UPDATE event SET body = ? WHERE position = 5", [("{",)])
        assert what(path)[0] == "set: damaged, set aside"
        return
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER event_update")
        db.execute("UPDATE event SET body = '{' WHERE position = 5")
        db.commit()
    assert what(path)[0] == "set: damaged, set aside"


def test_what_a_team_shares_is_said_in_words(place: JournalPlace) -> None:
    path = place
    with Journal.open(path) as journal:
        base = built()
        first = change(journal, base, "said", "says")
        undo_edit(journal, base, "layla", why="he did")
        last = given(standing(journal, base), 3)
        rebead(journal, base, [3], [GivenBead(last.ar, (), "title"), GivenBead((), last.en)])
        redo_concept(journal, "x", "omar")
        merge_concept(journal, "nvda", "nvidia", "omar", why="the ticker")
        rename_concept(journal, "gpt4", "gpt-4", "omar")
        undo_concept(journal, "gpt4", "omar")
        workloads = (Workload(annotator="layla", documents=("a", "b")),)
        plan = Assignment(workloads=workloads, layers=("flags",), share=0.25, gold=("g",))
        record_assignment(journal, "pilot", "lead", plan)
        undo_assignment(journal, "pilot", "lead")
        redo_assignment(journal, "pilot", "lead")
        assigned = journal.shared("assignment", "pilot").heads[0].targets()[0]
        newer = replace(first, event_id="f" * 32, kind="split", parents=()).sealed()
        bad = replace(first, event_id="e" * 32, body="{}", parents=()).sealed()
        with journal.database.transaction():
            journal.database.append([newer, bad])
    missing = "; ".join(f"{name}: field required" for name in ("lang", "range", "text", "source_sha256"))
    assert what(path)[::-1] == [
        "text: en 'said' becomes 'says'",
        f"undo: takes back {first.event_id[:8]} (he did)",
        "beads: 1-1 'وكان 🇸🇦 «هنا»؟' becomes 1-0 title, 0-1 'وكان 🇸🇦 «هنا»؟'",
        "merge: is the same as nvidia (the ticker)",
        "rename: is called gpt-4",
        "undo: nothing stands again",
        "set: documents for layla 2; layers flags; 25% for several; 1 of known labels",
        "undo: nothing stands again",
        f"redo: stands again as {assigned[:8]} said",
        f"split: {first.body[:77]}...",
        f"text: cannot be read: event {'e' * 32}: {missing}",
    ]
    assert len(what(path, doc_id="news/1")) == 4
    assert len(what(path, stream="concept")) == 3
    with Journal.open(path, write=False) as journal:
        faults = {fault.event_id: fault for fault in journal_faults(journal) if fault.event_id}
    assert {name: (fault.kind, fault.kind in HARMLESS) for name, fault in faults.items()} == {
        "f" * 32: ("unknown", True),
        "e" * 32: ("unreadable", False),
    }
    assert "document news/1 can be read only" in faults["e" * 32].what
