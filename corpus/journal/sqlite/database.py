"""The SQLite file of a journal: made whole, opened, queried, and written to in transactions.

Before every save it is seen that the open file is the one at the path, and after it the anchor follows.
"""

from __future__ import annotations

import sqlite3
import stat
import time
from collections import Counter
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Self
from urllib.parse import quote

from hashiya.corpus.files.atomic import replacing_file
from hashiya.corpus.journal.database import (
    JOURNAL_FORMAT,
    JournalDatabase,
    KeySubjects,
    Parameters,
    Row,
)
from hashiya.corpus.journal.event import EVENT_COLUMNS, Event
from hashiya.corpus.journal.replicas import lineage
from hashiya.corpus.journal.sqlite.anchor import (
    FileState,
    JournalAnchor,
    LostEvents,
    advanced,
    file_state,
    lost_events,
    read_anchor,
    write_anchor,
)
from hashiya.corpus.journal.sqlite.first_format import copy_first_format
from hashiya.corpus.journal.sqlite.locked_files import lock_begins, lock_ends
from hashiya.corpus.journal.sqlite.sql import SEALED, SQLITE_SQL
from hashiya.corpus.journal.sqlite.tables import (
    DATABASE_ERRORS,
    FIRST_FORMAT,
    make_tables,
    show_as_second_format,
)
from hashiya.corpus.journal.sqlite.write_ahead_log import (
    detach,
    is_stale,
    log_path,
    log_state,
    mixes,
    set_aside,
)
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.codec import dump
from hashiya.schema.errors import BusyError, CorpusError, JournalMovedError

_MARKS = ", ".join("?" * len(EVENT_COLUMNS.split(", ")))
_INSERT = f"INSERT INTO event ({EVENT_COLUMNS}) VALUES ({_MARKS})"  # noqa: S608 - column names only
_OWN_REPLICA = """
SELECT replica, device, inode FROM replica WHERE device IS NOT NULL ORDER BY number DESC LIMIT 1
"""
_MEMORY = Path(":memory:")
_LOOKS = 3
_BETWEEN_LOOKS = 0.1
"""Seconds that another process has to write a page back and to say so."""
_NOWHERE: FileState = (0, 0, 0, 0)


