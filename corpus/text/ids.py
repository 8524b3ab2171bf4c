"""Names made from content: the hash of a text, the id of a pair. Equal content has an equal name."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

from hashiya.schema.codec import dump

PairTexts = tuple[str | None, str | None]
"""The Arabic and the English text of a pair; an absent side is `None`."""


def text_hash(text: str) -> str:
    """Return SHA-256, in hex, of the text's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def pair_ids(doc_id: str, sides: Iterable[PairTexts]) -> Iterator[str]:
    """Yield the id of each pair of a document, in document order: 32 hex digits.

    An id is the first 128 bits of SHA-256 over the compact UTF-8 JSON `[doc_id, ar, en, n]`, where n
    counts the equal pairs before it. So an edit elsewhere changes no id, and a repeated pair has its own.
    """
    seen: Counter[bytes] = Counter()  # by digest: the texts may be all of a large file
    for ar, en in sides:
        digest = _digest([doc_id, ar, en, 0])
        before = seen[digest]
        seen[digest] += 1
        yield (_digest([doc_id, ar, en, before]) if before else digest).hex()


def _digest(key: list[str | int | None]) -> bytes:
    return hashlib.sha256(dump(key).encode()).digest()[:16]
