"""Where the letters of an old text stand in a new one: a diff as a map of offsets. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from difflib import SequenceMatcher
from itertools import accumulate, chain

from hashiya.schema.records import Span

_PIECE = re.compile(r"\w+|\W")


class TextMap:
    """A diff by words: a range is found again when all its letters survived side by side."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new
        self._blocks = _equal_blocks(_PIECE.findall(old), _PIECE.findall(new))
        self._starts = [start for start, _, _ in self._blocks]

    def span(self, start: int, end: int) -> Span | None:
        """Return the new range of an old one, `None` where a letter of it was changed or cut off."""
        number = bisect_right(self._starts, start) - 1
        if number < 0 or start >= end:
            return None
        old, new, size = self._blocks[number]
        return Span(start - old + new, end - old + new) if end <= old + size else None

    def pieces(self, start: int, end: int) -> list[Span]:
        """Return the new ranges of whatever survived of an old one, in order."""
        return [
            Span(max(start, old) - old + new, min(end, old + size) - old + new)
            for old, new, size in self._blocks
            if max(start, old) < min(end, old + size)
        ]


def _equal_blocks(old: list[str], new: list[str]) -> list[tuple[int, int, int]]:
    """Return (old offset, new offset, length) of the equal parts, in code points, neighbours joined."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    middle = SequenceMatcher(
        None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False
    ).get_matching_blocks()
    runs = chain(
        [(0, 0, head)],
        ((head + a, head + b, size) for a, b, size in middle),
        [(len(old) - tail, len(new) - tail, tail)],
    )
    old_at, new_at = ([0, *accumulate(map(len, pieces))] for pieces in (old, new))
    blocks: list[tuple[int, int, int]] = []
    for a, b, size in runs:
        if not size:
            continue
        start, there, length = old_at[a], new_at[b], old_at[a + size] - old_at[a]
        if blocks and (start, there) == (blocks[-1][0] + blocks[-1][2], blocks[-1][1] + blocks[-1][2]):
            start, there, length = *blocks[-1][:2], blocks.pop()[2] + length
        blocks.append((start, there, length))
    return blocks


def _common(one: list[str], other: list[str]) -> int:
    """Return how many pieces two lists begin with alike; cut off, they cost the diff nothing."""
    differ = (number for number, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differ, min(len(one), len(other)))
