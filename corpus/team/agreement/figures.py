"""The figures of agreement: each coefficient with its interval and what it was counted from.

A coefficient that nothing can be said of has no value and a reason: no overlap, or no variation.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast

import numpy as np

from hashiya.corpus.team.agreement.alpha import Distance, Ratings, masi_distance, nominal_distance
from hashiya.corpus.team.agreement.bootstrap import bootstrap_interval
from hashiya.corpus.team.agreement.compared import SPAN_LAYERS, CellSaid, Comparison, SideSaid
from hashiya.corpus.team.agreement.counted import (
    Counted,
    count_characters,
    count_links,
    count_ratings,
    count_spans,
    implication_sets,
)
from hashiya.corpus.team.agreement.span_f1 import SpanMatch
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


def overall_figures(found: Comparison, scheme: LabelScheme, seed: int) -> Iterator[AgreementFigure]:
    """Yield the figures of all annotators together, of which there are two or more, over all labels."""
    if len(found.annotators) > 1:
        yield from _Figures(found, scheme, seed, narrowed=False).overall(found.annotators)


class _Figures:
    """Makes figures of what was compared; ratings of all annotators are made once.

    Those that a target or a channel narrows are made if they are `narrowed`.
    """

    def __init__(self, found: Comparison, scheme: LabelScheme, seed: int, *, narrowed: bool = True) -> None:
        self._targets = scheme.ids("target") if narrowed else ()
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
                yield self._figure(
                    place, annotators, count_ratings(ratings, pairs, columns, nominal_distance)
                )
        for target in (None, *self._scheme.ids("target")) if self._scheme.labels("channel") else ():
            place = _Place("masi_alpha", "implications", "sets", target=target)
            ratings, pairs = self._rated_items(
                implication_sets(self._implications.get((target, None), []), annotators)
            )
            counted = count_ratings(ratings, pairs, columns, cast("Distance", masi_distance))
            yield self._figure(place, annotators, replace(counted, unit="pairs"))
        shared = {
            place: [side for side in sides if sum(name in side.said for name in annotators) > 1]
            for place, sides in self._sides.items()
        }
        for layer in SPAN_LAYERS:
            labels = self._scheme.ids(COVERED_SECTION[layer])
            langs: tuple[Lang | None, ...] = (None, *LANGS)
            for label in (None, *labels) if labels else ():
                for lang in langs if full or label is None else (None,):
                    sides = shared.get((layer, lang), [])
                    yield from self._of_spans(layer, label, lang, sides, annotators)
        yield self._figure(
            _Place("f1", "links", "links"), annotators, count_links(self._found.links, annotators)
        )

    def overall(self, annotators: Sequence[str]) -> Iterator[AgreementFigure]:
        """Yield the figures of some annotators that nothing narrows, of ratings that were made so."""
        columns = [self._column[name] for name in annotators]
        for place, (ratings, pairs) in self._ratings.items():
            yield self._figure(place, annotators, count_ratings(ratings, pairs, columns, nominal_distance))
        for layer in SPAN_LAYERS:
            if self._scheme.labels(COVERED_SECTION[layer]):
                sides = self._sides.get((layer, None), [])
                shared = [side for side in sides if sum(name in side.said for name in annotators) > 1]
                yield from self._of_spans(layer, None, None, shared, annotators)

    def _of_spans(
        self,
        layer: AgreedLayer,
        label: str | None,
        lang: Lang | None,
        sides: Sequence[SideSaid],
        annotators: Sequence[str],
    ) -> Iterator[AgreementFigure]:
        for match, counted in count_spans(sides, annotators, label).items():
            place = _Place(_F1_NAMES[match], layer, "spans", label=label, lang=lang)
            yield self._figure(place, annotators, counted)
        place = _Place("u_alpha", layer, "characters", label=label, lang=lang)
        yield self._figure(place, annotators, count_characters(sides, annotators, label))

    def _all_ratings(self) -> Iterator[tuple[_Place, tuple[Ratings, Sequence[str]]]]:
        """The ratings of all annotators, with the pair of each item, by what they are of."""
        stances = [cell for cell in self._found.cells if cell.cell.layer == "stances"]
        targets = self._targets
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

    def _figure(self, place: _Place, annotators: Sequence[str], counted: Counted) -> AgreementFigure:
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
