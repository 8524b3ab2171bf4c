"""Dawid and Skene's model: what is true in each item, and how able each annotator is, from the votes alone.

Dawid and Skene, "Maximum likelihood estimation of observer error-rates using the EM algorithm" (1979). Each
annotator says of a true value one value or another with chances of their own, a confusion matrix. The chances
are drawn towards those of an annotator who errs evenly, the more so the fewer votes there are: with few votes
the plain estimate is too sure of itself.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hashiya.corpus.team.agreement.alpha import NO_VALUE

Chances = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
_ROUNDS, _FEW_ROUNDS = 200, 20
"""Rounds at most: of a fit from the beginning, and of one from a model that is near."""
_STILL, _NEARLY_STILL = 1e-7, 1e-3
"""Changes of probabilities from which on a model is taken as fitted."""
_EVEN = 8.0
"""How many votes of a true value the annotator's even errors weigh as much as."""
_RIGHT, _WRONG = 4.0, 1.0
"""Votes of which it is taken beforehand that they were right, and wrong, of each annotator."""


@dataclass(frozen=True, slots=True)
class VotePatterns:
    """The ways in which annotators voted: a row of codes a pattern, `NO_VALUE` where one did not vote.

    `counts` has how many items of each document, a row, were voted on like this; `items` the pattern of each.
    """

    codes: Codes
    counts: Chances
    items: Codes

    @classmethod
    def of(cls, codes: Codes, documents: Codes) -> VotePatterns:
        """Return the patterns of items, of each of which the document's number is given."""
        patterns, items = np.unique(codes, axis=0, return_inverse=True)
        items = items.reshape(-1)
        numbers, rows = np.unique(documents, return_inverse=True)
        counts = np.zeros((len(numbers), len(patterns)))
        np.add.at(counts, (rows.reshape(-1), items), 1)
        return cls(patterns, counts, items)


@dataclass(frozen=True, slots=True)
class DawidSkene:
    """A fitted model: how frequent each value is, and of each annotator what is said of each true value.

    `chances` has a matrix an annotator, a row a true value, a column a value that is said.
    """

    annotators: tuple[str, ...]
    values: tuple[Hashable, ...]
    frequencies: Chances
    chances: Chances

    def posterior(self, votes: Mapping[str, Hashable]) -> dict[Hashable, float]:
        """Return the probability of each value, given votes; of annotators and values that are known."""
        codes = np.full((1, len(self.annotators)), NO_VALUE, dtype=np.int64)
        for column, name in enumerate(self.annotators):
            if votes.get(name) in self.values and name in votes:
                codes[0, column] = self.values.index(votes[name])
        return dict(zip(self.values, map(float, self.posteriors(codes)[0]), strict=True))

    def posteriors(self, codes: Codes) -> Chances:
        """Return the probabilities of the values, a row a row of codes."""
        return _posteriors(codes, self.frequencies, self.chances)


def fit_dawid_skene(
    codes: Codes,
    weights: Chances,
    annotators: Sequence[str],
    values: Sequence[Hashable],
    near: DawidSkene | None = None,
) -> DawidSkene:
    """Return the model of votes by expectation maximisation; `weights` counts the items of each row of codes.

    It starts from the votes as they are counted, so the same votes give the same model; or from a model that
    must be `near`, and stops sooner.
    """
    said = (codes[:, :, None] == np.arange(len(values))).astype(np.float64)
    votes = said.sum(axis=1)
    posteriors = votes / np.maximum(votes.sum(axis=1, keepdims=True), 1)
    if near is not None:
        posteriors = near.posteriors(codes)
    frequencies, chances = _maximised(said, weights, posteriors)
    for _ in range(_ROUNDS if near is None else _FEW_ROUNDS):
        before = posteriors
        posteriors = _posteriors(codes, frequencies, chances)
        frequencies, chances = _maximised(said, weights, posteriors)
        if np.abs(posteriors - before).max(initial=0) < (_STILL if near is None else _NEARLY_STILL):
            break
    return DawidSkene(tuple(annotators), tuple(values), frequencies, chances)


def _posteriors(codes: Codes, frequencies: Chances, chances: Chances) -> Chances:
    """The expectation: of each row of votes the probability of each true value."""
    found = np.tile(np.log(frequencies), (len(codes), 1))
    for annotator in range(codes.shape[1]):
        voted = codes[:, annotator] != NO_VALUE
        found[voted] += np.log(chances[annotator][:, codes[voted, annotator]]).T
    found = np.exp(found - found.max(axis=1, keepdims=True, initial=-np.inf))
    normed: Chances = found / found.sum(axis=1, keepdims=True)
    return normed


