"""The tables of a journal in PostgreSQL: made in a schema of their own, and only ever added to.

Triggers refuse every change to what is there, whoever asks. The position of an event is given by the
database, in the order of commits: one lock is held from the first event of a transaction until its end, so
whoever has read a position has read all below it.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Any

from hashiya.corpus.journal.database import JOURNAL_FORMAT

if TYPE_CHECKING:
    from psycopg import Connection

TABLES_FORMAT = 1
"""The version of the tables, beside that of the events in them."""

# Texts are compared by their bytes, as SQLite does. The text of a document may hold what PostgreSQL's own
# type for texts cannot. The plan of the trigger is made once, perhaps when the table is empty: it must not be
# to read all of it. What reads JSON catches errors, which no parallel worker may. Functions that run with the
# owner's rights look among temporary tables last: unless told, PostgreSQL looks there first, and an annotator
# could put a table of names in the place of ours.
_TABLES = """
CREATE TABLE meta (key text COLLATE "C" PRIMARY KEY, value text COLLATE "C" NOT NULL);
CREATE TABLE event (
    position bigint PRIMARY KEY,
    event_id text COLLATE "C" NOT NULL,
    v integer NOT NULL,
    stream text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    author text COLLATE "C" NOT NULL,
    parents text COLLATE "C" NOT NULL,
    replica text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    prev text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    created_at text COLLATE "C" NOT NULL,
    checksum text COLLATE "C" NOT NULL,
    body text COLLATE "C" NOT NULL
);
CREATE INDEX event_subject ON event (stream, subject, author);
CREATE INDEX event_id ON event (event_id);
CREATE INDEX event_replica ON event (replica, seq);
CREATE INDEX event_author ON event (author);
CREATE INDEX event_checksum ON event (checksum);
CREATE INDEX event_carry ON event (event_id) WHERE kind = 'carry';
CREATE TABLE text (
    hash text COLLATE "C" PRIMARY KEY,
    text bytea NOT NULL,
    CHECK (hash = encode(sha256(text), 'hex'))
);
CREATE TABLE replica (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    replica text COLLATE "C" NOT NULL,
    follows text COLLATE "C",
    follows_seq bigint,
    session text COLLATE "C"
);
CREATE TABLE corpus (name text COLLATE "C" PRIMARY KEY);
CREATE TABLE login (role name NOT NULL, name text COLLATE "C" NOT NULL, PRIMARY KEY (role, name));
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only';
END $$;
CREATE FUNCTION number_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = "{schema}", pg_temp SET enable_seqscan = off AS $$
BEGIN
    PERFORM pg_advisory_xact_lock({order});
    NEW.position := (SELECT coalesce(max(position), 0) + 1 FROM event);
    RETURN NEW;
END $$;
CREATE FUNCTION is_own_name(author text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = "{schema}", pg_temp AS $$
    SELECT author = ANY (coalesce(
        (SELECT array_agg(name) FROM login WHERE role = session_user), ARRAY[session_user::text]
    ))
$$;
CREATE FUNCTION as_json(body text) RETURNS json LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
    RETURN body::json;
EXCEPTION WHEN invalid_text_representation THEN
    RETURN NULL;
END $$;
CREATE TRIGGER number BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION number_event();
ALTER TABLE event ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON event FOR SELECT USING (true);
"""
_REFUSING = """
CREATE TRIGGER refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} EXECUTE FUNCTION refuse();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER refuse;
"""
_KEPT = ("meta", "event", "text", "replica")


def make_tables_in(connection: Connection[Any], schema: str) -> None:
    """Make the tables of a journal in a schema, inside of a transaction; the connection then looks there."""
    key = secrets.token_hex(16)
    connection.execute(f'CREATE SCHEMA "{schema}"'.encode())
    connection.execute("SELECT set_config('search_path', %s, false)", (f'"{schema}"',))
    tables = _TABLES.replace("{order}", str(lock_number(key, "order"))).replace("{schema}", schema)
    connection.execute(tables.encode())
    for table in _KEPT:
        connection.execute(_REFUSING.format(table=table).encode())
    values = {"format": str(JOURNAL_FORMAT), "tables": str(TABLES_FORMAT), "locks": key}
    for name, value in values.items():
        connection.execute("INSERT INTO meta VALUES (%s, %s)", (name, value))


def lock_number(key: str, *what: str) -> int:
    """Return the number of an advisory lock: of the journal whose locks have a key, for something in it."""
    digest = hashlib.sha256("\n".join((key, *what)).encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
