"""The events of the journal: their fields, their checksums, and the ids that follow from what they say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from hashiya.schema.codec import dump, to_object
from hashiya.schema.records import Annotation, Place

EVENT_FORMAT = 2
"""`v` of the events that this version writes; those of format 1 keep theirs, and their checksums."""

Stream = Literal["label", "adjudication", "document", "concept", "assignment", "log"]
STREAMS: tuple[Stream, ...] = get_args(Stream)
PersonalStream = Literal["label", "adjudication"]
LABEL: PersonalStream = "label"
ADJUDICATION: PersonalStream = "adjudication"
DOCUMENT_STREAM: Stream = "document"
CONCEPT: Stream = "concept"
ASSIGNMENT: Stream = "assignment"
PERSONAL: frozenset[str] = frozenset(get_args(PersonalStream))
"""The streams in which every author has heads of their own; in the others a subject has."""

SHARED: frozenset[str] = frozenset({DOCUMENT_STREAM, CONCEPT, ASSIGNMENT})
"""The streams of what a team shares; their payloads are in `schema/payloads.py`."""

LabelKind = Literal["set", "carry", "undo", "redo"]
"""The kinds of events in the streams of labels and adjudications."""
DocumentKind = Literal["beads", "text", "undo", "redo"]
ConceptKind = Literal["rename", "merge", "undo", "redo"]
AssignmentKind = Literal["set", "undo", "redo"]
EventKind = LabelKind | DocumentKind | ConceptKind | AssignmentKind
KINDS: dict[str, tuple[str, ...]] = {
    "label": get_args(LabelKind),
    "adjudication": get_args(LabelKind),
    "document": get_args(DocumentKind),
    "concept": get_args(ConceptKind),
    "assignment": get_args(AssignmentKind),
}
"""The kinds that this version knows, by stream."""
SAYS: frozenset[str] = frozenset({"set", "carry", "rename", "merge"})
"""The kinds whose payload says all of a subject; undo and redo go back or forth to events of these.

