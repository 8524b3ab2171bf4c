"""What a figure of agreement is made of: sums by document, and counts of what was compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from hashiya.corpus.team.agreement.alpha import Distance, Ratings, alpha_sums
from hashiya.corpus.team.agreement.bootstrap import Coefficient, Rows
from hashiya.corpus.team.agreement.compared import CellSaid, LinksSaid, SideSaid, value_name
from hashiya.corpus.team.agreement.span_f1 import SPAN_MATCHES, MatchCounts, SpanMatch, f1_score, matched
from hashiya.corpus.team.agreement.unitizing import Continuum, Unit, unitizing_alpha, unitizing_sums
from hashiya.corpus.team.cells import Said


@dataclass(frozen=True, slots=True)
class Counted:
    """What a figure is made of: sums by document, and counts."""

    rows: Rows
    coefficient: Coefficient
    unit: str
    items: int
    differing: int
    pairs: int
    said: Mapping[str, int]
    constant: str


def implication_sets(
    cells: Sequence[CellSaid], annotators: Sequence[str]
) -> Iterator[tuple[int, str, Mapping[str, Hashable]]]:
    """Yield, of each pair, what each annotator says in the cells that two of them looked at, as one set.

    Who did not look at all of these is left out, as for spans.
    """
    by_pair: dict[str, list[tuple[CellSaid, dict[str, Said]]]] = {}
    for cell in cells:
        said = {name: cell.said[name] for name in annotators if name in cell.said}
        if len(said) > 1:
            by_pair.setdefault(cell.pair_id, []).append((cell, said))
    for pair_id, some in by_pair.items():
        names = set(annotators).intersection(*(said for _, said in some))
        sets: dict[str, Hashable] = {
            name: frozenset(
                (item.cell.target, item.cell.channel, mark[0]) for item, said in some for mark in said[name]
            )
            for name in names
        }
        yield some[0][0].document, pair_id, sets


def count_ratings(
    ratings: Ratings, pairs: Sequence[str], columns: Sequence[int], distance: Distance
) -> Counted:
    """Return what is made of the ratings of some annotators."""
    kept = (ratings.codes[:, columns] >= 0).sum(axis=1) >= 2
    some = ratings.among(columns)
    sums = alpha_sums(some, distance)
    counts = sums.rows[:, 1:].sum(axis=0)
    said = {value_name(value): int(count) for value, count in zip(sums.values, counts, strict=True)}
    alone = next(iter(said), "")
    return Counted(
        rows=sums.rows,
        coefficient=sums.coefficient,
        unit="cells",
        items=len(some.codes),
        differing=some.differing,
        pairs=len({pairs[row] for row in np.flatnonzero(kept)}),
        said=dict(sorted(said.items(), key=lambda item: (-item[1], item[0]))),
        constant=f"no variation: all {sum(said.values())} values are {alone!r}",
    )


def count_spans(
    sides: Sequence[SideSaid], annotators: Sequence[str], label: str | None
) -> dict[SpanMatch, Counted]:
    """Return what is made of spans by each kind of match: of each two annotators what matches, added up."""
    counts: dict[SpanMatch, MatchCounts] = {match: MatchCounts() for match in SPAN_MATCHES}
    pairs: set[str] = set()
    said: Counter[str] = Counter()
    for side in sides:
        for couple in combinations([name for name in annotators if name in side.said], 2):
            compared = side.compared(couple, label)
            if not compared:
                continue
            one, other = compared.values()
            pairs.add(side.pair_id)
            for match, some in counts.items():
                some.add(side.document, matched(one, other, match), len(one) + len(other))
            for units in (one, other):
                for unit in units:
                    said[unit[2]] += 1
    return {match: _span_count(some.rows(), len(pairs), said) for match, some in counts.items()}


def _span_count(rows: Rows, pairs: int, said: Mapping[str, int]) -> Counted:
    matching, marked = map(int, rows.sum(axis=0))
    return Counted(
        rows=rows,
        coefficient=f1_score,
        unit="spans",
        items=marked,
        differing=marked - matching,
        pairs=pairs,
        said=dict(sorted(said.items())),
        constant="nothing is marked where two of them looked",
    )


def count_characters(sides: Sequence[SideSaid], annotators: Sequence[str], label: str | None) -> Counted:
    """Return what is made of the characters of sides."""
    continua: list[Continuum] = []
    pairs: set[str] = set()
    said: Counter[str] = Counter()
    differing = 0
    for side in sides:
        if compared := side.compared(annotators, label):
            continua.append(Continuum(side.document, len(side.text), list(compared.values())))
            pairs.add(side.pair_id)
            differing += _characters_apart(compared.values())
            for units in compared.values():
                for start, end, name in units:
                    said[name] += end - start
    return Counted(
        rows=unitizing_sums(continua),
        coefficient=unitizing_alpha,
        unit="characters",
        items=sum(text.length for text in continua),
        differing=differing,
        pairs=len(pairs),
        said=dict(sorted(said.items())),
        constant="no variation: nothing is marked where two of them looked"
        if not said
        else "no variation: all of the text is marked alike",
    )


def _characters_apart(said: Collection[Sequence[Unit]]) -> int:
    """How many characters not all of them marked alike."""
    if len(set(map(tuple, said))) == 1:
        return 0
    marked = [
        {(place, label) for start, end, label in units for place in range(start, end)} for units in said
    ]
    return len({place for place, _ in marked[0].union(*marked) - marked[0].intersection(*marked)})


def count_links(links: Sequence[LinksSaid], annotators: Sequence[str]) -> Counted:
    """Return what is made of links: of those whose ends both annotators have as entities."""
    counts = MatchCounts()
    pairs: set[str] = set()
    items = differing = 0
    for item in links:
        for one, other in combinations([item.said[name] for name in annotators if name in item.said], 2):
            ends = one[0] & other[0]
            mine, theirs = ({link for link in linked if set(link) <= ends} for _, linked in (one, other))
            if mine or theirs:
                counts.add(item.document, len(mine & theirs), len(mine) + len(theirs))
                pairs.add(item.pair_id)
                items += len(mine) + len(theirs)
                differing += len(mine ^ theirs)
    return Counted(
        rows=counts.rows(),
        coefficient=f1_score,
        unit="links",
        items=items,
        differing=differing,
        pairs=len(pairs),
        said={},
        constant="no links",
    )
