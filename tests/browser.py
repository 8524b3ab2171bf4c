"""Real headless Chromium for tests, driven through its DevTools protocol."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 30.0
Test = TypeVar("Test", bound=Callable[..., object])


def needs_chromium(test: Test) -> Test:
    """Mark a test that drives the browser."""
    absent = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH: apt install chromium")
    marked: Test = pytest.mark.system(absent(test))
    return marked


async def until(question: Callable[[], Any], what: str) -> Any:
    """The first answer that is not empty; asked again and again, but not for ever."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer = question()
        if isinstance(answer, Awaitable):
            answer = await answer
        if answer:
            return answer
        await asyncio.sleep(0.02)
    pytest.fail(f"not within {PATIENCE:.0f} s: {what}")


class NavigatedError(Exception):
    """The page went elsewhere while it was asked something."""


@dataclass
class Page:
    """A page of the browser; its requests are kept."""

    socket: aiohttp.ClientWebSocketResponse
    requests: list[str] = field(default_factory=list)
    _calls: int = 0

    async def call(self, method: str, **parameters: object) -> dict[str, Any]:
        self._calls += 1
        await self.socket.send_json({"id": self._calls, "method": method, "params": parameters})
        while True:
            answer = await self.socket.receive_json(timeout=PATIENCE)
            if answer.get("method") == "Network.requestWillBeSent":
                self.requests.append(answer["params"]["request"]["url"])
            if answer.get("id") == self._calls:
                if "navigated" in answer.get("error", {}).get("message", ""):
                    raise NavigatedError
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    async def value(self, expression: str) -> Any:
        """What an expression comes to; `None` where the page goes elsewhere meanwhile."""
        try:
            answer = await self.call(
                "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
            )
        except NavigatedError:
            return None
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a running Chromium's DevTools."""
    options = "--headless=new --remote-debugging-port=0 --no-sandbox --disable-dev-shm-usage --no-first-run"
    process = subprocess.Popen(
        [
            str(CHROMIUM),
            *options.split(),
            f"--user-data-dir={folder}",
            "--window-size=1400,800",
            "about:blank",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        port = asyncio.run(until(lambda: _first_line(folder / "DevToolsActivePort"), "Chromium's start"))
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _first_line(path: Path) -> str:
    with suppress(OSError):
        lines = path.read_text().splitlines()
        return lines[0] if len(lines) > 1 else ""
    return ""


@asynccontextmanager
async def blank_page(browser: str) -> AsyncIterator[Page]:
    """An empty page of the browser at an address."""
    async with aiohttp.ClientSession() as session:
        async with session.put(f"{browser}/json/new?about:blank") as answer:
            target = await answer.json()
        async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
            page = Page(socket)
            for domain in ("Page", "Runtime", "Network"):
                await page.call(f"{domain}.enable")
            await page.call("Emulation.setFocusEmulationEnabled", enabled=True)
            yield page
            await page.call("Page.close")
