"""What the encoder's whole-number convolutions need: `python -m bench.quantise DATA` writes both files.

The graph is one product of 8-bit numbers, without weights. The ranges are the largest numbers that the
sentences of the development sets send into each second convolution, by channel.
"""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import wrap

import numpy as np
from onnx import TensorProto, helper

from bench.sets import alignment_sets, read_set
from hashiya.corpus.encoders.use import quantised
from hashiya.corpus.encoders.use.network import CLOSING_TOKEN, OPENING_TOKEN, Network, Second
from hashiya.corpus.encoders.use.quantised import GRAPH, RANGES, FloatRows

_FORMAT, _OPERATORS = 8, 17  # of ONNX: those that its runtimes have read since 2022


def graph() -> bytes:
    """Return the model file of the product: its inputs' sizes are open, its zero is 128."""
    sizes = [None, None]
    inputs = [
        helper.make_tensor_value_info("windows", TensorProto.UINT8, sizes),
        helper.make_tensor_value_info("weights", TensorProto.INT8, sizes),
        helper.make_tensor_value_info("unit", TensorProto.FLOAT, [None]),
        helper.make_tensor_value_info("bias", TensorProto.FLOAT, [None]),
    ]
    constants = [
        helper.make_tensor("zero", TensorProto.UINT8, [1], [128]),
        helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0]),
    ]
    product = helper.make_node(
        "MatMulIntegerToFloat",
        ["windows", "weights", "one", "unit", "zero", "", "bias"],
        ["sums"],
        domain="com.microsoft",
    )
    rectified = helper.make_node("Relu", ["sums"], ["out"])
    outputs = [helper.make_tensor_value_info("out", TensorProto.FLOAT, sizes)]
    operators = [helper.make_opsetid("", _OPERATORS), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(
        helper.make_graph([product, rectified], "product", inputs, outputs, constants),
        opset_imports=operators,
        ir_version=_FORMAT,
    )
    written: bytes = model.SerializeToString()
    return written


class _Watched:
    """A convolution, and the largest numbers that it was given."""

    def __init__(self, convolution: Second) -> None:
        self._convolution = convolution
        self.largest: FloatRows = np.zeros(1, np.float32)

    def __call__(self, rows: FloatRows, count: int) -> FloatRows:
        self.largest = np.maximum(self.largest, np.abs(rows).max(axis=0))
        return self._convolution(rows, count)


def ranges(data: Path) -> list[list[float]]:
    """Return the largest numbers by convolution and channel, rounded up to tenths."""
    network = Network()
    watched = [_Watched(convolution) for convolution in network.second]
    network.second = [*watched]
    for path in alignment_sets(data):
        for case in read_set(path):
            read = network.words.tokens([*case["ar"], *case["en"]])
            sentences = [[OPENING_TOKEN, *ids, CLOSING_TOKEN] for ids, _ in read]
            network.shares(sentences, [[(0, len(ids))] for ids in sentences])
    return [(np.ceil(of.largest * 10) / 10).round(1).tolist() for of in watched]


def written(largest: list[list[float]]) -> str:
    """Return the file of the ranges."""
    lines = [
        "# How large the numbers get that go into each second convolution, by channel (bench/quantise.py)."
    ]
    rows = [", ".join(f"{number:.1f}" for number in row) for row in largest]
    wrapped = [wrap(row, 108, initial_indent="    ", subsequent_indent="    ") for row in rows]
    lines += ["largest = [", *(line for row in wrapped for line in ("  [", *row, "  ],")), "]"]
    return "\n".join(lines) + "\n"


def main(data: str) -> None:
    """Write both files beside the module that reads them."""
    folder = Path(quantised.__file__).parent
    largest = ranges(Path(data))
    (folder / GRAPH).write_bytes(graph())
    (folder / RANGES).write_text(written(largest), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
