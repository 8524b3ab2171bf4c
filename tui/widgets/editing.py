"""What editing does to one line of text: new text, new place of the caret. Nothing here draws.

The caret is a code point, and stands only where a glyph begins or at the end of the text: an emoji or a
letter with its vowels is passed and deleted as a whole. No control character ever gets into the text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache

from hashiya.tui.bidi.glyphs import shape
from hashiya.tui.bidi.joining import Shaping

_WORD = re.compile(r"\w[\w\u0300-\u036f\u064b-\u065f\u0670\u200c\u200d]*")
_REFUSED = ("Cc", "Cs", "Zl", "Zp")


def cleaned(text: str) -> str:
    """Return a text as one line: a space for each control character, line end and lone surrogate."""
    text = text.replace("\r\n", " ")
    return "".join([" " if unicodedata.category(char) in _REFUSED else char for char in text])


@lru_cache(maxsize=256)
def boundaries(text: str) -> tuple[int, ...]:
    """Return where a caret may stand."""
    return (*[glyph.start for glyph in shape(text, Shaping.LETTERS)], len(text))


@dataclass(frozen=True, slots=True)
class Edited:
    """A line of text and the caret in it."""

    text: str = ""
    caret: int = 0

    def at(self, index: int) -> Edited:
        """Return the caret at `index`, or at the next place after it where it may stand."""
        places = boundaries(self.text)
        return Edited(self.text, places[min(bisect_left(places, max(index, 0)), len(places) - 1)])

    def insert(self, text: str) -> Edited:
        """Return the line with a text, cleaned, before the caret."""
        text = cleaned(text)
        joined = self.text[: self.caret] + text + self.text[self.caret :]
        return Edited(joined).at(self.caret + len(text))

    def backspace(self) -> Edited:
        """Return the line without the glyph before the caret."""
        return self._without(self._before(), self.caret)

    def delete(self) -> Edited:
        """Return the line without the glyph at the caret."""
        places = boundaries(self.text)
        return self._without(self.caret, places[min(bisect_right(places, self.caret), len(places) - 1)])

    def delete_word(self) -> Edited:
        """Return the line without what lies between the caret and the beginning of the word before it."""
        return self._without(self.word_before(), self.caret)

    def word_before(self) -> int:
        """Return the beginning of the word that the caret is in or after."""
        starts = [match.start() for match in _WORD.finditer(self.text) if match.start() < self.caret]
        return starts[-1] if starts else 0

    def word_after(self) -> int:
        """Return the beginning of the next word, or the end of the text."""
        found = (match.start() for match in _WORD.finditer(self.text) if match.start() > self.caret)
        return next(found, len(self.text))

    def _before(self) -> int:
        places = boundaries(self.text)
        return places[max(bisect_left(places, self.caret) - 1, 0)]

    def _without(self, start: int, end: int) -> Edited:
        return Edited(self.text[:start] + self.text[end:]).at(start)
