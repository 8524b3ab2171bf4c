"""Laid-out lines become strips that Textual can show: cells with the styles of the code points they draw.

Columns count from the left, code points in the whole text. A style that takes any code point of a cell takes
all of it. Nothing here reorders anything: cells come in the order of the screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from hashiya.tui.bidi.cells import VisualLine


class Styled(NamedTuple):
    """A style for the code points `start` to `end`, half-open; of several, later ones lie on top."""

    start: int
    end: int
    style: Style


class CellRow:
    """One row of the screen that can be painted over, column by column.

    What lies outside of it is left out. A wide cell of which one half is painted over leaves a blank.
    """

    def __init__(self, width: int, base: Style) -> None:
        self.width = width
        self._base = base
        # The right half of a wide cell holds "".
        self._text = [" "] * width
        self._styles = [base] * width

    def draw(self, line: VisualLine, spans: Sequence[Styled] = (), *, shift: int = 0) -> None:
        """Paint the cells of `line`, `shift` columns to the right of where they are laid out."""
        here = [span for span in spans if line.start < span.end and span.start < min(span.end, line.end)]
        for cell in line.cells:
            style = self._base
            for span in here:
                if span.start < cell.end and cell.start < span.end:
                    style += span.style
            self.put(cell.column + shift, cell.text, cell.width, style)

    def put(self, column: int, text: str, width: int, style: Style) -> None:
        """Paint one cell; of a wide one that does not fit as a whole nothing but the style is seen."""
        first, last = max(column, 0), min(column + width, self.width)
        if first >= last:
            return
        self._break(first)
        self._break(last)
        whole = last - first == width
        for at in range(first, last):
            self._text[at] = ("" if at > first else text) if whole else " "
            self._styles[at] = style

    def write(self, column: int, text: str, style: Style) -> None:
        """Paint narrow characters side by side."""
        for at, char in enumerate(text, column):
            self.put(at, char, 1, style)

    def restyle(self, start: int, end: int, style: Style) -> None:
        """Lay `style` over what is in the columns `start` to `end`."""
        for at in range(max(start, 0), min(end, self.width)):
            self._styles[at] += style

    def overlay(self, other: CellRow, start: int, width: int) -> None:
        """Paint over with the columns of a row of the same width."""
        end = min(start + width, self.width)
        for column in (start, end):
            self._break(column)
        self._text[start:end] = other._text[start:end]
        self._styles[start:end] = other._styles[start:end]

    def strip(self) -> Strip:
        """Return the row as Textual takes it: one segment for neighbours of one style."""
        segments: list[Segment] = []
        columns = zip(self._styles, self._text, strict=True)
        for style, group in groupby(columns, itemgetter(0)):
            segments.append(Segment("".join([text for _, text in group]), style))
        return Strip(segments, self.width)

    def _break(self, column: int) -> None:
        """Let no wide cell lie across the left edge of `column`."""
        if 0 < column < self.width and not self._text[column]:
            self._text[column - 1] = self._text[column] = " "
