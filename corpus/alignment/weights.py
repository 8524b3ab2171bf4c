"""The weights of the second pass, and how its probabilities become scores: read from a file that is fitted.

``python -m bench.fit DATA`` writes ``weights.toml`` from alignments known to be right.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np

from hashiya.corpus.alignment.candidates import Candidates
from hashiya.corpus.alignment.evidence import Floats
from hashiya.corpus.alignment.features import FEATURES
from hashiya.corpus.alignment.forward_backward import TRANSITIONS

FILE = "weights.toml"
BEAD_KINDS = ("single", "merged", "omission")
"""What has a calibration of its own: beads of 1-1, larger ones, omissions."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds a unit of each feature and of each transition; and of each kind, slope and offset.

    A score has log-odds slope * log-odds of the model's probability + offset (Platt 1999).
    """

    features: Floats
    transitions: Floats
    calibration: Floats
    """(kinds, 2)."""

    def calibrated(self, probabilities: Floats, candidates: Candidates) -> Floats:
        """The scores of candidates of these probabilities."""
        kind = np.where(candidates.paired, (candidates.ar + candidates.en > 2).astype(np.int64), 2)
        bounded = np.clip(probabilities, 1e-6, 1 - 1e-6)
        slope, offset = self.calibration[kind].T
        scores: Floats = 1 / (1 + np.exp(-(slope * np.log(bounded / (1 - bounded)) + offset)))
        return scores


def read_weights(text: str) -> Weights:
    """Weights from TOML; KeyError where one is missing."""
    table: dict[str, Any] = tomllib.loads(text)
    return Weights(
        np.array([table["features"][name] for name in FEATURES], np.float64),
        np.array([table["transitions"][name] for name in TRANSITIONS], np.float64),
        np.array([table["calibration"][kind] for kind in BEAD_KINDS], np.float64),
    )


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """The weights that come with the package."""
    return read_weights(resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8"))
