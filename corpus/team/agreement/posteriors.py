"""Labels with error bars: how probable the values of a cell are, how able each annotator, what is hard.

Stances and implications follow Dawid and Skene's model, all cells of a layer together. The clusters of spans
have values of their own, and follow the model of even errors. Gold and adjudications take no part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hashiya.corpus.team.agreement.alpha import NO_VALUE
from hashiya.corpus.team.agreement.bootstrap import CONFIDENCE
from hashiya.corpus.team.agreement.compared import Comparison, SideSaid, value_name
from hashiya.corpus.team.agreement.dawid_skene import (
    Chances,
    Codes,
    DawidSkene,
    EvenErrors,
    VotePatterns,
    fit_dawid_skene,
    fit_even_errors,
)
from hashiya.corpus.team.cells import NOTHING_SAID, Said
from hashiya.schema.adjudication import CellKey

_Model = DawidSkene | EvenErrors
TeamModels = Mapping[str, _Model]
"""The model of each layer that has votes to compare."""
HARD_PAIRS = 10
_DRAWS = 200


@dataclass(frozen=True, slots=True)
class Ability:
    """Of an annotator's votes in the cells of a layer the share that is expected to be true.

    `found` is that share of the cells where something is expected to be there: null where nothing is.
    """

    annotator: str
    layer: str
    ability: float
    low: float | None
    high: float | None
    found: float | None
    votes: int


@dataclass(frozen=True, slots=True)
class CellPosterior:
    """A cell with the probability of each value, by name, and who said which."""

    pair_id: str
    doc_id: str
    cell: CellKey
    probabilities: Mapping[str, float]
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HardPair:
    """A pair with how many of its cells are expected to be wrong, if the most probable values are taken."""

    pair_id: str
    doc_id: str
    cells: int
    expected_errors: float


@dataclass(frozen=True, slots=True)
class Posteriors:
    """`cells` are those in which anybody says something, the least sure first; `hardest` the ten hardest."""

    abilities: tuple[Ability, ...] = ()
    cells: tuple[CellPosterior, ...] = ()
    hardest: tuple[HardPair, ...] = ()


@dataclass(frozen=True, slots=True)
class _Item:
    """A cell that two annotators or more voted in."""

    document: int
    pair_id: str
    cell: CellKey
    said: Mapping[str, Said]


def fit_models(found: Comparison) -> TeamModels:
    """Return the models of the annotators' votes, by layer."""
    return {layer: votes.fitted(votes.patterns.counts.sum(axis=0)) for layer, votes in _votes(found).items()}


def team_posteriors(found: Comparison, seed: int) -> Posteriors:
    """Return what follows from the votes of all annotators; intervals are drawn over documents."""
    abilities: list[Ability] = []
    cells: list[tuple[float, CellPosterior]] = []
    errors: dict[str, list[float]] = {}
    documents: dict[str, int] = {}
    for layer, votes in _votes(found).items():
        weights = votes.patterns.counts.sum(axis=0)
        model = votes.fitted(weights)
        posteriors = model.posteriors(votes.patterns.codes)
        abilities += _abilities(layer, votes, model, seed)
        for row, item in enumerate(votes.items):
            some = posteriors[votes.patterns.items[row]]
            doubt = 1 - float(some.max())
            documents[item.pair_id] = item.document
            errors.setdefault(item.pair_id, []).append(doubt)
            if any(item.said.values()):
                named = {
                    value_name(value): round(float(some[place]), 6)
                    for place, value in enumerate(votes.values_of(row))
                }
                said = {who: value_name(value) for who, value in item.said.items()}
                doc_id = found.documents[item.document]
                cells.append((doubt, CellPosterior(item.pair_id, doc_id, item.cell, named, said)))
    hard = [
        HardPair(pair_id, found.documents[documents[pair_id]], len(some), sum(some))
        for pair_id, some in errors.items()
    ]
    hard.sort(key=lambda pair: (-round(pair.expected_errors, 9), pair.doc_id, pair.pair_id))
    cells.sort(key=lambda item: (-round(item[0], 9), item[1].doc_id, item[1].pair_id, str(item[1].cell)))
    return Posteriors(tuple(abilities), tuple(cell for _, cell in cells), tuple(hard[:HARD_PAIRS]))


def layer_doubts(found: Comparison) -> dict[tuple[str, str], float]:
    """Return, by pair and layer in which annotators differ, one minus the probability of the best value.

    Of several cells that of the least sure one.
    """
    doubts: dict[tuple[str, str], float] = {}
    for layer, votes in _votes(found).items():
        model = votes.fitted(votes.patterns.counts.sum(axis=0))
        posteriors = model.posteriors(votes.patterns.codes)
        for row, item in enumerate(votes.items):
            if len(set(item.said.values())) > 1:
                doubt = 1 - float(posteriors[votes.patterns.items[row]].max())
                key = (item.pair_id, layer)
                doubts[key] = max(doubts.get(key, 0.0), doubt)
    return doubts


@dataclass(frozen=True, slots=True)
class _LayerVotes:
    """The votes in the cells of a layer, and its values; of clusters each item has its own."""

    annotators: tuple[str, ...]
    items: Sequence[_Item]
    values: tuple[Said, ...] | None
    patterns: VotePatterns

    def fitted(
        self, weights: Chances, near: DawidSkene | EvenErrors | None = None
    ) -> DawidSkene | EvenErrors:
        """The model of the votes, each pattern as often as `weights` say."""
        codes = self.patterns.codes
        if self.values is None:
            return fit_even_errors(
                codes, weights, self.annotators, near if isinstance(near, EvenErrors) else None
            )
        known = near if isinstance(near, DawidSkene) else None
        return fit_dawid_skene(codes, weights, self.annotators, self.values, known)

    def values_of(self, row: int) -> Sequence[Said]:
        """The values of an item, by code."""
        return own_values(self.items[row].said) if self.values is None else self.values

    def nothing(self) -> int | None:
        """The code that means that nothing is there; of clusters it may be any, or none."""
        return None if self.values is None else self.values.index(NOTHING_SAID)


