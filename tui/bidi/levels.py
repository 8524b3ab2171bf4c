"""The Unicode Bidirectional Algorithm (UAX #9): embedding levels of a paragraph, and the order of a line.

Positions are code points. A level is 0 to 126; an odd one is read from right to left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby

from hashiya.schema.records import Lang
from hashiya.tui.bidi.classes import ISOLATES, REMOVED, bidi_classes
from hashiya.tui.bidi.explicit import explicit, first_strong
from hashiya.tui.bidi.resolve import resolve_levels

_REMOVED = re.compile(f"[{REMOVED}]+")
_TO_BASE = re.compile(f"[wq{ISOLATES}{REMOVED}]*[BS]|[wq{ISOLATES}{REMOVED}]+$")
_RIGHT_TO_LEFT = re.compile(f"[RANqryj{ISOLATES}lx]")


class Direction(IntEnum):
    """The way a paragraph runs; its value is the paragraph's embedding level."""

    LTR = 0
    RTL = 1


DIRECTIONS: Mapping[Lang, Direction] = {"ar": Direction.RTL, "en": Direction.LTR}
"""The direction in which each language is written."""


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of a paragraph before lines are cut: `levels[i]` is that of code point `i`."""

    base: Direction
    levels: bytes
    classes: str

    def line(self, start: int, end: int) -> bytes:
        """Return the levels of a line's code points; white space at its end has the paragraph's (L1)."""
        found = self.levels[start:end]
        if not any(found) and not self.base:
            return found
        line = bytearray(found)
        for match in _TO_BASE.finditer(self.classes[start:end]):
            line[match.start() : match.end()] = bytes([self.base]) * len(match[0])
        return bytes(line)


def levels(text: str, base: Direction | None = None) -> Levels:
    """Return the embedding levels of one paragraph, which may end with its separator.

    Without `base` the first strong letter decides, and LTR where there is none. Source: UAX #9,
    revision 46 (Unicode 15.0), rules P2 to I2; an implementation of all of it, explicit characters included.
    """
    letters = bidi_classes(text)
    if base is None:
        base = Direction.RTL if first_strong(letters) in ("R", "A") else Direction.LTR
    if base == Direction.LTR and not _RIGHT_TO_LEFT.search(letters):
        return Levels(base, bytes(len(text)), letters)
    after_explicit, found, runs = explicit(letters, base)
    if len(runs) == 1 and len(runs[0].positions) == len(text):
        run = runs[0]
        resolved = resolve_levels(
            after_explicit, letters, text, level=run.level, before=run.before, after=run.after
        )
        return Levels(base, resolved, letters)
    out = bytearray(found)
    for run in runs:
        resolved = resolve_levels(
            "".join([after_explicit[at] for at in run.positions]),
            "".join([letters[at] for at in run.positions]),
            "".join([text[at] for at in run.positions]),
            level=run.level,
            before=run.before,
            after=run.after,
        )
        for at, level in zip(run.positions, resolved, strict=True):
            out[at] = level
    # What rule X9 removes has no level of its own; that of its predecessor keeps runs whole.
    for match in _REMOVED.finditer(letters):
        level = out[match.start() - 1] if match.start() else base
        out[match.start() : match.end()] = bytes([level]) * len(match[0])
    return Levels(base, bytes(out), letters)


def visual_order(line: bytes) -> list[int]:
    """Return the places of a line's levels from left to right (L2)."""
    if not any(line):
        return list(range(len(line)))
    runs: list[tuple[int, range]] = []
    start = 0
    for level, group in groupby(line):
        end = start + sum(1 for _ in group)
        runs.append((level, range(start, end)[:: -1 if level & 1 else 1]))
        start = end
    # A run of a level is turned once for each level down to 1: by itself above, with its neighbours here.
    for level in range(max(line), 0, -1):
        first = 0
        while first < len(runs):
            last = first
            while last < len(runs) and runs[last][0] >= level:
                last += 1
            runs[first:last] = runs[first:last][::-1]
            first = last + 1
    return [place for _, run in runs for place in run]
