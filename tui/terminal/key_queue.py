"""Keys in the order in which they were pressed, each to the screen that the one before it opened.

Textual hands all keys that have come to the widget that has the focus just then, and what a widget binds is
done later still, when its key has come back to the app. Over a slow line keys come in bursts: the letters
after the key that opens a dialog would be taken for commands, and a backspace would delete what follows it.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump

_LONGEST: Final = 2.0
"""Seconds that a key may take before the next one is handed on all the same."""
_ROUNDS: Final = 2
"""A key comes back to the app, which tells a widget to do what the key is bound to."""


class KeyQueueApp(App[None]):
    """An app that hands a key or a paste on when what the one before it does is done."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._pressed: asyncio.Queue[events.Key | events.Paste] = asyncio.Queue()
        self._taking = False

    async def on_event(self, event: events.Event) -> None:
        """Put keys in a line; hand everything else on."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self._pressed.put_nowait(event)
        if not self._taking:
            self._taking = True
            self.run_worker(self._take(), name="keys in order")

    async def _take(self) -> None:
        while True:
            event = await self._pressed.get()
            try:
                reached = self.focused or self.screen
                await super().on_event(event)
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LONGEST):
                        await self._taken_in(reached)
            finally:
                self._pressed.task_done()

    async def _taken_in(self, reached: DOMNode) -> None:
        """Wait until a widget and all above it have done what they were told, and any screen that opened."""
        screen = None
        while screen is not self.screen:
            screen = self.screen
            for _ in range(_ROUNDS):
                for node in reached.ancestors_with_self:
                    await _drained(node)
                    await _drained(node)  # it may have told itself what it now tells its parent
            reached = self.focused or self.screen


async def _drained(node: MessagePump) -> None:
    """Wait until a node has taken all messages that it had when this was called."""
    done = asyncio.Event()
    if node.call_later(done.set):
        await done.wait()
