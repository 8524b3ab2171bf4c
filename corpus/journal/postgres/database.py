"""A journal in PostgreSQL: opened, asked, and written to in transactions, through one session at a time.

A session is a replica of its own. Whoever appends holds an advisory lock on each subject from before its
heads are read until the end; what cannot say its subjects beforehand holds the whole journal. A connection
that is lost is made again with the next question.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from hashiya.corpus.journal.database import (
    JOURNAL_FORMAT,
    JournalDatabase,
    KeySubjects,
    Parameters,
    Row,
)
from hashiya.corpus.journal.event import EVENT_COLUMNS, EVENT_FORMAT, Event
from hashiya.corpus.journal.postgres.address import PostgresAddress
from hashiya.corpus.journal.postgres.connection import (
    annotator_of,
    application_name,
    connect,
    in_a_line,
    what_failed,
)
from hashiya.corpus.journal.postgres.sql import POSTGRES_SQL, in_psycopg
from hashiya.corpus.journal.postgres.tables import TABLES_FORMAT, lock_number, make_tables_in
from hashiya.corpus.journal.replicas import lineage
from hashiya.corpus.journal.sqlite.anchor import LostEvents
from hashiya.corpus.journal.sqlite.database import SqliteDatabase
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.codec import dump
from hashiya.schema.errors import (
    BusyError,
    ConnectionLostError,
    CorpusError,
    JournalMovedError,
    MissingExtraError,
)

if TYPE_CHECKING:
    from psycopg import Connection

_MARKS = ", ".join(["%s"] * len(EVENT_COLUMNS.split(", ")))
_INSERT = f"INSERT INTO event ({EVENT_COLUMNS}) VALUES ({_MARKS})".encode()  # noqa: S608 - names, marks
_Answer = TypeVar("_Answer")
_AT_ONCE = 2000
"""Rows that are fetched together of a long answer."""
_TAG = 6
"""Letters of the journal's own text that tell it from others in its database."""
_SEPARATE = 40
"""Subjects that are held one by one; for more, the whole journal is."""
_CHANGES_HERE = """
SELECT subject, kind FROM event
WHERE author = ? AND stream = ? AND replica IN (SELECT replica FROM replica WHERE session IS NOT NULL)
ORDER BY position DESC
"""
_SESSION = b"SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"
_END_SESSION = b"""
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %s AND backend_start = %s
"""
_FIRST_HERE = "SELECT follows FROM replica WHERE session IS NOT NULL ORDER BY number LIMIT 1"


