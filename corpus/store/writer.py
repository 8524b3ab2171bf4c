"""A generation in the making: its shards are written or taken from before, its manifest is renamed last.

A reader sees the old generation or the new one, never a half. What no generation names that is kept or being
read is removed after that.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from hashiya.corpus.files.atomic import make_folders, sync_folder, write_whole
from hashiya.corpus.store.generation import (
    CORPUS_FORMAT,
    GENERATIONS,
    MANIFEST,
    Manifest,
    read_manifest,
)
from hashiya.corpus.store.parquet import RecordFile, records_table
from hashiya.corpus.store.shard import SHARDS, ShardEntry, ShardWriter
from hashiya.schema.codec import to_object
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import Document, Pair

PAIRS_IN_SHARD = 5000
"""Where documents are added one by one, a shard ends with the document that reaches so many pairs."""


class GenerationWriter:
    """A generation in the making: add shards, or documents one by one, in their order, then publish it."""

    def __init__(self, corpus: Path, name: str) -> None:
        self.folder = corpus / GENERATIONS / name
        make_folders(self.folder, corpus)
        self.published = False
        self._corpus = corpus
        self._shards: list[ShardEntry] = []
        self._shard: ShardWriter | None = None
        self._files: dict[str, RecordFile] = {}

    def add(self, document: Document, pairs: Sequence[Pair]) -> None:
        """Append a document and its pairs."""
        self._shard = self._shard or self.new_shard()
        rows = np.zeros(len(pairs), dtype=np.int64)
        self._shard.add_tables(records_table(Document, [document]), rows, records_table(Pair, pairs))
        if self._shard.pairs >= PAIRS_IN_SHARD:
            self._end_shard(self._shard)

    def new_shard(self) -> ShardWriter:
        """Begin a shard; it is to be finished and added before the next one is begun."""
        return ShardWriter(self._corpus / SHARDS)

    def add_shard(self, entry: ShardEntry) -> None:
        """Append a finished shard."""
        self._shards.append(entry)

    def record_file(self, name: str, record: type[Any]) -> RecordFile:
        """Begin one more file of the generation, which is finished with the others."""
        self._files[name] = RecordFile(self.folder / name, record)
        return self._files[name]

    def publish(self, inputs: str, report: dict[str, Any]) -> Manifest:
        """Put everything on the disk, then make this the generation that holds, and return its manifest.

        `inputs` and `report` are as in `Manifest`.
        """
        if self._shard or not self._shards:
            self._end_shard(self._shard or self.new_shard())
        manifest = Manifest(
            format=CORPUS_FORMAT,
            generation=self.folder.name,
            files={name: file.finish() for name, file in self._files.items()},
            inputs=inputs,
            shards=tuple(self._shards),
            report=report,
        )
        text = json.dumps(to_object(manifest), ensure_ascii=False, indent=1) + "\n"
        (self.folder / MANIFEST).write_text(text, encoding="utf-8")
        for folder in (self._corpus / SHARDS, self.folder, self.folder.parent):
            sync_folder(folder)
        write_whole(self._corpus / MANIFEST, text)
        self.published = True
        return manifest

    def _end_shard(self, shard: ShardWriter) -> None:
        self.add_shard(shard.finish())
        self._shard = None

    def close(self) -> None:
        """Close the files as they are; what was not published is removed."""
        if self._shard is not None:
            self._shard.close()
        for file in self._files.values():
            file.close()
        if not self.published:
            shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def writing_generation(corpus: Path, before: Manifest | None) -> Generator[GenerationWriter]:
    """Open the next generation of a corpus folder; nothing is seen of it until it is published.

    Of the generations that are there, the one of the manifest `before` is kept, and those that are being
    read; the others are removed at the end.
    """
    generations = corpus / GENERATIONS
    for folder in (generations, corpus / SHARDS):
        make_folders(folder, corpus)
    kept: set[str] = set()
    if before is not None:
        kept.add(before.generation)
        copy = generations / before.generation / MANIFEST
        if not copy.exists():  # it came from another place, or is of format 1
            make_folders(copy.parent, corpus)
            shutil.copyfile(corpus / MANIFEST, copy)
    number = 1 + max((int(folder.name) for folder in _numbered(generations)), default=0)
    writer = GenerationWriter(corpus, f"{number:06d}")
    try:
        yield writer
    finally:
        writer.close()
        remove_unread(corpus, kept | {writer.folder.name})


def remove_unread(corpus: Path, kept: Collection[str]) -> None:
    """Remove the generations that are neither `kept` nor being read, and the shards that no other one names.

    Only under the build lock. Where it cannot be told what a generation names, no shard is removed.
    """
    named: set[str] = set()
    for folder in _numbered(corpus / GENERATIONS):
        if folder.name in kept or not _removed(folder):
            try:
                manifest = read_manifest(folder / MANIFEST)
            except CorpusError:
                return
            if manifest is None:
                return
            named |= {shard.name for shard in manifest.shards}
    for shard in (corpus / SHARDS).iterdir():
        if shard.name not in named:
            shutil.rmtree(shard, ignore_errors=True)


def _removed(folder: Path) -> bool:
    """Remove a generation, unless it is being read; return whether it was removed."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def _numbered(generations: Path) -> list[Path]:
    return [folder for folder in generations.iterdir() if folder.name.isdigit()]
