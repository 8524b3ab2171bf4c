"""One annotation placed in a changed document: each span where its letters went, the rest for review. Pure.

Spans (entities, flags) are found again through a diff of the old and the new text of their document. What
was said of the whole pair (stances, implications) moves only where both sides are unchanged; otherwise the
annotation comes up for review. Nothing is dropped in silence: what finds no place is returned as ``left``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from hashiya.corpus.store.document_view import DocumentView, OldText, anchors
from hashiya.corpus.text.diff import TextMap
from hashiya.schema.codec import to_object
from hashiya.schema.records import (
    LANGS,
    Anchor,
    Annotation,
    Document,
    Entity,
    Flag,
    Implication,
    Lang,
    Pair,
    Span,
    Stance,
    overlaps,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Left = tuple[dict[str, Any], ...]
"""Marks that found no place, as plain JSON objects; ``what`` names their kind."""

KIN = 0.3
"""A pair takes over labels if this part of the letters of the smaller of the two was carried to it."""


@dataclass(slots=True)
class _Part:
    """What of one old annotation goes to one pair."""

    pair: Pair
    shared: int = 0
    kinship: float = 0
    main: bool = False
    spans: list[Entity | Flag] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Placed:
    """What of one annotation goes where; ``left`` is what found no place, as plain JSON objects."""

    parts: tuple[tuple[Pair, Annotation], ...]
    left: Left


def place_annotation(annotation: Annotation, view: DocumentView, old_text: OldText) -> Placed:
    """Find the place of an annotation in a document that may have changed.

    ``old_text`` returns a kept text by its hash. An annotation without any part was not placed at all.
    """
    same = _unchanged(annotation, view, old_text)
    if same is not None:
        moved = replace(annotation, pair_id=same.pair_id, place=anchors(view.document, same))
        return Placed(((same, moved),), ())
    parts, lost = _parts(annotation, view, old_text)
    if not parts:
        return Placed((), ())
    left: list[dict[str, Any]] = [_left(item) for item in lost]
    whole: list[Stance | Implication] = [*annotation.stances, *annotation.implications]
    left += [_left(item) for item in whole]
    placed = [(part.pair, _partial(annotation, part, view.document)) for part in parts]
    linked = {link for _, moved in placed for link in moved.links}
    left += [_left(link) for link in annotation.links if link not in linked]
    return Placed(tuple(placed), tuple(left))


def _unchanged(annotation: Annotation, view: DocumentView, old_text: OldText) -> Pair | None:
    """The pair whose sides are, letter for letter, those that the annotation was made on."""
    wanted: dict[Lang, Span | None] = {"ar": None, "en": None}
    for lang in LANGS:
        anchor = annotation.place.anchor(lang)
        if anchor is None:
            continue
        text_map = view.map(lang, anchor.document_hash, old_text)
        wanted[lang] = text_map.span(anchor.start, anchor.end) if text_map else view.same(lang, anchor)
        if wanted[lang] is None:
            return None
    for pair in view.pairs:
        if all(pair.place(lang) == wanted[lang] for lang in LANGS):
            return pair
    return None


def _parts(
    annotation: Annotation, view: DocumentView, old_text: OldText
) -> tuple[list[_Part], list[Entity | Flag]]:
    """The pairs that have enough of the old one's letters, each with its spans; the spans left over."""
    parts: dict[str, _Part] = {}
    items: list[Entity | Flag] = [*annotation.entities, *annotation.flags]
    lost: list[Entity | Flag] = []
    found: list[tuple[Pair, Entity | Flag]] = []
    for lang in LANGS:
        anchor = annotation.place.anchor(lang)
        text_map = view.map(lang, anchor.document_hash, old_text) if anchor else None
        if anchor is None or text_map is None:
            lost += [item for item in items if item.lang == lang]
            continue
        for pair, shared, kinship in _kin(view, lang, text_map, anchor):
            part = parts.setdefault(pair.pair_id, _Part(pair))
            part.shared += shared
            part.kinship = max(part.kinship, kinship)
        for item in items:
            if item.lang == lang:
                span = text_map.span(anchor.start + item.start, anchor.start + item.end)
                held = view.holder(lang, span)
                if held is None:
                    lost.append(item)
                else:
                    found.append((held[0], replace(item, start=held[1].start, end=held[1].end)))
    kin = {pair_id: part for pair_id, part in parts.items() if part.kinship >= KIN}
    for pair, item in found:
        if pair.pair_id in kin:
            kin[pair.pair_id].spans.append(item)
        else:
            lost.append(item)
    if kin:
        max(kin.values(), key=lambda part: (part.shared, -part.pair.index)).main = True
    wanted = [part for part in kin.values() if part.main or part.spans]
    return sorted(wanted, key=lambda part: part.pair.index), lost


