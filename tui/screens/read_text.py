"""A text to be read: the keys, the guidelines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual._path import CSSPathType
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from hashiya.tui.keys.keyboard import canonical
from hashiya.tui.settings.language import _, current_language
from hashiya.tui.widgets.bar import Bar, Piece, keys
from hashiya.tui.widgets.markdown import TextBlock
from hashiya.tui.widgets.prose import Prose

_CLOSING = frozenset({"escape", "enter", "q", "h", "?", "f1", "f9"})


@dataclass(frozen=True, slots=True)
class TitledText:
    """A text with its title, and the block to begin at."""

    title: str
    blocks: Sequence[TextBlock]
    current: int | None = None


class TextScreen(ModalScreen[None]):
    """Shows a text; where there are several, Tab goes from one to the next."""

    CSS_PATH: ClassVar[CSSPathType | None] = "dialog.tcss"

    def __init__(self, *readings: TitledText) -> None:
        super().__init__()
        self._readings = readings
        self._at = 0
        self._prose = Prose()

    def compose(self) -> ComposeResult:
        """Yield the title above the text."""
        with Vertical(classes="dialog tall"):
            yield Bar(id="title")
            yield self._prose

    def on_mount(self) -> None:
        """Show the first text."""
        self._show()
        self.set_focus(self._prose)

    def on_key(self, event: events.Key) -> None:
        """Close, or show the next text."""
        key = canonical(event.key, event.character)
        if key in _CLOSING:
            event.stop()
            self.dismiss(None)
        elif key == "tab":
            event.stop()
            event.prevent_default()
            self._at = (self._at + 1) % len(self._readings)
            self._show()

    def _show(self) -> None:
        reading = self._readings[self._at]
        following = self._readings[(self._at + 1) % len(self._readings)]
        others = [("Tab", following.title)] if following is not reading else []
        self.query_one("#title", Bar).show(
            [Piece(reading.title, "strong")], keys(*others, ("Esc", _("Close"))), current_language().direction
        )
        self._prose.show(reading.blocks, current=reading.current)
