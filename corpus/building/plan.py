"""The plan of a build: sources cut into portions of about `PORTION` bytes, each a batch of work.

A portion holds no text. The plan depends on the sources alone, so every number of workers gets the same one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from hashiya.corpus.sources.read import cut_source
from hashiya.corpus.sources.remote import Location
from hashiya.corpus.sources.source import SourceFile, Stretch
from hashiya.schema.codec import dump

PORTION = 1 << 18
"""Bytes of source text in a portion: some seconds of work, so a kill costs little and memory is small."""

Hash = Callable[[Location], str]
"""A function from a file to the hash of its content."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Some whole sources, or a stretch of one that is a long file.

    `key` names all that its part depends on; `size` is in bytes, of a stretch its share of the file.
    """

    sources: tuple[SourceFile, ...]
    stretch: Stretch | None
    key: str
    size: int

    @property
    def name(self) -> str:
        """How messages name it: its files, and which bytes or rows of one."""
        first, more = self.sources[0].where, len(self.sources) - 1
        if self.stretch is not None:
            end = "the end" if self.stretch.end is None else f"{self.stretch.end:,}"
            return f"{first} (from {self.stretch.begin:,} to {end})"
        return f"{first} and {more:,} more" if more else first


def plan(
    sources: Iterable[SourceFile], made_by: Sequence[str], content: Hash, about: int = PORTION
) -> Iterator[Portion]:
    """Yield the portions of sources, in order, of `about` so many bytes.

    `made_by` is what a part depends on besides its sources.
    """
    group: list[SourceFile] = []
    size = 0
    for source in sources:
        own_size = source_size(source)
        stretches = cut_source(source, about) if own_size > about else []
        if group and (size + own_size > about or len(stretches) > 1):
            yield _portion(tuple(group), None, size, made_by, content)
            group, size = [], 0
        if len(stretches) > 1:
            for number, stretch in enumerate(stretches):
                share = own_size * (number + 1) // len(stretches) - own_size * number // len(stretches)
                yield _portion((source,), stretch, share, made_by, content)
        else:
            group.append(source)
            size += own_size
    if group:
        yield _portion(tuple(group), None, size, made_by, content)


def source_size(source: SourceFile) -> int:
    """Return the bytes of a source's texts; a file that is gone has none."""
    return sum(_size(path) for path in source.texts)


def source_identity(source: SourceFile, content: Hash) -> list[object]:
    """Return what identifies a source: its format, its key, and each of its files by name and content."""
    return [source.format, source.key, [[path.name, content(path)] for path in source.paths]]


def _portion(
    sources: tuple[SourceFile, ...],
    stretch: Stretch | None,
    size: int,
    made_by: Sequence[str],
    content: Hash,
) -> Portion:
    part = None if stretch is None else [stretch.begin, stretch.end, stretch.before, list(stretch.unread)]
    # Messages name the files as they were given, so a part made under other names will not do.
    files = [[str(source.paths[0].parent), *source_identity(source, content)] for source in sources]
    key = hashlib.sha256(dump([list(made_by), files, part]).encode()).hexdigest()
    return Portion(sources, stretch, key, size)


def _size(path: Location) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
