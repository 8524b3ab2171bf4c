"""The plan of a build: chunks gathered into shards, and those that must be made into portions of work.

Neither holds text. Both depend on the sources alone, so every number of workers gets the same ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from hashiya.corpus.building.chunks import Chunk
from hashiya.corpus.sources.source import SourceFile
from hashiya.schema.codec import dump

PORTION = 1 << 18
"""Bytes of source text in a portion: some seconds of work, so a kill costs little and memory is small."""
SHARD = 1 << 20
"""Bytes of source text in a shard, on average: some three thousand pairs."""

_LEAST = 4
"""A shard has at least so small a part of `SHARD`, and at most so many times as much."""
_MARKS = 1 << 64


@dataclass(frozen=True, slots=True)
class Portion:
    """Some neighbouring chunks that are made together; `size` is in bytes.

    `key` names all that its part depends on, where its files lie too: messages name them as they were given.
    """

    chunks: tuple[Chunk, ...]
    key: str
    size: int

    @property
    def sources(self) -> tuple[SourceFile, ...]:
        """The sources of its chunks, each once."""
        return tuple(source for source, _ in groupby(self.chunks, lambda chunk: chunk.source))

    @property
    def name(self) -> str:
        """How messages name it: its files, and which bytes or rows of one."""
        more = len(self.sources) - 1
        first, last = self.chunks[0], self.chunks[-1]
        where = first.source.where
        if more:
            return f"{where} and {more:,} more"
        if first.stretch is not None and last.stretch is not None:
            end = "the end" if last.stretch.end is None else f"{last.stretch.end:,}"
            return f"{where} (from {first.stretch.begin:,} to {end})"
        return where


def shards_of(chunks: Iterable[Chunk], about: int = SHARD) -> Iterator[tuple[Chunk, ...]]:
    """Yield the chunks of each shard, in order, of `about` so many bytes.

    A chunk ends a shard if its mark says so, which is the likelier the more bytes it has; so borders stay
    where they are when other chunks come or go, but for those that the least and the greatest size move.
    """
    least, most = about // _LEAST, about * _LEAST
    shard: list[Chunk] = []
    size = 0
    for chunk in chunks:
        if shard and size + chunk.size > most:
            yield tuple(shard)
            shard, size = [], 0
        shard.append(chunk)
        size += chunk.size
        if size >= least and chunk.mark * max(about - least, 1) < chunk.size * _MARKS:
            yield tuple(shard)
            shard, size = [], 0
    if shard:
        yield tuple(shard)


def portions_of(chunks: Iterable[Chunk], about: int = PORTION) -> Iterator[Portion]:
    """Yield the portions of some chunks, in order, of `about` so many bytes."""
    group: list[Chunk] = []
    size = 0
    for chunk in chunks:
        if group and size + chunk.size > about:
            yield _portion(tuple(group), size)
            group, size = [], 0
        group.append(chunk)
        size += chunk.size
    if group:
        yield _portion(tuple(group), size)


def _portion(chunks: tuple[Chunk, ...], size: int) -> Portion:
    places = [[str(chunk.source.paths[0].parent), chunk.key, chunk.begin, chunk.before] for chunk in chunks]
    return Portion(chunks, hashlib.sha256(dump(places).encode()).hexdigest(), size)
