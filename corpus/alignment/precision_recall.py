"""Precision, recall and F1 of a segmentation or an alignment against the right one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

SentenceNumbers = tuple[int, ...]
BeadIndices = tuple[SentenceNumbers, SentenceNumbers]
"""The sentence numbers of both sides of a bead, Arabic first."""


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of what is right, found and wanted; a ratio whose divisor is 0 is 1."""

    right: int
    found: int
    wanted: int

    @property
    def precision(self) -> float:
        """The part of what was found that is right."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The part of what was wanted that was found."""
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.found + self.wanted
        return 2 * self.right / total if total else 1.0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.found + other.found, self.wanted + other.wanted)


def score_sets(found: Collection[object], wanted: Collection[object]) -> Score:
    """Return the score of a set against the right one; an element is right when it is in both."""
    return Score(len(set(found) & set(wanted)), len(set(found)), len(set(wanted)))


def strict(found: Iterable[Sequence[Sequence[int]]], wanted: Iterable[Sequence[Sequence[int]]]) -> Score:
    """Return the score of an alignment as Vecalign does (Thompson and Koehn 2019).

    A bead is right when both its sides are, exactly; beads with an empty side do not count.
    """
    return score_sets(_both_sided(found), _both_sided(wanted))


def unaligned(found: Iterable[Sequence[Sequence[int]]], wanted: Iterable[Sequence[Sequence[int]]]) -> Score:
    """Return the score of the sentences without a translation."""
    return score_sets(_alone(found), _alone(wanted))


def _both_sided(beads: Iterable[Sequence[Sequence[int]]]) -> set[BeadIndices]:
    return {(tuple(ar), tuple(en)) for ar, en in beads if ar and en}


def _alone(beads: Iterable[Sequence[Sequence[int]]]) -> set[tuple[str, int]]:
    return {
        (side, sentence)
        for ar, en in beads
        if not ar or not en
        for side, sentences in (("ar", ar), ("en", en))
        for sentence in sentences
    }
