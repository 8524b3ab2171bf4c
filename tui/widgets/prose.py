"""Text to be read and scrolled: help, guidelines, an article, a notice; Arabic blocks begin at the right.

Blocks count from 0 in the order in which they were given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.style import Style
from textual.reactive import var

from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import Layout, cached_layout
from hashiya.tui.bidi.levels import Direction
from hashiya.tui.widgets.cell_row import CellRow, Styled
from hashiya.tui.widgets.markdown import TextBlock
from hashiya.tui.widgets.row_view import RowView

_CURRENT = "▌"
_MARGIN = 2
"""Columns at the side where a block's lines begin, for the sign of the current one."""


class _Placed(NamedTuple):
    """A block with its layout and the row of its first line."""

    block: TextBlock
    layout: Layout
    row: int


class Prose(RowView, can_focus=True):
    """Blocks of read-only text, one below the other; one of them may be the current one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "prose--heading", "prose--dim", "prose--example", "prose--code", "prose--marker", "prose--current",
    }  # fmt: skip
    DEFAULT_CSS = """
    Prose {
        padding: 0;
        & > .prose--heading { color: $text-primary; text-style: bold; }
        & > .prose--dim { color: $foreground 60%; }
        & > .prose--example { color: $foreground 80%; }
        & > .prose--code { color: $text-accent; text-style: bold; }
        & > .prose--marker { color: $text-primary; }
        & > .prose--current { background: $primary 20%; }
    }
    """

    current: var[int | None] = var[int | None](None)
    """The block that is highlighted."""

    def __init__(
        self,
        blocks: Sequence[TextBlock] = (),
        *,
        id: str | None = None,  # noqa: A002 - its name in every widget
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._blocks = tuple(blocks)
        self._placed: list[_Placed] = []
        self._rows: list[tuple[int, int] | None] = []
        self._wanted: int | None = None

    @property
    def blocks(self) -> tuple[TextBlock, ...]:
        """What is shown."""
        return self._blocks

    def show(self, blocks: Sequence[TextBlock], *, current: int | None = None) -> None:
        """Show other blocks, from the top, or with the current one in view."""
        self._blocks = tuple(blocks)
        self.reflow()
        self.jump(0)
        self.current = current
        if current is not None:
            self.scroll_to_block(current)

    def scroll_to_block(self, index: int) -> None:
        """Bring a block into view, its beginning at the top if it has to be moved."""
        if not self._placed:
            self._wanted = index  # there is no width yet
            return
        placed = self._placed[index]
        last = placed.row + len(placed.layout.lines) - 1
        top = round(self.scroll_target_y)
        if placed.row < top or last >= top + self.visible_rows:
            self.jump(placed.row)

    def watch_current(self) -> None:
        """Paint the sign elsewhere."""
        self.refresh()

    def reflow(self) -> None:
        """Lay everything out for the present width; the block at the top stays there."""
        top = round(self.scroll_target_y)
        kept = next((row[0] for row in self._rows[top:] if row), None) if top else None
        self._placed, self._rows = [], []
        if not self.columns:
            return
        for number, block in enumerate(self._blocks):
            if number and not block.tight:
                self._rows.append(None)
            room = max(self.columns - 1 - _MARGIN - block.indent, 2)
            laid_out = cached_layout(block.text, room, block.base, Shaping.LIGATURES)
            self._placed.append(_Placed(block, laid_out, len(self._rows)))
            self._rows += [(number, line) for line in range(len(laid_out.lines))]
        self.fill(len(self._rows))
        if kept is not None and kept < len(self._placed):
            self.jump(self._placed[kept].row)
        if self._wanted is not None and self._wanted < len(self._placed):
            wanted, self._wanted = self._wanted, None
            self.scroll_to_block(wanted)

    def row_at(self, number: int) -> CellRow | None:
        """Return the row `number`: a line of a block; `None` between blocks."""
        place = self._rows[number] if number < len(self._rows) else None
        if place is None:
            return None
        index, line_number = place
        block, found, _ = self._placed[index]
        line = found.lines[line_number]
        current = index == self.current
        base = self.tint("prose--current") if current else self.plain
        body = base + self._text_style(block.style)
        row = CellRow(self.columns, body)
        right = line.direction is Direction.RTL
        begin = _MARGIN + block.indent
        spans = [Styled(span.start, span.end, self._inline(span.style)) for span in block.spans]
        row.draw(line, spans, shift=row.width - begin - found.width if right else begin)
        if block.marker and line_number == 0:
            self._marker(row, block, line.direction, body + self._text_style("marker"))
        if current:
            row.write(
                row.width - 1 if right else 0, "▐" if right else _CURRENT, base + self._text_style("marker")
            )
        return row

    def _marker(self, row: CellRow, block: TextBlock, direction: Direction, style: Style) -> None:
        room = max(block.indent, 2)
        shift = row.width - _MARGIN - room if direction is Direction.RTL else _MARGIN
        for cell in cached_layout(block.marker, room, direction, Shaping.LIGATURES).lines[0].cells:
            row.put(shift + cell.column, cell.text, cell.width, style)

    def _text_style(self, style: str) -> Style:
        """Return the style of a component class without its background: the current block has its own."""
        name = f"prose--{style}"
        if name not in self.COMPONENT_CLASSES:
            return Style.null()
        found = self.tint(name)
        return Style(color=found.color, bold=found.bold, italic=found.italic, underline=found.underline)

    def _inline(self, style: str) -> Style:
        if style == "code":
            return self._text_style("code")
        return Style(bold=style == "bold" or None, italic=style == "italic" or None)
