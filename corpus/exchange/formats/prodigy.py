"""Prodigy's JSONL: one side of a pair a task, with tokens and spans in code points.

Its answer is the status. Spans keep what else they carry: an entity's id and concept, what a flag meant.
https://prodi.gy/docs/api-interfaces#spans_manual
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, cast

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
from hashiya.corpus.exchange.sides import Export, Side, SideMark, pieces
from hashiya.schema.codec import dump
from hashiya.schema.records import Status

Answer = Literal["accept", "reject", "ignore"]

_ANSWERS: Mapping[Status, Answer | None] = {
    "done": "accept",
    "review": "reject",
    "skipped": "ignore",
    "unsure": "ignore",
    "draft": None,
}
_STATUSES: Mapping[str, Status] = {"accept": "done", "reject": "review", "ignore": "skipped"}


def write(export: Export) -> None:
    """Write tasks for `spans.manual` or, where no spans overlap, `ner.manual`."""
    with export.out.open("w", encoding="utf-8", newline="") as file:
        for side in export.sides:
            file.write(dump(_task(side)) + "\n")


def _task(side: Side) -> dict[str, Any]:
    text = side.text or ""
    parts = list(pieces(text, side.tokens, side.marks))
    starts = {start: number for number, (start, _, _) in enumerate(parts)}
    ends = {end: number for number, (_, end, _) in enumerate(parts)}
    spans: list[dict[str, Any]] = []
    for mark in side.marks:
        places = {"token_start": starts[mark.start], "token_end": ends[mark.end]}
        more = {"id": mark.id, "concept": mark.concept, "intended": mark.intended}
        given = {name: value for name, value in more.items() if value is not None}
        spans.append({"start": mark.start, "end": mark.end, **places, "label": mark.label, **given})
    task: dict[str, Any] = {
        "text": text,
        "tokens": [
            {"text": text[start:end], "start": start, "end": end, "id": number, "ws": space}
            for number, (start, end, space) in enumerate(parts)
        ],
        "spans": spans,
        "meta": side.meta,
    }
    answer = _ANSWERS[side.status] if side.status else None
    return task if answer is None else {**task, "answer": answer}


def read(source: Path, outcome: Outcome) -> Iterator[Side]:
    """Yield the sides of what `db-out` prints."""
    for where, line in objects(source, outcome):
        meta = table(line, "meta")
        relations = items(line, "relations")
        if relations:
            outcome.leave("relations", "hashiya has no place for them", len(relations))
        answer = line.get("answer")
        yield Side(
            where=where,
            pair_id=string(meta, "pair_id"),
            lang=lang_of(meta.get("lang")),
            text=string(line, "text"),
            marks=tuple(_marks(where, line, outcome)),
            annotator=(string(line, "_annotator_id") or "").rpartition("-")[2] or None,
            sent_as=string(meta, "annotator"),
            status=_status(answer, status_of(meta.get("status"))),
            answered=answer in {"reject", "ignore"} if isinstance(answer, str) else False,
        )


def _status(answer: object, before: Status | None) -> Status | None:
    """Return the status that an answer stands for; the one before, where that has the same answer."""
    if before is not None and _ANSWERS[before] == answer:
        return before
    return _STATUSES[answer] if isinstance(answer, str) and answer in _STATUSES else before


def _marks(where: str, line: JsonObject, outcome: Outcome) -> Iterator[SideMark]:
    for number, item in enumerate(items(line, "spans"), start=1):
        span = cast("JsonObject", item) if isinstance(item, dict) else {}
        start, end, label = (
            whole_number(span.get("start")),
            whole_number(span.get("end")),
            string(span, "label"),
        )
        if start is None or end is None or label is None:
            outcome.leave("entities", "no span: start, end and label", where=f"{where}, span {number}")
            continue
        yield SideMark(
            start=start,
            end=end,
            label=label,
            quote=string(span, "text"),
            id=string(span, "id"),
            concept=string(span, "concept"),
            intended=string(span, "intended"),
        )
