"""The cells of a pair that votes are cast in, and what an annotation says in each.

A cell is: the stances on a target; the implications for a target and channel; or a cluster, a range of one
side where entities, or flags, of several voters overlap. What an annotation says in a cell is a set; the
empty set says that nothing is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Literal

from hashiya.schema.adjudication import CellKey
from hashiya.schema.codec import dump
from hashiya.schema.covers import covers_label, knew_label
from hashiya.schema.records import LANGS, Annotation, Lang
from hashiya.schema.scheme import LabelScheme

SpanLayer = Literal["entities", "flags"]
Mark = tuple[str | int, ...]
"""A stance class; a direction; or start, end and label of a span: counted in its side."""
Said = frozenset[Mark]


def statement_cells(scheme: LabelScheme) -> Iterator[CellKey]:
    """Yield the cells of stances, one a target, and of implications, one a target and channel."""
    for target in scheme.ids("target") if scheme.labels("stance") else ():
        yield CellKey(layer="stances", target=target)
    for target in scheme.ids("target") if scheme.labels("channel") else ():
        for channel in scheme.ids("channel"):
            yield CellKey(layer="implications", target=target, channel=channel)


def clusters(annotations: Iterable[Annotation], layer: SpanLayer) -> Iterator[CellKey]:
    """Yield the ranges where spans of a layer overlap, side by side, from the first on."""
    everything = list(annotations)
    for lang in LANGS:
        spans = sorted({mark for annotation in everything for mark in _spans(annotation, layer, lang)})
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
    """Return what an annotation says in a cell: its marks, without what is voted on afterwards."""
    if cell.layer == "stances":
        return frozenset((item.stance,) for item in annotation.stances if item.target == cell.target)
    if cell.layer == "implications":
        return frozenset(
            (item.direction,)
            for item in annotation.implications
            if (item.target, item.channel) == (cell.target, cell.channel)
        )
    layer: SpanLayer = "entities" if cell.layer == "entities" else "flags"
    first, last = cell.start or 0, cell.end or 0
    found = _spans(annotation, layer, cell.lang or "ar")
    return frozenset((start, end, label) for start, end, label in found if start < last and first < end)


def is_covered(annotation: Annotation, cell: CellKey, scheme: LabelScheme, labels: Iterable[str]) -> bool:
    """Return whether an annotation's maker looked at a cell, for all labels that are in question there.

    Who marked something in a cell looked at it.
    """
    if said_in(annotation, cell):
        return True
    if cell.target is not None and not knew_label(annotation, scheme, "target", cell.target):
        return False
    if cell.layer == "stances":
        return covers_label(annotation, scheme, "stances", None, cell.target or "")
    if cell.layer == "implications":
        return covers_label(annotation, scheme, "implications", None, cell.channel or "")
    layer: SpanLayer = "entities" if cell.layer == "entities" else "flags"
    return all(covers_label(annotation, scheme, layer, cell.lang, label) for label in labels)


def labels_hash(said: Said) -> str:
    """Return a hash of what is said in a cell, the same for the same marks."""
    return hashlib.sha256(dump(sorted(map(list, said))).encode()).hexdigest()


def _spans(annotation: Annotation, layer: SpanLayer, lang: Lang) -> Iterator[tuple[int, int, str]]:
    if layer == "entities":
        yield from ((item.start, item.end, item.type) for item in annotation.entities if item.lang == lang)
    else:
        yield from ((item.start, item.end, item.kind) for item in annotation.flags if item.lang == lang)
