"""A browser window: the annotator's process behind it, and what goes to and fro.

Nothing but keys, sizes and the focus gets to the process, and nothing but what it paints gets out: a program
could also have the browser open addresses, or take files, and is not asked to.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress

from aiohttp import WSMsgType, web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from hashiya.tui.web.guests import Guest

REVOKED, TOO_MANY_OF_ONE, TOO_MANY = 4001, 4002, 4003
"""Why a window is closed, as the page knows it."""
_MAIN = "from hashiya.tui.cli.main import main; main()"
_DRIVER = "hashiya.tui.web.driver:BrowserDriver"
_PATIENCE = 5.0
"""Seconds that a window's process has to end by itself."""
_WIDEST, _HIGHEST = 500, 300


def label_command_line(corpus: str, guest: Guest, options: Sequence[str] = ()) -> list[str]:
    """Return what a window runs; -P keeps modules in the current folder from standing in for ours."""
    who = [f"--annotator={guest.annotator}"] if guest.annotator is not None else []
    return [sys.executable, "-P", "-c", _MAIN, "label", *who, *options, "--", corpus]


class Window(AppService):
    """One window, open with a link, of a guest."""

    def __init__(
        self,
        page: web.WebSocketResponse,
        link: str,
        guest: Guest,
        command: Sequence[str],
        environ: Mapping[str, str],
    ) -> None:
        super().__init__(
            "hashiya label",
            write_bytes=page.send_bytes,
            write_str=page.send_str,
            close=page.close,  # type: ignore[arg-type]  # it says whether it was open
            download_manager=DownloadManager(),
        )
        self.link = link
        self.guest = guest
        self._page = page
        self._arguments = command
        self._environ = environ
        self._is_cut = False

    async def open(self, width: str, height: str) -> None:
        """Start the process, as large as the page says that it is."""
        await self.start(*_size(_number(width, 80), _number(height, 24)))

    async def listen(self) -> None:
        """Pass on what the page sends until it is closed, or sends what no page of ours does."""
        async for message in self._page:
            if self._is_cut or message.type is not WSMsgType.TEXT or not await self._take(message.data):
                break

    async def cut(self, code: int) -> None:
        """Close the window at once, whatever was on its way."""
        self._is_cut = True
        await asyncio.gather(self._page.close(code=code), self.stop(), return_exceptions=True)

    async def run(self) -> None:
        """Pass on what the process paints, and close the page when it has ended, however it did."""
        with suppress(ConnectionError):  # the window was closed while something was on its way
            await super().run()
        with suppress(ConnectionError):
            await self.remote_close()

    async def stop(self) -> None:
        """Have the process end, by force if it does not answer."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await super().stop()
                await self._ended()
        except TimeoutError:
            if self._process is not None:
                with suppress(ProcessLookupError):
                    self._process.kill()
            await self._ended()

    async def on_meta(self, data: bytes) -> None:
        """Hear of the end; all else that a program may ask of the browser is not passed on."""
        if json.loads(data).get("type") == "exit":
            await self.remote_close()

    async def on_packed(self, payload: bytes) -> None:
        """Pass on no file."""

    async def _take(self, text: str) -> bool:
        try:
            envelope = json.loads(text)
        except (ValueError, RecursionError):
            return False
        match envelope:
            case ["stdin", str(keys)]:
                await self.send_bytes(keys.encode(errors="ignore"))  # half a character is none
            case ["resize", {"width": int(width), "height": int(height)}]:
                await self.set_terminal_size(*_size(width, height))
            case ["ping", str(sent)]:
                await self._page.send_json(["pong", sent])
            case ["blur"]:
                await self.blur()
            case ["focus"]:
                await self.focus()
            case _:
                return False
        return True

    async def _ended(self) -> None:
        if self._process is not None:
            await self._process.wait()

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        self._process = await asyncio.create_subprocess_exec(
            *self._arguments,
            stdin=PIPE,
            stdout=PIPE,
            env={**self._build_environment(width, height), **self._environ, "TEXTUAL_DRIVER": _DRIVER},
            start_new_session=True,  # a Ctrl+C in the server's terminal is for the server
        )
        self._stdin = self._process.stdin
        # Its errors go to the server's terminal at once; AppService would show them twice, at the end.
        self._process.stderr = asyncio.StreamReader()
        self._process.stderr.feed_eof()
        return self._process


def window_environ(guest: Guest, languages: str) -> dict[str, str]:
    """Return what a window's process is told of its guest, by a browser's Accept-Language header.

    Somebody who is served has the menus in the browser's language until they choose one.
    """
    if guest.settings is None:
        return {}
    wanted = [part.partition(";")[0].strip().lower()[:2] for part in languages.split(",")]
    ui = next((lang for lang in wanted if lang in {"ar", "en"}), "en")
    return {"HASHIYA_SETTINGS": os.fspath(guest.settings), "LANGUAGE": ui}


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else default


def _size(width: int, height: int) -> tuple[int, int]:
    """Return a size that a process can paint: a page may say what it likes."""
    return min(max(width, 1), _WIDEST), min(max(height, 1), _HIGHEST)
