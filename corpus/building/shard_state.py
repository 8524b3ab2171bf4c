"""What a shard keeps for the next build: the chunks it was made of, and all that surveys need of its text.

It is a file of the shard, of Arrow IPC streams one after the other: chunks (what holds for the whole shard is
metadata of their schema), documents, pairs; and, where documents were left out since an earlier one has their
id, these documents and their pairs as a part has them. With the shard's own rows that is the part that the
shard was made of, so nothing is read or aligned again because something changed elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hashiya.corpus.building.build_report import GivenDocument, ShardAccount
from hashiya.corpus.building.chunks import Chunk, ChunkPlace
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
)
from hashiya.corpus.duplicates.repeated_lines import lines_by_document
from hashiya.corpus.store.index import numbers
from hashiya.corpus.store.parquet import read_table
from hashiya.corpus.store.shard import DOCUMENTS, PAIRS, Shard, ShardEntry
from hashiya.schema.codec import from_json, to_json
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import record

STATE = "build.arrow"
"""The name of the file in the folder of the shard."""

DIGEST = "digest"
"""The column of documents that holds 16 bytes of a hash of each `doc_id`."""
KEPT = "kept"
"""The column of documents that says which are in the shard; the others' ids were taken."""

_NOTES = b"shard"
_DIGEST_BYTES = 16
_SURVEYED = ("doc_id", *SIGNATURES.values(), COUNTED_WITH, WHERE, CHUNK_NUMBER)

Kept = NDArray[np.bool_]


@record(unknown="ignore")
class ShardNotes:
    """What holds for a shard: what its chunks are (`base_of`), and what was decided of them (`outcome_of`).

    `bound` are the chunks that are the same only at the same place of their file, by number, with the place
    (`Chunk.place`): something was wrong with them, and what was said of it may count from the file's start.
    `by_hand` counts documents with those that were left out; `account` without.
    """

    base: str
    outcome: str
    account: ShardAccount
    bound: tuple[tuple[int, ChunkPlace], ...] = ()
    by_hand: tuple[GivenDocument, ...] = ()


def base_of(chunks: Sequence[Chunk]) -> str:
    """Return the name of what is made of some chunks."""
    return hashlib.sha256("".join(chunk.key for chunk in chunks).encode()).hexdigest()


def outcome_of(base: str, kept: Kept, repeated: NDArray[np.uint64]) -> str:
    """Return the name of what a shard is: what was made, which documents stay, which lines are repeated."""
    digest = hashlib.sha256(base.encode())
    digest.update(np.packbits(kept).tobytes())
    digest.update(np.unique(repeated).tobytes())
    return digest.hexdigest()


def surveyed(part: Part) -> pa.Table:
    """Return what surveys need of a part: a row a document, with the lines of each, once and ascending."""
    ids = part.documents["doc_id"].to_pylist()
    digests = [hashlib.blake2b(str(doc_id).encode(), digest_size=_DIGEST_BYTES).digest() for doc_id in ids]
    sentences: Any = part.pairs[LINES].combine_chunks()
    rows = np.repeat(part.rows(), numbers(sentences.value_lengths(), np.int32))
    lines, bounds = lines_by_document(len(ids), rows, numbers(sentences.flatten(), np.uint64))
    return (
        part.documents.select(_SURVEYED)
        .append_column(DIGEST, pa.array(digests, pa.binary(_DIGEST_BYTES)))
        .append_column(LINES, pa.ListArray.from_arrays(pa.array(bounds, pa.int32()), pa.array(lines)))
        .combine_chunks()
    )


def encoded_state(
    part: Part, kept: Kept, outcome: str, chunks: Sequence[Chunk], account: ShardAccount
) -> bytes:
    """Return the bytes of the file for a shard that was made of `part`."""
    bound = tuple(
        (number, chunk.place)
        for number, (chunk, notes) in enumerate(zip(chunks, part.notes.chunks, strict=True))
        if chunk.stretch is not None and not notes.is_clean
    )
    notes = ShardNotes(
        base=base_of(chunks), outcome=outcome, account=account, bound=bound, by_hand=part.notes.by_hand
    )
    keys = [chunk.key for chunk in chunks]
    said = [
        None if one.is_clean else to_json(replace(one, key=key))
        for one, key in zip(part.notes.chunks, keys, strict=True)
    ]
    table = pa.table({"key": pa.array(keys, pa.string()), "notes": pa.array(said, pa.string())})
    left = [] if kept.all() else [part.only(~kept)]
    streams = [
        table.replace_schema_metadata({_NOTES: to_json(notes).encode()}),
        surveyed(part).append_column(KEPT, pa.array(kept)),
        part.pairs.select([LINES, "kind"]).filter(pa.array(kept[part.rows()])),
        *(table for one in left for table in (one.documents, one.pairs)),
    ]
    sink = pa.BufferOutputStream()
    for stream in streams:
        whole = stream.combine_chunks()
        with pa.ipc.new_stream(sink, whole.schema) as writer:
            writer.write_table(whole, max_chunksize=max(whole.num_rows, 1))
    return sink.getvalue().to_pybytes()


