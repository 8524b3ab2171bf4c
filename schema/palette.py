"""The colours of labels, wherever they are shown: told apart also by the colour-blind, in a fixed order.

A label's colour is that of its number in its section; beyond the last colour they begin again.
"""

from __future__ import annotations

# Okabe and Ito (https://jfly.uni-koeln.de/color/) without black, then two of Paul Tol's muted scheme.
PALETTE: tuple[str, ...] = (
    "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#BBBBBB", "#882255",
)  # fmt: skip


def colour(number: int) -> str:
    """The colour of the label with a number, as `#RRGGBB`."""
    return PALETTE[number % len(PALETTE)]
