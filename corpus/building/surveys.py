"""Two surveys of a build: which documents are like each other, and which lines many documents have.

Both read the columns of a part that no record has. The first holds some 700 bytes a document, the second
64 MB and what it finds; the hashes of lines, 8 bytes each, are in an unnamed file, gone with the process.
"""

from __future__ import annotations

from dataclasses import replace
from io import IOBase
from operator import ne
from typing import Any

import numpy as np
import pyarrow as pa

from hashiya.corpus.building.part_tables import COUNTED_WITH, LINES, SIGNATURES, Part
from hashiya.corpus.duplicates.near_duplicates import (
    DUPLICATES,
    DuplicateCounts,
    DuplicateLink,
    NearDuplicates,
    count_groups,
    groups,
    reprints,
)
from hashiya.corpus.duplicates.repeated_lines import (
    LineCounter,
    LineTable,
    RepeatedCounts,
    kind_of,
    lines_by_document,
)
from hashiya.corpus.store.index import numbers
from hashiya.corpus.store.writer import GenerationWriter
from hashiya.schema.records import Lang

_WAITING = pa.schema({"doc_id": pa.string(), COUNTED_WITH: pa.string(), LINES: pa.list_(pa.uint64())})


class LikeDocuments:
    """Finds copies and near-duplicates, and writes their links. Changes no part.

    `counts` and `reprints` (see the function of that name) are known after `decide`.
    """

    def __init__(self, writer: GenerationWriter) -> None:
        self._writer = writer
        self._search = NearDuplicates()
        self.counts = DuplicateCounts()
        self.reprints: set[str] = set()

    def look(self, part: Part) -> Part:
        """See `Survey.look`; ids must be distinct."""
        columns: dict[Lang, list[Any]] = {
            lang: part.documents[name].to_pylist() for lang, name in SIGNATURES.items()
        }
        for row, doc_id in enumerate(part.documents["doc_id"].to_pylist()):
            made: dict[Lang, bytes] = {lang: values[row] for lang, values in columns.items() if values[row]}
            self._search.add(str(doc_id), made)
        return part

    def decide(self) -> None:
        """See `Survey.decide`."""
        links = list(self._search.links())
        self._search = NearDuplicates()
        self._writer.record_file(DUPLICATES, DuplicateLink).add(links)
        self.counts = count_groups(groups(links))
        self.reprints = reprints(links)

    def settle(self, part: Part) -> Part:
        """See `Survey.settle`."""
        return part


class RepeatedLines:
    """Turns pairs into boilerplate whose lines many documents of their publisher have.

    Decides after `like`, whose reprints do not count. `file` is an open file for the hashes of lines.
    """

    def __init__(self, like: LikeDocuments, file: IOBase) -> None:
        self._like = like
        self._file = file
        self._counter = LineCounter()
        self._waiting = pa.ipc.new_stream(file, _WAITING)
        self._repeated: frozenset[int] = frozenset()
        self._pairs = 0

    @property
    def counts(self) -> RepeatedCounts:
        """The repeated lines, and the pairs that they made boilerplate in the parts settled so far."""
        return RepeatedCounts(lines=len(self._repeated), pairs=self._pairs)

    def look(self, part: Part) -> Part:
        """See `Survey.look`."""
        sentences: Any = part.pairs[LINES].combine_chunks()
        rows = np.repeat(part.rows(), numbers(sentences.value_lengths(), np.int32))
        values = numbers(sentences.flatten(), np.uint64)
        lines, bounds = lines_by_document(part.documents.num_rows, rows, values)
        self._counter.add(lines)
        of = part.documents.select(["doc_id", COUNTED_WITH])
        column = pa.ListArray.from_arrays(pa.array(bounds, pa.int32()), pa.array(lines))
        self._waiting.write_table(of.append_column(LINES, column).cast(_WAITING))
        return part

    def decide(self) -> None:
        """See `Survey.decide`."""
        self._waiting.close()
        self._file.seek(0)
        table = LineTable(self._counter)
        for batch in pa.ipc.open_stream(self._file):
            ids, publishers, lines = batch.columns
            for doc_id, publisher, values in zip(ids.to_pylist(), publishers.to_pylist(), lines, strict=True):
                if doc_id not in self._like.reprints:
                    table.add(str(publisher), numbers(values.values, np.uint64))
        self._repeated = table.repeated()
        self._counter = LineCounter(0)  # the memory is needed no more

    def settle(self, part: Part) -> Part:
        """See `Survey.settle`."""
        if not self._repeated:
            return part
        before: list[Any] = part.pairs["kind"].to_pylist()
        lines: list[Any] = part.pairs[LINES].to_pylist()
        kinds = [kind_of(kind, values, self._repeated) for kind, values in zip(before, lines, strict=True)]
        changed = sum(map(ne, before, kinds))
        self._pairs += changed
        at = part.pairs.schema.get_field_index("kind")
        field = part.pairs.schema.field(at)
        return replace(part, pairs=part.pairs.set_column(at, field, pa.array(kinds, field.type)))
