"""Sides as rows of tokens with tags, made as they are read; predictions on them back to spans in the text."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from hashiya.corpus.dataset.token_codec import TaggedRows, TokenCodec, refuse_the_rest
from hashiya.corpus.dataset.view import BatchSource, View, empty_batch
from hashiya.corpus.text.token_tags import SpanFate
from hashiya.schema.dataset import MASKED

TaggedLayer = Literal["entities", "flags"]
CLASS_FIELD: Mapping[TaggedLayer, str] = {"entities": "type", "flags": "kind"}
"""The field of a span that has its class."""
_OFFSETS = pa.list_(pa.list_(pa.int32(), 2))
_WHY: Mapping[SpanFate, str] = {
    "trimmed": "tagged without the white space at their edges",
    "inside_token": f"with an edge inside a token, so that what they touch is {MASKED}",
    "overlapped": "not tagged, for a longer one has their letters",
    "no_token": "not tagged, for no token has their letters",
    "masked": f"in part where it is not known what is there, which is {MASKED}",
}


class SpansNotTaggedWarning(UserWarning):
    """Spans that tokens cannot say as they are; `fates` of the view counts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenView(View):
    """Rows of tokens: one a side, or one a window of it where a tokenizer has a longest input.

    `sides` are what they are made of; `wanted` are the numbers of the classes that are tagged.
    """

    codec: TokenCodec
    sides: BatchSource
    layer: TaggedLayer = "entities"
    wanted: frozenset[int] = field(default=frozenset())

    def fates(self) -> Counter[SpanFate]:
        """Return what became of the spans: how many are tagged as they are, and how many why not."""
        fates = Counter[SpanFate]()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SpansNotTaggedWarning)
            for _ in token_batches(self, 4096, fates):
                pass
        return fates

    def decode(self, predictions: Iterable[Any]) -> list[dict[str, Any]]:
        """Return the spans of every side, from a prediction for each row, in order; as `TokenCodec.decode`.

        Each is a mapping of `pair_id`, `doc_id`, `lang`, `text` and `spans`, which have `start`, `end`,
        `text` and their class. `prediction_lines` makes of them what `hashiya labels import` takes.
        """
        given = iter(predictions)
        name = CLASS_FIELD[self.layer]
        found: list[dict[str, Any]] = []
        for batch in self.sides(4096):
            texts: list[Any] = batch.column("text").to_pylist()
            keys = batch.select(["pair_id", "doc_id", "lang"]).to_pylist()
            for key, text, spans in zip(keys, texts, self.codec.decode_next(texts, given), strict=True):
                marks = [
                    {"start": start, "end": end, "text": text[start:end], name: label}
                    for start, end, label in spans
                ]
                found.append({**key, "text": text, "layer": self.layer, "spans": marks})
        refuse_the_rest(given)
        return found


def token_view(
    codec: TokenCodec,
    sides: BatchSource,
    schema: pa.Schema,
    layer: TaggedLayer,
    *,
    wanted: frozenset[int],
    passed_on: Sequence[str],
) -> TokenView:
    """Return the view of sides of a schema, of whose columns those `passed_on` stay as they are."""

    def batches(rows: int) -> Iterator[pa.RecordBatch]:
        return token_batches(view, rows, Counter())

    empty = empty_batch(schema)
    view = TokenView(
        schema=_rows(empty, TaggedRows(), codec, passed_on).schema,
        source=batches,
        classes={"labels": codec.names},
        target="labels",
        codec=codec,
        sides=sides,
        layer=layer,
        wanted=wanted,
    )
    return view


