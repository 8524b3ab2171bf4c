"""The journal: every annotation ever made, as events in an append-only SQLite file.

An event says what one annotator now says of one pair, and which events it follows (`parents`). What
stands for a pair and an annotator is the head of that graph, the event nobody follows; two heads, after
two journals were joined, are a conflict that is shown and never settled by a clock. Nothing is updated or
deleted, which the file itself enforces; an undo is an event. An event is on the disk when `record` returns.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from hashiya.corpus.journal.database import JournalDatabase, Parameters, unreadable
from hashiya.corpus.journal.event import EVENT_COLUMNS, Carry, Event, EventKind, Standing
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.codec import from_object, to_object
from hashiya.schema.errors import CorpusError, LabelError
from hashiya.schema.records import Annotation


class Journal:
    """An open journal; use it as a context manager."""

    def __init__(self, database: JournalDatabase) -> None:
        self.database = database

    @classmethod
    def create(cls, path: Path) -> None:
        """Make an empty journal, whole or not at all, where there is none."""
        JournalDatabase.create(path)

    @classmethod
    def open(cls, path: Path, *, write: bool = True, patience: float = 30) -> Self:
        """Open a journal; arguments and errors as `JournalDatabase.open`."""
        return cls(JournalDatabase.open(path, write=write, patience=patience))

    @property
    def path(self) -> Path:
        """Where its file is."""
        return self.database.path

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def record(self, annotations: Iterable[Annotation], texts: Iterable[str] = ()) -> list[Event]:
        """Append annotations, all or none, each following what stands, and return their events.

        They are on the disk on return. `BusyError` after the `patience` that the journal was opened with.

        `texts` are the document texts they were made on: kept, so that the labels find their place when
        a document changes.
        """
        with self.database.transaction():
            self._keep(texts)
            return [
                self._append(item.pair_id, item.annotator, "set", {"annotation": to_object(item)})
                for item in annotations
            ]

    def record_beside(self, annotation: Annotation, follows: str | None, texts: Iterable[str] = ()) -> Event:
        """Append an annotation beside what stands: from now on the two are a conflict; otherwise as `record`.

        It follows the event `follows`, from which both set out, or nothing.
        """
        with self.database.transaction():
            self._keep(texts)
            return self._append(
                annotation.pair_id,
                annotation.annotator,
                "set",
                {"annotation": to_object(annotation)},
                parents=() if follows is None else (follows,),
            )

    def carry(self, carries: Iterable[Carry], texts: Iterable[str] = ()) -> list[Event]:
        """Append annotations that were carried to changed pairs; otherwise as `record`."""
        with self.database.transaction():
            self._keep(texts)
            return [
                self._append(
                    item.annotation.pair_id,
                    item.annotation.annotator,
                    "carry",
                    {
                        "annotation": to_object(item.annotation),
                        "moved_from": list(item.moved_from),
                        "left": list(item.left),
                    },
                )
                for item in carries
            ]

    def undo(self, pair_id: str, annotator: str) -> Event | None:
        """Undo the last change of a pair, and return the event; `None` when there is nothing to undo."""
        with self.database.transaction():
            head = self._single_head(pair_id, annotator)
            current = self._effective(head)
            if current is None:
                return None
            before = self._effective(self._event(current.parents[0])) if current.parents else None
            return self._append(pair_id, annotator, "undo", {"to": before.event_id if before else None})

    def redo(self, pair_id: str, annotator: str) -> Event | None:
        """Redo the last undo, and return the event; `None` when nothing was undone since the last change."""
        with self.database.transaction():
            event = self._single_head(pair_id, annotator)
            depth = 0
            while event is not None and event.kind in {"undo", "redo"}:
                depth += 1 if event.kind == "undo" else -1
                before = self._event(event.parents[0])
                if depth > 0:
                    undone = self._effective(before)
                    return self._append(
                        pair_id, annotator, "redo", {"to": undone.event_id if undone else None}
                    )
                event = before
            return None

    def standing(self, pair_id: str | None = None, annotator: str | None = None) -> Iterator[Standing]:
        """Yield what stands, by order of arrival; pairs whose changes were all undone are left out."""
        wanted = {"pair_id": pair_id, "annotator": annotator}
        given = {name: value for name, value in wanted.items() if value is not None}
        where = "".join(f" AND {name} = :{name}" for name in given)
        rows = self._rows(
            f"SELECT {EVENT_COLUMNS} FROM event WHERE NOT EXISTS "  # noqa: S608 - column names only
            f"(SELECT 1 FROM parent WHERE parent.parent = event.event_id){where} ORDER BY position",
            given,
        )
        groups: dict[tuple[str, str], list[Event]] = {}
        for event in self._events(rows):
            groups.setdefault((event.pair_id, event.annotator), []).append(event)
        for (pair, who), heads in groups.items():
            states = [(head, state) for head in heads if (state := self.state(head)) is not None]
            if states:
                yield Standing(
                    pair, who, tuple(head for head, _ in states), tuple(state for _, state in states)
                )

    def state(self, event: Event) -> Annotation | None:
        """Return the annotation that stands after an event; `LabelError` when its payload is damaged."""
        effective = self._effective(event)
        if effective is None:
            return None
        where = f"{self.path}, event {effective.event_id}"
        return from_object(Annotation, effective.payload.get("annotation", {}), where)

    def state_of(self, event_id: str) -> Annotation | None:
        """Return the annotation that stood after an event, by its id."""
        return self.state(self._event(event_id))

    def history(self, pair_id: str, annotator: str) -> list[Event]:
        """Return every event of a pair and an annotator, by order of arrival."""
        rows = self._rows(
            f"SELECT {EVENT_COLUMNS} FROM event WHERE pair_id = ? AND annotator = ? ORDER BY position",  # noqa: S608
            (pair_id, annotator),
        )
        return list(self._events(rows))

    def pair_of(self, event_id: str) -> str:
        """Return the id of an event's pair."""
        return self._event(event_id).pair_id

    def chain(self, event_id: str) -> list[Event]:
        """Return the history of an event's pair and annotator."""
        event = self._event(event_id)
        return self.history(event.pair_id, event.annotator)

    def carried(self) -> Iterator[Event]:
        """Yield every `carry` event, by order of arrival."""
        rows = self._rows(f"SELECT {EVENT_COLUMNS} FROM event WHERE kind = 'carry' ORDER BY position", ())  # noqa: S608
        yield from self._events(rows)

    def text(self, digest: str) -> str | None:
        """Return a document text by its hash; `None` where it was not kept."""
        rows = self._rows("SELECT text FROM text WHERE hash = ?", (digest,))
        return str(rows[0][0]) if rows else None

    def pair_ids(self) -> list[str]:
        """Return the pairs that anybody ever labelled, by order of their ids."""
        return [str(row[0]) for row in self._rows("SELECT DISTINCT pair_id FROM event ORDER BY pair_id")]

    def annotators(self) -> list[str]:
        """Return who labelled, by order of their first event."""
        rows = self._rows("SELECT annotator FROM event GROUP BY annotator ORDER BY min(position)")
        return [str(row[0]) for row in rows]

    def faults(self) -> Iterator[str]:
        """Yield faults: of SQLite's integrity check, checksums, missing parents, payloads, kept texts."""
        try:
            checked = self._rows("PRAGMA integrity_check")
            yield from (f"SQLite says: {line}" for (line,) in checked if line != "ok")
            known = {row[0] for row in self._rows("SELECT event_id FROM event")}
            for row in self._rows(f"SELECT {EVENT_COLUMNS} FROM event ORDER BY position"):  # noqa: S608
                try:
                    yield from self._event_faults(Event.from_row(row), known)
                except (ValueError, TypeError, LabelError, KeyError) as error:
                    yield f"event {row[0]}: cannot be read: {error}"
            for digest, text in self._rows("SELECT hash, text FROM text"):
                if text_hash(text) != digest:
                    yield f"kept text {digest}: its hash does not match"
        except CorpusError as error:
            yield str(error)

    def _event_faults(self, event: Event, known: set[str]) -> Iterator[str]:
        if event.checksum != event.digest():
            yield f"event {event.event_id}: its checksum does not match"
        for parent in event.parents:
            if parent not in known:
                yield f"event {event.event_id}: follows {parent}, which is not there"
        if event.kind in {"set", "carry"}:
            self.state(event)

    def _keep(self, texts: Iterable[str]) -> None:
        self.database.insert(
            "INSERT OR IGNORE INTO text VALUES (?, ?)", ((text_hash(text), text) for text in texts)
        )

    def _append(
        self,
        pair_id: str,
        annotator: str,
        kind: EventKind,
        payload: dict[str, Any],
        parents: tuple[str, ...] | None = None,
    ) -> Event:
        if parents is None:
            parents = tuple(event.event_id for event in self._heads(pair_id, annotator))
        seq = self.database.one(
            "SELECT coalesce(max(seq), 0) + 1 FROM event WHERE replica = ?", (self.database.replica,)
        )
        blank = Event(
            event_id=secrets.token_hex(16),
            pair_id=pair_id,
            annotator=annotator,
            parents=parents,
            replica=self.database.replica,
            seq=seq,
            kind=kind,
            payload=payload,
            created_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        )
        event = replace(blank, checksum=blank.digest())
        insert = f"INSERT INTO event ({EVENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        self.database.insert(insert, [event.row()])
        self.database.insert(
            "INSERT INTO parent VALUES (?, ?)", ((parent, event.event_id) for parent in parents)
        )
        return event

    def _heads(self, pair_id: str, annotator: str) -> list[Event]:
        rows = self._rows(
            f"SELECT {EVENT_COLUMNS} FROM event WHERE pair_id = ? AND annotator = ? AND NOT EXISTS "  # noqa: S608
            "(SELECT 1 FROM parent WHERE parent.parent = event.event_id) ORDER BY position",
            (pair_id, annotator),
        )
        return list(self._events(rows))

    def _single_head(self, pair_id: str, annotator: str) -> Event | None:
        heads = self._heads(pair_id, annotator)
        if len(heads) > 1:
            raise CorpusError(
                f"{self.path}: pair {pair_id} has {len(heads)} annotations of {annotator} side by side; "
                "save one of them first"
            )
        return heads[0] if heads else None

    def _effective(self, event: Event | None) -> Event | None:
        """Return the event whose annotation stands after `event`."""
        if event is None or event.kind in {"set", "carry"}:
            return event
        to = event.payload["to"]
        return None if to is None else self._event(to)

    def _event(self, event_id: str) -> Event:
        rows = self._rows(f"SELECT {EVENT_COLUMNS} FROM event WHERE event_id = ?", (event_id,))  # noqa: S608
        for event in self._events(rows):
            return event
        raise CorpusError(f"{self.path}: event {event_id} is missing; restore the journal from a copy")

    def _rows(self, query: str, values: Parameters = ()) -> list[tuple[Any, ...]]:
        return list(self.database.ask(query, values))

    def _events(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[Event]:
        for row in rows:
            try:
                yield Event.from_row(row)
            except (ValueError, TypeError, AttributeError) as error:
                raise CorpusError(unreadable(self.path, error, f"event {row[0]}")) from None
