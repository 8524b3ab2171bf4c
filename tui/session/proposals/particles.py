"""Arabic particles written onto a word (و ف ب ل ك): a span with them and without.

The article is never taken off, and of لل only the first ل: the second is what is left of it. Offsets are
code points of the text; what is left outside and what stays are together the span.
"""

from __future__ import annotations

import re
import unicodedata

from hashiya.schema.records import Span

_CONJUNCTIONS = "وف"
_PREPOSITIONS = "بلك"
_TATWEEL = "\u0640"
_LEAST = 2
"""Letters or digits of a name that a particle may be taken from."""

_BLANK = re.compile(r"\s*")


def without_particle(text: str, span: Span) -> Span | None:
    """Return the span without its first particle, or `None` where it has none or too little would stay.

    Marks and tatweel after the particle go with it, and so does the white space after one that was
    written apart. Only what may stand there is taken: one conjunction, then one preposition.
    """
    if not span.start < span.end or text[span.start] not in _allowed(text, span.start):
        return None
    start = span.start + 1
    while start < span.end and _goes_along(text[start]):
        start += 1
    blank = _BLANK.match(text, start, span.end)
    start = blank.end() if blank else start
    if sum(char.isalnum() and char != _TATWEEL for char in text[start : span.end]) < _LEAST:
        return None
    return Span(start, span.end)


def particles(text: str, span: Span) -> tuple[Span, ...]:
    """Return the spans that may be meant: the whole, then without one particle, without two."""
    found = [span]
    while (shorter := without_particle(text, found[-1])) is not None:
        found.append(shorter)
    return tuple(found)


def _allowed(text: str, start: int) -> str:
    """Return the particles that may stand at `start`, by what stands before it in the same word."""
    before = start - 1
    while before >= 0 and _goes_along(text[before]):
        before -= 1
    if before < 0 or not text[before].isalpha():
        return _CONJUNCTIONS + _PREPOSITIONS
    begins = before == 0 or not text[before - 1].isalnum()
    return _PREPOSITIONS if begins and text[before] in _CONJUNCTIONS else ""


def _goes_along(char: str) -> bool:
    return char == _TATWEEL or unicodedata.category(char) in {"Mn", "Cf"}
