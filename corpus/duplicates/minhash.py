"""The signature of a side of a document: hash, number of shingles and MinHash values, 276 bytes. Pure.

A signature is made of folded words (see `fold`), so case, marks, tatweel, alef forms, punctuation and line
breaks do not change it. The same text has the same bytes on every machine.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.text.fold import folded_parts
from hashiya.schema.errors import MissingExtraError
from hashiya.schema.records import LANGS, Document, Lang

if TYPE_CHECKING:
    from datasketch import MinHash

WORDS = 3
"""Words in a shingle; docs/duplicates.md has the figures behind this and the next two."""
VALUES = 128
"""MinHash values of a side."""
FEWEST = 20
"""Different shingles that a side must have to be compared by its signature; below, only copies count."""

EXACT = 16
COUNT = 4
HEAD = EXACT + COUNT
SIZE = HEAD + 2 * VALUES
"""Bytes of a signature: 16 of a hash of the folded text, 4 of the count of its different shingles (little
endian), and 128 times 2 of MinHash values (little endian). A short text ends after the count."""

_SEED = 1
_AT_ONCE = 4096  # shingles; each takes 4 bytes times VALUES while it is hashed
_HASH_BYTES = 8
_HASH_MASK = np.uint64(0xFFFFFFFF)
"""The bits of a hash that the library makes its values of; by all 64, shingles are told apart and counted."""
_WORD = re.compile(r"\w+")


def signatures(document: Document) -> dict[Lang, bytes]:
    """Return the signature of each side that has any text, of the layout that `SIZE` describes."""
    made: dict[Lang, bytes] = {lang: signature(document.text(lang) or "") for lang in LANGS}
    return {lang: value for lang, value in made.items() if value}


def signature(text: str) -> bytes:
    """Return the signature of a text; b"" where folding leaves nothing of it.

    The values are the lower 16 bits of the library's (b-bit minwise hashing, Li and König 2010): two that
    differ are taken for equal once in 65,536 times.
    """
    exact = hashlib.blake2b(digest_size=EXACT)
    hashed: list[bytes] = []
    before: list[str] = []
    for number, folded in enumerate(folded_parts(text)):
        exact.update(f"{' ' * (number > 0)}{folded}".encode())
        words = before + _WORD.findall(folded)
        hashed.append(b"".join(map(_hash, shingles(words))))
        before = words[1 - WORDS :]
    if not hashed:
        return b""
    different = np.unique(np.frombuffer(b"".join(hashed), np.dtype("<u8")))
    head = exact.digest() + len(different).to_bytes(COUNT, "little")
    if len(different) < FEWEST:
        return head
    sketch = _empty().copy()
    for start in range(0, len(different), _AT_ONCE):
        sketch.update_batch((different[start : start + _AT_ONCE] & _HASH_MASK).tolist())
    values: NDArray[Any] = sketch.hashvalues
    return head + (values & 0xFFFF).astype("<u2").tobytes()


def shingles(words: Sequence[str]) -> set[bytes]:
    """Return the different runs of `WORDS` words, in UTF-8."""
    return {" ".join(words[at : at + WORDS]).encode() for at in range(len(words) - WORDS + 1)}


def _hash(shingle: bytes) -> bytes:
    """What stands for a shingle: a part of its SHA-1, as the library would take it."""
    return hashlib.sha1(shingle, usedforsecurity=False).digest()[:_HASH_BYTES]


@cache
def _empty() -> MinHash:
    try:
        from datasketch import MinHash
    except ImportError as error:
        raise MissingExtraError("finding near-duplicates", "build") from error
    # Every choice is named: a later version of the library may have other defaults.
    return MinHash(num_perm=VALUES, seed=_SEED, scheme="affine32", hashfunc=int)
