"""Colours of labels can be read, and told apart without seeing red or green."""

from __future__ import annotations

import pytest
from textual.color import Color

from hashiya.tui.widgets.label_colours import COLOURS, LEGIBLE, contrast, text_in_colour, text_on_colour

BACKGROUNDS = [
    Color.parse(code) for code in ("#121212", "#e0e0e0", "#000000", "#ffffff", "#272822", "#fdf6e3")
]


def test_the_contrast_is_that_of_the_standard() -> None:
    assert contrast(Color.parse("#000"), Color.parse("#fff")) == pytest.approx(21)
    assert contrast(Color.parse("#777"), Color.parse("#fff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", range(len(COLOURS)))
def test_text_on_a_tone_and_in_a_tone_is_legible(colour: int) -> None:
    style = text_on_colour(colour)
    assert style.color
    assert style.bgcolor
    colours = [Color.from_rich_color(colour) for colour in (style.color, style.bgcolor)]
    assert contrast(*colours) >= LEGIBLE
    for background in BACKGROUNDS:
        assert (
            contrast(Color.from_rich_color(text_in_colour(colour, background).color), background) >= LEGIBLE
        )


def test_tones_are_different_and_begin_again() -> None:
    assert len({text_on_colour(colour).bgcolor for colour in range(9)}) == 9
    assert text_on_colour(9) == text_on_colour(0)
