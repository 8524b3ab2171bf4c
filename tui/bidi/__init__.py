"""Arabic in the terminal: text in reading order becomes cells in screen order, with a map back.

Nothing here reads or writes anything: the widgets do. Offsets are code points of the text, places are lines
and columns.
"""
