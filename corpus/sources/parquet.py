"""Parquet: one row a row, read in batches. Rows are counted from 1."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hashiya.corpus.sources.check import shown
from hashiya.corpus.sources.rows import COLUMNS, IDS, TEXTS, Row, gather, make_row, unread
from hashiya.corpus.sources.source import Head, Report, SourceDocument, SourceFile
from hashiya.schema.errors import Problem

BATCH = 1_000
"""Rows in memory at a time."""


def read_parquet(source: SourceFile, head: Head, report: Report) -> Iterator[SourceDocument]:
    """The documents of one ``NAME.parquet``."""
    return gather(partial(_rows, source.texts[0]), head, report)


def _rows(path: Path, report: Report) -> Iterator[Row]:
    number = 0
    try:
        with pq.ParquetFile(path) as file:
            reader: Any = file  # the stubs leave the types of columns open
            columns = _columns(path, reader.schema_arrow, report)
            if columns is None:
                return
            batches: Iterator[pa.RecordBatch] = reader.iter_batches(batch_size=BATCH, columns=columns)
            for batch in batches:
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
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        report(Problem(str(path), f"cannot be read as Parquet: {reason:.200}{lost}"))
    else:
        if number == 0:
            report(Problem(str(path), "has no rows"))


def _columns(path: Path, schema: pa.Schema, report: Report) -> list[str] | None:
    """The columns to read; None, and a report for each fault, if one of them holds what it must not."""
    names = [name for name in schema.names if name in COLUMNS]
    types: dict[str, Any] = dict(zip(schema.names, schema.types, strict=True))
    faults = [f"column {name} occurs twice" for name in {*names} if names.count(name) > 1]
    if not faults:
        faults = [
            f"column {name} is of type {types[name]}, which is not {wanted}"
            for name in names
            if (wanted := _wanted(name, types[name])) is not None
        ]
    if not {*names} & {*TEXTS}:
        faults.append(f"has no column ar or en, but {', '.join(map(shown, schema.names)):.200}")
    for what in faults:
        report(Problem(str(path), what))
    # pandas stores its index beside the columns
    others = {
        name: None for name in schema.names if name not in COLUMNS and not name.startswith("__index_level_")
    }
    unread(path, others, report)
    return None if faults else names


def _wanted(name: str, kind: pa.DataType) -> str | None:
    """What a column should hold, if ``kind`` is something else."""
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
    """The rows of a batch; for one that Python cannot hold, what is wrong with it."""
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
