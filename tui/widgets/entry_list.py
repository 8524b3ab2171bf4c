"""A list of entries of any length, one row each: only rows that are seen are laid out.

Rows are the entries and a heading wherever the group changes; an entry's number counts entries only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.message import Message

from hashiya.tui.bidi.glyphs import shape
from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import cached_layout
from hashiya.tui.bidi.levels import Direction
from hashiya.tui.widgets.cell_row import CellRow
from hashiya.tui.widgets.row_view import RowView

ELLIPSIS = "…"
_GAP = 2
_HIGHLIGHTED = Style(reverse=True)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to choose; `key` identifies it to the owner, `note` stands at the far side of the row."""

    key: str
    text: str
    note: str = ""
    group: str = ""
    lang: Direction | None = None


@lru_cache(maxsize=4096)
def fitted(text: str, width: int, sign: str = ELLIPSIS) -> tuple[str, int]:
    """Return a text on one line, cut where it is too long for the columns, and the columns it takes.

    `sign` says that it was cut; it takes a column for each of its characters.
    """
    text = " ".join(text.split())
    glyphs = shape(text, Shaping.LIGATURES)
    used = sum([glyph.width for glyph in glyphs])
    if used <= width:
        return text, used
    while glyphs and used > width - len(sign):
        used -= glyphs.pop().width
    kept = text[: glyphs[-1].end].rstrip() if glyphs else ""
    return kept + sign, min(used + len(sign), width)


class EntryList(RowView):
    """The entries of a picker; it is told which of them is highlighted."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"entries--note", "entries--group"}
    DEFAULT_CSS = """
    EntryList {
        padding: 0 0 0 1;
        & > .entries--note { color: $foreground 55%; }
        & > .entries--group { color: $text-primary; text-style: bold; }
    }
    """

    @dataclass
    class Clicked(Message):
        """The left button went down on the entry `number`."""

        number: int

    def __init__(self, base: Direction | None = None) -> None:
        super().__init__()
        self.base = base
        self._entries: Sequence[Entry] = ()
        self._rows: list[int | str] = []  # an entry's number, or a heading
        self._row_of: list[int] = []
        self._highlighted = 0

    @property
    def entries(self) -> Sequence[Entry]:
        """What is listed."""
        return self._entries

    @property
    def highlighted(self) -> int:
        """The number of the entry to be chosen; 0 if there are none."""
        return self._highlighted

    @highlighted.setter
    def highlighted(self, number: int) -> None:
        self._highlighted = max(min(number, len(self._entries) - 1), 0)
        self._show_highlighted()
        self.refresh()

    def show(self, entries: Sequence[Entry]) -> None:
        """Show other entries; the first is highlighted."""
        self._entries = entries
        self._rows, self._row_of = [], []
        group = ""
        for number, entry in enumerate(entries):
            if entry.group != group:
                group = entry.group
                self._rows.append(group)
            self._row_of.append(len(self._rows))
            self._rows.append(number)
        self._highlighted = 0
        self.reflow()

    def reflow(self) -> None:
        """Set the number of rows; they are laid out when they are seen."""
        self.fill(len(self._rows))
        self._show_highlighted()

    def row_at(self, number: int) -> CellRow | None:
        """Return the row `number`: an entry, or a heading."""
        if number >= len(self._rows):
            return None
        what = self._rows[number]
        if isinstance(what, str):
            return self._heading(what)
        entry = self._entries[what]
        chosen = _HIGHLIGHTED if what == self._highlighted else Style.null()
        row = CellRow(self.columns, self.plain + chosen)
        # A short text leaves the note all the room that it needs, a long one a third.
        _, wanted = fitted(entry.text, row.width)
        note_room = max(row.width // 3, row.width - wanted - _GAP)
        note, taken = fitted(entry.note, note_room)
        text, _ = fitted(entry.text, max(row.width - (taken + _GAP if note else 0), 1))
        found = cached_layout(text, max(row.width, 2), self._direction(entry), Shaping.LIGATURES)
        row.draw(found.lines[0])
        if note:
            right = found.lines[0].direction is Direction.LTR
            line = cached_layout(note, max(taken, 2), None, Shaping.LIGATURES).lines[0]
            shift = (row.width - taken if right else 0) - line.indent
            noted = CellRow(row.width, self.tint("entries--note") + chosen)
            noted.draw(line, shift=shift)
            row.overlay(noted, row.width - taken if right else 0, taken)
        return row

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Tell which entry was clicked."""
        row = self.place_of(event).y
        if event.button == 1 and 0 <= row < len(self._rows) and not isinstance(self._rows[row], str):
            event.stop()
            self.post_message(self.Clicked(bisect_left(self._row_of, row)))

    def _direction(self, entry: Entry) -> Direction | None:
        return self.base if entry.lang is None else entry.lang

    def _heading(self, group: str) -> CellRow:
        row = CellRow(self.columns, self.tint("entries--group"))
        text, _ = fitted(group, row.width)
        row.draw(cached_layout(text, max(row.width, 2), self.base, Shaping.LIGATURES).lines[0])
        return row

    def _show_highlighted(self) -> None:
        if self._entries and self.visible_rows:
            row = self._row_of[self._highlighted]
            # With the first entry of a group its heading is seen.
            self.reveal(row - 1 if row and isinstance(self._rows[row - 1], str) else row, row)
