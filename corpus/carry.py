"""One annotation placed in a changed document: each span where its letters went, the rest for review. Pure.

Spans (entities, flags) are found again through a diff of the old and the new text of their document. What
was said of the whole pair (stances, implications) moves only where both sides are unchanged; otherwise the
annotation comes up for review. Nothing is dropped in silence: what finds no place is returned as ``left``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from hashiya.corpus.ids import text_hash
from hashiya.corpus.textmap import TextMap
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
    Place,
    Span,
    Stance,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

OldText = Callable[[str], str | None]
"""Returns a document text by its hash, ``None`` where it was not kept."""


def anchors(document: Document, pair: Pair) -> Place:
    """Return where a pair stands now, as every annotation of it carries it."""
    found: dict[Lang, Anchor | None] = {"ar": None, "en": None}
    for lang in LANGS:
        whole, text, place = document.text(lang), pair.text(lang), pair.place(lang)
        if whole is not None and text is not None and place is not None:
            found[lang] = Anchor(
                start=place.start,
                end=place.end,
                text_hash=text_hash(text),
                document_hash=text_hash(whole),
            )
    return Place(doc_id=document.doc_id, ar=found["ar"], en=found["en"])


@dataclass(slots=True)
class DocumentView:
    """A document of the new generation with its pairs."""

    document: Document
    pairs: Sequence[Pair]
    _maps: dict[tuple[Lang, str], TextMap | None] = field(default_factory=dict)

    def map(self, lang: Lang, old_hash: str, old_text: OldText) -> TextMap | None:
        """Return the map from an old text of one side; ``None`` when that text or this side is gone."""
        if (lang, old_hash) not in self._maps:
            new = self.document.text(lang)
            old = new if new is not None and text_hash(new) == old_hash else old_text(old_hash)
            self._maps[lang, old_hash] = None if old is None or new is None else TextMap(old, new)
        return self._maps[lang, old_hash]

    def texts(self) -> list[str]:
        """Return the document's texts, which a label made on them needs to find its place again."""
        return [text for lang in LANGS if (text := self.document.text(lang)) is not None]

    def same(self, lang: Lang, anchor: Anchor) -> Span | None:
        """Return the anchor's own range where the very text that it speaks of still stands there."""
        text = (self.document.text(lang) or "")[anchor.start : anchor.end]
        return Span(anchor.start, anchor.end) if text_hash(text) == anchor.text_hash else None

    def holder(self, lang: Lang, span: Span | None) -> tuple[Pair, Span] | None:
        """Return the pair whose side holds a range of the document, and the range in that side."""
        for pair in self.pairs:
            side = pair.place(lang)
            if span and side and side.start <= span.start and span.end <= side.end:
                return pair, Span(span.start - side.start, span.end - side.start)
        return None


@dataclass(slots=True)
class _Part:
    """What of one old annotation goes to one pair."""

    pair: Pair
    main: bool = False
    spans: list[Entity | Flag] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Placed:
    """What of one annotation goes where; ``left`` is what found no place, as plain JSON objects."""

    parts: tuple[tuple[Pair, Annotation], ...]
    left: tuple[dict[str, Any], ...]


def place(annotation: Annotation, view: DocumentView, old_text: OldText) -> Placed:
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
    parts: dict[str, _Part] = {}
    lost: list[Entity | Flag] = []
    spans: list[Entity | Flag] = [*annotation.entities, *annotation.flags]
    shared: dict[str, int] = defaultdict(int)
    for lang in LANGS:
        anchor = annotation.place.anchor(lang)
        text_map = view.map(lang, anchor.document_hash, old_text) if anchor else None
        items = [item for item in spans if item.lang == lang]
        if anchor is None or text_map is None:
            lost += items
            continue
        for piece in text_map.pieces(anchor.start, anchor.end):
            for pair in view.pairs:
                overlap = _overlap(pair.place(lang), piece)
                if overlap:
                    shared[pair.pair_id] += overlap
                    parts.setdefault(pair.pair_id, _Part(pair))
        for item in items:
            found = view.holder(lang, text_map.span(anchor.start + item.start, anchor.start + item.end))
            if found is None:
                lost.append(item)
                continue
            pair, span = found
            moved = replace(item, start=span.start, end=span.end)
            parts.setdefault(pair.pair_id, _Part(pair)).spans.append(moved)
    if parts:
        parts[max(parts, key=lambda key: (shared[key], -parts[key].pair.index))].main = True
    wanted = [part for part in parts.values() if part.main or part.spans]
    return sorted(wanted, key=lambda part: part.pair.index), lost


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


def merge(first: Annotation, second: Annotation) -> Annotation:
    """Join what one annotator said of two old pairs that are one now.

    The first one's labels win where two spans share letters, or two stances a target and a holder. What
    the second one adds comes up for review.
    """
    taken = {entity.id for entity in first.entities}
    names = {entity.id: _free(entity.id, taken) for entity in second.entities}
    entities = tuple(
        replace(item, id=names[item.id])
        for item in second.entities
        if not any(_shares(item, other) for other in first.entities)
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
    if not (entities or stances or flags or links or implications):
        return first
    comments = dict.fromkeys(text for text in (first.comment, second.comment) if text)
    return replace(
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


def _shares(one: Entity, other: Entity) -> bool:
    return one.lang == other.lang and one.start < other.end and other.start < one.end


def _free(name: str, taken: set[str]) -> str:
    """A name close to ``name`` that is not taken; it is taken from now on."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    taken.add(free)
    return free


def _overlap(place: Span | None, piece: Span) -> int:
    return max(0, min(place.end, piece.end) - max(place.start, piece.start)) if place else 0


def _left(item: DataclassInstance) -> dict[str, Any]:
    return {"what": type(item).__name__.lower(), **to_object(item)}
