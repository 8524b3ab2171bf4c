"""What an encoder is: it turns the sentences of one document into unit vectors, in any language.

An encoder returns a vector for every window of 1 to `window` neighbouring sentences and for the pieces of
every sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Vectors of pieces of sentences; those of sentence i are rows `starts[i]` to `starts[i + 1]`."""

    vectors: Vectors
    """Unit vectors, (pieces, dimensions)."""
    starts: NDArray[np.int64]
    """(sentences + 1,)."""
    lengths: NDArray[np.int64]
    """Characters, (pieces,)."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """The vectors of the sentences of one document."""

    windows: list[Vectors]
    """Row i of array k-1 (sentences, dimensions) is the unit vector of the window of the k sentences that
    end at i, or of as many as there are before it."""
    pieces: list[Pieces]
    """One for each size asked for."""


class Encoder(Protocol):
    """Anything that turns the sentences of one document into vectors of one space, whatever the language."""

    @property
    def name(self) -> str:
        """The name and revision of the model, for the record."""
        ...

    def encode(self, sentences: Sequence[str], window: int, pieces: Sequence[int] = ()) -> Encoded:
        """Return windows of 1 to `window` sentences, and pieces of each size in characters (`cut_pieces`)."""
        ...
