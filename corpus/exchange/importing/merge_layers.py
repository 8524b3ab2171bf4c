"""What a file says of a pair, put into the annotation that stands: only the layers and sides that it holds.

Stances, implications, links and comments stay. An entity on the same letters with the same label keeps its
id, and its concept where the file gives none; what hung on an entity that is gone goes with it, and is
counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from hashiya.corpus.exchange.importing.read_marks import SideLabels
from hashiya.schema.records import LANGS, Annotation, Entity, Flag, Lang, Link, Stance


@dataclass(frozen=True, slots=True)
class MergedSides:
    """An annotation with what a file says of it; `lost` counts what hung on entities that are gone, and why.

    Where nothing `changed` it is the annotation that was there.
    """

    annotation: Annotation
    changed: bool
    lost: Counter[tuple[str, str]]


def merge_sides(
    before: Annotation,
    given: Mapping[Lang, SideLabels],
    *,
    with_flags: bool,
    labels: Collection[str] | None = None,
) -> MergedSides:
    """Return an annotation with the entities of some sides replaced, and `with_flags` their flags, too.

    With `labels`, entities of other labels stay: nobody looked for them.
    """
    entities = _entities(before.entities, given, labels)
    links = tuple(link for link in before.links if _stands(link, entities))
    stances, lost = _stances(before.stances, {entity.id for entity in entities})
    if len(links) < len(before.links):
        lost["links", "an entity of theirs is not in the file"] = len(before.links) - len(links)
    after = replace(
        before,
        entities=entities,
        flags=_flags(before.flags, given) if with_flags else before.flags,
        links=links,
        stances=stances,
    )
    changed = _content(after) != _content(before)
    return MergedSides(after if changed else before, changed, lost)


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


def _entities(
    before: Sequence[Entity], given: Mapping[Lang, SideLabels], labels: Collection[str] | None
) -> tuple[Entity, ...]:
    others = [
        entity
        for entity in before
        if entity.lang not in given or not (labels is None or entity.type in labels)
    ]
    standing = {_content_of(entity): entity for entity in before}
    used = {entity.id for entity in others}
    same: list[Entity] = []
    changed: list[Entity] = []
    for entity in (entity for lang in LANGS if lang in given for entity in given[lang].entities):
        known = standing.get(_content_of(entity))
        if known is None:
            changed.append(entity)
        else:
            used.add(known.id)
            same.append(replace(entity, id=known.id, concept=entity.concept or known.concept))
    taken = {entity.id for entity in before}
    named: list[Entity] = []
    for entity in changed:
        # An id that the file gives is that of an entity whose border or label was changed, or a new one.
        own = entity.id and entity.id not in used and _same_side(entity, before)
        name = entity.id if own else _free(entity.lang, used | taken)
        used.add(name)
        named.append(replace(entity, id=name))
    merged = [*others, *same, *named]
    return tuple(sorted(merged, key=lambda entity: (LANGS.index(entity.lang), entity.start, entity.end)))


def _content_of(entity: Entity) -> tuple[Lang, int, int, str]:
    return entity.lang, entity.start, entity.end, entity.type


def _same_side(entity: Entity, before: Sequence[Entity]) -> bool:
    return all(other.lang == entity.lang for other in before if other.id == entity.id)


def _free(lang: Lang, used: Collection[str]) -> str:
    number = 1
    while f"{lang}{number}" in used:
        number += 1
    return f"{lang}{number}"


def _flags(before: Sequence[Flag], given: Mapping[Lang, SideLabels]) -> tuple[Flag, ...]:
    meant = {(flag.lang, flag.start, flag.end, flag.kind): flag.intended for flag in before}
    flags = [flag for flag in before if flag.lang not in given]
    for lang in LANGS:
        for flag in given[lang].flags if lang in given else ():
            known = meant.get((flag.lang, flag.start, flag.end, flag.kind))
            flags.append(flag if flag.intended is not None else replace(flag, intended=known))
    return tuple(flags)


def _stances(
    before: Sequence[Stance], ids: Collection[str]
) -> tuple[tuple[Stance, ...], Counter[tuple[str, str]]]:
    """Return the stances without holders that are gone, and how many holders and stances that loses."""
    stances: list[Stance] = []
    lost: Counter[tuple[str, str]] = Counter()
    for stance in before:
        if stance.holder_entity is None or stance.holder_entity in ids:
            stances.append(stance)
            continue
        lost["holders", "their entity is not in the file"] += 1
        nameless = replace(stance, holder_entity=None)
        rivals = {(other.target, other.holder, other.holder_entity) for other in [*before, *stances]}
        if (nameless.target, nameless.holder, None) in rivals:
            lost["stances", "without its holder's entity it would contradict another"] += 1
        else:
            stances.append(nameless)
    return tuple(stances), lost
