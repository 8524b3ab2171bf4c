"""Which pairs have a text, after one pass over the corpus; which of several it is, by a file's order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from hashiya.corpus.exchange.sides import Side
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.text.readings import reading
from hashiya.schema.records import LANGS, Lang

Repeated = Literal["none", "all"]
"""What becomes of labels of a text that several pairs have, where nothing says which it is."""
REPEATED: tuple[Repeated, ...] = get_args(Repeated)


@dataclass(frozen=True, slots=True, order=True)
class PairText:
    """One side of a pair: the row of the pair, the language, the text."""

    row: int
    lang: Lang
    text: str


def find_pair_texts(generation: Generation, readings: Collection[str]) -> Mapping[str, Sequence[PairText]]:
    """Return the sides that have some readings, by reading, in the order of the pairs; no boilerplate."""
    found: dict[str, list[PairText]] = {}
    row = 0
    for batch in generation.pair_batches(["kind", *LANGS]):
        kinds = batch["kind"].to_pylist()
        for lang in LANGS:
            for number, text in enumerate(batch[lang].to_pylist()):
                if text is None or kinds[number] == "boilerplate":
                    continue
                key = reading(text)
                if key in readings:
                    found.setdefault(key, []).append(PairText(row + number, lang, text))
        row += batch.num_rows
    return {key: sorted(places) for key, places in found.items()}


def settle_repeated(
    sides: Sequence[Side], places: Sequence[Sequence[PairText]], repeated: Repeated
) -> list[Sequence[PairText]]:
    """Return for every side the pairs that it is of: one, none, or all that have its text.

    `places` are the pairs that have the text of each. Where a file follows the corpus, what stands between
    two texts that only one pair has stands between these pairs; a text that is as often there in the file
    as in the corpus is matched in order. What that does not settle is matched with all of them or with none.
    """
    settled: list[Sequence[PairText]] = [some if len(some) == 1 else () for some in places]
    for sequence in _sequences(sides, places):
        for number, place in _by_order(sides, places, sequence).items():
            settled[number] = (place,)
    if repeated == "all":
        settled = [one or some for one, some in zip(settled, places, strict=True)]
    return settled


def _sequences(sides: Sequence[Side], places: Sequence[Sequence[PairText]]) -> list[list[int]]:
    """Return the numbers of the sides that follow each other: of one person, in one language."""
    found: dict[tuple[str | None, str | None, Lang | None], list[int]] = {}
    for number, (side, some) in enumerate(zip(sides, places, strict=True)):
        langs: set[Lang] = {place.lang for place in some}
        if langs:
            lang = next(iter(langs)) if len(langs) == 1 else None
            found.setdefault((side.annotator, side.sent_as, lang), []).append(number)
    return list(found.values())


def _by_order(
    sides: Sequence[Side], places: Sequence[Sequence[PairText]], sequence: Sequence[int]
) -> dict[int, PairText]:
    """Return the places of the repeated texts of a sequence that its order settles."""
    anchors = [at for at, number in enumerate(sequence) if len(places[number]) == 1]
    rows = [places[sequence[at]][0].row for at in anchors]
    bounds = zip(
        pairwise([-1, *anchors, len(sequence)]),
        pairwise([-1.0, *rows, float("inf")]),
        strict=True,
    )
    settled: dict[int, PairText] = {}
    for (first, last), (low, high) in bounds:
        between = sequence[first + 1 : last]
        if between and low < high:
            settled.update(_settled_between(sides, places, between, low, high))
    return settled


def _settled_between(
    sides: Sequence[Side],
    places: Sequence[Sequence[PairText]],
    numbers: Sequence[int],
    low: float,
    high: float,
) -> dict[int, PairText]:
    """Match repeated texts with the pairs between two rows that have them, as many as there are texts."""
    by_text: dict[str | None, list[int]] = {}
    for number in numbers:
        by_text.setdefault(sides[number].text, []).append(number)
    settled: dict[int, PairText] = {}
    for same in by_text.values():
        some = places[same[0]]
        rows = [place.row for place in some]
        inside = some[bisect_right(rows, low) : bisect_left(rows, high)]
        if len(inside) == len(same):
            settled.update(zip(same, inside, strict=True))
    in_order = [settled[number].row for number in sorted(settled)]
    return settled if in_order == sorted(in_order) else {}
