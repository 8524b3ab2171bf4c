"""Which side of which pair a text from elsewhere is: by its id, else by the text where only one pair has it.

A text that differs from the corpus's is refused with the place where it differs, never aligned by guess.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Side, SideMark
from hashiya.corpus.store.index import PAIR_KINDS
from hashiya.corpus.store.reader import GenerationReader
from hashiya.schema.errors import Problem
from hashiya.schema.records import LANGS, Lang

SidePlace = tuple[int, Lang]
"""The row of a pair, and one of its sides."""

_BOILERPLATE = PAIR_KINDS.index("boilerplate")


@dataclass(frozen=True, slots=True)
class Found:
    """A side whose place is known; its offsets count in the corpus's text."""

    side: Side
    row: int
    lang: Lang
    text: str


@dataclass(frozen=True, slots=True)
class _Lost:
    """Why a side has no place: as it is counted, and as it is told of this one."""

    why: str
    detail: str


def find(sides: Sequence[Side], reader: GenerationReader, outcome: Outcome) -> Iterator[Found]:
    """Yield every side that has a place; the others are told and left out."""
    rows = [_row(side, reader) for side in sides]
    wanted = {
        _key(side) for side, row in zip(sides, rows, strict=True) if row is None and side.text is not None
    }
    places = _places(reader, wanted) if wanted else {}
    for side, row in zip(sides, rows, strict=True):
        found = _by_id(side, row, reader) if row is not None else _by_text(side, places, reader)
        if isinstance(found, _Lost):
            outcome.leave("sides", found.why)
            outcome.problems.append(Problem(side.where, found.detail))
        else:
            if row is None:
                outcome.convert("sides", "found by their text")
            yield found


def _row(side: Side, reader: GenerationReader) -> int | None:
    return None if side.pair_id is None else reader.index.row(side.pair_id)


def _by_id(side: Side, row: int, reader: GenerationReader) -> Found | _Lost:
    pair = reader.pair(row)
    texts: dict[Lang, str] = {lang: text for lang in LANGS if (text := pair.text(lang)) is not None}
    if side.lang is None:
        same: list[Lang] = [
            lang for lang, text in texts.items() if side.text is not None and _same(side, text)
        ]
        if len(same) != 1:
            return _Lost("do not say their language", "says no language, and its text is not one side's")
        return _found(side, row, same[0], texts[same[0]])
    text = texts.get(side.lang)
    if text is None:
        return _Lost("their pair has no side in that language", f"the pair has no {side.lang} side")
    if side.text is not None and not _same(side, text):
        return _Lost("their text is not the corpus's", _difference(side, text))
    return _found(side, row, side.lang, text)


def _by_text(
    side: Side, places: dict[tuple[bool, str], list[SidePlace]], reader: GenerationReader
) -> Found | _Lost:
    unknown = "" if side.pair_id is None else f"there is no pair {side.pair_id}, and "
    if side.text is None:
        return _Lost("their pair is unknown", f"{unknown}no text to find it by")
    found = [place for place in places.get(_key(side), ()) if side.lang in {None, place[1]}]
    if not found:
        return _Lost("no pair has their text", f"{unknown}no pair has this text")
    if len(found) > 1:
        detail = f"{unknown}{len(found)} pairs have this text, and it does not say which one it is"
        return _Lost("several pairs have their text", detail)
    row, lang = found[0]
    return _found(side, row, lang, reader.pair(row).text(lang) or "")


def _key(side: Side) -> tuple[bool, str]:
    return side.spaced, side.text or ""


def _places(
    reader: GenerationReader, wanted: Collection[tuple[bool, str]]
) -> dict[tuple[bool, str], list[SidePlace]]:
    """Where the wanted texts stand: one pass over the pairs."""
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


def _found(side: Side, row: int, lang: Lang, text: str) -> Found:
    if not side.spaced:
        at = [number for number, character in enumerate(text) if not character.isspace()]
        side = replace(side, marks=tuple(_spaced(mark, at) for mark in side.marks))
    return Found(side, row, lang, text)


def _spaced(mark: SideMark, at: Sequence[int]) -> SideMark:
    """A mark that counted characters that are no white space, in the text with it."""
    return replace(mark, start=at[mark.start], end=at[mark.end - 1] + 1)
