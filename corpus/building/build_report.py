"""The report of a build: counts, the least certain pairs, how the programs do on beads given by hand."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from hashiya.corpus.duplicates.near_duplicates import DuplicateCounts
from hashiya.corpus.duplicates.repeated_lines import RepeatedCounts
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import MANIFEST
from hashiya.corpus.store.index import PairRows, numbers
from hashiya.schema.codec import from_object
from hashiya.schema.errors import Problem
from hashiya.schema.records import LANGS, record

pc: Any = pyarrow.compute  # the stubs know few of the types that go with its functions

LOWEST_LISTED = 5
"""How many of the least certain pairs a build shows."""


@record(unknown="ignore")
class UncertainPair:
    """A pair to look at: the aligner is not sure of it.

    `score` is the aligner's, also for a pair that was given by hand; null where it would not have made
    that pair.
    """

    pair_id: str
    doc_id: str
    index: int
    score: float | None
    ar: str
    en: str


@record
class GivenReport:
    """How segmenter and aligner do on a document with beads made by hand.

    The numbers of sentences that the segmenter finds on each side, of those of the beads, and of those that
    are the same; the strict scores of the aligner on the sentences of the beads.
    """

    doc_id: str
    ar_sentences: tuple[int, int, int]
    en_sentences: tuple[int, int, int]
    precision: float
    recall: float
    f1: float


@record
class BuildReport:
    """What a build made. `beads` counts pairs by type; `problems` are what its sources had.

    `duplicates` and `repeated` are null where the build did not look for any.
    """

    documents: int
    ar_sentences: int
    en_sentences: int
    pairs: int
    boilerplate: int
    beads: dict[str, int]
    ar_unaligned: int
    en_unaligned: int
    lowest: tuple[UncertainPair, ...]
    given: tuple[GivenReport, ...]
    problems: tuple[Problem, ...]
    duplicates: DuplicateCounts | None = None
    repeated: RepeatedCounts | None = None


def read_report(corpus: Corpus) -> BuildReport:
    """Return the report of the build that made the generation that holds."""
    manifest = corpus.generation().manifest
    return from_object(BuildReport, manifest.report, str(corpus.folder / MANIFEST))


@record
class GivenDocument:
    """A document with beads made by hand: its row among the documents of its part, and how the programs do.

    `scores` are the aligner's for the pairs that were given, by id; null where it would not have made one.
    """

    document: int
    report: GivenReport
    scores: dict[str, float | None]


@record
class ShardAccount:
    """The counts of a shard, from which those of a build are summed up.

    `repeated` counts the pairs that are boilerplate because their lines are repeated.
    """

    documents: int
    boilerplate: int
    repeated: int
    sentences: dict[str, int]
    alone: dict[str, int]
    beads: dict[str, int]
    lowest: tuple[UncertainPair, ...]
    given: tuple[GivenReport, ...]


@dataclass(slots=True)
class RunningReport:
    """The counts of a report, to which documents or whole shards are added in their order."""

    documents: int = 0
    boilerplate: int = 0
    repeated: int = 0
    sentences: Counter[str] = field(default_factory=Counter)
    alone: Counter[str] = field(default_factory=Counter)
    beads: Counter[str] = field(default_factory=Counter)
    lowest: list[UncertainPair] = field(default_factory=list)
    given: list[GivenReport] = field(default_factory=list)

    def add(self, documents: int, rows: PairRows, pairs: pa.Table, by_hand: Sequence[GivenDocument]) -> None:
        """Count so many documents and their pairs; `rows` has the row of each pair's document."""
        self.documents += documents
        for bead in pc.value_counts(pairs["bead"].combine_chunks()).to_pylist():
            self.beads[bead["values"]] += bead["counts"]
        self.boilerplate += _sum(pc.equal(pairs["kind"], "boilerplate"))
        alone = pc.or_(pc.is_null(pairs["ar"]), pc.is_null(pairs["en"]))
        for lang in LANGS:
            counts = pc.list_value_length(pairs[f"{lang}_sentences"])
            self.sentences[lang] += _sum(counts)
            self.alone[lang] += _sum(counts.filter(alone))
        self.given += [one.report for one in by_hand]
        low = [*_scored(pairs), *_given(pairs, by_hand)]
        low.sort(key=lambda one: (rows[one[0]], not one[2], one[0]))
        self.lowest = nsmallest(
            LOWEST_LISTED,
            [*self.lowest, *(_low(pairs, row, score) for row, score, _ in low)],
            key=lambda low: low.score or 0,
        )

    def add_account(self, account: ShardAccount) -> None:
        """Count a shard."""
        self.documents += account.documents
        self.boilerplate += account.boilerplate
        self.repeated += account.repeated
        for counter, counts in (
            (self.sentences, account.sentences),
            (self.alone, account.alone),
            (self.beads, account.beads),
        ):
            counter.update(counts)
        self.given += account.given
        self.lowest = nsmallest(
            LOWEST_LISTED, [*self.lowest, *account.lowest], key=lambda low: low.score or 0
        )

    def account(self) -> ShardAccount:
        """Return the counts of everything added, as those of one shard."""
        return ShardAccount(
            documents=self.documents,
            boilerplate=self.boilerplate,
            repeated=self.repeated,
            sentences=dict(sorted(self.sentences.items())),
            alone=dict(sorted(self.alone.items())),
            beads=dict(sorted(self.beads.items())),
            lowest=tuple(self.lowest),
            given=tuple(self.given),
        )

    def report(self, problems: Sequence[Problem]) -> BuildReport:
        """Return the report of everything added."""
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


def _sum(array: Any) -> int:
    return int(pc.sum(array).as_py() or 0)


def _scored(pairs: pa.Table) -> Iterator[tuple[int, float | None, bool]]:
    """The rows and scores of the pairs with two sides that the aligner is least sure of."""
    both = pc.and_(pc.is_valid(pairs["ar"]), pc.is_valid(pairs["en"]))
    scores = pc.if_else(both, pairs["score"], pa.scalar(None, pa.float64()))
    filled = numbers(pc.fill_null(scores, math.inf).combine_chunks(), np.float64)
    for row in np.argsort(filled, kind="stable")[:LOWEST_LISTED]:
        if filled[row] < math.inf:
            yield int(row), float(filled[row]), False


def _given(pairs: pa.Table, by_hand: Sequence[GivenDocument]) -> Iterator[tuple[int, float | None, bool]]:
    """The same of all pairs with two sides that were given by hand."""
    scores = {pair_id: score for one in by_hand for pair_id, score in one.scores.items()}
    if scores:
        for row, pair_id in enumerate(pairs["pair_id"].to_pylist()):
            if pair_id in scores:
                yield row, scores[pair_id], True


def _low(pairs: pa.Table, row: int, score: float | None) -> UncertainPair:
    pair = pairs.slice(row, 1).select(["pair_id", "doc_id", "index", "ar", "en"]).to_pylist()[0]
    return UncertainPair(score=score, **pair)
