"""Who may use the served screen: a browser that was opened with somebody's link.

The token of a link stands behind the # of its address, which browsers send to nobody: no log of a proxy has
it. The page `join` sends it once, and the browser gets a cookie instead, of a random session that is not the
token. Without the cookie nothing is answered but that page. It works in any number of browsers while the link
holds; the sessions end with the link, and with the server.
"""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from hashiya.corpus.team.invitations import token_hash
from hashiya.tui.web.guests import Guest, GuestList
from hashiya.tui.web.site import Site

PAGES = Path(__file__).with_name("page")
JOIN, OPEN_FILES = "/join", "/page"
_LINK, _GUEST = "hashiya.link", "hashiya.guest"
_REFUSED = "hashiya answers to browsers that were opened with a link that holds\n"
_FOREIGN = "hashiya answers to its own pages only: open the address it was given out under\n"
_MOST_SESSIONS = 20
"""Browsers in which one link is open; with another one the first is forgotten."""
_WRONG_TAKES = 1.0
"""Seconds for a wrong token; they are answered one after another."""
_MOST_WRONG = 20
"""Wrong tokens that wait for their answer; more are refused at once."""
_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""Have the browser load nothing from elsewhere, keep nothing, and tell nobody where it was."""


class BrowserAccess:
    """The sessions of browsers that had a link, and what is asked of every request."""

    def __init__(self, guests: GuestList, site: Site, port: int) -> None:
        self._guests = guests
        self._site = site
        # Cookies know no ports; the prefix has browsers take it by https only.
        self._cookie = f"__Secure-hashiya-{port}" if site.is_secure else f"hashiya-{port}"
        self._sessions: dict[str, str] = {}
        self._wrong = 0
        self._turn = asyncio.Lock()

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse what another site's page asks for, and who has no session; answer with our headers."""
        try:
            self._check_origin(request)
            answer = self._refusal(request) or await handler(request)
        except web.HTTPException as refusal:
            refusal.headers.update(_HEADERS)
            raise
        if not answer.prepared:
            answer.headers.update(_HEADERS)
        return answer

    async def join(self, request: web.Request) -> web.Response:
        """Exchange a token for a cookie; wrong ones wait for their answer."""
        try:
            token = await request.text()
        except (UnicodeDecodeError, LookupError):
            token = ""
        link = token_hash(token)
        if self._guests.guest(link) is None:
            await self._hold_up()
            raise web.HTTPForbidden(text=_REFUSED)
        session = secrets.token_urlsafe(32)
        own = [known for known, of_link in self._sessions.items() if of_link == link]
        for oldest in own[: len(own) - _MOST_SESSIONS + 1] if len(own) >= _MOST_SESSIONS else []:
            del self._sessions[oldest]
        self._sessions[token_hash(session)] = link
        answer = web.Response(status=204)
        answer.set_cookie(
            self._cookie,
            session,
            path=self._site.path,
            httponly=True,
            samesite="Strict",
            secure=self._site.is_secure,
        )
        return answer

    async def join_page(self, request: web.Request) -> web.FileResponse:
        """Return the page that sends the token."""
        del request
        return web.FileResponse(PAGES / "join.html")

    def _check_origin(self, request: web.Request) -> None:
        origin = request.headers.get("Origin")
        # Browsers tell it wherever something is sent, or a socket opened.
        is_told = request.method == "GET" and request.headers.get("Upgrade") is None
        own = is_told if origin is None else self._site.is_own(origin, request.host)
        if not own or not self._site.answers_to(request.host):
            raise web.HTTPForbidden(text=_FOREIGN)

    def _refusal(self, request: web.Request) -> web.StreamResponse | None:
        """Return what somebody without a session gets, and remember whose session it is."""
        if request.path == JOIN or request.path.startswith(f"{OPEN_FILES}/"):
            return None
        session = token_hash(request.cookies.get(self._cookie, ""))
        link = self._sessions.get(session)
        guest = None if link is None else self._guests.guest(link)
        if link is None or guest is None:
            self._sessions.pop(session, None)
            if request.path == "/":
                return web.FileResponse(PAGES / "refused.html", status=403)
            raise web.HTTPForbidden(text=_REFUSED)
        request[_LINK], request[_GUEST] = link, guest
        return None

    async def _hold_up(self) -> None:
        if self._wrong >= _MOST_WRONG:
            raise web.HTTPTooManyRequests(text="too many wrong links at once; try again\n")
        self._wrong += 1
        try:
            async with self._turn:
                await asyncio.sleep(_WRONG_TAKES)
        finally:
            self._wrong -= 1


def whose(request: web.Request) -> tuple[str, Guest]:
    """Return the link that a request's session came from, and whose it is."""
    return request[_LINK], request[_GUEST]