def token_batches(view: TokenView, rows: int, fates: Counter[SpanFate]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a view, count the fates of its spans, and warn at the end of what is not whole."""
    columns = [name for name in view.schema.names if name not in _MADE]
    for batch in view.sides(min(rows, 4096)):
        texts: list[Any] = batch.column("text").to_pylist()
        spans = [
            [span for span in found if span[2] in view.wanted]
            for found in _ranges(batch.column("spans"), ("start", "end", CLASS_FIELD[view.layer]))
        ]
        masked = _ranges(batch.column("masked"), ("start", "end"))
        tagged = view.codec.encode(texts, spans, masked)
        fates.update(tagged.fates)
        made = _rows(batch, tagged, view.codec, columns)
        for first in range(0, made.num_rows, rows):
            yield made.slice(first, rows)
    told = [f"{count} {_WHY[fate]}" for fate, count in fates.items() if fate in _WHY]
    if told:
        what = f"of {fates.total()} {view.layer}, {'; '.join(told)}"
        hint = "; words=True cuts between the particles and names first" if _could_cut(view, fates) else ""
        warnings.warn(what + hint, SpansNotTaggedWarning, stacklevel=2)


def _could_cut(view: TokenView, fates: Mapping[SpanFate, int]) -> bool:
    return view.codec.has_subwords and not view.codec.words and fates.get("inside_token", 0) > 0


_MADE = ("tokens", "input_ids", "attention_mask", "offsets", "labels")


def _rows(
    batch: pa.RecordBatch, tagged: TaggedRows, codec: TokenCodec, passed_on: Sequence[str]
) -> pa.RecordBatch:
    """The rows of tokens of a batch of sides."""
    lengths = np.fromiter(map(len, tagged.ranges), np.int64, len(tagged.ranges))
    borders: Any = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())
    taken = batch.take(pa.array(tagged.texts, pa.int64()))
    columns: dict[str, pa.Array[Any]] = {name: taken.column(name) for name in passed_on}
    if codec.has_subwords:
        columns["input_ids"] = _lists(borders, [part for ids in tagged.ids for part in ids], pa.int64())
        columns["attention_mask"] = _lists(borders, np.ones(int(lengths.sum()), np.int8), pa.int8())
    else:
        texts: list[Any] = taken.column("text").to_pylist()
        words = [
            text[start:end]
            for text, ranges in zip(texts, tagged.ranges, strict=True)
            for start, end in ranges
        ]
        columns["tokens"] = _lists(borders, words, pa.string())
    edges = np.array([edge for ranges in tagged.ranges for pair in ranges for edge in pair], np.int32)
    pairs: Any = pa.FixedSizeListArray.from_arrays(pa.array(edges), 2)
    columns["offsets"] = pa.ListArray.from_arrays(borders, pairs)
    columns["labels"] = _lists(borders, [tag for tags in tagged.tags for tag in tags], pa.int64())
    return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))


def _lists(borders: Any, values: Any, kind: pa.DataType) -> Any:
    return pa.ListArray.from_arrays(borders, pa.array(values, kind))


def _ranges(column: Any, names: Sequence[str]) -> list[list[Any]]:
    """The members of lists of structs, as tuples of some of their fields, by row."""
    inner = column.flatten()
    fields = [inner.field(name).to_pylist() for name in names]
    members = list(zip(*fields, strict=True))
    lengths = column.value_lengths().to_pylist()
    found: list[list[Any]] = []
    begin = 0
    for length in lengths:
        found.append(members[begin : begin + length])
        begin += length
    return found


def prediction_lines(decoded: Iterable[Mapping[str, Any]], annotator: str) -> Iterator[dict[str, Any]]:
    """Yield a line for `hashiya labels import` for each pair, of what `TokenView.decode` returned.

    Both sides of a pair go into one line: a layer that a line names is replaced.
    """
    for pair_id, sides in groupby(decoded, key=lambda side: side["pair_id"]):
        line: dict[str, Any] = {"pair_id": pair_id, "annotator": annotator}
        for side in sides:
            name = CLASS_FIELD[side["layer"]]
            marks: list[dict[str, Any]] = line.setdefault(side["layer"], [])
            marks += [
                {"lang": side["lang"], "start": mark["start"], "end": mark["end"], name: mark[name]}
                for mark in side["spans"]
            ]
        yield line
