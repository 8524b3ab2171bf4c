"""What a paragraph draws: glyphs in logical order, each with its range of code points and its width in cells.

The ranges cover the paragraph without gap or overlap. A glyph is a grapheme cluster, or a lam-alef; marks
and format characters are part of the glyph before them, so that they never have a cell of their own. No
control character, no surrogate and no character of the bidirectional algorithm gets into a glyph's text.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from hashiya.tui.bidi.joining import Shaping, forms

REPLACEMENT = "\ufffd"
_DOTTED_CIRCLE = "\u25cc"

# Narrow characters that U+FE0F turns into emoji, two cells wide (emoji-variation-sequences.txt 15.0).
_WIDENED = """
    0023 002A 0030-0039 00A9 00AE 203C 2049 2122 2139 2194-2199 21A9-21AA 2328 23CF 23ED-23EF 23F1-23F2
    23F8-23FA 24C2 25AA-25AB 25B6 25C0 25FB-25FC 2600-2604 260E 2611 2618 261D 2620 2622-2623 2626 262A
    262E-262F 2638-263A 2640 2642 265F-2660 2663 2665-2666 2668 267B 267E 2692 2694-2697 2699 269B-269C
    26A0 26A7 26B0-26B1 26C8 26CF 26D1 26D3 26E9 26F0-26F1 26F4 26F7-26F9 2702 2708-2709 270C-270D 270F
    2712 2714 2716 271D 2721 2733-2734 2744 2747 2763-2764 27A1 2934-2935 2B05-2B07 1F170-1F171
    1F17E-1F17F 1F321 1F324-1F32C 1F336 1F37D 1F396-1F397 1F399-1F39B 1F39E-1F39F 1F3CB-1F3CE
    1F3D4-1F3DF 1F3F3 1F3F5 1F3F7 1F43F 1F441 1F4FD 1F549-1F54A 1F56F-1F570 1F573-1F579 1F587
    1F58A-1F58D 1F590 1F5A5 1F5A8 1F5B1-1F5B2 1F5BC 1F5C2-1F5C4 1F5D1-1F5D3 1F5DC-1F5DE 1F5E1 1F5E3
    1F5E8 1F5EF 1F5F3 1F5FA 1F6CB 1F6CD-1F6CF 1F6E0-1F6E5 1F6E9 1F6F0 1F6F3
