"""Tokens of a sentence, as ranges of code points: what an annotator's cursor steps over.

They are ordered, disjoint and not empty, and nothing but white space lies outside them. camel-tools finds
the words; its borders are mended here, so that a name, a number or an address is a token by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import chain, pairwise
from typing import cast

from hashiya.corpus.text.word_borders import ARABIC_LETTERS, ARABIC_MARKS, TATWEEL, word_borders
from hashiya.schema.errors import MissingExtraError
from hashiya.schema.records import Span

_RUN = re.compile(
    rf"""
    (?: [A-Za-zÀ-ÖØ-öø-ɏ0-9]++ | [{ARABIC_LETTERS}][{ARABIC_LETTERS}{ARABIC_MARKS}{TATWEEL}]*+ )
    (?P<word>(?!\S))
    | \S++
    """,
    re.VERBOSE,
)
"""What stands between white space; a `word` has letters and digits of one script alone, and is one token."""
_SHORT = 40
"""Characters of a run whose tokens are remembered."""


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
    return tuple(chain.from_iterable(pairwise(word_borders(run, _camel_words()(run)))))


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
