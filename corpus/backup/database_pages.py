"""The records on the pages of a SQLite file, read without SQLite, which refuses a file with damaged pages.

Every page is read by itself, of the file and of its write-ahead log: a page that is damaged, or that no other
page leads to any more, costs no record but its own. The format is that of https://sqlite.org/fileformat2.html.
What is found may be old, or damaged: whoever takes it verifies it by its checksum.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

StoredValue = int | float | str | bytes | None
_SIZES = frozenset(1 << power for power in range(9, 17))
_PAGE_SIZE = 4096
"""SQLite's own choice, where the header of a file cannot be read."""
_TABLE_LEAF, _INDEX_LEAF, _INDEX_INNER = 0x0D, 0x0A, 0x02
_FRAME_HEADER = 24
_LOG_HEADER = 32
_LONGEST = 1 << 26
"""Bytes that a record may have: a length beyond is damage."""
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


@dataclass(frozen=True, slots=True)
class PageRecord:
    """A record of a table or of an index; `row` is its row id, `None` in an index."""

    row: int | None
    values: tuple[StoredValue, ...]


@dataclass(slots=True)
class _Pages:
    """The bytes of a file and of its log, and where in the log the latest state of a page is."""

    content: mmap.mmap | bytes
    log: mmap.mmap | bytes
    size: int
    usable: int
    latest: dict[int, int] = field(default_factory=dict[int, int])

    def page(self, number: int) -> memoryview:
        """The latest state of a page, counted from 1; empty where there is none."""
        if (place := self.latest.get(number)) is not None:
            return memoryview(self.log)[place : place + self.size]
        return memoryview(self.content)[(number - 1) * self.size : number * self.size]


def page_records(path: Path, log: Path | None = None) -> Iterator[PageRecord]:
    """Yield every record that can be read, perhaps more than once; `OSError` where a file cannot be."""
    with ExitStack() as opened:
        content = _mapped(path, opened)
        frames = b"" if log is None else _mapped(log, opened)
        for size, reserved in _layouts(content, frames):
            pages = _Pages(content, frames, size, size - reserved)
            places = list(_frames(frames, size))
            pages.latest = dict(places)
            for number in range(1, len(content) // size + 1):
                at = (number - 1) * size
                yield from _records(pages, bytes(content[at : at + size]), 100 if number == 1 else 0)
            for number, at in places:
                yield from _records(pages, bytes(frames[at : at + size]), 100 if number == 1 else 0)


def _mapped(path: Path, opened: ExitStack) -> mmap.mmap | bytes:
    with path.open("rb") as file:
        if not path.stat().st_size:
            return b""
        return opened.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _layouts(content: mmap.mmap | bytes, log: mmap.mmap | bytes) -> list[tuple[int, int]]:
    """Return sizes of a page, and bytes reserved at its end, that may be those of the file.

    If the header is damaged it says something else than the log's, or than is usual; then each is tried.
    """
    written = [int.from_bytes(content[16:18], "big"), int.from_bytes(log[8:12], "big"), _PAGE_SIZE]
    sizes = [1 << 16 if size == 1 else size for size in written]
    reserved = [0, *content[20:21]]
    return [
        *dict.fromkeys((size, less) for size in sizes if size in _SIZES for less in reserved if less <= 64)
    ]


def _frames(log: mmap.mmap | bytes, size: int) -> Iterator[tuple[int, int]]:
    """Yield number and place of the pages in a log that were committed, by their order.

    Frames of the log's present use carry its salt; what follows the last commit was never saved. The chain
    of their checksums is not asked: after a frame that is damaged it would give up all others.
    """
    salt = log[16:24]
    waiting: list[tuple[int, int]] = []
    for at in range(_LOG_HEADER, len(log) - size - _FRAME_HEADER + 1, size + _FRAME_HEADER):
        if log[at + 8 : at + 16] != salt:
            continue
        waiting.append((int.from_bytes(log[at : at + 4], "big"), at + _FRAME_HEADER))
        if log[at + 4 : at + 8] != bytes(4):
            yield from waiting
            waiting = []


def _records(pages: _Pages, page: bytes, start: int) -> Iterator[PageRecord]:
    kind = page[start] if len(page) > start else 0
    if kind not in {_TABLE_LEAF, _INDEX_LEAF, _INDEX_INNER}:
        return
    count = int.from_bytes(page[start + 3 : start + 5], "big")
    first = start + (12 if kind == _INDEX_INNER else 8)
    for number in range(min(count, (len(page) - first) // 2)):
        at = int.from_bytes(page[first + 2 * number : first + 2 * number + 2], "big")
        try:
            found = _cell(pages, page, at + (4 if kind == _INDEX_INNER else 0), is_table=kind == _TABLE_LEAF)
        except (IndexError, ValueError):  # damage: the next one may be whole
            continue
        yield found


def _cell(pages: _Pages, page: bytes, at: int, *, is_table: bool) -> PageRecord:
    size, at = _varint(page, at)
    row: int | None = None
    if is_table:
        row, at = _varint(page, at)
    return PageRecord(row, _values(_payload(pages, page, at, size, is_table=is_table)))


def _payload(pages: _Pages, page: bytes, at: int, size: int, *, is_table: bool) -> bytes:
    """A record's bytes: on its page, and on the pages that its end overflows to."""
    if not 0 < size <= _LONGEST:
        raise ValueError("no length of a record")
    usable = pages.usable
    most = usable - 35 if is_table else (usable - 12) * 64 // 255 - 23
    if size <= most:
        return page[at : at + size]
    least = (usable - 12) * 32 // 255 - 23
    local = least + (size - least) % (usable - 4)
    local = least if local > most else local
    parts = [page[at : at + local]]
    left = size - local
    following = int.from_bytes(page[at + local : at + local + 4], "big")
    while left > 0:
        overflow = pages.page(following) if following else memoryview(b"")
        if len(overflow) < usable:
            raise ValueError("a page is missing")
        parts.append(bytes(overflow[4 : 4 + min(left, usable - 4)]))
        left -= usable - 4
        following = int.from_bytes(overflow[:4], "big")
    return b"".join(parts)


def _values(record: bytes) -> tuple[StoredValue, ...]:
    end, at = _varint(record, 0)
    kinds: list[int] = []
    while at < end:
        kind, at = _varint(record, at)
        kinds.append(kind)
    values: list[StoredValue] = []
    at = end
    for kind in kinds:
        length = _INTEGERS.get(kind, 8 if kind == 7 else (kind - 12) // 2 if kind >= 12 else 0)
        part = record[at : at + length]
        if len(part) < length:
            raise ValueError("the record breaks off")
        values.append(_value(kind, part))
        at += length
    return tuple(values)


def _value(kind: int, part: bytes) -> StoredValue:
    if kind == 0:
        return None
    if kind in _INTEGERS:
        return int.from_bytes(part, "big", signed=True)
    if kind in {8, 9}:
        return kind - 8
    if kind >= 13 and kind % 2:
        return part.decode(errors="replace")
    return part


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where it ends."""
    value = 0
    for place in range(at, at + 8):
        byte = content[place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    return value << 8 | content[at + 8], at + 9
