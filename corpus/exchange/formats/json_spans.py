"""Labelled ranges as JSON of other tools holds them: lists [start, end, label], or objects."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, cast

from hashiya.corpus.exchange.formats.files import FileFaults
from hashiya.corpus.exchange.formats.json_lines import JsonObject, string, whole_number
from hashiya.corpus.exchange.sides import SideMark

_STARTS = ("start", "start_offset", "start_char", "begin")
_ENDS = ("end", "end_offset", "end_char")
_LABELS = ("label", "type", "entity", "tag")
NO_SPAN = "no span: start, end and label"
NUMBERED = "their labels are numbers, which the file does not name; export with the labels' texts"


def read_spans(
    found: Sequence[Any], where: str, noun: str, faults: FileFaults
) -> tuple[tuple[SideMark, ...], int]:
    """Return the marks of a list, and how many of its items are none; these are told."""
    marks: list[SideMark] = []
    for number, item in enumerate(found, start=1):
        mark = span_mark(item)
        if mark is None:
            faults.add("entities", _fault(item), f"{where}, {noun} {number}")
        else:
            marks.append(mark)
    return tuple(marks), len(found) - len(marks)


def span_mark(item: Any) -> SideMark | None:
    """Return the mark that a span is; `None` where it is none."""
    start, end, label = _parts(item)
    if start is None or end is None or not isinstance(label, str):
        return None
    given = cast("JsonObject", item) if isinstance(item, dict) else {}
    return SideMark(
        start=start,
        end=end,
        label=label,
        quote=string(given, "text"),
        id=string(given, "id"),
        concept=string(given, "concept"),
        intended=string(given, "intended"),
    )


def no_list(key: str) -> str:
    """Return why what stands under a key of labels was left out, where it is no list."""
    return f"the key {key!r} holds no list of spans"


def unread_key(key: str) -> str:
    """Return why spans under a key were left out that nothing reads."""
    return (
        f"stand under the key {key!r}, which is not read; name it in the label map: [keys] labels = {key!r}"
    )


def unread_keys(line: JsonObject, read: Collection[str]) -> Iterator[tuple[str, int]]:
    """Yield the keys, beside those that are read, under which spans stand, and how many."""
    for key, value in line.items():
        if key not in read and isinstance(value, list):
            count = sum(span_mark(item) is not None for item in value)
            if count:
                yield key, count


def _parts(item: Any) -> tuple[int | None, int | None, object]:
    if isinstance(item, dict):
        span = cast("JsonObject", item)
        start, end = (
            next((whole_number(span[name]) for name in names if name in span), None)
            for names in (_STARTS, _ENDS)
        )
        label = next((span[name] for name in _LABELS if name in span), None)
        return start, end, _only(label)
    if isinstance(item, list) and len(item) >= 3:
        first, second, third = item[:3]
        if isinstance(first, str):  # as Argilla 1 has it: label, start, end
            return whole_number(second), whole_number(third), first
        return whole_number(first), whole_number(second), _only(third)
    return None, None, None


def _only(label: object) -> object:
    """Return the one label of a list of one, as some tools write it; else what is given."""
    given = cast("list[object]", label) if isinstance(label, list) else None
    return given[0] if given is not None and len(given) == 1 else label


def _fault(item: Any) -> str:
    start, end, label = _parts(item)
    numbered = start is not None and end is not None and whole_number(label) is not None
    return NUMBERED if numbered else NO_SPAN
