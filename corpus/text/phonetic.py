"""The phonetic key of a word: its consonants by class, the same for an Arabic name and its Latin spelling.

Rough on purpose, for scoring and ranking only: vowels, glides and h are left out, since both scripts write
them at will, and consonants that transliterations confuse share a class.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from hashiya.corpus.text.fold import fold

LEAST_CONSONANTS = 3
"""Classes of a key from which it tells names apart; a shorter one is shared by too many words."""
ALIKE = 0.7
"""The `phonetic_similarity` from which two names may well be one."""

_CLASSES = (
    "bpبپ", "tتثط", "dدذض", "kcqخقك", "gjجچغگ", "fvفڤ", "lل", "mم", "nن", "rر", "sسشص", "zزظ",
)  # fmt: skip
_CLASS = {ord(letter): letters[0] for letters in _CLASSES for letter in letters}
"""By letter, the first letter of its class, which stands for all."""
_DIGRAPHS = (
    ("tch", "s"), ("sch", "s"), ("sh", "s"), ("ch", "s"), ("ph", "f"),
    ("th", "t"), ("gh", "g"), ("kh", "k"), ("ck", "k"), ("qu", "k"), ("x", "ks"),
)  # fmt: skip
_SOFT_C = re.compile(r"c(?=[eiy])")
_SILENT = re.compile(r"[^bdfgklmnrstz]")
_DOUBLED = re.compile(r"(.)\1+")


def phonetic_key(folded: str) -> str:
    """Return the classes of the consonants of a folded word (see `fold`), repeated ones once."""
    for letters, sound in _DIGRAPHS:
        folded = folded.replace(letters, sound)
    classes = _SILENT.sub("", _SOFT_C.sub("s", folded).translate(_CLASS))
    return _DOUBLED.sub(r"\1", classes)


def phonetic_similarity(one: str, other: str) -> float:
    """Return how alike the keys of two names are, 0 to 1: their share of letters in common, in order.

    Where a key is shorter than `LEAST_CONSONANTS`, both must be the same and longer than one letter.
    """
    first, second = _key_of_name(one), _key_of_name(other)
    if min(len(first), len(second)) < LEAST_CONSONANTS:
        return float(first == second and len(first) > 1)
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


@lru_cache(maxsize=4096)
def _key_of_name(name: str) -> str:
    return phonetic_key(fold(name))
