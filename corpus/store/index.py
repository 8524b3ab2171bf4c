"""The pair index of a generation: id, document, kind and score of every pair, in a memory-mapped file.

A row is a pair, in the order of the corpus; rows of a document stand together. A row number holds as long as
the generation that was opened and names nothing beyond it: what is kept, reported or sent names a pair by its
`pair_id`, or by `doc_id` and `index`.

The file is Arrow IPC, with the columns id (16 bytes), document (its row among the documents), kind (its place
in `PAIR_KINDS`), score (NaN where it is null), and, sorted by id, head (the first 8 bytes of the id as a
number) and row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
    """A pair index in the making, 25 bytes a pair; pairs are added in the order of the corpus."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ids = bytearray()
        self._documents = bytearray()
        self._kinds = bytearray()
        self._scores = bytearray()

    def add(self, documents: PairRows, pairs: pa.Table) -> None:
        """Append pairs, each with the row of its document."""
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
class PairIndex:
    """An open pair index; its arrays are views of the mapped file, one element a row."""

    documents: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.uint8]
    scores: npt.NDArray[np.float32]
    _ids: npt.NDArray[np.uint8]
    _sorted: npt.NDArray[np.uint64]
    _order: npt.NDArray[np.uint32]

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map a file; `CorpusError` when it is missing or damaged."""
        try:
            with pa.memory_map(str(path)) as source:
                table = pa.ipc.open_file(source).read_all()
            return cls(
                _array(table, "document", np.int32),
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

    def __len__(self) -> int:
        return len(self.kinds)

    def pair_id(self, row: int) -> str:
        """Return the id of a row's pair."""
        return bytes(self._ids[row]).hex()

    def row(self, pair_id: str) -> int | None:
        """Return the row of a pair; `None` where there is none of this id."""
        return next((row for row in self.starting(pair_id) if self.pair_id(row) == pair_id), None)

    def rows(self, pair_ids: Iterable[str]) -> PairRows:
        """Return the row of each pair, in the order given; -1 for those that are not here."""
        raw = b"".join(_raw(pair_id) for pair_id in pair_ids)
        wanted = np.frombuffer(raw, dtype=np.uint8).reshape(-1, _ID_BYTES)
        found_rows: PairRows = np.full(len(wanted), -1, dtype=np.int64)
        if not len(self) or not len(wanted):
            return found_rows
        heads = _heads(wanted)
        at = np.searchsorted(self._sorted, heads)
        # Ids hardly ever agree in their first 8 bytes; where they do, the next round compares the next id.
        pending = np.arange(len(wanted))
        while len(pending):
            pending = pending[at[pending] < len(self)]
            pending = pending[self._sorted[at[pending]] == heads[pending]]
            rows = self._order[at[pending]].astype(np.int64)
            same = (self._ids[rows] == wanted[pending]).all(axis=1)
            found_rows[pending[same]] = rows[same]
            pending = pending[~same]
            at[pending] += 1
        return found_rows

    def starting(self, prefix: str, limit: int = 100) -> list[int]:
        """Return the first rows, by id, whose id begins with `prefix`: up to 32 hex digits."""
        if not set(prefix) <= _HEX_DIGITS:
            return []
        low, high = (int(prefix[:16].ljust(16, fill), 16) for fill in "0f")
        first = int(np.searchsorted(self._sorted, np.uint64(low)))
        last = int(np.searchsorted(self._sorted, np.uint64(high), side="right"))
        rows = (int(row) for row in self._order[first:last])
        return list(islice((row for row in rows if self.pair_id(row).startswith(prefix)), limit))

    def document_rows(self, document: int) -> range:
        """Return the rows of a document's pairs."""
        wanted = np.array([document, document + 1], dtype=self.documents.dtype)  # or all would be converted
        first, last = np.searchsorted(self.documents, wanted)
        return range(int(first), int(last))


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
