"""A generation: what one build published, as a list of shards, and the manifest that names them.

A generation never changes. Whoever has opened one reads it to the end, whatever is built meanwhile: while a
`Generation` is in use, no build removes it nor the shards that it names.
"""

from __future__ import annotations

import fcntl
import os
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc

from hashiya.corpus.store.document_view import DocumentView
from hashiya.corpus.store.index import PairIndex
from hashiya.corpus.store.parquet import (
    FileEntry,
    file_hash,
    find_records,
    read_batches,
    read_records,
    read_table,
)
from hashiya.corpus.store.shard import DOCUMENTS, INDEX, PAIRS, SHARDS, Shard, ShardEntry, is_shard_name
from hashiya.schema.codec import from_json
from hashiya.schema.errors import CorpusError, LabelError
from hashiya.schema.records import Document, Pair, record

CORPUS_FORMAT = 2
"""The version of the corpus folder's layout, in `corpus.toml` and in the manifest."""
FORMATS_READ = (1, CORPUS_FORMAT)
"""In format 1 a generation is one shard, whose files lie in the folder of the generation itself."""
MANIFEST = "manifest.json"
GENERATIONS = "generations"


@record(unknown="ignore")
class Manifest:
    """The generation that holds.

    `shards` are in the order of the corpus; `files` are the other files, in the folder of the generation (of
    format 1, all of them). `inputs` is the fingerprint of what it was built from; `report` is what the build
    said of itself.
    """

    format: int
    generation: str
    files: dict[str, FileEntry]
    inputs: str
    shards: tuple[ShardEntry, ...] = ()
    report: dict[str, Any] = field(default_factory=dict)

    def paths(self) -> dict[str, FileEntry]:
        """Return every file of the generation, by its path in the corpus folder, with slashes."""
        own = {f"{GENERATIONS}/{self.generation}/{name}": entry for name, entry in self.files.items()}
        shards = {
            f"{SHARDS}/{shard.name}/{name}": entry
            for shard in self.shards
            for name, entry in shard.files.items()
        }
        return own | shards


class _Hold:
    """A lock on the folder of a generation, shared by all that read it; gone with this object or process."""

    def __init__(self, folder: Path) -> None:
        self._handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(self._handle, fcntl.LOCK_SH | fcntl.LOCK_NB)

    def __del__(self) -> None:
        if hasattr(self, "_handle"):
            os.close(self._handle)


