"""One request to a Label Studio server: what went wrong in words, and what is worth sending again.

A request that only reads or sets is repeated after a break. One that makes something is repeated only once
it is known that the first had not arrived after all: see `Project.add_tasks` and `Project.add_annotation`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from hashiya.schema.errors import ServerError

T = TypeVar("T")

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds to wait before each further attempt."""
TIMEOUT = 300.0
"""Seconds to wait for an answer; a large batch takes a server a minute."""
_LONGEST_PAUSE = 60.0
_AGAIN = {408, 425, 429}
_SHOWN = 500
"""Characters of a server's answer that are shown."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a request failed. ``again``: it may work later. ``pause``: seconds that the server asks to wait."""

    message: str
    status: int | None = None
    again: bool = False
    pause: float = 0


class Calls:
    """Sends requests and repeats them. Nothing is repeated before the server has answered once."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._answered = False

    def read(self, what: str, request: Callable[[], T]) -> T:
        """Return the answer to a request that does no harm when it is sent twice."""
        for _ in self.attempts():
            answer = self.once(request)
            if not isinstance(answer, Fault):
                return answer
            self.failed(what, answer)
        raise AssertionError  # the last attempt has raised

    def attempts(self) -> Iterator[int]:
        """Yield the number of each attempt, waiting between them; `failed` has to be told why each failed."""
        for number, pause in enumerate((0.0, *PAUSES)):
            if number:
                time.sleep(max(pause, min(self._fault.pause, _LONGEST_PAUSE)))
            self._last = number == len(PAUSES)
            yield number

    def failed(self, what: str, fault: Fault) -> None:
        """Note that an attempt failed; `ServerError` where a further one makes no sense."""
        self._fault = fault
        if not fault.again or self._last or not self._answered:
            tried = f" ({len(PAUSES) + 1} attempts)" if fault.again and self._last else ""
            raise ServerError(f"{self.url}: {what}: {fault.message}{tried}")

    def once(self, request: Callable[[], T]) -> T | Fault:
        """Send a request once."""
        import httpx
        from label_studio_sdk.core.api_error import ApiError
        from label_studio_sdk.core.parse_error import ParsingError

        try:
            answer = request()
        except ApiError as error:
            fault = _refusal(error.status_code, error.body, error.headers or {})
            self._answered = self._answered or (fault.status is not None and fault.status < 500)
            return fault
        except httpx.TimeoutException:
            return Fault("no answer in time", again=True)
        except httpx.ConnectError as error:
            return Fault(
                f"no server answers there ({error}); is it running, and the address right?", again=True
            )
        except httpx.TransportError as error:
            return Fault(f"the connection broke ({error or type(error).__name__})", again=True)
        except (httpx.HTTPError, httpx.InvalidURL, ParsingError, ValueError) as error:
            return Fault(
                f"the answer is not one of Label Studio ({type(error).__name__}); is the address right?"
            )
        self._answered = True
        return answer


def _refusal(status: int | None, body: Any, headers: dict[str, str]) -> Fault:
    said = _said(body)
    if status is not None and (status >= 500 or status in _AGAIN):
        waits = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
        pause = float(waits) if waits.isdigit() else 0.0
        return Fault(f"the server answers {status} {said}".rstrip(), status, again=True, pause=pause)
    if status == 401:
        message = "the key is not accepted; copy a new one from your account page there (Account & Settings)"
    elif status == 403:
        message = f"the user that the key belongs to may not do this: {said}"
    elif status == 404:
        message = f"there is no such thing there: {said}"
    elif status is not None and 300 <= status < 400:
        message = f"the address leads elsewhere (to {headers.get('location', '?')}); give that one"
    elif status is None or status < 300:
        message = "the answer is not one of Label Studio; is the address right?"
    else:
        message = f"refused ({status}): {said}"
    return Fault(message, status)


def _said(body: Any) -> str:
    """What a server says of a request that it refuses."""
    if isinstance(body, dict):
        body = body.get("validation_errors") or body.get("detail") or body
    text = "; ".join(_sentences(body))
    if "<html" in text.lower():
        return "with a web page"
    return text if len(text) <= _SHOWN else text[:_SHOWN] + " ..."


def _sentences(body: Any) -> Iterator[str]:
    if isinstance(body, dict):
        for name, value in body.items():
            for sentence in _sentences(value):
                yield sentence if name == "non_field_errors" else f"{name}: {sentence}"
    elif isinstance(body, list):
        for value in body:
            yield from _sentences(value)
    elif body is not None:
        yield str(body)
