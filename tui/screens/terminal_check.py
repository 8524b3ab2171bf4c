"""Does Arabic read right here? A line to look at, and the other ways to send it when it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual._path import CSSPathType
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from hashiya.tui.bidi.levels import Direction
from hashiya.tui.keys.keyboard import canonical
from hashiya.tui.settings.language import _, current_language
from hashiya.tui.terminal.bidi_modes import BIDI_MODES, terminal_advice
from hashiya.tui.terminal.detection import Terminal
from hashiya.tui.widgets.bar import Bar, Piece, keys
from hashiya.tui.widgets.markdown import TextBlock
from hashiya.tui.widgets.prose import Prose

SAMPLE_LINE = "سلامٌ (١) وNvidia لا إله."
"""Letters that join, a mark, brackets, an Arabic digit, a particle on a Latin name, a lam-alef."""


class TerminalCheckScreen(ModalScreen[str]):
    """Shows the sample in one mode after the other; gives back the id of the mode that reads right."""

    CSS_PATH: ClassVar[CSSPathType | None] = "dialog.tcss"

    def __init__(self, mode: str, use: Callable[[str], Terminal]) -> None:
        """Begin with `way`; `use` has the app send Arabic in the mode of that id."""
        super().__init__()
        self._at = next((number for number, found in enumerate(BIDI_MODES) if found.id == mode), 0)
        self._use = use
        self._prose = Prose()

    def compose(self) -> ComposeResult:
        """Yield the question, the sample, the choices."""
        with Vertical(classes="dialog notice"):
            yield Bar(id="title")
            yield self._prose
            yield Bar(id="choices")

    def on_mount(self) -> None:
        """Show the sample as it is sent now."""
        base = current_language().direction
        self.query_one("#title", Bar).show([Piece(_("Does this read correctly?"), "strong")], (), base)
        self.query_one("#choices", Bar).show(
            keys(("Enter", _("Yes, it does")), ("Space", _("No, try another way"))), (), base
        )
        self._show()

    def on_key(self, event: events.Key) -> None:
        """Take the way that is shown, or try the next."""
        key = canonical(event.key, event.character)
        event.stop()
        event.prevent_default()
        if key == "enter":
            self.dismiss(BIDI_MODES[self._at].id)
        elif key in {"space", "right", "down", "n"}:
            self._at = (self._at + 1) % len(BIDI_MODES)
            self._show()
        elif key in {"left", "up"}:
            self._at = (self._at - 1) % len(BIDI_MODES)
            self._show()

    def _show(self) -> None:
        base = current_language().direction
        how = self._use(BIDI_MODES[self._at].id)
        description = _(
            "From right to left: “salaam” with its letters joined and a mark, a one in brackets that open "
            "towards it, “Nvidia” after a \u2068و\u2069, and “la ilah” with a full stop at the far left."
        )
        way = _("Way {number} of {count}: {name}").format(
            number=self._at + 1, count=len(BIDI_MODES), name=_(BIDI_MODES[self._at].name)
        )
        extra = [TextBlock(text, base)] if (text := terminal_advice(how)) else []
        self._prose.show(
            [
                TextBlock(SAMPLE_LINE, Direction.RTL, "heading"),
                TextBlock(description, base, "dim"),
                TextBlock(way, base),
                *extra,
            ]
        )
