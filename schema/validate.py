"""Whether an annotation fits its pair and its scheme: every fault, in words, never a silent repair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from hashiya.schema.covers import cover_faults
from hashiya.schema.records import Annotation, Entity, Flag, PairSides, SchemeRef, overlaps
from hashiya.schema.scheme import LabelScheme, Section, is_concept

_LABELLED: tuple[tuple[str, tuple[tuple[str, Section], ...]], ...] = (
    ("entities", (("type", "entity"),)),
    ("stances", (("target", "target"), ("stance", "stance"), ("holder", "holder"))),
    (
        "implications",
        (
            ("target", "target"),
            ("channel", "channel"),
            ("direction", "direction"),
            ("certainty", "certainty"),
        ),
    ),
    ("flags", (("kind", "flag"),)),
)
"""The fields that hold labels, by layer, and the section of the scheme that each is of."""


def faults(annotation: Annotation, pair: PairSides, scheme: LabelScheme) -> list[str]:
    """Return what is wrong with an annotation, one message each; an empty list when it fits."""
    return [
        *_frame(annotation, pair, scheme),
        *_spans(annotation, pair),
        *_entities(annotation, scheme),
        *_labels(annotation, scheme),
        *_references(annotation),
        *cover_faults(annotation, scheme),
    ]


def quote_faults(item: Entity | Flag, pair: PairSides, name: str) -> Iterator[str]:
    """Yield why a span does not stand where it says: beyond the text, or not the letters it quotes."""
    text = pair.text(item.lang)
    if text is None:
        yield f"{name}.lang: the pair has no {item.lang} side"
    elif not 0 <= item.start < item.end <= len(text):
        yield f"{name}: [{item.start}:{item.end}] is no range in a text of {len(text)} characters"
    elif text[item.start : item.end] != item.text:
        yield (
            f"{name}.text: quotes {item.text!r}, but the text at [{item.start}:{item.end}] is "
            f"{text[item.start : item.end]!r}"
        )


def _frame(annotation: Annotation, pair: PairSides, scheme: LabelScheme) -> Iterator[str]:
    if annotation.pair_id != pair.pair_id:
        yield f"pair_id: {annotation.pair_id!r} is not this pair, {pair.pair_id!r}"
    if annotation.place.doc_id != pair.doc_id:
        yield f"place.doc_id: {annotation.place.doc_id!r} is not the pair's document, {pair.doc_id!r}"
    if not fits(annotation.scheme, scheme):
        yield (
            f"scheme: made with {annotation.scheme.name} {annotation.scheme.version}, "
            f"the corpus has {scheme.name} {scheme.version}"
        )
    if not annotation.annotator.strip() or not annotation.annotator.isprintable():
        yield f"annotator: {annotation.annotator!r} is empty or holds control characters"
    if annotation.seconds is not None and annotation.seconds < 0:
        yield f"seconds: {annotation.seconds} is negative"
    if pair.kind == "boilerplate" and annotation.status == "done" and has_labels(annotation):
        yield "boilerplate is not labelled"


def fits(made_with: SchemeRef, scheme: LabelScheme) -> bool:
    """Whether labels made with a scheme keep their meaning: the same scheme, or an earlier minor version."""
    return _fits(made_with.name, made_with.version, scheme.name, scheme.version)


@lru_cache(maxsize=256)
def _fits(made_with: str, made_version: str, scheme: str, version: str) -> bool:
    made, now = made_version.split("."), version.split(".")
    if made_with != scheme or made[:1] != now[:1] or not all(map(str.isdigit, made)):
        return False
    return [int(part) for part in made] <= [int(part) for part in now]


def has_labels(annotation: Annotation) -> bool:
    """Whether anything at all is marked."""
    return bool(
        annotation.stances
        or annotation.entities
        or annotation.implications
        or annotation.flags
        or annotation.links
    )


def _spans(annotation: Annotation, pair: PairSides) -> Iterator[str]:
    for number, entity in enumerate(annotation.entities):
        yield from quote_faults(entity, pair, f"entities[{number}]")
    for number, flag in enumerate(annotation.flags):
        yield from quote_faults(flag, pair, f"flags[{number}]")


def _entities(annotation: Annotation, scheme: LabelScheme) -> Iterator[str]:
    for number, entity in enumerate(annotation.entities):
        if entity.concept is not None and not is_concept(entity.concept):
            yield f"entities[{number}].concept: {entity.concept!r} is no slug such as 'large-language-model'"
        for other_number, other in enumerate(annotation.entities[:number]):
            same = (entity.start, entity.end, entity.type) == (other.start, other.end, other.type)
            shares = entity.lang == other.lang and overlaps(entity, other)
            if shares and (same or not scheme.rules.overlap):
                yield f"entities[{number}]: {entity.text!r} overlaps entities[{other_number}], {other.text!r}"


def _labels(annotation: Annotation, scheme: LabelScheme) -> Iterator[str]:
    for layer, fields in _LABELLED:
        for number, item in enumerate(getattr(annotation, layer)):
            for name, section in fields:
                value, known = getattr(item, name), scheme.ids(section)
                if value not in known:
                    at = f"{layer}[{number}].{name}"
                    yield f"{at}: unknown label {value!r}; one of {', '.join(known) or 'none'}"


def _references(annotation: Annotation) -> Iterator[str]:
    sides = {entity.id: entity.lang for entity in annotation.entities}
    if len(sides) < len(annotation.entities):
        for entity_id, count in Counter(entity.id for entity in annotation.entities).items():
            if count > 1:
                yield f"entities: the id {entity_id!r} is used {count} times"
    for number, link in enumerate(annotation.links):
        if sides.get(link.ar) != "ar":
            yield f"links[{number}].ar: there is no Arabic entity {link.ar!r}"
        if sides.get(link.en) != "en":
            yield f"links[{number}].en: there is no English entity {link.en!r}"
    if len(annotation.links) > 1 and len(set(annotation.links)) < len(annotation.links):
        yield "links: the same link twice"
    holders: dict[tuple[str, str, str | None], int] = {}
    for number, stance in enumerate(annotation.stances):
        key = (stance.target, stance.holder, stance.holder_entity)
        holders[key] = holders.get(key, 0) + 1
        if stance.holder_entity is not None and stance.holder_entity not in sides:
            yield f"stances[{number}].holder_entity: there is no entity {stance.holder_entity!r}"
    for (target, holder, _), count in holders.items():
        if count > 1:
            yield f"stances: {count} on {target!r} by one {holder!r}; a holder has one stance on a target"
    if len(annotation.implications) > 1 and len(set(annotation.implications)) < len(annotation.implications):
        yield "implications: the same implication twice"
