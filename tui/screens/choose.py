"""One of many to be chosen: a command, a filter, a counterpart, a theme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual._path import CSSPathType
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from hashiya.corpus.text.fold import fold
from hashiya.tui.settings.language import _, current_language
from hashiya.tui.widgets.bar import Bar, Piece
from hashiya.tui.widgets.entry_list import Entry
from hashiya.tui.widgets.picker import Picker

FindEntries = Callable[[str], Sequence[Entry]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The key of the entry that was chosen, `None` where none was found, and what had been typed."""

    key: str | None
    query: str


class ChoosingScreen(ModalScreen[Chosen | None]):
    """Lists what `find` finds for what is typed; `None` when given up."""

    CSS_PATH: ClassVar[CSSPathType | None] = "dialog.tcss"

    def __init__(self, title: str, find: FindEntries, *, value: str = "", placeholder: str = "") -> None:
        super().__init__()
        self._title = title
        self.picker = Picker(find, value=value, placeholder=placeholder, base=current_language().direction)

    def compose(self) -> ComposeResult:
        """Yield the title above the picker."""
        with Vertical(classes="dialog tall"):
            yield Bar(id="title")
            yield self.picker

    def on_mount(self) -> None:
        """Begin to type."""
        self.tell(self._title)
        self.set_focus(self.picker.field)

    def tell(self, title: str) -> None:
        """Show another title."""
        self.query_one("#title", Bar).show(
            [Piece(title, "strong")],
            [
                Piece("Enter", "key"),
                Piece(_("Choose"), tight=True),
                Piece("Esc", "key"),
                Piece(_("Cancel"), tight=True),
            ],
            current_language().direction,
        )

    def on_picker_chosen(self, event: Picker.Chosen) -> None:
        """Give back what was chosen."""
        self.dismiss(Chosen(event.entry.key if event.entry else None, event.query))

    def on_picker_cancelled(self) -> None:
        """Give back nothing."""
        self.dismiss(None)


def among(entries: Sequence[Entry]) -> FindEntries:
    """Return a search of entries by all words typed, in text, note or group; folded as a search folds."""
    folded = [fold(f"{entry.text} {entry.note} {entry.group}") for entry in entries]

    def find(query: str) -> list[Entry]:
        words = fold(query).split()
        return [
            entry for entry, text in zip(entries, folded, strict=True) if all(word in text for word in words)
        ]

    return find