def own_values(said: Mapping[str, Said]) -> list[Said]:
    """Return the values of an item that has its own, in the order of those who said them."""
    return list(dict.fromkeys(said[name] for name in sorted(said)))


def _votes(found: Comparison) -> dict[str, _LayerVotes]:
    """The votes by layer, where there are any to compare."""
    items: dict[str, list[_Item]] = {}
    names = set(found.annotators)
    for cell in found.cells:
        said = {name: value for name, value in cell.said.items() if name in names}
        if len(said) > 1:
            item = _Item(cell.document, cell.pair_id, cell.cell, said)
            items.setdefault(str(cell.cell.layer), []).append(item)
    for side in found.sides:
        for item in _clusters(side, found.annotators):
            items.setdefault(side.layer, []).append(item)
    return {layer: _layer_votes(layer, some, found.annotators) for layer, some in items.items()}


def _layer_votes(layer: str, items: Sequence[_Item], annotators: tuple[str, ...]) -> _LayerVotes:
    values: tuple[Said, ...] | None = None
    if layer in {"stances", "implications"}:
        said = {value for item in items for value in item.said.values()} | {NOTHING_SAID}
        values = tuple(sorted(said, key=lambda value: (bool(value), value_name(value))))
    places = {value: place for place, value in enumerate(values or ())}
    codes = np.full((len(items), len(annotators)), NO_VALUE, dtype=np.int64)
    columns = {name: column for column, name in enumerate(annotators)}
    for row, item in enumerate(items):
        own = places or {value: place for place, value in enumerate(own_values(item.said))}
        for name, value in item.said.items():
            codes[row, columns[name]] = own[value]
    documents = np.fromiter((item.document for item in items), np.int64, len(items))
    return _LayerVotes(annotators, items, values, VotePatterns.of(codes, documents))


def _clusters(side: SideSaid, annotators: Sequence[str]) -> list[_Item]:
    """The ranges of a side where spans overlap, with what each annotator who looked there marked in it."""
    compared = side.compared(annotators)
    ranges: list[list[int]] = []
    for start, end, _ in sorted(unit for units in compared.values() for unit in units):
        if ranges and start < ranges[-1][1]:
            ranges[-1][1] = max(ranges[-1][1], end)
        else:
            ranges.append([start, end])
    return [
        _Item(
            side.document,
            side.pair_id,
            CellKey(layer=side.layer, lang=side.lang, start=start, end=end),
            {
                name: frozenset(unit for unit in units if start <= unit[0] < end)
                for name, units in compared.items()
            },
        )
        for start, end in ranges
    ]


def _abilities(layer: str, votes: _LayerVotes, model: _Model, seed: int) -> list[Ability]:
    """The abilities of those who voted in a layer, with intervals over documents, each draw fitted anew."""
    counts = votes.patterns.counts
    codes = votes.patterns.codes
    posteriors = model.posteriors(codes)
    whole = counts.sum(axis=0)
    values, totals = _expected(codes, whole, posteriors)
    drawn: list[Chances] = []
    if len(counts) > 1:
        random = np.random.default_rng(seed)
        chances = np.full(len(counts), 1 / len(counts))
        for _ in range(_DRAWS):
            weights = random.multinomial(len(counts), chances).astype(np.float64) @ counts
            drawn_model = votes.fitted(weights, model)
            drawn.append(_expected(codes, weights, drawn_model.posteriors(codes))[0])
    tail = (1 - CONFIDENCE) / 2
    nothing = votes.nothing()
    found: list[Ability] = []
    for column, name in enumerate(votes.annotators):
        if not totals[column]:
            continue
        some = np.array([values[column] for values in drawn])
        some = some[~np.isnan(some)]
        low, high = np.quantile(some, [tail, 1 - tail]) if len(some) else (None, None)
        share = None if nothing is None else _found(codes[:, column], whole, posteriors, nothing)
        found.append(
            Ability(
                annotator=name,
                layer=layer,
                ability=float(values[column]),
                low=None if low is None else float(low),
                high=None if high is None else float(high),
                found=share,
                votes=int(totals[column]),
            )
        )
    return found


def _expected(codes: Codes, weights: Chances, posteriors: Chances) -> tuple[Chances, Chances]:
    """Of each annotator the share of votes that are expected to be true, and how many votes there are."""
    voted = (codes != NO_VALUE) * weights[:, None]
    right = np.take_along_axis(posteriors, np.maximum(codes, 0), axis=1) * voted
    totals = voted.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return right.sum(axis=0) / totals, totals


def _found(codes: Codes, weights: Chances, posteriors: Chances, nothing: int) -> float | None:
    """Of what is expected to be there, the share that an annotator says."""
    voted = codes != NO_VALUE
    there = (1 - posteriors[:, nothing]) * weights * voted
    said = np.take_along_axis(posteriors, np.maximum(codes, 0)[:, None], axis=1)[:, 0]
    right = said * weights * (voted & (codes != nothing))
    return float(right.sum() / there.sum()) if there.sum() > 0.5 else None
