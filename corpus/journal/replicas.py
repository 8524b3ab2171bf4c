"""The replica that a journal's file is: the name under which the events that it is first to hold are counted.

A copy of a file is another replica, and so is a file whose end was lost: otherwise two events would have one
number. Each names the replica that it follows. Within one, `seq` counts up and `prev` chains the events.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from hashiya.corpus.journal.event import Event
from hashiya.corpus.journal.sqlite.database import SqliteDatabase


@dataclass(frozen=True, slots=True)
class ReplicaEnd:
    """A replica, the number of its last event and that one's checksum: 0 and "" where it has none."""

    replica: str
    seq: int
    checksum: str

    def append(self, event: Event) -> tuple[Event, ReplicaEnd]:
        """Return an event as the next of the replica, and the end after it."""
        made = replace(event, replica=self.replica, seq=self.seq + 1, prev=self.checksum).sealed()
        return made, ReplicaEnd(self.replica, made.seq, made.checksum)


def writing_replica(database: SqliteDatabase) -> ReplicaEnd:
    """Return the end of the replica that the open file is; inside of a transaction, for one may be begun."""
    own = next(
        database.ask(
            "SELECT replica, device, inode FROM replica WHERE device IS NOT NULL ORDER BY number DESC LIMIT 1"
        ),
        None,
    )
    here = database.identity
    if own is not None and tuple(own[1:]) == here and not database.lost:
        return _end(database, own[0])
    follows = own[0] if own is not None else _latest(database)
    name = secrets.token_hex(8)
    before = None if follows is None else _end(database, follows)
    database.insert(
        "INSERT INTO replica (replica, follows, follows_seq, device, inode) VALUES (?, ?, ?, ?, ?)",
        [(name, follows, before.seq if before else None, *here)],
    )
    return ReplicaEnd(name, 0, before.checksum if before else "")


def roots(database: SqliteDatabase) -> list[str]:
    """Return the replicas that follow none and have events, sorted: one for every journal begun by itself."""
    query = (
        "SELECT DISTINCT replica FROM replica WHERE follows IS NULL "
        "AND EXISTS (SELECT 1 FROM event WHERE event.replica = replica.replica)"
    )
    return sorted(row[0] for row in database.ask(query))


def lineage(database: SqliteDatabase) -> list[tuple[str, int | None]]:
    """Return the replicas that the open file continues, the latest first, and how far each counts.

    The number is that of the last event that counts; `None` is all of them.
    """
    rows = {row[0]: row[1:] for row in database.ask("SELECT replica, follows, follows_seq FROM replica")}
    own = next(
        database.ask("SELECT replica FROM replica WHERE device IS NOT NULL ORDER BY number DESC LIMIT 1"),
        None,
    )
    name = own[0] if own is not None else _latest(database)
    line: list[tuple[str, int | None]] = []
    until: int | None = None
    while name is not None and name not in {known for known, _ in line}:
        line.append((name, until))
        name, until = rows.get(name, (None, None))
    return line


def _latest(database: SqliteDatabase) -> str | None:
    """The replica of the last event: what a file goes on from that was copied event for event."""
    row = next(database.ask("SELECT replica FROM event ORDER BY position DESC LIMIT 1"), None)
    return None if row is None else str(row[0])


def _end(database: SqliteDatabase, name: str) -> ReplicaEnd:
    row = next(
        database.ask("SELECT seq, checksum FROM event WHERE replica = ? ORDER BY seq DESC LIMIT 1", (name,)),
        None,
    )
    if row is not None:
        return ReplicaEnd(name, int(row[0]), str(row[1]))
    before = next(database.ask("SELECT follows, follows_seq FROM replica WHERE replica = ?", (name,)), None)
    if before is None or before[0] is None:
        return ReplicaEnd(name, 0, "")
    last = next(
        database.ask("SELECT checksum FROM event WHERE replica = ? AND seq = ?", (before[0], before[1])), None
    )
    return ReplicaEnd(name, 0, str(last[0]) if last else "")
