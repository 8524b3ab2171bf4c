"""What two sentences may share whatever their languages: numbers, names in Latin letters, sounds of names.

Clues are cheap and coarse: they help to choose between alignments and to say what is odd about a pair.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from hashiya.corpus.text.fold import fold

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MARKS = r"\u0300-\u036f\u064b-\u065f\u0670"
_WORD = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{_MARKS}])*")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_DOUBLED = re.compile(r"(.)\1+")
_SHORTEST = 3

_CLITICS = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ب", "ل", "ك", "ف")
"""What an Arabic name may begin with that is no part of it."""

# Consonants that transliterations mix up share a class. Vowels, glides and h have none: both scripts write
# them at will.
_CLASSES = (
    "bpبپ", "tتثط", "dدذض", "kcqخقك", "gjجچغگ", "fvفڤ", "lل", "mم", "nن", "rر", "sسشص", "zزظ",
)  # fmt: skip
_CLASS = {ord(letter): letters[0] for letters in _CLASSES for letter in letters}
_DIGRAPHS = (
    ("tch", "s"), ("sch", "s"), ("sh", "s"), ("ch", "s"), ("ph", "f"),
    ("th", "t"), ("gh", "g"), ("kh", "k"), ("ck", "k"), ("qu", "k"), ("x", "ks"),
)  # fmt: skip
_SOFT_C = re.compile(r"c(?=[eiy])")
_SILENT = re.compile(r"[^bdfgklmnrstz]")


@dataclass(frozen=True, slots=True)
class Clues:
    """The clues of one sentence.

    ``numbers`` are written with Western digits and without grouping; ``names`` are folded words in Latin
    letters that begin with a capital; ``sounds`` are the consonant classes of these names and of all
    Arabic words, with and without clitics, three at least.
    """

    numbers: frozenset[str]
    names: frozenset[str]
    sounds: frozenset[str]

    @classmethod
    def joined(cls, parts: Sequence[Clues]) -> Clues:
        """The clues of several sentences together."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            frozenset().union(*(part.numbers for part in parts)),
            frozenset().union(*(part.names for part in parts)),
            frozenset().union(*(part.sounds for part in parts)),
        )


def clues(sentence: str) -> Clues:
    """The clues of a sentence in any language."""
    found = [_of_word(word) for word in _WORD.findall(sentence)]
    return Clues(
        frozenset(number.replace(",", "") for number in _NUMBER.findall(fold(sentence))),
        frozenset(name for name, _ in found if name),
        frozenset(chain.from_iterable(sounds for _, sounds in found)),
    )


@lru_cache(maxsize=65_536)
def _of_word(word: str) -> tuple[str, tuple[str, ...]]:
    """The name that a word is, if it is one, and the sounds of it."""
    folded = fold(word)
    if not _LATIN.match(word):
        stems = [folded, *(folded.removeprefix(each) for each in _CLITICS if folded.startswith(each))]
        sounds = [_sound(stem) for stem in stems if len(stem) >= _SHORTEST]
        return "", tuple(sound for sound in sounds if len(sound) >= _SHORTEST)
    if len(word) == 1 or not word[0].isupper():
        return "", ()
    sound = _sound(folded)
    return folded, (sound,) if len(sound) >= _SHORTEST else ()


def _sound(word: str) -> str:
    for letters, sound in _DIGRAPHS:
        word = word.replace(letters, sound)
    classes = _SILENT.sub("", _SOFT_C.sub("s", word).translate(_CLASS))
    return _DOUBLED.sub(r"\1", classes)
