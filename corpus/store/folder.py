"""The corpus folder: what is in it, and how a new generation of its Parquet files is published.

::

    corpus.toml            name, format version
    scheme.toml            the label scheme
    journal.sqlite         the annotations
    labelstudio.sqlite     what was agreed with a Label Studio server, if anything was; may be deleted
    manifest.json          the generation that holds, with the hash and the row count of its files
    generations/000001/    documents.parquet, pairs.parquet (row groups of about 1,000 rows), pairs.arrow,
                           and duplicates.parquet, which an earlier version did not write
    generations/.work/     what a build that was stopped had made, for the next one; may be deleted

A build writes a whole folder and publishes it by renaming one manifest last, so a reader sees the old
generation or the new one and never a half. A reader keeps the generation that it opened: the one before
the last stays on the disk. A folder of an unknown format version is refused.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import tomllib
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import tomlkit

from hashiya.corpus.files.atomic import sync_folder, write_whole
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.document_view import DocumentView
from hashiya.corpus.store.index import IndexFile, PairRows
from hashiya.corpus.store.tables import (
    FileEntry,
    RecordFile,
    file_hash,
    find_records,
    read_records,
    read_table,
    records_table,
)
from hashiya.schema.codec import from_json, to_object
from hashiya.schema.errors import CorpusError, LabelError
from hashiya.schema.records import Document, Pair, record
from hashiya.schema.scheme import LabelScheme, read_scheme, read_scheme_text, shipped_scheme_text

CORPUS_FORMAT = 1
DOCUMENTS = "documents.parquet"
PAIRS = "pairs.parquet"
INDEX = "pairs.arrow"
JOURNAL = "journal.sqlite"
_DOCUMENTS_IN_GROUP = 100
"""A document is some twenty pairs: so a jump to one reads no more than a jump to a pair."""
SYNC_STATE = "labelstudio.sqlite"
_DATABASES = {f"{name}{part}" for name in (JOURNAL, SYNC_STATE) for part in ("", "-wal", "-shm")}
_OWN = {"corpus.toml", "scheme.toml", "generations", *_DATABASES}


@record(unknown="ignore")
class Manifest:
    """The generation that holds.

    ``inputs`` is the fingerprint of what it was built from; ``report`` is what the build said of itself.
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

    def complete(self) -> bool:
        """Whether every file is there, byte for byte."""
        files = self.manifest.files
        return {DOCUMENTS, PAIRS, INDEX} <= files.keys() and all(
            (self.folder / name).is_file() and file_hash(self.folder / name) == entry.sha256
            for name, entry in files.items()
        )

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


class Writer:
    """A generation in the making: add documents with their pairs, in their order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = {
            DOCUMENTS: RecordFile(folder / DOCUMENTS, Document, row_group=_DOCUMENTS_IN_GROUP),
            PAIRS: RecordFile(folder / PAIRS, Pair),
        }
        self._index = IndexFile(folder / INDEX)
        self._added = 0

    def add(self, document: Document, pairs: Sequence[Pair]) -> None:
        """Append a document and its pairs."""
        rows = np.zeros(len(pairs), dtype=np.int64)
        self.add_tables(records_table(Document, [document]), rows, records_table(Pair, pairs))

    def add_tables(self, documents: pa.Table, rows: PairRows, pairs: pa.Table) -> None:
        """Append documents and their pairs, in order; ``rows`` has the row of each pair's document."""
        self._files[DOCUMENTS].add_table(documents)
        self._files[PAIRS].add_table(pairs)
        self._index.add(self._added + rows, pairs)
        self._added += documents.num_rows

    def record_file(self, name: str, record: type[Any]) -> RecordFile:
        """Begin one more file of the generation, which is finished with the others."""
        self._files[name] = RecordFile(self.folder / name, record)
        return self._files[name]

    def finish(self) -> dict[str, FileEntry]:
        """Write what is left to the disk and return the files' entries for the manifest."""
        return {name: file.finish() for name, file in self._files.items()} | {INDEX: self._index.finish()}

    def abandon(self) -> None:
        """Close the files as they are."""
        for file in self._files.values():
            file.close()


