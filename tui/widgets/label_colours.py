"""The colours of labels as text and behind text, legible on dark and on light themes.

A colour is named by its number; after the last the first comes again. Contrast is that of WCAG 2.1, from
1 to 21.
"""

from __future__ import annotations

from functools import lru_cache

from rich.style import Style
from textual.color import BLACK, WHITE, Color

from hashiya.schema.palette import PALETTE

COLOURS = tuple(map(Color.parse, PALETTE))
LEGIBLE = 4.5
"""The contrast that WCAG asks of text."""


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of two colours."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=64)
def text_on_colour(number: int) -> Style:
    """Return the style of text on a label's colour: black or white, whichever has more contrast."""
    colour = COLOURS[number % len(COLOURS)]
    text = max(BLACK, WHITE, key=lambda candidate: contrast(candidate, colour))
    return Style(color=text.rich_color, bgcolor=colour.rich_color)


@lru_cache(maxsize=256)
def text_in_colour(number: int, background: Color) -> Style:
    """Return the style of text in a label's colour, mixed with black or white until it is legible."""
    colour = COLOURS[number % len(COLOURS)]
    towards = max(BLACK, WHITE, key=lambda candidate: contrast(candidate, background))
    mixed = (colour.blend(towards, step / 10) for step in range(11))
    return Style(
        color=next((one for one in mixed if contrast(one, background) >= LEGIBLE), towards).rich_color
    )


def _luminance(colour: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
