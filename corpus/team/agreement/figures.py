"""The figures of agreement: each coefficient with its interval and what it was counted from.

A coefficient that nothing can be said of has no value and a reason: no overlap, or no variation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Literal, cast

import numpy as np

from hashiya.corpus.team.agreement.alpha import Distance, Ratings, alpha_sums, masi_distance, nominal_distance
from hashiya.corpus.team.agreement.bootstrap import Coefficient, Rows, bootstrap_interval
from hashiya.corpus.team.agreement.compared import (
    SPAN_LAYERS,
    CellSaid,
    Comparison,
    LinksSaid,
    SideSaid,
    value_name,
)
from hashiya.corpus.team.agreement.span_f1 import MatchCounts, SpanMatch, f1_score, matched
from hashiya.corpus.team.agreement.unitizing import Continuum, Unit, unitizing_alpha, unitizing_sums
from hashiya.corpus.team.cells import Said
from hashiya.schema.covers import COVERED_SECTION
from hashiya.schema.records import LANGS, Lang
from hashiya.schema.scheme import LabelScheme

CoefficientName = Literal[
    "alpha", "masi_alpha", "u_alpha", "f1_exact", "f1_overlapping", "f1_type_only", "f1"
]
AgreedLayer = Literal["stances", "implications", "entities", "flags", "links"]
_TargetChannel = tuple[str | None, str | None]
_F1_NAMES: Mapping[SpanMatch, CoefficientName] = {
    "exact": "f1_exact",
    "overlapping": "f1_overlapping",
    "type_only": "f1_type_only",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFigure:
    """A coefficient of agreement between some annotators.

    `aspect` is what of a layer is compared. `target`, `channel`, `label` and `lang` narrow it; null is all.
    `items` counts what was compared (`unit` says what that is), `differing` those in which not all agree,
    `said` how often each value was given. `value` is null where it is `undefined`, for the reason given
    there; so are `low` and `high`, the ends of the interval, for `interval_undefined`.
    """

    coefficient: CoefficientName
    layer: AgreedLayer
    aspect: str
    target: str | None = None
    channel: str | None = None
    label: str | None = None
    lang: Lang | None = None
    annotators: tuple[str, ...]
    value: float | None
    low: float | None
    high: float | None
    undefined: str | None
    interval_undefined: str | None
    unit: str
    items: int
    differing: int
    documents: int
    pairs: int
    said: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class _Place:
    """What a figure is of."""

    coefficient: CoefficientName
    layer: AgreedLayer
    aspect: str
    target: str | None = None
    channel: str | None = None
    label: str | None = None
    lang: Lang | None = None


@dataclass(frozen=True, slots=True)
class _Counted:
    """What a figure is made of: sums by document, and counts."""

    rows: Rows
    coefficient: Coefficient
    unit: str
    items: int
    differing: int
    pairs: int
    said: Mapping[str, int]
    constant: str


def agreement_figures(found: Comparison, scheme: LabelScheme, seed: int) -> Iterator[AgreementFigure]:
    """Yield the figures of all annotators together, of which there are two or more; then of each two.

    Of all together every figure is there; of two, those over all channels, and of a label on both sides.
    """
    figures = _Figures(found, scheme, seed)
    if len(found.annotators) > 1:
        yield from figures.of(found.annotators, full=True)
    for couple in found.couples():
        if len(found.annotators) > 2 or set(couple) != set(found.annotators):
            yield from figures.of(couple, full=not found.annotators[1:])


class _Figures:
    """Makes figures of what was compared; ratings of all annotators are made once."""

    def __init__(self, found: Comparison, scheme: LabelScheme, seed: int) -> None:
        self._found = found
        self._scheme = scheme
        self._seed = seed
        self._names = (*found.annotators, *found.references)
        self._column = {name: column for column, name in enumerate(self._names)}
        self._implications: dict[_TargetChannel, list[CellSaid]] = {}
        for cell in found.cells:
            target, channel = cell.cell.target, cell.cell.channel
            if cell.cell.layer == "implications":
                for key in ((None, None), (target, None), (target, channel)):
                    self._implications.setdefault(key, []).append(cell)
        self._ratings = dict(self._all_ratings())
        self._sides: dict[tuple[str, Lang | None], list[SideSaid]] = {}
        for side in found.sides:
            for lang in (None, side.lang):
                self._sides.setdefault((side.layer, lang), []).append(side)

    def of(self, annotators: Sequence[str], *, full: bool) -> Iterator[AgreementFigure]:
        """Yield the figures of some annotators."""
        columns = [self._column[name] for name in annotators]
        for place, (ratings, pairs) in self._ratings.items():
            if full or place.channel is None:
                yield self._figure(place, annotators, _rated(ratings, pairs, columns, nominal_distance))
        for target in (None, *self._scheme.ids("target")) if self._scheme.labels("channel") else ():
            place = _Place("masi_alpha", "implications", "sets", target=target)
            ratings, pairs = self._rated_items(_sets(self._implications.get((target, None), []), annotators))
            counted = _rated(ratings, pairs, columns, cast("Distance", masi_distance))
            yield self._figure(place, annotators, replace(counted, unit="pairs"))
        for layer in SPAN_LAYERS:
            labels = self._scheme.ids(COVERED_SECTION[layer])
            langs: tuple[Lang | None, ...] = (None, *LANGS)
            for label in (None, *labels) if labels else ():
                for lang in langs if full or label is None else (None,):
                    sides = self._sides.get((layer, lang), [])
                    yield from self._of_spans(layer, label, lang, sides, annotators)
        yield self._figure(_Place("f1", "links", "links"), annotators, _linked(self._found.links, annotators))

    def _of_spans(
        self,
        layer: AgreedLayer,
        label: str | None,
        lang: Lang | None,
        sides: Sequence[SideSaid],
        annotators: Sequence[str],
    ) -> Iterator[AgreementFigure]:
        for match, name in _F1_NAMES.items():
            place = _Place(name, layer, "spans", label=label, lang=lang)
            yield self._figure(place, annotators, _spans(sides, annotators, label, match))
        place = _Place("u_alpha", layer, "characters", label=label, lang=lang)
        yield self._figure(place, annotators, _characters(sides, annotators, label))

    def _all_ratings(self) -> Iterator[tuple[_Place, tuple[Ratings, Sequence[str]]]]:
        """The ratings of all annotators, with the pair of each item, by what they are of."""
        stances = [cell for cell in self._found.cells if cell.cell.layer == "stances"]
        targets = self._scheme.ids("target")
        if self._scheme.labels("stance"):
            for aspect, value in (("presence", _presence), ("polarity", _polarity)):
                for target in (None, *targets):
                    some = [cell for cell in stances if target in {None, cell.cell.target}]
                    place = _Place("alpha", "stances", aspect, target=target)
                    yield place, self._rated_cells(some, value)
        channels = self._scheme.ids("channel")
        keys: list[_TargetChannel] = [(None, None)]
        for target in targets:
            keys += [(target, None), *((target, channel) for channel in channels)]
        for target, channel in keys if channels else ():
            place = _Place("alpha", "implications", "presence", target=target, channel=channel)
            yield place, self._rated_cells(self._implications.get((target, channel), []), _presence)

    def _rated_cells(
        self, cells: Iterable[CellSaid], value: Callable[[Said], Hashable | None]
    ) -> tuple[Ratings, Sequence[str]]:
        return self._rated_items(
            (cell.document, cell.pair_id, {name: value(said) for name, said in cell.said.items()})
            for cell in cells
        )

    def _rated_items(
        self, items: Iterable[tuple[int, str, Mapping[str, Hashable | None]]]
    ) -> tuple[Ratings, Sequence[str]]:
        """The ratings of items, without those of whom the value is `None`; and the pair of each."""
        rows: list[tuple[int, Mapping[str, Hashable]]] = []
        pairs: list[str] = []
        for document, pair_id, said in items:
            values = {name: value for name, value in said.items() if value is not None}
            if len(values) > 1:
                rows.append((document, values))
                pairs.append(pair_id)
        return Ratings.of(rows, self._names), pairs

    def _figure(self, place: _Place, annotators: Sequence[str], counted: _Counted) -> AgreementFigure:
        value: float | None = None
        reason: str | None = None
        interval = None
        if not len(counted.rows):
            reason = f"no overlap: nothing that two of them {_LOOKED.get(place.aspect, 'looked at')}"
        else:
            (found,) = counted.coefficient(counted.rows.sum(axis=0, keepdims=True))
            if np.isnan(found):
                reason = counted.constant
            else:
                value = float(found)
                interval = bootstrap_interval(counted.rows, counted.coefficient, self._seed)
        return AgreementFigure(
            coefficient=place.coefficient,
            layer=place.layer,
            aspect=place.aspect,
            target=place.target,
            channel=place.channel,
            label=place.label,
            lang=place.lang,
            annotators=tuple(annotators),
            value=value,
            low=interval.low if interval else None,
            high=interval.high if interval else None,
            undefined=reason,
            interval_undefined=interval.undefined if interval else reason,
            unit=counted.unit,
            items=counted.items,
            differing=counted.differing,
            documents=len(counted.rows),
            pairs=counted.pairs,
            said=counted.said,
        )


_LOOKED = {"polarity": "say something of", "links": "could have linked"}
"""What annotators must have done with an item to be compared there, where it is more than to look."""


def _presence(said: Said) -> Hashable:
    return "present" if said else "absent"


def _polarity(said: Said) -> Hashable | None:
    """What is said, by those who say something."""
    return said or None


def _sets(
    cells: Sequence[CellSaid], annotators: Sequence[str]
) -> Iterator[tuple[int, str, Mapping[str, Hashable]]]:
    """Of each pair, what each annotator says in the cells that two of them looked at, as one set.

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


