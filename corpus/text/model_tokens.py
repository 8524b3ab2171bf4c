"""Tokens that a model reads: made from a text alone, the same when it is trained and when it is used.

They are ranges of code points, ordered, disjoint and not empty; nothing but white space lies outside them.
Those of two texts with white space between them are those of each. Needs nothing but Python.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from hashiya.corpus.text.word_borders import ARABIC_LETTERS, ARABIC_MARKS, TATWEEL, word_borders
from hashiya.schema.records import Span

_RUN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ0-9]++(?!\S)()|\S++")
"""What stands between white space; what ends with a group is one token."""
_SHORT = 40
"""Characters of a run whose tokens are remembered."""
_CONTROLS = "\u061c\u200b-\u200f\u2060-\u2069"
_MARKS = f"[{ARABIC_MARKS}{TATWEEL}{_CONTROLS}]*+"
_BEFORE_TWO = rf"{_MARKS} (?= (?: [{ARABIC_LETTERS}] {_MARKS} ){{2}} )"
_PARTICLES = re.compile(
    rf"(?P<joining> [وف] {_BEFORE_TWO} )? (?P<leading> [بلك] {_BEFORE_TWO} )?", re.VERBOSE
)
"""و or ف, then ب, ل or ك: each if two letters or more follow it, whatever they are."""


def model_tokens(text: str) -> tuple[Span, ...]:
    """Return the tokens of `text` for a model: words, and each punctuation mark and symbol by itself.

    An Arabic word is cut after و or ف, and after ب, ل or ك behind it, wherever two letters follow: whether
    they are particles there (وبالذكاء) or letters of the word (وزير, بنك) cannot be told without knowing the
    word, and a rule that guesses would cut names differently from place to place. ال stays with its word;
    of لل the first ل is apart; marks and a tatweel stay with the letter before them. Numbers, times,
    addresses, e-mails, contractions and emoji sequences are whole; the 's after a name, hyphens and the two
    scripts of one word are apart.
    """
    borders = model_token_borders(text)
    return tuple(map(Span, borders[::2], borders[1::2]))


def model_token_borders(text: str) -> list[int]:
    """Return where each token of `text` begins and ends, one number after the other; as `model_tokens`."""
    borders: list[int] = []
    for match in _RUN.finditer(text):
        start, end = match.span()
        if match.lastindex:
            borders += (start, end)
        else:
            inside = _inside_kept if end - start <= _SHORT else _inside
            borders += [start + border for border in inside(match[0])]
    return borders


def _inside(run: str) -> tuple[int, ...]:
    """The same of characters without white space, whose tokens do not hang on what stands around them."""
    borders: list[int] = []
    for start, end in pairwise(word_borders(run, _words(run))):
        position = start
        particles = _PARTICLES.match(run, start, end)
        for name in ("joining", "leading"):
            if particles is not None and particles[name] is not None:
                borders += (position, particles.end(name))
                position = particles.end(name)
        borders += (position, end)
    return tuple(borders)


_inside_kept = lru_cache(1 << 16)(_inside)
"""The same, remembered: most words of a text were in it before."""


def _words(run: str) -> Iterator[str]:
    """Yield each punctuation mark and symbol, and what stands between two of them."""
    start = 0
    for place, char in enumerate(run):
        if not char.isalnum() and unicodedata.category(char)[0] in "PS":
            if start < place:
                yield run[start:place]
            yield char
            start = place + 1
    if start < len(run):
        yield run[start:]
