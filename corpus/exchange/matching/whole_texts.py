"""Texts of several pairs: a whole article or a part of one, and the pairs that hold its marks.

A document is known by the name that the file gives, else by its text. Where the text of a document of that
name was changed since, a diff says where its marks stand now, and what of the text was not seen.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from hashiya.corpus.exchange.matching.document_names import DocumentNames
from hashiya.corpus.exchange.matching.matched_side import (
    MatchedSide,
    SpanMap,
    leave_mark,
    moved_mark,
    placed_mark,
)
from hashiya.corpus.exchange.outcome import LeftOut, Outcome
from hashiya.corpus.exchange.sides import Side, SideMark
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.store.reader import GenerationReader
from hashiya.corpus.text.diff import TextMap
from hashiya.corpus.text.readings import ReadingMap, reading
from hashiya.schema.records import LANGS, Lang, Span

_BEGINNING = 12
"""Letters by which a text is looked for where a pair begins; a shorter one is looked for whole."""
_LEAST_SHARED = 0.5
"""Of the letters of a text: with fewer in a document of its name, it is another text."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A range of a document's text that reads as the text of a side."""

    document: int
    lang: Lang
    range: Span


@dataclass(slots=True)
class WholeTexts:
    """Finds texts in the documents of a corpus."""

    reader: GenerationReader
    names: DocumentNames
    outcome: Outcome

    def matched(self, sides: Sequence[Side]) -> Iterator[Sequence[MatchedSide] | LeftOut]:
        """Yield the parts of every side, one a pair, or why no document is known to have its text."""
        named = [self._in_named(side) for side in sides]
        unfound = {
            reading(side.text or "")
            for side, parts in zip(sides, named, strict=True)
            if parts is None or isinstance(parts, LeftOut)
        }
        by_text = _in_documents(self.reader, unfound) if unfound else {}
        for side, parts in zip(sides, named, strict=True):
            if parts is not None and not isinstance(parts, LeftOut):
                yield parts
                continue
            places = by_text.get(reading(side.text or ""), ())
            fitting = [place for place in places if side.lang in {None, place.lang}]
            yield self._in_one_of(side, fitting) if fitting or parts is None else parts

    def _in_one_of(self, side: Side, places: Sequence[_Found]) -> Sequence[MatchedSide] | LeftOut:
        if not places:
            return LeftOut("no pair has their text", "no pair has this text")
        if len(places) > 1:
            detail = f"{len(places)} documents have this text, and it does not say which one it is"
            return LeftOut("several documents have their text", detail)
        return self._in_range(side, places[0])

    def _in_range(self, side: Side, found: _Found) -> Sequence[MatchedSide]:
        whole = self.reader.document(found.document).text(found.lang) or ""
        letters = ReadingMap(side.text or "", whole[found.range.start : found.range.end])

        def span_of(start: int, end: int) -> Span | None:
            span = letters.span(start, end)
            return span and Span(span.start + found.range.start, span.end + found.range.start)

        return self._parts(side, found.document, found.lang, span_of, [found.range])

    def _in_named(self, side: Side) -> Sequence[MatchedSide] | LeftOut | None:
        """Return the parts of a side in the document of its name; `None` where there is no such document."""
        number = self.names.number(side.doc_id)
        if number is None:
            return None
        document = self.reader.document(number)
        text, key = side.text or "", reading(side.text or "")
        langs: Sequence[Lang] = [side.lang] if side.lang else LANGS
        wholes: dict[Lang, str] = {
            lang: whole for lang in langs if (whole := document.text(lang)) is not None
        }
        for lang, whole in wholes.items():
            place = _only_range(whole, key)
            if place is not None:
                return self._in_range(side, _Found(number, lang, place))
        maps: dict[Lang, TextMap] = {lang: TextMap(text, whole) for lang, whole in wholes.items()}
        shared: dict[Lang, list[Span]] = {
            lang: letters.pieces(0, len(text)) for lang, letters in maps.items()
        }
        best: Lang = "en" if _letters(shared.get("en", ())) >= _letters(shared.get("ar", ())) else "ar"
        if _letters(shared.get(best, ())) < _LEAST_SHARED * len(text):
            detail = f"the text is not that of the document {document.doc_id}"
            return LeftOut("their text is not that of the document of their name", detail)
        self.outcome.convert("sides", "their document has changed since: placed by what is the same")
        return self._parts(side, number, best, maps[best].span, shared[best])

    def _parts(
        self, side: Side, number: int, lang: Lang, span_of: SpanMap, seen: Sequence[Span]
    ) -> Sequence[MatchedSide]:
        """Return the pairs that hold the marks of a side, or whose text was `seen` there whole."""
        pairs = _PairsOf(self.reader, number, lang)
        text = side.text or ""
        marks: dict[int, list[SideMark]] = {}
        unplaced = Counter[int]()
        anywhere = 0  # marks of which not even the pair is known
        for mark in side.marks:
            span = placed_mark(mark, text, span_of)
            held = span if isinstance(span, LeftOut) else pairs.holder(span)
            if isinstance(held, LeftOut):
                leave_mark(side, mark, held, self.outcome)
                about = span_of(mark.start, mark.end) if 0 <= mark.start < mark.end <= len(text) else None
                anywhere += about is None
                unplaced.update(() if about is None else pairs.touched(about))
            else:
                row, within = held
                marks.setdefault(row, []).append(moved_mark(mark, within, pairs.text(row)))
        whole = pairs.seen_whole(seen)
        unplaced.update(marks.keys() - whole)
        return [
            MatchedSide(side, row, lang, pairs.text(row), tuple(marks.get(row, ())), unplaced[row] + anywhere)
            for row in sorted(whole | marks.keys())
        ]


