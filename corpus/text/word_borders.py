"""Borders of words within a run: characters between which no white space stands.

What a word is in both kinds of tokens: those that an annotator's cursor steps over, and those that a model
reads. A border is a number of code points from the beginning of the run.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise

_LATIN = "A-Za-zÀ-ɏ"
ARABIC_LETTERS = "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06fa-\u06fc\u06ff"
ARABIC_MARKS = "\u064b-\u065f\u0670"
TATWEEL = "\u0640"
# What tells the name of a site from two words with a stop between; no English word is among them.
_TOP = (
    "com|org|net|edu|gov|info|io|ai|tv|app|dev|eu|uk|de|fr|ch|ru|cn|jp|tr|ae|sa|eg|qa|kw|bh|jo|lb|sy|iq|tn|dz"
)
_WHOLE = re.compile(
    rf"""
      (?:https?://|(?<![{_LATIN}\d.@]) www\.) [^\s<>"'”’»“«،؛؟]* [\w/]                   # an address
    | (?<![{_LATIN}\d.@_+-]) [A-Za-z\d][A-Za-z\d._+-]*+ @ [A-Za-z\d-]++ (?:\.[A-Za-z\d-]++)+   # an e-mail
    | (?<![{_LATIN}\d.@_-]) (?:[A-Za-z\d][A-Za-z\d-]*+\.)+ (?:{_TOP})\b (?:/ [^\s<>"'”’»“«،؛؟]* [\w/] )?
    | (?<!\d) \d++ (?:[.,:/٫٬،] \d++)+                                     # a number, a time, a date
    | (?<![{_LATIN}]) [{_LATIN}]++ (?:['’] (?![sS]\b) [{_LATIN}]++)+      # don't, O'Neal
    | (?<=\w) ['’][sS]\b                                                  # but Deepseek and 's
    | [\U0001f1e6-\U0001f1ff]{{2}}                                         # a flag
    """,
    re.VERBOSE,
)
_SCRIPTS_MEET = re.compile(
    rf"(?<=[{ARABIC_LETTERS}{ARABIC_MARKS}{TATWEEL}])(?=[{_LATIN}\d])|(?<=[{_LATIN}\d])(?={TATWEEL}*[{ARABIC_LETTERS}])"
)
_JOINER = "\u200d"
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_ATTACHED = frozenset({"Mn", "Mc", "Me", "Cf"})  # marks, selectors, joiners, bidi controls


def word_borders(run: str, words: Iterable[str]) -> list[int]:
    """Return the sorted borders in a run, its edges included, mended from `words` that it consists of.

    Whole are numbers, times, dates, addresses, e-mails, contractions and emoji sequences. Apart are the 's
    after a name, and two scripts that meet. Marks and a tatweel stay with the character before them.
    """
    borders: set[int] = {match.start() for match in _SCRIPTS_MEET.finditer(run)}
    position = 0
    for word in words:
        start = run.find(word, position)  # exact: nothing is left out between words
        position = start + len(word)
        borders.update((start, position))
    for match in _WHOLE.finditer(run):
        borders.difference_update(range(match.start() + 1, match.end()))
    if not run.isascii():
        borders = set(_past_marks(run, borders))
        borders.difference_update(_beside_lone_marks(run, sorted(borders)))
    return sorted(borders)


def _past_marks(text: str, borders: set[int]) -> Iterator[int]:
    """Yield the borders, each moved past the marks of the character before it, or dropped in an emoji."""
    for border in borders:
        place = border
        if border > 0 and not text[border - 1].isspace():
            while place < len(text) and _is_attached(text[place]):
                place += 1
            joined = (
                text[place - 1] == _JOINER and unicodedata.category(text[place : place + 1] or " ") == "So"
            )
            if joined:
                continue
        yield place


def _beside_lone_marks(text: str, borders: list[int]) -> Iterator[int]:
    """Yield the borders to remove so that tatweel and marks join the token before them, or else after."""
    for start, end in pairwise(borders):
        if all(char == TATWEEL or _is_attached(char) for char in text[start:end]):
            if start > 0 and not text[start - 1].isspace():
                yield start
            elif end < len(text) and not text[end].isspace():
                yield end


def _is_attached(char: str) -> bool:
    return char in _SKIN_TONES or unicodedata.category(char) in _ATTACHED
