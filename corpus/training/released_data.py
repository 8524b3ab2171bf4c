"""A released folder, as training sees it: the tables of a task's config, read by hash, and its classes."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from hashiya.corpus.dataset.released_folder import INFO, SCHEME, read_info
from hashiya.corpus.store.parquet import file_hash, read_table
from hashiya.corpus.training.dataset_rows import CONFIG_OF, training_task
from hashiya.corpus.training.report import DatasetRef
from hashiya.corpus.training.tasks import TaskName
from hashiya.corpus.training.train import TrainingData
from hashiya.schema.configs import config_schema
from hashiya.schema.dataset import Config, DatasetInfo, ReleasedFile
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import SPLITS, Split
from hashiya.schema.scheme import read_scheme


def training_data(folder: Path, name: TaskName) -> TrainingData:
    """Return what a task is learned from; `CorpusError` where a file is not the one that was released."""
    info = read_info(folder)
    scheme = read_scheme(folder / SCHEME)
    task = training_task(name, info.classes, scheme)
    if not task.classes:
        raise CorpusError(f"{folder}: has no classes for {name}: the scheme of {info.name} has none")
    ref = DatasetRef(
        name=info.name,
        version=info.version,
        sha256=file_hash(folder / INFO),
        scheme=info.scheme,
        licences=info.licences,
    )
    tables = {split: _table(folder, info, CONFIG_OF[name], split) for split in SPLITS}
    return TrainingData(ref, scheme, task, tables, _table(folder, info, "annotations", "test"))


def _table(folder: Path, info: DatasetInfo, config: Config, split: Split) -> pa.Table:
    files = info.configs.get(config, {}).get(split, ())
    found = [_read(folder, file) for file in files]
    return pa.concat_tables(found) if found else config_schema(config, info.classes).empty_table()


def _read(folder: Path, file: ReleasedFile) -> pa.Table:
    path = folder / file.file
    try:
        if file_hash(path) != file.sha256:
            raise CorpusError(f"{path}: is not the file that was released; release the corpus again")
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror or error}") from None
    return read_table(path)
