"""Lengths of a sentence and its translation, in characters: the model of Gale and Church (1993).

The difference between the English length and the Arabic one times `CHARACTERS_RATIO` is normal, with a
variance of `CHARACTERS_VARIANCE` for each character of their mean. The weights of the aligner were fitted
with these figures.
"""

from __future__ import annotations

import math

CHARACTERS_RATIO = 1.15
"""English characters for one Arabic, as in news."""
CHARACTERS_VARIANCE = 6.8
"""Variance of the difference of two lengths, in characters a character."""


def length_deviation(ar: int, en: int) -> float:
    """Return how far two lengths in characters are from `CHARACTERS_RATIO`, in standard deviations."""
    expected = ar * CHARACTERS_RATIO
    return abs(expected - en) / math.sqrt(CHARACTERS_VARIANCE * (expected + en) / 2 + 1)
