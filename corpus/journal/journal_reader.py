"""A journal as it is read: what stands, what led there, which texts were kept; damaged events set aside."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Self

from hashiya.corpus.journal.database import JournalDatabase, Parameters, Row
from hashiya.corpus.journal.event import (
    ADJUDICATION,
    EVENT_COLUMNS,
    LABEL,
    Event,
    PersonalStream,
    Stream,
)
from hashiya.corpus.journal.heads import SubjectEvents, sources
from hashiya.corpus.journal.replicas import roots
from hashiya.corpus.journal.sqlite.anchor import LostEvents
from hashiya.corpus.journal.standing import Standing, content_of
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.adjudication import Adjudication
from hashiya.schema.codec import dump, from_json
from hashiya.schema.errors import CorpusError, LabelError
from hashiya.schema.records import Annotation, record

_DIGITS = 8
"""Hexadecimal digits of a pseudonym: two of ten thousand annotators share one once in a hundred corpora."""

_IN_ORDER = "ORDER BY subject, author"

Upgrade = Callable[[Annotation], Annotation]
"""What is done to an annotation when it is read: labels of an earlier scheme become those of the present."""


@record(unknown="ignore")
class _AnnotationPayload:
    """The payload of a `set` or a `carry`."""

    annotation: Annotation


class JournalReader:
    """An open journal, from which it is read; use it as a context manager."""

    def __init__(self, database: JournalDatabase, upgrade: Upgrade = lambda annotation: annotation) -> None:
        self.database = database
        self._upgrade = upgrade
        self._asked: list[str] = []
        self._carries_to = 0
        self._last_carry = ""
        """The position up to which carries were read, and those that come from an event by its id."""
        self._carries_from: dict[str, list[tuple[str, str, str]]] = {}

    @property
    def where(self) -> str:
        """Where it is, as messages name it."""
        return self.database.where

    @property
    def path(self) -> Path:
        """Where its file is; `CorpusError` where it has none."""
        return self.database.path

    def close(self) -> None:
        """Close it."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def standing(
        self,
        pair_id: str | None = None,
        annotator: str | None = None,
        stream: PersonalStream = LABEL,
    ) -> Iterator[Standing]:
        """Yield what stands, by pair and annotator; pairs whose changes were all undone are left out.

        For all pairs every event is read and verified, by the ids of the pairs. Of adjudications it is the
        annotations that they hold.
        """
        for subject, author, events in self.subjects(stream, pair_id, annotator):
            found = self._standing(subject, author, events)
            if found.annotations or found.unreadable:
                yield found

    def standing_of(self, pair_ids: Collection[str]) -> Iterator[Standing]:
        """Yield, for some pairs, what stands for each annotator, by pair and annotator; asked at once.

        Those whose changes were all undone are not left out.
        """
        for pair_id, annotator, events in self.subjects_among(LABEL, pair_ids):
            yield self._standing(pair_id, annotator, events)

    def standing_annotations(
        self, pair_ids: Collection[str], read: Callable[[int], None] = lambda _: None
    ) -> dict[tuple[str, str], tuple[Annotation, ...]]:
        """Return the annotations that stand for some pairs, by pair and annotator; as `standing_of`, quicker.

        Those of whom none stands are left out. `read` is told the positions of events that are intact and can
        be read, which need not be verified again; not of all of them.
        """
        found: dict[tuple[str, str], tuple[Annotation, ...]] = {}
        others: set[tuple[str, str]] = set()
        for key, group in groupby(self.database.sealed(LABEL, pair_ids), lambda row: (row[1], row[2])):
            rows = list(group)
            said = self._said_alone(*rows[0][3:]) if len(rows) == 1 else None
            if said is None:
                others.add(key)
            else:
                found[key] = (said,)
                read(rows[0][0])
        if others:
            for item in self.standing_of({pair_id for pair_id, _ in others}):
                key = (item.pair_id, item.annotator)
                if key in others and item.annotations:
                    found[key] = item.annotations
            found = dict(sorted(found.items(), key=lambda item: item[0]))
        return found

    def subjects_among(
        self, stream: str, subjects: Collection[str]
    ) -> Iterator[tuple[str, str, SubjectEvents]]:
        """Yield some subjects; as `subjects`, asked at once."""
        values = {"stream": stream, "subjects": dump(list(subjects))}
        return self._grouped(self._read(self.database.sql.among, values))

    def subjects(
        self, stream: str, subject: str | None = None, author: str | None = None
    ) -> Iterator[tuple[str, str, SubjectEvents]]:
        """Yield subject, author and events of a stream of personal heads, by subject and author."""
        return self._grouped(self._events(stream, subject, author))

    def adjudications_of(self, pair_ids: Collection[str]) -> dict[str, list[Adjudication]]:
        """Return what stands of what adjudicators decided, by pair; `LabelError` if one cannot be read."""
        found: dict[str, list[Adjudication]] = {}
        for pair_id, _, events in self.subjects_among(ADJUDICATION, pair_ids):
            for head in events.heads:
                for said in events.states(head):
                    found.setdefault(pair_id, []).append(self.decision(said))
        return found

    def decided_before(self, pair_id: str, adjudicator: str) -> list[Adjudication]:
        """Return what an adjudicator decided of a pair before what stands, the latest first."""
        events = self._of(pair_id, adjudicator, ADJUDICATION)
        standing = {said.event_id for head in events.heads for said in events.states(head)}
        before = events.ancestors(standing)
        return [
            self.decision(event)
            for event in reversed(list(events.ordered()))
            if event.event_id in before and event.known and event.kind == "set"
        ]

    def shared(self, stream: Stream, subject: str) -> SubjectEvents:
        """Return the events of a subject of a shared stream, whoever wrote them."""
        return next((events for _, events in self.shared_subjects(stream, subject)), SubjectEvents(()))

    def shared_subjects(
        self, stream: Stream, subject: str | None = None
    ) -> Iterator[tuple[str, SubjectEvents]]:
        """Yield the subjects of a shared stream with their events, by subject."""
        for name, found in groupby(self._events(stream, subject), lambda event: event.subject):
            yield name, SubjectEvents(found)

    def said_by(self, pair_id: str, annotator: str) -> set[str]:
        """Return the ids of the events that say what stands for a pair and an annotator."""
        events = self._of(pair_id, annotator)
        heads = {head.event_id: head for head in self._standing(pair_id, annotator, events).heads}
        return {said.event_id for head in heads.values() for said in events.states(head)}

    def state(self, event: Event) -> Annotation | None:
        """Return the annotation that an event says, or goes back to; `None` for none, or more than one.

        `None`, too, for an event of a newer version. `LabelError` when its payload is no annotation.
        """
        if not event.known:
            return None
        if event.kind in {"undo", "redo"}:
            states = self._of(event.subject, event.author).states(event)
            return self._annotation(states[0]) if len(states) == 1 else None
        return self._annotation(event)

    def state_of(self, event_id: str) -> Annotation | None:
        """Return the annotation that stood after an event, by its id."""
        return self.state(self.event(event_id))

    def history(self, pair_id: str, annotator: str) -> list[Event]:
        """Return every intact event of a pair and an annotator, each after those that it follows."""
        return list(self._of(pair_id, annotator).ordered())

    def pair_of(self, event_id: str) -> str:
        """Return the id of an event's pair."""
        return self.event(event_id).subject

    def chain(self, event_id: str) -> list[Event]:
        """Return the history of an event's pair and annotator."""
        event = self.event(event_id)
        return self.history(event.subject, event.author)

    def carried(self) -> Iterator[Event]:
        """Yield every `carry` event that still counts, by its id."""
        # The empty text keeps SQLite from the index of streams: that of carries is small.
        which = "kind = 'carry' AND stream || '' = ?"
        query = f"SELECT {EVENT_COLUMNS} FROM event WHERE {which} ORDER BY event_id"  # noqa: S608 - names only
        rows = self._rows(query, (LABEL,))
        for event in map(Event.from_row, rows):
            if event.intact and event.known and not self._is_withdrawn(event):
                yield event

    def text(self, digest: str) -> str | None:
        """Return a document text by its hash; `None` where it was not kept, or is damaged."""
        for _, text in self.database.kept_texts(digest):
            if text_hash(text) == digest:
                return text
        return None

    def pair_ids(self, stream: Stream = LABEL) -> list[str]:
        """Return the pairs that anybody ever labelled, or adjudicated, by order of their ids."""
        query = "SELECT DISTINCT subject FROM event WHERE stream = ? ORDER BY subject"
        return [str(row[0]) for row in self._rows(query, (stream,))]

    def annotators(self) -> list[str]:
        """Return who labelled, by name."""
        query = "SELECT DISTINCT author FROM event WHERE stream = ? ORDER BY author"
        return [str(row[0]) for row in self._rows(query, (LABEL,))]

    def pseudonyms(self, person_of: Callable[[str], str] = lambda name: name) -> dict[str, str]:
        """Return a pseudonym for each annotator by name: a keyed hash, so that it never changes.

        `person_of` returns the one name of a person by which all names of theirs get one pseudonym. The key
        is the name of the replica with which the journal began, which is never published. Where journals that
        began apart were merged it is the first by name: their order plays no role.
        """
        key = min(roots(self.database), default="").encode()
        return {
            name: f"annotator-{hmac.digest(key, person_of(name).encode(), 'sha256').hex()[:_DIGITS]}"
            for name in self.annotators()
        }

    def lost(self) -> tuple[LostEvents, ...]:
        """Return the events that the journal is known to have held once and does not hold now."""
        return self.database.lost_events()

    def has(self, event_id: str) -> bool:
        """Return whether the journal holds an intact event of this id."""
        return bool(self._events_of(event_id))

    def event(self, event_id: str) -> Event:
        """Return an event by its id; `CorpusError` where there is no intact one."""
        for event in self._events_of(event_id):
            return event
        raise CorpusError(f"{self.where}: event {event_id} is missing; restore the journal from a copy")

    def _of(self, pair_id: str, annotator: str, stream: Stream = LABEL) -> SubjectEvents:
        for _, _, events in self.subjects(stream, pair_id, annotator):
            return events
        return SubjectEvents(())

    def _standing(self, pair_id: str, annotator: str, events: SubjectEvents) -> Standing:
        heads: list[Event] = []
        states: list[Annotation | None] = []
        why: str | None = None
        for head in events.heads:
            if not head.known:
                why = f"event {head.event_id} was written by a newer version of hashiya; install that"
                continue
            for said in events.states(head) or (None,):
                try:
                    states.append(None if said is None else self._annotation(said))
                    heads.append(head)
                except LabelError as error:
                    why = f"{error}; `hashiya repair` leaves it out"
        found = [] if why else [state for state in states if state is not None]
        if len(found) > 1:
            found = list({content_of(state): state for state in reversed(found)}.values())[::-1]
        return Standing(
            pair_id,
            annotator,
            tuple(heads),
            tuple(states),
            tuple(found),
            tuple(events.damaged),
            why,
            events,
        )

    def _said_alone(self, checksum: str, head: bytes | None, body: bytes) -> Annotation | None:
        """What the only event of a pair and an annotator says; `None` where it is not certain without more.

        `head` is what `Event.digest` seals with the body, as SQLite writes it.
        """
        if head is None or hashlib.sha256(head + b"\n" + body).hexdigest() != checksum:
            return None
        try:
            said = from_json(_AnnotationPayload, body, self.where)
        except LabelError:
            return None
        return self._upgrade(said.annotation)

    def _is_withdrawn(self, carry: Event) -> bool:
        """Whether labels that a carry came from stand no more, and nothing readable is in their place.

        They were undone where the carry was not known yet, or a newer version has followed them.
        """
        if carry.event_id in self._asked:  # two pairs whose labels were carried to each other
            return False
        self._asked.append(carry.event_id)
        try:
            return any(
                self._of(event.subject, event.author).is_gone(name)
                or self._is_taken_back(name, {carry.event_id})
                for name in sources(carry)
                for event in self._events_of(name)[:1]
            )
        finally:
            self._asked.pop()

    def _is_taken_back(self, event_id: str, passed: set[str]) -> bool:
        """Whether what an event says was carried on, and undone there."""
        for name, subject, author in self._carried_on(event_id):
            if name not in passed:
                passed.add(name)
                if self._of(subject, author).is_undone(name) or self._is_taken_back(name, passed):
                    return True
        return False

    def _carried_on(self, event_id: str) -> list[tuple[str, str, str]]:
        """The carries that come from an event: their ids, pairs and annotators."""
        last = self._rows("SELECT event_id FROM event WHERE position = ?", (self._carries_to,))
        if self._carries_to and last != [(self._last_carry,)]:  # what was read was never committed
            self._carries_to, self._carries_from = 0, {}
        columns = f"position, {EVENT_COLUMNS}"
        query = f"SELECT {columns} FROM event WHERE position > ? AND kind = 'carry' ORDER BY position"  # noqa: S608
        for position, *row in self._rows(query, (self._carries_to,)):
            self._carries_to = position
            event = Event.from_row(tuple(row))
            self._last_carry = event.event_id
            if event.intact and event.known and event.stream == LABEL:
                for name in sources(event):
                    carried = (event.event_id, event.subject, event.author)
                    self._carries_from.setdefault(name, []).append(carried)
        return self._carries_from.get(event_id, [])

    def _is_carry(self, event_id: str) -> bool:
        return any(event.kind == "carry" for event in self._events_of(event_id))

    def decision(self, event: Event) -> Adjudication:
        """Return what an event of the stream of adjudications says; `LabelError` if it cannot be read."""
        decided = from_json(Adjudication, event.body, f"{self.where}, event {event.event_id}")
        return replace(decided, annotation=self._upgrade(decided.annotation))

    def _annotation(self, event: Event) -> Annotation:
        """What an event of the kinds that say something says."""
        said = from_json(_AnnotationPayload, event.body, f"{self.where}, event {event.event_id}")
        return self._upgrade(said.annotation)

    def _events(self, stream: str, subject: str | None = None, author: str | None = None) -> Iterator[Event]:
        """Yield the events of a stream, by subject and author."""
        wanted = {"stream": stream, "subject": subject, "author": author}
        given = {name: value for name, value in wanted.items() if value is not None}
        where = " AND ".join(f"{name} = :{name}" for name in given)
        if subject:
            return self._read(f"event WHERE {where}", given)
        query = _query(f"{self.database.sql.every_event} WHERE {where}")
        return map(Event.from_row, self.database.ask_at_length(query, given))

    def _read(self, source: str, values: Mapping[str, object]) -> Iterator[Event]:
        yield from map(Event.from_row, self.database.ask(_query(source), values))

    def _grouped(self, events: Iterable[Event]) -> Iterator[tuple[str, str, SubjectEvents]]:
        for (name, who), group in groupby(events, lambda event: (event.subject, event.author)):
            yield name, who, SubjectEvents(group, self._is_withdrawn, self._is_carry)

    def _events_of(self, event_id: str) -> list[Event]:
        rows = self._rows(f"SELECT {EVENT_COLUMNS} FROM event WHERE event_id = ?", (event_id,))  # noqa: S608
        return [event for event in map(Event.from_row, rows) if event.intact]

    def _rows(self, query: str, values: Parameters = ()) -> list[Row]:
        return list(self.database.ask(query, values))


def _query(source: str) -> str:
    """The events of a source, by subject and author."""
    return f"SELECT {EVENT_COLUMNS} FROM {source} {_IN_ORDER}"  # noqa: S608 - names and marks only
