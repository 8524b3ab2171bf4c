"""Alignment of a document: given beads are kept as they are, the gaps between them aligned."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import attrgetter

from hashiya.corpus.alignment.align import align
from hashiya.corpus.alignment.beads import PlacedBead
from hashiya.corpus.encoders.protocol import Encoder
from hashiya.corpus.segmentation.segment import are_whole_lines, segment
from hashiya.corpus.sources.given_beads import GivenBead
from hashiya.schema.records import LANGS, Document, Lang, Sentence, Span

SentencesBySide = dict[Lang, list[Sentence]]
_START = attrgetter("start")


def align_document(
    document: Document, given: Sequence[GivenBead], encoder: Encoder | None = None
) -> list[PlacedBead]:
    """Return the beads of a document in order; every sentence is in exactly one.

    Each gap between given beads is segmented and aligned by itself, so that no other bead crosses them.
    """
    sentences: SentencesBySide = {lang: segment(document.text(lang) or "", lang) for lang in LANGS}
    if not given:
        return list(_aligned(document, sentences, encoder))
    placed: list[PlacedBead] = []
    reached: dict[Lang, int] = {"ar": 0, "en": 0}
    for bead in given:
        gap: SentencesBySide = {}
        for lang in LANGS:
            start = end = reached[lang]
            if bead.side(lang):
                start, end = bead.side(lang)[0].start, bead.side(lang)[-1].end
            gap[lang] = _within(document, lang, Span(reached[lang], start))
            reached[lang] = end
        placed += _aligned(document, gap, encoder)
        placed.append(_kept_bead(document, bead, sentences))
    rest: SentencesBySide = {
        lang: _within(document, lang, Span(reached[lang], len(document.text(lang) or ""))) for lang in LANGS
    }
    placed += _aligned(document, rest, encoder)
    return placed


def _aligned(document: Document, sentences: SentencesBySide, encoder: Encoder | None) -> Iterator[PlacedBead]:
    ar, en = sentences["ar"], sentences["en"]
    if not ar or not en:
        for lang in LANGS:
            for sentence in sentences[lang]:
                sides: dict[Lang, tuple[Sentence, ...]] = {"ar": (), "en": (), lang: (sentence,)}
                yield PlacedBead(ar=sides["ar"], en=sides["en"])
        return
    for bead in align(_texts(document, "ar", ar), _texts(document, "en", en), encoder):
        yield PlacedBead(ar=tuple(ar[i] for i in bead.ar), en=tuple(en[j] for j in bead.en), score=bead.score)


def _kept_bead(document: Document, bead: GivenBead, sentences: SentencesBySide) -> PlacedBead:
    """Return a given bead as it is; a range that is a whole segment is split into its sentences.

    `sentences` are those of the document, by which the beads' have their kinds.
    """
    ar, en = (
        tuple(
            sentence if bead.kind is None else Sentence(sentence.start, sentence.end, bead.kind)
            for span in bead.side(lang)
            for sentence in _of_range(document, lang, span, sentences[lang], segmented=bead.segmented)
        )
        for lang in LANGS
    )
    return PlacedBead(ar=ar, en=en)


def _of_range(
    document: Document, lang: Lang, span: Span, sentences: Sequence[Sentence], *, segmented: bool
) -> Iterator[Sentence]:
    """Yield the sentences of a range, of the kind of the document's that begin where they do."""
    if not segmented and are_whole_lines(document.text(lang) or "", span.start, span.end):
        first, end = (bisect_left(sentences, place, key=_START) for place in (span.start, span.end))
        yield from sentences[first:end]
        return
    for one in [span] if segmented else _within(document, lang, span):
        at = bisect_left(sentences, one.start, key=_START)
        known = at < len(sentences) and sentences[at].start == one.start
        yield Sentence(one.start, one.end, sentences[at].kind if known else "body")


def _within(document: Document, lang: Lang, span: Span) -> list[Sentence]:
    text = (document.text(lang) or "")[span.start : span.end]
    if not text or text.isspace():
        return []
    return [
        Sentence(span.start + sentence.start, span.start + sentence.end, sentence.kind)
        for sentence in segment(text, lang)
    ]


def _texts(document: Document, lang: Lang, sentences: Sequence[Sentence]) -> list[str]:
    text = document.text(lang) or ""
    return [text[sentence.start : sentence.end] for sentence in sentences]
