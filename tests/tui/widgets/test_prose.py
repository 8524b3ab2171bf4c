"""Text to be read: sides, markers, scrolling, the current block."""

from __future__ import annotations

from typing import Any

from textual import events
from textual.pilot import Pilot

from hashiya.tui.bidi.levels import Direction
from hashiya.tui.widgets.markdown import TextBlock, markdown
from hashiya.tui.widgets.prose import Prose
from tests.tui.widgets.host import Said, play, rows, style_at


def test_arabic_blocks_and_their_markers_stand_right() -> None:
    prose = Prose(markdown("سلام **لا**\n\n1. نعم\n2. لا\n\n- Yes"))

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        assert rows(prose)[:6] == [
            "           ﻻ ﻡﻼﺳ",
            "",
            "          ﻢﻌﻧ .1",
            "            ﻻ .2",
            "  •  Yes",
            "",
        ]
        assert style_at(prose, 11, 0).bold
        assert not style_at(prose, 13, 0).bold

    play(scene, prose, size=(19, 8))


def test_styles_of_spans_and_blocks() -> None:
    blocks = [
        *markdown("a *b* `c`"),
        TextBlock("dim", style="dim"),
        TextBlock("head", style="heading", indent=4),
    ]
    prose = Prose(blocks)

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        assert style_at(prose, 4, 0).italic
        assert style_at(prose, 6, 0).bold
        assert style_at(prose, 2, 2).color != style_at(prose, 2, 0).color
        assert rows(prose)[4] == "      head"
        assert style_at(prose, 6, 4).bold

    play(scene, prose)


def test_keys_and_the_wheel_scroll() -> None:
    prose = Prose([TextBlock(f"line {number}", tight=True) for number in range(50)])

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        prose.focus()
        tops = []
        for key in ("down", "pagedown", "up", "pageup", "end", "home"):
            await pilot.press(key)
            await pilot.pause()
            tops.append(rows(prose)[0].strip())
        prose.post_message(events.MouseScrollDown(prose, 1, 1, 0, 1, 0, False, False, False))
        await pilot.pause()
        assert prose.scroll_offset.y > 0
        assert tops == ["line 1", "line 11", "line 10", "line 0", "line 40", "line 0"]

    play(scene, prose, size=(20, 10))


def test_a_block_is_brought_into_view_and_highlighted() -> None:
    blocks = [TextBlock(f"فقرة {number}", Direction.RTL) for number in range(20)]
    prose = Prose(blocks)
    prose.scroll_to_block(10)  # before it has a size

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        assert rows(prose)[0].endswith("10 ﺓﺮﻘﻓ")
        prose.current = 11
        assert rows(prose)[2].endswith("11 ﺓﺮﻘﻓ ▐")
        plain = style_at(prose, 0, 0).bgcolor
        assert style_at(prose, 0, 2).bgcolor != plain
        prose.scroll_to_block(12)
        assert rows(prose)[0].endswith("10 ﺓﺮﻘﻓ"), "what is in view is not moved"
        prose.show(blocks[:15], current=14)
        assert any(row.endswith("14 ﺓﺮﻘﻓ ▐") for row in rows(prose))
        prose.show(blocks)
        assert rows(prose)[0].endswith("0 ﺓﺮﻘﻓ")
        assert prose.current is None
        assert len(prose.blocks) == 20

    play(scene, prose, size=(24, 6))


def test_a_narrower_screen_keeps_the_block_at_the_top() -> None:
    prose = Prose([TextBlock(f"block {number} " + "with many words " * 4) for number in range(20)])

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        prose.jump(prose.virtual_size.height // 2)
        prose.scroll_to_block(12)
        top = next(row for row in rows(prose) if "block" in row).split()[1]
        await pilot.resize_terminal(18, 8)
        await pilot.pause()
        assert rows(prose)[0].split()[:2] in (["block", top], ["block", str(int(top) - 1)])

    play(scene, prose, size=(60, 8))
