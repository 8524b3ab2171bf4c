"""The row under a line of text that names its marks, so that they can be read without colour.

Under an entity stands its key, its number and a rule (`c1──`), under a flag waves (`m~~~`); the key
stands where the span begins to be read, at the right end of a stretch that runs to the left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rich.style import Style
from textual.color import Color

from hashiya.tui.bidi.cells import ColumnRange, VisualLine
from hashiya.tui.bidi.layout import Layout, layout
from hashiya.tui.bidi.levels import Direction
from hashiya.tui.widgets.cell_row import CellRow
from hashiya.tui.widgets.label_colours import text_in_colour

_RULE = {"entity": "─", "flag": "~"}
_ACTIVE = Style(bold=True, reverse=True)


@dataclass(frozen=True, slots=True)
class ShownMark:
    """A label on the code points `start` to `end`; `key` is its label's, `colour` a colour's number."""

    start: int
    end: int
    key: str
    colour: int
    kind: Literal["entity", "flag"]
    number: str = ""
    active: bool = False


def by_depth(marks: Sequence[ShownMark]) -> list[ShownMark]:
    """Return the marks in the order of painting: entities lie on flags, and the active one on all."""
    return sorted(marks, key=lambda mark: (mark.active, mark.kind == "entity"))


def mark_row(
    laid: Layout, number: int, marks: Sequence[ShownMark], base: Style, background: Color
) -> CellRow:
    """Return the row under line `number`; `marks` come in the order of painting."""
    line = laid.lines[number]
    row = CellRow(laid.width, base)
    for mark in marks:
        # Only what is on this line: a mark may go on over many.
        start, end = max(mark.start, line.start), min(mark.end, line.end)
        if start >= end:
            continue
        stretches = laid.select(start, end)
        style = base + text_in_colour(mark.colour, background) + (_ACTIVE if mark.active else Style.null())
        label = f"{mark.key}{mark.number}"
        first = _first(line, start, end)
        for stretch in stretches:
            columns = stretch.end - stretch.start
            row.write(stretch.start, _RULE[mark.kind] * columns, style)
            if stretch.start <= first < stretch.end:
                direction = _direction(line, stretch)
                shown = _visual(label[:columns], direction)
                at = stretch.end - len(shown) if direction is Direction.RTL else stretch.start
                row.write(at, shown, style)
    return row


def _first(line: VisualLine, start: int, end: int) -> int:
    """Return the column of the cell that is read first, or -1."""
    found = [cell for cell in line.cells if cell.start < end and start < cell.end]
    return min(found, key=lambda cell: cell.start).column if found else -1


def _direction(line: VisualLine, stretch: ColumnRange) -> Direction:
    """Return the way a stretch runs; that of its line, if it runs both ways."""
    odd = {cell.level & 1 for cell in line.cells if stretch.start <= cell.column < stretch.end}
    return line.direction if len(odd) > 1 else Direction(odd.pop())


@lru_cache(maxsize=1024)
def _visual(label: str, direction: Direction) -> str:
    """Return a label in the order of the screen, one column a character; keys may be Arabic letters."""
    if not label:
        return ""
    cells = layout(label, 2 * len(label), direction).lines[0].cells
    return "".join([cell.text if cell.width == 1 else "?" for cell in cells])
