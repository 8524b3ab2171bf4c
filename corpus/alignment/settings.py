"""The settings of the first pass: the weights of what speaks for a bead, and the extent of the search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from hashiya.corpus.text.lengths import CHARACTERS_RATIO, CHARACTERS_VARIANCE

Shape = tuple[int, int]
"""Sentences of a bead, Arabic first."""


@dataclass(frozen=True, slots=True)
class AlignmentSettings:
    """The settings of the first pass.

    The weights maximise the likelihood of hand-made and simulated gold alignments; docs/alignment.md says
    of which.
    """

    similarity: float = 6.5
    """Weight of a bead's scaled cosine: 0 is a random pair of the document, 1 a typical true one."""
    similarity_by_size: float = 5.0
    """The same, times half the bead's sentences: more text that matches is more evidence."""
    margin: float = 2.4
    """Penalty, times half the bead's sentences, as far as its last sentences fit better elsewhere."""
    gain: float = 7.4
    """Weight of the difference between a bead's cosine and the best without one of its outer sentences."""
    length: float = 5.4
    """Largest penalty for lengths that do not fit, reached at three standard deviations."""
    bias: Mapping[Shape, float] = field(
        default_factory=lambda: MappingProxyType(
            {
                (1, 1): -0.9,
                (1, 2): -2.9,
                (2, 1): -2.9,
                (1, 3): -3.5,
                (3, 1): -3.5,
                (2, 2): -5.5,
                (1, 4): -5.0,
                (4, 1): -5.0,
                (2, 3): -7.0,
                (3, 2): -7.0,
            }
        )
    )
    """The shapes of beads that are considered, and the prior of each: larger ones are rarer."""
    variance: float = CHARACTERS_VARIANCE
    """Variance of length differences, in characters a character (Gale and Church 1993)."""
    ratio: float = CHARACTERS_RATIO
    """English characters an Arabic one, where the document has too few sure pairs to say."""
    neighbours: int = 4
    """Best cosines of a sentence whose mean is the yardstick of the margin penalty."""
    background: float = 0.1
    """Cosine of a random pair, where the document has too few pairs to say."""
    spread: float = 0.12
    """Standard deviation of random cosines, likewise."""
    trust: int = 20
    """Pairs that the two figures above count for beside the document's own."""
    contrast: float = 4.0
    """Least distance of a true cosine from a random one, in standard deviations of the random ones."""
    omission: float = 0.1
    """Prior share of sentences without a translation; the rate at which an omission is worth 0."""
    omission_trust: float = 20.0
    """Sentences that the prior share counts for beside the document's own."""
    rounds: int = 1
    """How often the document's share of omissions is estimated before the last pass."""
    least: float = 1e-4
    """Probability in the first pass from which a bead is a candidate of the second."""
    whole: int = 1_000_000
    """Largest number of cells (Arabic times English sentences) for which all are visited."""
    radius: int = 200
    """Sentences around the coarse path that are visited in a longer document."""

    @property
    def window(self) -> int:
        """The most sentences on one side of a bead."""
        return max(max(shape) for shape in self.bias)


DEFAULTS = AlignmentSettings()
