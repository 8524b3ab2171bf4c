"""Folding text for search: what a reader would call the same word becomes the same string.

For comparing only: lengths change, so an offset in folded text means nothing in the text it came from.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_LETTERS = {
    "ٱ": "ا",  # the one alef that does not decompose
    "ى": "ي",
    "ة": "ه",
    "ی": "ي",  # Persian yeh and kaf: what many keyboards and old web pages send
    "ک": "ك",
    "ء": "",  # شيء and شئ, بطيء and بطئ are one word to a reader
    "ٴ": "",
    "ـ": "",
    "٫": ".",
    "٬": ",",
    "٪": "%",
    "‘": "'",
    "’": "'",
}
_DIGITS = {chr(zero + digit): str(digit) for zero in (0x0660, 0x06F0) for digit in range(10)}
_DROPPED = frozenset({"Mn", "Me", "Cf"})  # marks, accents, zero-width characters, bidi controls


class _Table(dict[str, str]):
    """What a character becomes, computed when it is first asked for: all of Unicode would take a while."""

    def __missing__(self, char: str) -> str:
        self[char] = "" if unicodedata.category(char) in _DROPPED else char
        return self[char]


_TABLE = _Table(_LETTERS | _DIGITS)


def fold(text: str) -> str:
    """Return `text` without what a search ignores; folding twice changes nothing more.

    Case, Arabic diacritics, tatweel, Latin accents, zero-width and bidi characters go; alef and hamza
    forms become their carrier, and a hamza without one goes too; ى becomes ي and ة becomes ه; Arabic and
    Persian digits and their separators become ASCII; ligatures and presentation forms are taken apart;
    white space becomes single spaces, none at either end.
    """
    if not text.isascii():
        # Decomposed, أ is an alef and a mark, é an e and a mark, and a ligature its letters.
        text = unicodedata.normalize("NFKD", text)
        for char in set(text):  # far fewer than the text has characters, which str.translate would visit
            if (becomes := _TABLE[char]) != char:
                text = text.replace(char, becomes)
    return " ".join(text.casefold().split())


def folded_parts(text: str, about: int = 1 << 20) -> Iterator[str]:
    """Yield `fold(text)` in parts of whole lines, each of `about` so many characters, none of them empty.

    With a space between two parts they are the whole, which takes several times the memory of a long text.
    """
    start = 0
    while start < len(text):
        end = text.find("\n", start + about) + 1 or len(text)
        if folded := fold(text[start:end]):
            yield folded
        start = end
