"""A field above a list: typing narrows the list, and what is highlighted is chosen with Enter.

What is found, and in which order, is the owner's business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from hashiya.tui.bidi.levels import Direction
from hashiya.tui.widgets.entry_list import Entry, EntryList
from hashiya.tui.widgets.field import Field


@dataclass
class _FromPicker(Message):
    """What all messages of a picker hold."""

    picker: Picker

    @property
    def control(self) -> Picker:
        """The sender, for `@on`."""
        return self.picker


class Picker(Vertical):
    """Chooses one of many entries."""

    DEFAULT_CSS = """
    Picker {
        height: 1fr;
        & > EntryList { height: 1fr; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False, id="picker.up"),
        Binding("down", "move(1)", "Down", show=False, id="picker.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="picker.page-up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="picker.page-down"),
    ]

    @dataclass
    class Chosen(_FromPicker):
        """An entry was chosen; `None` where nothing was found for what had been typed."""

        entry: Entry | None
        query: str

    @dataclass
    class Cancelled(_FromPicker):
        """Nothing was chosen."""

    @dataclass
    class Highlighted(_FromPicker):
        """Another entry would be chosen now; `None` where there is none."""

        entry: Entry | None

    def __init__(
        self,
        find: Callable[[str], Sequence[Entry]],
        *,
        value: str = "",
        placeholder: str = "",
        base: Direction | None = None,
        id: str | None = None,  # noqa: A002 - its name in every widget
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._find = find
        self.field = Field(value, placeholder=placeholder, base=base, max_rows=1)
        self.entries = EntryList(base)

    def compose(self) -> ComposeResult:
        """Yield the field above the list."""
        yield self.field
        yield self.entries

    def on_mount(self) -> None:
        """List what is found for the first value."""
        self.refresh_entries()

    @property
    def query_text(self) -> str:
        """What is typed."""
        return self.field.value

    @property
    def highlighted(self) -> Entry | None:
        """The entry that Enter would choose."""
        listed = self.entries
        return listed.entries[listed.highlighted] if listed.entries else None

    def refresh_entries(self) -> None:
        """Find again; the entry that was highlighted stays so if it is still there."""
        key = self.highlighted.key if self.highlighted else None
        self._refind(key)

    def _refind(self, key: str | None) -> None:
        found = self._find(self.query_text)
        self.entries.show(found)
        if key is not None:
            self.entries.highlighted = next((at for at, entry in enumerate(found) if entry.key == key), 0)
        self.post_message(self.Highlighted(self, self.highlighted))

    def action_move(self, step: int) -> None:
        """Highlight an entry above or below."""
        self._highlight(self.entries.highlighted + step)

    def action_page(self, step: int) -> None:
        """Highlight an entry a page above or below."""
        self._highlight(self.entries.highlighted + step * max(self.entries.visible_rows - 1, 1))

    def on_field_changed(self, event: Field.Changed) -> None:
        """Find what was typed; the best is highlighted."""
        event.stop()
        self._refind(None)

    def on_field_submitted(self, event: Field.Submitted) -> None:
        """Choose."""
        event.stop()
        self.post_message(self.Chosen(self, self.highlighted, self.query_text))

    def on_field_cancelled(self, event: Field.Cancelled) -> None:
        """Give up."""
        event.stop()
        self.post_message(self.Cancelled(self))

    def on_entry_list_clicked(self, event: EntryList.Clicked) -> None:
        """Choose what was clicked."""
        event.stop()
        self._highlight(event.number)
        self.post_message(self.Chosen(self, self.highlighted, self.query_text))

    def _highlight(self, number: int) -> None:
        before = self.entries.highlighted
        self.entries.highlighted = number
        if self.entries.highlighted != before:
            self.post_message(self.Highlighted(self, self.highlighted))
