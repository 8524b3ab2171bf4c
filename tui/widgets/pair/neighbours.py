"""The rows around a passage: the texts before and after it, or the note where there is none."""

from __future__ import annotations

from typing import NamedTuple

from rich.style import Style

from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import Layout, cached_layout
from hashiya.tui.bidi.levels import Direction
from hashiya.tui.widgets.cell_row import CellRow


class ContextLine(NamedTuple):
    """One line of such a text, in the style of a component class."""

    layout: Layout
    line: int
    component: str
    centred: bool

    def row(self, style: Style) -> CellRow:
        """Return the line as a row of the screen."""
        row = CellRow(self.layout.width, style)
        line = self.layout.lines[self.line]
        used = sum([cell.width for cell in line.cells])
        row.draw(line, shift=(row.width - used) // 2 - line.indent if self.centred else 0)
        return row


def context(text: str, width: int, base: Direction) -> list[ContextLine]:
    """Return the lines of a neighbour's text."""
    return _lines(text, width, base, "passage--context", centred=False)


def note(text: str, width: int) -> list[ContextLine]:
    """Return the lines of a note, each in the middle."""
    return _lines(text, width, None, "passage--absent", centred=True)


def _lines(
    text: str, width: int, base: Direction | None, component: str, *, centred: bool
) -> list[ContextLine]:
    found = cached_layout(text, width, base, Shaping.LIGATURES)
    return [ContextLine(found, at, component, centred) for at in range(len(found.lines))]
