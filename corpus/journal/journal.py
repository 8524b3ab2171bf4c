"""The journal: everything ever said about the pairs of a corpus, as events that are only appended.

An event says what one author now says of one subject, and which events it follows (`parents`). What stands is
the head of that graph, the event nobody follows; two heads that say different things, after two journals
were merged, are a conflict that is shown and never settled by a clock. Nothing is updated or deleted, which
the database itself enforces; an undo is an event. An event is on the disk when `record` returns.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Self

from hashiya.corpus.journal.database import JournalDatabase, KeySubjects
from hashiya.corpus.journal.event import (
    ADJUDICATION,
    EVENT_FORMAT,
    LABEL,
    Carry,
    Event,
    EventKind,
    LabelKind,
    PersonalStream,
    Stream,
)
from hashiya.corpus.journal.heads import SubjectEvents
from hashiya.corpus.journal.journal_reader import JournalReader, Upgrade
from hashiya.corpus.journal.place import JournalPlace
from hashiya.corpus.journal.postgres.address import PostgresAddress
from hashiya.corpus.journal.postgres.database import PostgresDatabase
from hashiya.corpus.journal.replicas import writing_replica
from hashiya.corpus.journal.sqlite.database import SqliteDatabase
from hashiya.schema.adjudication import Adjudication
from hashiya.schema.codec import dump, to_object
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import Annotation

_KEPT = 10_000
"""Events of its own that an open journal keeps in memory, in case that its file is taken away."""


class Journal(JournalReader):
    """An open journal, to read and to write; use it as a context manager."""

    def __init__(
        self,
        database: JournalDatabase,
        upgrade: Upgrade = lambda annotation: annotation,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(database, upgrade)
        self._now = now
        self._is_writing = False
        self._own: deque[Event] = deque(maxlen=_KEPT)

    @classmethod
    def create(cls, place: JournalPlace) -> None:
        """Make an empty journal, whole or not at all, where there is none."""
        if isinstance(place, PostgresAddress):
            PostgresDatabase.create(place)
        else:
            SqliteDatabase.create(place)

    @classmethod
    def open(
        cls,
        place: JournalPlace,
        *,
        upgrade: Upgrade = lambda annotation: annotation,
        write: bool = True,
        patience: float = 30,
        who: str = "",
        corpus: str = "",
    ) -> Self:
        """Open a journal; other arguments and errors as `SqliteDatabase.open` and `PostgresDatabase`.

        At a server, `who` is the annotator, whom others see there while the journal is open, and `corpus`
        the name of the corpus that it must be the journal of.
        """
        if isinstance(place, PostgresAddress):
            return cls(PostgresDatabase(place, patience=patience, who=who, corpus=corpus), upgrade)
        return cls(SqliteDatabase.open(place, write=write, patience=patience), upgrade)

    def record(
        self, annotations: Iterable[Annotation], texts: Iterable[str] = (), event_ids: Sequence[str] = ()
    ) -> list[Event]:
        """Append annotations, all or none, each following what stands, and return their events.

        They are on the disk on return. `BusyError` after the `patience` that the journal was opened with.

        `texts` are the document texts they were made on: kept, so that the labels find their place when
        a document changes. `event_ids`, one for each, let it be tried again after `ConnectionLostError`: what
        is there already is not appended twice.
        """
        items = list(annotations)
        ids: Sequence[str | None] = event_ids or [None] * len(items)
        with self.writing(texts, [(LABEL, item.pair_id) for item in items]):
            return [
                self._known(event_id)
                or self._append(
                    item.pair_id, item.annotator, "set", {"annotation": to_object(item)}, event_id=event_id
                )
                for item, event_id in zip(items, ids, strict=True)
            ]

    def record_beside(
        self,
        annotation: Annotation,
        follows: Sequence[str],
        texts: Iterable[str] = (),
        event_id: str | None = None,
    ) -> Event:
        """Append an annotation after the events `follows`; otherwise as `record`.

        If these are not all heads it stands beside what stands, and from now on the two are a conflict.
        """
        with self.writing(texts, [(LABEL, annotation.pair_id)]):
            return self._known(event_id) or self._append(
                annotation.pair_id,
                annotation.annotator,
                "set",
                {"annotation": to_object(annotation)},
                parents=tuple(sorted(follows)),
                event_id=event_id,
            )

    def carry(self, carries: Iterable[Carry], texts: Iterable[str] = ()) -> list[Event]:
        """Append annotations that were carried to changed pairs, and return the events; else as `record`."""
        with self.writing(texts):
            return [
                self._append(
                    item.annotation.pair_id,
                    item.annotation.annotator,
                    "carry",
                    item.payload(),
                    parents=tuple(sorted(item.parents)),
                    event_id=item.event_id,
                )
                for item in carries
            ]

    def adjudicate(self, adjudication: Adjudication, texts: Iterable[str] = ()) -> Event:
        """Append what an adjudicator decided, after what the same one decided before; else as `record`."""
        decided = adjudication.annotation
        with self.writing(texts, [(ADJUDICATION, decided.pair_id)]):
            return self._append(
                decided.pair_id, decided.annotator, "set", to_object(adjudication), stream=ADJUDICATION
            )

    def say(
        self, stream: Stream, subject: str, author: str, kind: EventKind, payload: dict[str, Any]
    ) -> Event:
        """Append an event of a shared stream, after all heads of its subject; otherwise as `record`.

        Whether it may be written is left to the modules of `streams`, which know what stands.
        """
        with self.writing(subjects=[(stream, subject)]):
            parents = _ids(self.shared(stream, subject).heads)
            return self._append(subject, author, kind, payload, parents=parents, stream=stream)

    @property
    def own(self) -> tuple[Event, ...]:
        """The events that this object appended, the latest thousands of them."""
        return tuple(self._own)

    def undo(
        self, pair_id: str, annotator: str, event_id: str | None = None, *, stream: PersonalStream = LABEL
    ) -> Event | None:
        """Undo the last change of a pair, and return the event; `None` when there is nothing to undo.

        `event_id` as in `record`.
        """
        return self._go("undo", SubjectEvents.undone, (pair_id, annotator, stream), event_id)

    def redo(
        self, pair_id: str, annotator: str, event_id: str | None = None, *, stream: PersonalStream = LABEL
    ) -> Event | None:
        """Redo the last undo, and return the event; `None` when nothing was undone since the last change."""
        return self._go("redo", SubjectEvents.redone, (pair_id, annotator, stream), event_id)

    @contextmanager
    def writing(self, texts: Iterable[str] = (), subjects: KeySubjects | None = None) -> Generator[None]:
        """Hold the journal for writing, keep texts, and write the block's events at its end, all or none.

        Inside of it everything that records belongs to the block. `subjects` names what it reads and appends
        to, if that is known beforehand: others may then append to other subjects, where the database can do
        that.
        """
        if self._is_writing:
            self.database.keep_texts(texts)
            yield
            return
        self.database.make_current()
        with self.database.transaction(subjects):
            self._is_writing = True
            try:
                self.database.keep_texts(texts)
                self._end = writing_replica(self.database)
                yield
            finally:
                self._is_writing = False

    def _append(
        self,
        pair_id: str,
        annotator: str,
        kind: EventKind,
        payload: dict[str, Any],
        *,
        parents: tuple[str, ...] | None = None,
        event_id: str | None = None,
        stream: Stream = LABEL,
    ) -> Event:
        if parents is None:
            parents = _ids(self._writable(pair_id, annotator, stream).heads)
        blank = Event(
            event_id=event_id or secrets.token_hex(16),
            v=EVENT_FORMAT,
            stream=stream,
            subject=pair_id,
            author=annotator,
            parents=parents,
            replica="",
            seq=0,
            prev="",
            kind=kind,
            created_at=self._now().isoformat(timespec="milliseconds"),
            body=dump(payload),
        )
        event, self._end = self._end.append(blank)
        self.database.append([event])
        self._own.append(event)
        return event

    def _writable(self, pair_id: str, annotator: str, stream: Stream) -> SubjectEvents:
        """The events of a pair and an annotator; `CorpusError` where they may not be written over."""
        events = self._of(pair_id, annotator, stream)
        why = self._standing(pair_id, annotator, events).unreadable
        if why is not None:
            raise CorpusError(f"{self.where}: pair {pair_id} of {annotator} can be read only: {why}")
        return events

    def _go(
        self,
        kind: LabelKind,
        target: Callable[[SubjectEvents, Event], tuple[str, ...] | None],
        subject: tuple[str, str, PersonalStream],
        event_id: str | None,
    ) -> Event | None:
        pair_id, annotator, stream = subject
        with self.writing(subjects=[(stream, pair_id)]):
            if (known := self._known(event_id)) is not None:
                return known
            events = self._writable(*subject)
            if len(events.heads) > 1 and self._standing(pair_id, annotator, events).conflict:
                raise CorpusError(
                    f"{self.where}: pair {pair_id} has {len(events.heads)} annotations of {annotator} side "
                    "by side; save one of them first"
                )
            stood = events.reached(target)
            if stood is None:
                return None
            return self._append(
                pair_id,
                annotator,
                kind,
                {"to": list(stood)},
                parents=_ids(events.heads),
                event_id=event_id,
                stream=stream,
            )

    def _known(self, event_id: str | None) -> Event | None:
        """The event of an id that was chosen before, if it was saved then."""
        return None if event_id is None else next(iter(self._events_of(event_id)), None)


def _ids(events: Iterable[Event]) -> tuple[str, ...]:
    return tuple(sorted(event.event_id for event in events))
