"""doccano's JSONL: one side of a pair a line, spans as [start, end, label] in code points.

What doccano imports beside text and labels it keeps and exports again: so the pair's id comes back. A project
whose members do not share annotations is exported as a ZIP of one file a person, and every file has every
text: one without labels may never have been opened. That the person confirmed a text stands in none of them;
the export of approved documents only has in a person's file the texts that this person confirmed.
https://doccano.github.io/doccano/ (import and export of sequence labelling and relation extraction)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from hashiya.corpus.exchange.formats.files import (
    FileFaults,
    ReadOptions,
    lang_of,
    status_of,
    with_labels_of_all,
)
from hashiya.corpus.exchange.formats.input_files import InputFile, InputFolder
from hashiya.corpus.exchange.formats.json_lines import (
    JSON_SUFFIXES,
    JsonObject,
    is_set,
    items,
    objects,
    string,
    table,
    whole_number,
)
from hashiya.corpus.exchange.formats.json_spans import no_list, read_spans, unread_key, unread_keys
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Export, Side, SideMark
from hashiya.schema.codec import dump
from hashiya.schema.records import Status

_SPANS = ("label", "labels", "entities", "annotations")
_CONFIRMED = ("is_confirmed", "confirmed", "annotation_approver")
"""How doccano's first versions, its API and its clients say that somebody has finished a text.

In a person's file such a key was imported beside the text: it is in everybody's, and nothing that they said.
"""
_OTHERS = (
    ("relations", "relations"),
    ("comments", "Comments"),
    ("comments", "comments"),
    ("categories", "cats"),
)
_NOBODYS = frozenset({"all", "unknown"})
"""What doccano calls the file of a project that shares annotations, and before 1.6 that of nobody's texts."""


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


def read(source: Path, outcome: Outcome, options: ReadOptions | None = None) -> Iterator[Side]:
    """Yield the sides of an export: a file, or a folder or ZIP of one file a person."""
    options = options or ReadOptions()
    folder = InputFolder(source)
    sides: list[Side] = []
    for file in folder.files(*JSON_SUFFIXES):
        named = options.named_after or not folder.alone
        annotator = file.stem if named and file.stem not in _NOBODYS else None
        sides += _file(file, annotator, options, outcome)
    yield from with_labels_of_all(sides)


@dataclass(frozen=True, slots=True)
class _Labels:
    """The marks of a line by who made them: doccano's number of a user, or `None` where there is none."""

    marks: dict[int | None, tuple[SideMark, ...]]
    unread: int


def _file(file: InputFile, annotator: str | None, options: ReadOptions, outcome: Outcome) -> Iterator[Side]:
    faults = FileFaults()
    sides: list[tuple[int | None, Side]] = []
    wanted = None if options.label_key or options.text_key else {"doccano"}
    for where, line in objects(file, outcome, cast("Any", wanted)):
        for what, key in _OTHERS:
            if items(line, key):
                outcome.leave(what, "hashiya has no place for them", len(items(line, key)))
        side = _side(where, line, annotator, options)
        labels = _labels(where, line, options, faults)
        for user, marks in labels.marks.items():
            sides.append((user, _with_marks(side, line, marks, labels.unread)))
    faults.tell(outcome)
    users = {user for user, _ in sides if user is not None}
    for user, side in sides:
        # One user's number says no more than the file does; of several it tells them apart.
        several = side.annotator is None and user is not None and len(users) > 1
        yield replace(side, annotator=f"user-{user}") if several else side


def _side(where: str, line: JsonObject, annotator: str | None, options: ReadOptions) -> Side:
    # Keys that were imported beside the text stand in the line itself, "meta" among them.
    said = {**line, **table(line, "metadata"), **table(line, "meta")}
    confirmed = annotator is None and any(is_set(line.get(key)) for key in _CONFIRMED)
    status: Status | None = "done" if confirmed else None
    return Side(
        where=where,
        pair_id=string(said, "pair_id"),
        lang=lang_of(said.get("lang")),
        text=string(line, *([options.text_key] if options.text_key else ["text", "data"])),
        annotator=annotator,
        sent_as=string(said, "annotator"),
        status=status,
        answered=confirmed,
        doc_id=string(said, "doc_id"),
    )


def _with_marks(side: Side, line: JsonObject, marks: tuple[SideMark, ...], unread: int) -> Side:
    """Return a side with its marks; the status that it was sent with holds only where there are some."""
    said = {**line, **table(line, "metadata"), **table(line, "meta")}
    sent = status_of(said.get("status")) if marks and not side.answered else side.status
    return replace(side, marks=marks, unread=unread, status=sent)


def _labels(where: str, line: JsonObject, options: ReadOptions, faults: FileFaults) -> _Labels:
    keys: Sequence[str] = [options.label_key] if options.label_key else _SPANS
    made: dict[int | None, tuple[SideMark, ...]] = {}
    unread = 0
    for key in keys:
        found = items(line, key)
        if line.get(key) and not found:
            faults.add("labels", no_list(key), where)
            unread += 1
        for user, spans in _by_user(found):
            marks, bad = read_spans(spans, where, "label", faults)
            unread += bad
            before = made.get(user, ())
            # A line may say the same under two keys.
            made[user] = (*before, *(mark for mark in marks if mark not in before))
    for key, count in () if options.label_key else unread_keys(line, keys):
        faults.add("entities", unread_key(key), where, count)
        unread += count
    return _Labels(made or {None: ()}, unread)


def _by_user(found: Sequence[Any]) -> Iterable[tuple[int | None, list[Any]]]:
    users: dict[int | None, list[Any]] = {}
    for item in found:
        user = whole_number(cast("JsonObject", item).get("user")) if isinstance(item, dict) else None
        users.setdefault(user, []).append(item)
    return users.items()
