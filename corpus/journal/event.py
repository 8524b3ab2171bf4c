"""The events of the journal, and what follows from them: what stands, what was carried where."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from hashiya.schema.codec import dump, to_object
from hashiya.schema.records import Annotation

EventKind = Literal["set", "carry", "undo", "redo"]
EVENT_COLUMNS = "event_id, pair_id, annotator, parents, replica, seq, kind, payload, created_at, checksum"
"""The columns of an event in the journal's table, in the order of its fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the journal.

    The payload of `set` and `carry` holds `annotation`; that of `carry` also `moved_from` (the
    events whose labels it carries to a changed pair) and `left` (what of them found no place); that of
    `undo` and `redo` holds `to`, the event whose state stands again, or null for none.
    """

    event_id: str
    pair_id: str
    annotator: str
    parents: tuple[str, ...]
    replica: str
    seq: int
    kind: EventKind
    payload: dict[str, Any]
    created_at: str
    checksum: str = ""

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Event:
        """Read a row of `EVENT_COLUMNS`; `ValueError` when its JSON is damaged."""
        value: dict[str, Any] = dict(zip(EVENT_COLUMNS.split(", "), row, strict=True))
        value["parents"] = tuple(json.loads(value["parents"]))
        value["payload"] = json.loads(value["payload"])
        return cls(**value)

    def row(self) -> list[str | int]:
        """Return the event as a row of `EVENT_COLUMNS`."""
        value = to_object(self)
        return [dump(item) if isinstance(item, (list, dict)) else item for item in value.values()]

    def digest(self) -> str:
        """Return the checksum that the event must carry: SHA-256, in hex, over everything else in it."""
        value = to_object(self)
        del value["checksum"]
        return hashlib.sha256(dump(value).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands for a pair and an annotator: one head, or several in a conflict."""

    pair_id: str
    annotator: str
    heads: tuple[Event, ...]
    annotations: tuple[Annotation, ...]

    @property
    def conflict(self) -> bool:
        """Whether two annotations stand side by side."""
        return len(self.heads) > 1


@dataclass(frozen=True, slots=True)
class Carry:
    """An annotation placed in a changed corpus, the events it comes from, what of them found no place."""

    annotation: Annotation
    moved_from: tuple[str, ...]
    left: tuple[dict[str, Any], ...] = ()