class Corpus:
    """An open corpus folder."""

    def __init__(self, folder: Path, name: str, scheme: LabelScheme) -> None:
        self.folder = folder
        self.name = name
        self.scheme = scheme

    @classmethod
    @contextmanager
    def building(cls, folder: Path, name: str | None = None, scheme: Path | None = None) -> Generator[Self]:
        """Hold a folder's build lock over the corpus in it, made where there is none.

        ``name`` and the scheme file replace what the corpus says of itself; by default it is called as the
        folder and has the scheme that ships. A second build is refused, not queued.
        """
        scheme_text = read_scheme_text(scheme) if scheme else None
        made = (folder / "corpus.toml").exists()
        if not made and folder.exists() and not (folder.is_dir() and _is_blank(folder)):
            raise CorpusError(f"{folder}: is not empty and no corpus; choose another folder with --out")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = (folder / ".lock").open("w")
        except OSError as error:
            raise CorpusError(f"{folder}: cannot be written: {error.strerror or error}") from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise CorpusError(f"{folder}: another build is running there; wait for it") from None
            yield cls._made(folder, name, scheme_text)

    @classmethod
    def create(cls, folder: Path, name: str | None = None, scheme: Path | None = None) -> Self:
        """Make a corpus folder, or amend the one that is there; as `building`, and done."""
        with cls.building(folder, name, scheme) as corpus:
            return corpus

    @classmethod
    def _made(cls, folder: Path, name: str | None, scheme_text: str | None) -> Self:
        there = (folder / "corpus.toml").exists()
        if there:
            name = name or cls.open(folder).name
        try:
            if not there:
                scheme_text = scheme_text or shipped_scheme_text()
                Journal.create(folder / JOURNAL)
            if scheme_text is not None:
                write_whole(folder / "scheme.toml", scheme_text)
            table = {"format": CORPUS_FORMAT, "name": name or folder.resolve().name}
            write_whole(folder / "corpus.toml", tomlkit.dumps(table))
        except OSError as error:
            raise CorpusError(f"{folder}: cannot be written: {error.strerror or error}") from None
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a corpus folder; `CorpusError` says what is missing or of an unknown version."""
        path = folder / "corpus.toml"
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            raise CorpusError(
                f"{folder}: is a file, no corpus folder"
                if folder.is_file()
                else f"{folder}: is no corpus; `hashiya build SOURCE --out {folder}` makes one"
            ) from None
        except (OSError, ValueError, RecursionError) as error:
            raise CorpusError(f"{path}: cannot be read: {error}") from None
        if table.get("format") != CORPUS_FORMAT:
            raise CorpusError(
                f"{path}: the corpus has format {table.get('format')!r}, this version reads {CORPUS_FORMAT}: "
                "install the hashiya that built it"
            )
        return cls(folder, str(table.get("name") or folder.name), read_scheme(folder / "scheme.toml"))

    def journal(self, *, write: bool = True, patience: float = 30) -> Journal:
        """Open the journal; with ``write`` false also on a file system that cannot be written to."""
        return Journal.open(self.folder / JOURNAL, write=write, patience=patience)

    def manifest(self) -> Manifest | None:
        """Return the manifest that holds; ``None`` before the first build has ended."""
        path = self.folder / "manifest.json"
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

    def generation(self) -> Generation:
        """Open the generation that holds."""
        manifest = self.manifest()
        if manifest is None:
            raise CorpusError(
                f"{self.folder}: nothing was built yet; run `hashiya build SOURCE --out {self.folder}`"
            )
        return Generation(self.folder / "generations" / manifest.generation, manifest)

    @property
    def work(self) -> Path:
        """Where a build keeps what it has made until it is published, whether or not the folder is there."""
        return self.folder / "generations" / ".work"

    def discard(self) -> None:
        """Remove a folder in which nothing was ever built and nobody has labelled."""
        with self.journal() as journal:
            labelled = bool(journal.annotators())
        if not labelled and _is_blank(self.folder):
            shutil.rmtree(self.folder)

    @contextmanager
    def new_generation(self, before: Manifest | None) -> Generator[tuple[Writer, Publish]]:
        """Open the next generation for writing; nothing is seen of it until ``publish`` is called."""
        generations = self.folder / "generations"
        generations.mkdir(exist_ok=True)
        there = [folder for folder in generations.iterdir() if folder.name.isdigit()]
        number = 1 + max((int(folder.name) for folder in there), default=0)
        for folder in there:
            if before is None or folder.name != before.generation:
                shutil.rmtree(folder)
        folder = generations / f"{number:06d}"
        folder.mkdir()
        writer = Writer(folder)
        publish = Publish(self.folder, folder, writer)
        try:
            yield writer, publish
        finally:
            writer.abandon()
            if not publish.done:
                shutil.rmtree(folder, ignore_errors=True)


@dataclass(slots=True)
class Publish:
    """Makes a written generation the one that holds."""

    corpus: Path
    folder: Path
    writer: Writer
    done: bool = False

    def __call__(self, inputs: str, report: dict[str, Any]) -> Manifest:
        """Put everything on the disk, then rename the manifest into place."""
        manifest = Manifest(
            format=CORPUS_FORMAT,
            generation=self.folder.name,
            files=self.writer.finish(),
            inputs=inputs,
            report=report,
        )
        sync_folder(self.folder)
        sync_folder(self.folder.parent)
        text = json.dumps(to_object(manifest), ensure_ascii=False, indent=2) + "\n"
        write_whole(self.corpus / "manifest.json", text)
        self.done = True
        return manifest


def _is_blank(folder: Path) -> bool:
    """Whether a folder holds nothing but what a corpus has before its first build."""
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")} <= _OWN
