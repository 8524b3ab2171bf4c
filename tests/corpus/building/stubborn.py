"""An encoder that refuses its work in one of the ways that a real one may."""

from __future__ import annotations


class Stubborn:
    """Raises the error that it was made with."""

    name = "stubborn"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def encode(self, sentences: object, window: int, pieces: object = ()) -> object:
        raise self.error