"""

# Kinds, one letter a code point: narrow, wide; picture (narrow, wide), regional indicator; control, tab;
# mark that is drawn, selector of emoji, skin tone, ZWJ, format character that is not drawn.
_CLUSTER = re.compile(
    r"""
      (?P<lead>[fjv]*) (?: (?P<picture>[pP] (?:[mvs]*j[pP])*) [mvsjf]* | (?P<plain>rr | [^mvsjf]) [mvjf]* )
    | (?P<lone>[mvsjf]+)
    """,
    re.VERBOSE,
)
# They are format characters too, but drawn.
_NUMBER_SIGNS = (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD)
# Terminals disagree on how wide U+FE0E leaves an emoji, and few fonts have the other variants.
_VARIATIONS = (*range(0xFE00, 0xFE0F), *range(0xE0100, 0xE01F0))
_FILLERS = (0x115F, 0x1160, 0x3164, 0xFFA0)  # of Hangul: letters by category, drawn by nothing
# Emoji newer than Python's own Unicode; before they are assigned they are wide already in every terminal.
_NEW_PICTURES = (range(0x1F6D0, 0x1F700), range(0x1F900, 0x1FA00), range(0x1FA70, 0x1FB00))


class Glyph(NamedTuple):
    """One thing to draw; `anchor` is the code point that the others in the range belong to."""

    start: int
    end: int
    anchor: int
    text: str
    width: int


def _kind(code_point: int) -> str:
    char = chr(code_point)
    category = unicodedata.category(char)
    if category in ("Cc", "Cs", "Zl", "Zp"):
        return "c"
    if category == "Cf":
        return "f"
    if category in ("Mn", "Me", "Mc") or 0x1160 <= code_point <= 0x11FF or 0xD7B0 <= code_point <= 0xD7FF:
        return "m"  # also the vowels and finals of Hangul, which stand within their syllable
    if category == "Cn":  # whether it is a letter or a mark, and how wide, Python does not know
        return "P" if any(code_point in pictures for pictures in _NEW_PICTURES) else "c"
    narrow, wide = ("p", "P") if category == "So" else ("n", "w")
    return wide if unicodedata.east_asian_width(char) in ("W", "F") else narrow


class _Kinds(dict[int, str]):
    """A cache of kinds by code point: a text uses a few hundred, and each is looked up once."""

    def __missing__(self, code_point: int) -> str:
        kind = self[code_point] = _kind(code_point)
        return kind


_KINDS = _Kinds(
    {ord("\t"): "t", 0xFE0F: "v", 0x200D: "j"}
    | dict.fromkeys(range(0x1F3FB, 0x1F400), "s")
    | dict.fromkeys(range(0x1F1E6, 0x1F200), "r")
    | dict.fromkeys(_NUMBER_SIGNS, "n")
    | dict.fromkeys((*_VARIATIONS, *_FILLERS), "f")
)


def _read_widened() -> frozenset[str]:
    bounds = [[int(code, 16) for code in item.split("-")] for item in _WIDENED.split()]
    return frozenset(chr(code_point) for bound in bounds for code_point in range(bound[0], bound[-1] + 1))


_WIDENED_CHARS = _read_widened()


def shape(text: str, shaping: Shaping = Shaping.LIGATURES) -> list[Glyph]:
    """Return the glyphs of a paragraph.

    A control character is drawn as U+FFFD, and so is what Python's Unicode does not know (but for newer
    emoji); a tab as one space; marks that have nothing to stand on get a dotted circle. A glyph of width 0
    draws nothing: format characters with nothing before them and nothing after.
    """
    drawn = forms(text, shaping)
    kinds = text.translate(_KINDS)
    glyphs: list[Glyph] = []
    for match in _CLUSTER.finditer(kinds):
        start, end = match.span()
        if match[0] == "n":  # most of any text
            glyph = Glyph(start, end, start, drawn[start], 1)
        else:
            glyph = _glyph(text, kinds, drawn, match)
        if not drawn[glyph.anchor]:  # an alef: its lam has drawn it, its marks go there too
            lam = glyphs.pop()
            glyph = lam._replace(end=end, text=lam.text + glyph.text)
        glyphs.append(glyph)
    return glyphs


def _glyph(text: str, kinds: str, drawn: list[str], match: re.Match[str]) -> Glyph:
    start, end = match.span()
    if match["lone"] is not None:
        marks = _kept(text, kinds, start, end, "m")
        seen = bool(marks) or "s" in match[0]
        return Glyph(start, end, start, _DOTTED_CIRCLE + marks if seen else "", int(seen))
    anchor, tail = match.end("lead"), max(match.end("picture"), match.end("plain"))
    kind = kinds[anchor]
    if kind in "ct":
        return Glyph(start, end, anchor, REPLACEMENT if kind == "c" else " ", 1)
    # The first picture of a sequence decides its width; where a selector or a tone changes nothing
    # it is not drawn, since terminals would each give it another width.
    widened = "v" in kinds[anchor:end] and text[anchor] in _WIDENED_CHARS
    kept = "mvs" if kind == "P" or (kind == "p" and widened) else "mv" if widened else "m"
    body = drawn[anchor] + text[anchor + 1 : tail] + _kept(text, kinds, tail, end, kept)
    wide = widened or kind in "wP" or (kind == "r" and tail - anchor == 2)
    return Glyph(start, end, anchor, body, 2 if wide else 1)


def _kept(text: str, kinds: str, start: int, end: int, kept: str) -> str:
    return "".join(text[at] for at in range(start, end) if kinds[at] in kept)
