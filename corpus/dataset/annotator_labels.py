"""Labels of single annotators, and what more than half of them say, from a release's `annotations`.

Cells are held in arrays of annotations by targets, or by targets and channels; nothing is looked up row by
row but spans.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from hashiya.corpus.dataset.conditions import Where
from hashiya.corpus.dataset.released_rows import ReleasedRows
from hashiya.corpus.dataset.stance_rows import common_stance
from hashiya.corpus.dataset.view import BatchSource, plain_schema
from hashiya.schema.dataset import MASKED
from hashiya.schema.records import Lang
from hashiya.schema.scheme import LabelScheme, read_scheme

_HEAD = ("pair_id", "doc_id", "split")
_UNKNOWN = -1
_RANGES = pa.list_(pa.struct([pa.field("start", pa.int32()), pa.field("end", pa.int32())]))
_Cells = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class AnnotatorLabels:
    """What annotators said of the pairs that have the sides of `texts`, and that `where` holds of."""

    rows: ReleasedRows
    texts: Mapping[str, Lang]
    where: Where | None

    @cached_property
    def scheme(self) -> LabelScheme:
        """The scheme that the release was labelled by."""
        return read_scheme(self.rows.folder / "scheme.toml")

    def stances(self, columns: Collection[str]) -> tuple[pa.Schema, BatchSource]:
        """Return a row for every annotation and target that it covers.

        `label` is what its stances have in common; where they have nothing in common there is no row.
        """
        named = self._named(columns)
        schema = self.rows.schema("annotations", named)
        schema = schema.append(pa.field("target", pa.string())).append(pa.field("label", pa.int64()))
        targets = pa.array(self.scheme.ids("target"), pa.string())
        names = self.rows.info.classes["stance"]

        def batches(rows: int) -> Iterator[pa.RecordBatch]:
            for batch in self._read(named, rows):
                covered = _covered(batch, "stances", targets)
                said = np.zeros(covered.shape, np.int64)
                marks, of = _marks(batch, "stances")
                target, stance = _number(marks, "target", targets), _number(marks, "stance", pa.array(names))
                known = (target != _UNKNOWN) & (stance != _UNKNOWN)
                np.bitwise_or.at(said, (of[known], target[known]), 1 << stance[known])
                labels = _common(said, names)
                row, column = np.nonzero(covered & (labels != _UNKNOWN))
                made = batch.select([name for name in schema.names if name in named]).take(
                    pa.array(row, pa.int64())
                )
                made = made.append_column("target", targets.take(pa.array(column, pa.int64())))
                made = made.append_column("label", pa.array(labels[row, column], pa.int64()))
                yield from _parts(made, rows)

        return schema, batches

    def implications(self, columns: Collection[str]) -> tuple[pa.Schema, BatchSource]:
        """Return a row for every annotation that covers some channel; `labels` has a place for each class."""
        named = self._named(columns)
        schema = self.rows.schema("annotations", named).append(pa.field("labels", pa.list_(pa.int8())))
        classes = self.rows.info.classes["implication"]
        channels = pa.array(self.scheme.ids("channel"), pa.string())
        places = np.array(
            [
                self.scheme.ids("channel").index(channel)
                if channel in self.scheme.ids("channel") and target in self.scheme.ids("target")
                else _UNKNOWN
                for target, channel in (name.split("/") for name in classes)
            ],
            np.int64,
        )

        def batches(rows: int) -> Iterator[pa.RecordBatch]:
            for batch in self._read(named, rows):
                covered = _covered(batch, "implications", channels)
                labels = np.where(covered[:, places] & (places != _UNKNOWN), 0, MASKED).astype(np.int8)
                marks, of = _marks(batch, "implications")
                joined = _joined(marks.field("target"), marks.field("channel"))
                cells = pc.index_in(joined, pa.array(classes, pa.string())).fill_null(_UNKNOWN).to_numpy()
                labels[of[cells != _UNKNOWN], cells[cells != _UNKNOWN]] = 1
                looked = np.nonzero((labels != MASKED).any(1))[0]
                made = batch.select([name for name in schema.names if name in named]).take(
                    pa.array(looked, pa.int64())
                )
                made = made.append_column("labels", _lists(labels[looked], pa.int8()))
                yield from _parts(made, rows)

        return schema, batches

    def sides(
        self, layer: str, langs: Collection[Lang], columns: Collection[str]
    ) -> tuple[pa.Schema, BatchSource]:
        """Return a row for every annotation and side that it covers, with its `spans` and `masked` ranges.

        Where not all classes were looked for, all that is in no span is masked.
        """
        section, name = ("entity", "type") if layer == "entities" else ("flag", "kind")
        numbers = {label: number for number, label in enumerate(self.rows.info.classes[section])}  # type: ignore[index]
        wanted = frozenset(self.scheme.ids(section))  # type: ignore[arg-type]
        passed = self._named(columns)
        named = passed | {f" {lang}": lang for lang in langs}
        span = [pa.field("start", pa.int32()), pa.field("end", pa.int32()), pa.field(name, pa.int64())]
        spans = pa.list_(pa.struct(span))
        schema = self.rows.schema("annotations", passed)
        for field in (("lang", pa.string()), ("text", pa.string()), ("spans", spans), ("masked", _RANGES)):
            schema = schema.append(pa.field(*field))

        def batches(rows: int) -> Iterator[pa.RecordBatch]:
            for batch in self._read(named, rows):
                texts = {lang: batch.column(f" {lang}").to_pylist() for lang in langs}
                marks = _field(batch, " labels", layer).to_pylist()
                covers = batch.column(" covers").to_pylist()
                taken: list[int] = []
                sides: list[dict[str, Any]] = []
                for number in range(batch.num_rows):
                    for lang in langs:
                        looked = _looked_for(covers[number], layer, lang, wanted)
                        text = texts[lang][number]
                        if text is None or not looked:
                            continue
                        found = [
                            {"start": mark["start"], "end": mark["end"], name: numbers[mark[name]]}
                            for mark in marks[number]
                            if mark["lang"] == lang and mark[name] in numbers
                        ]
                        taken.append(number)
                        masked = [] if looked >= wanted else _between(found, len(text))
                        sides.append({"lang": lang, "text": text, "spans": found, "masked": masked})
                made = batch.select(list(passed)).take(pa.array(taken, pa.int64()))
                for field in list(schema)[len(passed) :]:
                    column = pa.array([side[field.name] for side in sides], field.type)
                    made = made.append_column(field.name, column)
                yield from _parts(made, rows)

        return schema, batches

    def stances_by_majority(
        self, schema: pa.Schema, named: Mapping[str, str], decided: BatchSource
    ) -> BatchSource:
        """Return the `decided` rows, and then those of open cells on which more than half agree."""
        known = {*self._named(()), "target", "label", "weight"}
        _, said = self.stances([name for name in named if name not in known])
        classes = len(self.rows.info.classes["stance"])

        def batches(rows: int) -> Iterator[pa.RecordBatch]:
            yield from decided(rows)
            unresolved = self._unresolved_stances()
            if not len(unresolved):
                return
            parts = []
            for batch in said(1 << 16):
                chosen = pc.is_in(_keys(batch), unresolved)
                parts.append(pa.Table.from_batches([batch]).cast(plain_schema(batch.schema)).filter(chosen))
            table = pa.concat_tables(parts).combine_chunks() if parts else None
            if table is None or not table.num_rows:
                return
            keys = _keys(table).combine_chunks().dictionary_encode().indices.to_numpy()
            counts = np.zeros((keys.max() + 1, classes), np.int64)
            np.add.at(counts, (keys, table.column("label").to_numpy()), 1)
            voters, most = counts.sum(1), counts.max(1)
            clear = np.nonzero(2 * most > voters)[0]
            first = np.unique(keys, return_index=True)[1][clear]
            made = table.take(pa.array(first))
            labels = pa.array(counts[clear].argmax(1), pa.int64())
            weights = pa.array((most[clear] / voters[clear]).astype(np.float32))
            columns: dict[str, Any] = {name: made.column(name) for name in made.column_names}
            columns |= {"label": labels, "weight": weights}
            chosen = pa.table([columns[name] for name in schema.names], names=schema.names).cast(schema)
            for batch in chosen.to_batches():
                yield from _parts(batch, rows)

        return batches

    def implications_by_majority(self, named: Mapping[str, str], source: BatchSource) -> BatchSource:
        """Return rows whose masked `labels` are what more than half of the voters say; a tie stays masked.

        `source` has the columns " voters" and " votes" beside those named.
        """
        classes = len(self.rows.info.classes["implication"])

        def batches(rows: int) -> Iterator[pa.RecordBatch]:
            for batch in source(rows):
                labels, voters, votes = (
                    pc.list_flatten(batch.column(name)).to_numpy().reshape(-1, classes)
                    for name in ("labels", " voters", " votes")
                )
                more = np.where(2 * votes > voters, 1, np.where(2 * votes < voters, 0, MASKED))
                chosen = np.where((labels == MASKED) & (voters > 0), more, labels).astype(np.int8)
                number = batch.schema.get_field_index("labels")
                yield batch.set_column(number, "labels", _lists(chosen, pa.int8())).select(list(named))

        return batches

    def _named(self, columns: Collection[str]) -> dict[str, str]:
        """The columns that come along, and those of the release that they are."""
        own = {name: name for name in _HEAD} | dict(self.texts)
        own |= {"annotator": "annotator", "origin": "origin"}
        return own | {name: name for name in columns if name not in own}

    def _read(self, named: Mapping[str, str], rows: int) -> Iterator[pa.RecordBatch]:
        """Yield annotations, with what they say under " labels" and " covers"."""
        whole = {**named, " labels": "labels", " covers": "covers"}
        return self.rows.source("annotations", whole, self.where, present=list(self.texts.values()))(rows)

    def _unresolved_stances(self) -> pa.Array[Any]:
        """The keys of the pairs and targets that the release leaves open."""
        keys: list[pa.Array[Any]] = []
        columns = {"pair_id": "pair_id", " labels": "labels"}
        for batch in self.rows.source("pairs", columns)(1 << 14):
            cells = _field(batch, " labels", "unresolved")
            of = pc.list_parent_indices(cells)
            inner = cells.flatten()
            chosen = pc.equal(inner.field("layer"), pa.scalar("stances"))
            target = inner.field("target").filter(chosen)
            pair = pc.cast(batch.column("pair_id"), pa.string()).take(of.filter(chosen))
            keys.append(_joined(pair, target))
        return pa.concat_arrays(keys) if keys else pa.array([], pa.string())


def _covered(batch: pa.RecordBatch, layer: str, labels: pa.Array[Any]) -> _Cells:
    """Which annotations (rows) looked for which labels of a layer (columns)."""
    covers: Any = batch.column(" covers")
    covered = np.zeros((batch.num_rows, len(labels)), np.bool_)
    covered[covers.is_null().to_numpy(zero_copy_only=False)] = True
    of, inner = pc.list_parent_indices(covers), covers.flatten()
    chosen: Any = pc.equal(inner.field("layer"), pa.scalar(layer))
    rows, named = of.filter(chosen).to_numpy(), inner.field("labels").filter(chosen)
    covered[rows[named.is_null().to_numpy(zero_copy_only=False)]] = True
    numbers = pc.index_in(named.flatten(), labels).fill_null(_UNKNOWN).to_numpy()
    parents = rows[pc.list_parent_indices(named).to_numpy()]
    covered[parents[numbers != _UNKNOWN], numbers[numbers != _UNKNOWN]] = True
    return covered


def _marks(batch: pa.RecordBatch, layer: str) -> tuple[Any, npt.NDArray[np.int64]]:
    """The marks of a layer, and the row of each."""
    marks = _field(batch, " labels", layer)
    return marks.flatten(), pc.list_parent_indices(marks).to_numpy()


def _number(marks: Any, field: str, names: pa.Array[Any]) -> npt.NDArray[np.int64]:
    numbers = pc.index_in(marks.field(field), names).fill_null(_UNKNOWN).to_numpy()
    return numbers.astype(np.int64)  # type: ignore[no-any-return]


def _common(said: npt.NDArray[np.int64], names: Collection[str]) -> npt.NDArray[np.int64]:
    """The class that each set of stances, a bit a class, has in common."""
    numbers = {name: number for number, name in enumerate(names)}
    sets, places = np.unique(said, return_inverse=True)
    common = [
        _UNKNOWN if found is None else numbers[found]
        for bits in sets.tolist()
        for found in [common_stance([name for name, at in numbers.items() if bits >> at & 1], names)]
    ]
    return np.array(common, np.int64)[places].reshape(said.shape)


def _lists(values: npt.NDArray[Any], kind: pa.DataType) -> Any:
    """An array of lists: the rows of a matrix."""
    rows, width = values.shape
    borders = pa.array(np.arange(rows + 1) * width, pa.int32())
    return pa.ListArray.from_arrays(borders, pa.array(values.reshape(-1), kind))


def _field(batch: pa.RecordBatch, column: str, name: str) -> Any:
    """A field of a column of structs."""
    structs: Any = batch.column(column)
    return structs.field(name)


def _parts(batch: pa.RecordBatch, rows: int) -> Iterator[pa.RecordBatch]:
    for first in range(0, batch.num_rows, rows):
        yield batch.slice(first, rows)


def _keys(rows: Any) -> Any:
    """Names of pairs and targets."""
    pair, target = (pc.cast(rows.column(name), pa.string()) for name in ("pair_id", "target"))
    return _joined(pair, target)


def _joined(left: Any, right: Any) -> Any:
    separator: Any = "/"
    return pc.binary_join_element_wise(left, right, separator)


def _looked_for(covers: Any, layer: str, lang: Lang, wanted: frozenset[str]) -> frozenset[str]:
    """The labels that were looked for on a side."""
    if covers is None:
        return wanted
    found: set[str] = set()
    for cover in covers:
        if cover["layer"] == layer and cover["lang"] == lang:
            found |= wanted if cover["labels"] is None else set(cover["labels"])
    return frozenset(found)


def _between(spans: Collection[Mapping[str, Any]], length: int) -> list[dict[str, int]]:
    """The ranges of a text that are in no span."""
    found: list[dict[str, int]] = []
    begin = 0
    for start, end in sorted((span["start"], span["end"]) for span in spans):
        if begin < start:
            found.append({"start": begin, "end": start})
        begin = max(begin, end)
    if begin < length:
        found.append({"start": begin, "end": length})
    return found
