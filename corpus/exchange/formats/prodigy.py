"""Prodigy's JSONL: one side of a pair a task, with tokens and spans in code points.

Its answer is the status: what was accepted was looked at. Yes-or-no answers (`ner.teach`) cover the labels
that were asked about, and a refused span is none. Spans keep what else they carry: an entity's id and
concept, what a flag meant.
https://prodi.gy/docs/api-interfaces#spans_manual
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from hashiya.corpus.exchange.formats.files import FileFaults, ReadOptions, lang_of, status_of
from hashiya.corpus.exchange.formats.input_files import InputFolder
from hashiya.corpus.exchange.formats.json_lines import (
    JSON_SUFFIXES,
    JsonObject,
    items,
    objects,
    string,
    table,
)
from hashiya.corpus.exchange.formats.json_spans import read_spans
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
_BINARY_VIEWS = ("ner", "spans")
"""The views of `ner.teach`, `ner.match` and the like: one span, right or wrong."""
_SPAN_VIEWS = ("ner", "spans", "relations", "blocks")
_TIME = re.compile(r"(.*-)?[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{2}-[0-9]{2}-[0-9]{2}")
"""What Prodigy calls a session that has no name: by the time when it began."""


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


def read(source: Path, outcome: Outcome, options: ReadOptions | None = None) -> Iterator[Side]:
    """Yield the sides of what `db-out` prints; yes-or-no answers about one text are one side."""
    options = options or ReadOptions()
    for file in InputFolder(source).files(*JSON_SUFFIXES):
        tasks = [_Task(where, line) for where, line in objects(file, outcome, {"prodigy"})]
        names = _people([task.line for task in tasks], file.stem)
        faults = FileFaults()
        for group in _by_text(tasks):
            side = _binary(group, faults) if _is_binary(group) else _manual(group[0], faults, outcome)
            named = names.get(_session(group[0].line) or "")
            yield replace(side, annotator=named or (file.stem if options.named_after else None))
        faults.tell(outcome)


@dataclass(frozen=True, slots=True)
class _Task:
    """A line, and where it stands."""

    where: str
    line: JsonObject


def _by_text(tasks: Sequence[_Task]) -> list[list[_Task]]:
    """Return the answers of one session about one text together, and every other task by itself."""
    groups: dict[tuple[object, ...], list[_Task]] = {}
    for number, task in enumerate(tasks):
        line = task.line
        one = len(items(line, "spans")) <= 1 and not _says_manual(line)
        meta = table(line, "meta")
        place = (_session(line), string(meta, "pair_id"), string(meta, "lang"))
        key = (*place, str(line.get("_input_hash") or line.get("text"))) if one else (number,)
        groups.setdefault(key, []).append(task)
    apart: list[list[_Task]] = []
    for group in groups.values():
        apart += [group] if _is_binary(group) else [[task] for task in group]
    return apart


def _says_manual(line: JsonObject) -> bool:
    return line.get("_is_binary") is False or (string(line, "_view_id") or "") not in {"", *_BINARY_VIEWS}


def _is_binary(group: Sequence[_Task]) -> bool:
    """Return whether tasks asked about one span each; before 1.10, no task says so."""
    first = group[0].line
    if first.get("_is_binary") is True or first.get("_view_id") in _BINARY_VIEWS:
        return len(items(first, "spans")) == 1
    asked = {str(items(task.line, "spans")) for task in group if items(task.line, "spans")}
    # Lines that nobody's session and no hash joins may be of two texts that are alike.
    joined = "_input_hash" in first or _session(first) is not None
    several = len(asked) > 1 and (joined or any(task.line.get("answer") == "reject" for task in group))
    scored = table(first, "meta").get("score") is not None and len(items(first, "spans")) == 1
    return not _says_manual(first) and (scored or several)


def _binary(group: Sequence[_Task], faults: FileFaults) -> Side:
    """Return what was answered about the spans of a text: those accepted, of the labels that were asked for.

    A text of which every span was refused says nothing of all others in it.
    """
    marks: list[SideMark] = []
    offered: dict[str, None] = {}
    unread = 0
    answers: set[str | None] = set()
    for task in group:
        answer = string(task.line, "answer")
        answers.add(answer)
        found, bad = read_spans(items(task.line, "spans"), task.where, "span", faults)
        unread += bad
        if answer in {"accept", "reject"}:
            offered.update(dict.fromkeys(mark.label for mark in found))
        if answer == "accept":
            marks += [mark for mark in found if mark not in marks]
    status: Status | None = None
    if "accept" in answers:
        status = "done"
    elif answers == {"ignore"}:
        status = "skipped"
    return replace(
        _side(group[0]),
        marks=tuple(marks),
        unread=unread,
        offered=tuple(offered) or None,
        status=status,
        answered=status is not None,
    )


def _manual(task: _Task, faults: FileFaults, outcome: Outcome) -> Side:
    line = task.line
    relations = items(line, "relations")
    if relations:
        outcome.leave("relations", "hashiya has no place for them", len(relations))
    marks, unread = read_spans(items(line, "spans"), task.where, "span", faults)
    side = replace(_side(task), marks=marks, unread=unread)
    if _is_about_all(line):
        outcome.leave("categories", "hashiya has no place for them")
        return side
    answer = line.get("answer")
    answered = isinstance(answer, str) and answer in _STATUSES
    sent = status_of(table(line, "meta").get("status"))
    if not answered and not marks:
        sent = None
    return replace(side, status=_status(answer, sent), answered=answered)


def _is_about_all(line: JsonObject) -> bool:
    """Return whether a task asks for a category of the whole text, which says nothing of spans in it."""
    if items(line, "spans") or (string(line, "_view_id") or "").startswith(_SPAN_VIEWS):
        return False
    choices = isinstance(line.get("options"), list) or isinstance(line.get("accept"), list)
    return choices or ("label" in line and "spans" not in line)


def _side(task: _Task) -> Side:
    meta = table(task.line, "meta")
    return Side(
        where=task.where,
        pair_id=string(meta, "pair_id"),
        lang=lang_of(meta.get("lang")),
        text=string(task.line, "text"),
        sent_as=string(meta, "annotator"),
        doc_id=string(meta, "doc_id"),
    )


def _session(line: JsonObject) -> str | None:
    """Return who answered, as Prodigy names them; it names them DATASET-SESSION where nothing else is set."""
    return string(line, "_annotator_id", "_session_id")


def _people(lines: Sequence[JsonObject], stem: str) -> Mapping[str, str]:
    """Return the people of a file by what Prodigy calls them; a session called by its time is nobody's."""
    names = {name for line in lines if (name := _session(line))}
    sessions = {name for line in lines if (name := string(line, "_session_id"))} or names
    times = {name: match for name in names | sessions if (match := _TIME.fullmatch(name))}
    datasets = _datasets(sessions - times.keys(), stem) | {match[1] for match in times.values() if match[1]}
    return {name: _person(name, sessions, datasets) for name in names - times.keys()}


