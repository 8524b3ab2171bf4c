"""Whether an Arabic and a Latin name may be one: their consonants, as far as both scripts write them.

Rough on purpose, for ranking only: vowels are left out, and letters that transliteration confuses are one.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from hashiya.corpus.text.fold import fold

# Of each class the first letter stands for all.
_CLASSES = (
    "bpپب",
    "tthتطثةظ",
    "dدضذ",
    "gjجغق",
    "kqكخ",
    "rر",
    "szzسزصچ",
    "ʃش",
    "fvفڤ",
    "lل",
    "mم",
    "nن",
    "hهح",
)
_CONSONANT = {letter: letters[0] for letters in _CLASSES for letter in letters}
_SPELLINGS = (
    ("sch", "ʃ"), ("sh", "ʃ"), ("ch", "ʃ"), ("ph", "f"), ("gh", "g"), ("kh", "k"), ("th", "t"), ("ck", "k"),
    ("x", "ks"), ("تش", "ʃ"), ("كس", "ks"),
)  # fmt: skip
_SOFT_C = re.compile("c(?=[eiy])")
_DOUBLED = re.compile(r"(.)\1+")
_LEAST = 3
"""Consonants; names with fewer must have the same."""
ALIKE = 0.7
"""The `likeness` from which two names may well be one."""


@lru_cache(maxsize=4096)
def consonants(name: str) -> str:
    """The classes of a name's consonants, doubled ones once."""
    folded = _DOUBLED.sub(r"\1", fold(name))
    for spelling, sound in _SPELLINGS:
        folded = folded.replace(spelling, sound)
    folded = _SOFT_C.sub("s", folded).replace("c", "k")
    return "".join(_CONSONANT.get(char, "") for char in folded)


def likeness(one: str, other: str) -> float:
    """How alike two names sound, 0 to 1; names of a consonant or none are like nothing."""
    first, second = consonants(one), consonants(other)
    if min(len(first), len(second)) < _LEAST:
        return float(first == second and len(first) > 1)
    return SequenceMatcher(None, first, second, autojunk=False).ratio()
