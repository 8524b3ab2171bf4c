"""The fewest keys from where a cursor rests to a span of its side: a shortest path over what the keys do.

A jump by hints counts its own key and each letter of the code.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from hashiya.schema.records import Pair, Span
from hashiya.tui.bidi.layout import Layout
from hashiya.tui.keys.keymap import Keymap
from hashiya.tui.session.cursor import Cursor, at_edge, by_unit, moved, units
from hashiya.tui.session.proposals.particles import particles
from hashiya.tui.session.side_cursors import HINT_LETTERS
from hashiya.tui.session.words import hints, snap, word_at, words

Keys = tuple[str, ...]
Known = dict[tuple[Cursor, str], Cursor | None]
"""Where an action leads from a cursor, as far as that was worked out for one pair."""

_ROWS = {"move.left": (-1, False), "move.right": (1, False), "move.up": (-1, True), "move.down": (1, True)}
_GROWING = {"extend.left": -1, "extend.right": 1}
_EDGES = {"move.start": False, "move.end": True}


class Unreachable(Exception):  # noqa: N818 - it is no error of the program's
    """No keys lead to a span."""


def shortest(cursor: Cursor, pair: Pair, layout: Layout, keymap: Keymap, goal: Span, *, known: Known) -> Keys:
    """Return the fewest keys after which just `goal` is selected; `Unreachable` if none do.

    Letters are gone through only where no whole words, with or without their particles, are the goal.
    `known` is added to, and serves all searches of this pair.
    """
    side = _Side(pair, layout, known)
    for letters in sorted({_of_words(pair, cursor, goal), True}):
        found = _search(cursor, side, keymap, goal, letters=letters)
        if found is not None:
            return found
    raise Unreachable(f"{pair.pair_id}: {cursor.lang} {goal} cannot be selected")


def _of_words(pair: Pair, cursor: Cursor, goal: Span) -> bool:
    """Return whether letters are needed: the goal is no run of words, nor one without its particles."""
    text = pair.text(cursor.lang) or ""
    return goal not in particles(text, snap(words(pair, cursor.lang), goal.start, goal.end))


@dataclass(frozen=True, slots=True)
class _Side:
    pair: Pair
    layout: Layout
    known: Known

    def led(self, cursor: Cursor, action: str) -> Cursor | None:
        """Return the cursor that an action leads to from another; `None` where it does nothing."""
        if (cursor, action) not in self.known:
            self.known[cursor, action] = self._led(cursor, action)
        return self.known[cursor, action]

    def _led(self, cursor: Cursor, action: str) -> Cursor | None:
        if action in _ROWS:
            step, rows = _ROWS[action]
            return moved(cursor, self.pair, self.layout, step, rows=rows)
        if action in _GROWING:
            return moved(cursor, self.pair, self.layout, _GROWING[action], grow=True)
        if action in _EDGES:
            return at_edge(cursor, self.pair, end=_EDGES[action])
        if action == "move.unit":
            return by_unit(cursor, self.pair, letters=not cursor.letters)
        return _without_particle(cursor, self.pair)


def _search(cursor: Cursor, side: _Side, keymap: Keymap, goal: Span, *, letters: bool) -> Keys | None:
    ends = _ends(side.pair, cursor, goal)
    number = count()  # of equal paths the one found first
    border: list[tuple[int, int, Keys, Cursor]] = [(0, next(number), (), cursor)]
    best = {cursor: 0}
    while border:
        cost, _, keys, here = heapq.heappop(border)
        if here.span == goal:
            return keys
        if cost > best[here]:
            continue
        steps = [*_steps(here, side, keymap, ends, letters=letters)]
        if not keys:
            steps += _jumps(here, side.pair, keymap)
        for pressed, reached in steps:
            further = cost + len(pressed)
            if further < best.get(reached, further + 1):
                best[reached] = further
                heapq.heappush(border, (further, next(number), keys + pressed, reached))
    return None


def _ends(pair: Pair, cursor: Cursor, goal: Span) -> set[Span]:
    """Return the units that a selection of the goal can begin with: it is grown from no others."""
    found: set[Span] = set()
    for letters in (False, True):
        stops = [unit for unit in units(pair, cursor.lang, letters) if unit.start < goal.end]
        inside = [unit for unit in stops if goal.start < unit.end]
        found.update(inside[:1] + inside[-1:])
    return found


def _steps(
    here: Cursor, side: _Side, keymap: Keymap, ends: set[Span], *, letters: bool
) -> Iterator[tuple[Keys, Cursor]]:
    actions = [*_ROWS, *_EDGES]
    if here.anchor in ends:
        actions += _GROWING
    if letters or here.letters:
        actions.append("move.unit")
    for action in (*actions, "mark.particle"):
        reached = side.led(here, action)
        if reached is not None:
            yield _key(keymap, action), reached


def _without_particle(here: Cursor, pair: Pair) -> Cursor | None:
    text, span = pair.text(here.lang) or "", here.span
    whole = snap(words(pair, here.lang), span.start, span.end)
    found = particles(text, Span(min(whole.start, span.start), span.end))
    if len(found) < 2:
        return None
    at = found.index(span) if span in found else 0
    return here.at(found[(at + 1) % len(found)])


def _jumps(here: Cursor, pair: Pair, keymap: Keymap) -> Iterator[tuple[Keys, Cursor]]:
    found = words(pair, here.lang)
    for code, reached in hints(found, word_at(found, here.head.start), HINT_LETTERS).items():
        yield (*_key(keymap, "move.hint"), *code), here.at(found[reached])


def _key(keymap: Keymap, action_id: str) -> Keys:
    return keymap.keys_of(action_id)[:1]


def by_keys(text: str) -> Sequence[str]:
    """Return a text as the keys that type it."""
    return ["space" if char == " " else char for char in text]
