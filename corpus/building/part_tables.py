"""A part: what came of a portion, as Arrow tables, with the columns that only the assembly needs."""

from __future__ import annotations

import errno
import os
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hashiya.corpus.building.build_report import GivenDocument
from hashiya.corpus.store.index import PairRows, numbers
from hashiya.corpus.text.tokens import token_borders
from hashiya.schema.arrow import arrow_schema
from hashiya.schema.errors import Problem
from hashiya.schema.records import LANGS, Document, Lang, Pair, record

WHERE = "where"
"""The column of a part's documents that says where each stands (`kept_place`)."""
CHUNK_NUMBER = "chunk"
"""The column of a part's documents that has the number of each one's chunk in the part."""
DOCUMENT = "document"
"""The column of a part's pairs that has the row of each pair's document in the part."""
SIGNATURES: dict[Lang, str] = {lang: f"{lang}_signature" for lang in LANGS}
"""The columns of a part's documents that hold what `signatures` made of their sides; null where nothing."""
COUNTED_WITH = "counted_with"
"""The column of a part's documents that says whose lines theirs are counted with (`publisher_of`)."""
LINES = "lines"
"""The column of a part's pairs that has a number for each of their sentences (`line_hashes`)."""

_REFUSALS = frozenset(
    map(
        os.strerror,
        (
            errno.ENOENT, errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE, errno.ENOTDIR, errno.ENOMEM,
            errno.EMFILE, errno.ENFILE, errno.ETIMEDOUT, errno.ENXIO, errno.ENODEV,
        ),
    )
)  # fmt: skip

DOCUMENT_COLUMNS = pa.schema(
    [
        *arrow_schema(Document),
        *(pa.field(name, pa.binary()) for name in SIGNATURES.values()),
        pa.field(COUNTED_WITH, pa.string()),
        pa.field(WHERE, pa.string()),
        pa.field(CHUNK_NUMBER, pa.int32()),
    ]
)
PAIR_COLUMNS = pa.schema(
    [
        *arrow_schema(Pair),
        pa.field(LINES, pa.list_(pa.uint64())),
        pa.field(DOCUMENT, pa.int32()),
    ]
)


@record
class ChunkNotes:
    """What is said of a chunk: its key, and what was wrong with it (as `kept_problem` makes it).

    The first problems of each kind; of the others, how many there were that left something out, and that
    did not.
    """

    key: str
    problems: tuple[Problem, ...] = ()
    more_left_out: int = 0
    more_warnings: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing was wrong."""
        return not self.problems

    @property
    def has_failed(self) -> bool:
        """Whether the system refused a file, which it may not do the next time."""
        return any(why in problem.what for problem in self.problems for why in _REFUSALS)


@record
class Notes:
    """The notes of a part's chunks, and its given documents, in order."""

    chunks: tuple[ChunkNotes, ...] = ()
    by_hand: tuple[GivenDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What came of a portion.

    `documents` has the columns of `Document`, and `WHERE`, `CHUNK_NUMBER`, `SIGNATURES` and `COUNTED_WITH`;
    `pairs` has those of `Pair`, and `DOCUMENT` and `LINES`. Pairs stand in the order of their documents,
    documents in that of their chunks. The columns that no record has are for the assembly, and do not go into
    the corpus.
    """

    documents: pa.Table
    pairs: pa.Table
    notes: Notes

    def rows(self) -> PairRows:
        """Return the row of each pair's document."""
        return _whole_numbers(self.pairs, DOCUMENT)

    def only(self, kept: NDArray[np.bool_]) -> Part:
        """Return the part without the documents that are not `kept`, by row, and without their pairs."""
        rows = self.rows()
        new = np.cumsum(kept) - 1
        by_hand = tuple(
            replace(one, document=int(new[one.document])) for one in self.notes.by_hand if kept[one.document]
        )
        return Part(
            self.documents.filter(pa.array(kept)),
            _with_rows(self.pairs.filter(pa.array(kept[rows])), new[rows[kept[rows]]]),
            replace(self.notes, by_hand=by_hand),
        )

    def chunks(self, numbers_of_chunks: Sequence[int]) -> list[Part]:
        """Return some chunks, each as a part of its own."""
        rows = self.rows()
        chunk_of = _whole_numbers(self.documents, CHUNK_NUMBER)
        parts: list[Part] = []
        for number in numbers_of_chunks:
            first, end = np.searchsorted(chunk_of, [number, number + 1]).tolist()
            first_pair, end_pair = np.searchsorted(rows, [first, end]).tolist()
            by_hand = tuple(
                replace(one, document=one.document - first)
                for one in self.notes.by_hand
                if first <= one.document < end
            )
            documents = self.documents.slice(first, end - first)
            at = documents.schema.get_field_index(CHUNK_NUMBER)
            zeros = pa.array(np.zeros(end - first, dtype=np.int32))
            parts.append(
                Part(
                    documents.set_column(at, CHUNK_NUMBER, zeros),
                    _with_rows(
                        self.pairs.slice(first_pair, end_pair - first_pair), rows[first_pair:end_pair] - first
                    ),
                    Notes(chunks=(self.notes.chunks[number],), by_hand=by_hand),
                )
            )
        return parts


def token_column(texts: Iterable[str | None]) -> pa.Array[Any]:
    """Return the tokens of texts as a column of `Pair`."""
    kind: Any = PAIR_COLUMNS.field(f"{LANGS[0]}_tokens").type
    borders, ends = array("i"), [0]
    for text in texts:
        borders.extend(token_borders(text or ""))
        ends.append(len(borders) // 2)
    sides = np.frombuffer(borders, np.int32).reshape(-1, 2).T
    tokens = pa.StructArray.from_arrays(
        [pa.array(np.ascontiguousarray(side)) for side in sides], fields=list(kind.value_type)
    )
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), tokens, type=kind)


def joined(parts: Iterable[Part]) -> Part:
    """Return parts, one after the other, as one."""
    some = list(parts)
    documents = pa.concat_tables([DOCUMENT_COLUMNS.empty_table(), *(part.documents for part in some)])
    pairs = pa.concat_tables([PAIR_COLUMNS.empty_table(), *(part.pairs for part in some)])
    rows = np.cumsum([0, *(part.documents.num_rows for part in some)])
    chunks = np.cumsum([0, *(len(part.notes.chunks) for part in some)])
    chunk_of = [
        _whole_numbers(part.documents, CHUNK_NUMBER) + before
        for part, before in zip(some, chunks, strict=False)
    ]
    row_of = [part.rows() + before for part, before in zip(some, rows, strict=False)]
    by_hand = [
        replace(one, document=one.document + int(before))
        for part, before in zip(some, rows, strict=False)
        for one in part.notes.by_hand
    ]
    at = documents.schema.get_field_index(CHUNK_NUMBER)
    numbered = np.concatenate([np.zeros(0, np.int64), *chunk_of]).astype(np.int32)
    return Part(
        documents.set_column(at, CHUNK_NUMBER, pa.array(numbered)),
        _with_rows(pairs, np.concatenate([np.zeros(0, np.int64), *row_of])),
        Notes(chunks=tuple(notes for part in some for notes in part.notes.chunks), by_hand=tuple(by_hand)),
    )


def _with_rows(pairs: pa.Table, rows: PairRows) -> pa.Table:
    at = pairs.schema.get_field_index(DOCUMENT)
    return pairs.set_column(at, DOCUMENT, pa.array(rows.astype(np.int32)))


def _whole_numbers(table: pa.Table, name: str) -> PairRows:
    column: Any = table[name].combine_chunks()
    return numbers(column, np.int32).astype(np.int64)
