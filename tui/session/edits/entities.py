"""Edits of entities, and of what hangs on them: concepts, links between the sides, holders of stances."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from hashiya.schema.errors import LabelError
from hashiya.schema.records import Annotation, Entity, Lang, Link, Pair, Span, Stance, overlaps
from hashiya.schema.scheme import LabelScheme, is_concept
from hashiya.tui.session.edits.spans import entity_with_id, in_text_order, span_at, trimmed_span
from hashiya.tui.session.edits.statements import stance_key
from hashiya.tui.settings.language import N_, _

_ONE_SIDE: dict[Lang, str] = {
    "ar": N_("“{one}” and “{other}” are both Arabic; link an Arabic and an English name"),
    "en": N_("“{one}” and “{other}” are both English; link an Arabic and an English name"),
}


def mark(  # noqa: PLR0917 - what, where and as what, as one says it
    annotation: Annotation,
    pair: Pair,
    scheme: LabelScheme,
    lang: Lang,
    span: Span,
    entity_type: str,
    concept: str | None = None,
) -> tuple[Annotation, str]:
    """Mark a name, and return its entity's id too; outer white space stays out.

    The span of an entity gets the new type and keeps the rest. Where entities must not overlap, those
    inside the span give way to it: it takes the first one's id, concept and links.
    """
    span, text = trimmed_span(pair, lang, span)
    _check_type(scheme, entity_type)
    inside: list[Entity] = []
    for entity in annotation.entities:
        if entity.lang != lang or not overlaps(entity, span):
            continue
        if scheme.rules.overlap:
            if (entity.start, entity.end, entity.type) == (span.start, span.end, entity_type):
                raise LabelError(
                    _("“{text}” is marked as {type} already").format(text=text, type=entity_type)
                )
        elif span.start <= entity.start and entity.end <= span.end:
            inside.append(entity)
        else:
            raise LabelError(
                _("“{text}” overlaps “{other}”, which is marked; unmark that or mark other words").format(
                    text=text, other=entity.text
                )
            )
    first_inside = inside[0] if inside else None
    entity_id = first_inside.id if first_inside else _free_id(annotation, lang)
    made = Entity(
        id=entity_id,
        lang=lang,
        start=span.start,
        end=span.end,
        text=text,
        type=entity_type,
        concept=first_inside.concept if first_inside else None,
    )
    gone = {entity.id for entity in inside}
    marked = replace(
        annotation,
        entities=in_text_order([*(entity for entity in annotation.entities if entity.id not in gone), made]),
        links=_without(annotation.links, gone - {entity_id}),
        # Whoever was marked inside is named by the longer name now.
        stances=_held_by(annotation.stances, dict.fromkeys(gone, entity_id)),
    )
    return (marked if concept is None else set_concept(marked, entity_id, concept)), entity_id


def retype(annotation: Annotation, scheme: LabelScheme, entity_id: str, entity_type: str) -> Annotation:
    """Give an entity another type."""
    entity = entity_with_id(annotation, entity_id)
    _check_type(scheme, entity_type)
    twins = (
        other
        for other in annotation.entities
        if other.id != entity_id
        and (other.lang, other.start, other.end) == (entity.lang, entity.start, entity.end)
    )
    if any(other.type == entity_type for other in twins):
        raise LabelError(
            _("“{text}” is marked as {type} already; unmark one of the two").format(
                text=entity.text, type=entity_type
            )
        )
    return _exchange(annotation, {entity_id: replace(entity, type=entity_type)})


def resize(annotation: Annotation, pair: Pair, scheme: LabelScheme, entity_id: str, span: Span) -> Annotation:
    """Give an entity another span; `LabelError` where it would overlap another that it may not overlap."""
    entity = entity_with_id(annotation, entity_id)
    text = (pair.text(entity.lang) or "")[span.start : span.end]
    for other in annotation.entities:
        shares = other.lang == entity.lang and overlaps(other, span)
        twins = (other.start, other.end, other.type) == (span.start, span.end, entity.type)
        if other.id != entity.id and shares and (twins or not scheme.rules.overlap):
            raise LabelError(
                _("“{text}” overlaps “{other}”, which is marked; unmark that or mark other words").format(
                    text=text, other=other.text
                )
            )
    resized = replace(entity, start=span.start, end=span.end, text=text)
    return replace(
        annotation, entities=tuple(resized if item.id == entity.id else item for item in annotation.entities)
    )


def unmark(annotation: Annotation, entity_id: str) -> Annotation:
    """Take an entity away with its links; a stance that named it as holder names nobody then."""
    entity_with_id(annotation, entity_id)
    return replace(
        annotation,
        entities=tuple(entity for entity in annotation.entities if entity.id != entity_id),
        links=_without(annotation.links, {entity_id}),
        stances=_held_by(annotation.stances, {entity_id: None}),
    )


def set_concept(annotation: Annotation, entity_id: str, concept: str | None) -> Annotation:
    """Say what thing an entity names, for all that are linked to it too."""
    entity_with_id(annotation, entity_id)
    if concept is not None and not is_concept(concept):
        raise LabelError(
            _("{concept!r} is no concept; write it like 'large-language-model'").format(concept=concept)
        )
    same = {entity_id, *linked(annotation, entity_id)}
    return _exchange(
        annotation,
        {entity.id: replace(entity, concept=concept) for entity in annotation.entities if entity.id in same},
    )


def link(annotation: Annotation, one_id: str, other_id: str) -> Annotation:
    """Say that an Arabic and an English entity name the same thing; the concept of `one` wins."""
    one, other = entity_with_id(annotation, one_id), entity_with_id(annotation, other_id)
    if one.lang == other.lang:
        raise LabelError(_(_ONE_SIDE[one.lang]).format(one=one.text, other=other.text))
    ar, en = (one, other) if one.lang == "ar" else (other, one)
    made = Link(ar=ar.id, en=en.id)
    if made not in annotation.links:
        annotation = replace(annotation, links=(*annotation.links, made))
    return set_concept(annotation, one_id, one.concept if one.concept is not None else other.concept)


def unlink(annotation: Annotation, entity_id: str) -> Annotation:
    """Take away all links of an entity; concepts stay."""
    entity_with_id(annotation, entity_id)
    return replace(annotation, links=_without(annotation.links, {entity_id}))


def linked(annotation: Annotation, entity_id: str) -> tuple[str, ...]:
    """Return the ids of the entities that are linked to one, directly or over others."""
    reached, border = {entity_id}, {entity_id}
    while border:
        pairs = [(item.ar, item.en) for item in annotation.links]
        border = {end for ends in pairs if border.intersection(ends) for end in ends} - reached
        reached |= border
    return tuple(entity.id for entity in annotation.entities if entity.id in reached - {entity_id})


def entity_at(annotation: Annotation, lang: Lang, span: Span) -> Entity | None:
    """Return the entity of exactly this span, else the shortest that shares a letter with it."""
    return span_at(annotation.entities, lang, span)


def _check_type(scheme: LabelScheme, entity_type: str) -> None:
    if entity_type not in scheme.ids("entity"):
        raise LabelError(
            _("there is no entity type {type!r}; one of {types}").format(
                type=entity_type, types=", ".join(scheme.ids("entity")) or _("none")
            )
        )


def _free_id(annotation: Annotation, lang: Lang) -> str:
    taken = {entity.id for entity in annotation.entities}
    return next(name for number in count(1) if (name := f"{lang}{number}") not in taken)


def _exchange(annotation: Annotation, changed: dict[str, Entity]) -> Annotation:
    entities = in_text_order(changed.get(entity.id, entity) for entity in annotation.entities)
    return replace(annotation, entities=entities)


def _without(links: Iterable[Link], gone: set[str]) -> tuple[Link, ...]:
    return tuple(item for item in links if item.ar not in gone and item.en not in gone)


def _held_by(stances: Iterable[Stance], names: dict[str, str | None]) -> tuple[Stance, ...]:
    """Return the stances with their holders renamed; of two that become one holder's, the first stays."""
    by_holder: dict[tuple[str, str, str | None], Stance] = {}
    for stance in stances:
        holder = stance.holder_entity
        renamed = replace(stance, holder_entity=names.get(holder, holder)) if holder is not None else stance
        by_holder.setdefault(stance_key(renamed), renamed)
    return tuple(by_holder.values())
