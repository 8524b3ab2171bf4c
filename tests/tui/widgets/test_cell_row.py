"""Lines become strips: their text, their styles, and what is painted over them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from hashiya.tui.bidi.cells import VisualLine
from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import layout
from hashiya.tui.bidi.levels import Direction
from hashiya.tui.widgets.cell_row import CellRow, Styled

PLAIN = Style(color="white", bgcolor="black")
RED = Style(color="red")
BOLD = Style(bold=True)


def painted(line: VisualLine, width: int, *spans: Styled) -> Strip:
    row = CellRow(width, PLAIN)
    row.draw(line, spans)
    return row.strip()


def test_a_line_is_filled_to_the_width() -> None:
    strip = painted(layout("سلام", 10, Direction.RTL).lines[0], 12)
    assert strip.cell_length == 12
    assert strip.text == "       \ufee1\ufefc\ufeb3  "
    assert [segment.style for segment in strip] == [PLAIN]


def test_neighbours_of_one_style_are_one_segment() -> None:
    strip = painted(layout("one two", 10).lines[0], 10, Styled(0, 3, RED), Styled(2, 5, BOLD))
    assert [(segment.text, segment.style) for segment in strip] == [
        ("on", PLAIN + RED),
        ("e", PLAIN + RED + BOLD),
        (" t", PLAIN + BOLD),
        ("wo   ", PLAIN),
    ]


def test_half_a_ligature_takes_the_cell() -> None:
    line = layout("لا", 4, Direction.RTL).lines[0]
    for start in (0, 1):
        strip = painted(line, 4, Styled(start, start + 1, RED))
        assert [(segment.text, segment.style) for segment in strip] == [("   ", PLAIN), ("ﻻ", PLAIN + RED)]


def test_letters_are_styled_apart() -> None:
    line = layout("لا", 4, Direction.RTL, shaping=Shaping.LETTERS).lines[0]
    strip = painted(line, 4, Styled(0, 1, RED))
    assert [(segment.text, segment.style) for segment in strip] == [("  ﺎ", PLAIN), ("ﻟ", PLAIN + RED)]


def test_a_wide_cell_painted_over_by_half_leaves_a_blank() -> None:
    for column, expected in ((0, "x 🚀 "), (1, " x🚀 "), (2, "🚀x  "), (3, "🚀 x ")):
        row = CellRow(5, PLAIN)
        row.draw(layout("🚀🚀", 5).lines[0])
        row.write(column, "x", RED)
        assert row.strip().text == expected
        assert cell_len(row.strip().text) == 5


def test_what_lies_outside_is_left_out() -> None:
    row = CellRow(3, PLAIN)
    row.write(-1, "abcde", RED)
    row.put(2, "🚀", 2, RED)
    row.put(-1, "🚀", 2, RED)
    row.restyle(-5, 99, BOLD)
    assert row.strip().text == " c "
    assert row.strip().cell_length == 3


def test_a_row_over_a_row() -> None:
    below, above = CellRow(4, PLAIN), CellRow(4, RED)
    below.draw(layout("🚀🚀", 4).lines[0])
    above.write(0, "abcd", RED)
    below.overlay(above, 1, 2)
    assert below.strip().text == " bc "


@given(
    st.lists(
        st.sampled_from(["لا", "سلام", "R1", " ", "🚀", "12.5%", "مُ", "(", "«", "é", "中"]), max_size=20
    ).map("".join),
    st.integers(2, 30),
    st.integers(0, 40),
    st.integers(0, 40),
)
def test_every_code_point_of_a_span_is_styled_and_widths_hold(
    text: str, width: int, start: int, length: int
) -> None:
    end = start + length
    laid = layout(text, width)
    for number, line in enumerate(laid.lines):
        strip = painted(line, width, Styled(start, end, RED))
        assert cell_len(strip.text) == strip.cell_length == width
        column = 0
        columns_styled: set[int] = set()
        for segment in strip:
            columns = range(column, column := column + segment.cell_length)
            if segment.style == PLAIN + RED:
                columns_styled.update(columns)
        stretches = laid.select(start, end)
        assert columns_styled == {
            column
            for stretch in stretches
            if stretch.line == number
            for column in range(stretch.start, stretch.end)
        }
