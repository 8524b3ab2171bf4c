"""The cursors of both sides of the open pair, one of which is written on: where they go, what they select."""

from __future__ import annotations

from hashiya.schema.errors import LabelError
from hashiya.schema.records import LANGS, Lang, Span
from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import Layout, layout
from hashiya.tui.bidi.levels import DIRECTIONS
from hashiya.tui.session.browser import PairBrowser
from hashiya.tui.session.cursor import Cursor, at_edge, begin, by_unit, moved, selecting
from hashiya.tui.session.edits import spans
from hashiya.tui.session.words import hints, word_at, words
from hashiya.tui.settings.language import _

HINT_LETTERS = "asdfghjklqwertyuiopzxcvnm"
"""What words are jumped to by: the keys under the fingers first, none that Arabic keyboards lack."""

_WIDE = 10_000


class SideCursors:
    """A cursor for each side of the open pair; `lang` is the side that is written on.

    `layouts` are the sides as the screen shows them, for moving left, right, up and down; a side that was
    not given one is moved through as one long line. `moves` counts how often a cursor was moved.
    """

    def __init__(self, browser: PairBrowser) -> None:
        self._browser = browser
        self._cursors: dict[Lang, Cursor] = {}
        self._pair_id: str | None = None
        self.layouts: dict[Lang, Layout] = {}
        self.lang: Lang = "ar"
        self.moves = 0
        self.arrive()

    def arrive(self) -> None:
        """Put the cursor at the beginning, where another pair was opened; else leave it."""
        if self._browser.row is None or self._browser.pair.pair_id == self._pair_id:
            return
        self._pair_id = self._browser.pair.pair_id
        letters = any(cursor.letters for cursor in self._cursors.values())
        self._cursors = {lang: begin(self._browser.pair, lang, letters) for lang in LANGS}
        self.layouts.clear()
        self.moves += 1
        if self._browser.pair.text(self.lang) is None:
            self.lang = "en" if self.lang == "ar" else "ar"

    @property
    def cursor(self) -> Cursor:
        """The cursor of the side that is written on; `LabelError` while no pair is open."""
        self.arrive()
        if not self._cursors:
            raise LabelError(_("no pair is open"))
        return self._cursors[self.lang]

    def move(self, step: int, *, rows: bool = False, grow: bool = False) -> None:
        """Move left (-1) or right (1), up or down with `rows`; `grow` extends the selection instead."""
        self.put(moved(self.cursor, self._browser.pair, self._layout(), step, rows=rows, grow=grow))

    def edge(self, *, end: bool) -> None:
        """Move to the first unit of the side, or the last."""
        self.put(at_edge(self.cursor, self._browser.pair, end=end))

    def other_side(self) -> None:
        """Go to the other side, where the cursor was last; `LabelError` where the pair has none."""
        self.arrive()
        self._go_to_side("en" if self.lang == "ar" else "ar")
        self.moves += 1

    def toggle_unit(self) -> None:
        """Move by letters instead of words, or the other way round; on both sides."""
        letters = not self.cursor.letters
        self.moves += 1
        for lang, cursor in self._cursors.items():
            self._cursors[lang] = by_unit(cursor, self._browser.pair, letters=letters)

    def select(self, lang: Lang, start: int, end: int) -> None:
        """Select the units from one code point to another, as a mouse does."""
        self._go_to_side(lang)
        self.put(selecting(self.cursor, self._browser.pair, start, end))

    def select_span(self, lang: Lang, span: Span) -> None:
        """Select just these code points."""
        self._go_to_side(lang)
        if not 0 <= span.start <= span.end <= len(self._browser.pair.text(lang) or ""):
            raise LabelError(
                _("[{start}:{end}] is beyond the text; select again").format(start=span.start, end=span.end)
            )
        self.put(self.cursor.at(span))

    def hints(self) -> dict[str, Span]:
        """Return a code for each word of the side, to jump to it."""
        head = self.cursor.head
        found = words(self._browser.pair, self.lang)
        codes = hints(found, word_at(found, head.start), HINT_LETTERS) if found else {}
        return {code: found[number] for code, number in codes.items()}

    def put(self, cursor: Cursor) -> None:
        """Put the cursor of the side that is written on elsewhere."""
        self._cursors[self.lang] = cursor
        self.moves += 1

    def _go_to_side(self, lang: Lang) -> None:
        self.arrive()
        if self._browser.pair.text(lang) is None:
            raise LabelError(spans.no_such_side(lang))
        self.lang = lang

    def _layout(self) -> Layout:
        text = self._browser.pair.text(self.lang) or ""
        found = self.layouts.get(self.lang)
        if found is None or found.text != text:
            found = layout(text, _WIDE, DIRECTIONS[self.lang], shaping=Shaping.LETTERS)
            self.layouts[self.lang] = found
        return found
