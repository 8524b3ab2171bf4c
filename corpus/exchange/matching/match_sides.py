"""Which pairs a text from elsewhere is of: by their id, else by the text, else by the document that it is of.

A text that reads the same is the same: white space and Unicode's forms make no difference. Any other
difference from the pair that a text names is told with its place, never aligned by guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hashiya.corpus.exchange.matching.document_names import DocumentNames
from hashiya.corpus.exchange.matching.matched_side import MatchedSide, matched_side
from hashiya.corpus.exchange.matching.pair_texts import (
    PairText,
    Repeated,
    find_pair_texts,
    settle_repeated,
)
from hashiya.corpus.exchange.matching.whole_texts import WholeTexts
from hashiya.corpus.exchange.outcome import LeftOut, Outcome
from hashiya.corpus.exchange.sides import Side
from hashiya.corpus.store.reader import GenerationReader
from hashiya.corpus.text.readings import ReadingMap, reading
from hashiya.schema.records import LANGS, Lang


def match_sides(
    sides: Sequence[Side], reader: GenerationReader, outcome: Outcome, repeated: Repeated = "none"
) -> Iterator[MatchedSide]:
    """Yield every side that is one of the corpus, and the parts of those that are of several pairs.

    The others are told and left out. `repeated` says what becomes of a text that several pairs have.
    """
    rows = [None if side.pair_id is None else reader.index.row(side.pair_id) for side in sides]
    found: dict[int, Sequence[MatchedSide] | LeftOut] = {}
    unknown = [number for number, side in enumerate(sides) if rows[number] is None and side.text is not None]
    if unknown:
        by_text = _by_text([sides[number] for number in unknown], reader, outcome, repeated)
        found = dict(zip(unknown, by_text, strict=True))
    for number, (side, row) in enumerate(zip(sides, rows, strict=True)):
        if row is not None:
            matched = _by_id(side, row, reader, outcome)
        else:
            nowhere = LeftOut("their pair is unknown", f"{_unknown(side)}no text to find it by")
            matched = found.get(number, nowhere)
        if isinstance(matched, LeftOut):
            outcome.leave_one("sides", matched, side.where)
            continue
        if row is None:
            outcome.convert("sides", "found by their text")
        yield from matched


def _by_id(
    side: Side, row: int, reader: GenerationReader, outcome: Outcome
) -> Sequence[MatchedSide] | LeftOut:
    pair = reader.pair(row)
    texts: dict[Lang, str] = {lang: text for lang in LANGS if (text := pair.text(lang)) is not None}
    lang = side.lang
    if lang is None:
        same: list[Lang] = [
            lang for lang, text in texts.items() if side.text and reading(side.text) == reading(text)
        ]
        if len(same) != 1:
            return LeftOut("do not say their language", "says no language, and its text is not one side's")
        (lang,) = same
    text = texts.get(lang)
    if text is None:
        return LeftOut("their pair has no side in that language", f"the pair has no {lang} side")
    if side.text is not None and reading(side.text) != reading(text):
        return LeftOut("their text is not the corpus's", _difference(side.text, text))
    return [_matched(side, PairText(row, lang, text), outcome)]


def _by_text(
    sides: Sequence[Side], reader: GenerationReader, outcome: Outcome, repeated: Repeated
) -> list[Sequence[MatchedSide] | LeftOut]:
    """Return what sides are whose pair is not known by its id."""
    names = DocumentNames(reader)
    texts = find_pair_texts(reader.generation, {reading(side.text or "") for side in sides} - {""})
    fitting: dict[tuple[str | None, Lang | None, str | None], Sequence[PairText]] = {}
    for side in sides:
        key = (side.text, side.lang, side.doc_id)
        if key not in fitting:  # of a text that is often there, the places are looked through once
            fitting[key] = _fitting(side, texts.get(reading(side.text or ""), ()), reader, names)
    places = [fitting[side.text, side.lang, side.doc_id] for side in sides]
    settled = settle_repeated(sides, places, repeated)
    elsewhere = iter(
        WholeTexts(reader, names, outcome).matched(
            [side for side, some in zip(sides, places, strict=True) if not some]
        )
    )
    found: list[Sequence[MatchedSide] | LeftOut] = []
    for side, some, chosen in zip(sides, places, settled, strict=True):
        if not some:
            matched = next(elsewhere)
            found.append(_with_id(side, matched) if isinstance(matched, LeftOut) else matched)
        elif not chosen:
            detail = (
                f"{_unknown(side)}{len(some)} pairs have this text, and it does not say which one it is; "
                "--repeated all takes it for each"
            )
            found.append(LeftOut("several pairs have their text", detail))
        else:
            found.append([_matched(side, place, outcome) for place in chosen])
    return found


def _fitting(
    side: Side, places: Sequence[PairText], reader: GenerationReader, names: DocumentNames
) -> Sequence[PairText]:
    """Return the pairs with a side's text that it can be, by language, document and white space."""
    places = [place for place in places if side.lang in {None, place.lang}]
    document = names.number(side.doc_id)
    if document is not None:
        rows = reader.index.document_rows(document)
        places = [place for place in places if place.row in rows] or places
    return [place for place in places if place.text == side.text] or places


def _matched(side: Side, place: PairText, outcome: Outcome) -> MatchedSide:
    given = place.text if side.text is None else side.text
    return matched_side(side, place, ReadingMap(given, place.text).span, outcome)


def _unknown(side: Side) -> str:
    return "" if side.pair_id is None else f"there is no pair {side.pair_id}, and "


def _with_id(side: Side, left: LeftOut) -> LeftOut:
    return LeftOut(left.why, f"{_unknown(side)}{left.detail or left.why}")


def _difference(there: str, here: str) -> str:
    at = next((n for n, pair in enumerate(zip(here, there, strict=False)) if pair[0] != pair[1]), None)
    at = min(len(here), len(there)) if at is None else at
    return (
        f"the text is not the corpus's: from character {at} it has {there[at : at + 30]!r}, "
        f"the corpus {here[at : at + 30]!r}"
    )
