"""The cells of a pair that votes are cast in, and what an annotation says in each.

A cell is: the stances on a target; the implications for a target and channel; or a cluster, a range of one
side where entities, or flags, of several voters overlap. What an annotation says in a cell is a set; the
empty set says that nothing is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Literal

from hashiya.schema.adjudication import CellKey
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

NOTHING_SAID: Said = frozenset()
_NO_LABELS: frozenset[str] = frozenset()
_SpanMark = tuple[int, int, str]


def statement_cells(scheme: LabelScheme) -> tuple[CellKey, ...]:
    """Return the cells of stances, one a target, and of implications, one a target and channel."""
    return _statement_cells(scheme.ids("target"), scheme.ids("channel"), bool(scheme.labels("stance")))


@cache
def _statement_cells(
    targets: tuple[str, ...], channels: tuple[str, ...], with_stances: bool
) -> tuple[CellKey, ...]:
    stances = [CellKey(layer="stances", target=target) for target in targets if with_stances]
    implications = [
        CellKey(layer="implications", target=target, channel=channel)
        for target in targets
        for channel in channels
    ]
    return (*stances, *implications)


class AnnotationCells:
    """An annotation by cell: what it says in each, and whether its maker looked there."""

    def __init__(self, annotation: Annotation) -> None:
        self.annotation = annotation
        self.statements: dict[tuple[str, str | None, str | None], Said] = {}
        for stance in annotation.stances:
            self._say("stances", stance.target, None, stance.stance)
        for item in annotation.implications:
            self._say("implications", item.target, item.channel, item.direction)
        self._spans: dict[tuple[str, Lang], list[_SpanMark]] = {}
        for entity in annotation.entities:
            mark = (entity.start, entity.end, entity.type)
            self._spans.setdefault(("entities", entity.lang), []).append(mark)
        for flag in annotation.flags:
            self._spans.setdefault(("flags", flag.lang), []).append((flag.start, flag.end, flag.kind))
        self._covers: dict[tuple[str, Lang | None], set[str] | None] = {}
        for cover in annotation.covers or ():
            key = (cover.layer, cover.lang)
            if cover.labels is None:
                self._covers[key] = None
            elif (known := self._covers.setdefault(key, set())) is not None:
                known.update(cover.labels)
        self._places: dict[str, EntityPlace] | None = None

    def _say(self, layer: str, target: str, channel: str | None, what: str) -> None:
        key = (layer, target, channel)
        self.statements[key] = self.statements.get(key, NOTHING_SAID) | {(what,)}

    def covers_all(self, layer: LabelLayer, lang: Lang | None = None) -> bool:
        """Return whether its maker looked for all labels that a layer had then."""
        return self.annotation.covers is None or self._covers.get((layer, lang), _NO_LABELS) is None

    def spans(self, layer: SpanLayer, lang: Lang) -> list[_SpanMark]:
        """Return the spans of a layer on a side as marks."""
        return self._spans.get((layer, lang), [])

    def said_in(self, cell: CellKey) -> Said:
        """Return what is said in a cell: its marks, without what is voted on afterwards."""
        if cell.layer == "stances":
            return self.statements.get(("stances", cell.target, None), NOTHING_SAID)
        if cell.layer == "implications":
            return self.statements.get(("implications", cell.target, cell.channel), NOTHING_SAID)
        first, last = cell.start or 0, cell.end or 0
        found = self.spans(_span_layer(cell), cell.lang or "ar")
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
        places = self.places()
        return {
            (places[link.ar], places[link.en])
            for link in self.annotation.links
            if link.ar in places and link.en in places
        }


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


def place_of(entity: Entity) -> EntityPlace:
    """Return where an entity stands, and its type."""
    return entity.lang, entity.start, entity.end, entity.type


def clusters(annotations: Iterable[AnnotationCells], layer: SpanLayer) -> Iterator[CellKey]:
    """Yield the ranges where spans of a layer overlap, side by side, from the first on."""
    everything = list(annotations)
    for lang in LANGS:
        spans = sorted({mark for item in everything for mark in item.spans(layer, lang)})
        start = end = -1
        for first, last, _ in spans:
            if first < end:
                end = max(end, last)
                continue
            if end > 0:
                yield CellKey(layer=layer, lang=lang, start=start, end=end)
            start, end = first, last
        if end > 0:
            yield CellKey(layer=layer, lang=lang, start=start, end=end)


def said_in(annotation: Annotation, cell: CellKey) -> Said:
    """Return what an annotation says in one cell; asked of many, `AnnotationCells` is quicker."""
    return AnnotationCells(annotation).said_in(cell)


def labels_hash(said: Said) -> str:
    """Return a hash of what is said in a cell, the same for the same marks."""
    return hashlib.sha256(dump(sorted(map(list, said))).encode()).hexdigest()


def _span_layer(cell: CellKey) -> SpanLayer:
    return "entities" if cell.layer == "entities" else "flags"