def _kin(
    view: DocumentView, lang: Lang, text_map: TextMap, anchor: Anchor
) -> Iterator[tuple[Pair, int, float]]:
    """Yield the pairs that letters of an old side went to: how many, and which part of the smaller side."""
    pieces = text_map.pieces(anchor.start, anchor.end)
    old = _letters(text_map.old[anchor.start : anchor.end])
    for pair in view.pairs:
        side = pair.place(lang)
        if side is None:
            continue
        shared = sum(
            _letters(text_map.new[max(side.start, piece.start) : min(side.end, piece.end)])
            for piece in pieces
            if overlaps(piece, side)
        )
        if shared:
            yield pair, shared, shared / min(old, _letters(pair.text(lang) or ""))


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _partial(annotation: Annotation, part: _Part, document: Document) -> Annotation:
    entities = tuple(item for item in part.spans if isinstance(item, Entity))
    ids = {entity.id for entity in entities}
    return replace(
        annotation,
        pair_id=part.pair.pair_id,
        place=anchors(document, part.pair),
        status="draft" if annotation.status == "draft" else "review",
        stances=(),
        implications=(),
        entities=entities,
        flags=tuple(item for item in part.spans if isinstance(item, Flag)),
        links=tuple(link for link in annotation.links if {link.ar, link.en} <= ids),
        comment=annotation.comment if part.main else None,
        seconds=annotation.seconds if part.main else None,
    )


def merge_annotations(first: Annotation, second: Annotation) -> tuple[Annotation, Left]:
    """Join what one annotator said of two old pairs that are one now; also return what had to give way.

    The first one's labels win where two spans share letters, or two stances a target and a holder. The
    outcome comes up for review unless the second one adds nothing.
    """
    taken = {entity.id for entity in first.entities}
    names = {entity.id: _free(entity.id, taken) for entity in second.entities}
    entities = tuple(
        replace(item, id=names[item.id])
        for item in second.entities
        if not any(item.lang == other.lang and overlaps(item, other) for other in first.entities)
    )
    kept = {entity.id for entity in entities}
    held = {(item.target, item.holder) for item in first.stances}
    stances = tuple(
        replace(item, holder_entity=name if (name := names.get(item.holder_entity or "")) in kept else None)
        for item in second.stances
        if (item.target, item.holder) not in held
    )
    flags = tuple(item for item in second.flags if item not in first.flags)
    links = tuple(
        replace(item, ar=names[item.ar], en=names[item.en])
        for item in second.links
        if {names[item.ar], names[item.en]} <= kept
    )
    implications = tuple(item for item in second.implications if item not in first.implications)
    comments = tuple(dict.fromkeys(text for text in (first.comment, second.comment) if text))
    marked = {replace(item, id="") for item in first.entities}
    left = (
        *(
            _left(item)
            for item in second.entities
            if names[item.id] not in kept and replace(item, id="") not in marked
        ),
        *(_left(item) for item in second.stances if (item.target, item.holder) in held - _said(first, item)),
    )
    added = (*entities, *stances, *flags, *links, *implications, *left)
    if not added and first.status == second.status and comments in {(), (first.comment,)}:
        return first, ()
    merged = replace(
        first,
        status="draft" if first.status == second.status == "draft" else "review",
        entities=(*first.entities, *entities),
        stances=(*first.stances, *stances),
        flags=(*first.flags, *flags),
        links=(*first.links, *links),
        implications=(*first.implications, *implications),
        comment="\n".join(comments) or None,
        seconds=None
        if first.seconds is None and second.seconds is None
        else (first.seconds or 0) + (second.seconds or 0),
    )
    return merged, left


def _said(annotation: Annotation, stance: Stance) -> set[tuple[str, str]]:
    """The target and holder of a stance, if the annotation has the same stance on it."""
    same = any(
        (item.target, item.holder, item.stance) == (stance.target, stance.holder, stance.stance)
        for item in annotation.stances
    )
    return {(stance.target, stance.holder)} if same else set()


def _free(name: str, taken: set[str]) -> str:
    """A name close to ``name`` that is not taken; it is taken from now on."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    taken.add(free)
    return free


def _left(item: DataclassInstance) -> dict[str, Any]:
    return {"what": type(item).__name__.lower(), **to_object(item)}