Edits of documents say a part of their subject, and are taken back one by one.
"""

EVENT_COLUMNS = (
    "event_id, v, stream, subject, author, parents, replica, seq, prev, kind, created_at, body, checksum"
)
"""The columns of an event in the journal's table, in the order of its fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the journal; `body` is the payload as the JSON text that is stored.

    `parents` are the events that it follows, sorted. `seq` counts the events that the file `replica` was the
    first to hold, and `prev` is the checksum of the one before. `created_at` is information, never an order.

    The payload of `set` and `carry` holds, in the stream of labels, `annotation`; that of `carry` also
    `moved_from` (the events whose labels it carries to a changed pair), `before` (all that these descend
    from) and `left` (what of them found no place). That of `undo` and `redo` holds `to`: the events that
    stand again, none where nothing does. Those of the other streams are in `schema/payloads.py`.
    """

    event_id: str
    v: int
    stream: str
    subject: str
    author: str
    parents: tuple[str, ...]
    replica: str
    seq: int
    prev: str
    kind: str
    created_at: str
    body: str
    checksum: str = ""

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Event:
        """Read a row of `EVENT_COLUMNS`, whatever damage is in it: `intact` says whether there is any."""
        event_id, v, stream, subject, author, parents, replica, seq, prev, *rest = row
        kind, created_at, body, checksum = rest
        return cls(
            event_id=event_id,
            v=v,
            stream=stream,
            subject=subject,
            author=author,
            parents=() if parents == _NO_PARENTS else _ids(parents),
            replica=replica,
            seq=seq,
            prev=prev,
            kind=kind,
            created_at=created_at,
            body=body,
            checksum=checksum,
        )

    def row(self) -> list[str | int]:
        """Return the event as a row of `EVENT_COLUMNS`."""
        return [
            self.event_id,
            self.v,
            self.stream,
            self.subject,
            self.author,
            dump(list(self.parents)),
            self.replica,
            self.seq,
            self.prev,
            self.kind,
            self.created_at,
            self.body,
            self.checksum,
        ]

    @property
    def payload(self) -> dict[str, Any]:
        """The payload, read anew each time; `ValueError` where it is no JSON object."""
        payload = json.loads(self.body)
        if not isinstance(payload, dict):
            raise ValueError("the payload is no object")  # noqa: TRY004 - damage, not a wrong call
        return payload

    @property
    def intact(self) -> bool:
        """Whether the event is what was written, by its checksum."""
        try:
            return self.checksum == self.digest()
        except (ValueError, TypeError):
            return False

    @property
    def known(self) -> bool:
        """Whether this version knows what the event does, and its payload says what to do."""
        if self.v not in {1, EVENT_FORMAT} or self.kind not in KINDS.get(self.stream, ()):
            return False
        if self.kind not in {"carry", "undo", "redo"}:  # what it says is read when it is asked for
            return True
        try:
            payload = self.payload
        except ValueError:
            return False
        if self.kind == "carry":
            return isinstance(payload.get("moved_from"), list)
        return ("withdraws" if self.stream == DOCUMENT_STREAM else "to") in payload

    def sealed(self) -> Event:
        """Return the event with its checksum."""
        return replace(self, checksum=self.digest())

    def digest(self) -> str:
        """Return the checksum that the event must carry: SHA-256, in hex, over everything else in it.

        `ValueError` or `TypeError` where the event is too damaged to say.
        """
        if self.v == 1:
            return hashlib.sha256(dump(self._first_format()).encode()).hexdigest()
        head = dump(
            [
                self.event_id,
                self.v,
                self.stream,
                self.subject,
                self.author,
                list(self.parents),
                self.replica,
                self.seq,
                self.prev,
                self.kind,
                self.created_at,
            ]
        )
        return hashlib.sha256(f"{head}\n{self.body}".encode()).hexdigest()

    def targets(self) -> tuple[str, ...]:
        """Return the events that an `undo` or `redo` lets stand again; format 1 names one or null."""
        to = self.payload["to"]
        return () if to is None else (to,) if isinstance(to, str) else tuple(to)

    def _first_format(self) -> dict[str, Any]:
        """The event as format 1 wrote it."""
        return {
            "event_id": self.event_id,
            "pair_id": self.subject,
            "annotator": self.author,
            "parents": list(self.parents),
            "replica": self.replica,
            "seq": self.seq,
            "kind": self.kind,
            "payload": self.payload,
            "created_at": self.created_at,
        }


_NO_PARENTS = "[]"


def _ids(text: object) -> tuple[str, ...]:
    """The ids in a JSON list; none where it is damaged, which the checksum tells."""
    try:
        ids = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        ids = None
    return tuple(item for item in ids if isinstance(item, str)) if isinstance(ids, list) else ()


@dataclass(frozen=True, slots=True)
class Carry:
    """An annotation placed in a changed corpus, the events it comes from, what of them found no place.

    `before` are all events that those of `moved_from` descend from, of whichever pair: what was carried from
    one of them is replaced by this. `parents` are the events of the new pair that it was merged with.
    """

    annotation: Annotation
    moved_from: tuple[str, ...]
    before: tuple[str, ...] = ()
    left: tuple[dict[str, Any], ...] = ()
    parents: tuple[str, ...] = ()

    @property
    def event_id(self) -> str:
        """The id of the event: the same on every machine that carries the same labels to the same pair."""
        place = Place(doc_id=self.annotation.place.doc_id)
        annotation = replace(self.annotation, created_at=None, place=place)
        content = [
            sorted(self.moved_from), sorted(self.parents), annotation.pair_id, to_object(annotation)
        ]  # fmt: skip
        return hashlib.sha256(dump(content).encode()).hexdigest()[:32]

    def payload(self) -> dict[str, Any]:
        """Return the payload of the event."""
        return {
            "annotation": to_object(self.annotation),
            "moved_from": sorted(self.moved_from),
            "before": sorted(self.before),
            "left": list(self.left),
        }
