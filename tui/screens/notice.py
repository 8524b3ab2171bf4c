"""Something the annotator has to know before going on, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual._path import CSSPathType
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from hashiya.tui.keys.keyboard import canonical, key_label
from hashiya.tui.settings.language import current_language
from hashiya.tui.widgets.bar import Bar, Piece
from hashiya.tui.widgets.markdown import TextBlock
from hashiya.tui.widgets.prose import Prose


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be done: its key, its name, and what is given back."""

    key: str
    name: str
    result: str


class NoticeScreen(ModalScreen[str]):
    """Shows a title, a text and the choices; gives back the result of the one that is made."""

    CSS_PATH: ClassVar[CSSPathType | None] = "dialog.tcss"

    def __init__(self, title: str, text: Sequence[str], choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._choices = choices

    def compose(self) -> ComposeResult:
        """Yield the title, the text, the choices."""
        base = current_language().direction
        with Vertical(classes="dialog notice"):
            yield Bar(id="title")
            yield Prose([TextBlock(text, base) for text in self._text])
            yield Bar(id="choices")

    def on_mount(self) -> None:
        """Show what can be done."""
        base = current_language().direction
        self.query_one("#title", Bar).show([Piece(self._title, "strong")], (), base)
        pieces: list[Piece] = []
        for choice in self._choices:
            pieces += [
                Piece(key_label(choice.key), "key"),
                Piece(choice.name, tight=True, action=choice.result),
            ]
        self.query_one("#choices", Bar).show(pieces, (), base)

    def on_key(self, event: events.Key) -> None:
        """Make a choice."""
        key = canonical(event.key, event.character)
        for choice in self._choices:
            if choice.key == key:
                event.stop()
                event.prevent_default()
                self.dismiss(choice.result)
                return

    def on_bar_clicked(self, event: Bar.Clicked) -> None:
        """Make a choice with the mouse."""
        self.dismiss(event.action)
