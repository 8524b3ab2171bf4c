"""Layout, by eye: capitals are Arabic letters, so that what stands in quotes is what stands on the screen."""

from __future__ import annotations

import pytest

from hashiya.tui.bidi.cells import CellPlace, ColumnRange
from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import Layout, layout
from hashiya.tui.bidi.levels import Direction
from tests.tui.bidi.texts import arabic, capitals

LTR, RTL = Direction.LTR, Direction.RTL


def screen(text: str, width: int, base: Direction | None = None) -> list[str]:
    return [capitals(line.text) for line in layout(arabic(text), width, base, shaping=Shaping.NONE).lines]


@pytest.mark.parametrize(
    ("text", "base", "line"),
    [
        ("car", None, "car"),
        ("car is THE CAR in arabic", None, "car is RAC EHT in arabic"),
        ("THE CAR", None, "                       RAC EHT"),
        ("THE CAR", LTR, "RAC EHT"),
        ("car", RTL, "                           car"),
        ("THE CAR is red", None, "                is red RAC EHT"),
        ("THE nvidia r1-CHIPS, GOOD.", None, "    .DOOG ,SPIHC-nvidia r1 EHT"),
        # Numbers: the sign and the percent sign go where the standard sends them.
        ("IT ROSE 12.5% IN 2025", None, "         2025 NI %12.5 ESOR TI"),
        ("rose 12.5% in 2025", None, "rose 12.5% in 2025"),
        ("IT LOST $630 AND -5", None, "           5- DNA 630$ TSOL TI"),
        ("AT ١٢٫٥ OF", None, "                    FO ١٢٫٥ TA"),
        # Brackets keep what they hold, and are mirrored where they are read from right to left.
        ("NVIDIA (nvidia) ROSE", None, "          ESOR (nvidia) AIDIVN"),
        ("NVIDIA (CHIPS) ROSE", None, "           ESOR (SPIHC) AIDIVN"),
        ("the (BEST) one", None, "the (TSEB) one"),
        ("the best (BEST)", None, "the best (TSEB)"),
        ("[A] {b} «C» <D>", None, "               <D> «C» {b} [A]"),
        ("A < B", None, "                         B > A"),
        ("a < b", None, "a < b"),
        # Machine translation as it comes.
        ("... r1-THE TECH (2025) 50%", RTL, "    %50 (2025) HCET EHT-r1 ..."),
        ("SHE PICKS , ft EDITOR ,", None, "       , ROTIDE ft , SKCIP EHS"),
        # Curly quotation marks have no mirror image: their order alone is turned.
        ("HE SAID “up the stack” – YES", None, "  SEY – ”up the stack“ DIAS EH"),
        ("llama's LLAMA AND deepseek's", RTL, "  deepseek's DNA AMALL llama's"),
        # Nothing of the controls is drawn, but they order.
        ("A \u2066b C\u2069 D", None, "                       D b C A"),
        ("a \u202eb c\u202c d", None, "a c b d"),
        # Marks and wide characters.
        ("AُB e\u0301", None, "                          e\u0301 BAُ"),
        ("A 中文 B", None, "                      B 中文 A"),
        ("A👩\u200d💻B", None, "                          B👩\u200d💻A"),
        ("A\tB\x1bC", None, "                         C�B A"),
        ("", None, ""),
        ("", RTL, " " * 30),
    ],
)
def test_a_line_is_in_the_order_of_the_screen(text: str, base: Direction | None, line: str) -> None:
    assert screen(text, 30, base) == [line]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("THE CAR IS RED", 8, [" RAC EHT", "  DER SI"]),
        ("the car is red", 8, ["the car ", "is red"]),
        ("THE CAR", 7, ["RAC EHT"]),
        # A space that does not fit hangs over.
        ("THE CAR IS", 7, ["RAC EHT", "     SI"]),
        ("THE CAR  IS", 7, ["RAC EHT", "     SI"]),
        # Latin in Arabic is cut in the order of reading.
        ("THE nvidia corp IS", 11, [" nvidia EHT", "    SI corp"]),
        ("ab CD EF gh", 6, ["ab DC ", "FE gh"]),
        # The brackets were resolved before the line was cut.
        ("A (b c) D", 5, [" b) A", " D (c"]),
        # No line begins with a comma for the space before it.
        ("THE CAR , IS", 7, ["    EHT", "  , RAC", "     SI"]),
        ("THE CAR  , IS", 8, ["     EHT", "  ,  RAC", "      SI"]),
        ("GREATNESS", 4, ["AERG", "SENT", "   S"]),
        ("e\u0301e\u0301e\u0301", 2, ["e\u0301e\u0301", "e\u0301"]),
        ("中文字", 5, ["中文", "字"]),
        ("中文。字", 5, ["中", "文。", "字"]),
        ("r1-THE", 4, ["r1-", "EHT"]),
        ("20-30 a", 4, ["20-3", "0 a"]),
        ("a\nB\r\nc\n", 3, ["a", "  B", "c", ""]),
        ("A\u2028b", 3, ["  A", "b"]),
        ("\n", 3, ["", ""]),
        ("abc", 0, ["ab", "c"]),
    ],
)
def test_lines_are_cut_in_the_order_of_reading(text: str, width: int, lines: list[str]) -> None:
    assert screen(text, width) == lines