@dataclass(frozen=True)
class KnownShard:
    """A shard of the generation before, with its state."""

    entry: ShardEntry
    shard: Shard
    notes: ShardNotes
    documents: pa.Table
    """What surveys need, and `KEPT`."""
    _chunks: pa.Table

    @classmethod
    def opened(cls, entry: ShardEntry, shard: Shard) -> KnownShard | None:
        """Map the state of a shard; `None` where there is none that can be read."""
        try:
            chunks, documents = _streams(shard.path(STATE), 2)
            notes = from_json(ShardNotes, (chunks.schema.metadata or {})[_NOTES], str(shard.path(STATE)))
        except (OSError, KeyError, ValueError, pa.ArrowException, CorpusError):
            return None
        return cls(entry, shard, notes, documents, chunks)

    @cached_property
    def chunk_notes(self) -> tuple[ChunkNotes, ...]:
        """The notes of its chunks, in order."""
        columns = zip(self._chunks["key"].to_pylist(), self._chunks["notes"].to_pylist(), strict=True)
        return tuple(
            ChunkNotes(key=str(key)) if said is None else from_json(ChunkNotes, said, str(self.shard.folder))
            for key, said in columns
        )

    @property
    def is_clean(self) -> bool:
        """Whether nothing was wrong with its chunks."""
        return self._chunks["notes"].null_count == self._chunks.num_rows

    @property
    def is_whole(self) -> bool:
        """Whether no document of it was left out."""
        return bool(truths(self.documents[KEPT]).all())

    def is_made_of(self, chunks: Sequence[Chunk]) -> bool:
        """Whether chunks that have its base are those that it was made of, at their places."""
        return all(chunks[number].place == place for number, place in self.notes.bound)

    def bound(self) -> dict[int, ChunkPlace]:
        """Return the places of the chunks that are bound to them, by number."""
        return dict(self.notes.bound)

    def part(self) -> Part:
        """Return the part that the shard was made of; `CorpusError` where a file cannot be read."""
        _, _, pairs, *left = _streams(self.shard.path(STATE), 5)
        kept = truths(self.documents[KEPT])
        columns = self.documents.filter(self.documents[KEPT])
        documents = read_table(self.shard.path(DOCUMENTS))
        for name in DOCUMENT_COLUMNS.names[documents.num_columns :]:
            documents = documents.append_column(name, columns[name])
        table = read_table(self.shard.path(PAIRS))
        at = table.schema.get_field_index("kind")
        table = table.set_column(at, "kind", pairs["kind"]).append_column(LINES, pairs[LINES])
        rows = np.repeat(
            np.arange(documents.num_rows, dtype=np.int32), _counts(table["doc_id"], documents["doc_id"])
        )
        table = table.append_column(DOCUMENT, pa.array(rows))
        part = Part(
            documents.cast(DOCUMENT_COLUMNS).combine_chunks(),
            table.cast(PAIR_COLUMNS).combine_chunks(),
            Notes(chunks=self.chunk_notes, by_hand=self.notes.by_hand),
        )
        return part if not left else _mixed(part, Part(left[0], left[1], Notes()), kept)


def _mixed(stayed: Part, left: Part, kept: Kept) -> Part:
    """Two parts as the one that they were, of whose documents those that are `kept` are in the first."""
    places: NDArray[np.int64] = np.empty(len(kept), dtype=np.int64)
    places[kept] = np.arange(int(kept.sum()))
    places[~kept] = np.arange(int((~kept).sum())) + int(kept.sum())
    documents = pa.concat_tables([stayed.documents, left.documents]).take(places)
    back = np.argsort(places)
    rows = back[np.concatenate([stayed.rows(), left.rows() + int(kept.sum())])]
    order = np.argsort(rows, kind="stable")
    pairs = pa.concat_tables([stayed.pairs, left.pairs])
    at = pairs.schema.get_field_index(DOCUMENT)
    pairs = pairs.set_column(at, DOCUMENT, pa.array(rows.astype(np.int32))).take(order)
    return Part(documents.combine_chunks(), pairs.combine_chunks(), stayed.notes)


def _counts(of_pairs: Any, of_documents: Any) -> NDArray[np.int64]:
    """How many pairs each document has; pairs stand in the order of their documents."""
    known = {doc_id: number for number, doc_id in enumerate(of_documents.to_pylist())}
    rows = np.array([known[doc_id] for doc_id in of_pairs.to_pylist()], dtype=np.int64)
    return np.bincount(rows, minlength=len(known)) if known else np.zeros(0, np.int64)


def _streams(path: Path, most: int) -> list[pa.Table]:
    """The first tables of a file, as views of it."""
    source = pa.memory_map(str(path))
    size = path.stat().st_size
    tables: list[pa.Table] = []
    while len(tables) < most and source.tell() < size:
        tables.append(pa.ipc.open_stream(source).read_all())
    return tables


def truths(column: Any) -> Kept:
    """Return a column of truth values as an array."""
    array = column.combine_chunks()
    bits = np.frombuffer(array.buffers()[1] or b"", dtype=np.uint8)
    return np.unpackbits(bits, bitorder="little")[array.offset : array.offset + len(array)].astype(np.bool_)
