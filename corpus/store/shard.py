"""A shard: some neighbouring documents of a corpus with their pairs, in files that never change.

A shard is a folder that is named by the hash of what is in it, so generations share those that are alike, and
what was built twice is there once. A row counts in the shard.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from hashiya.corpus.files.atomic import make_folders, sync_folder
from hashiya.corpus.store.index import IndexFile, IndexPart, PairRows
from hashiya.corpus.store.parquet import FileEntry, RecordFile
from hashiya.schema.codec import dump
from hashiya.schema.records import Document, Pair, record

SHARDS = "shards"
"""The folder of a corpus that holds its shards."""
DOCUMENTS = "documents.parquet"
PAIRS = "pairs.parquet"
INDEX = "pairs.arrow"

_DOCUMENTS_IN_GROUP = 100
"""A document is some twenty pairs: so a jump to one reads no more than a jump to a pair."""
_NAME_DIGITS = 32


@record
class ShardEntry:
    """What a manifest says of a shard: its name, and the rows and hashes of its files."""

    name: str
    files: dict[str, FileEntry]


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard on the disk; of a generation of format 1, its files are the only one."""

    folder: Path
    files: Mapping[str, FileEntry]

    def path(self, name: str) -> Path:
        """Return the path of a file."""
        return self.folder / name

    def rows(self, name: str) -> int:
        """Return the rows of a file, as the manifest has them; 0 where it does not name the file."""
        return self.files[name].rows if name in self.files else 0

    def index_part(self) -> IndexPart:
        """Return where the index is, and the number of documents."""
        return IndexPart(self.path(INDEX), self.rows(DOCUMENTS))


def is_shard_name(name: str) -> bool:
    """Whether a name is one that `shard_name` gives, and so no way out of the folder of shards."""
    return len(name) == _NAME_DIGITS and set(name) <= set("0123456789abcdef")


def shard_name(files: Mapping[str, FileEntry]) -> str:
    """Return the name of a shard: the first 128 bits of SHA-256 over the hashes of its files."""
    hashes = sorted([name, entry.sha256] for name, entry in files.items())
    return hashlib.sha256(dump(hashes).encode()).hexdigest()[:_NAME_DIGITS]


class ShardWriter:
    """A shard in the making: add documents with their pairs, in their order, then finish it."""

    def __init__(self, shards: Path) -> None:
        self._shards = shards
        self._draft = shards / f".draft-{os.getpid()}"
        shutil.rmtree(self._draft, ignore_errors=True)
        make_folders(self._draft, shards)
        self._files = {
            DOCUMENTS: RecordFile(self._draft / DOCUMENTS, Document, row_group=_DOCUMENTS_IN_GROUP),
            PAIRS: RecordFile(self._draft / PAIRS, Pair),
        }
        self._index = IndexFile(self._draft / INDEX)
        self.documents = 0
        self.pairs = 0

    def add_tables(self, documents: pa.Table, rows: PairRows, pairs: pa.Table) -> None:
        """Append documents and their pairs; `rows` has the row of each pair's document among them."""
        self._files[DOCUMENTS].add_table(documents)
        self._files[PAIRS].add_table(pairs)
        self._index.add(self.documents + rows, pairs)
        self.documents += documents.num_rows
        self.pairs += pairs.num_rows

    def finish(self, more: Sequence[tuple[str, bytes]] = ()) -> ShardEntry:
        """Put the shard on the disk and return its entry; `more` are other files of it, by name.

        Where there is a shard of this content, damaged perhaps, its files are replaced by the same ones.
        """
        files: dict[str, Any] = {name: file.finish() for name, file in self._files.items()}
        files[INDEX] = self._index.finish()
        for name, content in more:
            files[name] = _written(self._draft / name, content)
        entry = ShardEntry(name=shard_name(files), files=files)
        target = self._shards / entry.name
        if target.is_dir():
            for name in files:
                (self._draft / name).replace(target / name)
            self._draft.rmdir()
        else:
            self._draft.replace(target)
        sync_folder(target)
        return entry

    def close(self) -> None:
        """Remove what was not finished."""
        for file in self._files.values():
            file.close()
        shutil.rmtree(self._draft, ignore_errors=True)


def _written(path: Path, content: bytes) -> FileEntry:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return FileEntry(rows=0, sha256=hashlib.sha256(content).hexdigest())
