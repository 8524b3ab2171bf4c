"""Rows of the configs of a release: columns under names of the reader's choice, filtered as they are read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from hashiya.corpus.dataset.conditions import Condition, Where, all_of, expression
from hashiya.corpus.dataset.released_files import files_of
from hashiya.corpus.dataset.view import BatchSource
from hashiya.schema.configs import config_schema
from hashiya.schema.dataset import Config, DatasetInfo
from hashiya.schema.errors import LabelError
from hashiya.schema.records import Split

_READ_AHEAD = 2
"""Batches, and files, that are read while the one before is worked on: what a stream holds in memory."""


@dataclass(frozen=True, slots=True)
class ReleasedRows:
    """The rows of some splits of a released folder."""

    folder: Path
    info: DatasetInfo
    splits: tuple[Split, ...]

    def columns(self, config: Config) -> list[str]:
        """Return the names of the columns of a config."""
        return list(config_schema(config, self.info.classes).names)

    def schema(self, config: Config, columns: Mapping[str, str]) -> pa.Schema:
        """Return the schema of a config's `columns`, which map names to those of the release."""
        whole = _as_read(config_schema(config, self.info.classes))
        unknown = [column for column in columns.values() if column not in whole.names]
        if unknown:
            raise LabelError(f"{config} has no column {unknown[0]!r}; it has: {', '.join(whole.names)}")
        return pa.schema([whole.field(column).with_name(name) for name, column in columns.items()])

    def source(
        self,
        config: Config,
        columns: Mapping[str, str],
        where: Where | None = None,
        *,
        present: Collection[str] = (),
        also: Sequence[Condition] = (),
    ) -> BatchSource:
        """Return the rows of a config that `where` and `also` hold of, with no null in the `present` columns.

        `columns` maps names to those of the release. Files are read a few batches ahead of what is asked for.
        """
        whole = _as_read(config_schema(config, self.info.classes))
        asked = [expression(given, whole.names, self._derived(config)) for given in (where, also)]
        files = [self.folder / file.file for file in files_of(self.info, config, self.splits)]
        return _Scan(
            files,
            whole,
            self.schema(config, columns),
            columns,
            [item for item in asked if item is not None],
            present,
        )

    def _derived(self, config: Config) -> dict[str, pc.Expression]:
        """What conditions may name besides columns: how many voted."""
        if config == "stance":
            return {"voters": _sum_of("votes", len(self.info.classes["stance"]))}
        if config == "implications":
            return {"voters": _greatest_of("voters", len(self.info.classes["implication"]))}
        return {}


@dataclass(frozen=True, slots=True)
class _Scan:
    """Reads columns of files, and counts rows without reading more than it must."""

    files: Sequence[Path]
    whole: pa.Schema
    schema: pa.Schema
    columns: Mapping[str, str]
    asked: Sequence[pc.Expression]
    present: Collection[str]

    def __call__(self, rows: int) -> Iterator[pa.RecordBatch]:
        if not self.files:
            return
        projected: Any = {name: ds.field(column) for name, column in self.columns.items()}
        scanner = self._data().scanner(
            columns=projected,
            filter=self._chosen(),
            batch_size=rows,
            batch_readahead=_READ_AHEAD,
            fragment_readahead=_READ_AHEAD,
        )
        for batch in scanner.to_batches():
            if batch.num_rows:
                yield batch.cast(self.schema) if batch.schema != self.schema else batch

    def count(self) -> int:
        """Return how many rows there are."""
        return self._data().count_rows(filter=self._chosen()) if self.files else 0

    def _data(self) -> ds.Dataset:
        reading = ds.ParquetReadOptions(dictionary_columns=_repeated(self.whole))
        files = [str(file) for file in self.files]
        return ds.dataset(files, schema=self.whole, format=ds.ParquetFileFormat(read_options=reading))

    def _chosen(self) -> pc.Expression | None:
        return all_of([*(~ds.field(column).is_null() for column in self.present), *self.asked])


def _repeated(schema: pa.Schema) -> list[str]:
    """The columns of strings: a text stands in a row for each target."""
    return [column.name for column in schema if pa.types.is_dictionary(column.type)]


def _as_read(schema: pa.Schema) -> pa.Schema:
    """A schema with strings as dictionaries, without metadata."""
    kinds = [
        pa.field(column.name, pa.dictionary(pa.int32(), pa.string()))
        if pa.types.is_string(column.type)
        else column
        for column in schema
    ]
    return pa.schema(kinds)


def _sum_of(column: str, places: int) -> pc.Expression:
    whole = pc.list_element(ds.field(column), 0)
    for place in range(1, places):
        whole = whole + pc.list_element(ds.field(column), place)
    return whole


def _greatest_of(column: str, places: int) -> pc.Expression:
    elements: Sequence[pc.Expression] = [pc.list_element(ds.field(column), place) for place in range(places)]
    return pc.max_element_wise(*elements)
