"""Doubts about a pair: its score, figures, Latin names, negations and lengths that do not agree.

Rules for warning a reader, not for deciding: each is written so that a true pair is seldom named, and much
that is wrong is not noticed. Nothing is trained, and no text but the pair's own is used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from hashiya.corpus.doubts.negations import one_sided_negation
from hashiya.corpus.doubts.numbers import one_sided
from hashiya.corpus.text.cognates import find_cognates
from hashiya.corpus.text.fold import fold
from hashiya.corpus.text.lengths import length_deviation
from hashiya.schema.records import Pair

DoubtKind = Literal["score", "numbers", "names", "negation", "length"]

LOW_SCORE = 0.5
"""An alignment score below this is worth a look: the aligner would rather not have made the bead."""
FARTHEST = 3.0
"""Standard deviations from the expected length that are still believed; marks and tatweel do not count."""
_ALIKE = 4
"""Letters that a name and a word begin with alike when the one may be a form of the other."""

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One reason to look at a pair, with what was seen.

    `ar` and `en` are what that side has and the other lacks: folded figures, names as they are written,
    a folded negation.
    `lengths` are the characters of both folded sides, Arabic first; `score` is the pair's own.
    """

    kind: DoubtKind
    ar: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    lengths: tuple[int, int] | None = None
    score: float | None = None


def doubts(pair: Pair) -> tuple[Doubt, ...]:
    """Return the doubts about a pair; none for a sentence without a translation."""
    return () if pair.ar is None or pair.en is None else doubts_between(pair.ar, pair.en, pair.score)


def doubts_between(ar: str, en: str, score: float | None = None) -> tuple[Doubt, ...]:
    """Return the doubts about two texts; `score` is the aligner's, if it made the pair."""
    found: list[Doubt] = []
    if score is not None and score < LOW_SCORE:
        found.append(Doubt(kind="score", score=score))
    folded, other = fold(ar), fold(en)
    only_ar, only_en = one_sided(folded, other)
    if only_ar or only_en:
        found.append(Doubt(kind="numbers", ar=only_ar, en=only_en))
    if names := _unknown(ar, other):
        found.append(Doubt(kind="names", ar=names))
    negation_ar, negation_en = one_sided_negation(folded, other)
    if negation_ar or negation_en:
        found.append(Doubt(kind="negation", ar=negation_ar, en=negation_en))
    if length_deviation(len(folded), len(other)) > FARTHEST:
        found.append(Doubt(kind="length", lengths=(len(folded), len(other))))
    return tuple(found)


def _unknown(ar: str, english: str) -> tuple[str, ...]:
    """Return the Latin names of `ar` that are not in English words, their beginnings or their initials."""
    named = find_cognates(ar).names
    if not named:
        return ()
    words = _WORD.findall(english)
    joined, initials = "".join(words), "".join(word[0] for word in words)
    starts = {word[:_ALIKE] for word in words}
    return tuple(
        dict.fromkeys(
            word
            for word in _WORD.findall(ar)
            if (name := fold(word)) in named
            and name not in joined
            and name not in initials
            and name[:_ALIKE] not in starts
        )
    )
