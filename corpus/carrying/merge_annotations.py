"""Two annotations of one annotator joined into one, a layer at a time. Pure.

The first annotation's marks win: two entities of one side may not share letters, and there is one stance for
a target and a holder. Each layer has a function that returns what the second annotation adds and what of it
gives way; nothing else in it is dropped but links whose ends gave way.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from hashiya.corpus.carrying.place_annotation import LeftMarks, left_mark
from hashiya.schema.covers import common_covers
from hashiya.schema.records import Annotation, Entity, Flag, Implication, Link, Stance, overlaps

_Mark = TypeVar("_Mark", Entity, Flag, Implication, Link, Stance)


@dataclass(frozen=True, slots=True)
class _Layer(Generic[_Mark]):
    """What the second annotation adds to a layer of the first, and what of it gives way to the first."""

    added: tuple[_Mark, ...]
    gave_way: tuple[_Mark, ...] = ()


def merge_annotations(first: Annotation, second: Annotation) -> tuple[Annotation, LeftMarks]:
    """Return the two annotations as one, and the marks of the second that gave way to the first.

    The outcome comes up for review unless the second one adds nothing.
    """
    entities, renamed = _entities(first.entities, second.entities)
    links = _links(second.links, renamed)
    stances = _stances(first.stances, second.stances, renamed)
    implications = _without(first.implications, second.implications)
    flags = _without(first.flags, second.flags)
    gave_way: tuple[Entity | Stance, ...] = (*entities.gave_way, *stances.gave_way)
    left = tuple(map(left_mark, gave_way))
    comment = _comment(first.comment, second.comment)
    added = (*entities.added, *links.added, *stances.added, *implications.added, *flags.added)
    if not added and not left and first.status == second.status and comment == first.comment:
        return first, ()
    merged = replace(
        first,
        covers=common_covers(first.covers, second.covers),
        status="draft" if first.status == second.status == "draft" else "review",
        entities=(*first.entities, *entities.added),
        links=(*first.links, *links.added),
        stances=(*first.stances, *stances.added),
        implications=(*first.implications, *implications.added),
        flags=(*first.flags, *flags.added),
        comment=comment,
        seconds=_total(first.seconds, second.seconds),
    )
    return merged, left


def _comment(first: str | None, second: str | None) -> str | None:
    """Return a comment with those lines of another one that it has not: each part of a label brings all."""
    if not first or not second:
        return first or second
    lines = first.splitlines()
    return "\n".join([first, *(line for line in second.splitlines() if line not in lines)])


def _entities(
    first: Collection[Entity], second: Collection[Entity]
) -> tuple[_Layer[Entity], Mapping[str, str]]:
    """The layer, and the ids that the added entities have now, by those that they had.

    An entity that the first annotation has too neither adds anything nor gives way.
    """
    taken = {entity.id for entity in first}
    new_ids = {entity.id: _free_id(entity.id, taken) for entity in second}
    without_ids = {replace(entity, id="") for entity in first}
    added: list[Entity] = []
    gave_way: list[Entity] = []
    for entity in second:
        if not any(entity.lang == other.lang and overlaps(entity, other) for other in first):
            added.append(entity)
        elif replace(entity, id="") not in without_ids:
            gave_way.append(entity)
    layer = _Layer(tuple(replace(entity, id=new_ids[entity.id]) for entity in added), tuple(gave_way))
    return layer, {entity.id: new_ids[entity.id] for entity in added}


def _links(second: Collection[Link], renamed: Mapping[str, str]) -> _Layer[Link]:
    """The links between added entities; a link goes with its ends."""
    return _Layer(
        tuple(
            replace(link, ar=renamed[link.ar], en=renamed[link.en])
            for link in second
            if {link.ar, link.en} <= renamed.keys()
        )
    )


def _stances(
    first: Collection[Stance], second: Collection[Stance], renamed: Mapping[str, str]
) -> _Layer[Stance]:
    """Stances by target and holder; one whose holder's entity was not added keeps `holder` alone."""
    standing = {(item.target, item.holder): set[str]() for item in first}
    for item in first:
        standing[item.target, item.holder].add(item.stance)
    added: list[Stance] = []
    gave_way: list[Stance] = []
    for item in second:
        views = standing.get((item.target, item.holder))
        if views is None:
            added.append(replace(item, holder_entity=renamed.get(item.holder_entity or "")))
        elif item.stance not in views:
            gave_way.append(item)
    return _Layer(tuple(added), tuple(gave_way))


def _without(first: Collection[_Mark], second: Collection[_Mark]) -> _Layer[_Mark]:
    """Flags or implications, any number of which stand side by side: those that the first does not have."""
    return _Layer(tuple(item for item in second if item not in first))


def _total(first: float | None, second: float | None) -> float | None:
    return None if first is None and second is None else (first or 0) + (second or 0)


def _free_id(entity_id: str, taken: set[str]) -> str:
    """An id like this one that is not taken; it is taken from now on."""
    number, free = 1, entity_id
    while free in taken:
        number += 1
        free = f"{entity_id}-{number}"
    taken.add(free)
    return free
