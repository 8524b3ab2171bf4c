"""Krippendorff's alpha for unitizing: agreement on which characters of a text carry which label.

Krippendorff, Mathet, Bouvry and Widlöcher, "On the reliability of unitizing textual continua: further
developments" (2016), the nominal member of the family, u-alpha; Krippendorff, "Content Analysis" (4th
edition, 2019), section 12.6. Each side of a pair is a continuum; together they count as one, laid end to end.
What nobody marked is a gap. Characters are code points.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from hashiya.corpus.team.agreement.bootstrap import Rows

Unit = tuple[int, int, str]
"""Start, end and label of a marked range."""
_GAP: frozenset[str] = frozenset()
_FIRST_VALUE = 2
"""The column of the gaps; those of the labels follow. Before it: equal lengths, and lengths of self-pairs."""


@dataclass(frozen=True, slots=True)
class Continuum:
    """A text that two or more annotators marked: its document, its length, the units of each annotator."""

    document: int
    length: int
    said: Sequence[Sequence[Unit]]


def unitizing_sums(continua: Iterable[Continuum]) -> Rows:
    """Return the sums that u-alpha is made of, a row a document.

    Of each document: the length on which pairs of annotators put the same value, the length of self-pairs (of
    a unit its square, of gaps their length), then the length of gaps and of each value. Where units of one
    annotator overlap, the labels of a character are one value, and the unit ends where they change.
    """
    columns: dict[frozenset[str], int] = {_GAP: _FIRST_VALUE}
    found: dict[int, dict[int, float]] = {}
    for text in continua:
        sums = found.setdefault(text.document, {})
        for column, length in _sums(text, columns).items():
            sums[column] = sums.get(column, 0.0) + length
    rows = np.zeros((len(found), len(columns) + _FIRST_VALUE))
    for row, document in enumerate(sorted(found)):
        for column, length in found[document].items():
            rows[row, column] = length
    return rows


def unitizing_alpha(sums: Rows) -> npt.NDArray[np.float64]:
    """Return u-alpha of sums as `unitizing_sums` makes them; NaN where nothing is compared, or varies."""
    same, alone, lengths = sums[:, 0], sums[:, 1], sums[:, _FIRST_VALUE:]
    total = lengths.sum(axis=1)
    chance = total**2 - (lengths**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = total * chance / (total**2 - alone)
        return np.where((chance > 0) & (expected > 0), 1 - (total - same) / expected, np.nan)


def _sums(text: Continuum, columns: dict[frozenset[str], int]) -> Mapping[int, float]:
    """The sums of one continuum, by column."""
    annotators = len(text.said)
    if not any(text.said):
        length = float(annotators * text.length)
        return {0: length, 1: length, _FIRST_VALUE: length}
    sums: dict[int, float] = {}
    lines: list[npt.NDArray[np.int64]] = []
    for units in text.said:
        line = np.full(text.length, _FIRST_VALUE, dtype=np.int64)
        marked = 0
        for start, end, value in _segments(units):
            column = columns.setdefault(value, len(columns) + _FIRST_VALUE)
            line[start:end] = column
            marked += end - start
            sums[1] = sums.get(1, 0.0) + (end - start) ** 2
            sums[column] = sums.get(column, 0.0) + end - start
        sums[1] = sums.get(1, 0.0) + text.length - marked
        sums[_FIRST_VALUE] = sums.get(_FIRST_VALUE, 0.0) + text.length - marked
        lines.append(line)
    same = sum(int((one == other).sum()) for one, other in combinations(lines, 2))
    sums[0] = 2 * same / (annotators - 1)
    return sums


def _segments(units: Sequence[Unit]) -> Iterable[tuple[int, int, frozenset[str]]]:
    """Units as ranges that do not overlap: the units themselves where they do not."""
    borders = sorted({border for start, end, _ in units for border in (start, end)})
    for start, end in pairwise(borders):
        if value := frozenset(label for first, last, label in units if first <= start and end <= last):
            yield start, end, value
