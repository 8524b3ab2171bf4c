"""Lines that a terminal with bidirectional support of its own leaves as they are.

After U+200E (LRM) a terminal that follows UAX #9 in a left-to-right line sees every right-to-left cell as a
run of one, which stays where it is, and finds brackets that it does not mirror a second time.
"""

from __future__ import annotations

import re

from hashiya.tui.bidi.classes import bidi_classes
from hashiya.tui.bidi.mirror import MIRROR

LRM = "\u200e"

# In the letters of `bidi_classes`: a cell's character, and the marks and joiners that follow it in the cell.
_EXPOSED = re.compile("[RAN][mz]*")
_ARABIC_ONE = "\u0661"
_RIGHT_TO_LEFT = re.compile("[RAN]")
_FOLLOWING = re.compile("[\u1160-\u11ff\ud7b0-\ud7fb]")  # Hangul that takes no cell of its own
_A_MARK = "\u0300"
_MIRRORED = re.compile(f"[{re.escape(''.join(MIRROR))}]")


def with_lrm(text: str) -> str:
    """Return a text with LRM after right-to-left characters, Arabic digits and mirrored characters.

    A mark upon such a character stays with it: the LRM follows the mark.
    """
    if text.isascii() and not _MIRRORED.search(text):
        return text
    alike = _FOLLOWING.sub(_A_MARK, _MIRRORED.sub(_ARABIC_ONE, text))  # so that one pattern finds all
    ends = [match.end() for match in _EXPOSED.finditer(bidi_classes(alike))]
    return LRM.join([text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)])


def is_right_to_left(text: str) -> bool:
    """Return whether a terminal might reorder `text`: it has right-to-left characters or Arabic digits."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(bidi_classes(text)) is not None
