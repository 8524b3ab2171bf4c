"""The write-ahead log beside a journal's file, and what is done with one that is of another file.

SQLite replays a log that it finds beside a file, whichever file it was written for: beside a copy from a
backup it would mix the two. A log in doubt is tried on copies of both, and set aside if they do not belong
together; nothing of it is lost.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from hashiya.corpus.files.atomic import replacing_file
from hashiya.corpus.journal.event import EVENT_COLUMNS, Event
from hashiya.corpus.journal.sqlite.anchor import file_state, read_anchor
from hashiya.corpus.journal.sqlite.locked_files import copy_locked, read_start
from hashiya.corpus.journal.sqlite.tables import DATABASE_ERRORS

_TRIES = 5
_INDEX_HEADER = 100
"""Bytes of the log's index that count transactions, frames and those written back (SQLite's WAL format)."""


def log_path(journal: Path) -> Path:
    """Return where SQLite keeps the write-ahead log of a file."""
    return journal.with_name(journal.name + "-wal")


def is_stale(journal: Path) -> bool:
    """Return whether the log beside a file was written for another one. `OSError` if it cannot be tried.

    A file that another process writes to meanwhile has its own log.
    """
    for _ in range(_TRIES):
        with suppress(FileNotFoundError):  # the other process has just closed the file, and the log with it
            log, anchor = log_path(journal), read_anchor(journal)
            if not log.is_file() or not log.stat().st_size or anchor is None or anchor.file is None:
                return False
            before = (file_state(journal), file_state(log))
            if before[0] == anchor.file or not mixes(journal):
                return False
            if before == (file_state(journal), file_state(log)):
                return True
    return False


def mixes(journal: Path, last: tuple[int, str] = (0, "")) -> bool:
    """Return whether a file and its log do not belong together, tried on copies; errors as `is_stale`.

    Nor do they if `last`, the position and the checksum of an event, is in neither.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / journal.name
        copy_locked(journal, copy)
        alone = _faults(copy)
        copy_locked(journal, copy)
        if log_path(journal).exists():
            copy_locked(log_path(journal), log_path(copy))
        return _faults(copy, last) > alone


def set_aside(journal: Path) -> str | None:
    """Rename the log beside a file, so that SQLite does not see it, and return its new name.

    `None` where there is no log any more.
    """
    log = log_path(journal)
    number = 1
    while (target := log.with_name(f"{log.name}.stale{number}")).exists():
        number += 1
    try:
        log.rename(target)
    except FileNotFoundError:
        return None
    with suppress(FileNotFoundError):
        log.with_name(journal.name + "-shm").unlink()
    return target.name


def detach(journal: Path, opened: tuple[int, int], log_inode: int | None) -> str | None:
    """Part a file at a path from the connection that had opened another one there, or another state of it.

    `opened` is the device and the inode of what was opened, `log_inode` that of its log. When the connection
    is closed, SQLite writes its log into the file that it had opened: if that is the one at the path, it
    becomes a file of its own first. Return the new name of the log, which is set aside.
    """
    name = None
    with suppress(FileNotFoundError):
        if log_path(journal).stat().st_ino == log_inode:
            name = set_aside(journal)
    with suppress(FileNotFoundError):
        if file_state(journal)[:2] == opened:
            with replacing_file(journal) as draft:
                copy_locked(journal, draft)
                shutil.copystat(journal, draft)
    return name


def log_state(journal: Path) -> bytes:
    """Return what changes whenever something is written to the log of a file, or back from it to the file."""
    with suppress(OSError):
        return read_start(journal.with_name(journal.name + "-shm"), _INDEX_HEADER)
    return b""


def _faults(journal: Path, last: tuple[int, str] = (0, "")) -> float:
    """How many faults are in a copy of a journal, with the log beside it; infinite if it cannot be read.

    It is one if the event `last` is not in it.
    """
    try:
        with closing(sqlite3.connect(journal)) as db:
            db.text_factory = lambda raw: raw.decode(errors="replace")
            lines = sum(row != ("ok",) for row in db.execute("PRAGMA integrity_check"))
            rows = db.execute(f"SELECT {EVENT_COLUMNS} FROM event NOT INDEXED")  # noqa: S608 - column names only
            held = db.execute("SELECT checksum FROM event WHERE position = ?", last[:1]).fetchone()
            lines += last[0] > 0 and held != last[1:]
            return float(lines + sum(not event.intact for event in map(Event.from_row, rows)))
    except DATABASE_ERRORS:
        return float("inf")
