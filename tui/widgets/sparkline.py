"""A small plot in one row of text: a block for each value, the first value first."""

from __future__ import annotations

from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
UNDEFINED = "·"
"""Stands where there is no value."""


def sparkline(values: Sequence[float | None], top: float, width: int) -> str:
    """Return a plot of the last `width` values, from 0 to `top`.

    The lowest block is 0, any more is higher, and the highest is `top` alone.
    """
    shown = values[max(len(values) - width, 0) :]
    return "".join(UNDEFINED if value is None else BLOCKS[_height(value, top)] for value in shown)


def _height(value: float, top: float) -> int:
    if value <= 0 or top <= 0:
        return 0
    highest = len(BLOCKS) - 1
    return highest if value >= top else 1 + int(value / top * (highest - 1))
