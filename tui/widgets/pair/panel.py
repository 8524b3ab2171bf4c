"""What is said of the open pair, in words: its names by concept, stances, implications, flags, comment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.message import Message

from hashiya.schema.records import Lang, Span
from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import cached_layout
from hashiya.tui.bidi.levels import Direction
from hashiya.tui.widgets.cell_row import CellRow, Styled
from hashiya.tui.widgets.entry_list import fitted
from hashiya.tui.widgets.label_colours import text_in_colour
from hashiya.tui.widgets.row_view import RowView

_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of the panel: a short name for what it is, then parts; some of them are dim.

    `colour` is the number of the name's colour; `at` is where a click takes the cursor. A row that `belongs`
    to the one above comes into view with it.
    """

    name: str
    parts: Sequence[str]
    dim: Sequence[str] = ()
    colour: int | None = None
    active: bool = False
    at: tuple[Lang, Span] | None = None
    belongs: bool = False


class Panel(RowView):
    """The statements of a pair, one a line."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"panel--name", "panel--dim"}
    DEFAULT_CSS = """
    Panel {
        & > .panel--name { color: $text-accent; text-style: bold; }
        & > .panel--dim { color: $foreground 60%; }
    }
    """

    @dataclass
    class Clicked(Message):
        """A statement about words of the text was clicked."""

        lang: Lang
        span: Span

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - as in every widget
        super().__init__(id=id, classes=classes)
        self._statements: Sequence[Statement] = ()
        self._base = Direction.LTR
        self._width = 0

    def show(self, statements: Sequence[Statement], base: Direction) -> None:
        """Show other statements, the active one in view."""
        if (statements, base) == (self._statements, self._base):
            return
        self._statements, self._base = statements, base
        self.reflow()

    def reflow(self) -> None:
        """Set the number of rows, and the width of the names."""
        self._width = max((fitted(item.name, 40)[1] for item in self._statements), default=0)
        self.fill(len(self._statements))
        self._show_active()

    def _show_active(self) -> None:
        """Bring the active statement into view, with the headings above and the rows that belong to it."""
        rows = self._statements
        number = next((number for number, row in enumerate(rows) if row.active), None)
        if number is None or not self.visible_rows:
            return
        first = last = number
        while first and not rows[first - 1].parts:
            first -= 1
        while last + 1 < len(rows) and rows[last + 1].belongs:
            last += 1
        self.reveal(first, last)

    def row_at(self, number: int) -> CellRow | None:
        """Return the row of a statement."""
        if number >= len(self._statements):
            return None
        statement = self._statements[number]
        plain = self.plain
        row = CellRow(self.columns, plain)
        rtl = self._base is Direction.RTL
        room = max(row.width - self._width - 2, 2)
        name = (
            self.tint("panel--name")
            if statement.colour is None
            else plain + text_in_colour(statement.colour, self.background_colors[1])
        )
        emphasis = Style(bold=True, reverse=True) if statement.active else Style.null()
        self._write(row, statement.name, name + emphasis, 0, self._width, rtl=rtl)
        text, spans = "", list[Styled]()
        for part in statement.parts:
            piece = _ISOLATE + " ".join(part.split()) + _END_ISOLATE
            if part in statement.dim:
                spans.append(Styled(len(text), len(text) + len(piece), self.tint("panel--dim")))
            text += piece + " "
        shown, _ = fitted(text, room)
        line = cached_layout(shown, room, self._base, Shaping.LIGATURES).lines[0]
        row.draw(
            line, [span for span in spans if span.start < len(shown)], shift=0 if rtl else self._width + 2
        )
        return row

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Tell which words a clicked statement is about."""
        number = self.place_of(event).y
        if event.button == 1 and 0 <= number < len(self._statements):
            place = self._statements[number].at
            if place is not None:
                event.stop()
                self.post_message(self.Clicked(*place))

    def _write(self, row: CellRow, text: str, style: Style, start: int, room: int, *, rtl: bool) -> None:
        shown, width = fitted(text, room)
        if width:
            line = cached_layout(shown, max(width, 2), self._base, Shaping.LIGATURES).lines[0]
            column = row.width - start - width if rtl else start
            row.draw(line, [Styled(0, len(shown), style)], shift=column - line.indent)
