"""Orphaned annotations: those whose pair is not in the generation and that were not carried to another one.

What of a carried annotation was left behind is found here too, until somebody has reviewed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from hashiya.corpus.journal.event import Standing
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.generation import Generation
from hashiya.schema.records import Annotation


def unplaced(journal: Journal, generation: Generation) -> list[Standing]:
    """Return the orphaned annotations: after `carry_over`, those that found no place."""
    return list(orphaned(journal, list(journal.standing()), set(generation.pair_ids())))


def orphaned(journal: Journal, standing: Sequence[Standing], present: AbstractSet[str]) -> Iterator[Standing]:
    """Yield those of `standing` that are orphaned; `present` holds the ids of the generation's pairs.

    What was itself carried and is untouched since is none when all pairs that it came from are back: then
    the old annotations stand again.
    """
    moved: set[str] = set()
    sources: dict[tuple[str, str], set[str]] = {}
    for event in journal.carried():
        moved.update(event.payload["moved_from"])
        sources.setdefault((event.pair_id, event.annotator), set()).update(event.payload["moved_from"])
    for item in standing:
        if item.pair_id in present or any(head.event_id in moved for head in item.heads):
            continue
        came_from = {journal.pair_of(source) for source in sources.get((item.pair_id, item.annotator), ())}
        untouched = all(event.kind == "carry" for event in journal.history(item.pair_id, item.annotator))
        if not (untouched and came_from and came_from <= present):
            yield item


def left_behind(journal: Journal, generation: Generation) -> list[Annotation]:
    """Return, as they were, annotations that were carried without some of their marks.

    One is returned until the annotation that it was carried to is saved again, which is the review.
    """
    present = set(generation.pair_ids())
    standing = list(journal.standing())
    in_generation = [item for item in standing if item.pair_id in present]
    annotations: dict[str, Annotation] = {}
    for item in (*in_generation, *orphaned(journal, standing, present)):
        for head in item.heads:
            for source in _incomplete(journal, head.event_id):
                annotation = journal.state_of(source)
                if annotation is not None:
                    annotations[source] = annotation
    return list(annotations.values())


def _incomplete(journal: Journal, event_id: str) -> Iterator[str]:
    """The events that marks were left of on the way to this one, through carries that nobody saved over."""
    history = journal.chain(event_id)
    while history and history[-1].event_id != event_id:
        history.pop()
    while history and history[-1].kind == "carry":
        event = history.pop()
        if event.payload["left"]:
            yield from (*event.payload["moved_from"], *event.parents)
        for source in event.payload["moved_from"]:
            yield from _incomplete(journal, source)
