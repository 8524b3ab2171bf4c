"""A document with its pairs, the anchors of its annotations, and maps from its old texts to the new ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from hashiya.corpus.text.diff import TextMap
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.records import LANGS, Anchor, Annotation, Document, Lang, Pair, Place, Span

OldText = Callable[[str], str | None]
"""A function from the hash of a document text to the text, or `None` where it was not kept."""


class DocumentAnchors:
    """Makes the places of a document's pairs; its texts are hashed once for all of them."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._hashes: dict[Lang, str] = {
            lang: text_hash(text) for lang in LANGS if (text := document.text(lang)) is not None
        }

    def of(self, pair: Pair) -> Place:
        """Return the place of a pair, which every annotation of it carries."""
        sides: dict[Lang, Anchor | None] = {"ar": None, "en": None}
        for lang, whole in self._hashes.items():
            text, place = pair.text(lang), pair.place(lang)
            if text is not None and place is not None:
                sides[lang] = Anchor(
                    start=place.start, end=place.end, text_hash=text_hash(text), document_hash=whole
                )
        return Place(doc_id=self.document.doc_id, ar=sides["ar"], en=sides["en"])


def anchors(document: Document, pair: Pair) -> Place:
    """Return the place of a pair in its document, which every annotation of it carries."""
    return DocumentAnchors(document).of(pair)


def place_faults(annotation: Annotation, pair: Pair, text_of: OldText) -> Iterator[str]:
    """Yield what is wrong with the anchors of an annotation, which a changed document would need to place it.

    `text_of` returns a document text by its hash.
    """
    for lang in LANGS:
        anchor, text = annotation.place.anchor(lang), pair.text(lang)
        if anchor is None or text is None:
            if anchor is not None or text is not None:
                yield f"place.{lang}: {'is missing' if anchor is None else 'the pair has no such side'}"
            continue
        whole = text_of(anchor.document_hash)
        if anchor.text_hash != text_hash(text):
            yield f"place.{lang}.text_hash: is not that of the pair's text"
        elif whole is None:
            yield f"place.{lang}.document_hash: no such text of the document is known"
        elif whole[max(anchor.start, 0) : max(anchor.end, 0)] != text:
            yield f"place.{lang}: [{anchor.start}:{anchor.end}] of the document is not the pair's text"


@dataclass(slots=True)
class DocumentView:
    """A document of the new generation with its pairs."""

    document: Document
    pairs: Sequence[Pair]
    _maps: dict[tuple[Lang, str], TextMap | None] = field(default_factory=dict)

    def map(self, lang: Lang, old_hash: str, old_text: OldText) -> TextMap | None:
        """Return the map from an old text of one side; `None` when that text or this side is gone."""
        if (lang, old_hash) not in self._maps:
            new = self.document.text(lang)
            old = new if new is not None and text_hash(new) == old_hash else old_text(old_hash)
            self._maps[lang, old_hash] = None if old is None or new is None else TextMap(old, new)
        return self._maps[lang, old_hash]

    def texts(self) -> list[str]:
        """Return the document's texts, which the journal keeps for labels made on them."""
        return [text for lang in LANGS if (text := self.document.text(lang)) is not None]

    def same(self, lang: Lang, anchor: Anchor) -> Span | None:
        """Return the anchor's own range if the document has the anchor's text there, else `None`."""
        text = (self.document.text(lang) or "")[anchor.start : anchor.end]
        return Span(anchor.start, anchor.end) if text_hash(text) == anchor.text_hash else None

    def holder(self, lang: Lang, span: Span | None) -> tuple[Pair, Span] | None:
        """Return the pair whose side contains a range of the document, and the range in it, or `None`."""
        for pair in self.pairs:
            side = pair.place(lang)
            if span and side and side.start <= span.start and span.end <= side.end:
                return pair, Span(span.start - side.start, span.end - side.start)
        return None
