"""What an annotator does to a draft: each operation takes an annotation and returns another.

An annotation that fits its pair and scheme stays one that fits; what cannot be done is a `LabelError` for
the annotator, and the draft is as it was. The status stays what it is: who changes a pair that is `done`
changes something done. Labels of stances, implications and flags are taken as given: the screen offers those
of the scheme. Entities and flags stand in the order of the text, Arabic first; the others in the order in
which they were made.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count
from typing import TypeVar

from hashiya.schema.errors import LabelError
from hashiya.schema.records import (
    Annotation,
    Entity,
    Flag,
    Implication,
    Lang,
    Link,
    Pair,
    Place,
    Span,
    Stance,
    overlaps,
)
from hashiya.schema.scheme import LabelScheme, is_concept
from hashiya.tui.settings.language import N_, _

_Marked = TypeVar("_Marked", Entity, Flag)
_NO_SIDE: dict[Lang, str] = {
    "ar": N_("the pair has no Arabic side; mark the other one"),
    "en": N_("the pair has no English side; mark the other one"),
}
_ONE_SIDE: dict[Lang, str] = {
    "ar": N_("“{one}” and “{other}” are both Arabic; link an Arabic and an English name"),
    "en": N_("“{one}” and “{other}” are both English; link an Arabic and an English name"),
}
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


def blank(pair: Pair, annotator: str, scheme: LabelScheme) -> Annotation:
    """An annotation that says nothing yet; where its pair stands is noted when there is something to save."""
    return Annotation(
        pair_id=pair.pair_id,
        annotator=annotator,
        status="draft",
        scheme=scheme.ref,
        origin="human",
        place=Place(doc_id=pair.doc_id),
    )


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
    span, text = _trimmed(pair, lang, span)
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
    kept = inside[0] if inside else None
    entity_id = kept.id if kept else _free_id(annotation, lang)
    made = Entity(
        id=entity_id,
        lang=lang,
        start=span.start,
        end=span.end,
        text=text,
        type=entity_type,
        concept=kept.concept if kept else None,
    )
    gone = {entity.id for entity in inside}
    marked = replace(
        annotation,
        entities=_in_order([*(entity for entity in annotation.entities if entity.id not in gone), made]),
        links=_without(annotation.links, gone - {entity_id}),
        # Whoever was marked inside is named by the longer name now.
        stances=_held_by(annotation.stances, dict.fromkeys(gone, entity_id)),
    )
    return (marked if concept is None else set_concept(marked, entity_id, concept)), entity_id


def retype(annotation: Annotation, scheme: LabelScheme, entity_id: str, entity_type: str) -> Annotation:
    """Give an entity another type."""
    entity = _entity(annotation, entity_id)
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


def unmark(annotation: Annotation, entity_id: str) -> Annotation:
    """Take an entity away with its links; a stance that named it as holder names nobody then."""
    _entity(annotation, entity_id)
    return replace(
        annotation,
        entities=tuple(entity for entity in annotation.entities if entity.id != entity_id),
        links=_without(annotation.links, {entity_id}),
        stances=_held_by(annotation.stances, {entity_id: None}),
    )


def set_concept(annotation: Annotation, entity_id: str, concept: str | None) -> Annotation:
    """Say what thing an entity names, for all that are linked to it too."""
    _entity(annotation, entity_id)
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
    one, other = _entity(annotation, one_id), _entity(annotation, other_id)
    if one.lang == other.lang:
        raise LabelError(_(_ONE_SIDE[one.lang]).format(one=one.text, other=other.text))
    ar, en = (one, other) if one.lang == "ar" else (other, one)
    made = Link(ar=ar.id, en=en.id)
    if made not in annotation.links:
        annotation = replace(annotation, links=(*annotation.links, made))
    return set_concept(annotation, one_id, one.concept if one.concept is not None else other.concept)


def unlink(annotation: Annotation, entity_id: str) -> Annotation:
    """Take away all links of an entity; concepts stay."""
    _entity(annotation, entity_id)
    return replace(annotation, links=_without(annotation.links, {entity_id}))


def linked(annotation: Annotation, entity_id: str) -> tuple[str, ...]:
    """The ids of all that links lead to from an entity, over others too, without itself."""
    reached, border = {entity_id}, {entity_id}
    while border:
        pairs = [(item.ar, item.en) for item in annotation.links]
        border = {end for ends in pairs if border.intersection(ends) for end in ends} - reached
        reached |= border
    return tuple(entity.id for entity in annotation.entities if entity.id in reached - {entity_id})


def take_stance(annotation: Annotation, stance: Stance) -> Annotation:
    """Add a stance; the one of the same holder on the same target gives way, in its place."""
    if stance.holder_entity is not None:
        _entity(annotation, stance.holder_entity)
    at = _stance_key(stance)
    if all(_stance_key(other) != at for other in annotation.stances):
        return replace(annotation, stances=(*annotation.stances, stance))
    stances = tuple(stance if _stance_key(other) == at else other for other in annotation.stances)
    return replace(annotation, stances=stances)


def drop_stance(annotation: Annotation, stance: Stance) -> Annotation:
    """Take a stance away."""
    if stance not in annotation.stances:
        raise LabelError(_("there is no such stance on {target}").format(target=stance.target))
    return replace(annotation, stances=tuple(other for other in annotation.stances if other != stance))


def imply(annotation: Annotation, implication: Implication) -> Annotation:
    """Add an implication; the one for the same target through the same channel gives way, in its place."""
    at = (implication.target, implication.channel)
    kept: list[Implication] = []
    for other in annotation.implications:
        if (other.target, other.channel) != at:
            kept.append(other)
        elif implication not in kept:  # an imported draft may hold several: one takes the place of all
            kept.append(implication)
    if implication not in kept:
        kept.append(implication)
    return replace(annotation, implications=tuple(kept))


def drop_implication(annotation: Annotation, implication: Implication) -> Annotation:
    """Take an implication away."""
    if implication not in annotation.implications:
        raise LabelError(_("there is no such implication for {target}").format(target=implication.target))
    kept = tuple(other for other in annotation.implications if other != implication)
    return replace(annotation, implications=kept)


def flag(  # noqa: PLR0917 - as above
    annotation: Annotation, pair: Pair, lang: Lang, span: Span, kind: str, intended: str | None = None
) -> Annotation:
    """Flag words that mislead, with what was meant; a flag on exactly these words gives way."""
    span, text = _trimmed(pair, lang, span)
    made = Flag(
        lang=lang, start=span.start, end=span.end, text=text, kind=kind, intended=_printable(intended)
    )
    kept = (
        other
        for other in annotation.flags
        if (other.lang, other.start, other.end) != (lang, span.start, span.end)
    )
    return replace(annotation, flags=_in_order([*kept, made]))


def drop_flag(annotation: Annotation, item: Flag) -> Annotation:
    """Take a flag away."""
    if item not in annotation.flags:
        raise LabelError(_("there is no such flag on “{text}”").format(text=item.text))
    return replace(annotation, flags=tuple(other for other in annotation.flags if other != item))


def set_comment(annotation: Annotation, text: str | None) -> Annotation:
    """Write the comment; a blank one is none."""
    return replace(annotation, comment=_printable(text))


def no_such_side(lang: Lang) -> str:
    """What is said where a pair has no text in a language."""
    return _(_NO_SIDE[lang])


def entity_at(annotation: Annotation, lang: Lang, span: Span) -> Entity | None:
    """The entity of exactly this span, else the shortest that shares a letter with it."""
    return _at(annotation.entities, lang, span)


def flag_at(annotation: Annotation, lang: Lang, span: Span) -> Flag | None:
    """The flag of exactly this span, else the shortest that shares a letter with it."""
    return _at(annotation.flags, lang, span)


def _at(items: Sequence[_Marked], lang: Lang, span: Span) -> _Marked | None:
    span = Span(span.start, max(span.end, span.start + 1))  # a cursor without a selection is on a letter
    touched = [item for item in items if item.lang == lang and overlaps(item, span)]
    exact = (item for item in touched if (item.start, item.end) == (span.start, span.end))
    return next(exact, min(touched, key=lambda item: item.end - item.start, default=None))


def _trimmed(pair: Pair, lang: Lang, span: Span) -> tuple[Span, str]:
    text = pair.text(lang)
    if text is None:
        raise LabelError(no_such_side(lang))
    if not 0 <= span.start <= span.end <= len(text):
        raise LabelError(
            _("[{start}:{end}] is beyond the text; select again").format(start=span.start, end=span.end)
        )
    quoted = text[span.start : span.end]
    start = span.start + len(quoted) - len(quoted.lstrip())
    quoted = quoted.strip()
    if not quoted:
        raise LabelError(_("no words are selected; select some first"))
    return Span(start, start + len(quoted)), quoted


def _check_type(scheme: LabelScheme, entity_type: str) -> None:
    if entity_type not in scheme.ids("entity"):
        raise LabelError(
            _("there is no entity type {type!r}; one of {types}").format(
                type=entity_type, types=", ".join(scheme.ids("entity")) or _("none")
            )
        )


def _entity(annotation: Annotation, entity_id: str) -> Entity:
    for entity in annotation.entities:
        if entity.id == entity_id:
            return entity
    raise LabelError(_("there is no entity {id!r} any more; choose another").format(id=entity_id))


def _free_id(annotation: Annotation, lang: Lang) -> str:
    taken = {entity.id for entity in annotation.entities}
    return next(name for number in count(1) if (name := f"{lang}{number}") not in taken)


def _in_order(items: Iterable[_Marked]) -> tuple[_Marked, ...]:
    return tuple(sorted(items, key=lambda item: (item.lang != "ar", item.start, item.end)))


def _exchange(annotation: Annotation, changed: dict[str, Entity]) -> Annotation:
    entities = _in_order(changed.get(entity.id, entity) for entity in annotation.entities)
    return replace(annotation, entities=entities)


def _without(links: Iterable[Link], gone: set[str]) -> tuple[Link, ...]:
    return tuple(item for item in links if item.ar not in gone and item.en not in gone)


def _stance_key(stance: Stance) -> tuple[str, str, str | None]:
    return stance.target, stance.holder, stance.holder_entity


def _held_by(stances: Iterable[Stance], names: dict[str, str | None]) -> tuple[Stance, ...]:
    """The stances with their holders renamed; of two that become one holder's, the first stays."""
    kept: dict[tuple[str, str, str | None], Stance] = {}
    for stance in stances:
        holder = stance.holder_entity
        renamed = replace(stance, holder_entity=names.get(holder, holder)) if holder is not None else stance
        kept.setdefault(_stance_key(renamed), renamed)
    return tuple(kept.values())


def _printable(text: str | None) -> str | None:
    shown = "".join(" " if unicodedata.category(char) in _UNPRINTABLE else char for char in text or "")
    return shown.strip() or None
