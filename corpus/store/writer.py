"""A generation in the making: its files are written in a folder of their own, its manifest is renamed last.

A reader sees the old generation or the new one, never a half.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Generator, Sequence
from contextlib import contextmanager
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
from hashiya.corpus.store.parquet import RecordFile, records_table
from hashiya.schema.codec import to_object
from hashiya.schema.records import Document, Pair

_DOCUMENTS_IN_GROUP = 100
"""A document is some twenty pairs: so a jump to one reads no more than a jump to a pair."""


class GenerationWriter:
    """A generation in the making: add documents with their pairs, in their order, then publish it."""

    def __init__(self, corpus: Path, name: str) -> None:
        self.folder = corpus / GENERATIONS / name
        self.folder.mkdir()
        self.published = False
        self._corpus = corpus
        self._files = {
            DOCUMENTS: RecordFile(self.folder / DOCUMENTS, Document, row_group=_DOCUMENTS_IN_GROUP),
            PAIRS: RecordFile(self.folder / PAIRS, Pair),
        }
        self._index = IndexFile(self.folder / INDEX)
        self._added = 0

    def add(self, document: Document, pairs: Sequence[Pair]) -> None:
        """Append a document and its pairs."""
        rows = np.zeros(len(pairs), dtype=np.int64)
        self.add_tables(records_table(Document, [document]), rows, records_table(Pair, pairs))

    def add_tables(self, documents: pa.Table, rows: PairRows, pairs: pa.Table) -> None:
        """Append documents and their pairs, in order; `rows` has the row of each pair's document."""
        self._files[DOCUMENTS].add_table(documents)
        self._files[PAIRS].add_table(pairs)
        self._index.add(self._added + rows, pairs)
        self._added += documents.num_rows

    def record_file(self, name: str, record: type[Any]) -> RecordFile:
        """Begin one more file of the generation, which is finished with the others."""
        self._files[name] = RecordFile(self.folder / name, record)
        return self._files[name]

    def publish(self, inputs: str, report: dict[str, Any]) -> Manifest:
        """Put everything on the disk, then make this the generation that holds, and return its manifest.

        `inputs` and `report` are as in `Manifest`.
        """
        entries = {name: file.finish() for name, file in self._files.items()} | {INDEX: self._index.finish()}
        manifest = Manifest(
            format=CORPUS_FORMAT,
            generation=self.folder.name,
            files=entries,
            inputs=inputs,
            report=report,
        )
        sync_folder(self.folder)
        sync_folder(self.folder.parent)
        text = json.dumps(to_object(manifest), ensure_ascii=False, indent=2) + "\n"
        write_whole(self._corpus / MANIFEST, text)
        self.published = True
        return manifest

    def close(self) -> None:
        """Close the files as they are; what was not published is removed."""
        for file in self._files.values():
            file.close()
        if not self.published:
            shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def writing_generation(corpus: Path, before: Manifest | None) -> Generator[GenerationWriter]:
    """Open the next generation of a corpus folder; nothing is seen of it until it is published.

    Of the generations that are there, the one of the manifest `before` is kept and the others are removed.
    """
    generations = corpus / GENERATIONS
    generations.mkdir(exist_ok=True)
    older = [folder for folder in generations.iterdir() if folder.name.isdigit()]
    number = 1 + max((int(folder.name) for folder in older), default=0)
    for folder in older:
        if before is None or folder.name != before.generation:
            shutil.rmtree(folder)
    writer = GenerationWriter(corpus, f"{number:06d}")
    try:
        yield writer
    finally:
        writer.close()
