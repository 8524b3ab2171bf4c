"""The Parquet files of the configs of a release: a folder a config, a file or more a split.

::

    stance/train-00000-of-00002.parquet

A file holds `ROWS_IN_FILE` rows at most. A split without rows has no file, a config without any no folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from hashiya.corpus.store.parquet import ROW_GROUP, FileEntry, TableFile
from hashiya.schema.configs import ClassNames, config_schema
from hashiya.schema.dataset import CONFIGS, Config, ReleasedFile
from hashiya.schema.records import SPLITS, Split

ROWS_IN_FILE = 500_000
_ROWS_IN_GROUP = 5_000
"""Rows of a row group, but for `pairs`: the texts of a pair stand in several rows, and are stored once."""


class ConfigFiles:
    """The files in the making, in a folder."""

    def __init__(self, folder: Path, classes: ClassNames, rows_in_file: int = ROWS_IN_FILE) -> None:
        self.schemas: Mapping[Config, pa.Schema] = {
            config: config_schema(config, classes) for config in CONFIGS
        }
        self._folder = folder
        self._rows_in_file = rows_in_file
        self._open: dict[tuple[Config, Split], TableFile] = {}
        self._rows: dict[tuple[Config, Split], int] = {}
        self._done: dict[tuple[Config, Split], list[FileEntry]] = {}

    def add(self, config: Config, split: Split, table: pa.Table) -> None:
        """Append rows to a split of a config."""
        while table.num_rows:
            room = self._rows_in_file - self._rows.get((config, split), 0)
            self._file(config, split).add_table(table.slice(0, room))
            self._rows[config, split] = self._rows.get((config, split), 0) + min(room, table.num_rows)
            if table.num_rows >= room:
                self._finish(config, split)
            table = table.slice(room)

    def finish(self) -> dict[Config, dict[Split, tuple[ReleasedFile, ...]]]:
        """Put the files on the disk under their names, and return what there is."""
        for config, split in list(self._open):
            self._finish(config, split)
        found: dict[Config, dict[Split, tuple[ReleasedFile, ...]]] = {}
        for config in CONFIGS:
            for split in SPLITS:
                if entries := self._done.get((config, split)):
                    found.setdefault(config, {})[split] = tuple(
                        self._named(config, split, number, entries) for number in range(len(entries))
                    )
        return found

    def close(self) -> None:
        """Close what is open, as it is."""
        for file in self._open.values():
            file.close()

    def _file(self, config: Config, split: Split) -> TableFile:
        if (config, split) not in self._open:
            path = self._draft(config, split, len(self._done.get((config, split), ())))
            path.parent.mkdir(exist_ok=True)
            group = ROW_GROUP if config == "pairs" else _ROWS_IN_GROUP
            self._open[config, split] = TableFile(path, self.schemas[config], group)
        return self._open[config, split]

    def _finish(self, config: Config, split: Split) -> None:
        entry = self._open[config, split].finish()
        del self._open[config, split]
        self._rows[config, split] = 0
        self._done.setdefault((config, split), []).append(entry)

    def _named(self, config: Config, split: Split, number: int, entries: list[FileEntry]) -> ReleasedFile:
        name = f"{config}/{split}-{number:05}-of-{len(entries):05}.parquet"
        path = self._draft(config, split, number).rename(self._folder / name)
        entry = entries[number]
        return ReleasedFile(file=name, rows=entry.rows, bytes=path.stat().st_size, sha256=entry.sha256)

    def _draft(self, config: Config, split: Split, number: int) -> Path:
        return self._folder / config / f"{split}-{number:05}.parquet"
