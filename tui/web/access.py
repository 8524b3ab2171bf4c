"""Who may use the served screen: a browser that was opened at an address with a token, which works once.

Every account of a machine can connect to 127.0.0.1. The token, which only the server's terminal shows, is
exchanged for a cookie; without the cookie nothing is answered.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler

_PARAMETER = "token"
_REFUSED = (
    "hashiya answers to the browser that was opened at the address in its terminal; "
    "each address there works once, for one browser\n"
)


class BrowserAccess:
    """The token that the next browser needs, and the cookie of those that had one.

    `tell` is called with each new address: the first, and another whenever one was used.
    """

    def __init__(self, address: str, port: int, tell: Callable[[str], None]) -> None:
        self._address = address
        self._cookie = f"hashiya-{port}"  # cookies know no ports
        self._key = secrets.token_urlsafe(32)
        self._tell = tell
        self._token = secrets.token_urlsafe(32)

    def announce(self) -> None:
        """Tell the address that the next browser is opened at."""
        self._tell(f"{self._address}/?{_PARAMETER}={self._token}")

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse whoever has neither the cookie nor, on the first request, the token."""
        known = _same(request.cookies.get(self._cookie), self._key)
        given = request.query.get(_PARAMETER)
        if request.path == "/" and given is not None and (known or _same(given, self._token)):
            raise self._welcome(request, given)
        if not known:
            raise web.HTTPForbidden(text=_REFUSED)
        return await handler(request)

    def _welcome(self, request: web.Request, given: str) -> web.HTTPSeeOther:
        """The way to the page, at an address without the token, with the cookie."""
        if _same(given, self._token):
            self._token = secrets.token_urlsafe(32)
            self.announce()
        rest = request.rel_url.without_query_params(_PARAMETER)
        answer = web.HTTPSeeOther(rest)
        answer.set_cookie(self._cookie, self._key, path="/", httponly=True, samesite="Strict")
        return answer


def _same(given: str | None, secret: str) -> bool:
    return given is not None and hmac.compare_digest(given.encode(errors="surrogatepass"), secret.encode())
