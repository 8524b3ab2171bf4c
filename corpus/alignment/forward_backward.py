"""The alignments that a document's candidates make: how probable each candidate is, and the best of them.

Between two beads, sentences left out are taken Arabic first, then English, so that every alignment is one
way. A *state* is what a way ended with: a bead (0), an Arabic omission (1), an English one (2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hashiya.corpus.alignment.candidates import Candidates
from hashiya.corpus.alignment.evidence import Floats

TRANSITIONS = ("ar_opens", "ar_goes_on", "en_opens", "en_follows", "en_goes_on")
"""Omissions by what came before: an Arabic one after a bead or after another; an English one after a bead,
an Arabic one, or another."""

_NEVER = -1e30
_STEPS = {0: ((0, None), (1, None), (2, None)), 1: ((0, 0), (1, 1)), 2: ((0, 2), (1, 3), (2, 4))}
"""Of each state, what may come before it, and the transition that this is."""
_Place = tuple[tuple[int, int], bool]


@dataclass(frozen=True, slots=True)
class Marginals:
    """The log of the sum over all alignments; and, expected of one, each candidate and each transition."""

    log_total: float
    candidates: Floats
    transitions: Floats


class Chain:
    """Candidates as a graph of borders: n Arabic and m English sentences, not both 0.

    What no alignment from end to end goes through has probability 0.
    """

    def __init__(self, candidates: Candidates, n: int, m: int) -> None:
        self._ends = list(zip(candidates.rows.tolist(), candidates.columns.tolist(), strict=True))
        shapes = list(zip(candidates.ar.tolist(), candidates.en.tolist(), strict=True))
        self._starts = [(r - x, c - y) for (r, c), (x, y) in zip(self._ends, shapes, strict=True)]
        self._states = [0 if x and y else 1 if x else 2 for x, y in shapes]
        # a border comes after all borders above it and to its left
        self._order = sorted(range(len(shapes)), key=self._ends.__getitem__)
        self._last = (n, m)

    def marginals(self, values: Floats, transitions: Floats) -> Marginals:
        """Return probabilities, where each candidate and each transition has a value in log-odds."""
        value, cost = values.tolist(), [*transitions.tolist()]
        forward: dict[tuple[int, int], list[float]] = {(0, 0): [0.0, _NEVER, _NEVER]}
        for at in self._order:
            before = forward.get(self._starts[at])
            if before is None:
                continue
            state = self._states[at]
            here = forward.setdefault(self._ends[at], [_NEVER, _NEVER, _NEVER])
            for previous, step in _STEPS[state]:
                way = before[previous] + value[at] + (0.0 if step is None else cost[step])
                here[state] = _add(here[state], way)
        total = _NEVER
        for way in forward.get(self._last, [_NEVER]):
            total = _add(total, way)
        backward: dict[tuple[int, int], list[float]] = {self._last: [0.0, 0.0, 0.0]}
        found, steps = [0.0] * len(value), [0.0] * len(cost)
        for at in reversed(self._order):
            before, after = forward.get(self._starts[at]), backward.get(self._ends[at])
            if before is None or after is None:
                continue
            state = self._states[at]
            there = backward.setdefault(self._starts[at], [_NEVER, _NEVER, _NEVER])
            for previous, step in _STEPS[state]:
                way = value[at] + (0.0 if step is None else cost[step]) + after[state]
                there[previous] = _add(there[previous], way)
                share = math.exp(min(before[previous] + way - total, 0.0))
                found[at] += share
                if step is not None:
                    steps[step] += share
        return Marginals(total, np.minimum(found, 1.0), np.array(steps))

    def best(self, worth: Floats) -> list[int]:
        """Return the alignment whose candidates are worth most together, as their places in order.

        Of equal ones, the candidate that comes first in the order of the candidates is taken. There must be
        an alignment from end to end.
        """
        worths: Sequence[float] = worth.tolist()
        # by border, and whether an English omission leads there: the sum, the last candidate, its start
        reached: dict[_Place, tuple[float, int, _Place]] = {((0, 0), False): (0.0, -1, ((0, 0), False))}
        for at in self._order:
            state = self._states[at]
            for closed in (False,) if state == 1 else (False, True):
                start, end = (self._starts[at], closed), (self._ends[at], state == 2)
                if start in reached:
                    sum_ = reached[start][0] + worths[at]
                    if end not in reached or sum_ > reached[end][0]:
                        reached[end] = (sum_, at, start)
        ends = [(self._last, closed) for closed in (False, True) if (self._last, closed) in reached]
        place = max(ends, key=lambda end: reached[end][0])
        path: list[int] = []
        while reached[place][1] >= 0:
            _, at, place = reached[place]
            path.append(at)
        return path[::-1]


def _add(one: float, two: float) -> float:
    """The log of the sum of two numbers given by their logs."""
    if one < two:
        one, two = two, one
    difference = two - one
    return one if difference < -40.0 else one + math.log1p(math.exp(difference))
