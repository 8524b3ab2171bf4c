"""Plots in one row: a block for each value, and nothing is drawn higher or lower than it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.tui.widgets.sparkline import BLOCKS, UNDEFINED, sparkline


@pytest.mark.parametrize(
    ("values", "top", "width", "drawn"),
    [
        ([], 5, 3, ""),
        ([0, 1, 2, 3, 4], 4, 9, "▁▃▅▆█"),
        ([1, 2, 3], 3, 2, "▆█"),
        ([None, 0, 0.5, 1], 1, 9, "·▁▅█"),
        ([0, 0], 0, 9, "▁▁"),
        ([0.001, 999], 1000, 9, "▂▇"),
        ([1, 2], 2, 0, ""),
    ],
)
def test_plots(values: list[float | None], top: float, width: int, drawn: str) -> None:
    assert sparkline(values, top, width) == drawn


@given(st.lists(st.one_of(st.none(), st.floats(0, 10)), max_size=30), st.floats(0, 10), st.integers(0, 40))
def test_more_is_never_drawn_lower(values: list[float | None], top: float, width: int) -> None:
    drawn = sparkline(values, top, width)
    shown = values[len(values) - len(drawn) :]
    assert len(drawn) == min(len(values), width)
    heights = [
        (value, BLOCKS.index(block)) for value, block in zip(shown, drawn, strict=True) if value is not None
    ]
    assert [block == UNDEFINED for block in drawn] == [value is None for value in shown]
    for value, height in heights:
        assert (height == 0) == (value <= 0 or top <= 0)
        assert all(other <= height for less, other in heights if less <= value)
