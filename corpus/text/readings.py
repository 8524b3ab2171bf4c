"""Texts that read the same though they are not: white space, Unicode's forms, a byte order mark aside.

A tool that saves a text may add a final newline, write line breaks as its system does, or compose letters and
marks; labels that were made on it count in the text that it saved.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator

from hashiya.schema.records import Span

_MARK = "\ufeff"
"""The byte order mark, which is no white space to Python and nothing to a reader."""


def reading(text: str) -> str:
    """Return what all texts have in common that read the same: the letters, composed, without white space."""
    squeezed = "".join(text.replace(_MARK, "").split())
    return squeezed if squeezed.isascii() else unicodedata.normalize("NFC", squeezed)


class ReadingMap:
    """Where the letters of a text stand in another one that reads the same.

    `ValueError` when they do not read the same.
    """

    def __init__(self, old: str, new: str) -> None:
        self._is_same = old == new
        if self._is_same:
            return
        if reading(old) != reading(new):
            raise ValueError("the texts do not read the same")
        before, after = list(_letters(old)), list(_letters(new))
        if [old[start:end] for start, end in before] != [new[start:end] for start, end in after]:
            before, after = _base_letters(old), _base_letters(new)
        self._starts = [start for start, _ in before]
        self._new = after

    def span(self, start: int, end: int) -> Span | None:
        """Return the new range of an old one, without white space at its edges; `None` where nothing else is.

        Where letters are written with other code points, a range that ends between a letter and its marks
        takes the marks in.
        """
        if self._is_same:
            return Span(start, end)
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return Span(self._new[first][0], self._new[last - 1][1]) if first < last else None


def _letters(text: str) -> Iterator[tuple[int, int]]:
    """Yield the range of every code point that is no white space."""
    for number, character in enumerate(text):
        if not character.isspace() and character != _MARK:
            yield number, number + 1


def _base_letters(text: str) -> list[tuple[int, int]]:
    """Return the ranges of letters with their marks; one that is several letters is there as often."""
    found: list[tuple[int, int]] = []
    bases = 0
    for start, end in _letters(text):
        here = sum(not unicodedata.combining(part) for part in unicodedata.normalize("NFD", text[start:end]))
        if here or not found:
            bases = max(here, 1)
            found += [(start, end)] * bases
        else:
            found[-bases:] = [(found[-1][0], end)] * bases
    return found
