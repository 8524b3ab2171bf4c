"""What stands of a subject whose every event says all of it, a concept or an assignment; undo and redo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, TypeVar

from hashiya.corpus.journal.event import Event, EventKind, Stream
from hashiya.corpus.journal.heads import SubjectEvents
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.streams.payload import payload_of, written
from hashiya.schema.codec import to_json
from hashiya.schema.errors import CorpusError, LabelError
from hashiya.schema.payloads import Assignment, ConceptMerge, ConceptRename

_Said = TypeVar("_Said")


@dataclass(frozen=True, slots=True)
class WhatIsSaid(Generic[_Said]):
    """What the heads of a subject say, each once; `None` is nothing: it was undone, or never said.

    More than one is a conflict, which is shown; `before` is what its sides set out from. `events` are the
    heads. `damaged` events are set aside. `unreadable` says why nothing may be written over what stands; then
    nothing is `said`.
    """

    said: tuple[_Said | None, ...]
    before: _Said | None
    events: tuple[str, ...]
    damaged: tuple[Event, ...] = ()
    unreadable: str | None = None

    @property
    def conflict(self) -> bool:
        """Whether different things, or something and nothing, stand side by side."""
        return len(self.said) > 1

    @property
    def standing(self) -> _Said | None:
        """What stands; in a conflict what its sides set out from."""
        return self.before if self.conflict else next(iter(self.said), None)


def what_is_said(events: SubjectEvents) -> WhatIsSaid[Any]:
    """Return what stands of a subject. Times, and why it was done, make no difference."""
    damaged = tuple(sorted(events.damaged, key=lambda event: event.event_id))
    names = tuple(head.event_id for head in events.heads)
    try:
        said = _said(events, events.heads)
        before = _said(events, events.parting)
    except LabelError as error:
        return WhatIsSaid((), None, names, damaged, str(error))
    return WhatIsSaid(said, before[0] if len(before) == 1 else None, names, damaged)


def _said(events: SubjectEvents, heads: Iterable[Event]) -> tuple[Any, ...]:
    """What some events say, each once, by its JSON; nothing comes first."""
    found: dict[str, Any] = {}
    silent = False
    for head in heads:
        payload_of(head)
        states = [payload_of(state) for state in events.states(head)]
        silent = silent or not states
        for said in states:
            key = to_json(replace(said, why=None))
            found[key] = min(found.get(key, said), said, key=to_json)
    return (*([None] if silent else ()), *(found[key] for key in sorted(found)))


def say_all(
    journal: Journal,
    stream: Stream,
    subject: str,
    author: str,
    payload: ConceptRename | ConceptMerge | Assignment,
) -> Event:
    """Append what somebody says of a subject, after all that was said of it, and return the event.

    `LabelError` where it could not be read again, `CorpusError` where the subject can be read only.
    """
    kind: EventKind = "set"
    if not isinstance(payload, Assignment):
        kind = "rename" if isinstance(payload, ConceptRename) else "merge"
    with journal.writing():
        _writable(journal, stream, subject)
        return journal.say(stream, subject, author, kind, written(payload))


def step(
    journal: Journal, stream: Stream, subject: str, author: str, kind: Literal["undo", "redo"]
) -> Event | None:
    """Undo the last change of a subject, whoever made it, or redo the last undo; `None` where there is none.

    `CorpusError` where the subject can be read only, or where two things stand side by side.
    """
    with journal.writing():
        events, found = _writable(journal, stream, subject)
        if found.conflict:
            raise CorpusError(
                f"{journal.where}: {stream} {subject} has {len(found.said)} versions side by side; "
                "say first which one holds"
            )
        to = events.reached(SubjectEvents.undone if kind == "undo" else SubjectEvents.redone)
        return None if to is None else journal.say(stream, subject, author, kind, {"to": list(to)})


def _writable(journal: Journal, stream: Stream, subject: str) -> tuple[SubjectEvents, WhatIsSaid[Any]]:
    events = journal.shared(stream, subject)
    found = what_is_said(events)
    if found.unreadable is not None:
        raise CorpusError(f"{journal.where}: {stream} {subject} can be read only: {found.unreadable}")
    return events, found
