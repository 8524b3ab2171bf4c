"""Lines of JSON in the smallest form that says enough: a text, its spans, and who labelled; only read.

`{"text": "...", "spans": [{"start": 0, "end": 6, "label": "company"}], "annotator": "sara"}`, offsets in code
points; a span may be a list, too. A line may hold both languages: `ar` and `en`, with `spans_ar` and
`spans_en`, or with `spans` that each say their `lang`. `pair_id`, `doc_id`, `lang` and `status` are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from hashiya.corpus.exchange.formats.files import FileFaults, ReadOptions, lang_of, status_of
from hashiya.corpus.exchange.formats.input_files import InputFile, InputFolder
from hashiya.corpus.exchange.formats.json_lines import JSON_SUFFIXES, JsonObject, items, objects, string
from hashiya.corpus.exchange.formats.json_spans import no_list, read_spans, span_mark, unread_key, unread_keys
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import Side, SideMark
from hashiya.schema.records import LANGS, Lang

_SPANS = ("spans", "entities", "labels", "label")
_NO_LANG = "say no language, and the line has two texts"


def read(source: Path, outcome: Outcome, options: ReadOptions | None = None) -> Iterator[Side]:
    """Yield the sides of a file, or of every file of JSON Lines in a folder or ZIP."""
    options = options or ReadOptions()
    for file in InputFolder(source).files(*JSON_SUFFIXES):
        faults = FileFaults()
        for where, line in objects(file, outcome, {"doccano"}):
            yield from _sides(file, where, line, options, faults)
        faults.tell(outcome)


def _sides(
    file: InputFile, where: str, line: JsonObject, options: ReadOptions, faults: FileFaults
) -> Iterator[Side]:
    keys = [options.label_key] if options.label_key else list(_SPANS)
    texts: Mapping[Lang, str] = {lang: text for lang in LANGS if (text := string(line, lang)) is not None}
    status = status_of(line.get("status"))
    side = Side(
        where=where,
        pair_id=string(line, "pair_id"),
        lang=lang_of(line.get("lang")),
        text=string(line, options.text_key or "text"),
        annotator=string(line, "annotator") or (file.stem if options.named_after else None),
        status=status,
        answered=status is not None,
        doc_id=string(line, "doc_id"),
    )
    others = 0
    named = {*keys, *(f"{key}_{lang}" for key in keys for lang in texts)}
    for key, count in () if options.label_key else unread_keys(line, named):
        faults.add("entities", unread_key(key), where, count)
        others += count
    whole, unread = _spans_under(line, keys, where, faults)
    if not texts:
        yield replace(side, marks=tuple(mark for _, mark in whole), unread=unread + others)
        return
    nowhere = sum(lang not in texts for lang, _ in whole) if len(texts) > 1 else 0
    if nowhere:
        faults.add("entities", _NO_LANG, where, nowhere)
    named_for = {lang for lang in texts for key in keys if f"{key}_{lang}" in line}
    for lang, text in texts.items():
        own, bad = _spans_under(line, [f"{key}_{lang}" for key in keys], where, faults)
        marks = [mark for _, mark in own]
        marks += [mark for said, mark in whole if said == lang or (said is None and len(texts) == 1)]
        made = replace(
            side,
            lang=lang,
            text=text,
            marks=tuple(marks),
            unread=bad + unread + others + nowhere,
            task=string(line, "id") or where,
        )
        # Where spans stand for the other text alone, nothing was looked for in this one.
        elsewhere = bool(named_for) and lang not in named_for and not marks and status is None
        yield replace(made, offered=()) if elsewhere else made


def _spans_under(
    line: JsonObject, keys: Sequence[str], where: str, faults: FileFaults
) -> tuple[list[tuple[Lang | None, SideMark]], int]:
    """Return the marks under some keys with the language that each says, and how many are none."""
    found: list[tuple[Lang | None, SideMark]] = []
    unread = 0
    for key in keys:
        given = items(line, key)
        if line.get(key) and not given:
            faults.add("labels", no_list(key), where)
            unread += 1
        marks, bad = read_spans(given, where, "span", faults)
        unread += bad
        langs: list[Lang | None] = [_lang_said(item) for item in given if span_mark(item) is not None]
        # A line may say the same under two keys.
        before = list(found)
        for lang, mark in zip(langs, marks, strict=True):
            if (lang, mark) not in before:
                found.append((lang, mark))
    return found, unread


def _lang_said(item: Any) -> Lang | None:
    return lang_of(cast("JsonObject", item).get("lang")) if isinstance(item, dict) else None
