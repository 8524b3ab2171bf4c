"""Convolutions in whole numbers of 8 bits, several times as fast as in floating point.

The product is ONNX Runtime's, by `quantised.onnx`, which holds no weights: they are given with every call.
Its sums of whole numbers are exact, in any order, so a row's result depends on nothing beside it. Weights
have 7 bits: sums of two products of 8 bits do not fit where a processor adds them up in 16.
`python -m bench.quantise DATA` writes `quantised.onnx` and `quantised.toml`.
"""

from __future__ import annotations

import tomllib
from importlib import import_module, resources
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from hashiya.schema.errors import MissingExtraError

GRAPH, RANGES = "quantised.onnx", "quantised.toml"


FloatRows = NDArray[np.float32]
"""Rows of numbers, (rows, columns)."""

_LEVELS, _WEIGHT_LEVELS, _ZERO = 127, 63, 128


class Convolution:
    """max(0, windows of rows times weights + bias), rows and weights rounded to whole numbers.

    A window is `n` rows and begins a row after the one before; `weights` (n * width, out) has those of each
    of its rows one after the other. A row's numbers have 127 steps up to `largest` (width,) on either side
    of zero, and are clipped to it; a column of weights has 63 steps up to its own largest.
    """

    def __init__(self, weights: FloatRows, bias: FloatRows, largest: FloatRows, most: int) -> None:
        """At most `most` windows are asked for at a time."""
        width = len(largest)
        self._product = _product()
        self._steps = (_LEVELS / largest).astype(np.float32)
        scaled = weights / np.tile(self._steps, len(weights) // width)[:, None]
        unit = np.abs(scaled).max(axis=0) / _WEIGHT_LEVELS
        self._given = {"weights": np.rint(scaled / unit).astype(np.int8), "unit": unit, "bias": bias}
        self._around = np.empty((most, len(weights)), np.uint8)

    def __call__(self, rows: FloatRows, count: int) -> FloatRows:
        """Return the outputs (count, out) of windows from each of the first `count` rows (all, width)."""
        numbers = rows * self._steps
        numbers += np.float32(_ZERO + 0.5)
        np.clip(numbers, _ZERO - _LEVELS, _ZERO + _LEVELS, out=numbers)
        small = numbers.astype(np.uint8)
        around = self._around[:count]
        np.copyto(around, as_strided(small, around.shape, small.strides))
        out: FloatRows = self._product.run(None, {"windows": around, **self._given})[0]
        return out


def ranges() -> list[FloatRows]:
    """Return the largest magnitudes of the inputs of each second convolution, by channel."""
    table = tomllib.loads(
        resources.files("hashiya.corpus.encoders.use").joinpath(RANGES).read_text(encoding="utf-8")
    )
    return [np.array(row, np.float32) for row in table["largest"]]


def _product() -> Any:
    try:
        onnxruntime = import_module("onnxruntime")
    except ImportError as error:
        raise MissingExtraError("alignment", "build") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    graph = resources.files("hashiya.corpus.encoders.use").joinpath(GRAPH).read_bytes()
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