class PostgresDatabase(JournalDatabase):
    """A session with a server, renewed when it is lost."""

    def __init__(
        self, address: PostgresAddress, *, patience: float = 30, who: str = "", corpus: str = ""
    ) -> None:
        """Open a journal; `CorpusError` where there is none, or one of another version or corpus."""
        self.address = address
        self.format = JOURNAL_FORMAT
        self.sql = POSTGRES_SQL
        self._patience = patience
        self._who = who
        self._replica: str | None = None
        self._texts: set[str] = set()
        self._is_inside = False
        self._moved = False
        self._gone = ""
        self._renewing = threading.Lock()
        self._connection = connect(address, patience=patience)
        try:
            self._locks = self._see_format(corpus)
            self._tell_who()
            self._session = _session(self._connection)
            self._known = self.end()[1]
        except BaseException:
            self._connection.close()
            raise

    @classmethod
    def create(cls, address: PostgresAddress) -> bool:
        """Make the tables of a journal in a schema, whole or not at all; false where they are there."""
        connection = connect(address)
        with connection:
            found = connection.execute(
                "SELECT to_regclass(%s) IS NOT NULL", (f'"{address.schema}".meta',)
            ).fetchone()
            if found and found[0]:
                return False
            connection.execute("BEGIN")
            try:
                make_tables_in(connection, address.schema)
                connection.execute("COMMIT")
            except _database_error() as error:
                raise CorpusError(f"{address}: the tables cannot be made: {in_a_line(error)}") from None
        return True

    @property
    def where(self) -> str:
        """The URL of the journal, in which there is no password."""
        return str(self.address)

    @property
    def path(self) -> Path:
        """None: `CorpusError`."""
        raise CorpusError(f"{self.where}: the journal is in PostgreSQL and is no file")

    @property
    def login(self) -> str:
        """The role that the session logged in as."""
        return str(self._connection.info.user)

    @property
    def connected(self) -> bool:
        """Whether the session is there, as far as is known."""
        return not (self._connection.closed or self._connection.broken)

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def ask(self, query: str, values: Parameters = ()) -> Iterator[Row]:
        """Yield the rows of a query; `ConnectionLostError` where the server is not to be had."""
        return iter(self._rows(query, values))

    def ask_at_length(self, query: str, values: Parameters = ()) -> Iterator[Row]:
        """Yield the rows of a query, some thousands at once."""
        self._ready()
        name = f"journal_{secrets.token_hex(4)}"
        cursor = self._connection.cursor(name, withhold=not self._is_inside)
        cursor.itersize = _AT_ONCE
        try:
            cursor.execute(in_psycopg(query), values)
            yield from cursor
        except (_database_error(), UnicodeError) as error:
            raise self._told(error, "the journal cannot be read") from None
        finally:
            with suppress(_database_error()):
                cursor.close()

    def insert(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement for each of some rows, inside of `transaction`, or on what is temporary."""
        given = list(rows)
        if given:
            self._try(lambda: self._connection.cursor().executemany(in_psycopg(statement), given))

    def append(self, events: Iterable[Event]) -> None:
        """Append events, inside of `transaction`."""
        given = list(events)
        if not given:
            return
        authors = sorted({event.author for event in given})
        rows = [event.row() for event in given]
        if len(rows) == 1:
            self._try(lambda: self._connection.execute(_INSERT, rows[0]), authors)
        else:
            self._try(lambda: self._connection.cursor().executemany(_INSERT, rows), authors)
        self._appended = given[-1].checksum

    def keep_texts(self, texts: Iterable[str]) -> None:
        """Keep document texts that are not kept yet, by their hashes, inside of `transaction`."""
        wanted = {digest: text for text in texts if (digest := text_hash(text)) not in self._texts}
        if not wanted:
            return
        query = "SELECT hash FROM text WHERE hash IN (SELECT json_array_elements_text(CAST(? AS json)))"
        here = {str(row[0]) for row in self._rows(query, (dump(list(wanted)),))}
        self._texts |= here
        # In one order everywhere: two sessions may wait for each other's texts.
        rows = [(digest, wanted[digest].encode()) for digest in sorted(wanted.keys() - here)]
        self.insert("INSERT INTO text VALUES (?, ?) ON CONFLICT DO NOTHING", rows)

    def kept_texts(self, digest: str | None = None) -> Iterator[tuple[str, str]]:
        """Yield hashes and the texts that are kept under them, by hash; or what is kept under one."""
        if digest is None:
            rows = self.ask_at_length("SELECT hash, text FROM text ORDER BY hash")
        else:
            rows = self.ask("SELECT hash, text FROM text WHERE hash = ?", (digest,))
        return ((str(name), bytes(text).decode(errors="replace")) for name, text in rows)

    @contextmanager
    def transaction(self, subjects: KeySubjects | None = None) -> Generator[None]:
        """Hold subjects, or the whole journal; what the block appends is on the server's disk at its end.

        `ConnectionLostError` where the answer did not come: it may be saved, or not.
        """
        self.see_that_it_is_the_same()
        begin = f"BEGIN; {self._holding(subjects)}".encode()
        replica, self._appended = self._replica, ""
        try:
            self._try(lambda: self._connection.execute(begin), what="not saved", again=True)
            self._is_inside = True
            self.see_that_it_is_the_same()  # there may have been a new session
            yield
            self._try(lambda: self._connection.execute("COMMIT"))
        except BaseException:
            self._is_inside = False
            self._replica = replica if self.connected else None
            with suppress(_database_error()):
                self._connection.execute("ROLLBACK")
            raise
        self._is_inside = False
        self._known = self._appended or self._known

    def make_current(self) -> None:
        """Nothing: tables of another format are not opened."""

    def current_replica(self) -> str | None:
        """Return the replica that this session is; `None` before it has saved something."""
        return self._replica

    def replica_before(self) -> str | None:
        """Return the replica of the last event; who asks is the last until the end of the transaction."""
        self._rows("SELECT pg_advisory_xact_lock(?)", (self._lock("order"),))
        return self.latest_replica()

    def begin_replica(self, name: str, follows: str | None, follows_seq: int | None) -> None:
        """Begin the replica of this session, inside of `transaction`."""
        self.insert(
            "INSERT INTO replica (replica, follows, follows_seq, session) VALUES (?, ?, ?, ?)",
            [(name, follows, follows_seq, f"{self.login} {self._connection.info.backend_pid}")],
        )
        self._replica = name

    def changes(self, author: str, stream: str) -> Iterator[tuple[str, str]]:
        """Yield what an author did in any session here, then in what was copied into these tables."""
        yield from self.ask_at_length(_CHANGES_HERE, (author, stream))
        first = self.first(_FIRST_HERE)
        yield from lineage(self, self.latest_replica() if first is None else first[0], author, stream)

    def sealed(self, stream: str, subjects: Collection[str]) -> list[Row]:
        """Return what is sealed in the events of some subjects."""
        query = f"SELECT position, {EVENT_COLUMNS} FROM {self.sql.among} ORDER BY subject, author"  # noqa: S608
        found: list[Row] = []
        for position, *row in self._rows(query, {"stream": stream, "subjects": dump(list(subjects))}):
            *head, body, checksum = row
            event = Event.from_row(row)
            is_plain = event.v == EVENT_FORMAT and event.kind == "set" and head[5] == "[]"
            head[5] = []
            sealed = dump(head).encode() if is_plain else None
            found.append((position, event.subject, event.author, checksum, sealed, body.encode()))
        return found

    def copy_to(self, path: Path) -> None:
        """Write what the journal holds now to a new SQLite file, event for event."""
        SqliteDatabase.create(path)
        copy = SqliteDatabase.open(path)
        try:
            with self._snapshot(), copy.transaction():
                copy.keep_texts(text for _, text in self.kept_texts())
                links = self.ask("SELECT DISTINCT replica, follows, follows_seq FROM replica ORDER BY 1")
                copy.insert("INSERT INTO replica (replica, follows, follows_seq) VALUES (?, ?, ?)", links)
                events = f"SELECT {EVENT_COLUMNS} FROM event ORDER BY position"  # noqa: S608 - names only
                copy.append(map(Event.from_row, self.ask_at_length(events)))
        finally:
            copy.close()

    def see_that_it_is_the_same(self) -> None:
        """Raise `JournalMovedError` where a server came back with another journal, or an earlier state."""
        if self._moved:
            raise JournalMovedError(
                f"{self.where}: not saved: an earlier state of the journal, or another one, is in its place"
            )

    def detach(self) -> str | None:
        """Nothing is beside a journal in PostgreSQL."""
        return None

    def file_faults(self) -> Iterator[str]:
        """Nothing: the server looks after its files (`pg_amcheck`)."""
        return iter(())

    def lost_events(self) -> tuple[LostEvents, ...]:
        """Nothing is known beside the tables."""
        return ()

    def is_last_known(self, checksum: str) -> bool:  # noqa: ARG002 - as above
        """Nothing is known beside the tables."""
        return False

    def present(self) -> list[str]:
        """Return which annotators have the journal open now; every login sees the names of all sessions."""
        query = "SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database()"
        names = (annotator_of(str(row[0]), self._locks[:_TAG]) for row in self._rows(query))
        return sorted(name for name in names if name is not None)

    def reconnect(self) -> None:
        """Have a session again; `ConnectionLostError` where the server is not to be had."""
        if not self._renewing.acquire(blocking=False):
            raise ConnectionLostError(f"{self.where}: the connection is being made again")
        try:
            if not self.connected:
                self._renew()
        except ConnectionLostError as error:
            self._gone = str(error)
            raise
        finally:
            self._renewing.release()

    @contextmanager
    def _snapshot(self) -> Generator[None]:
        self._try(
            lambda: self._connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"), again=True
        )
        self._is_inside = True
        try:
            yield
        finally:
            self._is_inside = False
            with suppress(_database_error()):
                self._connection.execute("ROLLBACK")

    def _tell_who(self) -> None:
        """Let others see whose session this is."""
        name = application_name(self._locks[:_TAG], self._who)
        self._connection.execute("SELECT set_config('application_name', %s, false)", (name,))

    def _see_format(self, corpus: str) -> str:
        try:
            # By its full name, for the search path passes over what the login has no right to see.
            query = f'SELECT key, value FROM "{self.address.schema}".meta'  # noqa: S608 - a plain name
            rows = dict(self._connection.execute(query.encode()).fetchall())
        except _database_error() as error:
            if what_failed(error, self._connection) == "denied":
                raise CorpusError(
                    f"{self.where}: the login {self.login} may not read the journal; "
                    f"let it: hashiya journal init CORPUS --annotator NAME={self.login}"
                ) from None
            raise CorpusError(
                f"{self.where}: there is no journal; make one: hashiya journal init CORPUS --journal URL "
                f"({in_a_line(error)})"
            ) from None
        versions = (rows.get("format"), rows.get("tables"))
        if versions != (str(JOURNAL_FORMAT), str(TABLES_FORMAT)):
            raise CorpusError(
                f"{self.where}: the journal has format {versions[0]} in tables of version {versions[1]}, "
                f"this version reads {JOURNAL_FORMAT} in {TABLES_FORMAT}: install the hashiya that made them"
            )
        names = sorted(str(row[0]) for row in self._connection.execute("SELECT name FROM corpus").fetchall())
        if corpus and names and corpus not in names:
            raise CorpusError(
                f"{self.where}: is the journal of {', '.join(names)}, not of {corpus}; if that is the same "
                "corpus under another name: hashiya journal init CORPUS --journal URL"
            )
        return str(rows["locks"])

    def _holding(self, subjects: KeySubjects | None) -> str:
        """Statements that wait until nobody else appends to some subjects, or to the journal at all."""
        whole = self._lock("journal")
        if subjects is None or len(subjects) > _SEPARATE:
            return f"SELECT pg_advisory_xact_lock({whole})"
        # In one order everywhere, so that no two wait for each other.
        single = sorted({self._lock("subject", *subject) for subject in subjects})
        held = [f"pg_advisory_xact_lock({number})" for number in single]
        return "; ".join(f"SELECT {lock}" for lock in (f"pg_advisory_xact_lock_shared({whole})", *held))

    def _lock(self, *what: str) -> int:
        return lock_number(self._locks, *what)

    def _rows(self, query: str, values: Parameters = ()) -> list[Row]:
        def fetch() -> list[Row]:
            cursor = self._connection.execute(in_psycopg(query), values)
            return [] if cursor.description is None else cursor.fetchall()

        return self._try(fetch, again=not self._is_inside)

    def _try(
        self, act: Callable[[], _Answer], authors: Sequence[str] = (), *, what: str = "", again: bool = False
    ) -> _Answer:
        """Do something with the server; `again` where it may be done a second time, in a new session.

        `what` begins the message where it cannot be done.
        """
        if not self._is_inside:
            self._ready()
        try:
            return act()
        except (_database_error(), UnicodeError) as error:
            what = what or ("not saved" if self._is_inside else "the journal cannot be read")
            told = self._told(error, what, authors)
            if not (again and isinstance(told, ConnectionLostError)):
                raise told from None
        self._ready()
        return self._try(act, authors, what=what)

    def _told(self, error: Exception, what: str, authors: Sequence[str] = ()) -> CorpusError:
        kind = what_failed(error, self._connection)
        if kind == "lost":
            return ConnectionLostError(f"{self.where}: the connection was lost: {in_a_line(error)}")
        if kind == "busy":
            return BusyError(
                f"{self.where}: not saved: another program is writing to it; wait for it and try again"
            )
        if kind == "denied" and authors:
            names = ", ".join(authors)
            return CorpusError(
                f"{self.where}: not saved: the login {self.login} may not write as {names}; who may, says "
                f"the journal's owner: hashiya journal init CORPUS --annotator {authors[0]}={self.login}"
            )
        return CorpusError(f"{self.where}: {what}: {in_a_line(error)}")

    def _ready(self) -> None:
        """Have a session, a new one where the one before is gone; it is tried once, then on `reconnect`."""
        if self._gone:
            raise ConnectionLostError(self._gone)
        if not self.connected:
            self.reconnect()

    def _renew(self) -> None:
        before = self._connection
        try:
            connection = connect(self.address, patience=self._patience)
        except MissingExtraError:
            raise
        except CorpusError as error:
            raise ConnectionLostError(f"the connection was lost: {error}") from None
        before.close()
        self._connection, self._replica, self._is_inside, self._gone = connection, None, False, ""
        self._texts.clear()
        with suppress(_database_error()):
            # What the session before had begun holds its locks until the server sees that it is gone.
            connection.execute(_END_SESSION, self._session)
            self._session = _session(connection)
        with suppress(CorpusError):
            self._tell_who()
            self._moved = self._see_format("") != self._locks or bool(
                self._known and not self.holds(self._known)
            )


def _session(connection: Connection[Any]) -> tuple[Any, ...]:
    """The process of a session at the server, and since when."""
    return connection.execute(_SESSION).fetchone() or (0, None)


def _database_error() -> type[Exception]:
    import psycopg

    return psycopg.Error
