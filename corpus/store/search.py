"""Full-text search over the pairs of a generation: hits as they are found, nearest first.

What is compared is folded text, made when the corpus was built: case, diacritics, alef and hamza forms make
no difference. A pair is a hit if one of its sides contains every word of the query, in any order; words in
double quotes must stand together.
"""

from __future__ import annotations

import functools
import re
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hashiya.corpus.store.generation import PAIRS, Generation
from hashiya.corpus.store.index import numbers
from hashiya.corpus.text.fold import fold
from hashiya.schema.errors import CorpusError

_WORDS = re.compile(r'"([^"]*)"?|(\S+)')
_THREADS = 2
_AHEAD = 8
"""Row groups being searched beyond the one that is waited for."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Rows with hits in the next row group, ascending, and how many rows were searched so far."""

    rows: npt.NDArray[np.int64]
    searched: int


def search(
    generation: Generation, query: str, start: int = 0, metadata: pq.FileMetaData | None = None
) -> Iterator[Hits]:
    """Yield hits from the row group of row `start` on, then those before it; one `Hits` a row group.

    `metadata` is that of the pairs' file, where it was read already.
    An empty query has no hits. Close the iterator to stop early. `CorpusError` names a damaged file.
    """
    words = [word for quoted, plain in _WORDS.findall(query) if (word := fold(quoted or plain))]
    if not words:
        return
    path = generation.folder / PAIRS
    try:
        with ExitStack() as stack:
            file = stack.enter_context(pq.ParquetFile(path, metadata=metadata))
            others = (pq.ParquetFile(path, metadata=file.metadata) for _ in range(_THREADS - 1))
            files = [file, *map(stack.enter_context, others)]
            sizes = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
            firsts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
            begin = max(int(np.searchsorted(firsts, start, side="right")) - 1, 0) if sizes else 0
            order = [*range(begin, len(sizes)), *range(begin)]
            searched = 0
            for group, rows in _groups(files, order, words):
                searched += sizes[group]
                yield Hits(rows + firsts[group], searched)
    except (OSError, pa.ArrowException) as error:
        raise CorpusError(f"{path}: cannot be searched: {error}; build the corpus again") from None
    finally:
        pa.default_memory_pool().release_unused()


def _groups(
    files: Sequence[pq.ParquetFile], order: Sequence[int], words: Sequence[str]
) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    free: SimpleQueue[pq.ParquetFile] = SimpleQueue()  # a file is read by one thread at a time
    for file in files:
        free.put(file)
    waiting: deque[tuple[int, Future[npt.NDArray[np.int64]]]] = deque()
    with ThreadPoolExecutor(_THREADS, "search") as pool:
        try:
            for group in order:
                waiting.append((group, pool.submit(_search, free, group, words)))
                if len(waiting) > _AHEAD:
                    number, future = waiting.popleft()
                    yield number, future.result()
            while waiting:
                number, future = waiting.popleft()
                yield number, future.result()
        finally:
            for _, future in waiting:
                future.cancel()


def _search(free: SimpleQueue[pq.ParquetFile], group: int, words: Sequence[str]) -> npt.NDArray[np.int64]:
    file = free.get()
    try:
        table = file.read_row_group(group, columns=["ar_folded", "en_folded"], use_threads=False)
    finally:
        free.put(file)
    rows_by_side = [_holding_all(side, words) for side in table.columns]
    return np.union1d(rows_by_side[0], rows_by_side[1])


def _holding_all(texts: pa.ChunkedArray[Any], words: Sequence[str]) -> npt.NDArray[np.int64]:
    """The positions of the texts that contain every word; an absent text contains none."""
    places = (
        numbers(pc.indices_nonzero(pc.match_substring(texts, word)), np.uint64).astype(np.int64)
        for word in words
    )
    return functools.reduce(np.intersect1d, places)