def _maximised(said: Chances, weights: Chances, posteriors: Chances) -> tuple[Chances, Chances]:
    """The maximisation: frequencies of values, and chances drawn towards even errors."""
    values = posteriors.shape[1]
    weighted = posteriors * weights[:, None]
    frequencies = (weighted.sum(axis=0) + 1) / (weighted.sum() + values)
    counts = np.einsum("pt,piv->itv", weighted, said)
    right = np.einsum("itt->i", counts)
    total = counts.sum(axis=(1, 2))
    ability = (right + _RIGHT) / (total + _RIGHT + _WRONG)
    off = ((1 - ability) / max(values - 1, 1))[:, None, None]
    even = np.where(np.eye(values, dtype=bool), ability[:, None, None], off)
    chances = (counts + _EVEN * even) / (counts.sum(axis=2, keepdims=True) + _EVEN)
    return frequencies, chances


@dataclass(frozen=True, slots=True)
class EvenErrors:
    """A fitted model of items whose values are their own, such as the ways to mark a range: one chance each.

    An annotator is right with the chance in `abilities`; else every other value that was said, and one that
    nobody said, are as likely.
    """

    annotators: tuple[str, ...]
    abilities: Chances

    def posterior(self, votes: Mapping[str, Hashable]) -> dict[Hashable, float]:
        """Return the probability of each value that was said; they sum to less than 1: all may be wrong."""
        values = list(dict.fromkeys(votes.values()))
        codes = np.full((1, len(self.annotators)), NO_VALUE, dtype=np.int64)
        for column, name in enumerate(self.annotators):
            if name in votes:
                codes[0, column] = values.index(votes[name])
        found = self.posteriors(codes)[0]
        return {value: float(found[place]) for place, value in enumerate(values)}

    def posteriors(self, codes: Codes) -> Chances:
        """Return the probabilities of the values by code, a row a row of codes."""
        return _even_posteriors(codes, self.abilities)


def fit_even_errors(
    codes: Codes, weights: Chances, annotators: Sequence[str], near: EvenErrors | None = None
) -> EvenErrors:
    """Return the model of votes on items whose values are each numbered from 0; as `fit_dawid_skene`."""
    voted = codes != NO_VALUE
    abilities = np.full(codes.shape[1], _RIGHT / (_RIGHT + _WRONG)) if near is None else near.abilities
    for _ in range(_ROUNDS if near is None else _FEW_ROUNDS):
        before = abilities
        posteriors = _even_posteriors(codes, abilities)
        right = np.take_along_axis(posteriors, np.maximum(codes, 0), axis=1) * voted * weights[:, None]
        total = (voted * weights[:, None]).sum(axis=0)
        abilities = (right.sum(axis=0) + _RIGHT) / (total + _RIGHT + _WRONG)
        if np.abs(abilities - before).max(initial=0) < (_STILL if near is None else _NEARLY_STILL):
            break
    return EvenErrors(tuple(annotators), abilities)


def _even_posteriors(codes: Codes, abilities: Chances) -> Chances:
    """Of each row of votes the probability of each value by code; the rest is that of one nobody said."""
    voted = codes != NO_VALUE
    distinct = codes.max(axis=1, initial=NO_VALUE) + 1
    wrong = np.log1p(-abilities)[None, :] - np.log(np.maximum(distinct, 1))[:, None]
    gained = np.where(voted, np.log(abilities)[None, :] - wrong, 0.0)
    scores = np.zeros((len(codes), max(codes.shape[1], 1)))
    for annotator in range(codes.shape[1]):
        rows = np.flatnonzero(voted[:, annotator])
        scores[rows, codes[rows, annotator]] += gained[rows, annotator]
    likely = np.where(np.arange(scores.shape[1])[None, :] < distinct[:, None], scores, -np.inf)
    # That none of them is right has the score 0: every vote is an error then.
    most = np.maximum(likely.max(axis=1, keepdims=True, initial=-np.inf), 0)
    shares = np.exp(likely - most)
    found: Chances = shares / (shares.sum(axis=1, keepdims=True) + np.exp(-most))
    return found
