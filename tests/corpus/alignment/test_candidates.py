"""The first pass against all alignments, one by one."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import pytest

from hashiya.corpus.alignment.band import BandBlock, whole_band
from hashiya.corpus.alignment.bead_values import BeadValues
from hashiya.corpus.alignment.calibration import calibrate
from hashiya.corpus.alignment.candidates import Candidates, Lattice
from hashiya.corpus.alignment.settings import AlignmentSettings
from hashiya.corpus.encoders.protocol import Vectors
from tests.corpus.alignment.all_alignments import all_paths


def values_of(n: int, m: int) -> BeadValues:
    rng = np.random.default_rng(n * 10 + m)
    chosen = AlignmentSettings(
        similarity=1,
        similarity_by_size=1,
        gain=1,
        length=1,
        bias=dict.fromkeys(AlignmentSettings().bias, 0.0),
    )
    sides: list[list[Vectors]] = []
    for count in (n, m):
        raw = [rng.standard_normal((count, 4)) for _ in range(4)]
        sides.append([(x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32) for x in raw])
    lengths = [rng.integers(20, 90, count).astype(np.float64) for count in (n, m)]
    ends = [np.array([0.0, *accumulate(side)]) for side in lengths]
    calibration = calibrate(sides[0][0], sides[1][0], (lengths[0], lengths[1]), chosen)
    return BeadValues(sides[0], sides[1], ends[0], ends[1], calibration, chosen)


def probabilities(bead_values: BeadValues, n: int, m: int, omission: float) -> dict[tuple[int, ...], float]:
    """The probability of every bead and omission, by enumeration; the sum over all paths under ()."""
    values = bead_values.at(range(n), range(m))
    found: dict[tuple[int, ...], list[float]] = {}
    for path in all_paths(n, m, list(bead_values.settings.bias)):
        value = sum(float(values[x, y][r - 1, c - 1]) if x and y else omission for r, c, x, y in path)
        for step in ((), *path):
            found.setdefault(step, []).append(value)
    logs = {step: float(np.logaddexp.reduce(sums)) for step, sums in found.items()}
    total = logs[()]
    return {step: float(np.exp(log - total)) if step else log for step, log in logs.items()}


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 4), (3, 3), (4, 2), (4, 4)])
@pytest.mark.parametrize("omission", [-1.0, 0.0, 1.5])
def test_candidates_are_as_probable_as_among_all_alignments(n: int, m: int, omission: float) -> None:
    bead_values = values_of(n, m)
    wanted = probabilities(bead_values, n, m, omission)
    lattice = Lattice(bead_values, whole_band(n, m))
    forward = lattice.forward(omission)
    assert forward.total[-1][-1] == pytest.approx(wanted.pop(()))
    candidates = lattice.candidates(forward, 1e-12)
    found = dict(zip(candidates.borders(), np.exp(candidates.log_odds).tolist(), strict=True))
    assert found == pytest.approx({step: share for step, share in wanted.items() if share > 1e-12})
    alone = sum(share for (_, _, x, y), share in wanted.items() if not x or not y)
    assert lattice.omitted(forward) == pytest.approx(alone, abs=1e-4)
    assert list(candidates.borders()) == sorted(candidates.borders())
    assert candidates.lead(n, m)


def test_only_what_is_probable_enough_is_a_candidate() -> None:
    lattice = Lattice(values_of(4, 4), whole_band(4, 4))
    forward = lattice.forward(0.0)
    every, some = lattice.candidates(forward, 1e-12), lattice.candidates(forward, 0.05)
    assert 0 < len(some) < len(every)
    assert list(some.borders()) == list(every.chosen(every.log_odds > np.log(0.05)).borders())
    assert len(lattice.candidates(forward, 1.1)) == 0


def test_blocks_make_no_difference() -> None:
    bead_values = values_of(4, 4)
    one = Lattice(bead_values, whole_band(4, 4))
    many = Lattice(bead_values, [BandBlock(range(i, i + 1), 0, 4) for i in range(4)])
    found = [lattice.candidates(lattice.forward(0.5), 1e-9) for lattice in (one, many)]
    assert list(found[0].borders()) == list(found[1].borders())
    np.testing.assert_allclose(found[0].log_odds, found[1].log_odds)


def test_a_band_leaves_out_what_lies_beyond() -> None:
    lattice = Lattice(values_of(4, 4), [BandBlock(range(2), 0, 2), BandBlock(range(2, 4), 1, 4)])
    found = lattice.candidates(lattice.forward(0.5), 1e-9)
    assert found.lead(4, 4)
    assert found.columns[found.rows <= 2].max() == 2
    assert found.columns[found.rows > 2].min() >= 1


def made(*steps: tuple[int, int, int, int]) -> Candidates:
    rows, columns, ar, en = np.array(sorted(steps), np.int64).reshape(-1, 4).T
    return Candidates(rows, columns, ar, en, np.zeros(len(steps)))


def test_candidates_lead_from_end_to_end_or_do_not() -> None:
    assert made((1, 1, 1, 1)).lead(1, 1)
    assert not made((1, 1, 1, 1)).lead(2, 1)
    assert made((1, 0, 1, 0), (1, 1, 0, 1)).lead(1, 1)
    assert not made((0, 1, 0, 1), (1, 1, 1, 0)).lead(1, 1)  # English first
    assert not made().lead(1, 0)
