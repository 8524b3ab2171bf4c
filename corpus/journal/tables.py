"""The tables of a journal's file, and that nothing in them is ever changed or deleted."""

from __future__ import annotations

import secrets
import sqlite3

JOURNAL_FORMAT = 1

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE event (
    position INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    pair_id TEXT NOT NULL,
    annotator TEXT NOT NULL,
    parents TEXT NOT NULL,
    replica TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at TEXT NOT NULL,
    checksum TEXT NOT NULL
);
CREATE INDEX event_pair ON event (pair_id, annotator);
CREATE INDEX event_seq ON event (replica, seq);
CREATE INDEX event_annotator ON event (annotator);
CREATE TABLE parent (parent TEXT NOT NULL, child TEXT NOT NULL, PRIMARY KEY (parent, child)) WITHOUT ROWID;
CREATE TABLE text (hash TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
"""
_TABLES = ("meta", "event", "parent", "text")


def make_tables(db: sqlite3.Connection) -> None:
    """Make the tables in an empty file, with triggers that refuse whatever is no insertion."""
    for statement in _SCHEMA.strip().split(";\n"):
        db.execute(statement)
    for table in _TABLES:
        for verb in ("UPDATE", "DELETE"):
            db.execute(
                f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
            )
    db.executemany(
        "INSERT INTO meta VALUES (?, ?)", [("format", str(JOURNAL_FORMAT)), ("replica", secrets.token_hex(8))]
    )
