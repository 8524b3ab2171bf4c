"""Texts and marks of other tools -> the pairs of a corpus that hold them."""
