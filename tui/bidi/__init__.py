"""Arabic in the terminal: text in reading order becomes cells in screen order, and the way back is kept.

Nothing here reads or writes anything: the widgets do. Offsets are code points of the text, places are lines
and columns.
"""