@dataclass(frozen=True, slots=True)
class Generation:
    """One published set of files, open for reading whatever is built meanwhile; `folder` is its own."""

    folder: Path
    manifest: Manifest
    _hold: _Hold | None = field(default=None, compare=False, repr=False)
    _doc_ids: list[Any] = field(default_factory=list[Any], compare=False, repr=False)

    @classmethod
    def held(cls, folder: Path, manifest: Manifest) -> Self | None:
        """Open a generation that no build removes from now on; `None` where one just did."""
        try:
            hold = _Hold(folder)
        except (FileNotFoundError, BlockingIOError):
            return None
        except OSError:  # of a file system without locks, or of a folder that others may not read
            return cls(folder, manifest)
        return cls(folder, manifest, hold) if folder.exists() else None

    @property
    def shards(self) -> tuple[Shard, ...]:
        """The shards, in order."""
        if self.manifest.format == CORPUS_FORMAT:
            shards = self.folder.parent.parent / SHARDS
            return tuple(Shard(shards / entry.name, entry.files) for entry in self.manifest.shards)
        names = (DOCUMENTS, PAIRS, INDEX)
        files = {name: entry for name, entry in self.manifest.files.items() if name in names}
        return (Shard(self.folder, files),)

    def rows(self, name: str) -> int:
        """Return the rows of a table, `DOCUMENTS` or `PAIRS`."""
        return sum(shard.rows(name) for shard in self.shards)

    def documents(self) -> Iterator[Document]:
        """Yield the documents in order."""
        return chain.from_iterable(read_records(shard.path(DOCUMENTS), Document) for shard in self.shards)

    def pairs(self) -> Iterator[Pair]:
        """Yield the pairs in order."""
        return chain.from_iterable(read_records(shard.path(PAIRS), Pair) for shard in self.shards)

    def pair_batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield the pairs in order, or some columns of them, a row group at a time, as tables."""
        return chain.from_iterable(read_batches(shard.path(PAIRS), columns) for shard in self.shards)

    def complete(self) -> bool:
        """Whether every file is there, byte for byte."""
        return all({DOCUMENTS, PAIRS, INDEX} <= shard.files.keys() for shard in self.shards) and not any(
            self.damaged()
        )

    def damaged(self) -> Iterator[Path]:
        """Yield the files that are missing, or not what they were."""
        corpus = self.folder.parent.parent
        for name, entry in self.manifest.paths().items():
            path = corpus / name
            if not path.is_file() or file_hash(path) != entry.sha256:
                yield path

    def index(self) -> PairIndex:
        """Open the index of the pairs."""
        return PairIndex.open([shard.index_part() for shard in self.shards])

    def present(self, pair_ids: Collection[str]) -> set[str]:
        """Return those of some pairs that are in the generation."""
        if not pair_ids:
            return set()
        rows = self.index().rows(pair_ids)
        return {pair_id for pair_id, row in zip(pair_ids, rows.tolist(), strict=True) if row >= 0}

    def views(self, doc_ids: Collection[str]) -> dict[str, DocumentView]:
        """Return some documents with their pairs, by id; ids that are not there are left out."""
        views: dict[str, DocumentView] = {}
        shards = self.shards
        for number, here in sorted(self._shards_of(doc_ids).items()):
            shard = shards[number]
            pairs: dict[str, list[Pair]] = {}
            for pair in find_records(shard.path(PAIRS), Pair, "doc_id", here):
                pairs.setdefault(pair.doc_id, []).append(pair)
            for document in find_records(shard.path(DOCUMENTS), Document, "doc_id", here):
                views[document.doc_id] = DocumentView(document, pairs.get(document.doc_id, ()))
        return views

    def _shards_of(self, doc_ids: Collection[str]) -> dict[int, list[str]]:
        """The documents of a collection that are here, by the number of their shard."""
        if not doc_ids:
            return {}
        if not self._doc_ids:  # read once: many ask for some documents at a time
            self._doc_ids.append(self.table(DOCUMENTS, ["doc_id"])["doc_id"].combine_chunks())
        wanted = sorted(doc_ids)
        compute: Any = pc  # the stubs know few of the types that go with its functions
        rows = compute.index_in(pa.array(wanted, pa.string()), value_set=self._doc_ids[0]).to_pylist()
        starts = list(accumulate((shard.rows(DOCUMENTS) for shard in self.shards), initial=0))
        found: dict[int, list[str]] = {}
        for doc_id, row in zip(wanted, rows, strict=True):
            if row is not None:
                found.setdefault(bisect_right(starts, row) - 1, []).append(doc_id)
        return found

    def pair_ids(self) -> list[str]:
        """Return the ids of all pairs, in order."""
        return [str(pair_id) for pair_id in self.table(PAIRS, ["pair_id"])["pair_id"].to_pylist()]

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the columns of a table, `DOCUMENTS` or `PAIRS`."""
        return pa.concat_tables(read_table(shard.path(name), columns) for shard in self.shards)


def read_manifest(path: Path) -> Manifest | None:
    """Return a manifest; `None` where there is none. `CorpusError` names damage and unknown versions."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        return parse_manifest(content, str(path))
    except LabelError as error:
        raise CorpusError(f"{error}; build the corpus again") from None


def parse_manifest(content: bytes, where: str) -> Manifest:
    """Return the manifest that some bytes are; `LabelError` for damage, `CorpusError` for another version."""
    manifest = from_json(Manifest, content, where)
    if manifest.format not in FORMATS_READ:
        raise CorpusError(f"{where}: format {manifest.format} is not known to this version; build again")
    names = (*manifest.files, *(name for shard in manifest.shards for name in shard.files))
    if (
        not manifest.generation.isdigit()
        or any("/" in name or name.startswith(".") for name in names)
        or not all(is_shard_name(shard.name) for shard in manifest.shards)
    ):
        raise CorpusError(f"{where}: names files that no corpus has; build again")
    if manifest.format == CORPUS_FORMAT and not manifest.shards:
        raise CorpusError(f"{where}: names no shards; build again")
    return manifest
