"""A widget of rows that scrolls: what the list, the passage, the panel and the article are made of.

It scrolls up and down only, and its rows are painted one at a time. Rows and columns are those of the
content: inside padding, from the top of everything.
"""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual import events
from textual.geometry import Offset, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from hashiya.tui.widgets.cell_row import CellRow


class RowView(ScrollView, can_focus=False):
    """A scrolling widget of rows that its subclass paints with `row_at`."""

    ALLOW_SELECT: ClassVar[bool] = False  # Textual would select in the order of the screen
    DEFAULT_CSS = """
    RowView {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        padding: 0 0 0 1;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - its name in every widget
        self._tints: dict[str, Style] = {}
        self._blank: Strip | None = None
        super().__init__(id=id, classes=classes)

    @property
    def columns(self) -> int:
        """The columns that a row has."""
        return max(self.scrollable_content_region.width, 0)

    @property
    def visible_rows(self) -> int:
        """The rows that are seen at a time."""
        return max(self.scrollable_content_region.height, 0)

    def row_at(self, number: int) -> CellRow | None:
        """Return the row `number` as it is to be seen; `None` for a blank one."""
        raise NotImplementedError

    def reflow(self) -> None:
        """Lay everything out for the present width."""
        raise NotImplementedError

    def on_resize(self, event: events.Resize) -> None:
        """Lay out anew when there are more or fewer columns."""
        del event
        self.reflow()

    def fill(self, rows: int) -> None:
        """Set the number of rows, and repaint."""
        size = Size(self.columns, rows)
        if self.styles.is_auto_height or (rows > self.visible_rows) != self.show_vertical_scrollbar:
            self.virtual_size = size
        else:  # Textual would lay out the whole screen anew, where nothing but the scrollbar's thumb moves
            self.set_reactive(Widget.virtual_size, size)  # pyright: ignore[reportArgumentType] - the class's
            if self.show_vertical_scrollbar:
                self.vertical_scrollbar.window_virtual_size = rows
            self.scroll_y = self.scroll_y
        self.refresh()

    def jump(self, row: int) -> None:
        """Bring `row` to the top, as far as there is something below."""
        self.scroll_to(y=max(row, 0), animate=False, force=True)

    def reveal(self, first: int, last: int) -> None:
        """Scroll as little as brings the rows `first` to `last` into view; the first before the last."""
        top = round(self.scroll_target_y)
        wanted = min(max(top, last + 1 - self.visible_rows), first)
        if wanted != top:
            self.jump(wanted)

    def place_of(self, event: events.MouseEvent) -> Offset:
        """Return the column and the row under the pointer; outside of the content if the pointer is."""
        return event.get_content_offset_capture(self) + self.scroll_offset

    def render_line(self, y: int) -> Strip:
        """Return one row of the screen."""
        row = self.row_at(y + self.scroll_offset.y)
        if row is not None:
            return row.strip()
        if self._blank is None or self._blank.cell_length != self.columns:
            self._blank = Strip.blank(self.columns, self.plain)
        return self._blank

    @property
    def plain(self) -> Style:
        """The style of the widget itself, without a component class."""
        return self.tint("")

    def tint(self, name: str) -> Style:
        """Return the style of a component class on the background of the widget, from a cache."""
        if name not in self._tints:
            self._tints[name] = self.get_component_rich_style(name) if name else self.rich_style
        return self._tints[name]

    def notify_style_update(self) -> None:
        """Drop the styles of another theme."""
        super().notify_style_update()
        self._tints, self._blank = {}, None
