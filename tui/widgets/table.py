"""A table that runs as the menus do, and leaves out columns for which there is no room.

So do its cells: names and titles in either script are to be given as `isolated`. The titles, its first row,
stay where they are while the others scroll. One row is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.style import Style
from textual import events
from textual.message import Message

from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import cached_layout
from hashiya.tui.bidi.levels import Direction
from hashiya.tui.widgets.cell_row import CellRow
from hashiya.tui.widgets.entry_list import fitted
from hashiya.tui.widgets.row_view import RowView

ColumnKind = Literal["text", "number", "plot"]
CellStyle = Literal["plain", "dim", "good", "bad"]
_GAP = 2
_HIGHLIGHTED = Style(reverse=True)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: its title, and how wide it must at least be.

    `rank` says which columns stay where there is little room: those with the lowest. A text begins where the
    row does, a number ends at the right. A plot has its first value where the row begins. One column
    that `grows` takes what is left.
    """

    title: str
    least: int
    rank: int
    kind: ColumnKind = "number"
    grows: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: what it is called by its owner, a text for each column, and how it is painted."""

    key: str
    cells: tuple[str, ...]
    style: CellStyle = "plain"


def isolated(text: str) -> str:
    """Return a text that runs in its own direction, and turns nothing beside it round."""
    return f"\u2068{text}\u2069"


class Table(RowView, can_focus=True):
    """Rows below their titles; its owner moves through them and hears which is opened with the mouse."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--title", "table--dim", "table--good", "table--bad"}
    DEFAULT_CSS = """
    Table {
        padding: 0;
        & > .table--title { color: $text-primary; text-style: bold; }
        & > .table--dim { color: $foreground 55%; }
        & > .table--good { color: $text-success; }
        & > .table--bad { color: $text-error; }
    }
    """

    @dataclass
    class Opened(Message):
        """The chosen row was clicked."""

        key: str

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - its name in every widget
        super().__init__(id=id, classes=classes)
        self._columns: Sequence[TableColumn] = ()
        self._rows: Sequence[TableRow] = ()
        self._base = Direction.LTR
        self._chosen = 0
        self._widths: dict[int, int] = {}

    @property
    def chosen(self) -> TableRow | None:
        """The chosen row; `None` where there are none."""
        return self._rows[self._chosen] if self._rows else None

    def show(self, columns: Sequence[TableColumn], rows: Sequence[TableRow], base: Direction) -> None:
        """Show other rows; the row that was chosen stays so, by its key, where it is still there."""
        before = self.chosen
        self._columns, self._rows, self._base = columns, rows, base
        keys = [row.key for row in rows]
        self._chosen = keys.index(before.key) if before and before.key in keys else 0
        self.reflow()

    def move(self, step: int) -> None:
        """Choose a row further on, or back."""
        self._chosen = min(max(self._chosen + step, 0), max(len(self._rows) - 1, 0))
        self._show_chosen()
        self.refresh()

    def reflow(self) -> None:
        """Fit the columns into the present width."""
        self._widths = _fitting(self._columns, self._rows, self.columns)
        self.fill(len(self._rows) + 1)
        self._show_chosen()

    def row_at(self, number: int) -> CellRow | None:
        """Return a row; the titles are the first."""
        if number == round(self.scroll_offset.y):  # whatever is scrolled to the top lies below the titles
            return self._painted(tuple(column.title for column in self._columns), self.tint("table--title"))
        if number > len(self._rows):
            return None
        row = self._rows[number - 1]
        style = self.plain if row.style == "plain" else self.tint(f"table--{row.style}")
        if number - 1 == self._chosen:
            style += _HIGHLIGHTED
        return self._painted(row.cells, style)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Choose the row that was clicked; open the one that was chosen already."""
        number = self.place_of(event).y - 1
        if event.button != 1 or not 0 <= number < len(self._rows) or event.y == 0:
            return
        event.stop()
        if number == self._chosen:
            self.post_message(self.Opened(self._rows[number].key))
        self.move(number - self._chosen)

    def _painted(self, cells: Sequence[str], style: Style) -> CellRow:
        row = CellRow(self.columns, style)
        rtl = self._base is Direction.RTL
        start = 0
        for number, width in self._widths.items():
            column = self._columns[number]
            text, taken = fitted(cells[number], width)
            # The last digits stand below each other: at the right, also where the row runs to the left.
            offset = start + (width - taken if column.kind == "number" and not rtl else 0)
            left = row.width - offset - taken if rtl else offset
            if taken:
                line = cached_layout(text, max(taken, 2), self._base, Shaping.LIGATURES).lines[0]
                row.draw(line, shift=left - line.indent)
            start += width + _GAP
        return row

    def _show_chosen(self) -> None:
        if self._rows and self.visible_rows > 1:
            # The row above it is where the titles lie.
            self.reveal(self._chosen, self._chosen + 1)


def _fitting(columns: Sequence[TableColumn], rows: Sequence[TableRow], room: int) -> dict[int, int]:
    """The columns that have room, in their order, and how wide each is."""
    wanted = [
        max([column.least, *(fitted(text, room)[1] for text in (column.title, *_texts(rows, number)))])
        if not column.grows
        else column.least
        for number, column in enumerate(columns)
    ]
    taken: set[int] = set()
    left = room + _GAP
    for number in sorted(range(len(columns)), key=lambda number: columns[number].rank):
        if wanted[number] + _GAP > left and taken:
            continue
        taken.add(number)
        left -= wanted[number] + _GAP
    widths = {number: min(wanted[number], max(room, 1)) for number in sorted(taken)}
    for number, width in widths.items():
        if columns[number].grows:
            needed = max([0, *(fitted(text, room)[1] for text in _texts(rows, number))])
            widths[number] = width + max(min(left, needed - width), 0)
    return widths


def _texts(rows: Sequence[TableRow], number: int) -> list[str]:
    return [row.cells[number] for row in rows]
