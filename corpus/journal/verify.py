"""Verification of a journal: what in it is damaged, forged, unknown or lost, each named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Literal

from hashiya.corpus.journal.event import EVENT_COLUMNS, PERSONAL, SAYS, SHARED, STREAMS, Event
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.streams.payload import payload_of
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.codec import dump
from hashiya.schema.errors import CorpusError, LabelError

FaultKind = Literal[
    "file", "damaged", "forged", "unreadable", "unknown", "missing", "lost", "fork", "gap", "text"
]
HARMLESS: frozenset[FaultKind] = frozenset({"unknown", "fork", "gap"})
"""Faults that take nothing from what stands: they are told, and nothing has to be done."""

_GAPS = """
SELECT replica, first, seq - 1 FROM (
    SELECT replica, seq, lag(seq, 1, 0) OVER (PARTITION BY replica ORDER BY seq) + 1 AS first
    FROM (SELECT DISTINCT replica, seq FROM event) AS held
) AS gap WHERE first < seq ORDER BY replica, first
"""
_FORKS = """
SELECT replica, min(seq) FROM (
    SELECT replica, seq FROM event GROUP BY replica, seq HAVING count(DISTINCT checksum) > 1
) AS forked GROUP BY replica ORDER BY replica
"""
_AT_ONCE = 1000
_MORE = 1 << 16
"""Bytes by which the bits grow."""


@dataclass(frozen=True, slots=True)
class JournalFault:
    """One thing wrong in a journal, in words; `event_id` is the event's that it is about."""

    kind: FaultKind
    what: str
    event_id: str | None = None


class ReadEvents:
    """The positions of events that were found intact and readable before, and are not verified again."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, position: int) -> None:
        """Remember an event."""
        byte, bit = divmod(position, 8)
        if byte >= len(self._bits):
            self._bits.extend(bytes(byte + _MORE - len(self._bits)))
        self._bits[byte] |= 1 << bit

    def __len__(self) -> int:
        """How many there are."""
        return int.from_bytes(self._bits, "little").bit_count()

    def __contains__(self, position: int) -> bool:
        """Whether an event was added."""
        byte, bit = divmod(position, 8)
        return byte < len(self._bits) and bool(self._bits[byte] & 1 << bit)


def journal_faults(journal: Journal) -> Iterator[JournalFault]:
    """Yield everything that is wrong with a journal, or out of the ordinary."""
    return _until_unreadable(
        chain(
            _file(journal), _events(journal, ReadEvents()), _chains(journal), _lost(journal), _texts(journal)
        )
    )


def file_faults(journal: Journal) -> Iterator[JournalFault]:
    """Yield what its database finds wrong with a journal."""
    return _until_unreadable(_file(journal))


def label_faults(journal: Journal, read: ReadEvents) -> Iterator[JournalFault]:
    """Yield what is wrong with what stands in a journal: with its events, and what of them was lost.

    The events of `read` are taken as verified.
    """
    return _until_unreadable(chain(_events(journal, read), _lost(journal)))


def _until_unreadable(faults: Iterable[JournalFault]) -> Iterator[JournalFault]:
    try:
        yield from faults
    except CorpusError as error:
        yield JournalFault("file", str(error))


def _file(journal: Journal) -> Iterator[JournalFault]:
    for fault in journal.database.file_faults():
        yield JournalFault("file", fault)


def _unread(journal: Journal, read: ReadEvents) -> Iterator[Event]:
    """The events that are to be verified, in their order."""
    database = journal.database
    query = f"SELECT {EVENT_COLUMNS} FROM {database.sql.at_positions} ORDER BY position"  # noqa: S608
    positions = database.ask_at_length("SELECT position FROM event ORDER BY position")
    wanted = (position for (position,) in positions if position not in read)
    while some := list(islice(wanted, _AT_ONCE)):
        yield from map(Event.from_row, database.ask(query, {"positions": dump(some)}))


def _events(journal: Journal, read: ReadEvents) -> Iterator[JournalFault]:
    for event in _unread(journal, read):
        name = f"event {event.event_id} ({event.kind} of {event.author} on {event.subject})"
        if not event.intact:
            if _is_vouched_for(journal, event):
                yield JournalFault(
                    "damaged", f"{name}: its checksum does not match; it is set aside", event.event_id
                )
            else:
                yield JournalFault(
                    "forged",
                    f"{name}: its checksum does not match and no other event knows it: it was not written by "
                    "hashiya; it is set aside",
                    event.event_id,
                )
        elif event.stream not in STREAMS or (event.stream in PERSONAL | SHARED and not event.known):
            yield JournalFault(
                "unknown",
                f"{name}: is of a kind that a newer version knows; it can be read there",
                event.event_id,
            )
        elif event.stream == "label" and event.kind in SAYS:
            try:
                journal.state(event)
            except LabelError as error:
                yield JournalFault("unreadable", str(error), event.event_id)
        elif event.stream in SHARED:
            try:
                payload_of(event)
            except LabelError as error:
                what = (
                    f"{journal.where}, {error}; {event.stream} {event.subject} can be read only; "
                    "`hashiya repair` leaves the event out"
                )
                yield JournalFault("unreadable", what, event.event_id)


def _is_vouched_for(journal: Journal, event: Event) -> bool:
    """Whether the chain of checksums knows a damaged event: format 1 had no chain, and is believed."""
    if event.v == 1 or journal.database.is_last_known(event.checksum):
        return True
    ask = journal.database.ask
    after = ask("SELECT 1 FROM event WHERE prev = ? LIMIT 1", (event.checksum,))
    before = ask("SELECT 1 FROM event WHERE checksum = ? LIMIT 1", (event.prev,))
    return any(after) or any(before)


def _chains(journal: Journal) -> Iterator[JournalFault]:
    ask = journal.database.ask
    for event_id, parent in ask(journal.database.sql.missing):
        yield JournalFault("missing", f"event {event_id}: follows {parent}, which is not there", event_id)
    for replica, first, last in ask(_GAPS):
        yield JournalFault("gap", f"replica {replica}: its events {first} to {last} are not here")
    for replica, seq in ask(_FORKS):
        yield JournalFault(
            "fork", f"replica {replica}: two files went on from its event {seq} under one name; both are kept"
        )


def _lost(journal: Journal) -> Iterator[JournalFault]:
    for item in journal.lost():
        whose = (
            ", ".join(f"{count} of {name}" for name, count in sorted(item.authors.items())) or "unknown whose"
        )
        aside = "" if item.set_aside is None else f"; the log of another file was set aside: {item.set_aside}"
        yield JournalFault(
            "lost",
            f"{item.events} events that were saved are gone ({whose}){aside}; "
            "if a copy has them: hashiya journal merge CORPUS COPY",
        )


def _texts(journal: Journal) -> Iterator[JournalFault]:
    for digest, text in journal.database.kept_texts():
        if text_hash(text) != digest:
            yield JournalFault("text", f"kept text {digest}: its hash does not match")
