"""A released folder, as training sees it: verified by hash, the rows of a task side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from hashiya.corpus.dataset.load import Dataset, load
from hashiya.corpus.dataset.released_folder import INFO, SCHEME
from hashiya.corpus.dataset.released_rows import ReleasedRows
from hashiya.corpus.store.parquet import file_hash
from hashiya.corpus.training.dataset_rows import CONFIG_OF, READ_COLUMNS, training_task
from hashiya.corpus.training.report import DatasetRef
from hashiya.corpus.training.tasks import TaskName, TrainingLabels, TrainingTask
from hashiya.corpus.training.train import TrainingData
from hashiya.schema.dataset import Config
from hashiya.schema.errors import CorpusError, HashiyaError
from hashiya.schema.records import LANGS, SPLITS, Split
from hashiya.schema.scheme import read_scheme


def training_data(folder: Path, name: TaskName, labels: TrainingLabels = "released") -> TrainingData:
    """Return what a task is learned from; `CorpusError` where a file is not the one that was released."""
    data = load(folder, verify="hash")
    scheme = read_scheme(folder / SCHEME)
    task = training_task(name, data.info.classes, scheme)
    if not task.classes:
        raise CorpusError(f"{folder}: has no classes for {name}: the scheme of {data.info.name} has none")
    if task.decision == "spans" and labels != "released":
        raise HashiyaError(f"labels={labels} is for stance and implications; spans are learned as released")
    ref = DatasetRef(
        name=data.info.name,
        version=data.info.version,
        sha256=file_hash(folder / INFO),
        scheme=data.info.scheme,
        licences=data.info.licences,
    )
    tables: dict[Split, pa.Table] = {
        split: pa.concat_tables(_tables(folder, data, task, split, labels)) for split in SPLITS
    }
    said = _table(ReleasedRows(folder, data.info, ("test",)), "annotations", _ANNOTATIONS)
    return TrainingData(ref, scheme, task, tables, said)


_AT_ONCE = 10_000
_ANNOTATIONS = ("pair_id", "doc_id", "ar", "en", "annotator", "origin", "labels", "covers")


def _tables(
    folder: Path, data: Dataset, task: TrainingTask, split: Split, labels: TrainingLabels
) -> Iterator[pa.Table]:
    """Yield the rows of a split, a side after the other, each with its `text` and `lang`."""
    config = CONFIG_OF[task.name]
    if split not in data or task.decision == "spans":
        rows = ReleasedRows(folder, data.info, (split,))
        yield _table(rows, config, [name for name in rows.columns(config) if name in READ_COLUMNS])
        return
    for lang in LANGS:
        view = data[split].stance if task.decision == "one" else data[split].implications
        table = view(lang, labels, columns=("labels_from",) if labels == "released" else ()).to_arrow()
        yield table.append_column("lang", pa.array([lang] * len(table), pa.string()))


def _table(rows: ReleasedRows, config: Config, columns: Sequence[str]) -> pa.Table:
    named = {name: name for name in columns}
    return pa.Table.from_batches(rows.source(config, named)(_AT_ONCE), schema=rows.schema(config, named))