class SqliteDatabase(JournalDatabase):
    """An open file. `format` is that of the file; one of the first format is only read."""

    def __init__(self, path: Path, connection: sqlite3.Connection, journal_format: int) -> None:
        lock_begins(self)
        self._path = path
        self.format = journal_format
        self.sql = SQLITE_SQL
        if journal_format == FIRST_FORMAT:  # its events are read through a view, which has no indexes
            self.sql = replace(SQLITE_SQL, every_event="event")
        self._connection = connection
        self._file = _NOWHERE if path == _MEMORY else file_state(path)
        self._log = log_state(path)
        self._log_inode = _inode(log_path(path))
        self._last = self.end()
        self._lost: tuple[LostEvents, ...] | None = None
        self._saved = Counter[str]()

    @classmethod
    def create(cls, path: Path) -> None:
        """Make an empty file, whole or not at all, where there is none."""
        if not path.exists():
            with replacing_file(path) as draft:
                cls._connect(draft, str(draft), make=True).close()
                # Whoever may write to the folder may write to the journal. SQLite gives its -wal and -shm
                # files the same permissions, whatever the umask of the account that makes them.
                draft.chmod(stat.S_IMODE(path.parent.stat().st_mode) & 0o666 | 0o600)

    @classmethod
    def in_memory(cls) -> Self:
        """Return an empty journal in memory, which is gone when it is closed."""
        return cls._connect(_MEMORY, str(_MEMORY), make=True)

    @classmethod
    def open(cls, path: Path, *, write: bool = True, patience: float = 30) -> Self:
        """Open a file; `CorpusError` when it is missing, damaged or of an unknown version.

        With `write` false nothing is written, also on a file system that cannot be written to. `patience`
        is how many seconds to wait for another process that is writing. A write-ahead log that is of another
        file is not read, and with `write` set aside.
        """
        try:
            if not path.is_file() or not path.stat().st_size:
                raise CorpusError(
                    f"{path}: the journal, which holds all labels, is missing; restore it from a copy "
                    "(if nobody has labelled yet, delete the corpus folder and build it again)"
                )
            stale = is_stale(path)
        except OSError as error:
            raise CorpusError(f"{path}: the journal cannot be opened: {error.strerror or error}") from None
        if write:
            return cls._connect(path, str(path), patience=patience, aside=set_aside(path) if stale else None)
        name = quote(str(path.absolute()))
        try:
            if not stale:
                return cls._connect(path, f"file:{name}?mode=ro")
        except CorpusError:
            log = log_path(path)
            if log.exists() and log.stat().st_size:
                raise
        # Without a write-ahead log the file is whole by itself, and needs no lock to be read.
        return cls._connect(path, f"file:{name}?immutable=1")

    @classmethod
    def _connect(
        cls, path: Path, target: str, *, make: bool = False, patience: float = 30, aside: str | None = None
    ) -> Self:
        try:
            db = sqlite3.connect(
                target, timeout=patience, isolation_level=None, uri=target.startswith("file:")
            )
        except DATABASE_ERRORS as error:
            raise CorpusError(f"{path}: the journal cannot be opened: {error}") from None
        # A damaged byte shows as a checksum that does not match, not as an error of the decoder.
        db.text_factory = partial(bytes.decode, errors="replace")
        try:
            if not target.startswith("file:"):
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = FULL")
            if make:
                db.execute("BEGIN IMMEDIATE")
                make_tables(db)
                db.execute("COMMIT")
            (version,) = db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
            if version == str(FIRST_FORMAT):
                show_as_second_format(db)
            if version in {str(FIRST_FORMAT), str(JOURNAL_FORMAT)}:
                opened = cls(path, db, int(version))
                if aside is not None:
                    opened._remember_stale_log(aside)
                return opened
        except (*DATABASE_ERRORS, TypeError, OSError) as error:
            db.close()
            raise CorpusError(unreadable(path, error)) from None
        db.close()
        raise CorpusError(
            f"{path}: the journal has format {version}, this version reads {JOURNAL_FORMAT}: "
            "install the hashiya that wrote it"
        )

    @property
    def where(self) -> str:
        """Where the file is."""
        return str(self.path)

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._path

    @property
    def identity(self) -> tuple[int, int]:
        """The device and the inode of the file that was opened."""
        return self._file[:2]

    @property
    def lost(self) -> tuple[LostEvents, ...]:
        """What was found missing when the transaction that is open began."""
        return self._lost or ()

    def close(self) -> None:
        """Close the file, which then holds what was in its log: whoever copies it by hand has all of it."""
        # SQLite does so when the last connection ends, unless that one only reads.
        with suppress(*DATABASE_ERRORS):
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        self._connection.close()
        lock_ends(self)

    def ask(self, query: str, values: Parameters = ()) -> Iterator[Row]:
        """Yield the rows of a query; `CorpusError` when the file is damaged."""
        try:
            # Not `yield from`, which would close the cursor, perhaps after the connection.
            for row in self._connection.execute(query, values):  # noqa: UP028
                yield row
        except DATABASE_ERRORS as error:
            raise CorpusError(unreadable(self.path, error)) from None

    def ask_at_length(self, query: str, values: Parameters = ()) -> Iterator[Row]:
        """Yield the rows of a query; SQLite reads them one by one."""
        return self.ask(query, values)

    def insert(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Insert rows, inside of `transaction`."""
        self._connection.executemany(statement, rows)

    def append(self, events: Iterable[Event]) -> None:
        """Append events, inside of `transaction`."""
        for event in events:
            self._connection.execute(_INSERT, event.row())
            self._saved[event.author] += 1

    def keep_texts(self, texts: Iterable[str]) -> None:
        """Keep document texts that are not kept yet, by their hashes, inside of `transaction`."""
        self.insert("INSERT OR IGNORE INTO text VALUES (?, ?)", ((text_hash(text), text) for text in texts))

    def kept_texts(self, digest: str | None = None) -> Iterator[tuple[str, str]]:
        """Yield hashes and the texts that are kept under them, by hash; or what is kept under one."""
        where, values = ("", ()) if digest is None else ("WHERE hash = ?", (digest,))
        rows = self.ask(f"SELECT hash, text FROM text {where} ORDER BY hash", values)  # noqa: S608
        return ((str(name), str(text)) for name, text in rows)

    @contextmanager
    def transaction(self, subjects: KeySubjects | None = None) -> Generator[None]:  # noqa: ARG002 - held whole
        """Hold the file for writing: what the block appends is on the disk at its end, or none of it is.

        `BusyError` after the patience that the file was opened with, `JournalMovedError` if the file at the
        path is another one now, `CorpusError` if nothing can be saved.
        """
        self._saved, self._lost = Counter(), None
        self._see_that_it_is_there()
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self.see_that_it_is_the_same()
                self._see_what_was_lost()
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # SQLite ends some failed ones by itself
                    self._connection.execute("ROLLBACK")
                raise
        except DATABASE_ERRORS as error:
            if _is_busy(error):
                raise BusyError(
                    f"{self.path}: not saved: another program is writing to it; wait for it and try again"
                ) from None
            raise CorpusError(f"{self.path}: not saved: {error}") from None
        self._note_saved()

    def make_current(self) -> None:
        """Copy a file of the first format into one of the present format, which takes its place."""
        if self.format == JOURNAL_FORMAT:
            return
        self._see_that_it_is_there(or_newer=True)
        if self.identity == file_state(self.path)[:2]:
            try:
                copy_first_format(self.path, self._connection)
            except DATABASE_ERRORS as error:
                if _is_busy(error):
                    raise BusyError(
                        f"{self.path}: not saved: the journal has format {self.format} and is to be copied "
                        f"into format {JOURNAL_FORMAT}, but another program has it open; close that once"
                    ) from None
                raise CorpusError(f"{self.path}: not saved: {error}") from None
            except OSError as error:
                raise CorpusError(f"{self.path}: not saved: {error.strerror or error}") from None
        self._connection.close()
        opened = self._connect(self.path, str(self.path))
        self.__dict__.update(opened.__dict__)

    def copy_to(self, path: Path) -> None:
        """Write what the file holds now, with its log, to a new file; others may go on writing to it.

        `CorpusError` where it cannot be read or written.
        """
        try:
            with closing(sqlite3.connect(path)) as copy:
                self._connection.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
        except DATABASE_ERRORS as error:
            raise CorpusError(unreadable(self.path, error)) from None

    def anchor(self) -> JournalAnchor | None:
        """Return the anchor of the file."""
        return None if self.path == _MEMORY else read_anchor(self.path)

    def detach(self) -> str | None:
        """Let go of the path, which has another file now; return the name of this file's log, set aside."""
        with suppress(OSError):
            return detach(self.path, self.identity, self._log_inode)
        return None

    def current_replica(self) -> str | None:
        """Return the replica that the open file is; `None` for a copy, or where its end was lost."""
        own = self.first(_OWN_REPLICA)
        is_same = own is not None and tuple(own[1:]) == self.identity and not self.lost
        return str(own[0]) if own is not None and is_same else None

    def replica_before(self) -> str | None:
        """Return the replica that this file was, or that of the file which it is a copy of."""
        own = self.first(_OWN_REPLICA)
        return self.latest_replica() if own is None else str(own[0])

    def begin_replica(self, name: str, follows: str | None, follows_seq: int | None) -> None:
        """Begin a replica, inside of `transaction`."""
        self.insert(
            "INSERT INTO replica (replica, follows, follows_seq, device, inode) VALUES (?, ?, ?, ?, ?)",
            [(name, follows, follows_seq, *self.identity)],
        )

    def changes(self, author: str, stream: str) -> Iterator[tuple[str, str]]:
        """Yield pair and kind of what an author did in this file, and those that it goes on from."""
        return lineage(self, self.replica_before(), author, stream)

    def sealed(self, stream: str, subjects: Collection[str]) -> list[Row]:
        """Return what is sealed in the events of some subjects; the head as SQLite writes it."""
        values = {"stream": stream, "subjects": dump(list(subjects))}
        try:
            return list(self.ask(SEALED, values))
        except CorpusError:  # damage that SQLite cannot write as JSON: then each event is asked by itself
            query = f"SELECT position, subject, author, checksum, NULL, NULL FROM {self.sql.among}"  # noqa: S608
            return list(self.ask(f"{query} ORDER BY subject, author", values))

    def file_faults(self) -> Iterator[str]:
        """Yield what SQLite finds wrong with the file."""
        for (line,) in self.ask("PRAGMA integrity_check"):
            if line != "ok":
                yield f"SQLite says: {line}"

    def lost_events(self) -> tuple[LostEvents, ...]:
        """Return the events that the file held once, by its anchor, and does not hold now."""
        anchor = self.anchor()
        return () if anchor is None else lost_events(anchor, self)

    def is_last_known(self, checksum: str) -> bool:
        """Return whether the anchor knows an event of this checksum as the last."""
        anchor = self.anchor()
        return anchor is not None and anchor.checksum == checksum

    def _see_that_it_is_there(self, *, or_newer: bool = False) -> None:
        if self.path == _MEMORY:
            return
        try:
            here = file_state(self.path)
        except OSError:
            raise JournalMovedError(
                f"{self.path}: not saved: the journal is gone from there (moved or deleted?)"
            ) from None
        if here[:2] != self.identity and not or_newer:
            raise JournalMovedError(
                f"{self.path}: not saved: another file was put in the place of the journal"
            )

    def see_that_it_is_the_same(self) -> None:
        """Raise `JournalMovedError` if the file at the path is another one now, or an earlier state of it."""
        self._see_that_it_is_there()
        if self.path == _MEMORY:
            return
        here, log = file_state(self.path), log_state(self.path)
        position, checksum = self._last
        # Only what writes the log back changes the file, unless it is something else than SQLite; while
        # another process does that, the one may be seen before the other.
        changed = here != self._file and log == self._log
        gone = position and self.checksum_at(position) != checksum
        if gone or (changed and all(self._is_torn() for _ in range(_LOOKS))):
            raise JournalMovedError(
                f"{self.path}: not saved: an earlier state of the journal was put in its place"
            )
        self._file, self._log = here, log

    def _is_torn(self) -> bool:
        time.sleep(_BETWEEN_LOOKS)
        try:
            before = file_state(self.path), log_state(self.path)
            torn = mixes(self.path, self._last)
            # What changes while it is copied is being written to, and its copy says nothing.
            return torn and before == (file_state(self.path), log_state(self.path))
        except OSError:
            return True

    def _see_what_was_lost(self) -> None:
        anchor = self.anchor()
        if anchor is not None and anchor.events and self.checksum_at(anchor.events) != anchor.checksum:
            self._lost = lost_events(anchor, self)

    def _note_saved(self) -> None:
        self._last = self.end()
        if self.path == _MEMORY or not self._saved:
            return
        self._file, self._log = file_state(self.path), log_state(self.path)
        self._log_inode = _inode(log_path(self.path))
        write_anchor(
            self.path,
            lambda before: advanced(
                before, self, last=self._last, saved=self._saved, file=self._file, lost=self._lost
            ),
        )
        self._lost = None

    def _remember_stale_log(self, name: str) -> None:
        """Have the anchor tell of the events that were in a log that was of another file."""

        def told(before: JournalAnchor | None) -> JournalAnchor:
            known = () if before is None else before.lost
            lost = () if before is None else lost_events(before, self)
            named = tuple(item if item in known else replace(item, set_aside=name) for item in lost)
            return advanced(None, self, last=self._last, saved={}, file=self._file, lost=named)

        write_anchor(self.path, told)


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except OSError:
        return None


def _is_busy(error: Exception) -> bool:
    # The low byte is the kind of error; what is above it says more of it.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def unreadable(path: Path, error: Exception, where: str = "") -> str:
    """Return what to say of a file, or of what is `where` in it, that cannot be read."""
    what = f"{where} cannot be read" if where else "the journal cannot be read"
    return f"{path}: {what} ({error}); nothing in it was changed; if it is damaged, restore it from a copy"
