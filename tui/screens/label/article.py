"""The whole article in both languages, pair by pair; Enter goes to the current pair."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual._path import CSSPathType
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from hashiya.corpus.store.document_view import DocumentView
from hashiya.tui.keys.keyboard import canonical
from hashiya.tui.settings.language import _, current_language
from hashiya.tui.widgets.bar import Bar, Piece, keys
from hashiya.tui.widgets.pair.parallel import Parallel

_CLOSING = frozenset({"escape", "q", "v", "f5"})
_STEPS = {"up": -1, "down": 1, "pageup": -5, "pagedown": 5}


class ArticleScreen(ModalScreen[int | None]):
    """Shows a document; gives back the place of the pair that was chosen in it, or `None`."""

    CSS_PATH: ClassVar[CSSPathType | None] = "../dialog.tcss"

    def __init__(self, view: DocumentView, current: int) -> None:
        super().__init__()
        self._view = view
        self._parallel = Parallel(view.pairs)
        self._parallel.current = current

    def compose(self) -> ComposeResult:
        """Yield the title above both sides."""
        with Vertical(classes="dialog whole"):
            yield Bar(id="title")
            yield self._parallel

    def on_mount(self) -> None:
        """Say which article this is."""
        document = self._view.document
        about = [part for part in (document.publisher, document.published) if part]
        self.query_one("#title", Bar).show(
            [Piece(document.title or document.doc_id, "strong"), *(Piece(part, "dim") for part in about)],
            keys(("Enter", _("Go to the pair")), ("Esc", _("Close"))),
            current_language().direction,
        )

    def on_key(self, event: events.Key) -> None:
        """Step through the pairs, choose one, or close."""
        key = canonical(event.key, event.character)
        event.stop()
        event.prevent_default()
        last = len(self._view.pairs) - 1
        if key in _CLOSING:
            self.dismiss(None)
        elif key == "enter":
            self.dismiss(self._parallel.current)
        elif key in {"home", "end"}:
            self._parallel.current = 0 if key == "home" else last
        elif key in _STEPS:
            self._parallel.current = min(max(self._parallel.current + _STEPS[key], 0), last)

    def on_parallel_clicked(self, event: Parallel.Clicked) -> None:
        """Go to the pair that was clicked."""
        self.dismiss(event.place)
