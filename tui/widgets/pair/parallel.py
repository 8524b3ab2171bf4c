"""A whole article, pair by pair: English on the left, Arabic on the right, beginning on the same row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import var

from hashiya.schema.records import LANGS, Lang, Pair
from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import Layout, cached_layout
from hashiya.tui.bidi.levels import DIRECTIONS
from hashiya.tui.widgets.cell_row import CellRow, Styled
from hashiya.tui.widgets.row_view import RowView

_GAP = 3
_ABSENT = "—"
_NOW = Style(bold=True)


class Parallel(RowView):
    """The pairs of a document; one of them is the current one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "parallel--title", "parallel--boilerplate", "parallel--current",
    }  # fmt: skip
    DEFAULT_CSS = """
    Parallel {
        & > .parallel--title { text-style: bold; }
        & > .parallel--boilerplate { color: $foreground 50%; }
        & > .parallel--current { background: $primary 25%; }
    }
    """

    current: var[int] = var(0)
    """The place of the current pair."""

    class Clicked(Message):
        """A pair was clicked."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, pairs: Sequence[Pair], *, id: str | None = None) -> None:  # noqa: A002 - its name in every widget
        super().__init__(id=id)
        self._pairs = pairs
        self._rows: list[tuple[int, int] | None] = []
        self._starts: list[int] = []

    def watch_current(self) -> None:
        """Bring the current pair into view."""
        if self._starts:
            start = self._starts[self.current]
            self.reveal(max(start - 1, 0), start + self._height(self.current))
            self.refresh()

    def reflow(self) -> None:
        """Lay the pairs out for the present width."""
        self._rows, self._starts = [], []
        if not self.columns:
            return
        for number in range(len(self._pairs)):
            self._starts.append(len(self._rows))
            self._rows += [(number, line) for line in range(self._height(number))] + [None]
        self.fill(len(self._rows))
        self.watch_current()

    def row_at(self, number: int) -> CellRow | None:
        """Return the row `number`: a line of a pair, on both sides."""
        place = self._rows[number] if number < len(self._rows) else None
        if place is None:
            return None
        pair_number, line_number = place
        pair = self._pairs[pair_number]
        base = self.plain
        if pair_number == self.current:
            base = self.tint("parallel--current") + _NOW
        if pair.kind in {"title", "boilerplate"}:
            kind = self.tint(f"parallel--{pair.kind}")
            base += Style(color=kind.color, bold=kind.bold)
        row = CellRow(self.columns, base)
        for lang in LANGS:
            found = self._layout(pair, lang)
            if line_number < len(found.lines):
                shift = 0 if lang == "en" else self.columns - found.width
                row.draw(found.lines[line_number], [Styled(0, len(found.text), base)], shift=shift)
        return row

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Tell which pair was clicked."""
        row = self.place_of(event).y
        place = self._rows[row] if 0 <= row < len(self._rows) else None
        if event.button == 1 and place is not None:
            event.stop()
            self.post_message(self.Clicked(place[0]))

    def _height(self, number: int) -> int:
        return max(len(self._layout(self._pairs[number], lang).lines) for lang in LANGS)

    def _layout(self, pair: Pair, lang: Lang) -> Layout:
        width = max((self.columns - _GAP) // 2, 2)
        text = pair.text(lang)
        return cached_layout(_ABSENT if text is None else text, width, DIRECTIONS[lang], Shaping.LIGATURES)
