"""The Parquet files of a released folder: which they are, and whether they are those that were released."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from hashiya.schema.configs import HUB_KEY, config_schema
from hashiya.schema.dataset import Config, DatasetInfo, ReleasedFile
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import SPLITS, Split

Verify = Literal["size", "hash", False]
"""How far files are looked at: their sizes, rows and columns; their bytes too; not at all."""
VERIFY: tuple[Verify, ...] = get_args(Verify)
_AGAIN = "release it again: `hashiya release CORPUS --out DIR`"


def files_of(info: DatasetInfo, config: Config, splits: Collection[Split]) -> list[ReleasedFile]:
    """Return the files of a config that hold rows of some splits, in the order of splits and numbers."""
    by_split = info.configs.get(config, {})
    return [file for split in SPLITS if split in splits for file in by_split.get(split, ())]


def verify_files(folder: Path, info: DatasetInfo, how: Verify) -> None:
    """Check the Parquet files of a release; `CorpusError` names the first that is not what was released.

    Looked at are sizes, rows, columns, and which split the rows say that they are of; with "hash" all
    bytes. No document and no pair may be in two splits.
    """
    if how not in VERIFY:
        raise CorpusError(f"verify={how!r}: must be one of {', '.join(map(repr, VERIFY))}")
    if how is False:
        return
    for config, by_split in info.configs.items():
        expected = config_schema(config, info.classes)
        for split, files in by_split.items():
            for file in files:
                _verify_bytes(folder / file.file, file, how)
                _verify_rows(folder / file.file, file, expected, split)
    _verify_splits(folder, info)


def _verify_bytes(path: Path, file: ReleasedFile, how: Verify) -> None:
    try:
        size = path.stat().st_size
        if size != file.bytes:
            raise CorpusError(f"{path}: has {size} bytes, {file.bytes} were released; {_AGAIN}")
        if how == "hash":
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            if digest != file.sha256:
                raise CorpusError(f"{path}: is not the file that was released (SHA-256); {_AGAIN}")
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror or error}; {_AGAIN}") from None


def _verify_rows(path: Path, file: ReleasedFile, expected: pa.Schema, split: Split) -> None:
    try:
        footer, schema = pq.read_metadata(path), pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        raise CorpusError(f"{path}: is no Parquet file: {error}; {_AGAIN}") from None
    if footer.num_rows != file.rows:
        raise CorpusError(f"{path}: has {footer.num_rows} rows, {file.rows} were released; {_AGAIN}")
    if not schema.equals(expected) or _features(schema) != _features(expected):
        raise CorpusError(f"{path}: has other columns or classes than dataset.json says; {_AGAIN}")
    column = schema.get_field_index("split")
    for number in range(footer.num_row_groups):
        statistics = footer.row_group(number).column(column).statistics
        if statistics is not None and statistics.has_min_max and {statistics.min, statistics.max} != {split}:
            raise CorpusError(f"{path}: has rows of {statistics.min}, and is a file of {split}; {_AGAIN}")


def _features(schema: pa.Schema) -> Any:
    return json.loads((schema.metadata or {}).get(HUB_KEY, b"null"))


def _verify_splits(folder: Path, info: DatasetInfo) -> None:
    """Check that no document and no pair is in two splits."""
    for column in ("doc_id", "pair_id"):
        seen: dict[Split, Any] = {}
        for split in SPLITS:
            files = [folder / file.file for file in files_of(info, "pairs", {split})]
            if not files:
                continue
            values = pc.unique(read_columns(files, [column]).column(column))
            for other, known in seen.items():
                twice = values.filter(pc.is_in(values, known))
                if len(twice):
                    raise CorpusError(
                        f"{folder}: {column} {twice[0]} is in {other} and in {split}: a model would be "
                        f"tried on what it was trained on; {_AGAIN}"
                    )
            seen[split] = values


def read_columns(files: Sequence[Path], columns: Sequence[str]) -> pa.Table:
    """Return some columns of Parquet files of one schema."""
    table: pa.Table = ds.dataset([str(file) for file in files], format="parquet").to_table(list(columns))
    return table
