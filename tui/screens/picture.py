"""A picture of the screen: an SVG in which Arabic stands as it does in the terminal."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, Final

from rich.cells import cell_len
from textual.app import App

_STYLE: Final = "text{unicode-bidi:bidi-override;direction:ltr}"
_OPENING: Final = "<style>"
_FETCHED: Final = re.compile(r"@font-face\s*\{[^}]*\}\s*")
_TEXT: Final = re.compile(r'(<text [^>]*textLength=")([\d.]+)("[^>]*>)([^<]*)(</text>)')


def picture(app: App[Any], title: str | None = None) -> str:
    """Return an SVG of what an app shows now."""
    return ordered(app.export_screenshot(title=title))


def ordered(svg: str) -> str:
    """Return an SVG of Rich's, mended: its texts are in order already, and as wide as their cells.

    Browsers would order them again, and Rich counts code points where marks take no cell. Its fonts, which
    a browser would fetch from elsewhere and which have no Arabic, give way to the reader's own.
    """
    before, opening, after = svg.partition(_OPENING)
    if not opening:
        raise ValueError(f"no {_OPENING} to add to in this SVG")
    mended = _TEXT.sub(_of_cells, _FETCHED.sub("", after))
    return f"{before}{opening}{_STYLE}{mended}"


def _of_cells(found: re.Match[str]) -> str:
    begin, length, middle, content, end = found.groups()
    text = unescape(content)
    width = float(length) / max(len(text), 1) * cell_len(text)
    return f"{begin}{width:g}{middle}{content}{end}"
