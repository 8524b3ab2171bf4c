"""Rows for training code: read a batch at a time, and given as what each library wants.

Nothing is read before it is asked for. Strings that recur are dictionaries in Arrow batches, so that a text
that stands in many rows is held once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hashiya.schema.dataset import MASKED
from hashiya.schema.errors import MissingExtraError

if TYPE_CHECKING:
    import datasets
    import pandas as pd

    from hashiya.corpus.dataset.torch_rows import TorchRows

BATCH_ROWS = 1 << 16
"""Rows that are read at once where nobody says how many."""


class BatchSource(Protocol):
    """Reads rows anew at every call."""

    def __call__(self, rows: int) -> Iterator[pa.RecordBatch]:
        """Yield batches of at most so many rows."""
        ...


@runtime_checkable
class CountedRows(Protocol):
    """A source that knows how many rows it has without reading them."""

    def count(self) -> int:
        """Return how many rows there are."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Rows of one schema, whose column `target` is what a model is to say.

    `classes` names the values of class columns by their numbers, or the places of lists that have one a
    class; with `multi_hot` several classes may hold at once.
    """

    schema: pa.Schema
    source: BatchSource
    classes: Mapping[str, tuple[str, ...]]
    target: str | None = None
    multi_hot: bool = False

    def iter_batches(self, rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order, in batches of at most `rows`; no more than a few are in memory."""
        return self.source(rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for batch in self.iter_batches(1024):
            yield from batch.to_pylist()

    def __len__(self) -> int:
        if isinstance(self.source, CountedRows):
            return self.source.count()
        return sum(batch.num_rows for batch in self.iter_batches())

    def to_arrow(self) -> pa.Table:
        """Return the rows as an Arrow table."""
        return pa.Table.from_batches(list(self.iter_batches()), self.schema)

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas data frame; equal strings of a column are one object."""
        table = self.to_arrow()
        frame: pd.DataFrame = table.to_pandas()
        for column in table.schema:
            if pa.types.is_dictionary(column.type):
                frame[column.name] = frame[column.name].astype(object)
        return frame

    def to_datasets(self) -> datasets.Dataset:
        """Return the rows as a Hugging Face dataset; class columns become `ClassLabel`.

        `MissingExtraError` where `datasets` is not installed.
        """
        try:
            import datasets
            from datasets.table import InMemoryTable
        except ImportError:
            raise MissingExtraError("to_datasets()", "datasets") from None
        table = self.to_arrow().cast(plain_schema(self.schema))
        features = datasets.Features.from_arrow_schema(table.schema)
        for column, names in self.classes.items():
            label = datasets.ClassLabel(names=list(names))
            if pa.types.is_integer(self.schema.field(column).type):
                features[column] = label
            elif not self.multi_hot and pa.types.is_list(self.schema.field(column).type):
                values: Any = pc.list_flatten(table.column(column))
                # A class label cannot be masked; where one is, the numbers stay, and `classes` names them.
                if pa.types.is_integer(values.type) and (not len(values) or pc.min(values).as_py() >= 0):
                    features[column] = datasets.List(label)
        return datasets.Dataset(InMemoryTable(table.replace_schema_metadata(features.arrow_schema.metadata)))

    def to_torch(self) -> TorchRows:
        """Return the rows for PyTorch's `DataLoader`: numbers and lists of them are tensors.

        `MissingExtraError` where `torch` is not installed.
        """
        from hashiya.corpus.dataset.torch_rows import TorchRows

        return TorchRows(self.to_arrow())

    def counts(self) -> dict[str, int]:
        """Return how often each class is there: rows of a class, pairs with a cell, tokens with a tag.

        Classes that no row has count 0.
        """
        if self.target is None:
            return {}
        names = self.classes[self.target]
        found = self._present(len(names))
        return dict(zip(names, found.tolist(), strict=True))

    def class_weights(self) -> list[float]:
        """Return a weight by class number, to make up for how rare a class is; 0 for one that no row has.

        For one label a row, or tags: all weights of the rows together come to their number (scikit-learn's
        "balanced"). For lists of 0 and 1: the rows without, divided by the rows with (PyTorch's
        `pos_weight`).
        """
        if self.target is None:
            return []
        present = self._present(len(self.classes[self.target])).astype(float)
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.multi_hot:
                weights = (self._known(len(present)) - present) / present
            else:
                weights = present.sum() / (np.count_nonzero(present) * present)
        made: list[float] = np.where(present > 0, weights, 0.0).tolist()
        return made

    def masked(self) -> int:
        """Return how many labels are `MASKED` or null: not known, or of special tokens."""
        if self.target is None:
            return 0
        total = 0
        for values in self._targets():
            total += values.null_count
            if not pa.types.is_floating(values.type):
                total += int((values.drop_null().to_numpy(zero_copy_only=False) == MASKED).sum())
        return total

    def _targets(self) -> Iterator[pa.Array[Any]]:
        """Yield the values of the target column, out of their lists."""
        for batch in self.iter_batches():
            column = batch.column(self.target or "")
            yield pc.list_flatten(column) if pa.types.is_list(column.type) else column

    def _present(self, classes: int) -> np.ndarray[Any, Any]:
        found = np.zeros(classes, np.int64)
        for values in self._targets():
            soft = pa.types.is_floating(values.type)
            numbers = values.fill_null(MASKED).to_numpy(zero_copy_only=False)
            if self.multi_hot:
                found += (numbers.reshape(-1, classes) > 0.5).sum(0)
                continue
            if soft:
                numbers = numbers.reshape(-1, classes).argmax(1)
            found += np.bincount(numbers[numbers >= 0].astype(np.int64), minlength=classes)
        return found

    def _known(self, classes: int) -> np.ndarray[Any, Any]:
        """How many rows know each class of a multi-hot target."""
        known = np.zeros(classes, np.int64)
        for values in self._targets():
            filled = values.fill_null(MASKED).to_numpy(zero_copy_only=False)
            known += (filled.reshape(-1, classes) != MASKED).sum(0)
        return known


def empty_batch(schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch of a schema without rows."""
    return pa.RecordBatch.from_arrays([pa.array([], column.type) for column in schema], schema=schema)


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """Return a schema whose dictionaries are plain."""
    return pa.schema(
        [
            pa.field(field.name, field.type.value_type) if pa.types.is_dictionary(field.type) else field
            for field in schema
        ]
    )
