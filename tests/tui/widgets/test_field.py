"""A line that is edited: keys, paste, mouse, and where the caret is seen."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events
from textual.pilot import Pilot

from hashiya.tui.bidi.levels import Direction
from hashiya.tui.widgets.field import Field
from tests.tui.widgets.host import Said, by_column, play, rows


def caret_columns(field: Field, row: int = 0) -> list[int]:
    return [at for at, style in enumerate(by_column(field.render_line(row))) if style.reverse]


def test_arabic_is_typed_from_right_to_left() -> None:
    field = Field()

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        await pilot.press("س", "ل", "ا", "م")
        assert field.value == "سلام"
        assert rows(field) == ["      ﻡﺎﻠﺳ"]
        assert caret_columns(field) == [5]
        assert [message.value for message in said.of(Field.Changed)] == ["س", "سل", "سلا", "سلام"]
        await pilot.press("right")
        assert (field.caret, caret_columns(field)) == (3, [6])
        await pilot.press("home", "right")
        assert (field.caret, caret_columns(field)) == (0, [9])
        await pilot.press("left", "backspace", "space", "x", "end", "!")
        assert field.value == " xلام!"

    play(scene, field, size=(12, 4))


def test_the_caret_moves_as_it_is_seen_through_both_directions() -> None:
    field = Field("ab سلا cd")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        seen = []
        for _ in range(10):
            seen.append((field.caret, *caret_columns(field)))
            await pilot.press("left")
        assert seen == [(9, 9), (8, 8), (7, 7), (6, 6), (3, 5), (4, 4), (5, 3), (2, 2), (1, 1), (0, 0)]
        for _ in range(10):
            await pilot.press("right")
        assert field.caret == 9

    play(scene, field)


def test_words_go_where_the_line_runs() -> None:
    field = Field("سوق الذكاء", base=Direction.RTL)

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        await pilot.press("ctrl+right")
        assert field.caret == 4
        await pilot.press("ctrl+right", "ctrl+right")
        assert field.caret == 0
        await pilot.press("ctrl+left")
        assert field.caret == 4
        await pilot.press("end", "ctrl+w")
        assert field.value == "سوق "
        await pilot.press("ctrl+u")
        assert field.value == ""

    play(scene, field)


def test_a_paste_becomes_one_line() -> None:
    field = Field("ab")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        await pilot.press("left")
        field.post_message(events.Paste("سطر\r\nآخر\x1b[31m\t.\n"))
        await pilot.pause()
        assert field.value == "aسطر آخر [31m .b"
        assert field.caret == len(field.value) - 1

    play(scene, field)


def test_enter_and_escape() -> None:
    field = Field("R1", id="f")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        await pilot.press("enter", "escape")
        assert [message.value for message in said.of(Field.Submitted)] == ["R1"]
        assert [message.control for message in said.of(Field.Cancelled)] == [field]
        said.forget()
        field.value = "x\x00\ny"
        assert field.value == "x  y"
        await pilot.press("end", "delete")
        assert not said.of(Field.Changed), "only what the user changes is told"

    play(scene, field)


def test_the_placeholder_is_seen_while_empty() -> None:
    field = Field(placeholder="ابحث")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        assert rows(field) == ["      ﺚﺤﺑﺍ"]
        assert caret_columns(field) == [9]
        await pilot.press("left", "ctrl+left", "backspace", "delete", "left")
        assert (field.value, field.caret) == ("", 0)
        await pilot.press("a")
        assert rows(field) == ["a"]
        field.placeholder = "x"
        await pilot.press("backspace")
        assert rows(field) == ["x"]

    play(scene, field, size=(12, 4))


def test_a_long_value_wraps_and_then_scrolls() -> None:
    field = Field(max_rows=2)

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        field.value = "one two three four"
        await pilot.pause()
        assert field.content_size.height == 2
        assert rows(field) == ["three", "four"]
        assert caret_columns(field, 1) == [4]
        await pilot.press("home")
        assert rows(field) == ["one two", "three"]
        assert caret_columns(field) == [0]
        await pilot.press("ctrl+u")
        await pilot.pause()
        assert field.content_size.height == 1

    play(scene, field, size=(11, 6))


def test_a_full_line_leaves_the_caret_its_column() -> None:
    fields = [Field("abcdefgh"), Field("سسسسسسسس")]

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        assert caret_columns(fields[0]) == [8]
        assert rows(fields[0]) == ["abcdefgh"]
        await pilot.press("tab")
        assert caret_columns(fields[0]) == []
        assert caret_columns(fields[1]) == [0]
        assert rows(fields[1])[0][0] == " "

    play(scene, *fields, size=(11, 6))


def test_a_click_sets_the_caret() -> None:
    field = Field("سلام ab")

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        right = field.content_size.width  # with the padding
        for back, caret in ((0, 0), (1, 1), (4, 4), (5, 6), (6, 5), (7, 7), (right - 1, 7)):
            await pilot.click(field, offset=(right - back, 0))
            assert field.caret == caret
        field.value = ""
        await pilot.click(field, offset=(3, 0))
        assert field.caret == 0

    play(scene, field)


KEYS = [
    "س", "ل", "ا", "\u064e", "a", "1", "%", "space", "(", "🚀", "left", "right", "home", "end", "backspace",
    "delete", "ctrl+left", "ctrl+right", "ctrl+w", "up", "f5",
]  # fmt: skip


def test_any_keys_leave_a_caret_that_is_seen() -> None:
    field = Field(max_rows=2)

    async def scene(pilot: Pilot[Any], said: Said) -> None:
        @settings(max_examples=50)
        @given(st.lists(st.sampled_from(KEYS), max_size=25))
        def check(keys: list[str]) -> None:
            field.value = ""
            for key in keys:
                if key in ("left", "right"):
                    field.action_step("RTL" if key == "left" else "LTR")
                elif key in ("ctrl+left", "ctrl+right"):
                    field.action_word("RTL" if key == "ctrl+left" else "LTR")
                elif key in ("home", "end", "backspace", "delete"):
                    getattr(field, f"action_{key}")()
                else:
                    field.on_key(events.Key(key, key if len(key) == 1 else None))
                assert 0 <= field.caret <= len(field.value)
                assert len([row for row in range(2) if caret_columns(field, row)]) == 1
                assert field.value.isprintable() or "\u200d" in field.value

        check()

    play(scene, field, size=(12, 6))
