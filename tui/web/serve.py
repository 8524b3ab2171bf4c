"""Serving the screen to browsers, where the extra for it is installed: to who runs it, or to the invited."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from hashiya.corpus.team.invitations import new_token, read_invitations, remember_address, token_hash
from hashiya.schema.errors import MissingExtraError
from hashiya.tui.web.guests import GuestList, InvitedGuests, OwnLink
from hashiya.tui.web.site import LOOPBACK, Site, local_site, public_site

USUAL_PORT = 8437


def serve_own(
    corpus: Path, annotator: str | None, ui: str | None, port: int, *, everything: bool = False
) -> None:
    """Serve the screen on 127.0.0.1 to whoever has the link that is printed, until Ctrl+C or SIGTERM.

    Port 0 takes a free one. `MissingExtraError` without textual-serve; `HashiyaError` if the port is taken.
    """
    with _extra("hashiya label --web"):
        from hashiya.tui.web.server import WindowServer, listener
    token = new_token()
    options = [f"--ui={ui}"] if ui else []
    options += ["--all"] if everything else []
    with listener(LOOPBACK, port) as socket:
        site = local_site(LOOPBACK, socket.getsockname()[1])
        server = WindowServer(corpus, OwnLink(token_hash(token), annotator), site, options=options)
        server.run(socket, lambda: _say(f"{personal_link(site.url, token)}  (Ctrl+C stops the server)"))


def serve_invited(
    corpus: Path, host: str, port: int, public_url: str | None, *, each: int, total: int
) -> None:
    """Serve the screen to everybody whom the corpus has an invitation of; otherwise as `serve_own`."""
    with _extra("hashiya serve"):
        from hashiya.tui.web.server import WindowLimits, WindowServer, listener
    guests: GuestList = InvitedGuests(corpus, _warn)
    public = None if public_url is None else public_site(public_url, host)
    with listener(host, port) as socket:
        site = public or local_site(host, socket.getsockname()[1])
        remember_address(corpus, site.url)
        server = WindowServer(corpus, guests, site, WindowLimits(each, total))
        server.run(socket, lambda: _announce(corpus, site))


def personal_link(url: str, token: str) -> str:
    """Return the address that lets in who has a token."""
    return f"{url}/join#{token}"


def served_address(corpus: Path, public_url: str | None) -> str:
    """Return where links of a corpus point to: what is given, else where it was last served, or would be."""
    if public_url is not None:
        return public_site(public_url, LOOPBACK).url
    return read_invitations(corpus).address or local_site(LOOPBACK, USUAL_PORT).url


def _announce(corpus: Path, site: Site) -> None:
    count = len(read_invitations(corpus).invitations)
    have = f"{count} people have a link" if count != 1 else "1 person has a link"
    _say(f"{site.url}  ({have}; Ctrl+C stops the server)")
    if not count:
        _warn(f"nobody can come in yet: hashiya invite {corpus} NAME prints a link for somebody")
    if site.is_open_to_readers:
        _warn(
            "this is plain http beyond this machine: whoever is on the way can read links and labels, and "
            "label in other names; put a proxy with https before it and give --public-url (docs/team.md)"
        )


@contextmanager
def _extra(feature: str) -> Generator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("hashiya"):
            raise
        raise MissingExtraError(feature, "web") from None


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this is the result


def _warn(text: str) -> None:
    print(f"note: {text}", file=sys.stderr, flush=True)  # noqa: T201 - for who runs the server
