"""Choosing from a list: typing, moving, cutting what is too long, ten thousand entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.pilot import Pilot

from hashiya.tui.bidi.levels import Direction
from hashiya.tui.widgets.entry_list import Entry, EntryList, fitted
from hashiya.tui.widgets.picker import Picker
from tests.tui.widgets.host import Said, play, rows, style_at

ENTRIES = [
    Entry("nvidia", "إنفيديا", "c", "أسماء"),
    Entry("deepseek", "ديبسيك", "c", "أسماء"),
    Entry("chips", "chips", "t", "terms"),
    Entry("ai", "الذكاء الاصطناعي العام والخاص", "a note", "terms"),
]


def find(query: str) -> Sequence[Entry]:
    return [entry for entry in ENTRIES if query in entry.text or query in entry.key]


def highlighted(said: Said) -> list[str | None]:
    return [message.entry.key if message.entry else None for message in said.of(Picker.Highlighted)]


def test_entries_stand_on_the_side_where_they_begin() -> None:
    picker = Picker(find, placeholder="search")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        assert rows(picker.field) == ["search"]
        assert rows(picker.entries)[:6] == [
            "                 ﺀﺎﻤﺳﺃ",
            "c              ﺎﻳﺪﻴﻔﻧﺇ",
            "c               ﻚﻴﺴﺒﻳﺩ",
            "terms",
            "chips                t",
            "a note  …ﺎﻨﻄﺻﻻﺍ ﺀﺎﻛﺬﻟﺍ",
        ]
        assert [bool(style_at(picker.entries, 9, row).reverse) for row in range(3)] == [False, True, False]

    play(scene, picker, size=(24, 10))


def test_typing_finds_and_enter_chooses() -> None:
    picker = Picker(find)

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        await pilot.press("down", "down", "down", "down", "up")
        assert highlighted(said) == ["nvidia", "deepseek", "chips", "ai", "chips"]
        await pilot.press("enter")
        await pilot.press("d", "e", "e", "enter")
        assert [(message.entry, message.query) for message in said.of(Picker.Chosen)] == [
            (ENTRIES[2], ""),
            (ENTRIES[1], "dee"),
        ]
        said.forget()
        await pilot.press("x", "down", "enter")
        assert picker.highlighted is None
        assert [(message.entry, message.query) for message in said.of(Picker.Chosen)] == [(None, "deex")]
        await pilot.press("escape")
        assert [message.control for message in said.of(Picker.Cancelled)] == [picker]

    play(scene, picker)


def test_found_again_the_highlighted_stays() -> None:
    listed = list(ENTRIES)
    picker = Picker(lambda _: tuple(listed))

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        await pilot.press("down", "down")
        listed.insert(0, Entry("new", "new"))
        picker.refresh_entries()
        assert picker.highlighted == ENTRIES[2]
        listed.remove(ENTRIES[2])
        picker.refresh_entries()
        assert picker.highlighted == Entry("new", "new")

    play(scene, picker)


def test_a_click_chooses_and_headings_do_not() -> None:
    picker = Picker(find)

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        await pilot.click(picker.entries, offset=(5, 0))
        await pilot.click(picker.entries, offset=(5, 9))
        assert not said.of(Picker.Chosen)
        await pilot.click(picker.entries, offset=(5, 4))
        assert [message.entry for message in said.of(Picker.Chosen)] == [ENTRIES[2]]

    play(scene, picker)


def test_ten_thousand_entries_are_paged() -> None:
    entries = [Entry(str(number), f"كيان {number}", group=f"g{number // 100}") for number in range(10_000)]
    picker = Picker(lambda _: entries, base=Direction.RTL)

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        await pilot.press("pagedown", "pagedown", "pageup")
        assert highlighted(said) == ["0", "8", "16", "8"]
        assert any("8 ﻥﺎﻴﻛ" in row for row in rows(picker.entries))
        picker.entries.highlighted = 99_999
        assert picker.highlighted == entries[-1]
        assert rows(picker.entries)[-1].endswith("9999 ﻥﺎﻴﻛ")
        picker.entries.highlighted = 0
        assert rows(picker.entries)[0].endswith("g0"), "with the first its heading is seen"

    play(scene, picker, size=(24, 10))


def test_long_texts_are_cut_where_reading_ends() -> None:
    assert fitted("one two\nthree", 20) == ("one two three", 13)
    assert fitted("one two", 7) == ("one two", 7)
    assert fitted("one two", 6) == ("one t…", 6)
    assert fitted("لا 中中", 4) == ("لا…", 3)
    assert fitted("🚀", 1) == ("…", 1)
    assert fitted("", 0) == ("", 0)


def test_a_list_may_be_empty() -> None:
    listed = EntryList()

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        listed.highlighted = 5
        assert listed.highlighted == 0
        assert set(rows(listed)) == {""}

    play(scene, listed, size=(20, 4))
