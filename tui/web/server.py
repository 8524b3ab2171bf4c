"""textual-serve on 127.0.0.1, with a page and a font of our own, a process for each browser window.

Nothing is fetched from another machine, no shell is involved, and when the server ends, so do the windows.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from aiohttp import web
from aiohttp.typedefs import Handler
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

from hashiya.schema.errors import HashiyaError
from hashiya.tui.web.access import BrowserAccess

HOST = "127.0.0.1"
_NAMES = {HOST, "localhost"}
_PAGE = Path(__file__).with_name("page")
_DRIVER = "hashiya.tui.web.driver:BrowserDriver"
_MAIN = "from hashiya.tui.cli.main import main; main()"
_PATIENCE = 5.0
"""Seconds that a window's process has to end by itself."""
_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"


def run(corpus: Path, annotator: str | None, ui: str | None, port: int, *, everything: bool = False) -> None:
    """Serve until a signal ends it; see `hashiya.tui.web.serve.serve`."""
    listener = _listener(port)
    server = WindowServer(_command(corpus, annotator, ui, everything=everything), listener.getsockname()[1])
    server.run(listener)


def _command(corpus: Path, annotator: str | None, ui: str | None, *, everything: bool) -> list[str]:
    """Return what each window runs; -P keeps modules in the current folder from standing in for ours."""
    options = [f"--{name}={value}" for name, value in (("annotator", annotator), ("ui", ui)) if value]
    options += ["--all"] if everything else []
    return [sys.executable, "-P", "-c", _MAIN, "label", *options, "--", str(corpus.resolve())]


def _listener(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else error
        raise HashiyaError(f"port {port}: {reason}; choose another, or leave --port out") from None


class Window(AppService):
    """The annotator's process behind one browser window."""

    def __init__(self, command: Sequence[str], page: web.WebSocketResponse, server: WindowServer) -> None:
        super().__init__(
            "hashiya label",
            write_bytes=page.send_bytes,
            write_str=page.send_str,
            close=page.close,  # type: ignore[arg-type]  # it says whether it was open
            download_manager=server.download_manager,
        )
        self._arguments = command

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

    async def _ended(self) -> None:
        if self._process is not None:
            await self._process.wait()

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        self._process = await asyncio.create_subprocess_exec(
            *self._arguments,
            stdin=PIPE,
            stdout=PIPE,
            env={**self._build_environment(width, height), "TEXTUAL_DRIVER": _DRIVER},
            start_new_session=True,  # a Ctrl+C in the server's terminal is for the server
        )
        self._stdin = self._process.stdin
        # Its errors go to the server's terminal at once; AppService would show them twice, at the end.
        self._process.stderr = asyncio.StreamReader()
        self._process.stderr.feed_eof()
        return self._process


class WindowServer(Server):
    """textual-serve's server, which listens to this machine's own pages only."""

    def __init__(self, command: Sequence[str], port: int) -> None:
        super().__init__("hashiya label", HOST, port, title="hashiya")
        self._command = command
        self._windows: set[Window] = set()
        self._access = BrowserAccess(self.public_url, port, _tell_address)

    def run(self, listener: socket.socket) -> None:
        """Serve on a socket until a signal ends it."""
        web.run_app(self._make_app(), sock=listener, print=None, access_log=None, shutdown_timeout=_PATIENCE)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.extend((_only_own_pages, self._access.check))
        app.router.add_static("/page", _PAGE)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Say where to look, and end with the terminal too."""
        del app
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, _leave)
        self._access.announce()

    async def on_shutdown(self, app: web.Application) -> None:
        """End every window's process."""
        del app
        await asyncio.gather(*(window.stop() for window in self._windows))

    async def handle_index(self, request: web.Request) -> web.FileResponse:
        """Return the page that holds the terminal."""
        del request
        return web.FileResponse(_PAGE / "index.html")

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Connect a browser window with a process of its own until either ends."""
        page = web.WebSocketResponse(heartbeat=15)
        await page.prepare(request)
        window = Window(self._command, page, self)
        self._windows.add(window)
        try:
            await window.start(
                to_int(request.query.get("width", ""), 80), to_int(request.query.get("height", ""), 24)
            )
            await self._process_messages(page, window)
        finally:
            await window.stop()
            self._windows.discard(window)
        return page


def _tell_address(address: str) -> None:
    print(f"{address}  (for one browser; Ctrl+C stops the server)", flush=True)  # noqa: T201 - this is the result


def _leave() -> NoReturn:
    raise web.GracefulExit


@web.middleware
async def _only_own_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what another site's page asks for: browsers let any page call 127.0.0.1.

    The name must be this machine's own (or a foreign name could be made to point here), and a request that
    tells its page's origin must come from our own.
    """
    name = request.host.rpartition(":")[0] or request.host
    origin = request.headers.get("Origin")
    if name not in _NAMES or origin not in {None, f"http://{request.host}"}:
        raise web.HTTPForbidden(text="hashiya answers to its own page only: open the address it printed\n")
    try:
        response = await handler(request)
    except web.HTTPException as answer:
        _guard(answer)
        raise
    if not response.prepared:
        _guard(response)
    return response


def _guard(response: web.StreamResponse) -> None:
    """Have the browser load nothing from elsewhere, keep nothing, and tell nobody where it was."""
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
