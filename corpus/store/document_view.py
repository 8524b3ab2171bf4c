"""A document with its pairs, and where an old text of it stands in the new one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from hashiya.corpus.text.diff import TextMap
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.records import LANGS, Anchor, Annotation, Document, Lang, Pair, Place, Span

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


def place_faults(annotation: Annotation, pair: Pair, text_of: OldText) -> Iterator[str]:
    """Yield why an annotation would not find its place again if the document changed now.

    ``text_of`` returns a document text by its hash.
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
