from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.fit import LEVELS, Case, Held, calibrate, figures, fit, judged, simulated, steps, written
from hashiya.corpus.alignment.calibration import Floats
from hashiya.corpus.alignment.candidates import Candidates
from hashiya.corpus.alignment.features import FEATURES
from hashiya.corpus.alignment.forward_backward import TRANSITIONS, Chain
from hashiya.corpus.alignment.weights import BEAD_KINDS, Weights, read_weights

RIGHT = [(1, 1, 1, 1), (2, 2, 1, 1)]
WRONG = [(2, 2, 2, 2), (0, 1, 0, 1), (1, 1, 1, 0), (1, 2, 0, 1), (2, 2, 1, 0)]
STEPS = sorted(RIGHT + WRONG)


def made_case(group: int, noise: np.random.Generator) -> Case:
    """Two sentences a side, to be aligned 1-1 twice, as a noisy similarity tells."""
    rows, columns, ar, en = np.array(STEPS, np.int64).T
    candidates = Candidates(rows, columns, ar, en, np.zeros(len(STEPS)))
    table = np.zeros((len(STEPS), len(FEATURES)))
    right = [STEPS.index(step) for step in RIGHT]
    similar = noise.normal(0, 0.1, len(STEPS))
    similar[right] += 1
    table[:, FEATURES.index("similarity")] = similar
    chain = Chain(candidates, 2, 2)
    return Case(chain, candidates, table, right, np.zeros(len(TRANSITIONS)), group, "made")


@given(st.integers(0, 200), st.sampled_from(sorted(LEVELS)), st.integers(0, 2**32))
def test_gold_covers_every_sentence_of_a_simulated_document_once(count: int, level: str, seed: int) -> None:
    text = [(f"ع{i}", f"e{i}") for i in range(count)]
    ar, en, gold = simulated(text, LEVELS[level], random.Random(seed))
    assert [i for bead in gold for i in bead[0]] == list(range(len(ar)))
    assert [j for bead in gold for j in bead[1]] == list(range(len(en)))
    for left, right in gold:
        told = [" ".join(side[i] for i in of).split() for side, of in ((ar, left), (en, right))]
        if left and right:
            assert [word[1:] for word in told[0]] == [word[1:] for word in told[1]]
    assert simulated(text, LEVELS[level], random.Random(seed)) == (ar, en, gold)


def test_steps_lead_from_border_to_border_with_omissions_arabic_first() -> None:
    gold = [((0,), (0,)), ((), (1,)), ((1,), ()), ((2, 3), (2,))]
    assert list(steps(gold)) == [
        ((0, 0), (1, 1), True),
        ((1, 1), (2, 1), True),
        ((2, 1), (2, 2), True),
        ((2, 2), (4, 3), True),
    ]


def test_a_bead_of_sentences_that_are_no_neighbours_is_none_of_ours() -> None:
    assert [ours for *_, ours in steps([((0, 2), (0,)), ((3,), (1,))])] == [False, True]


def test_a_fit_tells_right_from_wrong() -> None:
    noise = np.random.default_rng(1)
    weights = fit([made_case(group, noise) for group in range(20)])
    assert weights.features[FEATURES.index("similarity")] > 1
    new = made_case(0, noise)
    held = judged(new, weights)
    assert held.path == new.right
    assert held.right.tolist() == [1, 1]
    assert (held.found > 0.9).all()


def held_with(found: Floats, right: Floats) -> list[Held]:
    """One choice a case, of all kinds in turn."""
    kinds = [(1, 1), (1, 2), (1, 0)]
    cases: list[Held] = []
    for at, (share, good) in enumerate(zip(found, right, strict=True)):
        x, y = kinds[at % 3]
        one = np.array([1], np.int64)
        candidates = Candidates(one * x, one * y, one * x, one * y, np.zeros(1))
        case = Case(
            Chain(candidates, x, y),
            candidates,
            np.zeros((1, len(FEATURES))),
            [0] if good else [],
            np.zeros(len(TRANSITIONS)),
            0,
            "made",
        )
        cases.append(Held(case, [0], np.array([share])))
    return cases


def test_what_is_calibrated_stays_as_it_is_and_what_is_too_sure_is_flattened() -> None:
    # of ten choices of each kind with probability p, 10 p are right
    shares = np.array([0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9])
    found = np.repeat(shares, 300)
    right = np.concatenate([(np.arange(300) // 3 % 10 < round(10 * p)).astype(float) for p in shares])
    assert calibrate(held_with(found, right)) == pytest.approx(np.tile([1, 0], (3, 1)), abs=0.02)
    odds = 2 * np.log(found / (1 - found))
    too_sure = calibrate(held_with(1 / (1 + np.exp(-odds)), right))
    assert too_sure[:, 0] == pytest.approx(0.5, abs=0.03)


def test_figures_count_what_the_gold_wants_and_no_candidate_is() -> None:
    noise = np.random.default_rng(2)
    weights = fit([made_case(group, noise) for group in range(20)])
    held = [judged(made_case(0, noise), weights)]
    _, all_there = figures(held, weights, {"made": 2})
    _, one_lost = figures(held, weights, {"made": 3})
    assert all_there.split()[:3] == ["made", "2", "1.000"]
    assert one_lost.split()[:3] == ["made", "3", "0.800"]


def test_what_is_written_is_read_again() -> None:
    numbers = np.random.default_rng(3)
    weights = Weights(
        numbers.normal(size=len(FEATURES)).round(3),
        numbers.normal(size=len(TRANSITIONS)).round(3),
        numbers.normal(size=(len(BEAD_KINDS), 2)).round(3),
    )
    again = read_weights(written(weights))
    for name in ("features", "transitions", "calibration"):
        assert np.array_equal(getattr(again, name), getattr(weights, name))
