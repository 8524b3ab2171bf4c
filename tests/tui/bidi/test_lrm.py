"""LrmFilter: a terminal that reorders by UAX #9 finds nothing to reorder."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from hashiya.tui.bidi.cells import VisualLine
from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import layout
from hashiya.tui.bidi.levels import Direction, levels, visual_order
from hashiya.tui.bidi.lrm import LRM, with_lrm
from hashiya.tui.bidi.mirror import MIRROR
from tests.tui.bidi.texts import TEXTS, WIDTHS


def only_line(text: str, shaping: Shaping = Shaping.LIGATURES) -> VisualLine:
    [line] = layout(text, len(text), shaping=shaping).lines
    return line


def test_what_gets_a_mark() -> None:
    line = only_line("بَ (a) ١%", Shaping.NONE)
    assert [with_lrm(cell.text).replace(LRM, "<") for cell in line.cells] == [
        "%", "١<", " ", "(<", "a", ")<", " ", "بَ<"
    ]  # fmt: skip


def test_cells_stay_where_they_are() -> None:
    line = only_line("لا Nvidia (إنفيديا)، 12.5%")
    sent = with_lrm(line.text)
    assert sent == " " * line.indent + "".join(with_lrm(cell.text) for cell in line.cells)
    assert cell_len(sent) == cell_len(line.text) == line.indent + sum(cell.width for cell in line.cells)


@given(TEXTS, WIDTHS, st.sampled_from(Shaping), st.sampled_from([None, *Direction]))
def test_a_terminal_reorders_nothing(text: str, width: int, shaping: Shaping, base: Direction | None) -> None:
    for line in layout(text, width, base, shaping=shaping).lines:
        sent = with_lrm(line.text)
        assert sent.replace(LRM, "") == line.text
        found = levels(sent, Direction.LTR)
        runs = [(level, sent[at]) for at, level in enumerate(found.line(0, len(sent)))]
        assert all(level % 2 == 0 for level, char in runs if char in MIRROR)
        # Each cell, marks and LRM with it, is drawn after the one on its left.
        cell_of = [-1] * line.indent
        for number, cell in enumerate(line.cells):
            cell_of += [number] * len(with_lrm(cell.text))
        order = [cell_of[at] for at in visual_order(found.line(0, len(sent)))]
        assert order == sorted(order)
