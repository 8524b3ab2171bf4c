"""The screen in a page of real headless Chromium, what a terminal in it shows, and what is asked of a server.

The terminal in the page is xterm.js, whose buffer tells what every cell holds.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.browser import Page, blank_page, until

ARABIC_C = "ؤ"
"""What the key of "c" types on an Arabic keyboard."""

KEEP_TERMINAL = """
Object.defineProperty(Object.prototype, "fitAddon", {configurable: true, set(addon) {
    Object.defineProperty(this, "fitAddon", {value: addon, writable: true, configurable: true});
    window.terminal = this.terminal;
}})
"""
LINES = """
window.terminal === undefined ? [] : Array.from({length: terminal.rows},
    (_, row) => terminal.buffer.active.getLine(row).translateToString(true))
"""
CELL = """(() => {
    const box = document.querySelector(".xterm-screen").getBoundingClientRect();
    return [box.width / terminal.cols, box.height / terminal.rows];
})()"""
CLOSED = "document.body.classList.contains('-closed')"


class Screen(Page):
    """A page that shows a terminal."""

    async def lines(self) -> list[str]:
        return await self.value(LINES) or []

    async def shows(self, text: str) -> list[str]:
        """The screen's lines once one of them has `text`."""

        async def question() -> list[str]:
            lines = await self.lines()
            return lines if any(text in line for line in lines) else []

        return await until(question, f"{text!r} on the screen")

    async def press(self, *keys: str) -> None:
        for key in keys:
            text = "\r" if key == "Enter" else key
            code = {"Enter": 13, ARABIC_C: 67}.get(key) or ord(key.upper())
            for kind in ("keyDown", "keyUp"):
                typed = {"text": text} if kind == "keyDown" else {}
                await self.call(
                    "Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **typed
                )

    async def click(self, row: int, column: int) -> None:
        """Click a word and wait until the cursor is there."""
        wide, high = await self.value(CELL)
        there = f"terminal.buffer.active.getLine({row}).getCell({column}).isInverse()"
        assert not await self.value(there)
        place = {"x": (column + 0.5) * wide, "y": (row + 0.5) * high, "button": "left", "clickCount": 1}
        for kind in ("mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=kind, **place)
        await until(lambda: self.value(there), "the cursor where it was clicked")


@asynccontextmanager
async def opened(browser: str, address: str) -> AsyncIterator[Screen]:
    async with blank_page(browser) as page:
        screen = Screen(page.socket)
        await screen.call("Page.addScriptToEvaluateOnNewDocument", source=KEEP_TERMINAL)
        await screen.call("Page.navigate", url=address)
        yield screen


def gone(pids: Sequence[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


def client() -> aiohttp.ClientSession:
    """A browser without a page: it keeps cookies, also of an address that is a number."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


async def join(browser: aiohttp.ClientSession, address: str) -> int:
    """Do what the page of a link does; the status of the answer."""
    page, _, token = address.partition("#")
    origin = "/".join(page.split("/")[:3])
    async with browser.post(page, data=token, headers={"Origin": origin}) as answer:
        return answer.status
