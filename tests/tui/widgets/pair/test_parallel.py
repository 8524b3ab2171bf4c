"""An article pair by pair, both sides beginning on the same row."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from hashiya.corpus.building.make_pairs import make_pairs
from hashiya.tui.widgets.pair.parallel import Parallel
from tests.corpora import document
from tests.tui.session.drafts import tokenize
from tests.tui.widgets.host import Said, play, rows, style_at

ROWS = [
    ("مرحبا بكم", "Welcome to you all who came from far away"),
    (None, "Alone"),
    *((f"سطر {number}", f"Line {number}") for number in range(20)),
]


def parallel() -> Parallel:
    made, beads = document("d", ROWS)
    return Parallel(make_pairs(made, beads, tokenize))


def test_sides_begin_on_the_same_row() -> None:
    async def scene(pilot: Pilot[Any], said: Said) -> None:
        first, second, third, blank, alone, *_ = rows(widget)
        assert first.split() == ["Welcome", "to", "you", "ﻢﻜﺑ", "ﺎﺒﺣﺮﻣ"]
        assert second.split() + third.split() == ["all", "who", "came", "from", "far", "away"]
        assert blank == ""
        assert alone.split() == ["Alone", "—"]

    widget = parallel()
    play(scene, widget, size=(36, 8))


def test_the_current_pair_is_brought_into_view_and_stands_out() -> None:
    async def scene(pilot: Pilot[Any], said: Said) -> None:
        widget.current = 15
        await pilot.pause()
        shown = rows(widget)
        at = next(number for number, row in enumerate(shown) if "Line 13" in row)
        assert style_at(widget, 1, at).bold
        assert not style_at(widget, 1, at - 2).bold
        await pilot.resize_terminal(60, 10)
        await pilot.pause()
        assert any("Line 13" in row for row in rows(widget))

    widget = parallel()
    play(scene, widget)


def test_a_click_tells_which_pair_it_was() -> None:
    async def scene(pilot: Pilot[Any], said: Said) -> None:
        for row in (0, 2, 3):  # the first pair, its second line's end, the blank row after it
            await pilot.click(widget, offset=(2, row))
        await pilot.click(widget, offset=(2, 4))
        assert [message.place for message in said.of(Parallel.Clicked)] == [0, 0, 1]

    widget = parallel()
    play(scene, widget, size=(36, 8))
