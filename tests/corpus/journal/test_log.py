"""The log says in words what each event did."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hashiya.corpus.journal.journal import JOURNAL, Journal
from hashiya.corpus.journal.log import LogFilter, journal_log
from hashiya.schema.records import Stance
from tests.corpus.journal.test_journal import said

STANCE = Stance(target="chips", stance="bullish", holder="author")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / JOURNAL
    Journal.create(path)
    with Journal.open(path) as journal:
        at = Journal(journal.database, now=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC))
        made = said("one")
        at.record([made, replace(made, stances=(STANCE,)), replace(made, status="draft", stances=(STANCE,))])
        at.undo("p", "layla")
        journal.record([said("other", "q", "omar")])
    return path


def what(path: Path, **chosen: str) -> list[str]:
    with Journal.open(path, write=False) as journal:
        return [f"{entry.kind}: {entry.what}" for entry in journal_log(journal, LogFilter(**chosen))]


def test_each_event_says_what_it_changed_the_last_first(path: Path) -> None:
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
def test_filters_choose(path: Path, chosen: dict[str, str], count: int) -> None:
    assert len(what(path, **chosen)) == count


def test_what_is_damaged_is_said_to_be(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TRIGGER event_update")
        db.execute("UPDATE event SET body = '{' WHERE position = 5")
        db.commit()
    assert what(path)[0] == "set: damaged, set aside"
