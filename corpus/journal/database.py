"""The SQLite file of a journal: made whole, opened, queried, and written to in transactions."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from hashiya.corpus.files.atomic import replacing_file
from hashiya.corpus.journal.tables import JOURNAL_FORMAT, make_tables
from hashiya.schema.errors import BusyError, CorpusError

Parameters = Sequence[object] | Mapping[str, object]


class JournalDatabase:
    """An open file; events first written to it carry its name, `replica`."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self.replica: str = self.one("SELECT value FROM meta WHERE key = 'replica'")

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
    def open(cls, path: Path, *, write: bool = True, patience: float = 30) -> Self:
        """Open a file; `CorpusError` when it is missing, damaged or of an unknown version.

        With `write` false nothing is written, also on a file system that cannot be written to. `patience`
        is how many seconds to wait for another process that is writing.
        """
        if not path.is_file() or not path.stat().st_size:
            raise CorpusError(
                f"{path}: the journal, which holds all labels, is missing; restore it from a copy "
                "(if nobody has labelled yet, delete the corpus folder and build it again)"
            )
        if write:
            return cls._connect(path, str(path), patience=patience)
        log = path.with_name(path.name + "-wal")
        name = quote(str(path.absolute()))
        try:
            return cls._connect(path, f"file:{name}?mode=ro")
        except CorpusError:
            if log.exists() and log.stat().st_size:
                raise
            # Without a write-ahead log the file is whole by itself, and needs no lock to be read.
            return cls._connect(path, f"file:{name}?immutable=1")

    @classmethod
    def _connect(cls, path: Path, target: str, *, make: bool = False, patience: float = 30) -> Self:
        try:
            db = sqlite3.connect(
                target, timeout=patience, isolation_level=None, uri=target.startswith("file:")
            )
        except sqlite3.Error as error:
            raise CorpusError(f"{path}: the journal cannot be opened: {error}") from None
        # A damaged byte shows as a checksum that does not match, not as an error of the decoder.
        db.text_factory = lambda raw: raw.decode(errors="replace")
        try:
            if not target.startswith("file:"):
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = FULL")
            if make:
                db.execute("BEGIN IMMEDIATE")
                make_tables(db)
                db.execute("COMMIT")
            (version,) = db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
            if version == str(JOURNAL_FORMAT):
                return cls(path, db)
        except (sqlite3.Error, TypeError, UnicodeError) as error:
            db.close()
            raise CorpusError(unreadable(path, error)) from None
        db.close()
        raise CorpusError(
            f"{path}: the journal has format {version}, this version reads {JOURNAL_FORMAT}: "
            "install the hashiya that wrote it"
        )

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def ask(self, query: str, values: Parameters = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query; `CorpusError` when the file is damaged."""
        try:
            yield from self._connection.execute(query, values)
        except (sqlite3.Error, UnicodeError) as error:
            raise CorpusError(unreadable(self.path, error)) from None

    def one(self, query: str, values: Parameters = ()) -> Any:
        """Return the one value that a query asks for."""
        return self._connection.execute(query, values).fetchone()[0]

    def insert(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Insert rows, inside of `transaction`."""
        self._connection.executemany(statement, rows)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Hold the file for writing: what the block inserts is on the disk at its end, or none of it is.

        `BusyError` after the patience that the file was opened with, `CorpusError` if nothing can be saved.
        """
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # SQLite ends some failed ones by itself
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            if _is_busy(error):
                raise BusyError(
                    f"{self.path}: not saved: another program is writing to it; wait for it and try again"
                ) from None
            raise CorpusError(f"{self.path}: not saved: {error}") from None


def _is_busy(error: sqlite3.Error) -> bool:
    # The low byte is the kind of error; what is above it says more of it.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def unreadable(path: Path, error: Exception, where: str = "") -> str:
    """Return what to say of a file, or of what is `where` in it, that cannot be read."""
    what = f"{where} cannot be read" if where else "the journal cannot be read"
    return f"{path}: {what} ({error}); nothing in it was changed; if it is damaged, restore it from a copy"