def test_letters_are_joined_over_the_end_of_a_line() -> None:
    assert [line.text for line in layout("ببب", 2).lines] == ["\ufe92\ufe91", " \ufe90"]


def lam_alef() -> Layout:
    """`بلا` and a space and `لَا`, on the screen: the second lam-alef, the space, the first, beh."""
    found = layout("بلا لَا", 6, RTL)
    assert [cell.text for cell in found.lines[0].cells] == ["\ufefb\u064e", " ", "\ufefc", "\ufe91"]
    assert found.lines[0].indent == 2
    return found


@pytest.mark.parametrize(
    ("start", "end", "columns"),
    [
        (0, 1, [(5, 6)]),
        (0, 2, [(4, 6)]),  # lam without its alef takes the cell of both
        (2, 3, [(4, 5)]),  # alef alone: the same cell
        (1, 3, [(4, 5)]),
        (3, 4, [(3, 4)]),
        (5, 6, [(2, 3)]),  # the mark of the lam
        (4, 7, [(2, 3)]),
        (0, 7, [(2, 6)]),
        (2, 2, []),
        (3, 1, []),
    ],
)
def test_a_span_that_ends_in_a_lam_alef(start: int, end: int, columns: list[tuple[int, int]]) -> None:
    assert lam_alef().select(start, end) == [ColumnRange(0, *pair) for pair in columns]


def test_without_ligatures_each_letter_has_a_cell() -> None:
    found = layout("بلا", 3, shaping=Shaping.LETTERS)
    assert found.select(1, 2) == [ColumnRange(0, 1, 2)]
    assert found.select(2, 3) == [ColumnRange(0, 0, 1)]


def test_one_span_may_be_several_stretches() -> None:
    text = arabic("THE nvidia CHIPS")
    found = layout(text, 16, shaping=Shaping.NONE)
    # On the screen: SPIHC nvidia EHT; from the last Arabic letter to the middle of the Latin word.
    assert found.select(2, 7) == [ColumnRange(0, 6, 9), ColumnRange(0, 12, 14)]
    assert found.select(0, len(text)) == [ColumnRange(0, 0, 16)]


def test_a_span_over_lines() -> None:
    found = layout(arabic("THE CAR IS"), 7, shaping=Shaping.NONE)
    assert found.select(6, 9) == [ColumnRange(0, 0, 1), ColumnRange(1, 6, 7)]
    assert found.select(7, 8) == []  # the space that hangs over


def test_places_without_a_cell() -> None:
    found = layout("ab cd\n" + arabic("AB"), 4)
    assert found.places[:3] == (CellPlace(0, 0, 1), CellPlace(0, 1, 1), CellPlace(0, 2, 1))
    assert found.places[5] == CellPlace(1, 2, 0)  # the line break
    assert found.places[8] == CellPlace(2, 1, 0)  # the end of the text, left of Arabic
    assert layout("abcd ef", 4).places[4] == CellPlace(0, 3, 0)  # a space that hangs over
    assert layout("", 4, RTL).places == (CellPlace(0, 3, 0),)


def test_the_cell_under_the_mouse() -> None:
    found = layout(arabic("A 中b"), 10, shaping=Shaping.NONE)  # "     中b A", from column 5 on
    assert [found.nearest(0, column) for column in range(4, 12)] == [2, 2, 2, 3, 1, 0, 0, 0]
    assert found.cell(0, 4) is None
    assert found.cell(0, 6) == found.cell(0, 5) != found.cell(0, 7)
    assert found.cell(1, 5) is None
    assert found.cell(-1, 5) is None
    assert (found.nearest(-3, 9), found.nearest(7, 5)) == (0, 2)


def test_the_cursor_moves_as_it_looks() -> None:
    text = arabic("AB cd EF")  # on the screen: FE cd BA
    found = layout(text, 8, shaping=Shaping.NONE)
    steps = [0]
    while (following := found.left(steps[-1])) != steps[-1]:
        steps.append(following)
    assert "".join(capitals(text[step]) for step in steps) == "AB dc EF"
    assert found.right(0) == 0
    assert found.right(found.left(0)) == 0


def test_the_cursor_goes_on_where_the_line_is_read_on() -> None:
    found = layout(arabic("AB CD\n\nEF"), 3, RTL, shaping=Shaping.NONE)
    assert [line.start for line in found.lines] == [0, 3, 6, 7]
    assert [found.left(index) for index in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)] == [1, 2, 3, 4, 6, 6, 7, 8, 8, 9]
    assert [found.right(index) for index in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)] == [0, 0, 1, 2, 3, 4, 4, 6, 7, 8]
    latin = layout("ab cd", 3)
    assert [latin.right(index) for index in range(5)] == [1, 2, 3, 4, 4]
    assert [latin.left(index) for index in range(5)] == [0, 0, 1, 2, 3]
