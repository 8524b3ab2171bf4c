"""The filter over what Textual paints: same lines, same cells, nothing left to reorder."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import ControlType, Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip

from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import layout
from hashiya.tui.bidi.lrm import LRM, with_lrm
from hashiya.tui.terminal.lrm_filter import LrmFilter
from tests.tui.bidi.texts import TEXTS, WIDTHS

BLACK = Color(0, 0, 0)
RED = Style(color="red")


def painted(*segments: Segment) -> list[Segment]:
    return LrmFilter().apply(list(segments), BLACK)


def test_after_each_letter_digit_and_bracket() -> None:
    [segment] = painted(Segment("a (ﺏَﺎ) ١٢ 12", RED))
    assert segment.text.replace(LRM, "<") == "a (<ﺏَ<ﺎ<)< ١<٢< 12"
    assert segment.style is RED


def test_lines_without_arabic_stay() -> None:
    line = [Segment("Say (so) – «yes» 中"), Segment("[x]", RED)]
    assert painted(*line) == line


def test_brackets_beside_arabic_in_another_segment() -> None:
    assert [segment.text for segment in painted(Segment("(", RED), Segment("ب"))] == ["(" + LRM, "ب" + LRM]


def test_control_segments_stay() -> None:
    control = Segment("\x1b]8;;ب\x07", None, [(ControlType.BELL,)])
    assert painted(control, Segment("ب")) == [control, Segment("ب" + LRM)]
    assert painted(control) == [control]


def test_no_cell_is_taken() -> None:
    strip = Strip([Segment("حاشية (a)")])
    assert strip.apply_filter(LrmFilter(), BLACK).cell_length == strip.cell_length
    assert Strip(painted(*strip)).cell_length == strip.cell_length


@given(TEXTS)
def test_only_marks_are_added(text: str) -> None:
    assert with_lrm(text).replace(LRM, "") == text.replace(LRM, "")


@given(TEXTS, WIDTHS, st.sampled_from(Shaping))
def test_as_the_lines_of_a_layout(text: str, width: int, shaping: Shaping) -> None:
    for line in layout(text, width, shaping=shaping).lines:
        cells = "".join(with_lrm(cell.text) for cell in line.cells)
        assert with_lrm(line.text) == " " * line.indent + cells
