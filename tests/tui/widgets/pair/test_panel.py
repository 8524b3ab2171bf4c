"""The statements of a pair, one a line, and clicks on them."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from hashiya.schema.records import Span
from hashiya.tui.bidi.levels import Direction
from hashiya.tui.widgets.pair.panel import Panel, Statement
from tests.tui.widgets.host import Said, play, rows, style_at

STATEMENTS = [
    Statement("c1", ("إنفيديا", "⇄", "Nvidia"), dim=("⇄",), colour=0, at=("ar", Span(5, 12))),
    Statement("stance", ("Bearish", "→", "Chips")),
]


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        (Direction.LTR, [" c1      ﺎﻳﺪﻴﻔﻧﺇ ⇄ Nvidia", " stance  Bearish → Chips"]),
        (Direction.RTL, ["Nvidia ⇄ ﺎﻳﺪﻴﻔﻧﺇ      c1", "Chips → Bearish  stance"]),
    ],
)
def test_each_statement_is_a_line_that_runs_as_the_menus_do(base: Direction, expected: list[str]) -> None:
    async def scene(pilot: Pilot[Any], said: Said) -> None:
        panel.show(STATEMENTS, base)
        await pilot.pause()
        assert [row.strip() for row in rows(panel)[:2]] == [row.strip() for row in expected]
        assert rows(panel)[2] == ""

    play(scene, panel := Panel())


def test_the_active_one_is_seen_and_stands_out() -> None:
    async def scene(pilot: Pilot[Any], said: Said) -> None:
        many = [Statement(str(number), ("x",), active=number == 30) for number in range(40)]
        panel.show(many, Direction.LTR)
        await pilot.pause()
        shown = rows(panel)
        at = next(number for number, row in enumerate(shown) if row.split()[0] == "30")
        assert style_at(panel, 0, at).reverse
        assert not style_at(panel, 0, at - 1).reverse

    play(scene, panel := Panel())


def test_a_click_tells_where_the_words_are() -> None:
    async def scene(pilot: Pilot[Any], said: Said) -> None:
        panel.show(STATEMENTS, Direction.LTR)
        await pilot.pause()
        for row in (0, 1, 5):
            await pilot.click(panel, offset=(10, row))
        [clicked] = said.of(Panel.Clicked)
        assert (clicked.lang, clicked.span) == ("ar", Span(5, 12))

    play(scene, panel := Panel())


def test_a_line_that_is_too_long_is_cut() -> None:
    async def scene(pilot: Pilot[Any], said: Said) -> None:
        panel.show([Statement("note", ("word " * 50,))], Direction.LTR)
        await pilot.pause()
        assert rows(panel)[0].endswith("…")

    play(scene, panel := Panel(), size=(30, 5))
