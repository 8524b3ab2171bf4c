"""The batch function of a build: a portion of the sources -> its documents and pairs, as Arrow tables.

A part depends on its portion and the encoder alone, not on what was made before in the same process: so it
may be made anywhere, in any order, and again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

import pyarrow as pa

from hashiya.corpus.alignment.align_document import align_document
from hashiya.corpus.building.build_report import GivenDocument
from hashiya.corpus.building.make_pairs import pairs_of_beads
from hashiya.corpus.building.part_tables import (
    CHUNK_NUMBER,
    COUNTED_WITH,
    DOCUMENT,
    DOCUMENT_COLUMNS,
    LINES,
    PAIR_COLUMNS,
    SIGNATURES,
    WHERE,
    ChunkNotes,
    Notes,
    Part,
    token_column,
)
from hashiya.corpus.building.places import kept_place, kept_problem
from hashiya.corpus.building.plan import Portion
from hashiya.corpus.building.score_given_beads import places_of_given_kind, score_given_beads
from hashiya.corpus.duplicates.minhash import signatures
from hashiya.corpus.duplicates.repeated_lines import NEVER, line_hashes, publisher_of
from hashiya.corpus.encoders.protocol import Encoder
from hashiya.corpus.sources.read import FirstProblems, read_stretch
from hashiya.corpus.sources.source import SourceDocument
from hashiya.corpus.store.parquet import records_table
from hashiya.schema.errors import MissingExtraError, Problem
from hashiya.schema.records import LANGS, Document, Lang, Pair, Span

_TOGETHER = 1000  # pairs that are turned into columns at a time


def make_part(portion: Portion, encoder: Encoder | None = None) -> Part:
    """Read a portion, align its documents and make their pairs, on one thread.

    What is wrong with the sources stands in the notes. Raises MissingExtraError where the extra `build`,
    or what a format needs, is not installed.
    """
    try:
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise MissingExtraError("building a corpus", "build") from error
    draft = _Draft(encoder)
    # One thread also for what a library would share out: the processes share the processors already, and
    # the last bits of a product of matrices may depend on the number of threads.
    with threadpool_limits(limits=1, user_api="blas"):
        for number, chunk in enumerate(portion.chunks):
            problems: list[Problem] = []
            first = FirstProblems(chunk.source.where, problems.append)
            for item in read_stretch(chunk.source, chunk.stretch, first):
                draft.add(item, number, kept_place(item.where, chunk))
            draft.chunks.append(
                ChunkNotes(
                    key=chunk.key,
                    problems=tuple(kept_problem(problem, chunk) for problem in problems),
                    more_left_out=first.untold(left_out=True),
                    more_warnings=first.untold(left_out=False),
                )
            )
    return draft.part()


def _later(_text: str) -> tuple[Span, ...]:
    """No tokens: their columns are made from the texts, without a record a token."""
    return ()


@dataclass(slots=True)
class _Draft:
    """A part in the making, to which documents are added."""

    encoder: Encoder | None
    chunks: list[ChunkNotes] = field(default_factory=list[ChunkNotes])
    by_hand: list[GivenDocument] = field(default_factory=list[GivenDocument])
    wheres: list[str] = field(default_factory=list[str])
    chunk_of: list[int] = field(default_factory=list[int])
    rows: list[int] = field(default_factory=list[int])
    documents: list[Document] = field(default_factory=list[Document])
    signed: list[dict[Lang, bytes]] = field(default_factory=list[dict[Lang, bytes]])
    counted_with: list[str] = field(default_factory=list[str])
    pairs: list[Pair] = field(default_factory=list[Pair])
    lines: list[list[int]] = field(default_factory=list[list[int]])
    document_tables: list[pa.Table] = field(default_factory=list[pa.Table])
    pair_tables: list[pa.Table] = field(default_factory=list[pa.Table])

    def add(self, item: SourceDocument, chunk: int, where: str) -> None:
        row, document = len(self.wheres), item.document
        beads = align_document(document, item.beads, self.encoder)
        pairs = pairs_of_beads(document, beads, _later)
        if item.beads and all(bead.segmented for bead in item.beads):
            made = list(pairs)
            self.by_hand.append(score_given_beads(row, item, made, self.encoder))
            pairs = iter(made)
        self.wheres.append(where)
        self.chunk_of.append(chunk)
        self.documents.append(document)
        self.signed.append(signatures(document))
        self.counted_with.append(publisher_of(document))
        given = places_of_given_kind(item.beads)
        folded: dict[str, str] = {}
        lines = line_hashes(document, beads, folded)
        while some := list(islice(pairs, _TOGETHER)):
            folded.clear()
            for pair in some:
                folded[pair.ar or ""], folded[pair.en or ""] = pair.ar_folded or "", pair.en_folded or ""
            for pair, values in zip(some, lines, strict=False):
                # What a person says of a pair stands, however often its lines are repeated.
                stands = ("ar", pair.ar_start) in given or ("en", pair.en_start) in given
                self.lines.append([NEVER] * len(values) if stands else values)
            self.rows += [row] * len(some)
            self.pairs += some
            if len(self.pairs) >= _TOGETHER:
                self._settle()

    def _settle(self) -> None:
        """Turn the records so far into columns, which need a tenth of the memory."""
        if self.documents or not self.document_tables:
            documents = records_table(Document, self.documents)
            for lang, name in SIGNATURES.items():
                column = pa.array([made.get(lang) for made in self.signed], pa.binary())
                documents = documents.append_column(name, column)
            self.document_tables.append(
                documents.append_column(COUNTED_WITH, pa.array(self.counted_with, pa.string()))
            )
        if self.pairs or not self.pair_tables:
            lines = pa.array(self.lines, pa.list_(pa.uint64()))
            pairs = records_table(Pair, self.pairs)
            for lang in LANGS:
                at = pairs.schema.get_field_index(f"{lang}_tokens")
                pairs = pairs.set_column(
                    at, pairs.field(at), token_column([pair.text(lang) for pair in self.pairs])
                )
            self.pair_tables.append(pairs.append_column(LINES, lines))
        self.documents, self.signed, self.counted_with, self.pairs, self.lines = [], [], [], [], []

    def part(self) -> Part:
        self._settle()
        documents = pa.concat_tables(self.document_tables).append_column(
            WHERE, pa.array(self.wheres, pa.string())
        )
        documents = documents.append_column(CHUNK_NUMBER, pa.array(self.chunk_of, pa.int32()))
        pairs = pa.concat_tables(self.pair_tables).append_column(DOCUMENT, pa.array(self.rows, pa.int32()))
        return Part(
            documents.cast(DOCUMENT_COLUMNS),
            pairs.cast(PAIR_COLUMNS),
            Notes(chunks=tuple(self.chunks), by_hand=tuple(self.by_hand)),
        )
