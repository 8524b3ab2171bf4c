"""What is decided over all documents of a corpus: whose ids are taken, which are alike, which lines repeat.

A survey reads the tables of all shards (`surveyed`), in their order, which hold what it needs of a document
in some hundred bytes, so it costs little to decide anew. It does not depend on which shards changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hashiya.corpus.building.part_tables import COUNTED_WITH, LINES, SIGNATURES
from hashiya.corpus.building.shard_state import DIGEST, Kept
from hashiya.corpus.duplicates.lsh import first_equal
from hashiya.corpus.duplicates.near_duplicates import DuplicateLink, NearDuplicates, reprints
from hashiya.corpus.duplicates.repeated_lines import Hashes, LineCounter, LineTable
from hashiya.corpus.store.index import PairRows, numbers
from hashiya.schema.records import Lang

_compute: Any = pc  # the stubs know few of the types that go with its functions

_NONE: PairRows = np.zeros(0, np.int64)

SameId = Callable[[tuple[int, int], tuple[int, int]], None]
"""Is told of a document that is left out, and of the earlier one of its id: each by shard and row."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the surveys found; the lists have an element a shard.

    `kept` says which documents stay; `lines` are the repeated lines that the shard's documents have.
    """

    kept: list[Kept]
    links: list[DuplicateLink]
    repeated: Hashes
    lines: list[Hashes]


def survey(tables: Sequence[pa.Table], same_id: SameId) -> Findings:
    """Return what is found in the tables of all shards."""
    if not tables:
        return Findings([], [], np.zeros(0, np.uint64), [])
    kept = _distinct(tables, same_id)
    stay = [
        table if some.all() else table.filter(pa.array(some))
        for table, some in zip(tables, kept, strict=True)
    ]
    search = NearDuplicates()
    for table in stay:
        sides: dict[Lang, pa.Array[Any]] = {
            lang: table[name].combine_chunks() for lang, name in SIGNATURES.items()
        }
        search.add(table["doc_id"].combine_chunks(), sides)
    links = list(search.links())
    candidates, repeated = _repeated(stay, reprints(links))
    lines = [np.unique(some[np.isin(some, repeated)]) for some in candidates]
    return Findings(kept, links, repeated, lines)


def _distinct(tables: Sequence[pa.Table], same_id: SameId) -> list[Kept]:
    """Which documents are the first of their id."""
    digests = np.concatenate([_digests(table) for table in tables])
    first = first_equal(digests)
    is_first: Kept = first == np.arange(len(first))
    starts = np.cumsum([0, *(table.num_rows for table in tables)])
    for number in np.flatnonzero(~is_first).tolist():
        places: list[tuple[int, int]] = []
        for row in (number, int(first[number])):
            shard = int(np.searchsorted(starts, row, side="right")) - 1
            places.append((shard, row - int(starts[shard])))
        same_id(places[0], places[1])
    return [is_first[begin:end] for begin, end in pairwise(starts.tolist())]


def _digests(table: pa.Table) -> np.ndarray[Any, np.dtype[np.uint64]]:
    array: Any = table[DIGEST].combine_chunks()
    data = np.frombuffer(array.buffers()[1] or b"", np.dtype("<u8")).reshape(-1, 2)
    return data[array.offset : array.offset + len(array)]


def _repeated(tables: Sequence[pa.Table], left_out: set[str]) -> tuple[list[Hashes], Hashes]:
    """The candidates of each table, and the lines that are repeated."""
    counter = LineCounter(sum(len(_lines(table)[0]) for table in tables))
    for table in tables:
        counter.add(_lines(table)[0])
    codes = _compute.dictionary_encode(
        pa.chunked_array([table[COUNTED_WITH].combine_chunks() for table in tables])
    )
    publishers = np.concatenate([_NONE, *(numbers(part.indices, np.int32) for part in codes.chunks)])
    names = pa.array(sorted(left_out), pa.string())
    counts = LineTable()
    candidates: list[Hashes] = []
    first = 0
    for table in tables:
        lines, documents = _lines(table)
        may_be = counter.are_candidates(lines)
        candidates.append(lines[may_be])
        of_table = publishers[first : first + table.num_rows]
        first += table.num_rows
        counted: Kept = np.ones(table.num_rows, np.bool_)
        if left_out:
            counted = ~np.array(_compute.is_in(table["doc_id"], value_set=names).to_pylist(), dtype=np.bool_)
        may_be &= counted[documents]
        new = np.cumsum(counted) - 1
        counts.add(of_table[counted], lines[may_be], new[documents[may_be]])
    return candidates, counts.repeated()


def _lines(table: pa.Table) -> tuple[Hashes, PairRows]:
    """The lines of all documents of a table, and the row of the document of each."""
    array: Any = table[LINES].combine_chunks()
    lengths = numbers(array.value_lengths(), np.int32)
    return numbers(array.flatten(), np.uint64), np.repeat(np.arange(len(lengths)), lengths)
