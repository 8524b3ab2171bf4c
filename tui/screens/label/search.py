"""Search over the whole corpus: hits are listed as they are found, nearest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual._path import CSSPathType
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.worker import Worker, get_current_worker

from hashiya.corpus.store.reader import GenerationReader
from hashiya.corpus.text.fold import fold
from hashiya.schema.errors import HashiyaError
from hashiya.schema.records import Lang, Pair
from hashiya.tui.bidi.levels import DIRECTIONS
from hashiya.tui.session.session import Session
from hashiya.tui.settings.language import _, current_language, ngettext
from hashiya.tui.widgets.bar import Bar, Piece, keys
from hashiya.tui.widgets.entry_list import Entry
from hashiya.tui.widgets.picker import Picker

MOST_LISTED = 200
_BEFORE_HIT = 24
"""Characters that are shown before the first word that was searched for."""


class SearchScreen(ModalScreen[tuple[str, int | None] | None]):
    """Gives back the query and the row that was chosen; row `None` stands for all hits, to go through."""

    CSS_PATH: ClassVar[CSSPathType | None] = "../dialog.tcss"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._listed: list[Entry] = []
        self._count = 0
        self._query = ""
        self._worker: Worker[None] | None = None
        self._picker = Picker(
            self._find,
            placeholder=_('words in Arabic or English; "quoted" words stand together; or a number or id'),
            base=current_language().direction,
        )

    def compose(self) -> ComposeResult:
        """Yield the title above the picker."""
        with Vertical(classes="dialog tall"):
            yield Bar(id="title")
            yield self._picker

    def on_mount(self) -> None:
        """Begin to type."""
        self._tell("")
        self.set_focus(self._picker.field)

    def on_picker_chosen(self, event: Picker.Chosen) -> None:
        """Give back what was chosen."""
        if event.entry is not None:
            self._stop()
            self.dismiss((event.query, int(event.entry.key) if event.entry.key else None))

    def on_picker_cancelled(self) -> None:
        """Give back nothing."""
        self._stop()
        self.dismiss(None)

    def _find(self, query: str) -> Sequence[Entry]:
        """Return the hits so far; another query than the last one begins a new search."""
        if query != self._query:
            self._query = query
            self._search(query)
        row = self._session.find(query) if query.strip() else None
        named = (
            [] if row is None else [Entry(str(row), _("Go to pair {number}").format(number=f"#{row + 1}"))]
        )
        every = (
            [Entry("", _("Go through all {count:,} hits").format(count=self._count))]
            if self._count > 1
            else []
        )
        return [*named, *self._listed[:1], *every, *self._listed[1:]]

    def _search(self, query: str) -> None:
        self._stop()
        self._listed, self._count = [], 0
        if fold(query):
            self._tell(_("searching ..."))
            self._worker = self.run_worker(lambda: self._look(query), thread=True, exit_on_error=False)
        else:
            self._tell("")

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.cancel()

    def _look(self, query: str) -> None:
        """Search, in a thread of its own: the files are opened anew, since each is for one thread only."""
        worker, app = get_current_worker(), self.app
        count = 0
        try:
            with GenerationReader(self._session.reader.generation, like=self._session.reader) as reader:
                listed = 0
                for hits in self._session.search(query):
                    if worker.is_cancelled:
                        return
                    count += len(hits.rows)
                    wanted = [int(row) for row in hits.rows[: MOST_LISTED - listed]]
                    entries = [_entry(reader.pair(row), row, query) for row in wanted]
                    listed += len(entries)
                    if entries and not worker.is_cancelled:
                        app.call_from_thread(self._add, worker, entries, count)
            if not worker.is_cancelled:
                app.call_from_thread(self._finish, worker, count)
        except HashiyaError as error:
            app.call_from_thread(self._tell, str(error))

    def _add(self, worker: Worker[None], entries: list[Entry], count: int) -> None:
        if worker is self._worker:
            self._listed += entries
            self._count = count
            self._picker.refresh_entries()

    def _finish(self, worker: Worker[None], count: int) -> None:
        if worker is self._worker:
            self._count = count
            self._picker.refresh_entries()
            said = ngettext("{count:,} hit", "{count:,} hits", count).format(count=count)
            if count > MOST_LISTED:
                said += ", " + _("the first {count} are listed").format(count=MOST_LISTED)
            self._tell(said)

    def _tell(self, message: str) -> None:
        self.query_one("#title", Bar).show(
            [Piece(_("Search"), "strong"), Piece(message, "dim")],
            keys(("Enter", _("Go")), ("Esc", _("Close"))),
            current_language().direction,
        )


def _entry(pair: Pair, row: int, query: str) -> Entry:
    """Return a hit as a line: the side that holds it, from a little before the first word of the query."""
    words = [fold(word) for word in query.replace('"', " ").split()]
    words = [word for word in words if word]
    lang: Lang = "ar" if all(word in (pair.ar_folded or "") for word in words) else "en"
    text = pair.text(lang) or ""
    at = 0
    for piece in text.split():
        if words and words[0] in fold(piece):
            at = text.find(piece)
            break
    shown = text if at <= _BEFORE_HIT else "…" + text[at - _BEFORE_HIT :]
    return Entry(str(row), shown, f"#{row + 1}", lang=DIRECTIONS[lang])
