"""The bidirectional class of each code point, as one letter: a text becomes a string of the same length.

With letters the rules of UAX #9 are regular expressions. `LETTERS` holds the alphabet: capitals for what
has a direction or ends a line, small letters for the rest. Classes come from Python's own `unicodedata`,
so that their Unicode version is Python's; only the defaults for unassigned code points, which Python does
not know, stand here.
"""

from __future__ import annotations

import unicodedata

LETTERS = {
    "L": "L", "R": "R", "AL": "A", "EN": "E", "AN": "N", "B": "B", "S": "S",
    "ES": "e", "ET": "t", "CS": "c", "NSM": "m", "BN": "z", "WS": "w", "ON": "o",
    "LRE": "l", "RLE": "r", "LRO": "x", "RLO": "y", "PDF": "p",
    "LRI": "i", "RLI": "j", "FSI": "k", "PDI": "q",
}  # fmt: skip
STRONG = "LRA"
EMBEDDINGS = "lrxy"
ISOLATES = "ijk"
NEUTRAL = f"BSwoq{ISOLATES}"  # "NI" in the rules
REMOVED = f"zp{EMBEDDINGS}"  # by rule X9

# The defaults of DerivedBidiClass.txt 15.0; what no range holds is L.
_UNASSIGNED = (
    (0x0590, 0x05FF, "R"), (0x0600, 0x07BF, "A"), (0x07C0, 0x085F, "R"), (0x0860, 0x08FF, "A"),
    (0x20A0, 0x20CF, "t"), (0xFB1D, 0xFB4F, "R"), (0xFB50, 0xFDCF, "A"), (0xFDF0, 0xFDFF, "A"),
    (0xFE70, 0xFEFE, "A"), (0x10800, 0x10CFF, "R"), (0x10D00, 0x10D3F, "A"), (0x10D40, 0x10EBF, "R"),
    (0x10EC0, 0x10EFF, "A"), (0x10F00, 0x10F2F, "R"), (0x10F30, 0x10F6F, "A"), (0x10F70, 0x10FFF, "R"),
    (0x1E800, 0x1EC6F, "R"), (0x1EC70, 0x1ECBF, "A"), (0x1ECC0, 0x1ECFF, "R"), (0x1ED00, 0x1ED4F, "A"),
    (0x1ED50, 0x1EDFF, "R"), (0x1EE00, 0x1EEFF, "A"), (0x1EF00, 0x1EFFF, "R"),
    # Default ignorable code points and noncharacters.
    (0x2065, 0x2065, "z"), (0xFDD0, 0xFDEF, "z"), (0xFFF0, 0xFFF8, "z"), (0xE0000, 0xE0FFF, "z"),
)  # fmt: skip


class _Letters(dict[int, str]):
    """A cache of letters by code point: a text uses a few hundred, and each is looked up once."""

    def __missing__(self, code_point: int) -> str:
        name = unicodedata.bidirectional(chr(code_point))
        letter = self[code_point] = LETTERS[name] if name else _unassigned(code_point)
        return letter


_LETTER_OF = _Letters()


def bidi_classes(text: str) -> str:
    """Return the letter of each code point of `text`."""
    return text.translate(_LETTER_OF)


def _unassigned(code_point: int) -> str:
    if code_point & 0xFFFE == 0xFFFE:
        return "z"
    return next((letter for first, last, letter in _UNASSIGNED if first <= code_point <= last), "L")
