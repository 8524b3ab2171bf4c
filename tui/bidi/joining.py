"""How Arabic letters join, and the presentation form that each takes: a text becomes one string a code point.

Joining types are those of ArabicShaping.txt 15.0 for the Arabic blocks; letters of other cursive scripts
have no presentation forms and count as non-joining. The forms themselves are the compatibility
decompositions that `unicodedata` knows.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

RIGHT, DUAL, CAUSING, TRANSPARENT, NONE = "R", "D", "C", "T", "U"

_RIGHT = """
    0622-0625 0627 0629 062F-0632 0648 0671-0673 0675-0677 0688-0699 06C0 06C3-06CB 06CD 06CF 06D2-06D3
    06D5 06EE-06EF 0759-075B 076B-076C 0771 0773-0774 0778-0779 0870-0882 088E 08AA-08AC 08AE 08B1-08B2
    08B9
"""
_DUAL = """
    0620 0626 0628 062A-062E 0633-063F 0641-0647 0649-064A 066E-066F 0678-0687 069A-06BF 06C1-06C2 06CC
    06CE 06D0-06D1 06FA-06FC 06FF 0750-0758 075C-076A 076D-0770 0772 0775-0777 077A-077F 0886 0889-088D
    08A0-08A9 08AF-08B0 08B3-08B8 08BA-08C8
"""
_CAUSING = "0640 0883-0885 200D"  # tatweel and the like, ZWJ
# Format characters that are not transparent: number signs, ZWNJ, isolates.
_NONE = "0600-0605 06DD 0890-0891 08E2 180E 200C 2066-2069"

_LAM = "\u0644"
_ALEFS = "\u0622\u0623\u0625\u0627"
_ANY_ARABIC = re.compile("[\u0620-\u06ff\u0750-\u077f\u0870-\u08ff]")
_NEXT, _PREVIOUS = 1, 2  # the sides on which a letter is joined: an index into its forms
_FORM_NAMES = {"<isolated>": 0, "<initial>": _NEXT, "<final>": _PREVIOUS, "<medial>": _NEXT | _PREVIOUS}


class Shaping(Enum):
    """What becomes of Arabic letters."""

    NONE = "none"
    """Left as they are, for a terminal that joins them itself."""
    LETTERS = "letters"
    """Each letter takes the form that its neighbours ask for."""
    LIGATURES = "ligatures"
    """The same, and lam with alef share one cell."""


def _ranges(table: str, letter: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for item in table.split():
        first, _, last = item.partition("-")
        found |= dict.fromkeys(range(int(first, 16), int(last or first, 16) + 1), letter)
    return found


class _Types(dict[int, str]):
    """Joining types; a code point that no table holds is looked up once."""

    def __missing__(self, code_point: int) -> str:
        transparent = unicodedata.category(chr(code_point)) in ("Mn", "Me", "Cf")
        joining = self[code_point] = TRANSPARENT if transparent else NONE
        return joining


_TYPES = _Types(
    _ranges(_RIGHT, RIGHT) | _ranges(_DUAL, DUAL) | _ranges(_CAUSING, CAUSING) | _ranges(_NONE, NONE)
)


def _read_forms() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the forms of single letters and of lam with alef, indexed by the sides that are joined."""
    letters: dict[str, list[str]] = {}
    ligatures: dict[str, list[str]] = {}
    for code_point in (*range(0xFB50, 0xFC00), *range(0xFE70, 0xFEFD)):
        name, *codes = unicodedata.decomposition(chr(code_point)).split() or [""]
        source = "".join(chr(int(code, 16)) for code in codes)
        if name not in _FORM_NAMES:
            continue
        if len(source) == 1:
            letters.setdefault(source, [""] * 4)[_FORM_NAMES[name]] = chr(code_point)
        elif source[0] == _LAM and source[1] in _ALEFS:
            ligatures.setdefault(source[1], [""] * 4)[_FORM_NAMES[name]] = chr(code_point)
    needed = {RIGHT: (0, _PREVIOUS), DUAL: range(4)}
    # A letter that lacks a form is left alone, or its shape would change when the text is shaped again.
    whole = {
        letter: forms
        for letter, forms in letters.items()
        if all(forms[place] for place in needed.get(_TYPES[ord(letter)], (0,)))
    }
    return whole, ligatures


_FORMS, _LAM_ALEF = _read_forms()


def joining_types(text: str) -> str:
    """Return the joining type of each code point, as a letter."""
    return text.translate(_TYPES)


def forms(text: str, shaping: Shaping = Shaping.LIGATURES) -> list[str]:
    """Return what to draw for each code point; "" for an alef that its lam's ligature has drawn.

    Marks and format characters are looked through, isolates and ZWNJ are not; a ligature forms through
    marks only. Drawing nothing for format characters is left to the caller.
    """
    out = list(text)
    if shaping is Shaping.NONE or not _ANY_ARABIC.search(text):
        return out
    joined = [0] * len(text)
    lam_alefs: list[tuple[int, int]] = []
    last, reaches = -1, False  # the last letter that is not transparent, and whether it joins the next
    for at, joining in enumerate(joining_types(text)):
        if joining == TRANSPARENT:
            continue
        if joining == NONE:
            reaches = False
            continue
        if reaches:
            joined[at] = _PREVIOUS
            joined[last] |= _NEXT
            if text[last] == _LAM and text[at] in _ALEFS:
                lam_alefs.append((last, at))
        last, reaches = at, joining != RIGHT
    for at, char in enumerate(text):
        if char in _FORMS:
            out[at] = _FORMS[char][joined[at]]
    if shaping is Shaping.LIGATURES:
        for lam, alef in lam_alefs:
            if all(unicodedata.category(mark) in ("Mn", "Me") for mark in text[lam + 1 : alef]):
                out[lam], out[alef] = _LAM_ALEF[text[alef]][joined[lam] & _PREVIOUS], ""
    return out
