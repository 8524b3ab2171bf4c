"""Records in Parquet files: written a row group at a time, read back as records or as columns.

A file's bytes depend on its rows alone, not on how many were added at a time, nor on whether they came
as records or as tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hashiya.corpus.files.atomic import sync_file
from hashiya.corpus.sources.remote import Location
from hashiya.schema.arrow import arrow_schema, record_array
from hashiya.schema.codec import Record, from_object, to_object
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import record

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


ROW_GROUP = 1000


@record
class FileEntry:
    """A finished file: its rows and the SHA-256, in hex, of its bytes."""

    rows: int
    sha256: str


class TableFile:
    """A Parquet file of some columns in the making, in row groups of `row_group` rows."""

    def __init__(self, path: Path, schema: pa.Schema, row_group: int = ROW_GROUP) -> None:
        self._path = path
        self._schema = schema
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self._tables: list[pa.Table] = []
        self._in_tables = 0
        self._rows = 0
        self._row_group = row_group

    def add_table(self, table: pa.Table) -> None:
        """Append the rows of a table that has the columns, among others perhaps."""
        self._take(table.select(self._schema.names).cast(self._schema))

    def finish(self) -> FileEntry:
        """Write what is left, put the file on the disk and close it."""
        if self._in_tables:
            self._flush(self._in_tables)
        self.close()
        sync_file(self._path)
        return FileEntry(rows=self._rows, sha256=file_hash(self._path))

    def close(self) -> None:
        """Close the file as it is."""
        self._writer.close()

    def _take(self, table: pa.Table) -> None:
        # A table of many pieces would be cut again for each row group, in time that grows with its square.
        self._tables += [pa.Table.from_batches([batch]) for batch in table.to_batches()]
        self._in_tables += table.num_rows
        while self._in_tables >= self._row_group:
            self._flush(self._row_group)

    def _flush(self, count: int) -> None:
        """Write a row group. Its columns are put together first: where they were cut would show in it."""
        group: list[pa.Table] = []
        wanted = count
        while wanted:
            table = self._tables.pop(0)
            if table.num_rows > wanted:
                self._tables.insert(0, table.slice(wanted))
                table = table.slice(0, wanted)
            group.append(table)
            wanted -= table.num_rows
        self._writer.write_table(pa.concat_tables(group).combine_chunks(), row_group_size=self._row_group)
        self._in_tables -= count
        self._rows += count


class RecordFile(TableFile):
    """A Parquet file of one record type in the making."""

    def __init__(
        self,
        path: Path,
        record: type[Any],
        metadata: dict[str, str] | None = None,
        row_group: int = ROW_GROUP,
    ) -> None:
        super().__init__(path, arrow_schema(record).with_metadata(metadata or {}), row_group)
        self._waiting: list[dict[str, Any]] = []

    def add(self, records: Sequence[DataclassInstance]) -> None:
        """Append records."""
        self._waiting += [to_object(record) for record in records]
        if len(self._waiting) >= self._row_group:
            self._settle()

    def add_table(self, table: pa.Table) -> None:
        """Append the rows of a table that has the record's columns, among others perhaps."""
        self._settle()
        super().add_table(table)

    def finish(self) -> FileEntry:
        """Write what is left, put the file on the disk and close it."""
        self._settle()
        return super().finish()

    def _settle(self) -> None:
        """Turn the records that wait into a table that does."""
        rows, self._waiting = self._waiting, []
        if rows:
            self._take(pa.Table.from_pylist(rows, schema=self._schema))


def records_table(record: type[Any], records: Sequence[DataclassInstance]) -> pa.Table:
    """Return records of one type as a table, one column a field."""
    return pa.Table.from_arrays(record_array(record, records).flatten(), schema=arrow_schema(record))


def read_records(path: Path, kind: type[Record]) -> Iterator[Record]:
    """Yield the rows of a file as records; `CorpusError` or `LabelError` names the file and the row."""
    try:
        with _streamed(path) as file:
            row = 0
            for batch in file.iter_batches(batch_size=ROW_GROUP):
                for value in batch.to_pylist():
                    yield from_object(kind, value, f"{path}, row {row}")
                    row += 1
    except (OSError, pa.ArrowException) as error:
        raise CorpusError(_unreadable(path, error)) from None


def find_records(path: Path, kind: type[Record], column: str, values: Collection[str]) -> Iterator[Record]:
    """Yield the records whose `column` is one of `values`; errors as `read_records`."""
    wanted = pa.array(sorted(values), pa.string())
    try:
        with _streamed(path) as file:
            for number in range(file.num_row_groups) if values else ():
                chosen = pc.is_in(file.read_row_group(number, [column])[column], value_set=wanted)
                if pc.any(chosen).as_py():  # the other columns are read where something is wanted
                    for value in file.read_row_group(number).filter(chosen).to_pylist():
                        yield from_object(kind, value, str(path))
    except (OSError, pa.ArrowException) as error:
        raise CorpusError(_unreadable(path, error)) from None


def _streamed(path: Path) -> pq.ParquetFile:
    """A file to be read from end to end: without reading ahead, since Arrow would keep all that it read."""
    return pq.ParquetFile(path, pre_buffer=False)


def read_batches(path: Path, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """Yield the row groups of a file, or some columns of them, as tables; errors as `read_table`."""
    try:
        with _streamed(path) as file:
            for number in range(file.num_row_groups):
                yield file.read_row_group(number, None if columns is None else list(columns))
    except (OSError, pa.ArrowException) as error:
        raise CorpusError(_unreadable(path, error)) from None


def read_table(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Return a file, or some of its columns, as a table; `CorpusError` names the file."""
    try:
        # Not pq.read_table: it imports pandas, which is most of a command's start.
        with pq.ParquetFile(path) as file:
            table: pa.Table = file.read(columns=None if columns is None else list(columns))
    except (OSError, pa.ArrowException) as error:
        raise CorpusError(_unreadable(path, error)) from None
    return table


def file_hash(path: Location) -> str:
    """Return SHA-256, in hex, of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unreadable(path: Path, error: Exception) -> str:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return f"{path}: cannot be read: {reason}; make it again from its sources"
