"""A document and its beads -> pairs: texts, offsets, tokens, ids. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import tee

from hashiya.corpus.alignment.beads import PlacedBead
from hashiya.corpus.text.fold import fold
from hashiya.corpus.text.ids import pair_ids
from hashiya.schema.records import Document, Lang, Pair, Sentence, Span

Tokenize = Callable[[str], tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class _Side:
    text: str | None = None
    start: int | None = None
    end: int | None = None
    sentences: tuple[Span, ...] = ()
    tokens: tuple[Span, ...] = ()
    folded: str | None = None


def make_pairs(document: Document, beads: Iterable[PlacedBead], tokenize: Tokenize) -> list[Pair]:
    """Return the pairs of a document, in the order of its beads."""
    return list(pairs_of_beads(document, beads, tokenize))


def pairs_of_beads(document: Document, beads: Iterable[PlacedBead], tokenize: Tokenize) -> Iterator[Pair]:
    """Yield the pairs of a document, in the order of its beads; each is made when it is asked for."""
    ours, of_ids = tee(
        (bead, _side(document, bead, "ar", tokenize), _side(document, bead, "en", tokenize)) for bead in beads
    )
    ids = pair_ids(document.doc_id, ((ar.text, en.text) for _, ar, en in of_ids))
    for index, ((bead, ar, en), pair_id) in enumerate(zip(ours, ids, strict=True)):
        yield Pair(
            pair_id=pair_id,
            doc_id=document.doc_id,
            index=index,
            ar=ar.text,
            en=en.text,
            ar_start=ar.start,
            ar_end=ar.end,
            en_start=en.start,
            en_end=en.end,
            ar_sentences=ar.sentences,
            en_sentences=en.sentences,
            ar_tokens=ar.tokens,
            en_tokens=en.tokens,
            bead=bead.shape,
            score=bead.score,
            kind=bead.kind,
            ar_folded=ar.folded,
            en_folded=en.folded,
        )


def _side(document: Document, bead: PlacedBead, lang: Lang, tokenize: Tokenize) -> _Side:
    sentences: Sequence[Sentence] = bead.side(lang)
    whole = document.text(lang)
    if not sentences or whole is None:
        return _Side()
    start, end = sentences[0].start, sentences[-1].end
    text = whole[start:end]
    inner = tuple(Span(sentence.start - start, sentence.end - start) for sentence in sentences)
    return _Side(text, start, end, inner, tokenize(text), fold(text))
