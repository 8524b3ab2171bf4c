"""What a file says of a pair, put into the annotation that stands: only the layers and sides that it holds.

Stances, implications, links and comments stay. An entity on the same letters with the same label keeps its
id, and its concept where the file gives none; what hung on an entity that is gone goes with it, and is
counted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.read_marks import Read
from hashiya.schema.records import LANGS, Annotation, Entity, Flag, Lang, Link, Stance


def merged(
    before: Annotation, given: Mapping[Lang, Read], outcome: Outcome, *, with_flags: bool
) -> Annotation:
    """Return an annotation with the entities and flags of some sides replaced; itself if they are."""
    entities = _entities(before.entities, given)
    flags = _flags(before.flags, given) if with_flags else before.flags
    ids = {entity.id for entity in entities}
    links = tuple(link for link in before.links if _stands(link, entities))
    if len(links) < len(before.links):
        outcome.leave("links", "an entity of theirs is not in the file", len(before.links) - len(links))
    after = replace(
        before,
        entities=entities,
        flags=flags,
        links=links,
        stances=_stances(before.stances, ids, outcome),
    )
    return before if _content(after) == _content(before) else after


def _content(annotation: Annotation) -> tuple[object, ...]:
    return (
        frozenset(annotation.entities),
        frozenset(annotation.flags),
        frozenset(annotation.links),
        annotation.stances,
    )


def _stands(link: Link, entities: Collection[Entity]) -> bool:
    sides = {entity.id: entity.lang for entity in entities}
    return sides.get(link.ar) == "ar" and sides.get(link.en) == "en"


def _entities(before: Sequence[Entity], given: Mapping[Lang, Read]) -> tuple[Entity, ...]:
    kept = [entity for entity in before if entity.lang not in given]
    there = {(entity.lang, entity.start, entity.end, entity.type): entity for entity in before}
    used = {entity.id for entity in kept}
    named: list[Entity] = []
    nameless: list[Entity] = []
    for entity in (entity for lang in LANGS if lang in given for entity in given[lang].entities):
        same = there.get((entity.lang, entity.start, entity.end, entity.type))
        if same is not None:
            entity = replace(entity, id=same.id, concept=entity.concept or same.concept)  # noqa: PLW2901
            used.add(entity.id)
            named.append(entity)
        else:
            nameless.append(entity)
    taken = {entity.id for entity in before}
    for entity in nameless:
        # An id that the file gives is that of an entity whose border or label was changed, or a new one.
        own = entity.id and entity.id not in used and _same_side(entity, before)
        new = entity.id if own else _free(entity.lang, used | taken)
        used.add(new)
        named.append(replace(entity, id=new))
    order: dict[Lang, int] = {lang: number for number, lang in enumerate(LANGS)}
    return tuple(sorted([*kept, *named], key=lambda entity: (order[entity.lang], entity.start, entity.end)))


def _same_side(entity: Entity, before: Sequence[Entity]) -> bool:
    return all(other.lang == entity.lang for other in before if other.id == entity.id)


def _free(lang: Lang, used: Collection[str]) -> str:
    number = 1
    while f"{lang}{number}" in used:
        number += 1
    return f"{lang}{number}"


def _flags(before: Sequence[Flag], given: Mapping[Lang, Read]) -> tuple[Flag, ...]:
    meant = {(flag.lang, flag.start, flag.end, flag.kind): flag.intended for flag in before}
    flags = [flag for flag in before if flag.lang not in given]
    for lang in LANGS:
        for flag in given[lang].flags if lang in given else ():
            known = meant.get((flag.lang, flag.start, flag.end, flag.kind))
            flags.append(flag if flag.intended is not None else replace(flag, intended=known))
    return tuple(flags)


def _stances(before: Sequence[Stance], ids: Collection[str], outcome: Outcome) -> tuple[Stance, ...]:
    stances: list[Stance] = []
    for stance in before:
        gone = stance.holder_entity is not None and stance.holder_entity not in ids
        if not gone:
            stances.append(stance)
            continue
        outcome.leave("holders", "their entity is not in the file")
        nameless = replace(stance, holder_entity=None)
        rivals = {(other.target, other.holder, other.holder_entity) for other in [*before, *stances]}
        if (nameless.target, nameless.holder, None) in rivals:
            outcome.leave("stances", "without its holder's entity it would contradict another")
        else:
            stances.append(nameless)
    return tuple(stances)
