"""Rows for PyTorch's loader; PyTorch itself is needed, so `make test-all` runs them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from hashiya.corpus.dataset.torch_rows import TorchRows

pytestmark = pytest.mark.system
torch: Any = pytest.importorskip("torch")

TABLE = pa.table(
    {
        "text": pa.array(["ا", "b", "c"]).dictionary_encode(),
        "label": pa.array([0, 2, 1], pa.int64()),
        "labels": pa.array([[0, -100], [], [1]], pa.list_(pa.int64())),
        "offsets": pa.array([[[0, 1], [1, 2]], [], [[4, 5]]], pa.list_(pa.list_(pa.int32(), 2))),
        "soft": pa.array([[0.5, None], [], [1.0]], pa.list_(pa.float32())),
    }
)


def test_numbers_are_tensors_and_the_rest_is_python() -> None:
    rows = TorchRows(pa.concat_tables([TABLE.slice(1), TABLE.slice(0, 1)]))
    assert len(rows) == 3
    assert rows[-1]["text"] == "ا"
    assert rows[2]["label"].tolist() == 0
    assert rows[2]["labels"].tolist() == [0, -100]
    assert rows[2]["offsets"].tolist() == [[0, 1], [1, 2]]
    assert rows[0]["labels"].shape == (0,)
    assert rows[0]["offsets"].shape == (0, 2)
    assert rows[1]["offsets"].dtype == torch.int32
    assert torch.isnan(rows[2]["soft"][1])
    with pytest.raises(IndexError):
        rows[3]


def test_a_loader_makes_batches_in_other_processes_too() -> None:
    rows = TorchRows(TABLE.select(["text", "label"]))
    for workers in (0, 1):
        loader = torch.utils.data.DataLoader(
            rows, batch_size=2, num_workers=workers, multiprocessing_context="spawn" if workers else None
        )
        batches = list(loader)
        assert [batch["label"].tolist() for batch in batches] == [[0, 2], [1]]
        assert batches[0]["text"] == ["ا", "b"]
