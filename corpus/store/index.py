"""The pair index of a generation: id, document, kind and score of every pair, from a mapped file a shard.

A row is a pair, in the order of the corpus; rows of a document stand together. A row number holds as long as
the generation that was opened and names nothing beyond it: what is kept, reported or sent names a pair by its
`pair_id`, or by `doc_id` and `index`.

A file is Arrow IPC, with the columns id (16 bytes), document (its row among the documents of the shard),
kind (its place in `PAIR_KINDS`), score (NaN where it is null), and, sorted by id, head (the first 8 bytes of
the id as a number) and row (in the shard).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Self, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from hashiya.corpus.files.atomic import sync_file
from hashiya.corpus.store.parquet import FileEntry, file_hash
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import Kind

PAIR_KINDS: tuple[Kind, ...] = get_args(Kind)
PairRows = npt.NDArray[np.int64]
"""Rows of pairs, ascending unless said otherwise."""

_ID_BYTES = 16
_HEAD_BYTES = 8
_HEX_DIGITS = frozenset("0123456789abcdef")


class IndexFile:
    """The index of a shard in the making, 25 bytes a pair; pairs are added in their order."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ids = bytearray()
        self._documents = bytearray()
        self._kinds = bytearray()
        self._scores = bytearray()

    def add(self, documents: PairRows, pairs: pa.Table) -> None:
        """Append pairs, each with the row of its document in the shard."""
        compute: Any = pc  # the stubs know few of the types that go with its functions
        kinds = compute.index_in(pairs["kind"].combine_chunks(), value_set=pa.array(PAIR_KINDS))
        scores = compute.fill_null(pairs["score"].combine_chunks(), float("nan"))
        self._ids += bytes.fromhex("".join(map(str, pairs["pair_id"].to_pylist())))
        self._documents += documents.astype(np.int32).tobytes()
        self._kinds += numbers(kinds, np.int32).astype(np.uint8).tobytes()
        self._scores += numbers(scores, np.float64).astype(np.float32).tobytes()

    def finish(self) -> FileEntry:
        """Write the file to the disk and return its entry for the manifest."""
        ids = np.frombuffer(self._ids, dtype=np.uint8).reshape(-1, _ID_BYTES)
        order = np.argsort(_heads(ids), kind="stable")
        table = pa.table(
            {
                "id": pa.FixedSizeBinaryArray.from_buffers(
                    pa.binary(_ID_BYTES), len(ids), [None, pa.py_buffer(self._ids)]
                ),
                "document": pa.array(np.frombuffer(self._documents, dtype=np.int32)),
                "kind": pa.array(np.frombuffer(self._kinds, dtype=np.uint8)),
                "score": pa.array(np.frombuffer(self._scores, dtype=np.float32)),
                "head": pa.array(_heads(ids)[order]),
                "row": pa.array(order.astype(np.uint32)),
            }
        )
        with pa.OSFile(str(self._path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table, max_chunksize=max(len(ids), 1))
        sync_file(self._path)
        return FileEntry(rows=len(ids), sha256=file_hash(self._path))


@dataclass(frozen=True, slots=True)
class IndexPart:
    """Where the index of a shard is, and how many documents the shard has."""

    path: Path
    documents: int


class PairIndex:
    """An open pair index: `documents`, `kinds` and `scores` have an element a row."""

    def __init__(self, parts: Sequence[_Mapped]) -> None:
        self.documents: npt.NDArray[np.int32] = _joined([part.documents for part in parts], np.int32)
        self.kinds: npt.NDArray[np.uint8] = _joined([part.kinds for part in parts], np.uint8)
        self.scores: npt.NDArray[np.float32] = _joined([part.scores for part in parts], np.float32)
        self._parts = parts
        self._starts = np.cumsum([0, *(len(part.kinds) for part in parts)], dtype=np.int64)

    @classmethod
    def open(cls, parts: Sequence[IndexPart]) -> Self:
        """Map the files of all shards, in order; `CorpusError` when one is missing or damaged."""
        mapped: list[_Mapped] = []
        before = 0
        for part in parts:
            mapped.append(_mapped(part.path, before))
            before += part.documents
        return cls(mapped)

    def __len__(self) -> int:
        return len(self.kinds)

    def pair_id(self, row: int) -> str:
        """Return the id of a row's pair."""
        number = int(np.searchsorted(self._starts, row, side="right")) - 1
        return bytes(self._parts[number].ids[row - int(self._starts[number])]).hex()

    def row(self, pair_id: str) -> int | None:
        """Return the row of a pair; `None` where there is none of this id."""
        return next((row for row in self.starting(pair_id) if self.pair_id(row) == pair_id), None)

    def rows(self, pair_ids: Iterable[str]) -> PairRows:
        """Return the row of each pair, in the order given; -1 for those that are not here."""
        raw = b"".join(_raw(pair_id) for pair_id in pair_ids)
        return self._rows(np.frombuffer(raw, dtype=np.uint8).reshape(-1, _ID_BYTES))

    def rows_of(self, other: PairIndex) -> PairRows:
        """Return for each row of another index the row of the same pair here; -1 where there is none.

        What both share, of the same files, is not compared.
        """
        here = {part.path: start for part, start in zip(self._parts, self._starts.tolist(), strict=False)}
        found: list[PairRows] = []
        for part in other._parts:
            start = here.get(part.path)
            ids = part.ids
            found.append(self._rows(ids) if start is None else np.arange(start, start + len(ids)))
        return _joined(found, np.int64)

    def _rows(self, wanted: npt.NDArray[np.uint8]) -> PairRows:
        found_rows: PairRows = np.full(len(wanted), -1, dtype=np.int64)
        if not len(self) or not len(wanted):
            return found_rows
        heads = _heads(wanted)
        sorted_heads, order = self._merged
        at = np.searchsorted(sorted_heads, heads)
        # Ids hardly ever agree in their first 8 bytes; where they do, the next round compares the next id.
        pending = np.arange(len(wanted))
        while len(pending):
            pending = pending[at[pending] < len(self)]
            pending = pending[sorted_heads[at[pending]] == heads[pending]]
            rows = order[at[pending]].astype(np.int64)
            same = (self._ids(rows) == wanted[pending]).all(axis=1)
            found_rows[pending[same]] = rows[same]
            pending = pending[~same]
            at[pending] += 1
        return found_rows

    def starting(self, prefix: str, limit: int = 100) -> list[int]:
        """Return the first rows, by id, whose id begins with `prefix`: up to 32 hex digits."""
        if not set(prefix) <= _HEX_DIGITS:
            return []
        sorted_heads, order = self._merged
        low, high = (int(prefix[:16].ljust(16, fill), 16) for fill in "0f")
        first = int(np.searchsorted(sorted_heads, np.uint64(low)))
        last = int(np.searchsorted(sorted_heads, np.uint64(high), side="right"))
        rows = (int(row) for row in order[first:last])
        return list(islice((row for row in rows if self.pair_id(row).startswith(prefix)), limit))

    def document_rows(self, document: int) -> range:
        """Return the rows of a document's pairs."""
        wanted = np.array([document, document + 1], dtype=self.documents.dtype)  # or all would be converted
        first, last = np.searchsorted(self.documents, wanted)
        return range(int(first), int(last))

    @cached_property
    def _merged(self) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint32]]:
        """The first 8 bytes of all ids, sorted, and whose they are: 12 bytes a pair, made when needed."""
        if len(self._parts) == 1:
            return self._parts[0].sorted, self._parts[0].order
        heads = _joined([part.sorted for part in self._parts], np.uint64)
        starts = self._starts[:-1].astype(np.uint32)
        rows = [part.order + start for part, start in zip(self._parts, starts, strict=True)]
        order = np.argsort(heads, kind="stable")  # which merges what is sorted already
        return heads[order], _joined(rows, np.uint32)[order]

    def _ids(self, rows: PairRows) -> npt.NDArray[np.uint8]:
        """The ids of some rows, in any order."""
        ids = np.empty((len(rows), _ID_BYTES), dtype=np.uint8)
        part_numbers = np.searchsorted(self._starts, rows, side="right") - 1
        by_part = np.argsort(part_numbers, kind="stable")
        ends = np.searchsorted(part_numbers[by_part], np.arange(len(self._parts) + 1))
        for number in np.flatnonzero(np.diff(ends)).tolist():
            chosen = by_part[ends[number] : ends[number + 1]]
            ids[chosen] = self._parts[number].ids[rows[chosen] - self._starts[number]]
        return ids


