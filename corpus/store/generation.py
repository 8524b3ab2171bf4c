"""A generation: one published set of a corpus's Parquet files, and the manifest that names them.

A generation never changes. Whoever has opened one reads it to the end, whatever is built meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from hashiya.corpus.store.document_view import DocumentView
from hashiya.corpus.store.parquet import (
    FileEntry,
    file_hash,
    find_records,
    read_batches,
    read_records,
    read_table,
)
from hashiya.schema.codec import from_json
from hashiya.schema.errors import CorpusError, LabelError
from hashiya.schema.records import Document, Pair, record

CORPUS_FORMAT = 1
"""The version of the corpus folder's layout, in `corpus.toml` and in the manifest."""
MANIFEST = "manifest.json"
GENERATIONS = "generations"
DOCUMENTS = "documents.parquet"
PAIRS = "pairs.parquet"
INDEX = "pairs.arrow"


@record(unknown="ignore")
class Manifest:
    """The generation that holds.

    `inputs` is the fingerprint of what it was built from; `report` is what the build said of itself.
    """

    format: int
    generation: str
    files: dict[str, FileEntry]
    inputs: str
    report: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Generation:
    """One published set of files, open for reading whatever is built meanwhile."""

    folder: Path
    manifest: Manifest

    def documents(self) -> Iterator[Document]:
        """Yield the documents in order."""
        return read_records(self.folder / DOCUMENTS, Document)

    def pairs(self) -> Iterator[Pair]:
        """Yield the pairs in order."""
        return read_records(self.folder / PAIRS, Pair)

    def pair_batches(self) -> Iterator[pa.Table]:
        """Yield the pairs in order, a row group at a time, as tables."""
        return read_batches(self.folder / PAIRS)

    def complete(self) -> bool:
        """Whether every file is there, byte for byte."""
        return {DOCUMENTS, PAIRS, INDEX} <= self.manifest.files.keys() and not any(self.damaged())

    def damaged(self) -> Iterator[Path]:
        """Yield the files that are missing, or not what they were."""
        for name, entry in self.manifest.files.items():
            path = self.folder / name
            if not path.is_file() or file_hash(path) != entry.sha256:
                yield path

    def views(self, doc_ids: Collection[str]) -> dict[str, DocumentView]:
        """Return some documents with their pairs, by id; ids that are not there are left out."""
        pairs: dict[str, list[Pair]] = {}
        for pair in find_records(self.folder / PAIRS, Pair, "doc_id", doc_ids):
            pairs.setdefault(pair.doc_id, []).append(pair)
        documents = find_records(self.folder / DOCUMENTS, Document, "doc_id", doc_ids)
        return {
            document.doc_id: DocumentView(document, pairs.get(document.doc_id, ())) for document in documents
        }

    def pair_ids(self) -> list[str]:
        """Return the ids of all pairs, in order."""
        return [str(pair_id) for pair_id in self.table(PAIRS, ["pair_id"])["pair_id"].to_pylist()]

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the columns of a file, `DOCUMENTS` or `PAIRS`."""
        return read_table(self.folder / name, columns)


def read_manifest(path: Path) -> Manifest | None:
    """Return a manifest; `None` where there is none. `CorpusError` names damage and unknown versions."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        manifest = from_json(Manifest, content, str(path))
    except LabelError as error:
        raise CorpusError(f"{error}; build the corpus again") from None
    if manifest.format != CORPUS_FORMAT or not manifest.generation.isdigit():
        raise CorpusError(f"{path}: format {manifest.format} is not known to this version; build again")
    return manifest
