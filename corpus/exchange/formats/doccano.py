"""doccano's JSONL: one side of a pair a line, spans as [start, end, label] in code points.

What doccano imports beside text and labels it keeps and exports again: so the pair's id comes back.
https://doccano.github.io/doccano/ (import and export of sequence labelling and relation extraction)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from hashiya.corpus.exchange.formats.files import lang_of, status_of
from hashiya.corpus.exchange.formats.json_lines import (
    JsonObject,
    items,
    objects,
    string,
    table,
    whole_number,
)
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Export, Side, SideMark
from hashiya.schema.codec import dump


def write(export: Export) -> None:
    """Write lines that doccano imports into a project of sequence labelling."""
    with export.out.open("w", encoding="utf-8", newline="") as file:
        for side in export.sides:
            line = {
                "text": side.text,
                "label": [[mark.start, mark.end, mark.label] for mark in side.marks],
                "meta": side.meta,
            }
            file.write(dump(line) + "\n")


def read(source: Path, outcome: Outcome) -> Iterator[Side]:
    """Yield the sides of an export: spans as lists, or as objects where the project has relations."""
    for where, line in objects(source, outcome):
        # Keys that were imported beside the text stand in the line itself, "meta" among them.
        said = {**line, **table(line, "metadata"), **table(line, "meta")}
        for what, key in (("relations", "relations"), ("comments", "Comments"), ("categories", "cats")):
            if items(line, key):
                outcome.leave(what, "hashiya has no place for them", len(items(line, key)))
        yield Side(
            where=where,
            pair_id=string(said, "pair_id"),
            lang=lang_of(said.get("lang")),
            text=string(line, "text", "data"),
            marks=tuple(_marks(where, line, outcome)),
            sent_as=string(said, "annotator"),
            status=status_of(said.get("status")),
        )


def _marks(where: str, line: JsonObject, outcome: Outcome) -> Iterator[SideMark]:
    for number, item in enumerate(items(line, "label", "labels", "entities"), start=1):
        start, end, label = _span(item)
        if start is None or end is None or not isinstance(label, str):
            outcome.leave("entities", "no span: start, end and label", where=f"{where}, label {number}")
        else:
            yield SideMark(start=start, end=end, label=label)


def _span(item: Any) -> tuple[int | None, int | None, object]:
    if isinstance(item, dict):
        span = cast("JsonObject", item)
        return whole_number(span.get("start_offset")), whole_number(span.get("end_offset")), span.get("label")
    if isinstance(item, list) and len(item) == 3:
        start, end, label = item
        return whole_number(start), whole_number(end), label
    return None, None, None