@dataclass(frozen=True, slots=True)
class _Mapped:
    """The index of one shard; the arrays are views of the mapped file, but for `documents`."""

    path: Path
    documents: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.uint8]
    scores: npt.NDArray[np.float32]
    ids: npt.NDArray[np.uint8]
    sorted: npt.NDArray[np.uint64]
    order: npt.NDArray[np.uint32]


def _mapped(path: Path, documents_before: int) -> _Mapped:
    try:
        with pa.memory_map(str(path)) as source:
            table = pa.ipc.open_file(source).read_all()
        documents = _array(table, "document", np.int32)
        return _Mapped(
            path,
            documents + np.int32(documents_before) if documents_before else documents,
            _array(table, "kind", np.uint8),
            _array(table, "score", np.float32),
            _id_bytes(table),
            _array(table, "head", np.uint64),
            _array(table, "row", np.uint32),
        )
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise CorpusError(
            f"{path}: the index of the pairs cannot be read ({error}); build the corpus again"
        ) from None


def _joined(arrays: Sequence[npt.NDArray[Any]], kind: type[Any]) -> npt.NDArray[Any]:
    """Arrays as one, which is not copied if it is the only one."""
    if len(arrays) == 1:
        return arrays[0]
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=kind)


def _heads(ids: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    heads: npt.NDArray[np.uint64] = (
        np.ascontiguousarray(ids[:, :_HEAD_BYTES]).view(">u8").ravel().astype(np.uint64)
    )
    return heads


def _raw(pair_id: str) -> bytes:
    """The bytes of an id; of what is none, bytes that no pair has."""
    try:
        raw = bytes.fromhex(pair_id)
    except ValueError:
        raw = b""
    return raw if len(raw) == _ID_BYTES else b"\0" * _ID_BYTES


def _array(table: pa.Table, name: str, kind: type[Any]) -> npt.NDArray[Any]:
    chunks = table.column(name).chunks
    return numbers(chunks[0], kind) if chunks else np.zeros(0, dtype=kind)


def _id_bytes(table: pa.Table) -> npt.NDArray[np.uint8]:
    chunks = table.column("id").chunks
    data: Any = chunks[0].buffers()[1] if chunks else b""
    ids: npt.NDArray[np.uint8] = np.frombuffer(data, dtype=np.uint8).reshape(-1, _ID_BYTES)
    return ids


def numbers(array: pa.Array[Any], kind: type[Any]) -> npt.NDArray[Any]:
    """Return an Arrow array of numbers without nulls as a view; Arrow's own way imports pandas."""
    data: Any = array.buffers()[1]
    return np.frombuffer(data, dtype=kind)[array.offset : array.offset + len(array)]
