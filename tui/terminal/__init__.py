"""The terminal: which one it is, how it is told to leave Arabic in order, keys in their order."""
