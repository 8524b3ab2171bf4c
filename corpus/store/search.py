"""Full-text search over the pairs of a generation: hits as they are found, nearest first.

What is compared is folded text, made when the corpus was built: case, diacritics, alef and hamza forms make
no difference. A pair is a hit if one of its sides contains every word of the query, in any order; words in
double quotes must stand together.
"""

from __future__ import annotations

import functools
import re
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hashiya.corpus.store.generation import Generation
from hashiya.corpus.store.index import numbers
from hashiya.corpus.store.shard import PAIRS
from hashiya.corpus.text.fold import fold
from hashiya.schema.errors import CorpusError

_WORDS = re.compile(r'"([^"]*)"?|(\S+)')
_THREADS = 2
_AHEAD = 8
"""Row groups being searched beyond the one that is waited for."""
_LAST = threading.local()


@dataclass(frozen=True, slots=True)
class Hits:
    """Rows with hits in the next row group, ascending, and how many rows were searched so far."""

    rows: npt.NDArray[np.int64]
    searched: int


def search(generation: Generation, query: str, start: int = 0) -> Iterator[Hits]:
    """Yield hits from the row group of row `start` on, then those before it; one `Hits` a row group.

    An empty query has no hits. Close the iterator to stop early. `CorpusError` names a damaged file.
    """
    words = [word for quoted, plain in _WORDS.findall(query) if (word := fold(quoted or plain))]
    if not words:
        return
    searched = 0
    waiting: deque[Future[_Searched]] = deque()
    with ThreadPoolExecutor(_THREADS, "search") as pool:
        try:
            for group in _groups(generation, start):
                waiting.append(pool.submit(_search, group, words))
                if len(waiting) > _AHEAD:
                    done = waiting.popleft().result()
                    searched += done.size
                    yield Hits(done.rows, searched)
            while waiting:
                done = waiting.popleft().result()
                searched += done.size
                yield Hits(done.rows, searched)
        finally:
            for future in waiting:
                future.cancel()
            pa.default_memory_pool().release_unused()


@dataclass(frozen=True, slots=True)
class _Group:
    """A row group: its file, its number in it, and the row of the generation that it begins at."""

    path: Path
    number: int
    first: int


@dataclass(frozen=True, slots=True)
class _Searched:
    """The hits in a row group, and how many rows it has."""

    rows: npt.NDArray[np.int64]
    size: int


def _groups(generation: Generation, start: int) -> Iterator[_Group]:
    """Yield all row groups in the order in which they are searched."""
    shards = generation.shards
    starts = np.cumsum([0, *(shard.rows(PAIRS) for shard in shards)], dtype=np.int64)
    begin = min(max(int(np.searchsorted(starts, start, side="right")) - 1, 0), len(shards) - 1)
    before: list[_Group] = []
    for number in (*range(begin, len(shards)), *range(begin)):
        path, first = shards[number].path(PAIRS), int(starts[number])
        for group, size in enumerate(_sizes(path)):
            found = _Group(path, group, first)
            first += size
            if number == begin and first <= start:
                before.append(found)
            else:
                yield found
    yield from before


def _sizes(path: Path) -> list[int]:
    try:
        metadata = pq.read_metadata(path)
    except (OSError, pa.ArrowException) as error:
        raise _unsearchable(path, error) from None
    return [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]


def _search(group: _Group, words: Sequence[str]) -> _Searched:
    """The hits in a row group; a thread keeps the last file open that it read from."""
    try:
        if getattr(_LAST, "path", None) != group.path:
            _LAST.file, _LAST.path = pq.ParquetFile(group.path), group.path
        file: pq.ParquetFile = _LAST.file
        table = file.read_row_group(group.number, columns=["ar_folded", "en_folded"], use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise _unsearchable(group.path, error) from None
    rows_by_side = [_holding_all(side, words) for side in table.columns]
    return _Searched(np.union1d(rows_by_side[0], rows_by_side[1]) + group.first, table.num_rows)


def _holding_all(texts: pa.ChunkedArray[Any], words: Sequence[str]) -> npt.NDArray[np.int64]:
    """The positions of the texts that contain every word; an absent text contains none."""
    places = (
        numbers(pc.indices_nonzero(pc.match_substring(texts, word)), np.uint64).astype(np.int64)
        for word in words
    )
    return functools.reduce(np.intersect1d, places)


def _unsearchable(path: Path, error: Exception) -> CorpusError:
    return CorpusError(f"{path}: cannot be searched: {error}; build the corpus again")
