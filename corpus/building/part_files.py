"""The parts of a build on the disk, until their corpus is published: a second run takes them as they are.

A part's file is named by its portion's key and written whole: the SHA-256 of what follows, then two Arrow IPC
streams, documents (with the notes as metadata) and pairs. A file that differs from its hash is no part.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from hashiya.corpus.building.make_part import make_part
from hashiya.corpus.building.part_tables import ChunkNotes, Notes, Part
from hashiya.corpus.building.plan import Portion
from hashiya.corpus.encoders.protocol import Encoder
from hashiya.corpus.files.atomic import replacing_file, write_whole
from hashiya.schema.codec import from_json, to_json
from hashiya.schema.errors import CorpusError

_SUFFIX = ".part"
_NOTES = b"notes"
_HASH_BYTES = 32
_OPTIONS = pa.ipc.IpcWriteOptions(compression="zstd")


@dataclass(frozen=True, slots=True)
class PartSummary:
    """The counts of a part that is on the disk, and the notes of its chunks."""

    documents: int
    pairs: int
    chunks: tuple[ChunkNotes, ...]


@dataclass(frozen=True, slots=True)
class PartFolder:
    """The folder of a build's parts."""

    folder: Path

    def open(self) -> None:
        """Make the folder, and remove what was not written to its end."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in self.folder.iterdir():
            if path.suffix != _SUFFIX:
                path.unlink()

    def clear(self) -> None:
        """Remove the folder with all that is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def summary(self, key: str) -> PartSummary | None:
        """Return the summary of the part of this key; `None` where it is missing or damaged."""
        try:
            return _summary(_read(self._path(key)))
        except (OSError, ValueError):
            return None

    def read(self, key: str) -> Part:
        """Return a part that is there; `CorpusError` if it was changed or removed."""
        path = self._path(key)
        try:
            return _read(path)
        except (OSError, ValueError) as error:
            raise CorpusError(f"{path}: cannot be read: {error}; build again, which makes it anew") from None

    def write(self, key: str, part: Part) -> PartSummary:
        """Put a part on the disk, whole or not at all."""
        path = self._path(key)
        try:
            with replacing_file(path) as draft, draft.open("w+b") as file:
                file.write(bytes(_HASH_BYTES))
                _write_streams(part, file)
                file.seek(_HASH_BYTES)
                digest = hashlib.file_digest(file, "sha256").digest()
                file.seek(0)
                file.write(digest)
        except OSError as error:
            raise _unwritten(path, error) from None
        return _summary(part)

    def take(self, key: str, content: bytes) -> PartSummary:
        """Put a part on the disk that came `encoded` from elsewhere; `ValueError` if it is damaged."""
        made = _summary(_decoded(content))
        path = self._path(key)
        try:
            write_whole(path, content)
        except OSError as error:
            raise _unwritten(path, error) from None
        return made

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{_SUFFIX}"


@dataclass(frozen=True, slots=True)
class MakePart:
    """Makes the part of a portion and puts it on the disk: what an engine runs, wherever it does."""

    work: PartFolder
    encoder: Encoder | None

    def __call__(self, portion: Portion) -> PartSummary:
        """Make a part; errors as `make_part` and `PartFolder.write`."""
        return self.work.write(portion.key, make_part(portion, self.encoder))


def _summary(part: Part) -> PartSummary:
    return PartSummary(part.documents.num_rows, part.pairs.num_rows, part.notes.chunks)


def _unwritten(path: Path, error: OSError) -> CorpusError:
    return CorpusError(f"{path}: cannot be written: {error.strerror or error}")


def encoded(part: Part) -> bytes:
    """Return a part as the bytes of its file."""
    sink = pa.BufferOutputStream()
    _write_streams(part, sink)
    content = sink.getvalue()
    return hashlib.sha256(content).digest() + content.to_pybytes()


def _write_streams(part: Part, sink: Any) -> None:
    documents = part.documents.replace_schema_metadata({_NOTES: to_json(part.notes).encode()})
    for table in (documents, part.pairs):
        with pa.ipc.new_stream(sink, table.schema, options=_OPTIONS) as writer:
            writer.write_table(table)


def _decoded(data: bytes) -> Part:
    """A part from the bytes of its file; `ValueError` if they are not what was written."""
    content = memoryview(data)[_HASH_BYTES:]
    if hashlib.sha256(content).digest() != data[:_HASH_BYTES]:
        raise ValueError("it is damaged")
    return _read_streams(pa.BufferReader(pa.py_buffer(content)))


def _read(path: Path) -> Part:
    """A part from its file; errors as `_decoded`."""
    with path.open("rb") as file:
        digest = file.read(_HASH_BYTES)
        if hashlib.file_digest(file, "sha256").digest() != digest:
            raise ValueError("it is damaged")
        file.seek(_HASH_BYTES)
        return _read_streams(file)


def _read_streams(source: Any) -> Part:
    documents, pairs = (pa.ipc.open_stream(source).read_all() for _ in range(2))
    notes = from_json(Notes, (documents.schema.metadata or {})[_NOTES], "notes")
    return Part(documents.replace_schema_metadata(None), pairs, notes)
