"""The units a cursor stops at: the words of one side, their neighbours on the screen, codes to jump by.

A word is a range of code points and is named by its number in reading order. What moves a cursor needs at
least one word.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Sequence

from hashiya.schema.records import Lang, Pair, Span, overlaps
from hashiya.tui.bidi.glyphs import shape
from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import Layout
from hashiya.tui.bidi.levels import Direction

_PIECE = re.compile(r"\S+")
_CARRIED = frozenset({"Sc", "So"})  # currency signs; emoji
_WITH_NUMBERS = frozenset("%٪‰+−±")


def words(pair: Pair, lang: Lang) -> tuple[Span, ...]:
    """Return the words of one side: its tokens, but for punctuation and blanks.

    Where nothing else is left, what white space separates; a side that is absent or blank has none.
    """
    text = pair.text(lang) or ""
    found = tuple(token for token in pair.tokens(lang) if _is_word(text[token.start : token.end]))
    return found or tuple(Span(*match.span()) for match in _PIECE.finditer(text))


def _is_word(token: str) -> bool:
    return any(
        unicodedata.category(char)[0] in "LN"
        or unicodedata.category(char) in _CARRIED
        or char in _WITH_NUMBERS
        for char in token
    )


def word_at(words: Sequence[Span], index: int) -> int:
    """Return the number of the word at a code point, or of the one nearest to it."""
    return min(range(len(words)), key=lambda number: _distance(words[number], Span(index, index + 1)))


def snap(words: Sequence[Span], start: int, end: int) -> Span:
    """Return the smallest range of whole words that covers a drag, whichever way it went.

    A drag over no word at all takes the nearest.
    """
    first, last = min(start, end), max(start, end)
    drag = Span(first, max(last, first + 1))
    touched = [word for word in words if overlaps(word, drag)]
    touched = touched or [min(words, key=lambda word: _distance(word, drag))]
    return Span(touched[0].start, touched[-1].end)


def _distance(word: Span, span: Span) -> int:
    return max(word.start - span.end + 1, span.start - word.end + 1, 0)


def beside(words: Sequence[Span], layout: Layout, number: int, step: int) -> int:
    """Return the number of the word to the left (-1) or the right (1) of one, as the screen shows them.

    Past either end of a line it goes on where the line is read on: rightwards out of an Arabic line is the
    line above. At the ends of the text it stays.
    """
    rows = _rows(words, layout)
    here = layout.places[words[number].start].line
    at = rows[here].index(number) + step
    if 0 <= at < len(rows[here]):
        return rows[here][at]
    forward = (step > 0) == (layout.lines[here].direction is Direction.LTR)
    reached = _next_row(rows, here, 1 if forward else -1)
    if reached is None:
        return number
    leftmost = forward == (layout.lines[reached].direction is Direction.LTR)
    return rows[reached][0 if leftmost else -1]


def above_below(words: Sequence[Span], layout: Layout, number: int, step: int) -> int:
    """Return the number of the nearest word in the next line above (-1) or below (1) that has one."""
    rows = _rows(words, layout)
    reached = _next_row(rows, layout.places[words[number].start].line, step)
    if reached is None:
        return number
    middle = _middle(words[number], layout)
    return min(rows[reached], key=lambda other: abs(_middle(words[other], layout) - middle))


def _rows(words: Sequence[Span], layout: Layout) -> dict[int, list[int]]:
    """Return the words of each line that has any, from left to right; a broken word is in its first line."""
    rows: dict[int, list[int]] = {}
    for number, word in enumerate(words):
        rows.setdefault(layout.places[word.start].line, []).append(number)
    for row in rows.values():
        row.sort(key=lambda number: _columns(words[number], layout)[0])
    return rows


def _next_row(rows: dict[int, list[int]], here: int, step: int) -> int | None:
    further = [line for line in rows if (line - here) * step > 0]
    return min(further, key=lambda line: abs(line - here), default=None)


def _columns(word: Span, layout: Layout) -> tuple[int, int]:
    """Return the leftmost and the rightmost column of a word in its first line."""
    places = layout.places[word.start : word.end]
    in_first_line = [place for place in places if place.line == places[0].line]
    return (
        min(place.column for place in in_first_line),
        max(place.column + place.width for place in in_first_line),
    )


def _middle(word: Span, layout: Layout) -> float:
    return sum(_columns(word, layout)) / 2


def hints(words: Sequence[Span], number: int, letters: str) -> dict[str, int]:
    """Return a short code for every word to jump to it, none the beginning of another.

    Words near to `number` get the short codes and the earlier `letters`; the word itself, where the
    cursor is already, comes last. Takes two different letters at least.
    """
    order = sorted(range(len(words)), key=lambda other: (other == number, abs(other - number), -other))
    return dict(zip(_codes(len(words), "".join(dict.fromkeys(letters))), order, strict=True))


def _codes(count: int, letters: str) -> list[str]:
    if len(letters) < 2:
        raise ValueError("codes take at least two different letters")
    rank = {letter: place for place, letter in enumerate(letters)}
    codes = deque(reversed(letters))  # the last letters become beginnings, the first stay short
    while len(codes) < count:
        beginning = codes.popleft()
        codes.extend(beginning + letter for letter in reversed(letters))
    return sorted(codes, key=lambda code: (len(code), [rank[letter] for letter in code]))[:count]


def graphemes(text: str) -> tuple[Span, ...]:
    """Return the grapheme clusters of a text, CR LF among them; they cover the text."""
    glyphs = shape(text, Shaping.LETTERS)
    borders = [glyph.start for glyph in glyphs if text[max(glyph.start - 1, 0) : glyph.start + 1] != "\r\n"]
    return tuple(map(Span, borders, [*borders[1:], len(text)]))
