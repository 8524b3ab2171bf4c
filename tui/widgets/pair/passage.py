"""One side of a sentence pair on the screen: its text, the marks on it, the selection, and its neighbours.

The text is laid out letter by letter, so that half a lam-alef can be selected and nothing moves when marks
do; under each of its lines stands a mark_row. The widget keeps no state of the work: its owner shows a text
anew after every change. Indices are code points of the text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.message import Message
from textual.reactive import var

from hashiya.schema.records import Lang, Span
from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import Layout, cached_layout
from hashiya.tui.bidi.levels import DIRECTIONS
from hashiya.tui.widgets.cell_row import CellRow
from hashiya.tui.widgets.pair.mark_row import ShownMark, by_depth, mark_row
from hashiya.tui.widgets.pair.neighbours import ContextLine, context, note
from hashiya.tui.widgets.pair.text_row import mark_styles, text_row, write_hints
from hashiya.tui.widgets.row_view import RowView

_NO_HINTS: Mapping[int, str] = {}


@dataclass
class _FromPassage(Message):
    """What all messages of a passage hold."""

    passage: Passage

    @property
    def control(self) -> Passage:
        """The sender, for `@on`."""
        return self.passage


class Passage(RowView):
    """The Arabic or the English side of a pair, with the marks on it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"passage--context", "passage--absent", "passage--hint"}
    DEFAULT_CSS = """
    Passage {
        & > .passage--context { color: $foreground 50%; }
        & > .passage--absent { color: $foreground 50%; text-style: italic; }
        & > .passage--hint { color: #b3005e; background: white; text-style: bold reverse; }
    }
    """

    absent: var[str] = var("")
    """The note that stands where there is no text."""

    @dataclass
    class Reshaped(_FromPassage):
        """The layout of the text has changed: another text, or another width."""

    @dataclass
    class Pressed(_FromPassage):
        """The left button went down on the text, nearest to the code point `index`."""

        index: int

    @dataclass
    class Dragged(_FromPassage):
        """The pointer was drawn with the left button down; the two code points may be in any order."""

        start_index: int
        end_index: int

    def __init__(
        self,
        lang: Lang,
        *,
        id: str | None = None,  # noqa: A002 - its name in every widget
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.lang: Lang = lang
        self._base = DIRECTIONS[lang]
        self._text: str | None = None
        self._marks: list[ShownMark] = []
        self._selection: Span | None = None
        self._around = ("", "")
        self._hints = _NO_HINTS
        self._layout = cached_layout("", 2, self._base, Shaping.LETTERS)
        self._before: list[ContextLine | None] = []
        self._after: list[ContextLine | None] = []
        self._drag: tuple[int, int] | None = None
        self._painted: dict[int, CellRow] = {}

    @property
    def text_layout(self) -> Layout:
        """The layout of the text at the present width; that of "" where the side is absent."""
        return self._layout

    def show(
        self,
        text: str | None,
        marks: Sequence[ShownMark] = (),
        selection: Span | None = None,
        *,
        before: str = "",
        after: str = "",
        hints: Mapping[int, str] = _NO_HINTS,
    ) -> None:
        """Show a text with its marks, and keep the selection in view; `None` says that this side is absent.

        An empty selection is a caret. `hints` are one or two letters each, painted over the beginnings of
        words; `before` and `after` are the neighbours' texts.
        """
        found = by_depth(marks)
        if self._layout.width == self.columns and (self._text, self._around) == (text, (before, after)):
            self._restyle(found, selection, hints)
            return
        another = text != self._text
        self._text, self._around = text, (before, after)
        self._marks, self._selection, self._hints = found, selection, hints
        self._flow(another=another)

    def prepare(self, text: str | None, before: str, after: str) -> None:
        """Lay out a text that will be shown next, and its neighbours."""
        if self.columns:
            cached_layout(text or "", self.columns, self._base, Shaping.LETTERS)
            for beside in (before, after):
                context(beside, self.columns, self._base)

    def watch_absent(self) -> None:
        """Show another note."""
        self.reflow()

    def reflow(self) -> None:
        """Lay everything out for the present width."""
        self._flow(another=True)

    def row_at(self, number: int) -> CellRow | None:
        """Return the row `number`: of a neighbour, of the text, or of marks."""
        if number not in self._painted:
            painted = self._paint(number)
            if painted is None:
                return None
            self._painted[number] = painted
        return self._painted[number]

    def notify_style_update(self) -> None:
        """Drop what was painted in another theme."""
        super().notify_style_update()
        self._painted.clear()

    @property
    def _text_rows(self) -> int:
        return 0 if self._text is None else 2 * len(self._layout.lines)

    def _flow(self, *, another: bool) -> None:
        width = self.columns
        if not width:
            return
        previous, self._layout = (
            self._layout,
            cached_layout(self._text or "", width, self._base, Shaping.LETTERS),
        )
        before, after = self._around
        self._before = [*context(before, width, self._base), None] if before else []
        self._after = [None, *context(after, width, self._base)] if after else []
        if self._text is None and self.absent:
            self._before += note(self.absent, width)
        self._painted.clear()
        self.fill(len(self._before) + self._text_rows + len(self._after))
        if another:
            self._centre()
        self._show_selection()
        if self._layout is not previous:
            self.post_message(self.Reshaped(self))

    def _restyle(self, marks: list[ShownMark], selection: Span | None, hints: Mapping[int, str]) -> None:
        """Show other marks on the same text: only the lines that they lie on are painted anew."""
        spans = [Span(mark.start, mark.end) for mark in {*marks}.symmetric_difference(self._marks)]
        spans += [span for span in (self._selection, selection) if span and self._selection != selection]
        if hints != self._hints:
            spans.append(Span(0, len(self._text or "")))
        self._marks, self._selection, self._hints = marks, selection, hints
        if self._text is not None:
            for line in sorted({line for span in spans for line in self._lines(span)}):
                row = len(self._before) + 2 * line
                self._painted.pop(row, None)
                self._painted.pop(row + 1, None)
                self.refresh_lines(row, 2)
        self._show_selection()

    def _lines(self, span: Span) -> range:
        """Return the lines that a span lies on; an empty one lies where the code point after it does."""
        places = self._layout.places
        first, last = (min(index, len(places) - 1) for index in (span.start, max(span.end - 1, span.start)))
        return range(places[first].line, places[last].line + 1)

    def _paint(self, number: int) -> CellRow | None:
        at = number - len(self._before)
        if 0 <= at < self._text_rows:
            return self._text_row(at // 2) if at % 2 == 0 else self._mark_row(at // 2)
        beside = self._before if at < 0 else self._after
        at = number if at < 0 else at - self._text_rows
        found = beside[at] if at < len(beside) else None
        return found.row(self.tint(found.component)) if found else None

    def _mark_row(self, number: int) -> CellRow:
        return mark_row(self._layout, number, self._marks, self.plain, self.background_colors[1])

    def _text_row(self, number: int) -> CellRow:
        row = text_row(self._layout, number, self.plain, mark_styles(self._marks), self._selection)
        if self._hints:
            write_hints(row, self._layout, number, self._hints, self.tint("passage--hint"))
        return row

    def _centre(self) -> None:
        """Bring the text to the middle, or as much of it as there is room for."""
        spare = self.visible_rows - self._text_rows
        self.jump(len(self._before) - max(spare // 2, 0))

    def _show_selection(self) -> None:
        if self._selection and self._text is not None:
            lines = self._lines(self._selection)
            top = len(self._before)
            self.reveal(top + 2 * lines.start, top + 2 * lines.stop - 1)

    def _index(self, event: events.MouseEvent, *, clamped: bool) -> int | None:
        """Return the code point nearest to the pointer; `None` outside of the text, unless clamped."""
        place = self.place_of(event)
        row = place.y - len(self._before)
        if not self._text or not (clamped or 0 <= row < self._text_rows):
            return None
        return self._layout.nearest(row // 2, place.x)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a drag."""
        index = self._index(event, clamped=False) if event.button == 1 else None
        if index is not None:
            event.stop()
            self.capture_mouse()
            self._drag = (index, index)
            self.post_message(self.Pressed(self, index))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tell how far a drag has come."""
        if self._drag is None:
            return
        start, previous = self._drag
        index = self._index(event, clamped=True)
        if index is not None and index != previous:
            self._drag = (start, index)
            self.post_message(self.Dragged(self, start, index))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """End a drag."""
        del event
        if self._drag is not None:
            self._drag = None
            self.release_mouse()
