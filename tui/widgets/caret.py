"""Where the caret of a laid-out line of text is on the screen, and where it goes: functions without state.

A line is laid out for one column less than the screen has. That column is the caret's when it stands past
the end: at the right of a line that runs to the right, and at the left of one that runs to the left.
"""

from __future__ import annotations

from hashiya.tui.bidi.cells import ColumnRange
from hashiya.tui.bidi.layout import Layout
from hashiya.tui.bidi.levels import Direction
from hashiya.tui.widgets.editing import Edited


def shift(direction: Direction) -> int:
    """Return how far to the right of its layout a line is painted."""
    return 1 if direction is Direction.RTL else 0


def seen(laid_out: Layout, index: int) -> ColumnRange:
    """Return the line and the columns of the caret at `index`, as they are painted."""
    place = laid_out.places[index]
    line = laid_out.lines[place.line]
    column = (place.column if place.width else line.edge) + shift(line.direction)
    return ColumnRange(place.line, column, column + max(place.width, 1))


def pointed(laid_out: Layout, row: int, column: int) -> int:
    """Return the code point under a painted place; past the end of the text, its end."""
    number = min(max(row, 0), len(laid_out.lines) - 1)
    line = laid_out.lines[number]
    column -= shift(line.direction)
    beyond = column <= line.edge if line.direction is Direction.RTL else column >= line.edge
    last = number == len(laid_out.lines) - 1
    return len(laid_out.text) if beyond and last else laid_out.nearest(number, column)


def stepped(laid_out: Layout, index: int, towards: Direction) -> int:
    """Return the caret one glyph to the right (LTR) or left (RTL) on the screen, at most the text's end."""
    other = laid_out.right(index) if towards is Direction.LTR else laid_out.left(index)
    return len(laid_out.text) if other == index and towards is laid_out.lines[-1].direction else other


def by_word(laid_out: Layout, edited: Edited, towards: Direction) -> int:
    """Return the caret one word on, where the line runs to that side, else one word back."""
    return edited.word_after() if towards is laid_out.lines[0].direction else edited.word_before()
