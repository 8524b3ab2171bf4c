"""The web server: a page and a font of our own, a process for each browser window.

Nothing is fetched from another machine, no shell is involved, and when the server ends, so do the windows.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from asyncio import Task
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import textual_serve
from aiohttp import web

from hashiya.schema.errors import HashiyaError
from hashiya.tui.web.access import JOIN, OPEN_FILES, PAGES, BrowserAccess, whose
from hashiya.tui.web.guests import GuestList
from hashiya.tui.web.site import Site
from hashiya.tui.web.window import (
    REVOKED,
    TOO_MANY,
    TOO_MANY_OF_ONE,
    Window,
    label_command_line,
    window_environ,
)

_STATIC = Path(textual_serve.__file__).with_name("static")
_LOOK_EVERY = 0.5
"""Seconds between two looks at whether the links of open windows still hold."""
_PATIENCE = 5.0
_LARGEST_MESSAGE = 1 << 20
_LARGEST_TOKEN = 1 << 10


def _is_no_end(record: logging.LogRecord) -> bool:
    """Whether a message is another one than of a request that ended together with the server."""
    # aiohttp then sets a future that it has cancelled itself.
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.InvalidStateError))


@dataclass(frozen=True, slots=True)
class WindowLimits:
    """How many windows may be open with one link, and in all; each is a process."""

    each: int = 4
    total: int = 40


class WindowServer:
    """Serves the screen of one corpus to browsers that had a link; `options` go to `hashiya label`."""

    def __init__(
        self,
        corpus: Path,
        guests: GuestList,
        site: Site,
        limits: WindowLimits = WindowLimits(),
        options: Sequence[str] = (),
    ) -> None:
        self._corpus = str(corpus.resolve())
        self._guests = guests
        self._site = site
        self._limits = limits
        self._options = options
        self._windows: set[Window] = set()
        self._watching: Task[None] | None = None

    def run(self, listener: socket.socket, begin: Callable[[], None]) -> None:
        """Serve on a socket until a signal ends it; `begin` is called when browsers can connect."""
        logging.getLogger("aiohttp.server").addFilter(_is_no_end)
        web.run_app(
            self._application(listener.getsockname()[1], begin),
            sock=listener,
            print=None,
            access_log=None,
            shutdown_timeout=_PATIENCE,
        )

    async def _application(self, port: int, begin: Callable[[], None]) -> web.Application:
        access = BrowserAccess(self._guests, self._site, port)
        app = web.Application(middlewares=[access.check], client_max_size=_LARGEST_TOKEN)
        app.router.add_get(JOIN, access.join_page)
        app.router.add_post(JOIN, access.join)
        app.router.add_get("/", self._page)
        app.router.add_get("/ws", self._window)
        app.router.add_static(OPEN_FILES, PAGES)
        app.router.add_static("/static", _STATIC)

        async def start(app: web.Application) -> None:
            del app
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, _leave)  # end with the terminal too
            self._watching = asyncio.create_task(self._watch())
            begin()

        app.on_startup.append(start)
        app.on_shutdown.append(self._stop)
        return app

    async def _stop(self, app: web.Application) -> None:
        """End every window's process."""
        del app
        if self._watching is not None:
            self._watching.cancel()
        await asyncio.gather(*(window.stop() for window in self._windows))

    async def _watch(self) -> None:
        """Close the windows of those whose link was revoked, who left, or who have a new name."""
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            gone = [window for window in self._windows if self._guests.guest(window.link) != window.guest]
            await asyncio.gather(*(window.cut(REVOKED) for window in gone))

    async def _page(self, request: web.Request) -> web.FileResponse:
        """Return the page that holds the terminal."""
        del request
        return web.FileResponse(PAGES / "index.html")

    async def _window(self, request: web.Request) -> web.WebSocketResponse:
        """Connect a browser window with a process of its own until either ends."""
        link, guest = whose(request)
        page = web.WebSocketResponse(heartbeat=15, max_msg_size=_LARGEST_MESSAGE)
        await page.prepare(request)
        full = self._is_full(link)
        if full:
            await page.close(code=full)
            return page
        window = Window(
            page,
            link,
            guest,
            label_command_line(self._corpus, guest, self._options),
            window_environ(guest, request.headers.get("Accept-Language", "")),
        )
        self._windows.add(window)
        try:
            await window.open(request.query.get("width", ""), request.query.get("height", ""))
            with suppress(ConnectionError):  # the page was closed while something was on its way
                await window.listen()
        finally:
            await window.stop()
            self._windows.discard(window)
        return page

    def _is_full(self, link: str) -> int:
        """Return why another window is not opened, as the page is told, or 0."""
        if len(self._windows) >= self._limits.total:
            return TOO_MANY
        own = sum(window.link == link for window in self._windows)
        return TOO_MANY_OF_ONE if own >= self._limits.each else 0


def listener(host: str, port: int) -> socket.socket:
    """Return a socket that listens at a host and port, 0 for a free one; `HashiyaError` says why not."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        return socket.create_server((host, port), family=family)
    except socket.gaierror:
        raise HashiyaError(f"{host}: is no address of this machine; choose another --host") from None
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else error
        raise HashiyaError(f"port {port}: {reason}; choose another, or leave --port out") from None


def _leave() -> NoReturn:
    raise web.GracefulExit
