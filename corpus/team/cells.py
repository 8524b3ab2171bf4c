"""The cells of a pair that votes are cast in, and what an annotation says in each.

A cell is: the stances on a target; the implications for a target and channel; or a cluster, a range of one
side where entities, or flags, of several voters overlap. What an annotation says in a cell is a set; the
empty set says that nothing is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Literal

from hashiya.schema.adjudication import Adjudication, CellKey
from hashiya.schema.codec import dump
from hashiya.schema.covers import COVERED_SECTION, knew_label
from hashiya.schema.records import LANGS, Annotation, Entity, LabelLayer, Lang
from hashiya.schema.scheme import LabelScheme

SpanLayer = Literal["entities", "flags"]
Mark = tuple[str | int, ...]
"""A stance class; a direction; or start, end and label of a span: counted in its side."""
Said = frozenset[Mark]
EntityPlace = tuple[Lang, int, int, str]
"""Where an entity stands, and its type: what makes two annotators' entities the same."""

Holder = tuple[str | None, EntityPlace | None]
"""A kind of holder of a stance, and the place of the name."""

NOTHING_SAID: Said = frozenset()
_NO_LABELS: frozenset[str] = frozenset()
_SpanMark = tuple[int, int, str]


def stance_cells(scheme: LabelScheme) -> tuple[CellKey, ...]:
    """Return the cells of stances, one a target."""
    return _stance_cells(scheme.ids("target")) if scheme.labels("stance") else ()


@cache
def _stance_cells(targets: tuple[str, ...]) -> tuple[CellKey, ...]:
    return tuple(CellKey(layer="stances", target=target) for target in targets)


def implication_cells(scheme: LabelScheme) -> tuple[CellKey, ...]:
    """Return the cells of implications, one a target and channel."""
    return tuple(
        CellKey(layer="implications", target=target, channel=channel)
        for target in scheme.ids("target")
        for channel in scheme.ids("channel")
    )


class AnnotationCells:
    """An annotation by cell: what it says in each, and whether its maker looked there."""

    def __init__(self, annotation: Annotation) -> None:
        self.annotation = annotation
        self.stances: dict[str, Said] = {}
        self.implications: dict[tuple[str, str], Said] = {}
        for stance in annotation.stances:
            said = self.stances.get(stance.target, NOTHING_SAID)
            self.stances[stance.target] = said | {(stance.stance,)}
        for item in annotation.implications:
            key = item.target, item.channel
            self.implications[key] = self.implications.get(key, NOTHING_SAID) | {(item.direction,)}
        self.concepts: dict[EntityPlace, list[str]] = {}
        self.spans: dict[SpanLayer, dict[Lang, list[_SpanMark]]] = {"entities": {}, "flags": {}}
        for entity in annotation.entities:
            mark = (entity.start, entity.end, entity.type)
            self.spans["entities"].setdefault(entity.lang, []).append(mark)
            if entity.concept:
                self.concepts.setdefault(place_of(entity), []).append(entity.concept)
        for flag in annotation.flags:
            self.spans["flags"].setdefault(flag.lang, []).append((flag.start, flag.end, flag.kind))
        self._places: dict[str, EntityPlace] | None = None
        self._linked: set[tuple[EntityPlace, EntityPlace]] | None = None

    @cached_property
    def _covers(self) -> dict[tuple[str, Lang | None], set[str] | None]:
        """The labels that were looked for, by layer and side; `None` is all."""
        found: dict[tuple[str, Lang | None], set[str] | None] = {}
        for cover in self.annotation.covers or ():
            key = (cover.layer, cover.lang)
            if cover.labels is None:
                found[key] = None
            elif (known := found.setdefault(key, set())) is not None:
                known.update(cover.labels)
        return found

    def covers_all(self, layer: LabelLayer, lang: Lang | None = None) -> bool:
        """Return whether its maker looked for all labels that a layer had then."""
        if self.annotation.covers is None:
            return True
        for cover in self.annotation.covers:
            if cover.layer == layer and cover.lang == lang and cover.labels is None:
                return True
        return False

    def said_in(self, cell: CellKey) -> Said:
        """Return what is said in a cell: its marks, without what is voted on afterwards."""
        if cell.layer == "stances":
            return self.stances.get(cell.target or "", NOTHING_SAID)
        if cell.layer == "implications":
            return self.implications.get((cell.target or "", cell.channel or ""), NOTHING_SAID)
        first, last = cell.start or 0, cell.end or 0
        found = self.spans[_span_layer(cell)].get(cell.lang or "ar")
        return (
            frozenset([mark for mark in found if mark[0] < last and first < mark[1]])
            if found
            else NOTHING_SAID
        )

    def is_covered(self, cell: CellKey, scheme: LabelScheme, labels: Iterable[str]) -> bool:
        """Return whether a cell was looked at, for all labels that are in question there.

        Who marked something in a cell looked at it.
        """
        if self.said_in(cell):
            return True
        if cell.target is not None and not knew_label(self.annotation, scheme, "target", cell.target):
            return False
        if cell.layer == "stances":
            return self._looked_for(scheme, "stances", None, cell.target or "")
        if cell.layer == "implications":
            return self._looked_for(scheme, "implications", None, cell.channel or "")
        layer = _span_layer(cell)
        return all(self._looked_for(scheme, layer, cell.lang, label) for label in labels)

    def _looked_for(self, scheme: LabelScheme, layer: LabelLayer, lang: Lang | None, label: str) -> bool:
        """As `covers_label`, which would go through the covers for every cell."""
        labels = self._covers.get((layer, lang), _NO_LABELS) if self.annotation.covers is not None else None
        return (labels is None or label in labels) and knew_label(
            self.annotation, scheme, COVERED_SECTION[layer], label
        )

    def places(self) -> Mapping[str, EntityPlace]:
        """Return the places of the entities by their ids."""
        if self._places is None:
            self._places = {entity.id: place_of(entity) for entity in self.annotation.entities}
        return self._places

    def linked(self) -> set[tuple[EntityPlace, EntityPlace]]:
        """Return the places of the ends of the links."""
        if self._linked is None:
            places = self.places()
            self._linked = {
                (places[link.ar], places[link.en])
                for link in self.annotation.links
                if link.ar in places and link.en in places
            }
        return self._linked

    def has_both(self, ends: tuple[EntityPlace, EntityPlace]) -> bool:
        """Return whether there are entities at both ends of a link."""
        return set(ends) <= set(self.places().values())

    def holders(self, target: str, stance: str) -> frozenset[Holder]:
        """Return who holds a stance on a target."""
        return frozenset(
            (item.holder, self.places().get(item.holder_entity or ""))
            for item in self.annotation.stances
            if item.target == target and item.stance == stance
        )


