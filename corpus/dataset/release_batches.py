"""The pairs that a release holds, batch by batch: split by split, beside their documents, as rows."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import accumulate, chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hashiya.corpus.dataset.config_files import ConfigFiles
from hashiya.corpus.dataset.label_columns import (
    LABELLED_COLUMNS,
    UNLABELLED,
    LabelledPairs,
    MadeColumns,
    label_table,
)
from hashiya.corpus.dataset.recurring import RecurringPairs
from hashiya.corpus.dataset.task_rows import ROW
from hashiya.corpus.store.generation import Generation
from hashiya.schema.arrow import arrow_schema
from hashiya.schema.dataset import (
    CONFIGS,
    Config,
    PairDetails,
    PairHead,
)
from hashiya.schema.records import SPLITS, Pair, Split

_HEAD = arrow_schema(PairHead).names
_DETAILS = arrow_schema(PairDetails).names
_PAIR_COLUMNS = [column.name for column in fields(Pair) if column.name in {*_HEAD, *_DETAILS}]
_NO_LABELS = label_table([UNLABELLED])


@dataclass(frozen=True, slots=True)
class ReleaseBatch:
    """Some pairs that are released, split by split, with their documents.

    `splits` says where in them the pairs of a split begin, and how many there are; `is_labelled` whether
    anybody ever labelled or adjudicated a pair.
    """

    pairs: pa.Table
    documents: pa.Table
    splits: tuple[tuple[Split, int, int], ...]
    is_labelled: list[bool]

    def labelled(self) -> LabelledPairs:
        """Return the pairs that anybody labelled."""
        table = self.pairs.select(LABELLED_COLUMNS).filter(pa.array(self.is_labelled, pa.bool_()))
        return LabelledPairs(table)

    def tables(self, made: MadeColumns, files: ConfigFiles) -> Iterator[tuple[Config, Split, pa.Table]]:
        """Yield the rows of each config and split: columns of pairs and documents, and those of labels."""
        details = self._table(files.schemas["pairs"].names, self._labels(made.table))
        head = details.select(_HEAD)
        for split, start, rows in self.splits:
            yield "pairs", split, details.slice(start, rows)
        labelled = np.flatnonzero(self.is_labelled)
        for config in CONFIGS:
            if config not in made.rows or not made.rows[config].num_rows:
                continue
            own = made.rows[config]
            places = labelled[own[ROW].to_numpy()]
            table = _beside(head.take(pa.array(places.tolist(), pa.int64())), own)
            for split, start, rows in self.splits:
                first, last = np.searchsorted(places, [start, start + rows])
                if first < last:
                    yield config, split, table.slice(int(first), int(last - first))

    def _labels(self, labels: pa.Table) -> pa.Table:
        """The columns of labels for all pairs, of those that somebody labelled."""
        if labels.num_rows == self.pairs.num_rows:
            return labels
        numbers = accumulate(self.is_labelled, initial=-1)
        next(numbers)
        last = labels.num_rows
        rows = [row if found else last for row, found in zip(numbers, self.is_labelled, strict=True)]
        return pa.concat_tables([labels, _NO_LABELS]).combine_chunks().take(pa.array(rows, pa.int64()))

    def _table(self, names: Sequence[str], labels: pa.Table) -> pa.Table:
        """Some columns, each from where it is."""
        columns = [
            next(table[name] for table in (labels, self.pairs, self.documents) if name in table.column_names)
            for name in names
        ]
        return pa.Table.from_arrays(columns, names=list(names))


def _beside(head: pa.Table, own: pa.Table) -> pa.Table:
    """The rows of a config, whose own columns stand after those of the pairs; a side's text is put in."""
    columns: dict[str, pa.ChunkedArray[Any]] = {name: head[name] for name in head.column_names}
    columns |= {name: own[name] for name in own.column_names if name != ROW}
    if "text" in columns:
        is_arabic = pc.equal(columns["lang"], pa.scalar("ar"))
        columns["text"] = pc.if_else(is_arabic, head["ar"], head["en"])
    return pa.Table.from_arrays(list(columns.values()), names=list(columns))


def release_batches(
    generation: Generation,
    documents: pa.Table,
    labelled: Container[str],
    dropped: RecurringPairs | None,
) -> Iterator[ReleaseBatch]:
    """Yield the pairs that are released; `documents` are those that are, with their `split`."""
    rows = {str(doc_id): row for row, doc_id in enumerate(documents["doc_id"].to_pylist())}
    split_of: list[Any] = documents["split"].to_pylist()
    passed = 0
    for batch in generation.pair_batches(_PAIR_COLUMNS):
        found: dict[Split, list[int]] = {split: [] for split in SPLITS}
        of: dict[Split, list[int]] = {split: [] for split in SPLITS}
        left_out = [False] * batch.num_rows
        if dropped is not None:
            left_out = dropped.later[passed : passed + batch.num_rows].tolist()
        passed += batch.num_rows
        for number, (doc_id, kind) in enumerate(
            zip(batch["doc_id"].to_pylist(), batch["kind"].to_pylist(), strict=True)
        ):
            row = rows.get(str(doc_id))
            if row is not None and kind != "boilerplate" and not left_out[number]:
                found[split_of[row]].append(number)
                of[split_of[row]].append(row)
        order = list(chain.from_iterable(found.values()))
        if not order:
            continue
        pairs = batch.take(pa.array(order, pa.int64()))
        starts = accumulate(map(len, found.values()), initial=0)
        yield ReleaseBatch(
            pairs,
            documents.take(pa.array(list(chain.from_iterable(of.values())), pa.int64())),
            tuple(
                (split, start, len(some))
                for (split, some), start in zip(found.items(), starts, strict=False)
                if len(some)
            ),
            [str(pair_id) in labelled for pair_id in pairs["pair_id"].to_pylist()],
        )
