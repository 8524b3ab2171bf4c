"""Orphaned annotations: those whose pair is not in the generation and that were not carried to another one.

What of a carried annotation was left behind is found here too, until somebody has reviewed it.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace

from hashiya.corpus.journal.event import Event
from hashiya.corpus.journal.heads import sources
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.standing import Standing, content_of
from hashiya.corpus.store.generation import Generation
from hashiya.schema.records import Annotation


def unplaced(journal: Journal, generation: Generation) -> list[Standing]:
    """Return the orphaned annotations: after `carry_over`, those that found no place."""
    return list(orphaned(journal, generation.present(journal.pair_ids())))


def orphaned(journal: Journal, present: AbstractSet[str]) -> Iterator[Standing]:
    """Yield what stands, and was not carried on, for labelled pairs that are not `present`.

    What was itself carried and is untouched since is none when all pairs that it came from are back: then
    the old annotations stand again.
    """
    carries = _Carries(journal)
    for pair_id in journal.pair_ids():
        if pair_id in present:
            continue
        for item in journal.standing(pair_id):
            left = carries.without_moved(item)
            if left is not None and not carries.is_back(left, present):
                yield left


class _Carries:
    """All carries of a journal: what was moved, and where what stands came from."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._moved: set[str] = set()
        self._sources: dict[tuple[str, str], set[str]] = {}
        for event in journal.carried():
            self._moved |= sources(event)
            self._sources.setdefault((event.subject, event.author), set()).update(sources(event))

    def without_moved(self, item: Standing) -> Standing | None:
        """Return what stands without the heads that were carried on; `None` where nothing is left."""
        kept = [
            (head, state)
            for head, state in zip(item.heads, item.states, strict=False)
            if state is not None and head.event_id not in self._moved
        ]
        if not kept:
            return None
        alike = {content_of(state): state for _, state in kept}
        return replace(
            item,
            heads=tuple(head for head, _ in kept),
            states=tuple(state for _, state in kept),
            annotations=tuple(alike.values()),
        )

    def is_back(self, item: Standing, present: AbstractSet[str]) -> bool:
        """Return whether an untouched carry came from pairs that are all there again."""
        came_from = {
            self._journal.pair_of(source)
            for source in self._sources.get((item.pair_id, item.annotator), ())
            if self._journal.has(source)
        }
        untouched = all(
            event.kind == "carry" for event in self._journal.history(item.pair_id, item.annotator)
        )
        return untouched and bool(came_from) and came_from <= present


def left_behind(journal: Journal, generation: Generation) -> list[Annotation]:
    """Return, as they were, annotations that were carried without some of their marks.

    One is returned until the annotation that it was carried to is saved again, which is the review.
    """
    present = generation.present(journal.pair_ids())
    carried_to = {(event.subject, event.author) for event in journal.carried()}
    orphans = {(item.pair_id, item.annotator): item for item in orphaned(journal, present)}
    annotations: dict[str, Annotation] = {}
    for pair_id, annotator in sorted(carried_to):
        items = journal.standing(pair_id, annotator) if pair_id in present else ()
        for item in items or filter(None, [orphans.get((pair_id, annotator))]):
            for head in item.heads:
                for source in _incomplete(journal, head.event_id):
                    annotation = journal.state_of(source)
                    if annotation is not None:
                        annotations[source] = annotation
    return list(annotations.values())


def _incomplete(journal: Journal, event_id: str) -> Iterator[str]:
    """The events that marks were left of on the way to this one, through carries that nobody saved over."""
    for event in _untouched(journal, event_id):
        if event.payload.get("left"):
            yield from (*sources(event), *event.parents)
        for source in sorted(sources(event)):
            if journal.has(source):
                yield from _incomplete(journal, source)


def _untouched(journal: Journal, event_id: str) -> Iterator[Event]:
    """A carry, and the carries that it follows."""
    event = journal.event(event_id)
    if event.kind == "carry" and event.known:
        yield event
        for parent in event.parents:
            if journal.has(parent):
                yield from _untouched(journal, parent)
