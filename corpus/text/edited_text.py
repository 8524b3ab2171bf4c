"""A text in which parts were replaced, and where each code point of it stands in the source. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from hashiya.schema.records import Span


class SourcePoint(NamedTuple):
    """A place between two code points of an edited text, which holds whatever is edited elsewhere.

    `at` counts in the source. Where the place lies within a text that was put in, `at` is where the part that
    was replaced begins, and `into` says how many code points of the new text come before; else it is 0.
    """

    at: int
    into: int = 0


@dataclass(frozen=True, slots=True)
class Replacement:
    """A range of the source, at least one code point, and the text that stands in its place."""

    start: int
    end: int
    text: str


class EditedText:
    """A source text with some ranges of it replaced, by their order; they do not overlap."""

    def __init__(self, source: str, replacements: tuple[Replacement, ...] = ()) -> None:
        self.source = source
        self.replacements = replacements
        pieces: list[str] = []
        reached = 0
        for item in replacements:
            if not reached <= item.start < item.end <= len(source):
                raise ValueError(f"[{item.start}, {item.end}) overlaps the range before it, or is none")
            pieces += (source[reached : item.start], item.text)
            reached = item.end
        self.text = "".join((*pieces, source[reached:]))
        self._starts = [item.start for item in replacements]
        self._ends = [item.end for item in replacements]
        longer = (len(item.text) - (item.end - item.start) for item in replacements)
        self._shifts = [0, *accumulate(longer)]  # of what follows so many replacements
        self._edited_starts = [
            start + shift for start, shift in zip(self._starts, self._shifts, strict=False)
        ]
        self._edited_ends = [end + shift for end, shift in zip(self._ends, self._shifts[1:], strict=True)]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EditedText):
            return NotImplemented
        return (self.source, self.replacements) == (other.source, other.replacements)

    def __hash__(self) -> int:
        return hash((self.source, self.replacements))

    def replaced(self, start: int, end: int, text: str) -> EditedText:
        """Return the text with a range of it, at least one code point, replaced.

        What was replaced before and is touched by the range becomes one with it; what only borders on it
        does not. `ValueError` where the range is none.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"[{start}, {end}) is no range in a text of {len(self.text)} code points")
        first, last = self.start_point(start), self.end_point(end)
        source_end = last.at
        if first.into:
            text = self.replacements[bisect_left(self._starts, first.at)].text[: first.into] + text
        if last.into:
            item = self.replacements[bisect_left(self._starts, last.at)]
            text, source_end = text + item.text[last.into :], item.end
        made = Replacement(first.at, source_end, text)
        kept = (item for item in self.replacements if item.end <= made.start or item.start >= made.end)
        return EditedText(self.source, tuple(sorted((*kept, made), key=lambda item: item.start)))

    def start_point(self, offset: int) -> SourcePoint:
        """Return the place at which a range begins: behind what was deleted there."""
        return self._point(offset, bisect_right(self._edited_ends, offset))

    def end_point(self, offset: int) -> SourcePoint:
        """Return the place at which a range ends: before what was deleted there."""
        passed = min(bisect_right(self._edited_ends, offset), bisect_left(self._edited_starts, offset))
        return self._point(offset, passed)

    def _point(self, offset: int, passed: int) -> SourcePoint:
        if (
            passed < len(self.replacements)
            and self._edited_starts[passed] < offset < self._edited_ends[passed]
        ):
            return SourcePoint(self._starts[passed], offset - self._edited_starts[passed])
        return SourcePoint(offset - self._shifts[passed])

    def offset(self, point: SourcePoint) -> int | None:
        """Return where a place is in the edited text; `None` where there is no such place now."""
        at, into = point
        if into == 0:
            passed = bisect_right(self._ends, at)
            inside = passed < len(self._starts) and self._starts[passed] < at
            return at + self._shifts[passed] if 0 <= at <= len(self.source) and not inside else None
        number = bisect_left(self._starts, at)
        if number == len(self._starts) or self._starts[number] != at:
            return None
        return self._edited_starts[number] + into if 0 < into < len(self.replacements[number].text) else None

    def to_edited(self, offset: int) -> int | None:
        """Return where a code point of the source stands; `None` where it was replaced.

        The end of the one text is the end of the other.
        """
        return _moved(offset, self._starts, self._ends, self._shifts, 1)

    def to_source(self, offset: int) -> int | None:
        """Return where a code point comes from; `None` where it was put in. The inverse of `to_edited`."""
        return _moved(offset, self._edited_starts, self._edited_ends, self._shifts, -1)

    def span_in_edited(self, start: int, end: int) -> Span | None:
        """Return the range of a source range, whatever was replaced within it.

        `None` where its first or last code point was replaced, or it has none.
        """
        return _span(start, end, self.to_edited(start), self.to_edited(end - 1))

    def span_in_source(self, start: int, end: int) -> Span | None:
        """Return the source range of a range; `None` as `span_in_edited`."""
        return _span(start, end, self.to_source(start), self.to_source(end - 1))


def _moved(offset: int, starts: list[int], ends: list[int], shifts: list[int], sign: int) -> int | None:
    passed = bisect_right(ends, offset)
    if passed < len(starts) and starts[passed] <= offset:
        return None
    return offset + sign * shifts[passed]


def _span(start: int, end: int, first: int | None, last: int | None) -> Span | None:
    return None if start >= end or first is None or last is None else Span(first, last + 1)
