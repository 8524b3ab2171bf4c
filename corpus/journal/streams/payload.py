"""The payload of an event of a shared stream, read as the record of its stream and kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hashiya.corpus.journal.event import Event
from hashiya.schema.codec import dump, from_json, to_object
from hashiya.schema.errors import LabelError
from hashiya.schema.payloads import (
    Assignment,
    BeadEdit,
    ConceptMerge,
    ConceptRename,
    EditWithdrawal,
    TextEdit,
)
from hashiya.schema.records import record
from hashiya.schema.scheme import is_concept

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@record
class StepTo:
    """The payload of `undo` and `redo` of concepts and assignments: the events that stand again."""

    to: tuple[str, ...]


_RECORDS: dict[tuple[str, str], type[Any]] = {
    ("document", "beads"): BeadEdit,
    ("document", "text"): TextEdit,
    ("document", "undo"): EditWithdrawal,
    ("document", "redo"): EditWithdrawal,
    ("concept", "rename"): ConceptRename,
    ("concept", "merge"): ConceptMerge,
    ("concept", "undo"): StepTo,
    ("concept", "redo"): StepTo,
    ("assignment", "set"): Assignment,
    ("assignment", "undo"): StepTo,
    ("assignment", "redo"): StepTo,
}


def payload_of(event: Event) -> Any:
    """Return what an event of a shared stream says, as a record; `LabelError` where it is no such record."""
    kind = _RECORDS.get((event.stream, event.kind))
    if kind is None or not event.known:
        raise LabelError(f"event {event.event_id} was written by a newer version of hashiya; install that")
    said = from_json(kind, event.body, f"event {event.event_id}")
    if isinstance(said, ConceptRename | ConceptMerge):
        slug = said.to if isinstance(said, ConceptRename) else said.into
        if not is_concept(slug):  # else no annotation with it would be valid
            raise LabelError(f"event {event.event_id}: {slug!r} is no slug such as 'large-language-model'")
    return said


def written(payload: DataclassInstance) -> dict[str, Any]:
    """Return a payload as it is written; `LabelError` where it could not be read again."""
    body = dump(to_object(payload))
    try:
        body.encode()
    except UnicodeEncodeError as error:
        raise LabelError(
            f"the event: {error.object[error.start]!r} is half a character; no text holds it"
        ) from None
    from_json(type(payload), body, "the event")
    return to_object(payload)
