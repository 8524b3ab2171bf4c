"""Keys that come in one burst, each to the screen that the one before it opened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen

from hashiya.tui.screens.write_line import WritingScreen
from hashiya.tui.terminal.key_queue import KeyQueueApp
from hashiya.tui.widgets.field import Field
from hashiya.tui.widgets.prompt import Question

pytestmark = pytest.mark.asyncio


class Noting(Screen[None]):
    """On "a" it asks for a line, on "w" it waits; every other key it writes down."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[str] = []
        self.released = asyncio.Event()

    async def on_key(self, event: events.Key) -> None:
        event.stop()
        if event.key == "a":
            self.app.push_screen(WritingScreen(Question("?")), lambda text: self.noted.append(f"<{text}>"))
            return
        if event.key == "w":
            await self.released.wait()
        self.noted.append(event.key)


@asynccontextmanager
async def noting() -> AsyncIterator[tuple[Pilot[Any], Noting]]:
    screen = Noting()
    async with KeyQueueApp().run_test() as pilot:
        await pilot.app.push_screen(screen)
        yield pilot, screen


def burst(pilot: Pilot[Any], *keys: str) -> None:
    """Keys that have all come before the first of them is looked at."""
    assert pilot.app._driver is not None
    for key in keys:
        name = _character_to_key(key) if len(key) == 1 else key
        event: events.Event = events.Paste(key[1:]) if key.startswith("\n") else events.Key(
            name, key if len(key) == 1 else None
        )  # fmt: skip
        event.set_sender(pilot.app)
        pilot.app._driver.send_message(event)


async def taken(pilot: Pilot[Any]) -> None:
    """Wait until all keys are taken in."""
    async with asyncio.timeout(20):
        await asyncio.sleep(0)
        await pilot._wait_for_screen()
        await pilot.app._pressed.join()  # type: ignore[attr-defined]


async def test_a_dialog_takes_what_was_meant_for_it() -> None:
    async with noting() as (pilot, screen):
        burst(pilot, *"xabc", "backspace", *"ad", "left", "e", "enter", "y", "a", "escape", "z")
        await taken(pilot)
        assert screen.noted == ["x", "<baed>", "y", "<None>", "z"]


async def test_what_is_pasted_keeps_its_place() -> None:
    async with noting() as (pilot, screen):
        burst(pilot, "a", "1", "\n23", "4", "enter")
        await taken(pilot)
        assert screen.noted == ["<1234>"]


async def test_a_key_that_takes_too_long_does_not_hold_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hashiya.tui.terminal.key_queue._LONGEST", 0.01)
    async with noting() as (pilot, screen):
        burst(pilot, "w", "x")
        async with asyncio.timeout(20):
            await asyncio.sleep(0)
            await pilot.app._pressed.join()  # type: ignore[attr-defined]
        screen.released.set()
        await taken(pilot)
        assert screen.noted == ["w", "x"]


async def test_a_field_gets_all_of_it() -> None:
    async with noting() as (pilot, _):
        burst(pilot, "a", *("x" * 500))
        await taken(pilot)
        assert pilot.app.screen.query_one(Field).value == "x" * 500
