"""Taking an answer: what another annotation says in a cell, put in the place of what a draft says there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import count

from hashiya.corpus.team.cells import EntityPlace, place_of
from hashiya.schema.adjudication import CellKey
from hashiya.schema.records import Annotation, Entity, Flag, Link, Stance
from hashiya.tui.session.edits.spans import in_text_order


def take_answer(draft: Annotation, source: Annotation, cell: CellKey) -> Annotation:
    """Return a draft that says in a cell what another annotation of the pair says there, and no more.

    A link comes along where the draft has both ends, a holder's name where the draft has that.
    """
    if cell.layer == "stances":
        return _take_stances(draft, source, cell)
    if cell.layer == "implications":
        key = (cell.target, cell.channel)
        others = (item for item in draft.implications if (item.target, item.channel) != key)
        taken = (item for item in source.implications if (item.target, item.channel) == key)
        return replace(draft, implications=(*others, *taken))
    if cell.layer == "flags":
        flags = [item for item in draft.flags if not _is_in(item, cell)]
        return replace(
            draft, flags=in_text_order([*flags, *(item for item in source.flags if _is_in(item, cell))])
        )
    return _take_names(draft, source, cell)


def with_ids_of(annotation: Annotation, other: Annotation) -> Annotation:
    """Return an annotation whose entities have the ids of another's at the same places."""
    ids = {place_of(entity): entity.id for entity in other.entities}
    taken = set(ids.values())
    names: dict[str, str] = {}
    for entity in annotation.entities:
        known = ids.get(place_of(entity))
        if known is None:
            known = _free_name(entity, taken)
            taken.add(known)
        names[entity.id] = known
    return _renamed(annotation, names)


def _take_stances(draft: Annotation, source: Annotation, cell: CellKey) -> Annotation:
    places = {entity.id: place_of(entity) for entity in source.entities}
    here = _ids(draft)
    names = {entity_id: here[place] for entity_id, place in places.items() if place in here}
    taken = [
        replace(item, holder_entity=names.get(item.holder_entity or ""))
        for item in source.stances
        if item.target == cell.target
    ]
    others = (item for item in draft.stances if item.target != cell.target)
    return replace(draft, stances=(*others, *taken))


def _take_names(draft: Annotation, source: Annotation, cell: CellKey) -> Annotation:
    gone = [item for item in draft.entities if _is_in(item, cell)]
    kept = [item for item in draft.entities if not _is_in(item, cell)]
    was = {place_of(item): item.id for item in gone}
    taken = {item.id for item in draft.entities}
    names: dict[str, str] = {}
    for item in source.entities:
        if _is_in(item, cell):
            names[item.id] = was.get(place_of(item)) or _free_name(item, taken)
            taken.add(names[item.id])
    added = [replace(item, id=names[item.id]) for item in source.entities if item.id in names]
    gone_ids = {item.id for item in gone}
    made = replace(
        draft,
        entities=in_text_order([*kept, *added]),
        links=tuple(item for item in draft.links if not {item.ar, item.en} & gone_ids),
    )
    return _with_holders(_with_links(made, source, {*names.values()}), source)


def _with_links(draft: Annotation, source: Annotation, added: set[str]) -> Annotation:
    """The draft with the links of the source that one of the added entities is an end of."""
    places = {entity.id: place_of(entity) for entity in source.entities}
    here = _ids(draft)
    links = list(draft.links)
    for link in source.links:
        ends = [here.get(places[end]) for end in (link.ar, link.en) if end in places]
        if len(ends) == 2 and ends[0] is not None and ends[1] is not None and added & {*ends}:
            made = Link(ar=ends[0], en=ends[1])
            if made not in links:
                links.append(made)
    return replace(draft, links=tuple(links))


def _with_holders(draft: Annotation, source: Annotation) -> Annotation:
    """The draft with holders' names where its entities are: a name that is gone is named no more."""
    ids = {entity.id for entity in draft.entities}
    here = _ids(draft)
    places = {entity.id: place_of(entity) for entity in source.entities}
    named = {
        (item.target, item.stance, item.holder): here.get(places[item.holder_entity])
        for item in source.stances
        if item.holder_entity in places
    }

    def held(item: Stance) -> Stance:
        if item.holder_entity in ids:
            return item
        return replace(item, holder_entity=named.get((item.target, item.stance, item.holder)))

    return replace(draft, stances=tuple(map(held, draft.stances)))


def _ids(annotation: Annotation) -> Mapping[EntityPlace, str]:
    return {place_of(entity): entity.id for entity in annotation.entities}


def _is_in(item: Entity | Flag, cell: CellKey) -> bool:
    return item.lang == cell.lang and item.start < (cell.end or 0) and (cell.start or 0) < item.end


def _free_name(entity: Entity, taken: set[str]) -> str:
    return next(name for number in count(1) if (name := f"{entity.lang}{number}") not in taken)


def _renamed(annotation: Annotation, names: Mapping[str, str]) -> Annotation:
    return replace(
        annotation,
        entities=tuple(replace(item, id=names[item.id]) for item in annotation.entities),
        links=tuple(Link(ar=names[item.ar], en=names[item.en]) for item in annotation.links),
        stances=tuple(
            replace(item, holder_entity=names.get(item.holder_entity or "")) for item in annotation.stances
        ),
    )
