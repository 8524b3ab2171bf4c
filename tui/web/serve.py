"""Serving the screen to a browser on this machine, where the extra for it is installed."""

from __future__ import annotations

from pathlib import Path

from hashiya.schema.errors import MissingExtraError


def serve(
    corpus: Path, annotator: str | None, ui: str | None, port: int, *, everything: bool = False
) -> None:
    """Serve the screen on 127.0.0.1 until Ctrl+C or SIGTERM, a process of its own for each window.

    Port 0 takes a free one. `MissingExtraError` without textual-serve; `HashiyaError` if the port is taken.
    """
    try:
        from hashiya.tui.web.server import run
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("hashiya"):
            raise
        raise MissingExtraError("hashiya label --web", "web") from None
    run(corpus, annotator, ui, port, everything=everything)
