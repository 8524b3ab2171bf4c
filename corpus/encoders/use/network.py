"""The network of the Universal Sentence Encoder on numpy, cut in two where the features of tokens are summed.

`Network.shares` returns what ranges of tokens add to a vector, so that texts are joined by adding;
`Network.units` makes unit vectors of the sums. Units: tokens; rows are float32.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Lock

import numpy as np

from hashiya.corpus.encoders.use.quantised import Convolution, FloatRows, ranges
from hashiya.corpus.encoders.use.token_rows import (
    BRANCH,
    DIMENSIONS,
    ORDERS,
    REACH,
    TokenRows,
)
from hashiya.corpus.encoders.use.tokenizer import Words
from hashiya.corpus.encoders.use.weights import TOKEN_FEATURES, TOKENIZER, model_folder, read_arrays
from hashiya.corpus.encoders.use.word_spacing import Spacing

OPENING_TOKEN, CLOSING_TOKEN = 1, 2  # the marks around every sentence

TOKENS = 384  # rows of a batch of tokens, at most; a longer sentence is cut
_STEP, _MOST = 64, 512  # rows of all batches are multiples of the one, of other batches at most the other
_GROUP = 16  # batches of tokens that are worked on together: they have to fit among the kept

Second = Callable[[FloatRows, int], FloatRows]
"""As `Convolution`: rows, and a count of windows that begin at the first of them, to their outputs."""


class Network:
    """The forward pass, one thread at a time.

    What depends on a token alone is in an LRU cache (`TokenRows`). Raises MissingExtraError without the
    libraries, and HashiyaError where the weights are not those that it knows (`read_arrays`).
    """

    def __init__(self) -> None:
        with model_folder() as folder:
            self.words = Words(folder / TOKENIZER)
            w = read_arrays(folder)
        self.spacing = Spacing(self.words.pieces())
        self._weights = w
        self._epsilon = np.float32(w["eps"])
        self._token_rows = TokenRows(w, self._epsilon, TOKENS)
        # The last layer norm and the matrix after it as one: centring, gain and shift are linear.
        gained = w["ln_g"][:, None] * w["cnn_W"]
        self._join = gained - gained.mean(axis=0, dtype=np.float64).astype(np.float32)
        self._each = w["ln_b"] @ w["cnn_W"] + w["cnn_b"]
        self._lock = Lock()
        self._inner = np.zeros((TOKENS + 2 * REACH, BRANCH), np.float32)
        self._all = np.empty((TOKENS, TOKEN_FEATURES), np.float32)
        self.second: list[Second] = [
            Convolution(w.pop(f"w2_{width}"), w.pop(f"b2_{width}"), largest, TOKENS)
            for (width, _), largest in zip(ORDERS, ranges(), strict=True)
        ]
        # Matrices that the same rows are multiplied by, side by side.
        self._d0_p1 = np.concatenate([w.pop("d0"), w.pop("p1")], axis=1)
        self._d2_p3 = np.concatenate([w.pop("d2"), w.pop("p3")], axis=1)

    def shares(
        self, sentences: Sequence[Sequence[int]], stretches: Sequence[Sequence[tuple[int, int]]]
    ) -> FloatRows:
        """Return what ranges of the tokens of sentences (ids with both marks) add, (all ranges, dimensions).

        Ranges are half-open and may overlap. Those of the first sentence come first.
        """
        with self._lock:
            sums, lengths = self._sums(sentences, stretches)
        shares = np.empty((len(sums), DIMENSIONS), np.float32)
        for here, rows in _blocks(sums, _STEP, _MOST):
            shares[here] = (rows @ self._join)[: here.stop - here.start]
        shares += lengths[:, None] * self._each
        return shares

    def units(self, shares: FloatRows, lengths: FloatRows) -> FloatRows:
        """Return unit vectors (rows, dimensions) of sums of shares (rows, dimensions) of so many tokens."""
        w, hidden = self._weights, len(self._weights["d1"])
        units = np.empty((len(shares), DIMENSIONS), np.float32)
        means = (shares / np.sqrt(lengths)[:, None]).astype(np.float32, copy=False)
        for here, x in _blocks(means, _STEP, _MOST):
            y = x @ self._d0_p1
            y0, y1 = y[:, :hidden], y[:, hidden:]
            y1 += np.maximum(y0, 0, out=y0) @ w["d1"]
            y = np.maximum(y1, 0, out=y1) @ self._d2_p3
            y2, z = y[:, :DIMENSIONS], y[:, DIMENSIONS:]
            z += np.maximum(y2, 0, out=y2) @ w["d3"]
            np.tanh(z, out=z)
            norms = np.sqrt(np.einsum("ij,ij->i", z, z))
            z /= np.maximum(norms, np.float32(1e-9))[:, None]
            units[here] = z[: here.stop - here.start]
        return units

    def _sums(
        self, sentences: Sequence[Sequence[int]], stretches: Sequence[Sequence[tuple[int, int]]]
    ) -> tuple[FloatRows, FloatRows]:
        """Return the sums of the scaled features of ranges, (all ranges, features), and their lengths."""
        lengths = np.array([stop - start for of in stretches for start, stop in of], np.float32)
        sums = np.zeros((len(lengths), TOKEN_FEATURES), np.float32)
        batches = _batches(sentences, stretches)
        for at in range(0, len(batches), _GROUP):
            group = batches[at : at + _GROUP]
            self._token_rows.keep([i for batch in group for ids in batch.ids for i in ids])
            for batch in group:
                features, scale = self._features(batch)
                for row, start, stop in batch.stretches:
                    sums[row] += scale[start:stop] @ features[start:stop]
        return sums, lengths

    def _features(self, batch: _Batch) -> tuple[FloatRows, FloatRows]:
        """Return embeddings and convolutions' outputs at a batch's places, and the layer norm's factors.

        The former are in a buffer that the next batch reuses.
        """
        used = batch.used
        inner, features = self._inner[: used + 2 * REACH], self._all[:used]
        tokens = np.full(used + 2 * REACH, -1)
        within = tokens[REACH:-REACH]
        for start, ids in zip(batch.starts, batch.ids, strict=True):
            within[start : start + len(ids)] = ids
        at = self._token_rows.find(tokens)
        empty = np.flatnonzero(tokens < 0)
        outer, x = features[:, DIMENSIONS:], inner[REACH:-REACH]
        for i, (_, left) in enumerate(ORDERS):
            self._token_rows.convolve(i, at, x)
            inner[empty] = 0
            second = self.second[i](inner[REACH - left :], used)
            np.add(second, x, out=outer[:, i * BRANCH : (i + 1) * BRANCH])
        features[:, :DIMENSIONS], sums, squares = self._token_rows.embedded(at[REACH:-REACH])
        mean = (sums + outer.sum(axis=1)) / TOKEN_FEATURES
        squares += np.einsum("ij,ij->i", outer, outer)
        variance = np.maximum(squares / TOKEN_FEATURES - mean * mean, 0)
        return features, np.reciprocal(np.sqrt(variance + self._epsilon))


class _Batch:
    """Sentences, or parts of long ones, side by side with `REACH` empty places between."""

    def __init__(self) -> None:
        self.ids: list[Sequence[int]] = []
        self.starts: list[int] = []
        self.stretches: list[tuple[int, int, int]] = []  # which one, and its first and last place
        self.used = 0  # places up to the end of the last one


def _batches(
    sentences: Sequence[Sequence[int]], stretches: Sequence[Sequence[tuple[int, int]]]
) -> list[_Batch]:
    batches: list[_Batch] = []
    first = 0
    for ids, wanted in zip(sentences, stretches, strict=True):
        by_part: list[list[tuple[int, int, int]]] = [[] for _ in range(0, len(ids), TOKENS)]
        for row, (start, stop) in enumerate(wanted, start=first):
            for part in range(start // TOKENS, -(-stop // TOKENS)):
                begin = part * TOKENS
                by_part[part].append((row, max(start - begin, 0), min(stop - begin, TOKENS)))
        first += len(wanted)
        for part, inside in enumerate(by_part):
            here = ids[part * TOKENS : (part + 1) * TOKENS]
            if not batches or batches[-1].used + REACH + len(here) > TOKENS:
                batches.append(_Batch())
            batch = batches[-1]
            at = batch.used + REACH if batch.ids else 0
            batch.ids.append(here)
            batch.starts.append(at)
            batch.stretches += [(row, at + start, at + stop) for row, start, stop in inside]
            batch.used = at + len(here)
    return batches


def _blocks(rows: FloatRows, step: int, most: int) -> Iterator[tuple[slice, FloatRows]]:
    """Yield slices of at most `most` rows, and these rows, padded with zeros to a multiple of `step`."""
    for start in range(0, len(rows), most):
        here = slice(start, min(start + most, len(rows)))
        size = here.stop - here.start
        block = rows[here]
        if size % step:
            block = np.zeros((-(-size // step) * step, rows.shape[1]), np.float32)
            block[:size] = rows[here]
        yield here, block
