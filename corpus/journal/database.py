"""What a journal asks of the database that keeps it: a SQLite file, or tables in PostgreSQL.

Most questions are written once, in the SQL that both understand: `?` and `:name` stand for values, and texts
are compared by their code points. What each says in words of its own is in its `JournalSql`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from hashiya.corpus.journal.event import Event
from hashiya.corpus.journal.sqlite.anchor import LostEvents

JOURNAL_FORMAT = 2
"""The format of journals that this version writes."""

Parameters = Sequence[object] | Mapping[str, object]
Row: TypeAlias = tuple[Any, ...]

KeySubjects = Collection[tuple[str, str]]
"""Streams with the subjects of them that a transaction reads and appends to."""


@dataclass(frozen=True, slots=True)
class JournalSql:
    """What a database says in its own SQL.

    `every_event` is the table as it is read from end to end, `among` the events of `:subjects` (a JSON list)
    of a `:stream`, `with_ids` those of `:ids`. `missing` finds events that follow others which are not there.
    `summaries`, `labelled` and `names` read what the events whose positions are in the temporary table
    `state` say.
    """

    every_event: str
    among: str
    with_ids: str
    at_positions: str
    missing: str
    summaries: str
    labelled: str
    names: str


class JournalDatabase(Protocol):
    """An open database with one journal in it. `format` is the journal's; only the present one is written."""

    format: int
    sql: JournalSql

    @property
    @abstractmethod
    def where(self) -> str:
        """Where it is, as messages name it; never with a password."""

    @property
    @abstractmethod
    def path(self) -> Path:
        """The file that it is; `CorpusError` where it is none."""

    @property
    def connected(self) -> bool:
        """Whether it can be asked, as far as is known: a server may be out of reach."""
        return True

    def reconnect(self) -> None:
        """Try to reach it again, in any thread; `ConnectionLostError` where it is not to be had."""

    def present(self) -> list[str]:
        """Return which annotators have it open now, on whichever machine, where it knows that."""
        return []

    @abstractmethod
    def close(self) -> None:
        """Close it."""

    @abstractmethod
    def ask(self, query: str, values: Parameters = ()) -> Iterator[Row]:
        """Yield the rows of a query; `CorpusError` when it cannot be answered."""

    @abstractmethod
    def ask_at_length(self, query: str, values: Parameters = ()) -> Iterator[Row]:
        """Yield the rows of a query as `ask`, where the answer may be larger than the memory."""

    @abstractmethod
    def insert(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement for each of some rows, inside of `transaction`."""

    @abstractmethod
    def append(self, events: Iterable[Event]) -> None:
        """Append events, inside of `transaction`."""

    @abstractmethod
    def keep_texts(self, texts: Iterable[str]) -> None:
        """Keep document texts that are not kept yet, by their hashes, inside of `transaction`."""

    @abstractmethod
    def kept_texts(self, digest: str | None = None) -> Iterator[tuple[str, str]]:
        """Yield hashes and the texts that are kept under them, by hash; or what is kept under one."""

    @abstractmethod
    def transaction(self, subjects: KeySubjects | None = None) -> AbstractContextManager[None]:
        """Hold the journal for writing: what the block appends is on the disk at its end, or none of it is.

        With `subjects` others may append to other subjects meanwhile, where the database can do that.
        `BusyError` after the patience that it was opened with, `JournalMovedError` if it is another journal
        now, `ConnectionLostError` if nobody knows whether it was saved, `CorpusError` if nothing can be.
        """

    @abstractmethod
    def make_current(self) -> None:
        """Bring a journal of an earlier format to the present one, if it can be written."""

    @abstractmethod
    def current_replica(self) -> str | None:
        """Return the replica that goes on with the next event; `None` where one must begin."""

    @abstractmethod
    def replica_before(self) -> str | None:
        """Return the replica that one which begins now follows; `None` in an empty journal."""

    @abstractmethod
    def begin_replica(self, name: str, follows: str | None, follows_seq: int | None) -> None:
        """Begin a replica, inside of `transaction`."""

    @abstractmethod
    def changes(self, author: str, stream: str) -> Iterator[tuple[str, str]]:
        """Yield pair and kind of what an author did here in a stream of personal heads, last first."""

    @abstractmethod
    def sealed(self, stream: str, subjects: Collection[str]) -> list[Row]:
        """Return position, subject, author, checksum, head and body of the events of some subjects.

        By subject and author. The head and the body, in bytes, are what the checksum seals; the head is null
        where more must be known of the event.
        """

    @abstractmethod
    def copy_to(self, path: Path) -> None:
        """Write what it holds now to a new SQLite file; others may go on writing meanwhile."""

    @abstractmethod
    def see_that_it_is_the_same(self) -> None:
        """Raise `JournalMovedError` if it is another journal now, or an earlier state of it."""

    @abstractmethod
    def detach(self) -> str | None:
        """Let go of what is in its place now; return the name of a log that was set aside."""

    @abstractmethod
    def file_faults(self) -> Iterator[str]:
        """Yield what the database itself finds wrong."""

    @abstractmethod
    def lost_events(self) -> tuple[LostEvents, ...]:
        """Return the events that it is known to have held once and does not hold now."""

    @abstractmethod
    def is_last_known(self, checksum: str) -> bool:
        """Return whether what is remembered beside the journal knows an event of this checksum."""

    def one(self, query: str, values: Parameters = ()) -> Any:
        """Return the one value that a query asks for."""
        return next(self.ask(query, values))[0]

    def first(self, query: str, values: Parameters = ()) -> Row | None:
        """Return the first row of a query; `None` where there is none."""
        return next(self.ask(query, values), None)

    def count(self) -> int:
        """Return how many events there are."""
        return int(self.one("SELECT coalesce(max(position), 0) FROM event"))

    def checksum_at(self, position: int) -> str | None:
        """Return the checksum of the event at a position, counted from 1; `None` where there is none."""
        row = self.first("SELECT checksum FROM event WHERE position = ?", (position,))
        return None if row is None else str(row[0])

    def holds(self, checksum: str) -> bool:
        """Return whether there is an event of this checksum."""
        return self.first("SELECT 1 FROM event WHERE checksum = ? LIMIT 1", (checksum,)) is not None

    def authors(self) -> dict[str, int]:
        """Return how many events are whose."""
        return dict(self.ask("SELECT author, count(*) FROM event GROUP BY author"))

    def end(self) -> tuple[int, str]:
        """Return the position and the checksum of the last event; 0 and "" where there is none."""
        row = self.first("SELECT position, checksum FROM event ORDER BY position DESC LIMIT 1")
        return (0, "") if row is None else (int(row[0]), str(row[1]))

    def latest_replica(self) -> str | None:
        """Return the replica of the last event: what a copy, event for event, goes on from."""
        row = self.first("SELECT replica FROM event ORDER BY position DESC LIMIT 1")
        return None if row is None else str(row[0])
