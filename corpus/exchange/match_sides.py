"""Which side of which pair a text from elsewhere is: by its id, else by the text where only one pair has it.

A text that differs from the corpus's is refused with the place where it differs, never aligned by guess.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from hashiya.corpus.exchange.outcome import LeftOut, Outcome
from hashiya.corpus.exchange.sides import Side, SideMark
from hashiya.corpus.store.index import PAIR_KINDS
from hashiya.corpus.store.reader import GenerationReader
from hashiya.schema.records import LANGS, Lang

SidePlace = tuple[int, Lang]
"""The row of a pair, and one of its sides."""

_BOILERPLATE = PAIR_KINDS.index("boilerplate")


@dataclass(frozen=True, slots=True)
class MatchedSide:
    """A side, and the pair and language that it is of; its offsets count in the corpus's text."""

    side: Side
    row: int
    lang: Lang
    text: str


def match_sides(sides: Sequence[Side], reader: GenerationReader, outcome: Outcome) -> Iterator[MatchedSide]:
    """Yield every side that is one of the corpus; the others are told and left out."""
    rows = [_row(side, reader) for side in sides]
    wanted = {
        _key(side) for side, row in zip(sides, rows, strict=True) if row is None and side.text is not None
    }
    places = _places(reader, wanted) if wanted else {}
    for side, row in zip(sides, rows, strict=True):
        matched = _by_id(side, row, reader) if row is not None else _by_text(side, places, reader)
        if isinstance(matched, LeftOut):
            outcome.leave_one("sides", matched, side.where)
        else:
            if row is None:
                outcome.convert("sides", "found by their text")
            yield matched


def _row(side: Side, reader: GenerationReader) -> int | None:
    return None if side.pair_id is None else reader.index.row(side.pair_id)


def _by_id(side: Side, row: int, reader: GenerationReader) -> MatchedSide | LeftOut:
    pair = reader.pair(row)
    texts: dict[Lang, str] = {lang: text for lang in LANGS if (text := pair.text(lang)) is not None}
    if side.lang is None:
        same: list[Lang] = [
            lang for lang, text in texts.items() if side.text is not None and _same(side, text)
        ]
        if len(same) != 1:
            return LeftOut("do not say their language", "says no language, and its text is not one side's")
        return _matched(side, row, same[0], texts[same[0]])
    text = texts.get(side.lang)
    if text is None:
        return LeftOut("their pair has no side in that language", f"the pair has no {side.lang} side")
    if side.text is not None and not _same(side, text):
        return LeftOut("their text is not the corpus's", _difference(side, text))
    return _matched(side, row, side.lang, text)


def _by_text(
    side: Side, places: dict[tuple[bool, str], list[SidePlace]], reader: GenerationReader
) -> MatchedSide | LeftOut:
    unknown = "" if side.pair_id is None else f"there is no pair {side.pair_id}, and "
    if side.text is None:
        return LeftOut("their pair is unknown", f"{unknown}no text to find it by")
    same = [place for place in places.get(_key(side), ()) if side.lang in {None, place[1]}]
    if not same:
        return LeftOut("no pair has their text", f"{unknown}no pair has this text")
    if len(same) > 1:
        detail = f"{unknown}{len(same)} pairs have this text, and it does not say which one it is"
        return LeftOut("several pairs have their text", detail)
    row, lang = same[0]
    return _matched(side, row, lang, reader.pair(row).text(lang) or "")


def _key(side: Side) -> tuple[bool, str]:
    return side.spaced, side.text or ""


def _places(
    reader: GenerationReader, wanted: Collection[tuple[bool, str]]
) -> dict[tuple[bool, str], list[SidePlace]]:
    """Return where the wanted texts stand, after one pass over the pairs."""
    forms = {spaced for spaced, _ in wanted}
    places: dict[tuple[bool, str], list[SidePlace]] = {}
    for row in range(len(reader)):
        if reader.index.kinds[row] == _BOILERPLATE:
            continue
        pair = reader.pair(row)
        for lang in LANGS:
            text = pair.text(lang)
            if text is None:
                continue
            for spaced in forms:
                key = (spaced, text if spaced else _squeezed(text))
                if key in wanted:
                    places.setdefault(key, []).append((row, lang))
    return places


def _same(side: Side, text: str) -> bool:
    return side.text == (text if side.spaced else _squeezed(text))


def _squeezed(text: str) -> str:
    return "".join(character for character in text if not character.isspace())


def _difference(side: Side, text: str) -> str:
    here = text if side.spaced else _squeezed(text)
    there = side.text or ""
    at = next((n for n, pair in enumerate(zip(here, there, strict=False)) if pair[0] != pair[1]), None)
    at = min(len(here), len(there)) if at is None else at
    return (
        f"the text is not the corpus's: from character {at} it has {there[at : at + 30]!r}, "
        f"the corpus {here[at : at + 30]!r}"
    )


def _matched(side: Side, row: int, lang: Lang, text: str) -> MatchedSide:
    if not side.spaced:
        at = [number for number, character in enumerate(text) if not character.isspace()]
        side = replace(side, marks=tuple(_spaced(mark, at) for mark in side.marks))
    return MatchedSide(side, row, lang, text)


def _spaced(mark: SideMark, at: Sequence[int]) -> SideMark:
    """Return a mark that counted the characters that are no white space, counted in the text with it."""
    return replace(mark, start=at[mark.start], end=at[mark.end - 1] + 1)
