"""One row of short texts, from the left or from the right."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from hashiya.tui.bidi.levels import Direction
from hashiya.tui.widgets.bar import Bar, Piece, keys
from tests.tui.widgets.host import Said, play, rows, style_at

PIECES = [Piece("c", "key"), Piece("Company", tight=True, action="label"), Piece("شركة", action="ar")]
END = [Piece("saved", "good"), Piece("layla")]


@pytest.mark.parametrize(
    ("base", "width", "row"),
    [
        (Direction.LTR, 40, "c Company  ﺔﻛﺮﺷ             saved  layla"),
        (Direction.RTL, 40, "layla  saved             ﺔﻛﺮﺷ  Company c"),
        (Direction.LTR, 25, "c Company    saved  layla"),
        (Direction.LTR, 22, "c Compan  saved  layla"),
        (Direction.LTR, 12, "saved  layla"),
        (Direction.LTR, 9, "saved  l…"),
    ],
)
def test_a_row_begins_where_the_menus_do_and_is_cut_to_its_width(
    base: Direction, width: int, row: str
) -> None:
    async def scene(pilot: Pilot[Any], said: Said) -> None:
        bar.show(PIECES[: 2 if width < 40 else 3], END, base)
        await pilot.pause()
        assert rows(bar) == [row]

    bar = Bar()
    play(scene, bar, size=(width, 3))


def test_styles_and_clicks_find_their_piece() -> None:
    async def scene(pilot: Pilot[Any], said: Said) -> None:
        bar.show(PIECES, END, Direction.RTL)
        await pilot.pause()
        assert style_at(bar, 39, 0).bold
        assert not style_at(bar, 33, 0).bold
        await pilot.click(bar, offset=(31, 0))
        await pilot.click(bar, offset=(26, 0))
        await pilot.click(bar, offset=(15, 0))
        await pilot.click(bar, offset=(39, 0))
        assert [message.action for message in said.of(Bar.Clicked)] == ["label", "ar"]

    bar = Bar()
    play(scene, bar)


def test_an_english_name_among_arabic_ones_moves_nothing() -> None:
    async def scene(pilot: Pilot[Any], said: Said) -> None:
        bar.show([Piece("صدمة Deepseek"), Piece("(1)"), Piece("مرحبا!")], (), Direction.RTL)
        await pilot.pause()
        assert rows(bar)[0].split() == ["!ﺎﺒﺣﺮﻣ", "(1)", "Deepseek", "ﺔﻣﺪﺻ"]

    play(scene, bar := Bar())


def test_keys_are_pairs_of_pieces() -> None:
    assert keys(("Esc", "Close")) == [Piece("Esc", "key"), Piece("Close", tight=True)]
