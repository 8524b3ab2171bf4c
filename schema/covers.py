"""What an annotation covers: which cells, of a layer and a side, were looked at, and for which labels.

That nothing else is there is said only inside of what is covered. `None` for covers is unknown, from before
they were recorded, and is taken as everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from hashiya.schema.records import LANGS, Annotation, Cover, LabelLayer, Lang, PairSides
from hashiya.schema.scheme import LabelScheme, Section, version_numbers

Covers: TypeAlias = tuple[Cover, ...] | None

COVERED_SECTION: Mapping[LabelLayer, Section] = {
    "entities": "entity",
    "flags": "flag",
    "stances": "target",
    "implications": "channel",
}
"""The section of a scheme that the labels of a cover come from, by layer."""
_LAYER_NUMBERS = {layer: number for number, layer in enumerate(COVERED_SECTION)}
ON_A_SIDE: frozenset[LabelLayer] = frozenset({"entities", "flags"})
"""The layers whose marks stand in one side; the others speak of the whole pair."""


def full_covers(scheme: LabelScheme, pair: PairSides) -> tuple[Cover, ...]:
    """Return what an annotation covers whose maker looked at everything that the scheme has."""
    sides: list[Lang | None] = [lang for lang in LANGS if pair.text(lang) is not None]
    whole: list[Lang | None] = [None]
    return tuple(
        Cover(layer=layer, lang=lang)
        for layer, section in COVERED_SECTION.items()
        if scheme.labels(section)
        for lang in (sides if layer in ON_A_SIDE else whole)
    )


def covers_of_layers(
    annotation: Annotation, scheme: LabelScheme, pair: PairSides, layers: Collection[LabelLayer] | None
) -> tuple[Cover, ...]:
    """Return what is covered by somebody who looked at some layers of a pair, or at all that the scheme has.

    Of other layers that is the labels that the annotation has.
    """
    everything = full_covers(scheme, pair)
    if layers is None:
        return everything
    marked = [
        Cover(layer=layer, lang=lang, labels=(label,))
        for layer, lang, label in _marked(annotation)
        if layer not in layers
    ]
    return normalised([*(cover for cover in everything if cover.layer in layers), *marked])


def covers_label(
    annotation: Annotation, scheme: LabelScheme, layer: LabelLayer, lang: Lang | None, label: str
) -> bool:
    """Return whether an annotation's maker looked for a label of a layer on a side.

    A label that the scheme has `since` a later version than the annotation's was not looked for.
    """
    if not knew_label(annotation, scheme, COVERED_SECTION[layer], label):
        return False
    if annotation.covers is None:
        return True
    return any(
        cover.layer == layer and cover.lang == lang and (cover.labels is None or label in cover.labels)
        for cover in annotation.covers
    )


def knew_label(annotation: Annotation, scheme: LabelScheme, section: Section, label: str) -> bool:
    """Return whether a label was in the scheme when an annotation was made."""
    since = scheme.introduced.get((section, label))
    return since is None or version_numbers(annotation.scheme.version) >= since


def normalised(covers: Iterable[Cover]) -> tuple[Cover, ...]:
    """Return covers with one entry a cell, in one order: equal covers are equal tuples."""
    cells: dict[tuple[LabelLayer, Lang | None], set[str] | None] = {}
    for cover in covers:
        key = (cover.layer, cover.lang)
        known = cells.get(key, set[str]())
        cells[key] = None if known is None or cover.labels is None else known | set(cover.labels)
    order = list(COVERED_SECTION)
    return tuple(
        Cover(layer=layer, lang=lang, labels=None if labels is None else tuple(sorted(labels)))
        for (layer, lang), labels in sorted(
            cells.items(), key=lambda item: (order.index(item[0][0]), item[0][1] or "")
        )
        if labels is None or labels
    )


def common_covers(first: Covers, second: Covers) -> Covers:
    """Return what both of two annotations cover."""
    if first is None or second is None:
        return second if first is None else first
    return normalised(
        cover for one in first for other in second if (cover := _common(one, other)) is not None
    )


def united_covers(first: Covers, second: Covers) -> Covers:
    """Return what one of two annotations covers, whose marks are united cell by cell."""
    return None if first is None or second is None else normalised((*first, *second))


def _is_normal(covers: Sequence[Cover]) -> bool:
    """Whether covers are as `normalised` returns them."""
    before = (-1, "")
    for cover in covers:
        key = (_LAYER_NUMBERS[cover.layer], cover.lang or "")
        if key <= before or (cover.labels is not None and not _is_ordered(cover.labels)):
            return False
        before = key
    return True


def _is_ordered(labels: Sequence[str]) -> bool:
    return bool(labels) and list(labels) == sorted(set(labels))


def all_covers(everything: Iterable[Covers]) -> Covers:
    """Return what one of some annotations covers, whose marks are united cell by cell."""
    distinct: list[tuple[Cover, ...]] = []
    for covers in everything:
        if covers is None:
            return None
        if covers not in distinct:
            distinct.append(covers)
    if len(distinct) == 1 and _is_normal(distinct[0]):
        return distinct[0]
    return normalised(cover for covers in distinct for cover in covers)


def narrowed(covers: Covers, changed: Collection[Lang]) -> Covers:
    """Return what of the covers still holds when the text of some sides has changed."""
    if covers is None or not changed:
        return covers
    return tuple(cover for cover in covers if cover.lang is not None and cover.lang not in changed)


def cover_faults(annotation: Annotation, scheme: LabelScheme) -> Iterator[str]:
    """Yield what is wrong with covers: no such cell, or a mark outside of those of a finished annotation."""
    whole: set[tuple[LabelLayer, Lang | None]] = set()
    for number, cover in enumerate(annotation.covers or ()):
        if (cover.layer in ON_A_SIDE) != (cover.lang is not None):
            needs = "one of ar, en" if cover.layer in ON_A_SIDE else "null"
            yield f"covers[{number}].lang: is {cover.lang!r}; for {cover.layer} it is {needs}"
        if cover.labels is None:
            whole.add((cover.layer, cover.lang))
            continue
        known = scheme.ids(COVERED_SECTION[cover.layer])
        for label in cover.labels:
            if label not in known:
                yield f"covers[{number}].labels: unknown label {label!r}; one of {', '.join(known) or 'none'}"
    if annotation.status != "done" or annotation.covers is None:
        return
    for layer, lang, label in _marked(annotation):
        if (layer, lang) in whole and not scheme.introduced:
            continue
        if not covers_label(annotation, scheme, layer, lang, label):
            side = f" on the side {lang}" if lang else ""
            yield f"covers: {layer}{side} has {label!r}, which it says was not looked for"


def _marked(annotation: Annotation) -> Iterator[tuple[LabelLayer, Lang | None, str]]:
    for entity in annotation.entities:
        yield "entities", entity.lang, entity.type
    for flag in annotation.flags:
        yield "flags", flag.lang, flag.kind
    for stance in annotation.stances:
        yield "stances", None, stance.target
    for implication in annotation.implications:
        yield "implications", None, implication.channel


def _common(one: Cover, other: Cover) -> Cover | None:
    if (one.layer, one.lang) != (other.layer, other.lang):
        return None
    if one.labels is None or other.labels is None:
        return other if one.labels is None else one
    return Cover(layer=one.layer, lang=one.lang, labels=tuple(sorted({*one.labels} & {*other.labels})))
