"""A row of short texts, some at its beginning, some at its end, cut where there is no room.

The row runs as the menus do: in Arabic it begins at the right. Each text keeps to itself, so that an
English name between Arabic ones, or the other way round, moves nothing around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import cached_layout
from hashiya.tui.bidi.levels import Direction
from hashiya.tui.widgets.cell_row import CellRow, Styled
from hashiya.tui.widgets.entry_list import ELLIPSIS, fitted

PieceStyle = Literal["plain", "key", "strong", "dim", "good", "bad", "chosen"]
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
BAR_GAP = 2
_NARROWEST_NAME = 3
"""Columns between two pieces."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A text in a bar, `tight` to the one before it; a click on it tells the owner its `action`."""

    text: str
    style: PieceStyle = "plain"
    action: str = ""
    tight: bool = False


def keys(*named: tuple[str, str]) -> list[Piece]:
    """Return pieces for keys, as they are shown, each with the name of what it does."""
    return [piece for key, name in named for piece in (Piece(key, "key"), Piece(name, tight=True))]


def _widest_name(pieces: Sequence[Piece], room: int) -> int:
    """Return how wide the names after keys may be so that every key has its place in the row."""
    widths = [(fitted(piece.text, room)[1], piece.tight) for piece in pieces]
    gaps = sum(1 if piece.tight else BAR_GAP for piece in pieces[1:])
    for most in range(room, _NARROWEST_NAME, -1):
        if sum(min(width, most) if tight else width for width, tight in widths) + gaps <= room:
            return most
    return _NARROWEST_NAME


class Bar(Widget):
    """One row of pieces."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "bar--key", "bar--strong", "bar--dim", "bar--good", "bar--bad", "bar--chosen",
    }  # fmt: skip
    DEFAULT_CSS = """
    Bar {
        height: 1;
        & > .bar--key { color: $text-accent; text-style: bold; }
        & > .bar--strong { text-style: bold; }
        & > .bar--dim { color: $foreground 60%; }
        & > .bar--good { color: $text-success; }
        & > .bar--bad { color: $text-error; text-style: bold; }
        & > .bar--chosen { text-style: bold reverse; }
    }
    """

    @dataclass
    class Clicked(Message):
        """A piece with an action was clicked."""

        action: str

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - as in every widget
        super().__init__(id=id, classes=classes)
        self._begin: Sequence[Piece] = ()
        self._end: Sequence[Piece] = ()
        self._base = Direction.LTR
        self._places: list[tuple[int, int, str]] = []

    def show(
        self, begin: Sequence[Piece], end: Sequence[Piece] = (), base: Direction = Direction.LTR
    ) -> None:
        """Show other pieces; those of `end` have their room first."""
        if (begin, end, base) != (self._begin, self._end, self._base):
            self._begin, self._end, self._base = begin, end, base
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return the painted row."""
        width = self.size.width
        row = CellRow(width, self.rich_style)
        self._places = []
        taken = self._draw(row, self._end, 0, width, far=True) if self._end else 0
        self._draw(row, self._begin, 0, width - taken - (BAR_GAP if taken else 0), far=False)
        return row.strip() if y == 0 else Strip.blank(width, self.rich_style)

    def _draw(self, row: CellRow, pieces: Sequence[Piece], used: int, room: int, *, far: bool) -> int:
        """Draw pieces along the row from its beginning, or all at its far end; the columns they take."""
        placed: list[tuple[int, int, Piece, str]] = []
        most = _widest_name(pieces, room - used)
        for piece in pieces:
            gap = 0 if not placed else 1 if piece.tight else BAR_GAP
            least = min(room - used - gap, most if piece.tight else room)
            # A name after its key is known by how it begins.
            text, width = fitted(piece.text, max(least, 0), "" if piece.tight else ELLIPSIS)
            if room - used - gap < 1 or not width:
                break
            placed.append((used + gap, width, piece, text))
            used += gap + width
        rtl = self._base is Direction.RTL
        for start, width, piece, text in placed:
            offset = row.width - used + start if far else start
            column = row.width - offset - width if rtl else offset
            line = cached_layout(
                _ISOLATE + text + _END_ISOLATE, max(width, 2), None, Shaping.LIGATURES
            ).lines[0]
            style = self._style(piece.style)
            row.draw(line, [Styled(0, len(text) + 2, style)], shift=column - line.indent)
            if piece.action:
                self._places.append((column, column + width, piece.action))
        return used

    def _style(self, style: PieceStyle) -> Style:
        return self.rich_style if style == "plain" else self.get_component_rich_style(f"bar--{style}")

    def on_click(self, event: events.Click) -> None:
        """Tell which action was clicked."""
        at = event.get_content_offset_capture(self).x
        for start, end, action in self._places:
            if start <= at < end:
                event.stop()
                self.post_message(self.Clicked(action))
