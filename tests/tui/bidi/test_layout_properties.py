"""Layout, on any text: nothing is lost, and the way to a cell and back is the same."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import NARROWEST_LAYOUT, Layout, layout
from hashiya.tui.bidi.levels import Direction
from tests.tui.bidi.texts import TEXTS, WIDTHS

LAYOUTS = st.builds(
    lambda text, width, base, shaping: layout(text, width, base, shaping=shaping),
    TEXTS,
    WIDTHS,
    st.sampled_from([None, *Direction]),
    st.sampled_from(Shaping),
)
ONE_WAY = st.builds(layout, TEXTS, WIDTHS, st.sampled_from(Direction))
SEPARATORS = "\n\r\x1c\x1d\x1e\x85\u2028\u2029"


@given(LAYOUTS)
def test_the_lines_divide_the_text(found: Layout) -> None:
    assert found.lines[0].start == 0
    assert found.lines[-1].end == len(found.text)
    assert all(line.end == following.start for line, following in pairwise(found.lines))


@given(LAYOUTS)
def test_cells_fill_a_line_without_gaps(found: Layout) -> None:
    for line in found.lines:
        column = line.indent
        for cell in line.cells:
            assert cell.column == column
            column += cell.width
        assert 0 <= line.indent <= column <= found.width
        if line.direction is Direction.RTL:
            assert column == found.width
        else:
            assert line.indent == 0


@given(LAYOUTS)
def test_a_code_point_has_one_cell_or_a_reason_to_have_none(found: Layout) -> None:
    for line in found.lines:
        drawn = sorted(index for cell in line.cells for index in range(cell.start, cell.end))
        assert len(set(drawn)) == len(drawn)
        assert all(line.start <= index < line.end for index in drawn)
        hidden = sorted(set(range(line.start, line.end)) - set(drawn))
        for index in hidden:
            char = found.text[index]
            hangs = index > max(drawn, default=-1) and (
                char.isspace() or unicodedata.category(char)[0] in "MC"
            )
            assert char in SEPARATORS or hangs or unicodedata.category(char) in ("Cf", "Mn", "Lo"), ascii(
                char
            )
            assert found.places[index].width == 0


@given(LAYOUTS)
def test_cells_and_code_points_lead_to_each_other(found: Layout) -> None:
    assert len(found.places) == len(found.text) + 1
    assert all(0 <= place.column < max(found.width, NARROWEST_LAYOUT) for place in found.places)
    for number, line in enumerate(found.lines):
        for cell in line.cells:
            assert {found.places[index] for index in range(cell.start, cell.end)} == {
                (number, cell.column, cell.width)
            }
            for column in range(cell.column, cell.column + cell.width):
                assert found.cell(number, column) == cell
                assert found.nearest(number, column) == cell.start


@given(LAYOUTS, st.integers(0, 60), st.integers(0, 60))
def test_a_selection_is_exactly_the_cells_of_its_letters(found: Layout, start: int, end: int) -> None:
    stretches = found.select(start, end)
    assert all(one.start < one.end for one in stretches)
    assert all(one.line < other.line or one.end < other.start for one, other in pairwise(stretches))
    painted = {(one.line, column) for one in stretches for column in range(one.start, one.end)}
    places = found.places[start : min(end, len(found.text))]
    assert painted == {
        (place.line, column) for place in places for column in range(place.column, place.column + place.width)
    }


@given(LAYOUTS)
def test_nothing_that_steers_a_terminal_is_sent(found: Layout) -> None:
    for line in found.lines:
        for char in line.text:
            assert unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp")
            assert char not in "\u061c\u200e\u200f" + "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(ONE_WAY)
def test_a_cursor_that_goes_on_meets_every_cell_once_and_comes_back(found: Layout) -> None:
    """Where all paragraphs run the same way; an empty line counts as a place to stand."""
    stops = []
    for line in found.lines:
        cells = line.cells if line.direction is Direction.LTR else line.cells[::-1]
        stops += [cell.start for cell in cells] or [line.start]
    forward, back = found.right, found.left
    if found.lines[0].direction is Direction.RTL:
        forward, back = back, forward
    assert [forward(stop) for stop in stops] == [*stops[1:], stops[-1]]
    assert [back(stop) for stop in stops] == [stops[0], *stops[:-1]]


@given(TEXTS)
def test_wide_enough_is_one_line_a_paragraph(text: str) -> None:
    found = layout(text, 4 * len(text))
    rejoined = "".join(text[line.start : line.end] for line in found.lines)
    assert rejoined == text
    breaks = text.replace("\r\n", "\n")
    assert len(found.lines) == 1 + sum(breaks.count(separator) for separator in SEPARATORS)
