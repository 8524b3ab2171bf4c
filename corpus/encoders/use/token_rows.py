"""What the Universal Sentence Encoder's network makes of a token alone, in an LRU cache by token.

Rows are computed in blocks of one fixed size: the order of a BLAS's additions, and so the last bits, may
depend on the number of rows. So a result does not depend on what is in the cache. Rows are float32.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.encoders.use.quantised import FloatRows

Numbers = NDArray[np.int64]

DIMENSIONS = 512
BRANCH = 256
ORDERS = ((2, 0), (3, 1), (5, 2))  # of each convolution: width in tokens, of which so many to the left
REACH = 2  # tokens that a convolution sees on either side, at most
TABLE_PARTS = 17  # the embedding table is quantised in so many parts, by token id

_BLOCK = 128  # rows of every block: a call has few new tokens, and larger ones are mostly filling
_KEPT = 6_144  # tokens in the cache, 15 kB each


class TokenRows:
    """Embeddings, projections and products with the first convolutions, by token.

    A place is the number of a token's row in the cache. The row after the last stands for padding: zeros.
    """

    def __init__(self, weights: dict[str, FloatRows], epsilon: np.float32, most: int) -> None:
        """At most `most` places are asked for at a time; `weights` loses the first convolutions."""
        self._weights, self._epsilon = weights, epsilon
        self._first = [
            np.ascontiguousarray(
                weights.pop(f"w1_{n}").reshape(n, BRANCH, BRANCH).transpose(1, 0, 2).reshape(BRANCH, -1)
            )
            for n, _ in ORDERS
        ]
        # The mean that the layer norm takes off, taken off the projection: both are linear.
        self._project = _centred(_side_by_side(weights, "proj"))
        self._shift = _centred(_side_by_side(weights, "proj_b"))
        self._gain, self._offset = (_side_by_side(weights, name) for name in ("ln_g", "ln_b"))
        self._place = np.full(len(weights["table"]) + 1, -1)  # by token id; -1: not in the cache
        self._place[-1] = _KEPT
        self._token = np.full(_KEPT, -1)
        self._used = np.zeros(_KEPT, np.int64)  # the last group of tokens that used a row
        self._now = 0
        self._embedded = np.zeros((_KEPT + 1, DIMENSIONS), np.float32)
        self._projected = [np.zeros((_KEPT + 1, BRANCH), np.float32) for _ in ORDERS]
        # By convolution and position in its window: the product with that matrix; the centre's has the bias.
        self._seen = [[np.zeros((_KEPT + 1, BRANCH), np.float32) for _ in range(n)] for n, _ in ORDERS]
        self._sums, self._squares = (np.zeros(_KEPT + 1, np.float32) for _ in range(2))
        self._block = np.empty((_BLOCK, DIMENSIONS), np.float32)
        self._branches = np.empty((_BLOCK, len(ORDERS) * BRANCH), np.float32)
        self._products = [np.empty((_BLOCK, n * BRANCH), np.float32) for n, _ in ORDERS]
        self._taken = np.empty((most, BRANCH), np.float32)
        self._taken_embedded = np.empty((most, DIMENSIONS), np.float32)

    def find(self, tokens: Numbers) -> Numbers:
        """Return the places of tokens that are in the cache; -1 is padding."""
        return self._place[tokens]

    def embedded(self, at: Numbers) -> tuple[FloatRows, FloatRows, FloatRows]:
        """Return the embeddings of places, in a buffer that is reused, their sums and sums of squares."""
        return _take(self._embedded, at, self._taken_embedded), self._sums[at], self._squares[at]

    def convolve(self, order: int, at: Numbers, out: FloatRows) -> None:
        """Write the first of a pair of convolutions into `out`, for all places but `REACH` at both ends.

        It is the sum of what the tokens around a place add, each from its own row, and the projection.
        """
        size, low = len(out), REACH - ORDERS[order][1]
        first, *others = self._seen[order]
        _take(first, at[low : low + size], out)
        for k, rows in enumerate(others, start=low + 1):
            out += _take(rows, at[k : k + size], self._taken)
        np.maximum(out, 0, out=out)
        out += _take(self._projected[order], at[REACH : REACH + size], self._taken)

    def keep(self, ids: Sequence[int]) -> None:
        """Load the rows of these tokens, `_KEPT` at most, in place of the least recently used."""
        tokens = np.unique(np.array(ids, np.int64))
        at = self._place[tokens]
        self._now += 1
        self._used[at[at >= 0]] = self._now
        new = tokens[at < 0]
        if not len(new):
            return
        free = np.argpartition(self._used, len(new) - 1)[: len(new)]
        gone = self._token[free]
        self._place[gone[gone >= 0]] = -1
        self._place[new], self._token[free], self._used[free] = free, new, self._now
        for start in range(0, len(new), _BLOCK):
            self._compute(new[start : start + _BLOCK], free[start : start + _BLOCK])

    def _compute(self, tokens: Numbers, places: Numbers) -> None:
        """Fill the rows of a block of tokens; the rest of the buffers is computed too, and not used."""
        w, used = self._weights, len(tokens)
        part = tokens % TABLE_PARTS
        embedded, x = self._block, self._branches
        embedded[used:] = 0
        np.multiply(w["table"][tokens], w["scale"][part, None], out=embedded[:used])
        embedded[:used] += w["lo"][part, None]
        np.matmul(embedded, self._project, out=x)
        x += self._shift
        variance = np.einsum("ij,ij->i", x, x) / x.shape[1]
        x *= np.reciprocal(np.sqrt(variance + self._epsilon))[:, None]
        x *= self._gain
        x += self._offset
        for i, (n, left) in enumerate(ORDERS):
            projected, products = x[:, i * BRANCH : (i + 1) * BRANCH], self._products[i]
            np.matmul(projected, self._first[i], out=products)
            products[:, left * BRANCH : (left + 1) * BRANCH] += w[f"b1_{n}"]
            self._projected[i][places] = projected[:used]
            for k, rows in enumerate(self._seen[i]):
                rows[places] = products[:used, k * BRANCH : (k + 1) * BRANCH]
        self._embedded[places] = embedded[:used]
        self._sums[places] = embedded[:used].sum(axis=1)
        self._squares[places] = np.einsum("ij,ij->i", embedded, embedded)[:used]


def _take(rows: FloatRows, at: Numbers, into: FloatRows) -> FloatRows:
    """Return the rows at places, in the first rows of a buffer."""
    # The default mode would copy once more.
    return rows.take(at, axis=0, out=into[: len(at)], mode="clip")


def _side_by_side(weights: Mapping[str, FloatRows], name: str) -> FloatRows:
    """Return the array of each branch, one after the other along the last axis."""
    return np.concatenate([weights[f"{name}{width}"] for width, _ in ORDERS], axis=-1)


def _centred(rows: FloatRows) -> FloatRows:
    """Return rows less their means."""
    centred: FloatRows = rows - rows.mean(axis=-1, keepdims=True, dtype=np.float64).astype(np.float32)
    return centred
