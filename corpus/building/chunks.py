"""Sources cut into chunks: what is made as a whole, and used again as long as its content is the same.

A chunk is a source, or a stretch of one that is a long file. Where a long file is cut depends on the ids of
its rows (content-defined chunking): a row that is added, changed or removed changes no chunk but its own.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hashiya.corpus.building.known_files import KnownFiles
from hashiya.corpus.sources.read import cut_source
from hashiya.corpus.sources.remote import Location
from hashiya.corpus.sources.source import SourceFile, Stretch
from hashiya.schema.codec import dump

CHUNK_SIZE = 1 << 15
"""Bytes of a stretch, about: some articles, which are aligned again where one of them changes."""
CHUNK_FORMAT = 1
"""Part of every key: a later version makes what an earlier one made again."""

_KEY_DIGITS = 32

ChunkPlace = tuple[int, int]
"""The byte or row of a file that a chunk begins at, and how many lines or rows stand before it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A source or a stretch of one; `size` is in bytes, of a stretch its share of the file.

    `key` names all that its documents depend on, and no place: neither its folder nor where in the file it
    stands. `mark` is a number, evenly distributed, that depends on its name alone.
    """

    source: SourceFile
    stretch: Stretch | None
    key: str
    mark: int
    size: int

    @property
    def begin(self) -> int:
        """Where in its file it begins: what is said of a fault in a stretch may count from the start."""
        return 0 if self.stretch is None else self.stretch.begin

    @property
    def place(self) -> ChunkPlace:
        """Where in its file it stands: `begin` and `before`."""
        return self.begin, self.before

    @property
    def before(self) -> int:
        """How many lines or rows of its file stand before it."""
        return 0 if self.stretch is None else self.stretch.before


def chunks_of(
    sources: Iterable[SourceFile], made_by: Sequence[str], files: KnownFiles, about: int = CHUNK_SIZE
) -> Iterator[Chunk]:
    """Yield the chunks of sources, in order; `made_by` is what their documents depend on besides these."""
    maker = [CHUNK_FORMAT, *made_by]
    for source in sources:
        size = sum(files.size(path) for path in source.texts)
        cuts = _cuts(source, files, about) if size > about else ()
        if len(cuts) < 2:
            identity = [[path.name, files.hash(path)] for path in source.paths]
            name = [source.format, source.key]
            yield Chunk(source, None, _key([maker, name, identity]), _mark(name), size)
            continue
        beside = [[path.name, files.hash(path)] for path in source.paths if path not in source.texts]
        beside += [[path.name, ""] for path in source.texts]
        for number, (stretch, digest) in enumerate(cuts):
            share = size * (number + 1) // len(cuts) - size * number // len(cuts)
            ends = [stretch.begin == 0, stretch.end is None, list(stretch.unread)]
            key = _key([maker, [source.format, source.key], beside, digest, ends])
            yield Chunk(source, stretch, key, _mark([source.format, source.key, stretch.first]), share)


def _cuts(source: SourceFile, files: KnownFiles, about: int) -> Sequence[tuple[Stretch, str]]:
    """The stretches of a long file, each with the hash of its content."""
    path = source.texts[0]
    beside = _key([[one.name, files.hash(one)] for one in source.paths if one != path])
    what = f"cuts {CHUNK_FORMAT} {about} {source.key} {beside}"
    known: Any = files.value(what, path)
    if known is None:
        moment = time.time_ns()
        known = [
            [stretch.begin, stretch.end, stretch.before, list(stretch.unread), stretch.first, digest]
            for stretch, digest in _digested(source, files, cut_source(source, about))
        ]
        if known:  # else it could not be read, perhaps by this account only
            files.put(what, path, known, moment)
    return [
        (Stretch(begin, end, before, tuple(unread), first), digest)
        for begin, end, before, unread, first, digest in known
    ]


def _digested(
    source: SourceFile, files: KnownFiles, stretches: Sequence[Stretch]
) -> Iterator[tuple[Stretch, str]]:
    path: Location = source.texts[0]
    if source.format != "jsonl":  # whose stretches are of rows, which are nowhere as bytes
        for stretch in stretches:
            yield stretch, _key([files.hash(path), stretch.begin, stretch.end, stretch.before])
        return
    try:
        with path.open("rb") as file:
            for stretch in stretches:
                file.seek(stretch.begin)
                content = file.read(-1 if stretch.end is None else stretch.end - stretch.begin)
                yield stretch, hashlib.sha256(content).hexdigest()[:_KEY_DIGITS]
    except OSError:
        return  # it is read whole then, which tells why it cannot be


def _key(value: object) -> str:
    return hashlib.sha256(dump(value).encode()).hexdigest()[:_KEY_DIGITS]


def _mark(name: object) -> int:
    return int.from_bytes(hashlib.blake2b(dump(name).encode(), digest_size=8).digest(), "little")
