"""A journal as lines of JSON: for a pipe, an e-mail, another program. Without loss, and verified when read.

::

    {"hashiya": "journal", "format": 2, "replicas": [{"replica": ..., "follows": ..., "follows_seq": ...}]}
    {"text": ...}               a document text that labels were made on, one a line
    {"event_id": ..., ...}      an event, with the columns of the table; `body` is a string that holds JSON
    {"end": 123}                how many events there were: a stream that breaks off is noticed
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from hashiya.corpus.journal.database import JOURNAL_FORMAT
from hashiya.corpus.journal.event import EVENT_COLUMNS, Event
from hashiya.corpus.journal.journal import Journal
from hashiya.schema.codec import dump, to_object
from hashiya.schema.errors import SourceError

_NAMES = frozenset(EVENT_COLUMNS.split(", "))


@dataclass(frozen=True, slots=True)
class ReplicaLink:
    """A replica, and the one that it follows from which event on."""

    replica: str
    follows: str | None
    follows_seq: int | None


NEW_REPLICA = "INSERT INTO replica (replica, follows, follows_seq) VALUES (?, ?, ?)"
"""Adds a replica that began elsewhere."""

JournalItem = Event | ReplicaLink | str
"""What a journal holds: events, replicas, and the texts of documents."""


def journal_items(journal: Journal) -> Iterator[JournalItem]:
    """Yield replicas, texts and events, damaged ones too, by order of arrival."""
    database = journal.database
    yield from (
        ReplicaLink(*row)
        for row in database.ask("SELECT DISTINCT replica, follows, follows_seq FROM replica ORDER BY replica")
    )
    yield from (text for _, text in database.kept_texts())
    events = f"SELECT {EVENT_COLUMNS} FROM event ORDER BY position"  # noqa: S608 - column names only
    yield from map(Event.from_row, database.ask_at_length(events))


def journal_lines(journal: Journal) -> Iterator[str]:
    """Yield a journal as lines of JSON."""
    replicas: list[dict[str, Any]] = []
    events, begun = 0, False
    for item in journal_items(journal):
        if isinstance(item, ReplicaLink):
            replicas.append(to_object(item))
            continue
        if not begun:
            begun = True
            yield dump({"hashiya": "journal", "format": JOURNAL_FORMAT, "replicas": replicas})
        if isinstance(item, str):
            yield dump({"text": item})
        else:
            events += 1
            yield dump(to_object(item))
    if not begun:
        yield dump({"hashiya": "journal", "format": JOURNAL_FORMAT, "replicas": replicas})
    yield dump({"end": events})


def read_journal_lines(lines: Iterable[str | bytes], where: str) -> Iterator[JournalItem]:
    """Yield what lines of JSON hold; `SourceError` names the line that is wrong, or says that it breaks off.

    Whether an event is intact is left to the caller.
    """
    events, number, ended = 0, 0, False
    for number, line in enumerate(lines, start=1):
        at = f"{where}, line {number}"
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            raise SourceError(f"{at}: no JSON; `hashiya journal export` writes such a file") from None
        if not isinstance(value, dict) or (number == 1) != (value.get("hashiya") == "journal") or ended:
            raise SourceError(f"{at}: is no part of a journal; `hashiya journal export` writes such a file")
        if number == 1:
            if value.get("format") != JOURNAL_FORMAT:
                has = f"the journal has format {value.get('format')!r}"
                raise SourceError(f"{at}: {has}, this version reads {JOURNAL_FORMAT}")
            yield from (_replica(item, at) for item in value.get("replicas") or ())
        elif "text" in value:
            yield str(value["text"])
        elif "end" in value:
            ended = True
            if value["end"] != events:
                raise SourceError(
                    f"{at}: {value['end']} events were written, {events} arrived; export it again"
                )
        else:
            events += 1
            yield _event(value, at)
    if not ended:
        raise SourceError(f"{where}: breaks off after line {number}; nothing was merged; export it again")


def _replica(value: Any, at: str) -> ReplicaLink:
    try:
        return ReplicaLink(str(value["replica"]), value["follows"], value["follows_seq"])
    except (KeyError, TypeError):
        raise SourceError(f"{at}: replicas: each has replica, follows and follows_seq") from None


def _event(value: dict[str, Any], at: str) -> Event:
    missing = sorted(_NAMES - value.keys())
    if missing:
        raise SourceError(f"{at}: the event has no {', '.join(missing)}")
    parents = value["parents"]
    if not isinstance(parents, list) or not all(isinstance(name, str) for name in parents):
        raise SourceError(f"{at}: parents: is no list of event ids")
    for name in sorted(_NAMES - {"parents"}):
        if not isinstance(value[name], int if name in {"v", "seq"} else str) or value[name] is True:
            raise SourceError(f"{at}: {name}: is {value[name]!r}")
    fields: dict[str, Any] = {name: value[name] for name in _NAMES}
    fields["parents"] = tuple(parents)
    return Event(**fields)
