"""Dawid and Skene's model on simulated teams: its probabilities hold, and it is ahead of the majority."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from hashiya.corpus.team.agreement.alpha import NO_VALUE
from hashiya.corpus.team.agreement.dawid_skene import (
    DawidSkene,
    VotePatterns,
    fit_dawid_skene,
    fit_even_errors,
)

Codes = npt.NDArray[np.int64]
ACCURACIES = (0.6, 0.7, 0.8, 0.9, 0.95)
NAMES = ("a", "b", "c", "d", "e")
CELLS = 2000
SEEDS = range(20)


def team(seed: int, values: int, frequencies: list[float] | None = None) -> tuple[Codes, Codes]:
    """The truth of cells, and three votes on each, of five annotators who err evenly."""
    random = np.random.default_rng(seed)
    truth = random.choice(values, CELLS, p=frequencies)
    codes = np.full((CELLS, len(NAMES)), NO_VALUE, dtype=np.int64)
    for row in range(CELLS):
        for who in random.choice(len(NAMES), 3, replace=False):
            right = random.random() < ACCURACIES[who]
            codes[row, who] = truth[row] if right else (truth[row] + random.integers(1, values)) % values
    return truth, codes


def calibration_error(sure: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> float:
    """The expected calibration error, in ten bins."""
    bins = np.minimum((sure * 10).astype(int), 9)
    return float(sum(abs(sure[bins == at].sum() - right[bins == at].sum()) for at in range(10)) / len(sure))


def majority(codes: Codes, values: int, seed: int) -> Codes:
    """The value that is said most often; of several one by chance."""
    votes = (codes[:, :, None] == np.arange(values)).sum(axis=1)
    found: Codes = (votes + np.random.default_rng(seed).random(votes.shape) / 2).argmax(axis=1)
    return found


def fitted(codes: Codes, values: int) -> tuple[DawidSkene, npt.NDArray[np.float64]]:
    patterns = VotePatterns.of(codes, np.zeros(len(codes), dtype=np.int64))
    model = fit_dawid_skene(patterns.codes, patterns.counts.sum(axis=0), NAMES, range(values))
    return model, model.posteriors(patterns.codes)[patterns.items]


@pytest.mark.parametrize(
    ("values", "frequencies"),
    [(2, None), (3, None), (4, None), (4, [0.8, 0.1, 0.06, 0.04])],
    ids=["two", "three", "four", "one of four is common"],
)
def test_probabilities_hold_and_the_majority_is_beaten_on_twenty_teams(
    values: int, frequencies: list[float] | None
) -> None:
    for seed in SEEDS:
        truth, codes = team(seed, values, frequencies)
        _, posteriors = fitted(codes, values)
        right = posteriors.argmax(axis=1) == truth
        assert calibration_error(posteriors.max(axis=1), right) < 0.03, seed
        assert right.mean() > (majority(codes, values, seed) == truth).mean(), seed


def test_the_abilities_are_found() -> None:
    for seed in SEEDS:
        model, _ = fitted(team(seed, 3)[1], 3)
        found = np.einsum("t,itt->i", model.frequencies, model.chances)
        assert np.abs(found - ACCURACIES).max() < 0.06, seed


def test_one_who_always_takes_one_value_for_another_is_understood() -> None:
    """Whose votes are the opposite of the truth says as much as one who is right."""
    random = np.random.default_rng(3)
    truth = random.integers(0, 2, 1000)
    right = np.where(random.random((1000, 3)) < 0.85, truth[:, None], 1 - truth[:, None])
    codes = np.column_stack([right, 1 - truth]).astype(np.int64)
    model = fit_dawid_skene(codes, np.ones(len(codes)), NAMES[:4], range(2))
    assert model.chances[3][0, 1] > 0.9
    assert (model.posteriors(codes).argmax(axis=1) == truth).mean() > 0.98


def test_it_is_the_posterior_of_bayes() -> None:
    model = DawidSkene(
        ("a", "b"),
        ("no", "yes"),
        np.array([0.9, 0.1]),
        np.array([[[0.9, 0.1], [0.2, 0.8]], [[0.99, 0.01], [0.5, 0.5]]]),
    )
    # 0.9 * 0.9 * 0.01 of no, 0.1 * 0.2 * 0.5 of yes: 0.0081 to 0.0100.
    assert model.posterior({"a": "no", "b": "yes"})["yes"] == pytest.approx(0.01 / 0.0181)
    assert model.posterior({}) == pytest.approx({"no": 0.9, "yes": 0.1})
    assert model.posterior({"a": "never seen", "who": "yes"}) == pytest.approx({"no": 0.9, "yes": 0.1})


def test_the_order_of_votes_and_how_they_are_counted_play_no_role() -> None:
    _, codes = team(1, 3)
    _, once = fitted(codes, 3)
    _, turned = fitted(codes[::-1], 3)
    model = fit_dawid_skene(codes, np.ones(len(codes)), NAMES, range(3))
    assert np.allclose(once, turned[::-1])
    assert np.allclose(once, model.posteriors(codes), atol=1e-5)


def test_patterns_count_the_items_of_each_document() -> None:
    codes = np.array([[0, 1], [0, 1], [1, NO_VALUE], [0, 1]])
    found = VotePatterns.of(codes, np.array([7, 7, 7, 9]))
    assert found.codes[found.items].tolist() == codes.tolist()
    assert found.counts[:, found.items[0]].tolist() == [2, 1]


def clusters(seed: int) -> tuple[Codes, npt.NDArray[np.bool_], Codes]:
    """Items of five possible values each: votes numbered by who says them first, and whether each is true."""
    random = np.random.default_rng(seed)
    codes = np.full((CELLS, len(NAMES)), NO_VALUE, dtype=np.int64)
    is_true = np.zeros((CELLS, len(NAMES)), dtype=np.bool_)
    plain = np.zeros((CELLS, len(NAMES)), dtype=np.int64)
    for row in range(CELLS):
        numbers: dict[int, int] = {}
        for who in sorted(random.choice(len(NAMES), 3, replace=False)):
            said = 0 if random.random() < ACCURACIES[who] else int(random.integers(1, 5))
            codes[row, who] = numbers.setdefault(said, len(numbers))
            is_true[row, codes[row, who]] = said == 0
            plain[row, numbers[said]] += 1
    return codes, is_true, plain


def test_values_of_their_own_are_weighed_by_ability() -> None:
    for seed in SEEDS:
        codes, is_true, votes = clusters(seed)
        model = fit_even_errors(codes, np.ones(len(codes)), NAMES)
        posteriors = model.posteriors(codes)
        rows = np.arange(len(codes))
        right = is_true[rows, posteriors.argmax(axis=1)]
        most = (votes + np.random.default_rng(seed).random(votes.shape) / 2).argmax(axis=1)
        assert np.abs(model.abilities - ACCURACIES).max() < 0.08, seed
        assert right.mean() > is_true[rows, most].mean(), seed
        # The model does not know how many other values there could be: its probabilities hold less closely.
        assert calibration_error(posteriors.max(axis=1), right) < 0.05, seed


def test_that_all_are_wrong_is_possible() -> None:
    model = fit_even_errors(np.array([[0, 1], [0, 0]]), np.ones(2), ("a", "b"))
    found = model.posterior({"a": "x", "b": "y"})
    assert 0 < sum(found.values()) < 1
    assert sum(model.posterior({"a": "x", "b": "x"}).values()) < 1
