"""Parquet: one row a row, read in batches. Rows are counted from 1; a stretch begins after so many rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hashiya.corpus.sources.formats.rows import (
    IDS,
    ROW_COLUMNS,
    TEXTS,
    SourceRow,
    document_of,
    gather,
    make_row,
    name_of,
    silent,
    unread,
)
from hashiya.corpus.sources.formats.stretches import Cuts
from hashiya.corpus.sources.remote import Location
from hashiya.corpus.sources.source import SourceDocument, SourceFile, SourceHead, Stretch
from hashiya.corpus.sources.text_faults import escaped_name
from hashiya.schema.errors import Problem, ReportProblem

BATCH = 1_000
"""Rows in memory at a time."""


_PARTS_OF_GROUP = 256
"""A stretch is no less than this part of a row group, whose decoding begins at its start."""


def read_parquet(
    source: SourceFile, head: SourceHead, report: ReportProblem, stretch: Stretch | None = None
) -> Iterator[SourceDocument]:
    """Yield the documents of one `NAME.parquet`, or of a stretch of it."""
    return gather(partial(_rows, source.texts[0], stretch), head, report)


def cut_parquet(source: SourceFile, head: SourceHead, size: int) -> list[Stretch]:
    """Return stretches of about `size` bytes, uncompressed, that hold all of the file; reads the ids for it.

    Empty where the file cannot be read: then it is to be read whole, which tells why.
    """
    path = source.texts[0]
    try:
        with _opened(path) as file:
            reader: Any = file
            columns = _columns(path, reader.schema_arrow, silent)
            if columns is None:
                return []
            groups = [reader.metadata.row_group(number) for number in range(reader.metadata.num_row_groups)]
            rows, content = reader.metadata.num_rows, sum(group.total_byte_size for group in groups)
            largest = max((group.num_rows for group in groups), default=0)
            cuts = Cuts(max(1, rows * size // max(content, 1), largest // _PARTS_OF_GROUP))
            ids = [name for name in columns if name in IDS]
            if not ids:
                return [Stretch(0, None, 0)]
            number = 0
            for batch in reader.iter_batches(batch_size=BATCH, columns=ids):
                for values in _values(batch):
                    if isinstance(values, str):
                        cuts.add(None, number, number)
                    else:
                        document, name = document_of(values, head.doc_id), name_of(values, head.doc_id)
                        cuts.add(document, number, number, name)
                    number += 1
    except (pa.ArrowException, OSError):
        return []
    return cuts.stretches()


def _opened(path: Location) -> pq.ParquetFile:
    """Return an open file; without reading ahead, since Arrow would keep all that it read."""
    return pq.ParquetFile(path if isinstance(path, Path) else path.open("rb"), pre_buffer=False)


def _batches(reader: Any, columns: list[str], stretch: Stretch) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a stretch; row groups that lie outside it are not read."""
    begin, end = stretch.begin, reader.metadata.num_rows if stretch.end is None else stretch.end
    groups: list[int] = []
    first = reached = 0
    for number in range(reader.metadata.num_row_groups):
        rows = reader.metadata.row_group(number).num_rows
        if reached + rows > begin and reached < end:
            if not groups:
                first = reached
            groups.append(number)
        reached += rows
    reached = first
    for batch in reader.iter_batches(batch_size=BATCH, columns=columns, row_groups=groups) if groups else ():
        if reached >= end:
            return
        from_row, to_row = max(begin - reached, 0), min(end - reached, batch.num_rows)
        if from_row < to_row:
            yield batch.slice(from_row, to_row - from_row)
        reached += batch.num_rows


def _rows(path: Location, stretch: Stretch | None, report: ReportProblem) -> Iterator[SourceRow]:
    part = stretch or Stretch(0, None, 0)
    number = part.before
    try:
        with _opened(path) as file:
            reader: Any = file  # the stubs leave the types of columns open
            columns = _columns(path, reader.schema_arrow, report if number == 0 else silent)
            if columns is None:
                return
            for batch in _batches(reader, columns, part):
                for values in _values(batch):
                    number += 1
                    where = f"{path}, row {number}"
                    if isinstance(values, str):
                        report(Problem(where, values))
                        continue
                    row = make_row(where, values, report)
                    if row is not None:
                        yield row
    except (pa.ArrowException, OSError) as error:
        lost = f"; what comes after row {number} is left out" if number else ""
        if part.end is not None:
            lost = f"; rows {number + 1} to {part.end} are left out"
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        report(Problem(str(path), f"cannot be read as Parquet: {reason:.200}{lost}"))
    else:
        if number == 0:
            report(Problem(str(path), "has no rows"))


def _columns(path: Location, schema: pa.Schema, report: ReportProblem) -> list[str] | None:
    """Return the columns to read; None, and a report for each fault, if one has a wrong type."""
    names = [name for name in schema.names if name in ROW_COLUMNS]
    types: dict[str, Any] = dict(zip(schema.names, schema.types, strict=True))
    faults = [f"column {name} occurs twice" for name in {*names} if names.count(name) > 1]
    if not faults:
        faults = [
            f"column {name} is of type {types[name]}, which is not {wanted}"
            for name in names
            if (wanted := _wanted(name, types[name])) is not None
        ]
    if not {*names} & {*TEXTS}:
        faults.append(f"has no column ar or en, but {', '.join(map(escaped_name, schema.names)):.200}")
    for what in faults:
        report(Problem(str(path), what))
    # pandas stores its index beside the columns
    others = {
        name: None
        for name in schema.names
        if name not in ROW_COLUMNS and not name.startswith("__index_level_")
    }
    unread(path, others, report)
    return None if faults else names


def _wanted(name: str, kind: pa.DataType) -> str | None:
    """Return what a column should hold, if `kind` is something else."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return None
    if name in IDS:
        return None if pa.types.is_integer(kind) else "text or whole numbers"
    if name == "published":
        return None if pa.types.is_date(kind) or pa.types.is_timestamp(kind) else "text or dates"
    return "text"


def _values(batch: pa.RecordBatch) -> Iterator[dict[str, object] | str]:
    """Yield the rows of a batch; for one that Python cannot hold, what is wrong with it."""
    try:
        yield from batch.to_pylist()
    except (ValueError, OverflowError):
        for index in range(batch.num_rows):
            yield _row(batch, index)


def _row(batch: Any, index: int) -> dict[str, object] | str:
    values: dict[str, object] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            values[name] = column[index].as_py()
        except UnicodeDecodeError as error:
            return f"{name}: byte {error.start:,} (0x{error.object[error.start]:02X}) is not UTF-8"
        except (ValueError, OverflowError):
            return f"{name}: a date that is out of range"
    return values
