"""One annotation placed in a changed document: moved spans, and what is left behind. Pure.

Spans (entities, flags) are found again through a diff of the old and the new text of their document. What
was said of the whole pair (stances, implications) moves only where both sides are unchanged; otherwise the
annotation comes up for review. Nothing is dropped in silence: marks that find no place are returned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from hashiya.corpus.store.document_view import DocumentView, OldText, anchors
from hashiya.corpus.text.diff import TextMap
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.codec import to_object
from hashiya.schema.covers import narrowed
from hashiya.schema.records import (
    LANGS,
    Anchor,
    Annotation,
    Document,
    Entity,
    Flag,
    Lang,
    Pair,
    Span,
    overlaps,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

LeftMarks = tuple[dict[str, Any], ...]
"""Marks that an annotation leaves behind, as plain JSON objects; `what` names their kind."""

SHARE = 0.3
"""A pair takes over labels if this share of the letters of the smaller of the two sides was moved to it."""


def left_mark(mark: DataclassInstance) -> dict[str, Any]:
    """Return a mark that is left behind as a plain JSON object."""
    return {"what": type(mark).__name__.lower(), **to_object(mark)}


@dataclass(slots=True)
class _Destination:
    """A pair that letters of the old one were moved to: how many, the largest share of a side, the spans."""

    pair: Pair
    letters: int = 0
    share: float = 0
    main: bool = False
    spans: list[Entity | Flag] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Placed:
    """The parts of one annotation with the pairs that they go to, and the marks that found no place."""

    parts: tuple[tuple[Pair, Annotation], ...]
    left: LeftMarks


def place_annotation(annotation: Annotation, view: DocumentView, old_text: OldText) -> Placed:
    """Return where an annotation belongs in a document that may have changed: to no, one or several pairs.

    `old_text` returns a kept text by its hash. Where there is no part, nothing is left behind either: the
    annotation stays as it was.
    """
    unchanged = _unchanged(annotation, view, old_text)
    if unchanged is not None:
        moved = replace(annotation, pair_id=unchanged.pair_id, place=anchors(view.document, unchanged))
        return Placed(((unchanged, moved),), ())
    destinations, lost = _destinations(annotation, view, old_text)
    if not destinations:
        return Placed((), ())
    parts = tuple((item.pair, _partial(annotation, item, view.document)) for item in destinations)
    linked = {link for _, part in parts for link in part.links}
    unlinked = (link for link in annotation.links if link not in linked)
    left = map(left_mark, (*lost, *annotation.stances, *annotation.implications, *unlinked))
    return Placed(parts, tuple(left))


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


def _destinations(
    annotation: Annotation, view: DocumentView, old_text: OldText
) -> tuple[list[_Destination], list[Entity | Flag]]:
    """The pairs that enough of the old one's letters were moved to, with their spans; the spans left over.

    Of them the main one, which has the most letters, is returned also without any span.
    """
    touched: dict[str, _Destination] = {}
    marks: list[Entity | Flag] = [*annotation.entities, *annotation.flags]
    moved: list[tuple[Pair, Entity | Flag]] = []
    lost: list[Entity | Flag] = []
    for lang in LANGS:
        anchor = annotation.place.anchor(lang)
        text_map = view.map(lang, anchor.document_hash, old_text) if anchor else None
        if anchor is None or text_map is None:
            lost += [mark for mark in marks if mark.lang == lang]
            continue
        for pair, letters, share in _moved_letters(view, lang, text_map, anchor):
            destination = touched.setdefault(pair.pair_id, _Destination(pair))
            destination.letters += letters
            destination.share = max(destination.share, share)
        for mark in marks:
            if mark.lang == lang:
                span = text_map.span(anchor.start + mark.start, anchor.start + mark.end)
                held = view.holder(lang, span)
                if held is None:
                    lost.append(mark)
                else:
                    moved.append((held[0], replace(mark, start=held[1].start, end=held[1].end)))
    chosen = {pair_id: item for pair_id, item in touched.items() if item.share >= SHARE}
    for pair, mark in moved:
        if pair.pair_id in chosen:
            chosen[pair.pair_id].spans.append(mark)
        else:
            lost.append(mark)
    if chosen:
        max(chosen.values(), key=lambda item: (item.letters, -item.pair.index)).main = True
    wanted = [item for item in chosen.values() if item.main or item.spans]
    return sorted(wanted, key=lambda item: item.pair.index), lost


def _moved_letters(
    view: DocumentView, lang: Lang, text_map: TextMap, anchor: Anchor
) -> Iterator[tuple[Pair, int, float]]:
    """Yield the pairs that letters of an old side were moved to, how many, and their share.

    The share is of the letters of the old side or the pair's, whichever has fewer.
    """
    pieces = text_map.pieces(anchor.start, anchor.end)
    old = _letters(text_map.old[anchor.start : anchor.end])
    for pair in view.pairs:
        side = pair.place(lang)
        if side is None:
            continue
        letters = sum(
            _letters(text_map.new[max(side.start, piece.start) : min(side.end, piece.end)])
            for piece in pieces
            if overlaps(piece, side)
        )
        if letters:
            yield pair, letters, letters / min(old, _letters(pair.text(lang) or ""))


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _changed(annotation: Annotation, pair: Pair) -> list[Lang]:
    """The sides of a pair that are not, letter for letter, those that an annotation was made on."""
    changed: list[Lang] = []
    for lang in LANGS:
        anchor, text = annotation.place.anchor(lang), pair.text(lang)
        if (None if anchor is None else anchor.text_hash) != (None if text is None else text_hash(text)):
            changed.append(lang)
    return changed


def _partial(annotation: Annotation, destination: _Destination, document: Document) -> Annotation:
    """The part of an annotation that goes to one of the pairs that it was moved to."""
    entities = tuple(item for item in destination.spans if isinstance(item, Entity))
    ids = {entity.id for entity in entities}
    return replace(
        annotation,
        pair_id=destination.pair.pair_id,
        place=anchors(document, destination.pair),
        status="draft" if annotation.status == "draft" else "review",
        covers=narrowed(annotation.covers, _changed(annotation, destination.pair)),
        stances=(),
        implications=(),
        entities=entities,
        flags=tuple(item for item in destination.spans if isinstance(item, Flag)),
        links=tuple(link for link in annotation.links if {link.ar, link.en} <= ids),
        comment=annotation.comment if destination.main else None,
        seconds=annotation.seconds if destination.main else None,
    )
