"""The weights of the second pass and the calibration of its probabilities, read from a fitted file.

`python -m bench.fit DATA` writes `weights.toml` from alignments known to be right.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np

from hashiya.corpus.alignment.calibration import Floats
from hashiya.corpus.alignment.candidates import Candidates
from hashiya.corpus.alignment.features import FEATURES
from hashiya.corpus.alignment.forward_backward import TRANSITIONS

FILE = "weights.toml"
BEAD_KINDS = ("single", "merged", "omission")
"""The kinds of beads that have a calibration each: 1-1, larger ones, omissions."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds of a unit of each feature and of each transition; slope and offset of each kind of bead.

    A score is a probability calibrated by Platt scaling (1999): its log-odds are slope * log-odds + offset.
    """

    features: Floats
    transitions: Floats
    calibration: Floats
    """(kinds, 2)."""

    def calibrated(self, probabilities: Floats, candidates: Candidates) -> Floats:
        """Return the scores of candidates of these probabilities."""
        kind = np.where(candidates.paired, (candidates.ar + candidates.en > 2).astype(np.int64), 2)
        bounded = np.clip(probabilities, 1e-6, 1 - 1e-6)
        slope, offset = self.calibration[kind].T
        scores: Floats = 1 / (1 + np.exp(-(slope * np.log(bounded / (1 - bounded)) + offset)))
        return scores


def read_weights(text: str) -> Weights:
    """Return the weights that a TOML text has; KeyError where one is missing."""
    table: dict[str, Any] = tomllib.loads(text)
    return Weights(
        np.array([table["features"][name] for name in FEATURES], np.float64),
        np.array([table["transitions"][name] for name in TRANSITIONS], np.float64),
        np.array([table["calibration"][kind] for kind in BEAD_KINDS], np.float64),
    )


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """Return the weights that come with the package."""
    return read_weights(
        resources.files("hashiya.corpus.alignment").joinpath(FILE).read_text(encoding="utf-8")
    )
