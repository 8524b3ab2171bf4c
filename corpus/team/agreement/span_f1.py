"""F1 of spans and links between two annotators: positive specific agreement, 2a / (2a + b + c).

Hripcsak and Rothschild, "Agreement, the F-measure, and reliability in information retrieval" (2005): where
what was rightly left unmarked cannot be counted, kappa comes to F1, and it is the same whichever of the two
is taken as the reference. Over several annotators the counts of all pairs of them are added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from hashiya.corpus.team.agreement.bootstrap import Rows
from hashiya.corpus.team.agreement.unitizing import Unit

SpanMatch = Literal["exact", "overlapping", "type_only"]
SPAN_MATCHES: tuple[SpanMatch, ...] = get_args(SpanMatch)


def matched(one: Sequence[Unit], other: Sequence[Unit], match: SpanMatch) -> int:
    """Return how many spans of two annotators can be matched, each with one of the other at most.

    *exact*: the same range and label. *overlapping*: the same label, and a character in common. *type_only*:
    the same label, wherever in the text.
    """
    if not one or not other:
        return 0
    if match == "overlapping":
        return len(overlapping_pairs(one, other, same_label=True))
    if match == "exact":
        return (Counter(one) & Counter(other)).total()
    return (Counter(unit[2] for unit in one) & Counter(unit[2] for unit in other)).total()


def overlapping_pairs(
    one: Sequence[Unit], other: Sequence[Unit], *, same_label: bool = False
) -> list[tuple[int, int]]:
    """Return the most pairs of spans that share a character, each span in one pair, by their places.

    Spans that share more are tried first.
    """
    reach: list[list[int]] = []
    for span in one:
        near = [(-_shared(span, item), item[2] != span[2], place) for place, item in enumerate(other)]
        reach.append(
            [place for apart, unlike, place in sorted(near) if apart < 0 and not (same_label and unlike)]
        )
    taken: dict[int, int] = {}
    for number in range(len(one)):
        _augment(number, reach, taken, set())
    return sorted((number, place) for place, number in taken.items())


def _augment(number: int, reach: Sequence[Sequence[int]], taken: dict[int, int], seen: set[int]) -> bool:
    """Give a span a partner, moving others to another partner where that makes room (augmenting paths)."""
    for place in reach[number]:
        if place in seen:
            continue
        seen.add(place)
        if place not in taken or _augment(taken[place], reach, taken, seen):
            taken[place] = number
            return True
    return False


def _shared(one: Unit, other: Unit) -> int:
    return min(one[1], other[1]) - max(one[0], other[0])


class MatchCounts:
    """Counts by document what two or more annotators marked, and what of it matches."""

    def __init__(self) -> None:
        self._found: dict[int, list[int]] = {}

    def add(self, document: int, matching: int, marked: int) -> None:
        """Add what matches, and the marks of both annotators together."""
        sums = self._found.setdefault(document, [0, 0])
        sums[0] += matching
        sums[1] += marked

    def rows(self) -> Rows:
        """Return twice what matches, and what was marked, a row a document."""
        found = [[2 * matching, marked] for _, (matching, marked) in sorted(self._found.items())]
        return np.array(found, dtype=np.float64).reshape(-1, 2)


def f1_score(sums: Rows) -> npt.NDArray[np.float64]:
    """Return F1 of sums as `MatchCounts` has them; NaN where nobody marked anything."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sums[:, 1] > 0, sums[:, 0] / sums[:, 1], np.nan)
