"""A request to a Label Studio server, repeated where that can help, and what went wrong with it in words.

What a server answers to a refused request, and what breaks on the way, becomes a `ServerError`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from hashiya.schema.errors import ServerError

_T = TypeVar("_T")

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds to wait before each further attempt."""
TIMEOUT = 300.0
"""Seconds to wait for an answer; a large batch takes a server a minute."""
_LONGEST_PAUSE = 60.0
_AGAIN = {408, 425, 429}
_SHOWN = 500
"""Characters of a server's answer that are shown."""


class RequestFailedError(ServerError):
    """A request that failed for good: `status` is that of the last answer, `None` where there was none."""

    def __init__(self, message: str, status: int | None, attempts: int) -> None:
        super().__init__(message)
        self.status = status
        self.attempts = attempts


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why an attempt failed. `again`: a later one may work. `pause`: seconds that the server asks to wait."""

    message: str
    status: int | None = None
    again: bool = False
    pause: float = 0


def send_request(
    url: str,
    what: str,
    request: Callable[[], _T],
    arrived: Callable[[], _T | None] | None = None,
    *,
    answered: bool = True,
) -> _T:
    """Return the answer to a request; after a fault that may pass it is sent again, after a pause.

    A request that makes something comes with `arrived`, which looks for what an earlier attempt made though
    its answer was lost: what it returns is the answer, and only on `None` the request is sent again. Nothing
    is repeated before the server has `answered` once. `RequestFailedError` when no attempt is left, or none
    makes sense.
    """
    attempts = 0
    while True:
        answer = _attempt(request)
        if not isinstance(answer, _Fault):
            return answer
        attempts += 1
        answered = answered or (answer.status is not None and answer.status < 500)
        last = attempts > len(PAUSES)
        if not answer.again or last or not answered:
            tried = f" ({attempts} attempts)" if answer.again and last else ""
            raise RequestFailedError(f"{url}: {what}: {answer.message}{tried}", answer.status, attempts)
        time.sleep(max(PAUSES[attempts - 1], min(answer.pause, _LONGEST_PAUSE)))
        made = None if arrived is None else arrived()
        if made is not None:
            return made


def _attempt(request: Callable[[], _T]) -> _T | _Fault:
    import httpx
    from label_studio_sdk.core.api_error import ApiError
    from label_studio_sdk.core.parse_error import ParsingError

    try:
        return request()
    except ApiError as error:
        return _refusal(error.status_code, error.body, error.headers or {})
    except httpx.TimeoutException:
        return _Fault("no answer in time", again=True)
    except httpx.ConnectError as error:
        return _Fault(f"no server answers there ({error}); is it running, and the address right?", again=True)
    except httpx.TransportError as error:
        return _Fault(f"the connection broke ({error or type(error).__name__})", again=True)
    except (httpx.HTTPError, httpx.InvalidURL, ParsingError, ValueError) as error:
        return _Fault(
            f"the answer is not one of Label Studio ({type(error).__name__}); is the address right?"
        )


def _refusal(status: int | None, body: Any, headers: dict[str, str]) -> _Fault:
    said = _said(body)
    if status is not None and (status >= 500 or status in _AGAIN):
        waits = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
        pause = float(waits) if waits.isdigit() else 0.0
        return _Fault(f"the server answers {status} {said}".rstrip(), status, again=True, pause=pause)
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
    return _Fault(message, status)


def _said(body: Any) -> str:
    """Return what a server says of a request that it refuses, in a line."""
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
