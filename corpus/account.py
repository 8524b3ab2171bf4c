"""The account of a build: what was counted, which pairs to look at, what the programs alone would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any, ClassVar

from hashiya.corpus.align import align
from hashiya.corpus.encode import Encoder
from hashiya.corpus.scoring import compare, strict
from hashiya.corpus.segment import segment
from hashiya.corpus.sources import SourceDocument
from hashiya.schema.errors import Problem
from hashiya.schema.records import LANGS, STRICT, Lang, Pair, Span

LOWEST = 5
"""How many of the least certain pairs a build shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LowPair:
    """A pair to look at: the aligner is not sure of it.

    ``score`` is the aligner's, also for a pair that was given by hand; null where it would not have made
    that pair.
    """

    __pydantic_config__: ClassVar[Any] = STRICT

    pair_id: str
    doc_id: str
    index: int
    number: int
    score: float | None
    ar: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenReport:
    """For a document with beads made by hand: what the programs would have made of it.

    The sentences found on each side, those of the beads, and those that are the same; the strict score
    of the aligner on the sentences of the beads.
    """

    __pydantic_config__: ClassVar[Any] = STRICT

    doc_id: str
    ar_sentences: tuple[int, int, int]
    en_sentences: tuple[int, int, int]
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build made. ``beads`` counts pairs by type; ``problems`` are what its sources had."""

    __pydantic_config__: ClassVar[Any] = STRICT

    documents: int
    ar_sentences: int
    en_sentences: int
    pairs: int
    boilerplate: int
    beads: dict[str, int]
    ar_unaligned: int
    en_unaligned: int
    lowest: tuple[LowPair, ...]
    given: tuple[GivenReport, ...]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class Account:
    """The running account of a build in which documents are added one by one."""

    encoder: Encoder | None
    documents: int = 0
    boilerplate: int = 0
    sentences: Counter[str] = field(default_factory=Counter)
    alone: Counter[str] = field(default_factory=Counter)
    beads: Counter[str] = field(default_factory=Counter)
    lowest: list[LowPair] = field(default_factory=list)
    given: list[GivenReport] = field(default_factory=list)

    def add(self, item: SourceDocument, pairs: Sequence[Pair]) -> None:
        """Count a document and its pairs."""
        self.documents += 1
        first = self.beads.total() + 1
        for pair in pairs:
            self.beads[pair.bead] += 1
            self.boilerplate += pair.kind == "boilerplate"
            for lang in LANGS:
                self.sentences[lang] += len(pair.sentences(lang))
                if pair.ar is None or pair.en is None:
                    self.alone[lang] += len(pair.sentences(lang))
        scores = {pair.pair_id: pair.score for pair in pairs if pair.score is not None}
        if item.beads and all(bead.segmented for bead in item.beads):
            given, by_hand = _compared(item, pairs, self.encoder)
            self.given.append(given)
            self.lowest = _lowest(self.lowest, pairs, by_hand, first)
        self.lowest = _lowest(self.lowest, pairs, scores, first)

    def report(self, problems: Sequence[Problem]) -> BuildReport:
        """Return the account of everything added."""
        return BuildReport(
            documents=self.documents,
            ar_sentences=self.sentences["ar"],
            en_sentences=self.sentences["en"],
            pairs=self.beads.total(),
            boilerplate=self.boilerplate,
            beads=dict(sorted(self.beads.items(), key=lambda bead: (-bead[1], bead[0]))),
            ar_unaligned=self.alone["ar"],
            en_unaligned=self.alone["en"],
            lowest=tuple(self.lowest),
            given=tuple(self.given),
            problems=tuple(problems),
        )


def _lowest(
    so_far: Sequence[LowPair], pairs: Sequence[Pair], scores: Mapping[str, float | None], first: int
) -> list[LowPair]:
    return nsmallest(LOWEST, [*so_far, *_low(pairs, scores, first)], key=lambda low: low.score or 0)


def _low(pairs: Sequence[Pair], scores: Mapping[str, float | None], first: int) -> Iterator[LowPair]:
    for pair in pairs:
        if pair.pair_id in scores and pair.ar is not None and pair.en is not None:
            yield LowPair(
                pair_id=pair.pair_id,
                doc_id=pair.doc_id,
                index=pair.index,
                number=first + pair.index,
                score=scores[pair.pair_id],
                ar=pair.ar,
                en=pair.en,
            )


def _compared(
    item: SourceDocument, pairs: Sequence[Pair], encoder: Encoder | None
) -> tuple[GivenReport, dict[str, float | None]]:
    """What segmenter and aligner make of a document whose beads are known, and the aligner's scores."""
    found: dict[Lang, tuple[int, int, int]] = {}
    texts: dict[Lang, list[str]] = {}
    for lang in LANGS:
        text = item.document.text(lang) or ""
        wanted = [span for bead in item.beads for span in bead.side(lang)]
        score = compare([Span(sentence.start, sentence.end) for sentence in segment(text, lang)], wanted)
        found[lang] = (score.found, score.wanted, score.right)
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
        ar_sentences=found["ar"],
        en_sentences=found["en"],
        precision=score.precision,
        recall=score.recall,
        f1=score.f1,
    )
    return report, scores
