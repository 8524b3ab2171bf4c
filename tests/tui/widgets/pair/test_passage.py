"""One side of a pair on the screen: order, rubrics, selection, hints, the mouse."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.pilot import Pilot

from hashiya.schema.records import Span
from hashiya.tui.bidi.levels import Direction
from hashiya.tui.widgets.label_colours import text_on_colour
from hashiya.tui.widgets.pair.mark_row import ShownMark
from hashiya.tui.widgets.pair.passage import Passage
from tests.tui.widgets.host import Said, by_column, play, rows, style_at

AR = "إنفيديا قالت لا"


def test_arabic_stands_right_and_its_rubrics_begin_right() -> None:
    passage = Passage("ar")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        passage.show(AR, [ShownMark(0, 7, "c", 0, "entity", "1"), ShownMark(13, 15, "m", 1, "flag")])
        assert rows(passage)[:2] == [
            "    ﺎﻟ ﺖﻟﺎﻗ ﺎﻳﺪﻴﻔﻧﺇ",
            "    ~m      ─────c1",
        ]

    play(scene, passage, size=(21, 6))


def test_english_stands_left_with_an_arabic_name_inside() -> None:
    passage = Passage("en")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        text = "It is إنفيديا, R1"
        passage.show(
            text, [ShownMark(6, 13, "c", 0, "entity", "1"), ShownMark(15, 17, "model", 1, "entity", "2")]
        )
        assert rows(passage)[:2] == ["It is ﺎﻳﺪﻴﻔﻧﺇ, R1", "      ─────c1  mo"]

    play(scene, passage)


def test_a_mark_over_two_lines_is_named_on_both() -> None:
    passage = Passage("en")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        passage.show("one artificial intelligence", [ShownMark(4, 27, "t", 2, "entity", "4")])
        assert rows(passage)[:4] == ["one artificial", "    t4─────────", "intelligence", "t4──────────"]

    play(scene, passage, size=(18, 8))


def test_an_entity_lies_on_a_flag_whose_text_stays_underlined() -> None:
    passage = Passage("en")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        flag, entity = ShownMark(0, 7, "x", 3, "flag"), ShownMark(0, 3, "t", 2, "entity")
        passage.show("abc def", [entity, flag])
        assert rows(passage)[1] == "t──~~~~"
        assert [style_at(passage, column, 0).underline for column in (0, 6)] == [True, True]
        assert style_at(passage, 0, 0).bgcolor == text_on_colour(2).bgcolor
        active = ShownMark(0, 7, "x", 3, "flag", active=True)
        passage.show("abc def", [entity, active])
        assert rows(passage)[1] == "x~~~~~~"
        assert style_at(passage, 1, 1).reverse
        assert style_at(passage, 1, 1).bold
        assert style_at(passage, 1, 0).bold

    play(scene, passage)


def test_the_selection_is_reversed_and_half_a_lam_alef_can_be_selected() -> None:
    passage = Passage("ar")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        passage.show("لا", [], Span(1, 2))
        right = passage.columns - 1
        assert [bool(style_at(passage, right - at, 0).reverse) for at in range(3)] == [False, True, False]
        passage.show("لا", [], Span(2, 2))
        assert style_at(passage, right - 2, 0).reverse, "a caret at the end stands left of the text"

    play(scene, passage)


def test_hints_move_nothing() -> None:
    passage = Passage("ar")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        passage.show(AR)
        before = passage.text_layout
        passage.show(AR, hints={0: "a", 8: "sd", 13: "f"})
        assert passage.text_layout is before
        assert rows(passage)[0] == "    ﺎf ﺖﻟsd ﺎﻳﺪﻴﻔﻧa"

    play(scene, passage, size=(21, 6))


def test_neighbours_stand_around_and_an_absent_side_says_so() -> None:
    passage = Passage("ar")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        passage.show("سلام", before="لا", after="نعم")
        assert [row.strip() for row in rows(passage)[:7]] == ["ﻻ", "", "ﻡﺎﻠﺳ", "", "", "ﻢﻌﻧ", ""]
        passage.absent = "no text"
        passage.show(None, before="لا", after="نعم")
        assert [row.strip() for row in rows(passage)[:5]] == ["ﻻ", "", "no text", "", "ﻢﻌﻧ"]
        assert rows(passage)[2] == "       no text"
        said.forget()
        assert await pilot.click(passage, offset=(10, 2))
        assert not said.of(Passage.Pressed)

    play(scene, passage, size=(23, 8))


def test_a_click_and_a_drag_name_code_points() -> None:
    passage = Passage("ar")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        passage.show(AR, before="لا")
        right = passage.columns  # padding of one at the left
        await pilot.mouse_down(passage, offset=(right, 2))
        await pilot.hover(passage, offset=(right - 3, 2))
        await pilot.hover(passage, offset=(right - 3, 3))
        await pilot.hover(passage, offset=(1, 9))
        await pilot.mouse_up(passage, offset=(1, 9))
        await pilot.hover(passage, offset=(right, 2))
        assert [message.index for message in said.of(Passage.Pressed)] == [0]
        drags = [(message.start_index, message.end_index) for message in said.of(Passage.Dragged)]
        assert drags == [(0, 3), (0, 14)]
        assert said.of(Passage.Dragged)[0].control is passage

    play(scene, passage)


def test_the_layout_is_announced_when_it_changes() -> None:
    passage = Passage("en")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        said.forget()
        passage.show("some words of some length")
        passage.show("some words of some length", selection=Span(0, 4))
        await pilot.pause()
        assert len(said.of(Passage.Reshaped)) == 1
        await pilot.resize_terminal(18, 8)
        await pilot.pause()
        assert len(said.of(Passage.Reshaped)) == 2
        assert passage.text_layout.width == 16

    play(scene, passage)


def test_the_selection_is_kept_in_view() -> None:
    passage = Passage("en")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        words = [f"word{number:03}" for number in range(100)]
        text = " ".join(words)
        for number in (0, 99, 50, 51, 0):
            start = text.index(words[number])
            passage.show(text, selection=Span(start, start + 7))
            row = next(at for at, row in enumerate(rows(passage)) if words[number] in row)
            column = rows(passage)[row].index(words[number])
            assert style_at(passage, column, row).reverse
            assert row + 1 < passage.visible_rows, "its rubric is seen too"

    play(scene, passage, size=(30, 7))


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light"])
def test_another_theme_is_painted(theme: str) -> None:
    passage = Passage("en")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        passage.show("abc", [ShownMark(0, 1, "c", 0, "entity")], Span(2, 3))
        rows(passage)
        pilot.app.theme = theme
        await pilot.pause()
        assert style_at(passage, 1, 0).color == passage.rich_style.color
        assert style_at(passage, 2, 0).bgcolor == passage.rich_style.bgcolor

    play(scene, passage)


PIECES = [
    "سلام",
    "لا",
    "مـــد",
    "كِتَابٌ",
    "R1",
    "12.5%",
    "٣٫٥",
    "؟",
    "(",
    "»",
    "🚀",
    "👩‍💻",
    " ",
    "\n",
    "\u200f",
]
KINDS: st.SearchStrategy[Literal["entity", "flag"]] = st.sampled_from(("entity", "flag"))
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=25).map("".join)


def test_every_code_point_under_a_mark_is_painted_and_named() -> None:
    passages = {lang: Passage(lang) for lang in ("ar", "en")}

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        @settings(max_examples=60)
        @given(TEXTS, st.data())
        def check(text: str, data: st.DataObject) -> None:
            start = data.draw(st.integers(0, len(text) - 1))
            end = data.draw(st.integers(start + 1, len(text)))
            kind = data.draw(KINDS)
            for passage in passages.values():
                passage.show(text, [ShownMark(start, end, "c", 4, kind, "1")])
                found = passage.text_layout
                for number, line in enumerate(found.lines):
                    text_row = passage.row_at(2 * number)
                    rubric = passage.row_at(2 * number + 1)
                    assert text_row
                    assert rubric
                    styles = by_column(text_row.strip())
                    below = rubric.strip().text
                    named = ""
                    for cell in line.cells:
                        taken = cell.start < end and start < cell.end
                        style = styles[cell.column]
                        lit = (
                            style.underline if kind == "flag" else style.bgcolor == text_on_colour(4).bgcolor
                        )
                        assert bool(lit) == taken
                        under = below[cell.column : cell.column + cell.width]
                        assert bool(under.strip()) == taken
                        named += under.strip()
                    assert not named or "c" in named

        check()

    play(scene, *passages.values(), size=(18, 20))


def test_bases_hold_for_texts_of_the_other_direction() -> None:
    passage = Passage("ar")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        passage.show("Nvidia (R1).")
        assert passage.text_layout.lines[0].direction is Direction.RTL
        assert rows(passage)[0].strip() == ".Nvidia (R1)"

    play(scene, passage)


def test_what_is_shown_before_there_is_a_size_is_seen_later() -> None:
    passage = Passage("en")
    passage.absent = "none"
    passage.show("abc", [ShownMark(0, 1, "c", 0, "entity")])

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        assert rows(passage)[:2] == ["abc", "c"]
        passage.show(None)
        passage.absent = "nothing"
        assert rows(passage)[0].strip() == "nothing"
        passage.show("")
        assert set(rows(passage)) == {""}

    play(scene, passage)


def test_marks_beyond_the_text_and_keys_of_any_script_do_no_harm() -> None:
    passage = Passage("ar")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        marks = [
            ShownMark(0, 4, "ش", 0, "entity", "12"),
            ShownMark(4, 99, "", 1, "flag"),
            ShownMark(50, 60, "x", 1, "flag"),
        ]
        passage.show("سلام لا", marks, Span(40, 50), hints={77: "zz"})
        assert rows(passage)[:2] == ["          ﺎﻟ ﻡﺎﻠﺳ", "          ~~~─12ﺵ"]

    play(scene, passage, size=(19, 5))
