"""Where an annotator is in a pair: a side, and a selection of whole words or of letters that can be grown.

The selection is kept in the order of the text; left and right are those of the screen, and go through the
layout that the side has there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hashiya.schema.records import Lang, Pair, Span
from hashiya.tui.bidi.layout import Layout
from hashiya.tui.bidi.levels import Direction
from hashiya.tui.session.words import above_below, beside, graphemes, snap, word_at, words


@dataclass(frozen=True, slots=True)
class Cursor:
    """A selection from `anchor`, where it began, to `head`, which moves; both are units of the text.

    A side without text has none: both are then empty.
    """

    lang: Lang
    anchor: Span
    head: Span
    letters: bool = False

    @property
    def span(self) -> Span:
        """What is selected."""
        return Span(min(self.anchor.start, self.head.start), max(self.anchor.end, self.head.end))

    def at(self, span: Span) -> Cursor:
        """Return the cursor on a span, wherever its borders are."""
        return replace(self, anchor=span, head=span)


def units(pair: Pair, lang: Lang, letters: bool) -> Sequence[Span]:
    """Return the units that a cursor of a side stops at, in reading order."""
    return graphemes(pair.text(lang) or "") if letters else words(pair, lang)


def begin(pair: Pair, lang: Lang, letters: bool = False) -> Cursor:
    """Return the cursor at the beginning of a side."""
    found = units(pair, lang, letters)
    first = found[0] if found else Span(0, 0)
    return Cursor(lang, first, first, letters)


def moved(
    cursor: Cursor, pair: Pair, layout: Layout, step: int, *, rows: bool = False, grow: bool = False
) -> Cursor:
    """Return the cursor one unit to the left (-1) or right (1), with `rows` above or below.

    With `grow` the selection grows or shrinks at its head, else it becomes the unit that is reached: of
    several letters the one at their end on that side, so that a word's own letters are reached.
    """
    found = units(pair, cursor.lang, cursor.letters)
    if not found:
        return cursor
    here = word_at(found, cursor.head.start)
    if cursor.letters and cursor.anchor != cursor.head and not grow and not rows:
        other = word_at(found, cursor.anchor.start)
        return cursor.at(found[_outermost(found, layout, min(here, other), max(here, other), step)])
    if cursor.head not in found and cursor.anchor == cursor.head:
        # On a mark, which may be longer than a unit: go on from the end that the step leaves by.
        edge = word_at(found, max(cursor.head.end - 1, cursor.head.start))
        here = _outermost(found, layout, here, edge, step) if not rows else here
    reached = (above_below if rows else beside)(found, layout, here, step)
    return replace(cursor, head=found[reached]) if grow else cursor.at(found[reached])


def at_edge(cursor: Cursor, pair: Pair, *, end: bool) -> Cursor:
    """Return the cursor on the first unit of its side, or on the last."""
    found = units(pair, cursor.lang, cursor.letters)
    return cursor.at(found[-1 if end else 0]) if found else cursor


def selecting(cursor: Cursor, pair: Pair, start: int, end: int) -> Cursor:
    """Return the cursor over a drag from one code point to another, whole units of it."""
    found = units(pair, cursor.lang, cursor.letters)
    return cursor.at(snap(found, start, end)) if found else cursor


def by_unit(cursor: Cursor, pair: Pair, *, letters: bool) -> Cursor:
    """Return the cursor with letters or words for its units; on words it snaps to those that it touches."""
    cursor = replace(cursor, letters=letters)
    if letters:
        found = graphemes(pair.text(cursor.lang) or "")
        return (
            cursor
            if not found
            else replace(cursor, head=_last(found, cursor.span), anchor=_first(found, cursor.span))
        )
    return selecting(cursor, pair, cursor.span.start, cursor.span.end)


def _first(found: Sequence[Span], span: Span) -> Span:
    return next((unit for unit in found if unit.end > span.start), found[-1])


def _last(found: Sequence[Span], span: Span) -> Span:
    return next((unit for unit in reversed(found) if unit.start < span.end), found[0])


def _outermost(found: Sequence[Span], layout: Layout, one: int, other: int, step: int) -> int:
    """Return the first or the last unit of a span: the one further to the side that `step` goes to."""
    places = [layout.places[found[number].start] for number in (one, other)]
    if places[0].line != places[1].line:
        reads_right = layout.lines[places[0].line].direction is Direction.LTR
        return other if (step > 0) == reads_right else one
    if (places[0].column < places[1].column) == (step > 0):
        return other
    return one
