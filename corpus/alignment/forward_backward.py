"""Forward-backward over the candidates of a document, and the alignment of minimum Bayes risk.

Omissions between two beads are taken Arabic first, then English, so that every alignment is one path. A
*state* is the last step of a path: a bead (0), an Arabic omission (1), an English one (2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hashiya.corpus.alignment.calibration import Floats
from hashiya.corpus.alignment.candidates import Candidates

TRANSITIONS = ("ar_opens", "ar_goes_on", "en_opens", "en_follows", "en_goes_on")
"""Omissions by the step before: an Arabic one after a bead or an Arabic one; an English one after a bead, an
Arabic one, or an English one."""

_NEVER = -1e30
_STEPS = {0: ((0, None), (1, None), (2, None)), 1: ((0, 0), (1, 1)), 2: ((0, 2), (1, 3), (2, 4))}
"""By state: the states that may come before it, each with its transition."""
_Place = tuple[tuple[int, int], bool]


@dataclass(frozen=True, slots=True)
class Marginals:
    """The log of the sum over all alignments; the probability of each candidate, the expected transitions."""

    log_total: float
    candidates: Floats
    transitions: Floats


class Chain:
    """The graph of candidates between borders, for n Arabic and m English sentences, not both 0.

    A candidate that is on no path from the first border to the last has probability 0.
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
        """Return the marginals, given the log-odds of each candidate and of each transition."""
        value, cost = values.tolist(), [*transitions.tolist()]
        forward: dict[tuple[int, int], list[float]] = {(0, 0): [0.0, _NEVER, _NEVER]}
        for at in self._order:
            before = forward.get(self._starts[at])
            if before is None:
                continue
            state = self._states[at]
            into = forward.setdefault(self._ends[at], [_NEVER, _NEVER, _NEVER])
            for previous, step in _STEPS[state]:
                way = before[previous] + value[at] + (0.0 if step is None else cost[step])
                into[state] = _add(into[state], way)
        total = _NEVER
        for way in forward.get(self._last, [_NEVER]):
            total = _add(total, way)
        backward: dict[tuple[int, int], list[float]] = {self._last: [0.0, 0.0, 0.0]}
        expected, steps = [0.0] * len(value), [0.0] * len(cost)
        for at in reversed(self._order):
            before, after = forward.get(self._starts[at]), backward.get(self._ends[at])
            if before is None or after is None:
                continue
            state = self._states[at]
            into = backward.setdefault(self._starts[at], [_NEVER, _NEVER, _NEVER])
            for previous, step in _STEPS[state]:
                way = value[at] + (0.0 if step is None else cost[step]) + after[state]
                into[previous] = _add(into[previous], way)
                share = math.exp(min(before[previous] + way - total, 0.0))
                expected[at] += share
                if step is not None:
                    steps[step] += share
        return Marginals(total, np.minimum(expected, 1.0), np.array(steps))

    def best(self, worth: Floats) -> list[int]:
        """Return the path of the largest sum of `worth`, as the positions of its candidates in order.

        With marginals as the worth this is minimum-risk decoding. Ties go to the candidate that comes first.
        There must be a path from the first border to the last.
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
    """Return the log of the sum of two numbers given by their logs."""
    if one < two:
        one, two = two, one
    difference = two - one
    return one if difference < -40.0 else one + math.log1p(math.exp(difference))
