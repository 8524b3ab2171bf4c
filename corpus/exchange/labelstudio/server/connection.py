"""A connection to a Label Studio server, as the user whom the key belongs to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from hashiya.corpus.exchange.labelstudio.server.retries import TIMEOUT, send_request
from hashiya.schema.errors import MissingExtraError, ServerError

_T = TypeVar("_T")
_PROJECT = re.compile(r"(.*)/projects/(\d+)(?:/.*)?")
"""The path of a page of a project, as a browser shows it."""


class Connection:
    """An address and the library's client of it, which is loaded here; use it as a context manager."""

    def __init__(self, url: str, key: str) -> None:
        """Connect; `ServerError` says what is wrong with address or key."""
        self.url = checked_url(url)
        try:
            import httpx
            from label_studio_sdk import LabelStudio
        except ImportError:
            raise MissingExtraError("Label Studio", "labelstudio") from None
        # A redirection would turn what is sent into a question, without a word.
        self._http = http = httpx.Client(timeout=TIMEOUT, follow_redirects=False)

        def connect() -> Any:
            client: Any = LabelStudio(base_url=self.url + "/", api_key=key, httpx_client=http, max_retries=0)
            client.users.whoami()
            return client

        try:
            self.client: Any = send_request(self.url, "connecting", connect, answered=False)
        except ServerError:
            http.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def send(
        self, what: str, request: Callable[[], _T], arrived: Callable[[], _T | None] | None = None
    ) -> _T:
        """Return the answer to a request, as `send_request` does."""
        return send_request(self.url, what, request, arrived)


def checked_url(url: str) -> str:
    """Return the address of a server as it is written everywhere; `ServerError` where it is none."""
    try:
        parts = urlsplit(url.strip())
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid, parts = False, urlsplit("")
    if not valid:
        raise ServerError(f"{url!r} is no address; write https://HOST or http://HOST:PORT")
    page = _PROJECT.fullmatch(parts.path)
    if page is not None and not parts.username and not parts.password:
        raise ServerError(
            f"{url.strip()}: is a page of a project; give the server and the project apart: "
            f"--url {parts.scheme}://{parts.netloc.lower()}{page[1]} --project {page[2]}"
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ServerError("give the server's address by itself, without name, password, ? and #")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"
