"""Random access to the pairs and documents of a generation by row; an LRU cache holds some row groups."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from hashiya.corpus.store.document_view import DocumentAnchors, DocumentView
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.store.index import PairIndex
from hashiya.corpus.store.shard import DOCUMENTS, PAIRS, Shard
from hashiya.schema.codec import Record, from_object
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import Document, Pair, Place

_CACHED_GROUPS = 8
_OPEN_FILES = 8
_TITLES_AT_ONCE = 1000


def save_memory() -> None:
    """Let Arrow give memory back at once, for a process that reads a little at a time for hours."""
    pa.set_memory_pool(pa.system_memory_pool())


class GenerationReader:
    """An open generation; use it as a context manager."""

    def __init__(self, generation: Generation, like: GenerationReader | None = None) -> None:
        """Open the index, or take that of `like`, a reader of the same generation."""
        self.generation = generation
        self.index: PairIndex = like.index if like else generation.index()
        self._pairs = _Table(generation.shards, PAIRS)
        self._documents = _Table(generation.shards, DOCUMENTS)
        self._anchors: tuple[int, DocumentAnchors] | None = None
        if len(self.index) != len(self._pairs):
            raise CorpusError(
                f"{generation.folder}: the index is not that of the pairs; build the corpus again"
            )

    def close(self) -> None:
        """Close the files."""
        self._pairs.close()
        self._documents.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self.index)

    def pair(self, row: int) -> Pair:
        """Return the pair in a row."""
        return self._pairs.record(row, Pair)

    def document(self, number: int) -> Document:
        """Return the document in a row of the documents."""
        return self._documents.record(number, Document)

    def document_of(self, row: int) -> Document:
        """Return the document that a pair is of."""
        return self.document(int(self.index.documents[row]))

    def place(self, row: int, pair: Pair) -> Place:
        """Return the place of the pair in a row; quick where those of one document follow each other."""
        number = int(self.index.documents[row])
        if self._anchors is None or self._anchors[0] != number:
            self._anchors = (number, DocumentAnchors(self.document(number)))
        return self._anchors[1].of(pair)

    def view(self, row: int) -> DocumentView:
        """Return the document that a pair is of, with all its pairs."""
        number = int(self.index.documents[row])
        pairs = [self.pair(other) for other in self.index.document_rows(number)]
        return DocumentView(self.document(number), pairs)

    @cached_property
    def titles(self) -> pa.Table:
        """The id and the title of every document, in order: the columns `doc_id` and `title`."""
        return self.generation.table(DOCUMENTS, ["doc_id", "title"]).combine_chunks()

    def each_title(self) -> Iterator[tuple[str, str | None]]:
        """Yield the id and the title of every document, in order."""
        for batch in self.titles.to_batches(max_chunksize=_TITLES_AT_ONCE):
            ids, titles = (batch.column(name).to_pylist() for name in ("doc_id", "title"))
            yield from zip(map(str, ids), titles, strict=True)

    def title(self, number: int) -> str:
        """The title of the document in a row, or its id where it has none."""
        doc_id, title = (self.titles[name][number].as_py() for name in ("doc_id", "title"))
        return str(title or doc_id)


class _Table:
    """The rows of one table of all shards; LRU caches hold some row groups and some open files."""

    def __init__(self, shards: Sequence[Shard], name: str) -> None:
        self._paths = [shard.path(name) for shard in shards]
        self._starts = np.cumsum([0, *(shard.rows(name) for shard in shards)], dtype=np.int64)
        self._open: OrderedDict[int, _Groups] = OrderedDict()
        self._cached: OrderedDict[tuple[int, int], Any] = OrderedDict()

    def __len__(self) -> int:
        return int(self._starts[-1])

    def close(self) -> None:
        for groups in self._open.values():
            groups.file.close()
        self._open.clear()

    def record(self, row: int, kind: type[Record]) -> Record:
        number = int(np.searchsorted(self._starts, row, side="right")) - 1
        groups = self._groups(number)
        inside = row - int(self._starts[number])
        group = int(np.searchsorted(groups.starts, inside, side="right")) - 1
        place = (number, group)
        if place not in self._cached:
            try:
                # One thread: a row group is small, and starting threads would take longer than reading it.
                self._cached[place] = groups.file.read_row_group(group, use_threads=False)
            except (OSError, pa.ArrowException) as error:
                raise self._unreadable(number, error) from None
            if len(self._cached) > _CACHED_GROUPS:
                self._cached.popitem(last=False)
        self._cached.move_to_end(place)
        found = self._cached[place].slice(inside - int(groups.starts[group]), 1).to_pylist()
        if not found:
            raise self._unreadable(number, f"there is no row {inside}")
        return from_object(kind, found[0], f"{self._paths[number]}, row {inside}")

    def _groups(self, number: int) -> _Groups:
        if number not in self._open:
            try:
                self._open[number] = _Groups.opened(self._paths[number])
            except (OSError, pa.ArrowException) as error:
                raise self._unreadable(number, error) from None
            if len(self._open) > _OPEN_FILES:
                self._open.popitem(last=False)[1].file.close()
        self._open.move_to_end(number)
        return self._open[number]

    def _unreadable(self, number: int, error: Exception | str) -> CorpusError:
        return CorpusError(f"{self._paths[number]}: cannot be read: {error}; build the corpus again")


@dataclass(frozen=True, slots=True)
class _Groups:
    """An open Parquet file, and the row that each of its row groups begins at."""

    file: pq.ParquetFile
    starts: npt.NDArray[np.int64]

    @classmethod
    def opened(cls, path: Path) -> Self:
        file = pq.ParquetFile(path)
        sizes = [file.metadata.row_group(number).num_rows for number in range(file.metadata.num_row_groups)]
        return cls(file, np.cumsum([0, *sizes], dtype=np.int64))