class _PairsOf:
    """The pairs of a document with a side in one language, and where in the document's text they stand."""

    def __init__(self, reader: GenerationReader, number: int, lang: Lang) -> None:
        found = ((row, reader.pair(row)) for row in reader.index.document_rows(number))
        placed = [(place, row, pair) for row, pair in found if (place := pair.place(lang)) is not None]
        placed.sort(key=lambda item: (item[0].start, item[1]))
        self._whole = reader.document(number).text(lang) or ""
        self._places = [place for place, _, _ in placed]
        self._starts = [place.start for place in self._places]
        self._kinds = [pair.kind for _, _, pair in placed]
        self._rows = [row for _, row, _ in placed]
        self._places_of = dict(zip(self._rows, self._places, strict=True))

    def text(self, row: int) -> str:
        """The text of a row's pair."""
        place = self._places_of[row]
        return self._whole[place.start : place.end]

    def holder(self, span: Span) -> tuple[int, Span] | LeftOut:
        """Return the row of the pair that holds a range of the document, and the range in its text."""
        at = bisect_right(self._starts, span.start) - 1
        if at < 0 or span.start >= self._places[at].end:
            return LeftOut("stand outside of all pairs")
        place = self._places[at]
        if span.end > place.end:
            return LeftOut("cross the border of a pair", f"crosses the end of pair {self._rows[at]}")
        if self._kinds[at] == "boilerplate":
            return LeftOut("stand in boilerplate", "boilerplate is not labelled")
        return self._rows[at], Span(span.start - place.start, span.end - place.start)

    def touched(self, span: Span) -> Iterator[int]:
        """Yield the rows of the pairs that a range of the document touches."""
        first = max(0, bisect_right(self._starts, span.start) - 1)
        for number in range(first, bisect_left(self._starts, span.end)):
            if span.start < self._places[number].end:
                yield self._rows[number]

    def seen_whole(self, seen: Sequence[Span]) -> set[int]:
        """Return the rows whose text lies in some ranges, white space aside; no boilerplate."""
        is_seen = np.fromiter(map(str.isspace, self._whole), np.bool_, len(self._whole))
        for span in seen:
            is_seen[span.start : span.end] = True
        return {
            row
            for place, row, kind in zip(self._places, self._rows, self._kinds, strict=True)
            if kind != "boilerplate" and is_seen[place.start : place.end].all()
        }


def _letters(spans: Sequence[Span]) -> int:
    return sum(span.end - span.start for span in spans)


def _in_documents(reader: GenerationReader, readings: Collection[str]) -> Mapping[str, Sequence[_Found]]:
    """Return where some readings begin with a pair, by reading, after one pass over the documents."""
    found: dict[str, list[_Found]] = {}
    beginnings: dict[str, list[str]] = {}
    for key in readings:
        if key:
            beginnings.setdefault(key[:_BEGINNING], []).append(key)
    if not beginnings:
        return found
    starts = _starts(reader.generation)
    for number, document in enumerate(reader.generation.documents()):
        rows = reader.index.document_rows(number)
        for lang in LANGS:
            text = document.text(lang)
            if text is None:
                continue
            cuts = sorted({0, *(at for at in starts[lang][rows.start : rows.stop].tolist() if at >= 0)})
            for key, place in _beginning_at(text, cuts, beginnings):
                found.setdefault(key, []).append(_Found(number, lang, place))
    return found


def _starts(generation: Generation) -> Mapping[Lang, npt.NDArray[np.int64]]:
    """Return where the sides of all pairs begin in their documents; -1 where there is none."""
    found: dict[Lang, list[npt.NDArray[np.int64]]] = {lang: [] for lang in LANGS}
    for batch in generation.pair_batches([f"{lang}_start" for lang in LANGS]):
        for lang in LANGS:
            column: Any = batch[f"{lang}_start"]
            found[lang].append(column.fill_null(-1).to_numpy().astype(np.int64))
    return {lang: np.concatenate(parts) if parts else np.zeros(0, np.int64) for lang, parts in found.items()}


def _beginning_at(
    text: str, cuts: Sequence[int], beginnings: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, Span]]:
    """Yield the readings that a text has from one of some places on, each with the range that it is."""
    parts = [reading(text[start:end]) for start, end in pairwise([*cuts, len(text)])]
    whole = "".join(parts)
    at = list(accumulate(map(len, parts), initial=0))
    for number, start in enumerate(cuts):
        if at[number] == at[number + 1]:
            continue  # white space before the first pair
        head = whole[at[number] : at[number] + _BEGINNING]
        for length in range(1, len(head) + 1):
            for key in beginnings.get(head[:length], ()):
                if (length == len(head) or len(key) == length) and whole.startswith(key, at[number]):
                    place = _range_from(text, start, key)
                    if place is not None:
                        yield key, place


def _only_range(text: str, key: str) -> Span | None:
    """Return the only part of a text that has a reading; `None` where there is none, or several."""
    whole = reading(text)
    at = whole.find(key)
    if not key or at < 0 or whole.find(key, at + 1) >= 0:
        return None
    return _range_from(text, _offset(text, 0, at), key)


def _range_from(text: str, start: int, key: str) -> Span | None:
    """Return the part of a text that begins at `start` and has a reading; `None` if none has it."""
    end = _offset(text, start, len(key))
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return Span(start, end) if reading(text[start:end]) == key else None


def _offset(text: str, start: int, letters: int) -> int:
    """Return the first place in a text that so many letters of its reading stand before, from `start` on."""
    low, high = start, len(text)
    while low < high:
        middle = (low + high) // 2
        if len(reading(text[start:middle])) < letters:
            low = middle + 1
        else:
            high = middle
    return low
