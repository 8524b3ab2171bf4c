"""The journal of a damaged corpus: every event, text and replica that is whole, in a new journal.

SQLite is asked first, and where it finds damage the pages are read without it. What is taken is known to be
whole by its checksum or hash, wherever it was found. Of what is lost the indexes may still tell whose it was.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from hashiya.corpus.backup.database_pages import page_records
from hashiya.corpus.journal.event import EVENT_COLUMNS, SAYS, SHARED, Event
from hashiya.corpus.journal.interchange import ReplicaLink
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.place import JOURNAL
from hashiya.corpus.journal.rescue import journal_of
from hashiya.corpus.journal.sqlite.anchor import read_anchor
from hashiya.corpus.journal.sqlite.database import SqliteDatabase
from hashiya.corpus.journal.sqlite.locked_files import copy_locked
from hashiya.corpus.journal.sqlite.tables import DATABASE_ERRORS, show_as_second_format
from hashiya.corpus.journal.sqlite.write_ahead_log import is_stale, log_path
from hashiya.corpus.journal.streams.payload import payload_of
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.errors import LabelError, Problem, ReportProblem

_NAMES = EVENT_COLUMNS.split(", ")
_COLUMNS = len(_NAMES)
# The columns of an event in its table, after the position, of format 2 and of format 1.
_SECOND = ("event_id", "v", "stream", "subject", "author", "parents", "replica", "seq", "prev", "kind",
           "created_at", "checksum", "body")  # fmt: skip
_FIRST = ("event_id", "subject", "author", "parents", "replica", "seq", "kind", "body", "created_at",
          "checksum")  # fmt: skip
_TABLES = {len(names): names for names in (_SECOND, _FIRST)}
_FIRST_HAS: dict[str, object] = {"v": 1, "stream": "label", "prev": ""}
_INDEXES = {
    "event_id": ("event_id",),
    "event_subject": ("stream", "subject", "author"),
    "event_replica": ("replica", "seq"),
}
_SHOWN = 20
"""Lost events that are told one by one."""
_FAR = 1000


@dataclass(slots=True)
class _Found:
    """What was read of a journal. Events and texts are kept in a database on the disk.

    `held` are the positions of events that are whole, `damaged` the others; `known` is what indexes know of
    events that were not met, `lost_texts` are the hashes of texts that are damaged.
    """

    staged: sqlite3.Connection
    replicas: dict[ReplicaLink, None] = field(default_factory=dict[ReplicaLink, None])
    held: set[int] = field(default_factory=set[int])
    damaged: dict[int, Event] = field(default_factory=dict[int, Event])
    known: dict[int, dict[str, object]] = field(default_factory=dict[int, dict[str, object]])
    lost_texts: set[str] = field(default_factory=set[str])

    def take(self, position: int, event: Event) -> None:
        """Keep an event that is whole, and remember one that is not."""
        if not event.intact:
            self.damaged.setdefault(position, event)
            return
        self.held.add(position)
        self.staged.execute(
            f"INSERT OR IGNORE INTO found VALUES (?{', ?' * _COLUMNS})",  # noqa: S608 - question marks only
            [position, *event.row()],
        )

    def take_text(self, digest: object, text: str) -> None:
        """Keep a text whose hash is right, and remember one whose hash is not."""
        if text_hash(text) == digest:
            self.staged.execute("INSERT OR IGNORE INTO text VALUES (?, ?)", (digest, text))
        else:
            self.lost_texts.add(str(digest))

    def know(self, position: object, **values: object) -> None:
        """Remember what an index says of an event that was not met."""
        if isinstance(position, int) and position not in self.held:
            known = self.known.setdefault(position, {})
            known.update({name: value for name, value in values.items() if name not in known})


def repair_journal(folder: Path, out: Path, report: ReportProblem) -> int:
    """Save the journal of a folder in another one, and return its number of events; what is lost is told."""
    path = folder / JOURNAL
    with tempfile.TemporaryDirectory(dir=out, prefix=".") as work:
        staged = sqlite3.connect(Path(work) / "staged", isolation_level=None)
        with closing(staged):
            staged.execute("PRAGMA synchronous = OFF")
            staged.execute("BEGIN")
            staged.execute(f"CREATE TABLE found (position, {', '.join(_NAMES)}, UNIQUE (checksum))")
            staged.execute("CREATE TABLE text (hash PRIMARY KEY, text)")
            found = _Found(staged)
            try:
                _read(path, Path(work), found, report)
            except OSError as error:
                report(Problem(JOURNAL, f"nothing of it can be read: {error.strerror or error}"))
            with journal_of(out / JOURNAL, _items(found, report)) as journal:
                count = journal.database.count()
    for beside in ("-wal", "-shm"):
        (out / f"{JOURNAL}{beside}").unlink(missing_ok=True)
    return count


def _read(path: Path, work: Path, found: _Found, report: ReportProblem) -> None:
    """Read everything there is, and tell what is lost. `OSError` where there is no file."""
    anchor = read_anchor(path)
    log: Path | None = log_path(path) if log_path(path).exists() else None
    if log is not None and is_stale(path):
        report(Problem(log.name, "was written for another file, and was not read; see docs/backup.md"))
        log = None
    saved = 0 if anchor is None else anchor.events
    # SQLite opens copies: it would write to what is beside the file.
    copy = work / path.name
    copy_locked(path, copy)
    if log is not None:
        copy_locked(log, log_path(copy))
    with suppress(*DATABASE_ERRORS), closing(sqlite3.connect(copy)) as db:
        db.text_factory = lambda raw: raw.decode(errors="replace")
        if _read_tables(db, found) and not found.damaged and len(found.held) >= saved:
            return
        _read_indexes(db, found)
    for record in page_records(path, log):
        if record.row is None:
            _take_index_record(record.values, found)
        else:
            _take_row(record.row, record.values, found)
    report(Problem(JOURNAL, "it is damaged: what is whole was read page by page", left_out=False))
    _tell_lost(found, saved, report)


def _read_tables(db: sqlite3.Connection, found: _Found) -> bool:
    """Read the tables through SQLite; return whether it finds nothing wrong."""
    try:
        if db.execute("SELECT value FROM main.meta WHERE key = 'format'").fetchone() == ("1",):
            show_as_second_format(db)
        for row in db.execute("SELECT DISTINCT replica, follows, follows_seq FROM replica ORDER BY replica"):
            found.replicas[ReplicaLink(*row)] = None
        for digest, text in db.execute("SELECT hash, text FROM text"):
            found.take_text(digest, str(text))
        for position, *row in db.execute(f"SELECT position, {EVENT_COLUMNS} FROM event ORDER BY position"):  # noqa: S608
            found.take(position, Event.from_row(row))
        whole = db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    except DATABASE_ERRORS:
        return False
    return whole and not found.lost_texts


def _read_indexes(db: sqlite3.Connection, found: _Found) -> None:
    """Read what the indexes know of events that were not met."""
    for index, names in _INDEXES.items():
        with suppress(*DATABASE_ERRORS):
            query = f"SELECT position, {', '.join(names)} FROM event INDEXED BY {index}"  # noqa: S608
            for position, *values in db.execute(query):
                found.know(position, **dict(zip(names, values, strict=True)))


def _take_index_record(values: tuple[object, ...], found: _Found) -> None:
    """Take a text, which lies in an index, or what an index knows of an event."""
    match values:
        case (str() as digest, str() as text):
            found.take_text(digest, text)
        case (str() as event_id, int() as position):
            found.know(position, event_id=event_id)
        case (str() as stream, str() as subject, str() as author, int() as position):
            found.know(position, stream=stream, subject=subject, author=author)
        case _:
            pass


def _take_row(row: int, values: tuple[object, ...], found: _Found) -> None:
    """Take an event or a replica from a row of a table; others say nothing."""
    match values:
        case ("replica", str() as replica):  # in the table `meta` of format 1
            found.replicas[ReplicaLink(replica, None, None)] = None
        case (None, str() as replica, str() | None as follows, int() | None as until, _, _):
            found.replicas[ReplicaLink(replica, follows, until)] = None
        case (None, *rest) if len(rest) in _TABLES:
            fields = {"v": 1, "stream": "label", "prev": ""} | dict(
                zip(_TABLES[len(rest)], rest, strict=True)
            )
            found.take(row, Event.from_row([fields[name] for name in _NAMES]))
        case _:
            pass


def _tell_lost(found: _Found, saved: int, report: ReportProblem) -> None:
    """Tell of every event and text that was there and is not saved, with what is known of it."""
    chained: set[str] = set()
    for row in found.staged.execute("SELECT prev, checksum FROM found"):
        chained.update(row)
    for position in sorted(found.damaged.keys() - found.held):
        event = found.damaged[position]
        why = "its checksum does not match"
        if event.v != 1 and not {event.checksum, event.prev} & chained:
            why += " and no other event knows it: it may not have been written by hashiya"
        report(Problem(JOURNAL, f"{_name(event)}: {why}; left out"))
    met = found.held | found.damaged.keys()
    # A position that is far beyond all others is damaged itself.
    far = 2 * max(len(met), saved) + _FAR
    last = max(saved, *(position for position in met | found.known.keys() if position <= far), 0)
    lost = [position for position in range(1, last + 1) if position not in met]
    for position in lost[:_SHOWN]:
        said = ", ".join(f"{name} {value}" for name, value in sorted(found.known.get(position, {}).items()))
        what = f"event number {position} ({said or 'nothing is known of it'}): cannot be read; left out"
        report(Problem(JOURNAL, what))
    if len(lost) > _SHOWN:
        what = f"{len(lost) - _SHOWN} more events, up to number {lost[-1]}, cannot be read; left out"
        report(Problem(JOURNAL, what))
    for (digest,) in found.staged.execute("SELECT hash FROM text"):
        found.lost_texts.discard(digest)
    for digest in sorted(found.lost_texts):
        report(Problem(JOURNAL, f"kept text {digest}: its hash does not match; left out"))


def _name(event: Event) -> str:
    return f"event {event.event_id} ({event.kind} of {event.author} on {event.subject})"


def _items(found: _Found, report: ReportProblem) -> Iterator[Event | ReplicaLink | str]:
    """Yield what goes into the new journal."""
    yield from found.replicas
    yield from (row[0] for row in found.staged.execute("SELECT text FROM text ORDER BY hash"))
    linked = {link.replica for link in found.replicas}
    rows = found.staged.execute(f"SELECT {EVENT_COLUMNS} FROM found ORDER BY position, rowid")  # noqa: S608
    unlinked: set[str] = set()
    with Journal(SqliteDatabase.in_memory()) as reader:
        for event in map(Event.from_row, rows):
            if event.known and (event.stream in SHARED or (event.stream == "label" and event.kind in SAYS)):
                try:
                    payload_of(event) if event.stream in SHARED else reader.state(event)
                except LabelError as error:
                    report(Problem(JOURNAL, f"{_name(event)}: {error}; left out"))
                    continue
            if event.replica not in linked:
                unlinked.add(event.replica)
            yield event
    for replica in sorted(unlinked):
        what = f"replica {replica}: what it follows cannot be read; pseudonyms of a release may differ"
        report(Problem(JOURNAL, what, left_out=False))
