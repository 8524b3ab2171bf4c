"""Lines that a terminal with bidirectional support of its own leaves as they are.

After U+200E (LRM) a terminal that follows UAX #9 in a left-to-right line sees every right-to-left cell as a
run of one, which stays where it is, and finds brackets that it does not mirror a second time.
"""

from __future__ import annotations

from dataclasses import replace

from hashiya.tui.bidi.cells import Cell, Line
from hashiya.tui.bidi.classes import classes
from hashiya.tui.bidi.mirror import MIRROR

LRM = "\u200e"


def armoured(line: Line) -> Line:
    """``line`` with LRM after right-to-left cells, Arabic digits and characters that have a mirror image."""
    return replace(line, cells=tuple([_armoured(cell) for cell in line.cells]))


def _armoured(cell: Cell) -> Cell:
    exposed = cell.text[0] in MIRROR or classes(cell.text[0]) in "RAN"
    return cell._replace(text=cell.text + LRM) if exposed else cell
