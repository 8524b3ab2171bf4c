from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.calibration import (
    Judged,
    brier,
    calibration_sheets,
    draw,
    equal_mass,
    equal_width,
    expected_calibration_error,
)


def judged(*beads: tuple[float, bool]) -> list[Judged]:
    return [Judged(score, right, both_sides=True) for score, right in beads]


MADE = judged((0.9, True), (0.9, True), (0.9, False), (0.9, True), (0.25, False), (0.25, True))


def test_bins_of_equal_width_and_their_error_by_hand() -> None:
    low, high = equal_width(MADE)
    assert (low.size, low.mean, low.accuracy) == (2, 0.25, 0.5)
    assert (high.size, high.accuracy) == (4, 0.75)
    assert high.mean == pytest.approx(0.9)
    assert expected_calibration_error([low, high]) == pytest.approx((2 * 0.25 + 4 * 0.15) / 6)


def test_brier_by_hand() -> None:
    assert brier(MADE) == pytest.approx((3 * 0.01 + 0.81 + 0.0625 + 0.5625) / 6)
    assert brier(judged((1.0, True), (0.0, False))) == 0


def test_a_score_of_one_is_in_the_last_bin() -> None:
    assert [(part.least, part.greatest) for part in equal_width(judged((0.95, True), (1.0, True)))] == [
        (0.95, 1.0)
    ]


def test_equal_masses_hold_as_many_each_and_keep_the_order() -> None:
    bins = equal_mass(judged(*((i / 100, True) for i in range(90))), bins=15)
    assert [part.size for part in bins] == [6] * 15
    assert all(one.greatest < other.least for one, other in pairwise(bins))


def test_equal_scores_share_a_bin_whatever_their_order() -> None:
    beads = judged(*[(1.0, True)] * 50, *[(1.0, False)] * 50, (0.1, False))
    bins = equal_mass(beads)
    assert [part.size for part in bins] == [1, 100]
    random.Random(1).shuffle(beads)
    assert equal_mass(beads) == bins


def test_a_score_that_is_the_probability_has_no_error() -> None:
    beads = judged(*[(0.75, True)] * 3, (0.75, False), *[(0.5, True), (0.5, False)])
    for bins in (equal_mass(beads), equal_width(beads)):
        assert expected_calibration_error(bins) == 0


def test_nothing_has_no_error() -> None:
    assert expected_calibration_error(equal_mass([])) == expected_calibration_error(equal_width([])) == 0


def test_the_diagram_has_a_bar_and_a_point_a_bin(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "reliability.svg"
    errors, reliability = calibration_sheets({"made": MADE}, file)
    assert [row[:3] for row in errors.rows] == [
        ["made", "two sides", 6],
        ["made", "all", 6],
        ["all sets", "two sides", 6],
        ["all sets", "all", 6],
    ]
    assert [row[0] for row in reliability.rows] == ["0.2 to 0.3", "0.9 to 1.0"]
    drawn = ElementTree.fromstring(file.read_text(encoding="utf-8"))
    space = "{http://www.w3.org/2000/svg}"
    assert len(drawn.findall(f"{space}rect/{space}title")) == len(equal_width(MADE))
    assert len(drawn.findall(f"{space}circle")) == len(equal_mass(MADE))
    assert draw([], []).startswith("<svg")