def _datasets(sessions: Collection[str], stem: str) -> set[str]:
    """Return what the names of some sessions begin with: the dataset's name and a hyphen."""
    if not sessions:
        return set()
    if all(name.startswith(f"{stem}-") for name in sessions):
        return {f"{stem}-"}
    first = min(sessions)
    starts = (first[: at + 1] for at, character in enumerate(first) if character == "-")
    shared = [start for start in starts if all(name.startswith(start) for name in sessions)]
    if len(sessions) > 1 and shared:
        return {shared[-1]}
    # Where nothing else says it, the dataset's name ends at the last hyphen.
    return {name[: name.rindex("-") + 1] for name in sessions if "-" in name}


def _person(name: str, sessions: Collection[str], datasets: Collection[str]) -> str:
    if name not in sessions and any(session.endswith(f"-{name}") for session in sessions):
        return name
    dataset = max((dataset for dataset in datasets if name.startswith(dataset)), key=len, default="")
    return name.removeprefix(dataset) or name


def _status(answer: object, before: Status | None) -> Status | None:
    """Return the status that an answer stands for; the one before, where that has the same answer."""
    if before is not None and _ANSWERS[before] == answer:
        return before
    return _STATUSES[answer] if isinstance(answer, str) and answer in _STATUSES else before
