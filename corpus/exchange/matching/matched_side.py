"""A side found in a corpus, and its marks put where they stand in the pair's text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hashiya.corpus.exchange.matching.pair_texts import PairText
from hashiya.corpus.exchange.outcome import LeftOut, Outcome
from hashiya.corpus.exchange.sides import Side, SideMark
from hashiya.schema.records import Lang, Span

SpanMap = Callable[[int, int], Span | None]
"""From a range of one text to that of another; `None` where the letters are not in it."""


@dataclass(frozen=True, slots=True)
class MatchedSide:
    """A side, or the part of it that one pair holds: the pair's row, language and text.

    The marks count in that text; `unplaced` says how many of the side have no place in it that should have.
    """

    side: Side
    row: int
    lang: Lang
    text: str
    marks: tuple[SideMark, ...]
    unplaced: int = 0


def matched_side(side: Side, place: PairText, span_of: SpanMap, outcome: Outcome) -> MatchedSide:
    """Return a side as that of a pair; what of its marks has no place in the text is told and left out."""
    given = place.text if side.text is None else side.text
    marks: list[SideMark] = []
    for mark in side.marks:
        placed = placed_mark(mark, given, span_of)
        if isinstance(placed, LeftOut):
            leave_mark(side, mark, placed, outcome)
        else:
            marks.append(moved_mark(mark, placed, place.text))
    return MatchedSide(side, place.row, place.lang, place.text, tuple(marks), len(side.marks) - len(marks))


def placed_mark(mark: SideMark, given: str, span_of: SpanMap) -> Span | LeftOut:
    """Return the range of a mark of the text `given` in another text, or why it has none."""
    if mark.start >= mark.end or mark.start < 0:
        return LeftOut("end before they start, or where")
    if mark.end > len(given):
        return LeftOut("end beyond the text", f"the text ends at {len(given)}")
    quoted = given[mark.start : mark.end]
    if mark.quote not in {None, quoted}:
        return LeftOut("quote another text", f"quotes {mark.quote!r}, the text has {quoted!r}")
    span = span_of(mark.start, mark.end)
    return LeftOut("stand in a part of the text that the corpus has not") if span is None else span


def moved_mark(mark: SideMark, span: Span, text: str) -> SideMark:
    """Return a mark at another range, of another text."""
    return replace(mark, start=span.start, end=span.end, quote=text[span.start : span.end])


def leave_mark(side: Side, mark: SideMark, left: LeftOut, outcome: Outcome) -> None:
    """Count a mark that was left out, and tell of it with its place in the file."""
    outcome.leave_one(mark.layer, left, f"{side.where}, {mark.label!r} at [{mark.start}:{mark.end}]")
