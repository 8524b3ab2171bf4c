"""The tables of a journal's file, in which nothing is ever changed or deleted, and how format 1 is read."""

from __future__ import annotations

import sqlite3

from hashiya.corpus.journal.database import JOURNAL_FORMAT

# What `sqlite3` raises for a damaged file: SQLite's message may quote damaged bytes, which cannot be decoded.
DATABASE_ERRORS = (sqlite3.Error, UnicodeError)
FIRST_FORMAT = 1
"""The format that is read as it stands and copied into a new file before the first write."""

# The body comes last: what is read without it skips its pages.
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE event (
    position INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL,
    v INTEGER NOT NULL,
    stream TEXT NOT NULL,
    subject TEXT NOT NULL,
    author TEXT NOT NULL,
    parents TEXT NOT NULL,
    replica TEXT NOT NULL,
    seq INTEGER NOT NULL,
    prev TEXT NOT NULL,
    kind TEXT NOT NULL,
    created_at TEXT NOT NULL,
    checksum TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX event_subject ON event (stream, subject, author);
CREATE INDEX event_id ON event (event_id);
CREATE INDEX event_replica ON event (replica, seq);
CREATE INDEX event_author ON event (author);
CREATE INDEX event_carry ON event (event_id) WHERE kind = 'carry';
CREATE TABLE text (hash TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE replica (
    number INTEGER PRIMARY KEY,
    replica TEXT NOT NULL,
    follows TEXT,
    follows_seq INTEGER,
    device INTEGER,
    inode INTEGER
);
"""
_TABLES = ("meta", "event", "text", "replica")

# A temporary view hides the table of the same name, so every question reads format 1 as it reads format 2.
_FIRST_AS_SECOND = """
CREATE TEMP VIEW event AS
    SELECT position, event_id, 1 AS v, 'label' AS stream, pair_id AS subject, annotator AS author, parents,
        replica, seq, '' AS prev, kind, created_at, checksum, payload AS body
    FROM main.event;
CREATE TEMP VIEW replica AS
    SELECT 1 AS number, value AS replica, NULL AS follows, NULL AS follows_seq, NULL AS device, NULL AS inode
    FROM main.meta WHERE key = 'replica';
"""


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
    db.execute("INSERT INTO meta VALUES ('format', ?)", (str(JOURNAL_FORMAT),))


def show_as_second_format(db: sqlite3.Connection) -> None:
    """Let a connection to a file of format 1 be asked as one of format 2 is; the file is not touched."""
    for statement in _FIRST_AS_SECOND.strip().split(";\n"):
        db.execute(statement)
