"""Argilla's records as JSON: the responses of each user to questions that ask for spans; only read.

`Dataset.records.to_json` of Argilla 2 keeps responses by question, the API and `FeedbackDataset` of 1.x by
user, `to_list(flatten=True)` and 1.x on the hub under the names of the questions; `TokenClassificationRecord`
of 1.x has one annotation. Suggestions are a model's, and no labels.
https://docs.argilla.io (how-to guides: query and export records)
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from hashiya.corpus.exchange.formats.argilla_records import (
    ANSWERS,
    UserAnswers,
    answered_spans,
    answers_of,
    suggestions_in,
)
from hashiya.corpus.exchange.formats.files import FileFaults, ReadOptions, lang_of, with_labels_of_all
from hashiya.corpus.exchange.formats.input_files import InputFile, InputFolder
from hashiya.corpus.exchange.formats.json_lines import (
    JSON_SUFFIXES,
    JsonObject,
    items,
    objects,
    string,
    table,
)
from hashiya.corpus.exchange.formats.json_spans import read_spans, unread_keys
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
_SETTINGS = "settings.json"


@dataclass(frozen=True, slots=True)
class _Question:
    """A question that asks for spans: in which field, and of which labels."""

    field: str | None
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an import wants to know of, and the questions that are known by their settings."""

    options: ReadOptions
    questions: Mapping[str, _Question]

    def is_wanted(self, name: str) -> bool:
        """Return whether a question is read."""
        return self.options.label_key in {None, name}

    def text(self, record: JsonObject) -> str | None:
        """Return the text: of the field that is named, else asked about, else of "text" or the only one."""
        fields = table(record, "fields")
        if self.options.text_key:
            return string(fields or record, self.options.text_key)
        asked = {name for question in self.questions.values() if (name := question.field)} - {*LANGS}
        found = {name for name, value in fields.items() if isinstance(value, str)} - {*LANGS}
        names = [name for names in (asked, {"text"}, found) if len(names) == 1 for name in names]
        return string(fields or record, *names)

    def about(self, name: str) -> Lang | None:
        """Return the text that a question is about: by its settings, else by the end of its name."""
        question = self.questions.get(name)
        if question is not None and question.field is not None:
            return lang_of(question.field)
        return next((lang for lang in LANGS if name.replace("-", "_").endswith(f"_{lang}")), None)


def read(source: Path, outcome: Outcome, options: ReadOptions | None = None) -> Iterator[Side]:
    """Yield a side for each user who answered, and one without marks where nobody did.

    Everybody was offered the same labels: those of the settings that `Dataset.to_disk` writes beside the
    records, else all that somebody gave.
    """
    options = options or ReadOptions()
    for file in InputFolder(source).files(*JSON_SUFFIXES):
        if file.name.name in {_SETTINGS, "dataset.json"}:
            continue
        faults = FileFaults()
        questions = _questions(file, options)
        sides: list[Side] = []
        suggested = 0
        for where, record in objects(file, outcome, {"argilla"}):
            suggested += suggestions_in(record)
            unread = _elsewhere(where, record, faults)
            for response in answers_of(record) or [UserAnswers(None, None)]:
                made = _sides(where, record, response, _Asked(options, questions), faults)
                sides += (replace(side, unread=side.unread + unread) for side in made)
        faults.tell(outcome)
        if suggested:
            what = f"{suggested} suggestions of models are no labels; not taken"
            outcome.problems.append(Problem(file.where, what, left_out=False))
        known = tuple(dict.fromkeys(label for question in questions.values() for label in question.labels))
        for side in with_labels_of_all(sides):
            offered = known if known and side.offered != () else side.offered
            named = side.annotator or (file.stem if options.named_after else None)
            yield replace(side, annotator=named, offered=offered)


def _elsewhere(where: str, record: JsonObject, faults: FileFaults) -> int:
    """Return how many spans of a record are neither responses nor suggestions; they are told."""
    read = {"annotation", "prediction", *(key for key in record if key.endswith(ANSWERS))}
    count = 0
    for key, spans in unread_keys(record, read):
        faults.add("entities", f"stand under the key {key!r}, where Argilla has no responses", where, spans)
        count += spans
    return count


def _questions(file: InputFile, options: ReadOptions) -> Mapping[str, _Question]:
    """Return the questions for spans by the settings beside a file; none where there are no settings."""
    settings = file.beside(_SETTINGS) or file.above(f".argilla/{_SETTINGS}")
    try:
        said = json.loads(settings.read()) if settings is not None else {}
    except ValueError:
        return {}
    given = cast("JsonObject", said) if isinstance(said, dict) else {}
    found: dict[str, _Question] = {}
    for item in items(given, "questions"):
        question = cast("JsonObject", item) if isinstance(item, dict) else {}
        asked, name = table(question, "settings"), string(question, "name")
        if name is not None and asked.get("type") == "span" and options.label_key in {None, name}:
            labels = (string(cast("JsonObject", one), "value") for one in items(asked, "options"))
            found[name] = _Question(string(asked, "field"), tuple(label for label in labels if label))
    return found


def _sides(
    where: str, record: JsonObject, response: UserAnswers, asked: _Asked, faults: FileFaults
) -> Iterator[Side]:
    fields = table(record, "fields") or record
    said = {**record, **table(record, "metadata")}
    status = _STATUSES.get((response.status or "").lower())
    about: dict[str, Lang | None] = {
        name: asked.about(name) for name in response.values if asked.is_wanted(name)
    }
    # Who answered other questions alone has not said that there are no spans.
    if status == "done" and all(answered_spans(response.values[name]) is None for name in about):
        status = None
    side = Side(
        where=where,
        pair_id=string(said, "pair_id"),
        lang=lang_of(said.get("lang")),
        annotator=response.user,
        status=status,
        answered=status is not None,
        doc_id=string(said, "doc_id"),
        text=asked.text(record),
    )
    texts: Mapping[Lang, str] = {lang: text for lang in LANGS if (text := string(fields, lang)) is not None}
    if side.text is not None or not texts:
        marks, unread = _marks(where, response, None, about, faults)
        yield replace(side, marks=marks, unread=unread)
        return
    for lang, text in texts.items():
        marks, unread = _marks(where, response, lang, about, faults)
        task = string(record, "id") or where
        made = replace(side, lang=lang, text=text, marks=marks, unread=unread, task=task)
        # Where every question was about the other text, nothing was looked for in this one.
        was_asked = lang in about.values() or None in about.values() or not about
        yield made if was_asked else replace(made, status=None, answered=False, offered=())


def _marks(
    where: str,
    response: UserAnswers,
    lang: Lang | None,
    about: Mapping[str, Lang | None],
    faults: FileFaults,
) -> tuple[tuple[SideMark, ...], int]:
    """Return what a user marked on the text, or on one of two; what asks for no spans is told."""
    marks: list[SideMark] = []
    unread = 0
    for question, value in response.values.items():
        found = answered_spans(value)
        if question not in about:
            continue
        if found is None:
            if value is not None and lang in {None, LANGS[0]}:
                faults.add("answers", f"of the question {question!r}, which asks for no spans", where)
        elif lang is None or about[question] == lang:
            read, bad = read_spans(found, where, f"{question} span", faults)
            marks += read
            unread += bad
        elif about[question] is None:
            unread += len(found)
            faults.add("entities", f"of the question {question!r}, of which nothing says the text", where)
    return tuple(marks), unread
