"""The shipped weights are whole, and scores keep the order of probabilities."""

from __future__ import annotations

import tomllib
from importlib import resources

import numpy as np
import pytest

from hashiya.corpus.alignment.candidates import Candidates
from hashiya.corpus.alignment.features import FEATURES
from hashiya.corpus.alignment.forward_backward import TRANSITIONS
from hashiya.corpus.alignment.weights import BEAD_KINDS, FILE, read_weights, shipped_weights

TEXT = resources.files("hashiya.corpus.alignment").joinpath(FILE).read_text(encoding="utf-8")


def test_the_file_has_all_names_and_no_other() -> None:
    table = tomllib.loads(TEXT)
    assert tuple(table["features"]) == FEATURES
    assert tuple(table["transitions"]) == TRANSITIONS
    assert tuple(table["calibration"]) == BEAD_KINDS


def test_weights_stand_in_the_order_of_their_names() -> None:
    table = tomllib.loads(TEXT)
    weights = shipped_weights()
    assert weights.features[FEATURES.index("gain")] == table["features"]["gain"]
    assert weights.transitions[TRANSITIONS.index("en_follows")] == table["transitions"]["en_follows"]
    assert weights.calibration[BEAD_KINDS.index("omission")].tolist() == table["calibration"]["omission"]
    assert (weights.calibration[:, 0] > 0).all()


@pytest.mark.parametrize("name", ["crossing", "en_opens", "merged"])
def test_a_missing_one_is_named(name: str) -> None:
    lines = [line for line in TEXT.splitlines() if line.replace('"', "").split(" = ")[0] != name]
    with pytest.raises(KeyError, match=name):
        read_weights("\n".join(lines))


@pytest.mark.parametrize("shape", [(1, 1), (2, 1), (2, 2), (1, 0), (0, 1)])
def test_scores_are_shares_that_rise_with_the_probability(shape: tuple[int, int]) -> None:
    probabilities = np.linspace(0, 1, 101, dtype=np.float64)
    ar, en = (np.full(101, count) for count in shape)
    candidates = Candidates(ar, en, ar, en, np.zeros(101))
    scores = shipped_weights().calibrated(probabilities, candidates)
    assert (np.diff(scores) >= 0).all()
    assert scores[0] >= 0
    assert scores[-1] <= 1
    kind = BEAD_KINDS[0 if shape == (1, 1) else 1 if min(shape) else 2]
    slope, offset = tomllib.loads(TEXT)["calibration"][kind]
    assert scores[50] == pytest.approx(1 / (1 + np.exp(-offset)))
    assert scores[75] == pytest.approx(1 / (1 + np.exp(-(slope * np.log(3) + offset))))
