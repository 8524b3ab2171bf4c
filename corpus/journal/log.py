"""The journal as a log to read: who did what to which subject, and when they say that it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from hashiya.corpus.journal.event import ADJUDICATION, DOCUMENT_STREAM, EVENT_COLUMNS, SAYS, SHARED, Event
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.streams.words import said_in_words
from hashiya.schema.errors import LabelError
from hashiya.schema.records import Annotation

_LAYERS = {
    "entities": ("entity", "entities"),
    "stances": ("stance", "stances"),
    "implications": ("implication", "implications"),
    "flags": ("flag", "flags"),
    "links": ("link", "links"),
}


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One event in words. `what` says what it changed; `created_at` is what its machine's clock said."""

    created_at: str
    author: str
    stream: str
    kind: str
    subject: str
    doc_id: str | None
    what: str
    event_id: str
    replica: str
    intact: bool


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which events a log has: those of an author, a subject (or the beginning of its id), a stream, a kind.

    `since` and `until` are compared with what the clocks said, as text (ISO 8601, UTC). `doc_id` is that of
    the document in which a pair was labelled.
    """

    author: str | None = None
    subject: str | None = None
    stream: str | None = None
    kind: str | None = None
    since: str | None = None
    until: str | None = None
    doc_id: str | None = None


def journal_log(journal: Journal, chosen: LogFilter) -> Iterator[LogEntry]:
    """Yield the events that a filter chooses, the one that came into this file last first."""
    conditions: list[str] = []
    values: list[str] = []
    for condition, value in (
        ("author = ?", chosen.author),
        ("stream = ?", chosen.stream),
        ("kind = ?", chosen.kind),
        ("created_at >= ?", chosen.since),
        ("created_at < ?", chosen.until),
        ("substr(subject, 1, length(?)) = ?", chosen.subject),
    ):
        if value is not None:
            conditions.append(condition)
            values += [value] * condition.count("?")
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    query = f"SELECT {EVENT_COLUMNS} FROM event {where} ORDER BY position DESC"  # noqa: S608 - names, marks
    for event in map(Event.from_row, journal.database.ask_at_length(query, values)):
        entry = _entry(journal, event)
        if chosen.doc_id in {None, entry.doc_id}:
            yield entry


def _entry(journal: Journal, event: Event) -> LogEntry:
    doc_id, what = None, "damaged, set aside"
    if event.intact:
        is_decision = event.stream == ADJUDICATION and event.known
        doc_id, what = _decided(journal, event) if is_decision else _told(journal, event)
    return LogEntry(
        created_at=event.created_at,
        author=event.author,
        stream=event.stream,
        kind=event.kind,
        subject=event.subject,
        doc_id=doc_id,
        what=what,
        event_id=event.event_id,
        replica=event.replica,
        intact=event.intact,
    )


def _told(journal: Journal, event: Event) -> tuple[str | None, str]:
    """The document of an event, and what it changed in words."""
    if event.stream in SHARED and event.known:
        return event.subject if event.stream == DOCUMENT_STREAM else None, said_in_words(event)
    if event.stream != "label" or not event.known:
        return None, event.body if len(event.body) <= 80 else f"{event.body[:77]}..."
    try:
        now = journal.state(event)
        before = [journal.state(journal.event(name)) for name in event.parents if journal.has(name)]
    except LabelError as error:
        return None, f"cannot be read: {error}"
    said = next((state for state in (now, *before) if state is not None), None)
    doc_id = None if said is None else said.place.doc_id
    if event.kind in SAYS:
        what = _change(before[0] if len(before) == 1 else None, now)
        if len(before) > 1:
            what = f"settled {len(before)} that stood side by side: {what}"
        if event.kind == "carry":
            what = f"carried from {len(event.payload['moved_from'])} pairs: {what}"
        return doc_id, what
    targets = event.targets()
    if not targets:
        return doc_id, "nothing stands again"
    return doc_id, _change(before[0] if before else None, now) if len(
        targets
    ) == 1 else "a conflict stands again"


def _decided(journal: Journal, event: Event) -> tuple[str | None, str]:
    """The document of a decision, and what it settles; of undo and redo, how many decisions stand again."""
    if event.kind not in SAYS:
        return None, "a decision stands again" if event.targets() else "no decision stands"
    try:
        decided = journal.decision(event)
    except LabelError as error:
        return None, f"cannot be read: {error}"
    counts = Counter(item.cell.layer for item in decided.settles)
    cells = ", ".join(f"{layer} {count}" for layer, count in counts.items())
    reasons = "; ".join(dict.fromkeys(item.why for item in decided.settles if item.why))
    what = f"settles {cells or 'nothing'}" + (f" ({reasons})" if reasons else "")
    return decided.annotation.place.doc_id, what


def _change(before: Annotation | None, now: Annotation | None) -> str:
    """What is different between two states of a pair, in a few words."""
    if now is None:
        return "nothing"
    parts: list[str] = []
    for layer, (one, many) in _LAYERS.items():
        had, has = (set(getattr(state, layer)) if state else set() for state in (before, now))
        for sign, items in (("+", has - had), ("-", had - has)):
            if items:
                parts.append(f"{sign}{len(items)} {one if len(items) == 1 else many}")
    if before is None or before.comment != now.comment:
        parts += ["comment"] if now.comment else []
    if before is None or before.status != now.status:
        parts.append(now.status)
    return ", ".join(parts) or "no change"
