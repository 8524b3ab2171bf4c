"""Tokens of a sentence, as ranges of code points: what an annotator's cursor steps over.

They are ordered, disjoint and not empty, and nothing but white space lies outside them. camel-tools finds
the words; its borders are mended here, so that a name, a number or an address is a token by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import chain, pairwise
from typing import cast

from hashiya.schema.errors import MissingExtraError
from hashiya.schema.records import Span

_LATIN = "A-Za-zÀ-ɏ"
_ARABIC = "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06fa-\u06fc\u06ff"
_MARKS = "\u064b-\u065f\u0670"
_TATWEEL = "\u0640"
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
_RUN = re.compile(
    rf"(?: [A-Za-zÀ-ÖØ-öø-ɏ0-9]++ | [{_ARABIC}][{_ARABIC}{_MARKS}{_TATWEEL}]*+ ) (?P<word>(?!\S)) | \S++",
    re.VERBOSE,
)
"""What stands between white space; a `word` has letters and digits of one script alone, and is one token."""
_SCRIPTS_MEET = re.compile(
    rf"(?<=[{_ARABIC}{_MARKS}{_TATWEEL}])(?=[{_LATIN}\d])|(?<=[{_LATIN}\d])(?={_TATWEEL}*[{_ARABIC}])"
)
_SHORT = 40
"""Characters of a run whose tokens are remembered."""
_JOINER = "\u200d"
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_ATTACHED = frozenset({"Mn", "Mc", "Me", "Cf"})  # marks, selectors, joiners, bidi controls


def tokenize(text: str) -> tuple[Span, ...]:
    """Return the tokens of `text`; needs the extra `build`.

    Words, and each punctuation mark and symbol by itself, with these exceptions. Whole: numbers, times and
    dates (1,299.99, ٣٫٥, 12:30; but 50 and %), addresses, e-mails, contractions (don't), emoji sequences.
    Apart: the 's after a name, and the Arabic and the other side of a word in two scripts (والـ and USB,
    ب and 100). A mark stays with its letter; it is a token only where white space leaves it alone, and so
    is a tatweel.
    """
    borders = token_borders(text)
    return tuple(map(Span, borders[::2], borders[1::2]))


def token_borders(text: str) -> list[int]:
    """Return where each token of `text` begins and ends, one number after the other; as `tokenize`."""
    _camel_words()  # where the extra is missing this fails, whatever the text
    found: list[int] = []
    for match in _RUN.finditer(text):
        if match.lastindex:
            found += match.span()
        else:
            first, end = match.span()
            inside = _inside_kept if end - first <= _SHORT else _inside
            found += [first + border for border in inside(match[0])]
    return found


def _inside(run: str) -> tuple[int, ...]:
    """The same of characters without white space, whose tokens do not hang on what stands around them."""
    borders: set[int] = {match.start() for match in _SCRIPTS_MEET.finditer(run)}
    position = 0
    for word in _camel_words()(run):
        start = run.find(word, position)  # exact: nothing is left out between words
        position = start + len(word)
        borders.update((start, position))
    for match in _WHOLE.finditer(run):
        borders.difference_update(range(match.start() + 1, match.end()))
    if not run.isascii():
        borders = set(_past_marks(run, borders))
        borders.difference_update(_beside_lone_marks(run, sorted(borders)))
    return tuple(chain.from_iterable(pairwise(sorted(borders))))


_inside_kept = lru_cache(1 << 14)(_inside)
"""The same, remembered: the stop of a sentence goes with the same words again and again."""


@cache
def _camel_words() -> Callable[[str], list[str]]:
    # Late: importing it takes a second, and an annotator has no need of it.
    try:
        from camel_tools.tokenizers.word import simple_word_tokenize
    except ImportError as error:
        raise MissingExtraError("building a corpus", "build") from error
    return cast("Callable[[str], list[str]]", simple_word_tokenize)


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
        if all(char == _TATWEEL or _is_attached(char) for char in text[start:end]):
            if start > 0 and not text[start - 1].isspace():
                yield start
            elif end < len(text) and not text[end].isspace():
                yield end


def _is_attached(char: str) -> bool:
    return char in _SKIN_TONES or unicodedata.category(char) in _ATTACHED
