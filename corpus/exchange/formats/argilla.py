"""Argilla's records as JSON: the responses of each user to questions that ask for spans; only read.

`Dataset.records.to_json` of Argilla 2 keeps responses by question, the API and `FeedbackDataset` of 1.x by
user, `to_list(flatten=True)` and 1.x on the hub under the names of the questions; `TokenClassificationRecord`
of 1.x has one annotation. Suggestions are a model's, and no labels.
https://docs.argilla.io (how-to guides: query and export records)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from hashiya.corpus.exchange.formats.files import FileFaults, ReadOptions, lang_of
from hashiya.corpus.exchange.formats.input_files import InputFolder
from hashiya.corpus.exchange.formats.json_lines import (
    JSON_SUFFIXES,
    JsonObject,
    items,
    objects,
    string,
    table,
)
from hashiya.corpus.exchange.formats.json_spans import read_spans, span_mark
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Side, SideMark
from hashiya.schema.errors import Problem
from hashiya.schema.records import LANGS, Lang, Status

_STATUSES: Mapping[str, Status] = {
    "submitted": "done",
    "discarded": "skipped",
    "draft": "draft",
    "validated": "done",
    "edited": "draft",
}
"""What Argilla calls the state of a response, and 1.x that of a record."""
_RESPONSES, _SUGGESTIONS = ".responses", ".suggestion"


@dataclass(slots=True)
class _Response:
    """What one user answered to the questions of a record, by question."""

    user: str | None
    status: str | None
    values: dict[str, Any] = field(default_factory=dict[str, Any])


def read(source: Path, outcome: Outcome, options: ReadOptions | None = None) -> Iterator[Side]:
    """Yield a side for each user who answered, and one without marks where nobody did."""
    options = options or ReadOptions()
    for file in InputFolder(source).files(*JSON_SUFFIXES):
        faults = FileFaults()
        suggested = 0
        for where, record in objects(file, outcome, {"argilla"}):
            suggested += _suggested(record)
            for response in _responses(record) or [_Response(None, None)]:
                for side in _sides(where, record, response, options, faults):
                    named = side.annotator or (file.stem if options.named_after else None)
                    yield replace(side, annotator=named)
        faults.tell(outcome)
        if suggested:
            what = f"{suggested} suggestions of models are no labels; not taken"
            outcome.problems.append(Problem(file.where, what, left_out=False))


def _responses(record: JsonObject) -> Sequence[_Response]:
    """Return what each user answered, whatever the version wrote it like."""
    if "annotation" in record and "fields" not in record:
        return _of_old(record)
    users: dict[str | None, _Response] = {}
    for question, user, status, value in (*_by_user(record), *_by_question(record), *_flat(record)):
        response = users.setdefault(user, _Response(user, status or _of_record(record)))
        response.values[question] = value
    return list(users.values())


_Answer = tuple[str, str | None, str | None, Any]


def _by_user(record: JsonObject) -> Iterator[_Answer]:
    """Yield the answers of the API and of 1.x: responses are a list, each of a user to all questions."""
    for item in items(record, "responses"):
        response = cast("JsonObject", item) if isinstance(item, dict) else {}
        values = table(response, "values")
        if not values:  # discarded, without an answer
            yield "", _user(response), string(response, "status"), None
        for question, value in values.items():
            given = cast("JsonObject", value).get("value") if isinstance(value, dict) else value
            yield question, _user(response), string(response, "status"), given


def _by_question(record: JsonObject) -> Iterator[_Answer]:
    """Yield the answers of 2.x: responses by question, each a list of users' values."""
    for question in table(record, "responses"):
        for item in items(table(record, "responses"), question):
            response = cast("JsonObject", item) if isinstance(item, dict) else {}
            yield question, _user(response), string(response, "status"), response.get("value")


def _flat(record: JsonObject) -> Iterator[_Answer]:
    """Yield the answers that stand beside the fields, under the names of their questions."""
    for key in record:
        if key.endswith(_RESPONSES):
            users, states = items(record, f"{key}.users"), items(record, f"{key}.status")
            for at, value in enumerate(items(record, key)):
                user, state = (found[at] if at < len(found) else None for found in (users, states))
                question = key.removesuffix(_RESPONSES)
                yield question, _text_or_none(user), _text_or_none(state), value
        elif "fields" not in record:
            for item in items(record, key):
                if isinstance(item, dict) and {"user_id", "value"} <= cast("JsonObject", item).keys():
                    response = cast("JsonObject", item)
                    yield key, _user(response), string(response, "status"), response["value"]


