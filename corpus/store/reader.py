"""Random access to the pairs and documents of a generation by row; an LRU cache holds some row groups."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from hashiya.corpus.store.document_view import DocumentView
from hashiya.corpus.store.generation import DOCUMENTS, INDEX, PAIRS, Generation
from hashiya.corpus.store.index import PairIndex
from hashiya.schema.codec import Record, from_object
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import Document, Pair

_CACHED_GROUPS = 8
_TITLES_AT_ONCE = 1000


def save_memory() -> None:
    """Let Arrow give memory back at once, for a process that reads a little at a time for hours."""
    pa.set_memory_pool(pa.system_memory_pool())


class GenerationReader:
    """An open generation; use it as a context manager."""

    def __init__(self, generation: Generation, like: GenerationReader | None = None) -> None:
        """Open the files; the index and the metadata are those of `like`, a reader of the same generation."""
        self.generation = generation
        self.index: PairIndex = like.index if like else PairIndex.open(generation.folder / INDEX)
        self._pairs = _Table(generation.folder / PAIRS, like.metadata if like else None)
        self._documents = _Table(generation.folder / DOCUMENTS)
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

    @property
    def metadata(self) -> pq.FileMetaData:
        """The Parquet metadata of the pairs' file: megabytes for a million pairs."""
        return self._pairs.metadata

    def pair(self, row: int) -> Pair:
        """Return the pair in a row."""
        return self._pairs.record(row, Pair)

    def document(self, number: int) -> Document:
        """Return the document in a row of the documents."""
        return self._documents.record(number, Document)

    def document_of(self, row: int) -> Document:
        """Return the document that a pair is of."""
        return self.document(int(self.index.documents[row]))

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
    """A Parquet file of records, with an LRU cache of its row groups."""

    def __init__(self, path: Path, metadata: pq.FileMetaData | None = None) -> None:
        self._path = path
        try:
            self._file = pq.ParquetFile(path, metadata=metadata)
        except (OSError, pa.ArrowException) as error:
            raise CorpusError(f"{path}: cannot be read: {error}; build the corpus again") from None
        self.metadata = self._file.metadata
        sizes = [self.metadata.row_group(number).num_rows for number in range(self.metadata.num_row_groups)]
        self._starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self._cached: OrderedDict[int, Any] = OrderedDict()

    def __len__(self) -> int:
        return int(self._starts[-1])

    def close(self) -> None:
        self._file.close()

    def record(self, row: int, kind: type[Record]) -> Record:
        group = int(np.searchsorted(self._starts, row, side="right")) - 1
        if group not in self._cached:
            try:
                # One thread: a row group is small, and starting threads would take longer than reading it.
                self._cached[group] = self._file.read_row_group(group, use_threads=False)
            except (OSError, pa.ArrowException) as error:
                raise CorpusError(f"{self._path}: cannot be read: {error}; build the corpus again") from None
            if len(self._cached) > _CACHED_GROUPS:
                self._cached.popitem(last=False)
        self._cached.move_to_end(group)
        value = self._cached[group].slice(row - int(self._starts[group]), 1).to_pylist()[0]
        return from_object(kind, value, f"{self._path}, row {row}")
