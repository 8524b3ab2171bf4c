"""A filter of Textual's output that adds U+200E, so that a terminal that reorders Arabic moves no cell."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from hashiya.tui.bidi.lrm import LRM, is_right_to_left, with_lrm

# A screen has a few hundred different segments and is painted again and again.
_is_right_to_left = lru_cache(8192)(is_right_to_left)


@lru_cache(8192)
def _with_lrm(text: str) -> str:
    # What lies dimmed behind a dialog comes through here a second time.
    return with_lrm(text.replace(LRM, ""))


class LrmFilter(LineFilter):
    """Puts U+200E after every cell that a terminal might move, in lines that have anything right-to-left.

    It takes no cell. `enabled` is whether the terminal needs it (`Terminal.lrm`).
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - theirs
        """Return the segments with U+200E added; those that steer the terminal stay as they are."""
        if not any(_is_right_to_left(text) for text, _, control in segments if not control):
            return segments
        return [
            segment if segment.control else Segment(_with_lrm(segment.text), segment.style)
            for segment in segments
        ]
