"""Segmenter and aligner scored against the beads that a document was given by hand."""

from __future__ import annotations

from collections.abc import Sequence

from hashiya.corpus.alignment.align import align
from hashiya.corpus.alignment.precision_recall import score_sets, strict
from hashiya.corpus.building.build_report import GivenDocument, GivenReport
from hashiya.corpus.encoders.protocol import Encoder
from hashiya.corpus.segmentation.segment import segment
from hashiya.corpus.sources.given_beads import GivenBead
from hashiya.corpus.sources.source import SourceDocument
from hashiya.schema.records import LANGS, Lang, Pair, Span


def score_given_beads(
    row: int, item: SourceDocument, pairs: Sequence[Pair], encoder: Encoder | None
) -> GivenDocument:
    """Return how segmenter and aligner do on a document whose beads hold sentences.

    `row` is the document's row in its part, `pairs` are those that were made of the beads.
    """
    counts: dict[Lang, tuple[int, int, int]] = {}
    texts: dict[Lang, list[str]] = {}
    for lang in LANGS:
        text = item.document.text(lang) or ""
        wanted = [span for bead in item.beads for span in bead.side(lang)]
        score = score_sets([Span(sentence.start, sentence.end) for sentence in segment(text, lang)], wanted)
        counts[lang] = (score.found, score.wanted, score.right)
        texts[lang] = [text[span.start : span.end] for span in wanted]
    gold: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    ar = en = 0
    for bead in item.beads:
        gold.append((tuple(range(ar, ar + len(bead.ar))), tuple(range(en, en + len(bead.en)))))
        ar, en = ar + len(bead.ar), en + len(bead.en)
    made = {(bead.ar, bead.en): bead.score for bead in align(texts["ar"], texts["en"], encoder)}
    score = strict(made, gold)
    places = {
        (bead.ar[0].start, bead.en[0].start): made.get(indices)
        for bead, indices in zip(item.beads, gold, strict=True)
        if bead.ar and bead.en
    }
    scores = {
        pair.pair_id: places[pair.ar_start, pair.en_start]
        for pair in pairs
        if pair.ar_start is not None
        and pair.en_start is not None
        and (pair.ar_start, pair.en_start) in places
    }
    report = GivenReport(
        doc_id=item.document.doc_id,
        ar_sentences=counts["ar"],
        en_sentences=counts["en"],
        precision=score.precision,
        recall=score.recall,
        f1=score.f1,
    )
    return GivenDocument(document=row, report=report, scores=scores)


def places_of_given_kind(beads: Sequence[GivenBead]) -> set[tuple[Lang, int | None]]:
    """Return the sides and the beginnings of beads whose kind was given with them."""
    return {
        (lang, bead.side(lang)[0].start) for bead in beads if bead.kind for lang in LANGS if bead.side(lang)
    }
