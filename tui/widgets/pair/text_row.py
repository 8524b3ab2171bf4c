"""A line of a passage's text with everything painted on it: colours of entities, flags, selection, hints.

The selection lies on top of the marks and hides none of them, since the row of marks names them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.style import Style

from hashiya.schema.records import Span
from hashiya.tui.bidi.layout import Layout
from hashiya.tui.widgets.cell_row import CellRow, Styled
from hashiya.tui.widgets.label_colours import text_on_colour
from hashiya.tui.widgets.pair.mark_row import ShownMark

_FLAGGED = Style(underline=True)
_ACTIVE = Style(bold=True)
_SELECTED = Style(reverse=True)


def mark_styles(marks: Sequence[ShownMark]) -> list[Styled]:
    """Return the styles of marks, which come in the order of painting."""
    found: list[Styled] = []
    for mark in marks:
        style = _FLAGGED if mark.kind == "flag" else text_on_colour(mark.colour)
        found.append(Styled(mark.start, mark.end, style + _ACTIVE if mark.active else style))
    return found


def text_row(
    laid: Layout, number: int, base: Style, marks: Sequence[Styled], selection: Span | None
) -> CellRow:
    """Return the row of line `number`; an empty selection is a caret, on the cell after it."""
    row = CellRow(laid.width, base)
    if selection is None:
        row.draw(laid.lines[number], marks)
        return row
    start, end = selection.start, max(selection.end, selection.start + 1)
    # In the colours of unmarked text: reversed, those of an entity would look like another entity's.
    style = Style(color=base.color, bgcolor=base.bgcolor) + _SELECTED
    row.draw(laid.lines[number], [*marks, Styled(start, end, style)])
    place = laid.places[min(start, len(laid.text))]
    if place.line == number and not laid.select(start, end):
        # What has no cell, as the text's end, is seen beside its line.
        row.restyle(place.column, place.column + 1, style)
    return row


def write_hints(row: CellRow, laid: Layout, number: int, hints: Mapping[int, str], style: Style) -> None:
    """Paint letters over the words that begin on line `number`, in reading order over their first cells."""
    line = laid.lines[number]
    for index, letters in hints.items():
        if not line.start <= index < line.end:
            continue
        place = laid.places[index]
        cell = laid.cell(place.line, place.column)
        if cell and place.width:
            at = place.column + place.width - len(letters) if cell.level & 1 else place.column
            row.write(min(max(at, 0), row.width - len(letters)), letters, style)
