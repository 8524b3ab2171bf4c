"""The key to a Label Studio server: asked for, unseen, where neither environment nor keyring holds it."""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

import typer

from hashiya.schema.errors import HashiyaError, Problem
from hashiya.tui.cli.output import tell


def server_key(url: str) -> str:
    """Return the key to a server; `HashiyaError` where nobody can be asked for it."""
    from hashiya.corpus.exchange.labelstudio.server.access_key import (
        VARIABLE,
        checked_key,
        keep_key,
        known_key,
    )

    known = known_key(url)
    if known is not None:
        return known
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise HashiyaError(
            f"{url}: no key: put one into the environment variable {VARIABLE}, or run this in a terminal "
            "once and let the system's keyring keep it"
        )
    asked: str = typer.prompt(f"Key to {url} (not shown)", hide_input=True, err=True)
    key = checked_key(asked)
    if typer.confirm("Keep it in this system's keyring?", default=False, err=True) and not keep_key(url, key):
        tell(
            Problem("keyring", f"this system has none that works; {VARIABLE} is another way", left_out=False)
        )
    return key


def tell_unencrypted(url: str) -> None:
    """Tell that a key would travel unencrypted; not of a server on this machine."""
    this_machine = (urlsplit(url).hostname or "") in {"localhost", "127.0.0.1", "::1"}
    if url.startswith("http://") and not this_machine:
        tell(Problem(url, "key and texts travel unencrypted; https:// is the safe way", left_out=False))
