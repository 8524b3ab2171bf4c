"""The replica that a journal's file, or a session with its server, is: it counts the events that it adds.

A copy of a file is another replica, and so is a file whose end was lost: otherwise two events would have one
number. Each names the replica that it follows. Within one, `seq` counts up and `prev` chains the events.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace

from hashiya.corpus.journal.database import JournalDatabase
from hashiya.corpus.journal.event import Event

_CHANGES = """
SELECT subject, kind FROM event
WHERE replica = ? AND seq <= ? AND author = ? AND stream = ? ORDER BY seq DESC
"""
_ALL = 2**62


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


def writing_replica(database: JournalDatabase) -> ReplicaEnd:
    """Return the end of the replica that goes on; inside of a transaction, for one may be begun."""
    current = database.current_replica()
    if current is not None:
        return _end(database, current)
    follows = database.replica_before()
    name = secrets.token_hex(8)
    before = None if follows is None else _end(database, follows)
    database.begin_replica(name, follows, before.seq if before else None)
    return ReplicaEnd(name, 0, before.checksum if before else "")


def roots(database: JournalDatabase) -> list[str]:
    """Return the replicas that follow none and have events, sorted: one for every journal begun by itself."""
    query = (
        "SELECT DISTINCT replica FROM replica WHERE follows IS NULL "
        "AND EXISTS (SELECT 1 FROM event WHERE event.replica = replica.replica)"
    )
    return sorted(row[0] for row in database.ask(query))


def lineage(
    database: JournalDatabase, name: str | None, author: str, stream: str
) -> Iterator[tuple[str, str]]:
    """Yield pair and kind of what an author did in a replica and those that it continues, last first."""
    rows = {row[0]: row[1:] for row in database.ask("SELECT replica, follows, follows_seq FROM replica")}
    passed: set[str] = set()
    until: int | None = None
    while name is not None and name not in passed:
        passed.add(name)
        yield from database.ask(_CHANGES, (name, _ALL if until is None else until, author, stream))
        name, until = rows.get(name, (None, None))


def _end(database: JournalDatabase, name: str) -> ReplicaEnd:
    row = database.first(
        "SELECT seq, checksum FROM event WHERE replica = ? ORDER BY seq DESC LIMIT 1", (name,)
    )
    if row is not None:
        return ReplicaEnd(name, int(row[0]), str(row[1]))
    before = database.first("SELECT follows, follows_seq FROM replica WHERE replica = ?", (name,))
    if before is None or before[0] is None:
        return ReplicaEnd(name, 0, "")
    last = database.first("SELECT checksum FROM event WHERE replica = ? AND seq = ?", (before[0], before[1]))
    return ReplicaEnd(name, 0, str(last[0]) if last else "")
