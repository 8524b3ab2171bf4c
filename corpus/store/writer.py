"""A generation in the making: its files are written in a folder of their own, its manifest is renamed last.

A reader sees the old generation or the new one, never a half.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from hashiya.corpus.files.atomic import sync_folder, write_whole
from hashiya.corpus.store.generation import (
    CORPUS_FORMAT,
    DOCUMENTS,
    GENERATIONS,
    INDEX,
    MANIFEST,
    PAIRS,
    Manifest,
)
from hashiya.corpus.store.index import IndexFile, PairRows
from hashiya.corpus.store.tables import FileEntry, RecordFile, records_table
from hashiya.schema.codec import to_object
from hashiya.schema.records import Document, Pair

_DOCUMENTS_IN_GROUP = 100
"""A document is some twenty pairs: so a jump to one reads no more than a jump to a pair."""


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


@contextmanager
def writing(corpus: Path, before: Manifest | None) -> Generator[tuple[Writer, Publish]]:
    """Open the next generation for writing; nothing is seen of it until ``publish`` is called."""
    generations = corpus / GENERATIONS
    generations.mkdir(exist_ok=True)
    there = [folder for folder in generations.iterdir() if folder.name.isdigit()]
    number = 1 + max((int(folder.name) for folder in there), default=0)
    for folder in there:
        if before is None or folder.name != before.generation:
            shutil.rmtree(folder)
    folder = generations / f"{number:06d}"
    folder.mkdir()
    writer = Writer(folder)
    publish = Publish(corpus, folder, writer)
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
        write_whole(self.corpus / MANIFEST, text)
        self.done = True
        return manifest
