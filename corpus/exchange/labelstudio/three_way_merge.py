"""What changed here, there or on both sides since an annotation was sent, and what the journal makes of it.

No clock decides. Where both sides changed, both annotations stand side by side in the journal, a conflict
that the annotator's screen shows and the next save settles, unless one side is preferred.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from hashiya.corpus.exchange.labelstudio.read_task import Arrival
from hashiya.corpus.journal.journal import Journal
from hashiya.schema.records import Annotation, Place

Prefer = Literal["here", "there"]
Change = Literal["same", "here", "there", "both"]
"""Nothing to do; changed here only, there only, on both sides."""

_ANYWHERE = Place(doc_id="")


def same(one: Annotation | None, other: Annotation | None) -> bool:
    """Whether two annotations say the same: time spent, dates and places in the document aside."""
    return _said(one) == _said(other)


def what_changed(base: Annotation | None, here: Annotation | None, there: Annotation | None) -> Change:
    """Return what changed since both sides held ``base``."""
    if same(here, there):
        return "same"
    if same(there, base):
        return "here"
    return "there" if same(here, base) else "both"


def _said(annotation: Annotation | None) -> Annotation | None:
    return annotation and replace(annotation, seconds=None, created_at=None, place=_ANYWHERE)


@dataclass(slots=True)
class Merged:
    """What became of arrivals, by count, and where conflicts are."""

    unchanged: int = 0
    recorded: int = 0
    newer_here: int = 0
    preferred_here: int = 0
    preferred_there: int = 0
    conflicts: list[str] = field(default_factory=list)
    """One line each: where the annotation came from, and whose it is."""


def merge_arrivals(
    journal: Journal,
    arrivals: Sequence[Arrival],
    texts_of: Callable[[Annotation], Sequence[str]],
    merged: Merged,
    prefer: Prefer | None = None,
) -> None:
    """Let the journal take in what has arrived, and count it in ``merged``.

    ``texts_of`` gives the texts of an annotation's document, which the journal keeps.
    """
    waiting: dict[tuple[str, str], Annotation] = {}

    def flush() -> None:
        texts = {text for annotation in waiting.values() for text in texts_of(annotation)}
        journal.record(waiting.values(), texts)
        waiting.clear()

    for arrival in arrivals:
        there = arrival.annotation
        key = (there.pair_id, there.annotator)
        if key in waiting:
            flush()
        heads = _heads(journal, *key)
        if any(same(head, there) for head in heads):
            merged.unchanged += 1
            continue
        here = heads[0] if heads else None
        new = here is None and not journal.history(*key)
        verdict = "there" if new else what_changed(arrival.base, here, there) if len(heads) < 2 else "both"
        if verdict == "there":
            merged.recorded += 1
            waiting[key] = there
        elif verdict == "here":
            merged.newer_here += 1
        elif prefer == "here":
            merged.preferred_here += 1
        elif prefer == "there":
            merged.preferred_there += 1
            waiting[key] = there
        else:
            merged.conflicts.append(f"{arrival.where}: {there.annotator} has another annotation here")
            journal.record_beside(there, _event_of(journal, key, arrival.base), texts_of(there))
    flush()


def _heads(journal: Journal, pair_id: str, annotator: str) -> tuple[Annotation, ...]:
    for standing in journal.standing(pair_id, annotator):
        return standing.annotations
    return ()


def _event_of(journal: Journal, key: tuple[str, str], base: Annotation | None) -> str | None:
    """The last event after which the annotation that was sent stood."""
    for event in reversed(journal.history(*key)) if base is not None else ():
        if same(journal.state(event), base):
            return event.event_id
    return None
