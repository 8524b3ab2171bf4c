"""The little Markdown of guidelines and help, turned into blocks; offsets count in the text without markers.

Known are paragraphs, `- ` and `1. ` items, `# ` headings, and within them `**bold**`, `*italic*`
and `` `code` ``. Everything else is text, the brackets ⟦ ⟧ around a span included.
CommonMark reads no emphasis between an Arabic particle and a quotation mark (و**«...»**); this does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from hashiya.tui.bidi.levels import Direction

BlockStyle = Literal["body", "heading", "dim", "example", "item", "code"]
InlineStyle = Literal["bold", "italic", "code"]

_ITEM = re.compile(r"(?P<bullet>-)\s+|(?P<number>\d+\.)\s+|(?P<heading>#+)\s+")
_INLINE = re.compile(
    r"`(?P<code>[^`]+)` | \*\*(?=\S)(?P<bold>.+?)(?<=\S)\*\*(?!\*) | \*(?=\S)(?P<italic>[^*]+)(?<=\S)\*",
    re.VERBOSE,
)
_INDENT = 3


class Inline(NamedTuple):
    """A style for the code points `start` to `end` of a block's text, half-open."""

    start: int
    end: int
    style: InlineStyle


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph or the like; `indent` is in columns, from the side where its lines begin.

    `marker` stands in the indent of the first line. A `tight` block has no blank row above.
    """

    text: str
    base: Direction | None = None
    style: BlockStyle = "body"
    indent: int = 0
    spans: tuple[Inline, ...] = ()
    marker: str = ""
    tight: bool = False


def markdown(text: str, base: Direction | None = None) -> list[TextBlock]:
    """Return the blocks of a text; without `base` each block runs as its first strong letter says."""
    blocks: list[TextBlock] = []
    for lines in _paragraphs(text):
        match = _ITEM.match(lines[0])
        body, spans = _inline(" ".join([lines[0][match.end() if match else 0 :], *lines[1:]]))
        if match is None:
            blocks.append(TextBlock(body, base, spans=spans))
        elif match["heading"]:
            blocks.append(TextBlock(body, base, "heading", spans=spans))
        else:
            tight = bool(blocks) and blocks[-1].style == "item"
            marker = match["number"] or "•"
            blocks.append(TextBlock(body, base, "item", max(_INDENT, len(marker) + 1), spans, marker, tight))
    return blocks


def _paragraphs(text: str) -> Iterator[list[str]]:
    """Yield the lines of each block: a blank line ends it, and so does the beginning of an item."""
    lines: list[str] = []
    for line in [*text.splitlines(), ""]:
        stripped = line.strip()
        if lines and (not stripped or _ITEM.match(stripped)):
            yield lines
            lines = []
        if stripped:
            lines.append(stripped)


def _inline(text: str) -> tuple[str, tuple[Inline, ...]]:
    """Return the text without markers, and the spans that they enclosed; bold may hold others."""
    out, spans, at = "", list[Inline](), 0
    for match in _INLINE.finditer(text):
        out += text[at : match.start()]
        at = match.end()
        style = _STYLES[match.lastgroup or "code"]
        inner, inside = (match[style], ()) if style == "code" else _inline(match[style])
        spans.append(Inline(len(out), len(out) + len(inner), style))
        spans += [Inline(start + len(out), end + len(out), other) for start, end, other in inside]
        out += inner
    return out + text[at:], tuple(spans)


_STYLES: dict[str, InlineStyle] = {"bold": "bold", "italic": "italic", "code": "code"}