def _of_old(record: JsonObject) -> Sequence[_Response]:
    """Return the annotation of a record of token classification of 1.x, which is the one that was made."""
    status = string(record, "status")
    if record.get("annotation") is None and (status or "").lower() not in {"validated", "discarded"}:
        return []
    return [_Response(string(record, "annotation_agent"), status, {"annotation": record.get("annotation")})]


def _user(response: JsonObject) -> str | None:
    user = table(response, "user")
    return string(response, "username") or string(user, "username") or string(response, "user_id")


def _of_record(record: JsonObject) -> str | None:
    """Return the state of responses that have none: of a completed record, they were submitted."""
    return "submitted" if record.get("status") == "completed" else None


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _suggested(record: JsonObject) -> int:
    named = table(record, "suggestions") or {
        str(at): one for at, one in enumerate(items(record, "suggestions"))
    }
    found = [cast("JsonObject", one).get("value") for one in named.values() if isinstance(one, dict)]
    found += [value for key, value in record.items() if key.endswith(_SUGGESTIONS)]
    return sum(value is not None for value in (*found, record.get("prediction")))


def _sides(
    where: str, record: JsonObject, response: _Response, options: ReadOptions, faults: FileFaults
) -> Iterator[Side]:
    fields = table(record, "fields") or record
    said = {**record, **table(record, "metadata")}
    status = _STATUSES.get((response.status or "").lower())
    # Who answered other questions alone has not said that there are no spans.
    if status == "done" and not any(_spans(value) is not None for value in response.values.values()):
        status = None
    side = Side(
        where=where,
        pair_id=string(said, "pair_id"),
        lang=lang_of(said.get("lang")),
        annotator=response.user,
        status=status,
        answered=status is not None,
        doc_id=string(said, "doc_id"),
        text=_text(record, options),
    )
    texts: Mapping[Lang, str] = {lang: text for lang in LANGS if (text := string(fields, lang)) is not None}
    if side.text is not None or not texts:
        marks, unread = _marks(where, response, None, options, faults)
        yield replace(side, marks=marks, unread=unread)
        return
    for lang, text in texts.items():
        marks, unread = _marks(where, response, lang, options, faults)
        task = string(record, "id") or where
        yield replace(side, lang=lang, text=text, marks=marks, unread=unread, task=task)


def _text(record: JsonObject, options: ReadOptions) -> str | None:
    """Return the text of a record: of the field that is named, of "text", or of the only one there is."""
    fields = table(record, "fields")
    if options.text_key:
        return string(fields or record, options.text_key)
    found = [name for name, value in fields.items() if isinstance(value, str) and name not in LANGS]
    return string(fields or record, "text", *(found if len(found) == 1 else ()))


def _marks(
    where: str, response: _Response, lang: Lang | None, options: ReadOptions, faults: FileFaults
) -> tuple[tuple[SideMark, ...], int]:
    """Return what a user marked on one text; questions that ask for no spans are told.

    Of a record with two texts, a question is about the one whose language its name ends with.
    """
    marks: list[SideMark] = []
    unread = 0
    for question, value in response.values.items():
        found = _spans(value)
        if options.label_key not in {None, question}:
            continue
        if found is None:
            if value is not None and lang in {None, LANGS[0]}:
                faults.add("answers", f"of the question {question!r}, which asks for no spans", where)
            continue
        about = next((name for name in LANGS if question.replace("-", "_").endswith(f"_{name}")), None)
        if lang is None or about == lang:
            read, bad = read_spans(found, where, f"{question} span", faults)
            marks += read
            unread += bad
        elif about is None:
            unread += len(found)
            faults.add("entities", f"of the question {question!r}, of which nothing says the text", where)
    return tuple(marks), unread


def _spans(value: Any) -> list[Any] | None:
    """Return the spans of an answer, also where a dataset holds them by column; `None` where it has none."""
    if isinstance(value, dict):
        given = cast("Mapping[str, Any]", value)
        columns = [given.get(name) for name in ("start", "end", "label")]
        if all(isinstance(column, list) for column in columns):
            return [list(row) for row in zip(*cast("list[list[Any]]", columns), strict=False)]
        return None
    if isinstance(value, list):
        are_spans = not value or any(span_mark(item) is not None or _is_near(item) for item in value)
        return value if are_spans else None
    return None


def _is_near(item: Any) -> bool:
    """Return whether an item is a span that lacks something."""
    return isinstance(item, dict) and bool({"start", "end"} & cast("JsonObject", item).keys())