def _rated(ratings: Ratings, pairs: Sequence[str], columns: Sequence[int], distance: Distance) -> _Counted:
    """What is made of the ratings of some annotators."""
    kept = (ratings.codes[:, columns] >= 0).sum(axis=1) >= 2
    some = ratings.among(columns)
    sums = alpha_sums(some, distance)
    counts = sums.rows[:, 1:].sum(axis=0)
    said = {value_name(value): int(count) for value, count in zip(sums.values, counts, strict=True)}
    alone = next(iter(said), "")
    return _Counted(
        rows=sums.rows,
        coefficient=sums.coefficient,
        unit="cells",
        items=len(some.codes),
        differing=some.differing,
        pairs=len({pairs[row] for row in np.flatnonzero(kept)}),
        said=dict(sorted(said.items(), key=lambda item: (-item[1], item[0]))),
        constant=f"no variation: all {sum(said.values())} values are {alone!r}",
    )


def _spans(
    sides: Sequence[SideSaid], annotators: Sequence[str], label: str | None, match: SpanMatch
) -> _Counted:
    """What is made of spans: of each two annotators what matches, added up."""
    counts = MatchCounts()
    pairs: set[str] = set()
    said: Counter[str] = Counter()
    items = differing = 0
    for side in sides:
        for couple in combinations([name for name in annotators if name in side.said], 2):
            compared = side.compared(couple, label)
            if not compared:
                continue
            one, other = compared.values()
            same = matched(one, other, match)
            counts.add(side.document, same, len(one) + len(other))
            pairs.add(side.pair_id)
            items += len(one) + len(other)
            differing += len(one) + len(other) - 2 * same
            said.update(unit[2] for unit in (*one, *other))
    return _Counted(
        rows=counts.rows(),
        coefficient=f1_score,
        unit="spans",
        items=items,
        differing=differing,
        pairs=len(pairs),
        said=dict(sorted(said.items())),
        constant="nothing is marked where two of them looked",
    )


def _characters(sides: Sequence[SideSaid], annotators: Sequence[str], label: str | None) -> _Counted:
    """What is made of the characters of sides."""
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
    return _Counted(
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


def _linked(links: Sequence[LinksSaid], annotators: Sequence[str]) -> _Counted:
    """What is made of links: of those whose ends both annotators have as entities."""
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
    return _Counted(
        rows=counts.rows(),
        coefficient=f1_score,
        unit="links",
        items=items,
        differing=differing,
        pairs=len(pairs),
        said={},
        constant="no links",
    )
