"""What the Universal Sentence Encoder's network makes of a token alone, for the tokens met last.

Rows are worked out in blocks of one fixed size: the order of a BLAS's additions, and so the last bits, may
depend on the number of rows. What is kept therefore makes no difference to a result. Rows are float32.
"""

from __future__ import annotations

from collections.abc import Sequence

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
_KEPT = 6_144  # tokens whose rows are kept, 15 kB each


class TokenRows:
    """Embeddings, projections and products with the first convolutions, by token.

    A place is the number of a token's row. The row after the last is the empty place's: zeros.
    """

    def __init__(self, weights: dict[str, FloatRows], epsilon: np.float32, most: int) -> None:
        """``most`` places are asked for at a time. The first convolutions are taken out of ``weights``."""
        self._weights, self._epsilon = weights, epsilon
        self._first = [
            np.ascontiguousarray(
                weights.pop(f"w1.{i}").reshape(n, BRANCH, BRANCH).transpose(1, 0, 2).reshape(BRANCH, -1)
            )
            for i, (n, _) in enumerate(ORDERS)
        ]
        # The mean that the layer norm takes off, taken off the projection: both are linear.
        self._project = _centred(weights["proj_W"])
        self._shift = _centred(weights["proj_b"])
        self._place = np.full(len(weights["table"]) + 1, -1)  # of a token id among the kept; -1: not there
        self._place[-1] = _KEPT
        self._token = np.full(_KEPT, -1)
        self._met = np.zeros(_KEPT, np.int64)  # when a token was met last, by the number of the group
        self._now = 0
        self._embedded = np.zeros((_KEPT + 1, DIMENSIONS), np.float32)
        self._projected = [np.zeros((_KEPT + 1, BRANCH), np.float32) for _ in ORDERS]
        # By convolution, then by place of its window: the product with that matrix; the bias is at the own.
        self._seen = [[np.zeros((_KEPT + 1, BRANCH), np.float32) for _ in range(n)] for n, _ in ORDERS]
        self._sums, self._squares = (np.zeros(_KEPT + 1, np.float32) for _ in range(2))
        self._block = np.empty((_BLOCK, DIMENSIONS), np.float32)
        self._branches = np.empty((_BLOCK, len(ORDERS) * BRANCH), np.float32)
        self._products = [np.empty((_BLOCK, n * BRANCH), np.float32) for n, _ in ORDERS]
        self._taken = np.empty((most, BRANCH), np.float32)
        self._taken_embedded = np.empty((most, DIMENSIONS), np.float32)

    def find(self, tokens: Numbers) -> Numbers:
        """The places of kept tokens; -1 is an empty place."""
        return self._place[tokens]

    def embedded(self, at: Numbers) -> tuple[FloatRows, FloatRows, FloatRows]:
        """The embeddings of places, in a buffer that the next call reuses, their sums and sums of squares."""
        return _take(self._embedded, at, self._taken_embedded), self._sums[at], self._squares[at]

    def convolve(self, order: int, at: Numbers, out: FloatRows) -> None:
        """The first of a pair of convolutions, for all places but ``REACH`` at both ends: into ``out``.

        It is what the tokens around a place add, each from its own row; the projection is added to it.
        """
        size, low = len(out), REACH - ORDERS[order][1]
        first, *others = self._seen[order]
        _take(first, at[low : low + size], out)
        for k, rows in enumerate(others, start=low + 1):
            out += _take(rows, at[k : k + size], self._taken)
        np.maximum(out, 0, out=out)
        out += _take(self._projected[order], at[REACH : REACH + size], self._taken)

    def keep(self, ids: Sequence[int]) -> None:
        """Have the rows of these tokens, as many as can be kept at most, instead of those not met longest."""
        tokens = np.unique(np.array(ids, np.int64))
        at = self._place[tokens]
        self._now += 1
        self._met[at[at >= 0]] = self._now
        new = tokens[at < 0]
        if not len(new):
            return
        free = np.argpartition(self._met, len(new) - 1)[: len(new)]
        gone = self._token[free]
        self._place[gone[gone >= 0]] = -1
        self._place[new], self._token[free], self._met[free] = free, new, self._now
        for start in range(0, len(new), _BLOCK):
            self._work_out(new[start : start + _BLOCK], free[start : start + _BLOCK])

    def _work_out(self, tokens: Numbers, places: Numbers) -> None:
        """Fill the rows of a block of tokens. What the buffers have below them is worked on and not used."""
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
        x *= w["ln_g_all"]
        x += w["ln_b_all"]
        for i, (_, left) in enumerate(ORDERS):
            projected, products = x[:, i * BRANCH : (i + 1) * BRANCH], self._products[i]
            np.matmul(projected, self._first[i], out=products)
            products[:, left * BRANCH : (left + 1) * BRANCH] += w[f"b1.{i}"]
            self._projected[i][places] = projected[:used]
            for k, rows in enumerate(self._seen[i]):
                rows[places] = products[:used, k * BRANCH : (k + 1) * BRANCH]
        self._embedded[places] = embedded[:used]
        self._sums[places] = embedded[:used].sum(axis=1)
        self._squares[places] = np.einsum("ij,ij->i", embedded, embedded)[:used]


def _take(rows: FloatRows, at: Numbers, into: FloatRows) -> FloatRows:
    """Rows at places, in the first rows of a buffer."""
    # The default mode would copy once more.
    return rows.take(at, axis=0, out=into[: len(at)], mode="clip")


def _centred(rows: FloatRows) -> FloatRows:
    """Rows without their means."""
    centred: FloatRows = rows - rows.mean(axis=-1, keepdims=True, dtype=np.float64).astype(np.float32)
    return centred
