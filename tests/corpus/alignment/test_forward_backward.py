"""The second pass against all alignments that the candidates make, one by one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.alignment.calibration import Floats
from hashiya.corpus.alignment.candidates import Candidates
from hashiya.corpus.alignment.forward_backward import TRANSITIONS, Chain
from hashiya.corpus.alignment.settings import AlignmentSettings
from tests.corpus.alignment.all_alignments import AlignmentPath, all_paths


def every(n: int, m: int, kept: Sequence[bool] = ()) -> tuple[Candidates, list[AlignmentPath]]:
    """All candidates of n by m sentences, or some of them, and the alignments that these make."""
    paths = list(all_paths(n, m, list(AlignmentSettings().bias)))
    steps = sorted({step for path in paths for step in path})
    if kept:
        steps = [step for at, step in enumerate(steps) if kept[at % len(kept)]]
    rows, columns, ar, en = np.array(steps, np.int64).reshape(-1, 4).T
    have = set(steps)
    candidates = Candidates(rows, columns, ar, en, np.zeros(len(steps)))
    return candidates, [path for path in paths if have.issuperset(path)]


def opened(path: AlignmentPath) -> list[int]:
    """How often each transition is on a path."""
    counts, before = [0] * len(TRANSITIONS), "bead"
    for _, _, x, y in path:
        kind = "bead" if x and y else "ar" if x else "en"
        name = {
            ("bead", "ar"): "ar_opens",
            ("ar", "ar"): "ar_goes_on",
            ("bead", "en"): "en_opens",
            ("ar", "en"): "en_follows",
            ("en", "en"): "en_goes_on",
        }.get((before, kind))
        if name:
            counts[TRANSITIONS.index(name)] += 1
        before = kind
    return counts


def check(n: int, m: int, kept: Sequence[bool], seed: int) -> None:
    candidates, paths = every(n, m, kept)
    rng = np.random.default_rng(seed)
    values, transitions = rng.normal(0, 2, len(candidates)), rng.normal(0, 2, len(TRANSITIONS))
    places = {step: at for at, step in enumerate(candidates.borders())}
    taken = [[places[step] for step in path] for path in paths]
    chain = Chain(candidates, n, m)
    if not paths:
        assert not chain.marginals(values, transitions).candidates.any()
        return
    logs = np.array(
        [
            values[path].sum() + np.dot(opened(steps), transitions)
            for path, steps in zip(taken, paths, strict=True)
        ]
    )
    total = float(np.logaddexp.reduce(logs))
    shares: Floats = np.exp(logs - total)
    wanted, expected = np.zeros(len(candidates)), np.zeros(len(TRANSITIONS))
    for path, steps, share in zip(taken, paths, shares, strict=True):
        wanted[path] += share
        expected += share * np.array(opened(steps))
    found = chain.marginals(values, transitions)
    assert found.log_total == pytest.approx(total)
    np.testing.assert_allclose(found.candidates, wanted, atol=1e-9)
    np.testing.assert_allclose(found.transitions, expected, atol=1e-9)
    best = chain.best(values)
    assert best in taken
    assert values[best].sum() == pytest.approx(max(values[path].sum() for path in taken))


@pytest.mark.parametrize(("n", "m"), [(1, 0), (0, 2), (1, 1), (1, 4), (3, 3), (4, 2), (4, 4)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_probabilities_and_the_best_are_those_of_all_alignments(n: int, m: int, seed: int) -> None:
    check(n, m, (), seed)


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(0, 1000))
def test_so_they_are_where_candidates_are_missing(kept: list[bool], seed: int) -> None:
    check(3, 3, [*kept, True], seed)


def test_of_equal_ones_the_first_is_taken() -> None:
    candidates, _ = every(2, 2)
    best = Chain(candidates, 2, 2).best(np.zeros(len(candidates)))
    assert best == Chain(candidates, 2, 2).best(np.zeros(len(candidates)))
    assert Chain(candidates, 2, 2).best(np.ones(len(candidates)))  # longest wins
    shapes = [(int(candidates.ar[at]), int(candidates.en[at])) for at in best]
    assert sum(x for x, _ in shapes) == sum(y for _, y in shapes) == 2
