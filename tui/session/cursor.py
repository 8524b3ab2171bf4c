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
    stops = units(pair, lang, letters)
    first = stops[0] if stops else Span(0, 0)
    return Cursor(lang, first, first, letters)


def moved(
    cursor: Cursor, pair: Pair, layout: Layout, step: int, *, rows: bool = False, grow: bool = False
) -> Cursor:
    """Return the cursor one unit to the left (-1) or right (1), with `rows` above or below.

    With `grow` the selection grows or shrinks at its head, else it becomes the unit that is reached: of
    several letters the one at their end on that side, so that a word's own letters are reached.
    """
    stops = units(pair, cursor.lang, cursor.letters)
    if not stops:
        return cursor
    here = word_at(stops, cursor.head.start)
    if cursor.letters and cursor.anchor != cursor.head and not grow and not rows:
        other = word_at(stops, cursor.anchor.start)
        return cursor.at(stops[_outermost(stops, layout, min(here, other), max(here, other), step)])
    if cursor.head not in stops and cursor.anchor == cursor.head:
        # On a mark, which may be longer than a unit: go on from the end that the step leaves by.
        edge = word_at(stops, max(cursor.head.end - 1, cursor.head.start))
        here = _outermost(stops, layout, here, edge, step) if not rows else here
    reached = (above_below if rows else beside)(stops, layout, here, step)
    return replace(cursor, head=stops[reached]) if grow else cursor.at(stops[reached])


def at_edge(cursor: Cursor, pair: Pair, *, end: bool) -> Cursor:
    """Return the cursor on the first unit of its side, or on the last."""
    stops = units(pair, cursor.lang, cursor.letters)
    return cursor.at(stops[-1 if end else 0]) if stops else cursor


def selecting(cursor: Cursor, pair: Pair, start: int, end: int) -> Cursor:
    """Return the cursor over a drag from one code point to another, whole units of it."""
    stops = units(pair, cursor.lang, cursor.letters)
    return cursor.at(snap(stops, start, end)) if stops else cursor


def by_unit(cursor: Cursor, pair: Pair, *, letters: bool) -> Cursor:
    """Return the cursor with letters or words for its units; on words it snaps to those that it touches."""
    cursor = replace(cursor, letters=letters)
    if letters:
        stops = graphemes(pair.text(cursor.lang) or "")
        return (
            cursor
            if not stops
            else replace(cursor, head=_last(stops, cursor.span), anchor=_first(stops, cursor.span))
        )
    return selecting(cursor, pair, cursor.span.start, cursor.span.end)


def _first(stops: Sequence[Span], span: Span) -> Span:
    return next((unit for unit in stops if unit.end > span.start), stops[-1])


def _last(stops: Sequence[Span], span: Span) -> Span:
    return next((unit for unit in reversed(stops) if unit.start < span.end), stops[0])


def _outermost(stops: Sequence[Span], layout: Layout, one: int, other: int, step: int) -> int:
    """Return the first or the last unit of a span: the one further to the side that `step` goes to."""
    places = [layout.places[stops[number].start] for number in (one, other)]
    if places[0].line != places[1].line:
        reads_right = layout.lines[places[0].line].direction is Direction.LTR
        return other if (step > 0) == reads_right else one
    if (places[0].column < places[1].column) == (step > 0):
        return other
    return one
