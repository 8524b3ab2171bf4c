"""A text laid out for a terminal of a given width: lines, and the way from code points to cells and back."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import attrgetter

from hashiya.tui.bidi.cells import Cell, CellPlace, ColumnRange, VisualLine
from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.levels import Direction
from hashiya.tui.bidi.lines import lines

NARROWEST_LAYOUT = 2
"""Columns; less would not hold a wide character."""


@dataclass(frozen=True)
class Layout:
    """The lines of `text`, and what a cursor, a mouse and a selection ask of them.

    A lam-alef is one cell for two letters or more: each of them is at that cell, and a selection that takes
    one of them takes the cell. With `Shaping.LETTERS` every letter has its own.
    """

    text: str
    width: int
    lines: tuple[VisualLine, ...]

    @cached_property
    def places(self) -> tuple[CellPlace, ...]:
        """The place of each code point, and last that of the text's end."""
        found: list[CellPlace] = []
        for number, line in enumerate(self.lines):
            edge = CellPlace(number, min(max(line.edge, 0), self.width - 1), 0)
            found += [edge] * (line.end - line.start)
            for cell in line.cells:
                place = CellPlace(number, cell.column, cell.width)
                found[cell.start : cell.end] = [place] * (cell.end - cell.start)
        last = self.lines[-1]
        found.append(CellPlace(len(self.lines) - 1, min(max(last.edge, 0), self.width - 1), 0))
        return tuple(found)

    def cell(self, line: int, column: int) -> Cell | None:
        """Return the cell at a place on the screen, if there is one; the second half of a wide one too."""
        if not 0 <= line < len(self.lines):
            return None
        cells = self.lines[line].cells
        at = bisect_right(cells, column, key=attrgetter("column")) - 1
        return cells[at] if at >= 0 and column < cells[at].column + cells[at].width else None

    def nearest(self, line: int, column: int) -> int:
        """Return the code point nearest to a place on the screen: by line first, then by column."""
        cells = self.lines[line := min(max(line, 0), len(self.lines) - 1)].cells
        if not cells:
            return self.lines[line].start
        at = bisect_right(cells, column, key=attrgetter("column")) - 1
        return cells[max(at, 0)].start

    def select(self, start: int, end: int) -> list[ColumnRange]:
        """Return the columns of the code points `start` to `end`, line by line and from left to right.

        One span may be several stretches of a line. A cell is taken if any of its code points is: half of a
        lam-alef, or a mark alone. What has no cell takes no column.
        """
        found: list[ColumnRange] = []
        if start >= end:
            return found
        first = max(bisect_right(self.lines, start, key=attrgetter("start")) - 1, 0)
        for number in range(first, len(self.lines)):
            line = self.lines[number]
            if line.start >= end:
                break
            for cell in line.cells:
                if cell.start < end and start < cell.end:
                    right = cell.column + cell.width
                    if found and found[-1].line == number and found[-1].end == cell.column:
                        found[-1] = found[-1]._replace(end=right)
                    else:
                        found.append(ColumnRange(number, cell.column, right))
        return found

    def left(self, index: int) -> int:
        """Return the code point of the cell to the left of that of `index`."""
        return self._beside(index, -1)

    def right(self, index: int) -> int:
        """Return the code point of the cell to the right of that of `index`.

        Past either end of a line it goes on where the line is read on: rightwards out of an Arabic line is
        the line above. A cursor stands on cells, and on the beginning of a line that has none; at the ends
        of the text it stays.
        """
        return self._beside(index, 1)

    def _beside(self, index: int, step: int) -> int:
        place = self.places[index]
        line = self.lines[place.line]
        forward = (step > 0) == (line.direction is Direction.LTR)
        if place.width:
            at = bisect_right(line.cells, place.column, key=attrgetter("column")) - 1 + step
        else:  # beside the end of the line
            at = (len(line.cells) if line.direction is Direction.LTR else -1) + step
        if 0 <= at < len(line.cells):
            return line.cells[at].start
        if not 0 <= (number := place.line + (1 if forward else -1)) < len(self.lines):
            return index
        line = self.lines[number]
        if not line.cells:
            return line.start
        leftmost = forward == (line.direction is Direction.LTR)
        return line.cells[0 if leftmost else -1].start


def layout(
    text: str, width: int, base: Direction | None = None, *, shaping: Shaping = Shaping.LIGATURES
) -> Layout:
    """Return a text in lines of `width` columns (at least `NARROWEST_LAYOUT`).

    A paragraph that runs from right to left begins at the right. Without `base`, the first strong letter
    of each paragraph decides. Every line separator of Unicode ends a paragraph.
    """
    width = max(width, NARROWEST_LAYOUT)
    return Layout(text, width, tuple(lines(text, width, base, shaping)))


@lru_cache(maxsize=4096)
def cached_layout(text: str, width: int, base: Direction | None, shaping: Shaping) -> Layout:
    """Return `layout`, from an LRU cache: a key press changes styles far more often than texts."""
    return layout(text, width, base, shaping=shaping)
