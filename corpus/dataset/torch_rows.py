"""Rows of an Arrow table as PyTorch reads them: by number, numbers as tensors."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from hashiya.schema.errors import MissingExtraError

if TYPE_CHECKING:
    import torch


class TorchRows:
    """What `torch.utils.data.DataLoader` takes: rows by number, each a mapping of its columns.

    A number is a tensor without dimensions, a list of numbers one with one; everything else is as in Python.
    """

    def __init__(self, table: pa.Table) -> None:
        try:
            import_module("torch")
        except ImportError:
            raise MissingExtraError("to_torch()", "encoders") from None
        table = table.combine_chunks()
        self._rows = table.num_rows
        self._other = table.select(
            [column.name for column in table.schema if not _is_numeric(_inner(column.type))]
        )
        self._columns: dict[str, torch.Tensor | tuple[torch.Tensor, list[int]]] = {
            column.name: _tensor(table.column(column.name).combine_chunks())
            for column in table.schema
            if _is_numeric(_inner(column.type))
        }

    def __len__(self) -> int:
        return self._rows

    def __getitem__(self, row: int) -> dict[str, Any]:
        if not -self._rows <= row < self._rows:
            raise IndexError(row)
        row %= self._rows
        found: dict[str, Any] = self._other.slice(row, 1).to_pylist()[0] if self._other.num_columns else {}
        for name, column in self._columns.items():
            if isinstance(column, tuple):
                values, borders = column
                found[name] = values[borders[row] : borders[row + 1]]
            else:
                found[name] = column[row]
        return found


def _inner(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_list(kind) else kind


def _is_numeric(kind: Any) -> bool:
    if pa.types.is_fixed_size_list(kind):
        kind = kind.value_type
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))


def _tensor(column: Any) -> torch.Tensor | tuple[torch.Tensor, list[int]]:
    import torch

    if not pa.types.is_list(column.type):
        return torch.tensor(column.to_numpy(zero_copy_only=False))
    values = pc.list_flatten(column)
    borders = [0, *pc.cumulative_sum(pc.list_value_length(column)).to_pylist()]
    width = None
    if pa.types.is_fixed_size_list(values.type):
        width = values.type.list_size
        values = values.flatten()
    made = torch.tensor(values.to_numpy(zero_copy_only=False))
    return (made if width is None else made.reshape(-1, width)), borders
