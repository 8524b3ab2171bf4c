"""A line to be written: what was meant, a comment, a concept, a number to go to, a name."""

from __future__ import annotations

from typing import ClassVar

from textual._path import CSSPathType
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from hashiya.tui.bidi import Direction
from hashiya.tui.language import _, spoken
from hashiya.tui.widgets import Field
from hashiya.tui.widgets.bar import Bar, Piece


class WritingScreen(ModalScreen[str | None]):
    """Asks for a line at the foot of the screen, the text above still in view; ``None`` when given up."""

    CSS_PATH: ClassVar[CSSPathType | None] = "dialog.tcss"

    def __init__(
        self,
        title: str,
        *,
        value: str = "",
        placeholder: str = "",
        base: Direction | None = None,
        verb: str = "",
    ) -> None:
        super().__init__(classes="foot")
        self._title = title
        self._verb = verb or _("Save")
        self._field = Field(value, placeholder=placeholder, base=base)

    def compose(self) -> ComposeResult:
        """The title above the field."""
        with Vertical(classes="dialog"):
            yield Bar(id="title")
            yield self._field

    def on_mount(self) -> None:
        """Begin to write."""
        self.query_one("#title", Bar).show(
            [Piece(self._title, "strong")],
            [
                Piece("Enter", "key"),
                Piece(self._verb, tight=True),
                Piece("Esc", "key"),
                Piece(_("Cancel"), tight=True),
            ],
            spoken().direction,
        )
        self.set_focus(self._field)

    def on_field_submitted(self, event: Field.Submitted) -> None:
        """Give back what was written."""
        self.dismiss(event.value)

    def on_field_cancelled(self) -> None:
        """Give back nothing."""
        self.dismiss(None)