class VoterCells:
    """What a voter says, by cell: in one annotation, or in several that stand side by side."""

    def __init__(self, voter: str, annotations: Sequence[Annotation], scheme: LabelScheme) -> None:
        self.voter = voter
        self.origin = annotations[0].origin
        self.said = [AnnotationCells(item) for item in annotations]
        self.first = self.said[0]
        self._others = self.said[1:]
        self._scheme = scheme

    def is_covered(self, cell: CellKey, labels: Iterable[str]) -> bool:
        """Return whether the voter votes in a cell; as `AnnotationCells.is_covered`."""
        return self.first.is_covered(cell, self._scheme, labels) and all(
            item.is_covered(cell, self._scheme, labels) for item in self._others
        )

    def says(self, cell: CellKey) -> Said | None:
        """Return what the voter says in a cell; `None` for two different things side by side."""
        said = self.first.said_in(cell)
        if self._others and any(item.said_in(cell) != said for item in self._others):
            return None
        return said


def settled_part(adjudication: Adjudication) -> AnnotationCells:
    """Return what an adjudication says; of its spans those alone that lie in a cell that it settles."""
    made = AnnotationCells(adjudication.annotation)
    for layer, by_lang in made.spans.items():
        for lang, marks in by_lang.items():
            ranges = [
                (item.cell.start or 0, item.cell.end or 0)
                for item in adjudication.settles
                if (item.cell.layer, item.cell.lang) == (layer, lang)
            ]
            by_lang[lang] = [
                mark for mark in marks if any(start <= mark[0] and mark[1] <= end for start, end in ranges)
            ]
    return made


def place_of(entity: Entity) -> EntityPlace:
    """Return where an entity stands, and its type."""
    return entity.lang, entity.start, entity.end, entity.type


def clusters(annotations: Sequence[AnnotationCells], layer: SpanLayer) -> Iterator[CellKey]:
    """Yield the ranges where spans of a layer overlap, side by side, from the first on."""
    for lang in LANGS:
        marks = {mark for item in annotations for mark in item.spans[layer].get(lang, ())}
        for start, end, _ in _ranges(marks):
            yield CellKey(layer=layer, lang=lang, start=start, end=end)


def agreed_marks(
    annotations: Sequence[AnnotationCells], layer: SpanLayer
) -> list[tuple[CellKey, Said]] | None:
    """Return the `clusters` with what all say in each; `None` where not all say the same in the layer."""
    everything = [item.spans[layer] for item in annotations]
    spans = everything[0]
    if everything.count(spans) < len(everything):
        return None
    return [
        (CellKey(layer=layer, lang=lang, start=start, end=end), frozenset(marks))
        for lang in LANGS
        if lang in spans
        for start, end, marks in _ranges(spans[lang])
    ]


def _ranges(marks: Collection[_SpanMark]) -> list[tuple[int, int, list[_SpanMark]]]:
    """The ranges where marks overlap, each with its marks."""
    found: list[tuple[int, int, list[_SpanMark]]] = []
    for mark in sorted(marks) if marks else ():
        first, last, _ = mark
        if found and first < found[-1][1]:
            start, end, some = found.pop()
            found.append((start, max(end, last), [*some, mark]))
        else:
            found.append((first, last, [mark]))
    return found


def said_in(annotation: Annotation, cell: CellKey) -> Said:
    """Return what an annotation says in one cell; asked of many, `AnnotationCells` is quicker."""
    return AnnotationCells(annotation).said_in(cell)


def contains_cell(settled: CellKey, cell: CellKey) -> bool:
    """Return whether what is settled holds a cell: the same statement, or a range that contains it."""
    if settled.layer != cell.layer or settled.lang != cell.lang:
        return False
    if cell.lang is None:
        return (settled.target, settled.channel) == (cell.target, cell.channel)
    return (settled.start or 0) <= (cell.start or 0) and (cell.end or 0) <= (settled.end or 0)


def labels_hash(said: Said) -> str:
    """Return a hash of what is said in a cell, the same for the same marks."""
    return hashlib.sha256(dump(sorted(map(list, said))).encode()).hexdigest()


def _span_layer(cell: CellKey) -> SpanLayer:
    return "entities" if cell.layer == "entities" else "flags"
