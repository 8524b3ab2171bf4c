"""A proxy on 127.0.0.1 that passes requests on to a server, and does harm to those that it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx

Harm = Callable[["Handler"], bool]
"""Does harm to a request; returns whether it still has to be passed on."""


@dataclass
class Proxy:
    """`harm` waits for requests whose method and path begin so; each strikes once."""

    target: str
    url: str = ""
    harm: list[tuple[str, str, Harm]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def strike(self, method: str, path: str, *harm: Harm) -> None:
        self.harm += [(method, path, one) for one in harm]

    def next_harm(self, method: str, path: str) -> Harm | None:
        for entry in self.harm:
            if method == entry[0] and path.startswith(entry[1]):
                self.harm.remove(entry)
                return entry[2]
        return None


class Handler(BaseHTTPRequestHandler):
    proxy: Proxy
    protocol_version = "HTTP/1.1"
    content = b""

    def handle_one(self) -> None:
        self.content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.proxy.asked.append(f"{self.command} {self.path.partition('?')[0]}")
        harm = self.proxy.next_harm(self.command, self.path)
        if harm is None or harm(self):
            answer = self.passed_on()
            self.answer(answer.status_code, answer.content, answer.headers.get("content-type", ""))

    do_GET = do_POST = do_PATCH = do_DELETE = handle_one  # noqa: N815 - the names that http.server calls

    def passed_on(self) -> httpx.Response:
        keep = {"authorization", "content-type"}
        headers = {name: value for name, value in self.headers.items() if name.lower() in keep}
        return httpx.request(
            self.command,
            self.proxy.target + self.path,
            headers=headers,
            content=self.content,
            timeout=60,
            trust_env=False,
        )

    def answer(self, status: int, content: bytes = b"", kind: str = "text/plain", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


def status(code: int, **headers: str) -> Harm:
    """The answer is an error, and the request does not arrive."""

    def harm(handler: Handler) -> bool:
        handler.answer(code, b"<html>sorry</html>", "text/html", **headers)
        return False

    return harm


def lost(handler: Handler) -> bool:
    """The connection breaks before the request arrives."""
    handler.close_connection = True
    return False


def unanswered(handler: Handler) -> bool:
    """The request arrives, and its answer is lost."""
    handler.passed_on()
    handler.close_connection = True
    return False


@contextmanager
def between(target: str) -> Iterator[Proxy]:
    """A proxy in front of a server, until the block ends."""
    proxy = Proxy(target)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"proxy": proxy}))
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
