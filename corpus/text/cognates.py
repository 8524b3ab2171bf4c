"""Cognates in the sense of Simard, Foster and Isabelle (1992): what a sentence shares with its translation.

Numbers, names in Latin letters and phonetic keys of names are the same whatever the language. They are cheap
and coarse: they help to choose between alignments and to say what is odd about a pair.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from hashiya.corpus.text.fold import fold
from hashiya.corpus.text.phonetic import LEAST_CONSONANTS, phonetic_key

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MARKS = r"\u0300-\u036f\u064b-\u065f\u0670"
_WORD = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{_MARKS}])*")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_SHORTEST = 3
"""Letters of an Arabic word, without its clitic, that may be a name."""

_CLITICS = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ب", "ل", "ك", "ف")
"""What an Arabic name may begin with that is no part of it."""


@dataclass(frozen=True, slots=True)
class Cognates:
    """The tokens of one sentence that its translation may share.

    `numbers` are written with Western digits and without grouping; `names` are folded words in Latin letters
    that begin with a capital; `keys` are the phonetic keys of these names and of all Arabic words, with and
    without clitics, of `LEAST_CONSONANTS` at least.
    """

    numbers: frozenset[str]
    names: frozenset[str]
    keys: frozenset[str]

    @classmethod
    def joined(cls, parts: Sequence[Cognates]) -> Cognates:
        """Return the cognates of several sentences together."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            frozenset().union(*(part.numbers for part in parts)),
            frozenset().union(*(part.names for part in parts)),
            frozenset().union(*(part.keys for part in parts)),
        )


def find_cognates(sentence: str) -> Cognates:
    """Return the cognates of a sentence in any language."""
    words = [_of_word(word) for word in _WORD.findall(sentence)]
    return Cognates(
        frozenset(number.replace(",", "") for number in _NUMBER.findall(fold(sentence))),
        frozenset(name for name, _ in words if name),
        frozenset(chain.from_iterable(keys for _, keys in words)),
    )


@lru_cache(maxsize=65_536)
def _of_word(word: str) -> tuple[str, tuple[str, ...]]:
    """Return the Latin name that a word is, "" if it is none, and its phonetic keys."""
    folded = fold(word)
    if not _LATIN.match(word):
        stems = [folded, *(folded.removeprefix(each) for each in _CLITICS if folded.startswith(each))]
        keys = [phonetic_key(stem) for stem in stems if len(stem) >= _SHORTEST]
        return "", tuple(key for key in keys if len(key) >= LEAST_CONSONANTS)
    if len(word) == 1 or not word[0].isupper():
        return "", ()
    key = phonetic_key(folded)
    return folded, (key,) if len(key) >= LEAST_CONSONANTS else ()
