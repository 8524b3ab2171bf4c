"""From a text to its lines: wrapped in the order of reading, then each turned to the order of the screen.

The order of the steps matters: levels and shapes come from the whole paragraph, only then is it cut into
lines, and each line is reordered by itself (UAX #9, 3.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from hashiya.tui.bidi.cells import Cell, VisualLine
from hashiya.tui.bidi.glyphs import Glyph, shape
from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.levels import Direction, Levels, levels, visual_order
from hashiya.tui.bidi.mirror import MIRROR

# The line separator is not a paragraph's end to UAX #9; here it is, as the one below it on a screen.
_PARAGRAPH_END = re.compile("\r\n|[\n\r\x1c-\x1e\x85\u2028\u2029]")
# Those where a line may be cut; the others of Unicode are there to forbid it.
_SPACES = " \t\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f\u3000"
_CLOSING = ".,:;!?%)\\]}»”…،؛؟٪٬٫、。，．！？）」』】》〉"
_OPENING = "（「『【《〈"
_WIDE = "\u2e80-\u2fff\u3001-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff"
# A line may be cut where a match ends. Machine translation leaves a space before Arabic punctuation: it does
# not begin a line for that (UAX #14, LB13).
_CUT = re.compile(
    rf"""
      [{_SPACES}]++ (?![{_CLOSING}])
    | (?<=\w) [-\u2010\u2013\u2014/] (?![\d{_SPACES}{_CLOSING}])
    | \u200b
    | (?![{_OPENING}]) [{_WIDE}] (?![{_CLOSING}{_SPACES}])
    | [^{_SPACES}{_OPENING}] (?=(?![{_CLOSING}])[{_WIDE}])
    """,
    re.VERBOSE,
)


def lines(text: str, width: int, base: Direction | None, shaping: Shaping) -> Iterator[VisualLine]:
    """Yield the lines of `text`: at least one, and an empty one after a separator at its end."""
    start = 0
    for match in _PARAGRAPH_END.finditer(text):
        yield from _paragraph(
            text[start : match.start()], start, match.end(), width=width, base=base, shaping=shaping
        )
        start = match.end()
    yield from _paragraph(text[start:], start, len(text), width=width, base=base, shaping=shaping)


def _paragraph(
    text: str, offset: int, end: int, *, width: int, base: Direction | None, shaping: Shaping
) -> Iterator[VisualLine]:
    """`offset` is where the paragraph begins, `end` where its separator ends."""
    paragraph_levels = levels(text, base)
    glyphs = shape(text, shaping)
    cuts = _wrap(text, glyphs, width)
    for first, last in pairwise(cuts):
        line_end = end if last == len(glyphs) else offset + glyphs[last].start
        yield _line(glyphs[first:last], paragraph_levels, width, offset, line_end)
    if len(cuts) == 1:
        yield VisualLine(
            offset, end, paragraph_levels.base, (), width if paragraph_levels.base is Direction.RTL else 0
        )


def _wrap(text: str, glyphs: list[Glyph], width: int) -> list[int]:
    """Return the glyphs at which lines begin, and at the end their number; as much on each line as it holds.

    Spaces at the end of a line may hang over it. A word that no line holds is cut between glyphs.
    """
    if not glyphs:
        return [0]
    if sum([glyph.width for glyph in glyphs]) <= width:
        return [0, len(glyphs)]
    allowed = {match.end() for match in _CUT.finditer(text)}
    cuts = [0]
    used = best = since_best = 0  # columns of this line; the last place to cut, and the columns from there on
    for at, glyph in enumerate(glyphs):
        if glyph.start in allowed:
            best, since_best = at, 0
        if used + glyph.width > width and text[glyph.anchor] not in _SPACES:
            if best > cuts[-1]:
                cuts.append(best)
                used = since_best
            if used + glyph.width > width:
                cuts.append(at)
                used = 0
        used += glyph.width
        since_best += glyph.width
    return [*cuts, len(glyphs)]


def _line(glyphs: list[Glyph], paragraph_levels: Levels, width: int, offset: int, end: int) -> VisualLine:
    start = glyphs[0].start
    shown = [glyph for glyph in glyphs if glyph.width]
    total = sum([glyph.width for glyph in shown])
    while total > width:  # only spaces hang over
        total -= shown.pop().width
    of_code_points = paragraph_levels.line(start, glyphs[-1].end)
    line_levels = bytes([of_code_points[glyph.anchor - start] for glyph in shown])
    indent = column = width - total if paragraph_levels.base is Direction.RTL else 0
    cells: list[Cell] = []
    for place in visual_order(line_levels):
        glyph, level = shown[place], line_levels[place]
        text = glyph.text
        if level & 1 and text[0] in MIRROR:
            text = MIRROR[text[0]] + text[1:]
        cells.append(Cell(column, glyph.width, offset + glyph.start, offset + glyph.end, text, level))
        column += glyph.width
    return VisualLine(offset + start, end, paragraph_levels.base, tuple(cells), indent)
