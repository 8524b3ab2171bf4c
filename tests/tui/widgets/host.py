"""An app around the widgets under test: it keeps the messages that they send."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from rich.style import Style
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

T = TypeVar("T", bound=Message)
Scene = Callable[[Pilot[Any], "Said"], Awaitable[None]]


class Said:
    """Messages of the widgets under test, each once however far it bubbled."""

    def __init__(self) -> None:
        self._all: list[Message] = []

    def hear(self, message: Message) -> None:
        if type(message).__module__.startswith("hashiya.") and not any(message is one for one in self._all):
            self._all.append(message)

    def of(self, kind: type[T]) -> list[T]:
        return [message for message in self._all if isinstance(message, kind)]

    def forget(self) -> None:
        self._all.clear()


class Host(App[None]):
    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self._widgets = widgets
        self.animation_level = "none"

    def compose(self) -> ComposeResult:
        yield from self._widgets


def play(scene: Scene, *widgets: Widget, size: tuple[int, int] = (40, 12)) -> None:
    """Mount the widgets in a terminal of that size, and let the scene go on."""

    async def run() -> None:
        said = Said()
        async with Host(*widgets).run_test(size=size, message_hook=said.hear) as pilot:
            await pilot.pause()
            await scene(pilot, said)

    asyncio.run(run())


def rows(widget: Widget) -> list[str]:
    """What is seen, row by row, without blanks at the end."""
    return [widget.render_line(y).text.rstrip() for y in range(widget.content_size.height)]


def by_column(strip: Strip) -> list[Style]:
    """The style of each column."""
    return [segment.style or Style.null() for segment in strip for _ in range(segment.cell_length)]


def style_at(widget: Widget, column: int, row: int) -> Style:
    """The style of one column of one row of the screen."""
    return by_column(widget.render_line(row))[column]
