"""What a laid-out text consists of: cells in lines, from left to right, and where a code point is among them.

Lines and columns count from 0, columns from the left edge; code points count in the whole text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from hashiya.tui.bidi.levels import Direction


class Cell(NamedTuple):
    """One glyph on the screen: `text` at `column`, for the code points from `start` up to `end`."""

    column: int
    width: int
    start: int
    end: int
    text: str
    level: int


class CellPlace(NamedTuple):
    """Where a code point is.

    Width 0 says that it has no cell (a line break, a space that hangs over, the text's end): `column` is
    then the one beside the end of its line, or where there is none the last of the line.
    """

    line: int
    column: int
    width: int


class ColumnRange(NamedTuple):
    """Columns `start` to `end` of a line, half-open."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class VisualLine:
    """One line of the screen; `cells` run from left to right without gaps.

    `start` and `end` take in what has no cell: the lines of a layout divide its text.
    """

    start: int
    end: int
    direction: Direction
    cells: tuple[Cell, ...]
    indent: int

    @property
    def text(self) -> str:
        """What to send to the terminal, the blank before the first cell included."""
        return " " * self.indent + "".join([cell.text for cell in self.cells])

    @property
    def edge(self) -> int:
        """The column where the line goes on: right of its cells, or left of them (-1 is possible)."""
        if self.direction is Direction.RTL:
            return self.indent - 1
        return self.cells[-1].column + self.cells[-1].width if self.cells else self.indent
