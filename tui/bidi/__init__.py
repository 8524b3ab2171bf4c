"""Arabic in the terminal: text in reading order becomes cells in screen order, and the way back is kept.

``layout`` wraps, joins and reorders a text; ``armoured`` keeps a terminal from reordering its lines again.
Nothing here reads or writes anything: the widgets do. Offsets are code points of the text, places are lines
and columns.
"""

from hashiya.tui.bidi.armour import armoured
from hashiya.tui.bidi.cells import Cell, Line, Place, Stretch
from hashiya.tui.bidi.glyphs import Glyph, shape
from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import Layout, layout
from hashiya.tui.bidi.levels import Direction, Levels, levels, visual_order

__all__ = [
    "Cell",
    "Direction",
    "Glyph",
    "Layout",
    "Levels",
    "Line",
    "Place",
    "Shaping",
    "Stretch",
    "armoured",
    "layout",
    "levels",
    "shape",
    "visual_order",
]
