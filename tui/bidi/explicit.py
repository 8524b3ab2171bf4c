"""Explicit embeddings, overrides and isolates (UAX #9, X1 to X10): a paragraph becomes sequences of runs.

Positions are code points of the paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from hashiya.tui.bidi.classes import EMBEDDINGS, ISOLATES, REMOVED, STRONG

MAX_DEPTH = 125

_EXPLICIT = re.compile(f"[pq{EMBEDDINGS}{ISOLATES}]")
_LANDMARK = re.compile(f"[Bq{STRONG}{ISOLATES}]")
_OVERRIDE = {"x": "L", "y": "R"}


class Run(NamedTuple):
    """An isolating run sequence: positions that are resolved together, as if nothing stood between them."""

    level: int
    before: str  # sos, "L" or "R"
    after: str  # eos
    positions: Sequence[int]


class Explicit(NamedTuple):
    """What the explicit characters decide."""

    classes: str  # overrides applied
    levels: bytes
    runs: list[Run]


class _Embedding(NamedTuple):
    level: int
    override: str
    isolate: bool


class _Stack:
    """The directional status stack, with the counts of what does not fit on it; named as in the standard."""

    def __init__(self, base: int) -> None:
        self._entries = [_Embedding(base, "", isolate=False)]
        self._overflow_isolates = self._overflow_embeddings = self._valid_isolates = 0

    @property
    def top(self) -> _Embedding:
        return self._entries[-1]

    def push(self, *, right: bool, override: str = "", isolate: bool = False) -> None:
        """X2 to X5c."""
        level = (self.top.level + 1) | 1 if right else (self.top.level + 2) & ~1
        if level <= MAX_DEPTH and not self._overflow_isolates and not self._overflow_embeddings:
            self._valid_isolates += isolate
            self._entries.append(_Embedding(level, override, isolate))
        elif isolate:
            self._overflow_isolates += 1
        elif not self._overflow_isolates:
            self._overflow_embeddings += 1

    def end_isolate(self) -> None:
        """X6a."""
        if self._overflow_isolates:
            self._overflow_isolates -= 1
        elif self._valid_isolates:
            self._overflow_embeddings = 0
            self._valid_isolates -= 1
            while not self._entries.pop().isolate:
                pass

    def end_embedding(self) -> None:
        """X7."""
        if self._overflow_isolates:
            return
        if self._overflow_embeddings:
            self._overflow_embeddings -= 1
        elif not self.top.isolate and len(self._entries) > 1:
            self._entries.pop()


def first_strong(classes: str, start: int = 0, *, isolate: bool = False) -> str:
    """Return the first strong letter outside isolates, or "" (P2); of an isolate, up to its end."""
    depth = 0
    for match in _LANDMARK.finditer(classes, start):
        letter = match[0]
        if letter == "B":
            break
        if letter == "q":
            if depth == 0 and isolate:
                break
            depth = max(0, depth - 1)
        elif letter in ISOLATES:
            depth += 1
        elif depth == 0:
            return letter
    return ""


def explicit(classes: str, base: int) -> Explicit:
    """Return the levels that explicit characters give, and the sequences of runs to resolve."""
    if not _EXPLICIT.search(classes):
        positions: Sequence[int] = range(len(classes))
        if "z" in classes:
            positions = [at for at, letter in enumerate(classes) if letter != "z"]
        side = _side(base)
        runs = [Run(base, side, side, positions)] if positions else []
        return Explicit(classes, bytes([base]) * len(classes), runs)
    overridden, levels = _embed(classes, base)
    return Explicit(overridden, levels, _runs(classes, levels, base))


def _side(level: int) -> str:
    return "R" if level & 1 else "L"


def _embed(classes: str, base: int) -> tuple[str, bytes]:
    """Return the classes with overrides applied, and the levels, after X1 to X8."""
    out = list(classes)
    levels = bytearray([base]) * len(classes)
    stack = _Stack(base)
    for at, letter in enumerate(classes):
        if letter == "B":
            continue
        if letter == "q":
            stack.end_isolate()
        levels[at] = stack.top.level
        if letter not in REMOVED:
            out[at] = stack.top.override or letter
        if letter in EMBEDDINGS:
            stack.push(right=letter in "ry", override=_OVERRIDE.get(letter, ""))
        elif letter in ISOLATES:
            stack.push(right=_isolates_right(classes, at), isolate=True)
        elif letter == "p":
            stack.end_embedding()
    return "".join(out), bytes(levels)


def _isolates_right(classes: str, at: int) -> bool:
    if classes[at] == "k":
        return first_strong(classes, at + 1, isolate=True) in ("R", "A")
    return classes[at] == "j"


def _runs(classes: str, levels: bytes, base: int) -> list[Run]:
    """Return the isolating run sequences (BD13), each with the directions at its ends (X10)."""
    kept = [at for at, letter in enumerate(classes) if letter not in REMOVED]
    level_runs = [list(run) for _, run in groupby(kept, key=levels.__getitem__)]
    run_at = {run[0]: run for run in level_runs}
    ends = _matching(classes)
    continued = set(ends.values())
    before = {kept[0]: base} | {at: levels[previous] for previous, at in pairwise(kept)} if kept else {}
    after = {kept[-1]: base} | {at: levels[following] for at, following in pairwise(kept)} if kept else {}
    found: list[Run] = []
    for run in level_runs:
        if run[0] in continued:
            continue
        positions = list(run)
        while (end := ends.get(positions[-1])) in run_at:
            positions += run_at[end]
        first, last = positions[0], positions[-1]
        level = levels[first]
        beyond = base if classes[last] in ISOLATES else after[last]
        found.append(Run(level, _side(max(level, before[first])), _side(max(level, beyond)), positions))
    return found


def _matching(classes: str) -> dict[int | None, int]:
    """Return each isolate initiator that is closed, with the place of its end (BD9)."""
    ends: dict[int | None, int] = {}
    open_isolates: list[int] = []
    for at, letter in enumerate(classes):
        if letter in ISOLATES:
            open_isolates.append(at)
        elif letter == "q" and open_isolates:
            ends[open_isolates.pop()] = at
        elif letter == "B":
            open_isolates.clear()
    return ends
