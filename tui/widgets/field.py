"""One line of Arabic, English or both that is edited: the caret moves in the order of the screen.

The value is in the order of reading; indices are its code points. The caret is a reversed cell,
and longer values wrap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import Layout, cached_layout
from hashiya.tui.bidi.levels import Direction
from hashiya.tui.widgets.caret import by_word, pointed, seen, shift, stepped
from hashiya.tui.widgets.cell_row import CellRow
from hashiya.tui.widgets.editing import Edited, cleaned

_CARET = Style(reverse=True)


@dataclass
class _FromField(Message):
    """What all messages of a field hold."""

    field: Field

    @property
    def control(self) -> Field:
        """The sender, for `@on`."""
        return self.field


class Field(Widget, can_focus=True):
    """A line editor for text of both directions."""

    ALLOW_SELECT: ClassVar[bool] = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"field--placeholder"}
    DEFAULT_CSS = """
    Field {
        width: 1fr;
        height: auto;
        padding: 0 1;
        background: $surface;
        color: $foreground;
        &:focus { background-tint: $foreground 5%; }
        & > .field--placeholder { color: $foreground 50%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step('RTL')", "Left", show=False, id="field.left"),
        Binding("right", "step('LTR')", "Right", show=False, id="field.right"),
        Binding("ctrl+left", "word('RTL')", "Word left", show=False, id="field.word-left"),
        Binding("ctrl+right", "word('LTR')", "Word right", show=False, id="field.word-right"),
        Binding("home,ctrl+a", "home", "To the beginning", show=False, id="field.home"),
        Binding("end,ctrl+e", "end", "To the end", show=False, id="field.end"),
        Binding("backspace", "backspace", "Delete before", show=False, id="field.backspace"),
        Binding("delete,ctrl+d", "delete", "Delete", show=False, id="field.delete"),
        Binding("ctrl+w", "delete_word", "Delete the word before", show=False, id="field.delete-word"),
        Binding("ctrl+u", "clear", "Clear", show=False, id="field.clear"),
        Binding("enter", "submit", "Accept", show=False, id="field.submit"),
        Binding("escape", "cancel", "Cancel", show=False, id="field.cancel"),
    ]

    @dataclass
    class Changed(_FromField):
        """The user has changed the value."""

        value: str

    @dataclass
    class Submitted(_FromField):
        """The user is done."""

        value: str

    @dataclass
    class Cancelled(_FromField):
        """The user gives up."""

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        base: Direction | None = None,
        max_rows: int = 3,
        id: str | None = None,  # noqa: A002 - its name in every widget
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.base = base
        """The way the line runs; None leaves it to the first strong letter."""
        self._placeholder = cleaned(placeholder)
        self._max_rows = max(max_rows, 1)
        self._edited = Edited()
        self._top = 0
        self.value = value

    @property
    def value(self) -> str:
        """The text; when it is set the caret goes to its end, and no message is sent."""
        return self._edited.text

    @value.setter
    def value(self, value: str) -> None:
        text = cleaned(value)
        self._put(Edited(text, len(text)))

    @property
    def caret(self) -> int:
        """The code point before which text is inserted."""
        return self._edited.caret

    @caret.setter
    def caret(self, index: int) -> None:
        self._put(self._edited.at(index))

    @property
    def placeholder(self) -> str:
        """What stands there while there is no value."""
        return self._placeholder

    @placeholder.setter
    def placeholder(self, text: str) -> None:
        self._placeholder = cleaned(text)
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows that the value needs, up to the most allowed."""
        del container, viewport
        return min(len(self._laid(width).lines), self._max_rows)

    def render_line(self, y: int) -> Strip:
        """Return one row of the screen."""
        laid_out, width = self._laid(), self.content_size.width
        number = y + self._top
        empty = not self.value
        row = CellRow(
            width, self.get_component_rich_style("field--placeholder") if empty else self.rich_style
        )
        if number >= len(laid_out.lines):
            return row.strip()
        line = laid_out.lines[number]
        row.draw(line, shift=shift(line.direction))
        caret = seen(laid_out, self.caret)
        if self.has_focus and caret.line == number:
            row.restyle(caret.start, caret.end, _CARET)
        return row.strip()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Return whether a key is text: then no binding above takes it."""
        del key
        return character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """Insert what is typed."""
        if event.is_printable and event.character:
            event.stop()
            event.prevent_default()
            self._edit(self._edited.insert(event.character))

    def on_paste(self, event: events.Paste) -> None:
        """Insert what is pasted, as one line."""
        event.stop()
        event.prevent_default()
        self._edit(self._edited.insert(event.text.strip("\r\n")))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the caret under the pointer; beyond the end, at the end."""
        event.stop()
        offset = event.get_content_offset_capture(self)
        laid_out, row = self._laid(), offset.y + self._top
        self.caret = pointed(laid_out, row, offset.x) if self.value else 0

    def on_resize(self) -> None:
        """Keep the caret in view."""
        self._follow()

    def action_step(self, side: str) -> None:
        """One glyph to the right (LTR) or to the left (RTL), as it is seen."""
        if self.value:
            self.caret = stepped(self._laid(), self.caret, Direction[side])

    def action_word(self, side: str) -> None:
        """One word to the right (LTR) or to the left (RTL), as the line runs."""
        self.caret = by_word(self._laid(), self._edited, Direction[side])

    def action_home(self) -> None:
        """To the beginning of the value."""
        self.caret = 0

    def action_end(self) -> None:
        """To the end of the value."""
        self.caret = len(self.value)

    def action_backspace(self) -> None:
        """Delete the glyph before the caret."""
        self._edit(self._edited.backspace())

    def action_delete(self) -> None:
        """Delete the glyph at the caret."""
        self._edit(self._edited.delete())

    def action_delete_word(self) -> None:
        """Delete back to the beginning of a word."""
        self._edit(self._edited.delete_word())

    def action_clear(self) -> None:
        """Delete everything."""
        self._edit(Edited())

    def action_submit(self) -> None:
        """Tell that the user is done."""
        self.post_message(self.Submitted(self, self.value))

    def action_cancel(self) -> None:
        """Tell that the user gives up."""
        self.post_message(self.Cancelled(self))

    def _laid(self, width: int | None = None) -> Layout:
        columns = self.content_size.width if width is None else width
        return cached_layout(self.value or self._placeholder, max(columns - 1, 1), self.base, Shaping.LETTERS)

    def _edit(self, edited: Edited) -> None:
        changed = edited.text != self.value
        self._put(edited)
        if changed:
            self.post_message(self.Changed(self, self.value))

    def _put(self, edited: Edited) -> None:
        self._edited = edited
        if self.is_attached:
            self._follow()

    def _follow(self) -> None:
        """Scroll the caret into view, and take as many rows as the value needs."""
        laid_out = self._laid()
        rows = min(len(laid_out.lines), self._max_rows)
        row = laid_out.places[self.caret].line
        self._top = min(max(self._top, row - rows + 1, 0), row, max(len(laid_out.lines) - rows, 0))
        self.refresh(layout=rows != self.content_size.height)
