"""Objects of JSON as other tools write them, one a line or in an array: what each holds, what is wrong."""

from __future__ import annotations

import codecs
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast

from hashiya.corpus.exchange.formats.file_kinds import LinesOf, kind_by_keys, kind_by_start
from hashiya.corpus.exchange.formats.files import FileFaults
from hashiya.corpus.exchange.formats.input_files import InputFile
from hashiya.corpus.exchange.json_stream import elements_of
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.schema.errors import SourceError

JsonObject = Mapping[str, Any]

JSON_SUFFIXES = (".jsonl", ".json", ".json1", ".ndjson")
_HEAD = 1 << 12
_NO_JSON = "not valid JSON"


def objects(
    file: InputFile, outcome: Outcome, wanted: Collection[LinesOf] | None = None
) -> Iterator[tuple[str, JsonObject]]:
    """Yield every JSON object of a file with where it stands; what is none is told and left out.

    A file of another kind than is wanted is told once, and nothing of it is yielded; `wanted` names the tools
    whose objects are read, `None` those of any.
    """
    with file.opened() as stream:
        head = stream.read(_HEAD)
    kind = kind_by_start(head)
    if kind is not None:
        outcome.leave("files", f"it is {kind}", where=file.where)
        return
    faults = FileFaults()
    first = True
    for where, value in _values(file, head, faults, outcome):
        if not isinstance(value, dict):
            faults.add("lines", "no JSON object", where)
            continue
        if first and wanted is not None:
            kind = kind_by_keys(cast("JsonObject", value), wanted)
            if kind is not None:
                outcome.leave("files", f"it is {kind}", where=file.where)
                return
        first = False
        yield where, cast("JsonObject", value)
    faults.tell(outcome)


def _values(
    file: InputFile, head: bytes, faults: FileFaults, outcome: Outcome
) -> Iterator[tuple[str, object]]:
    """Yield the values of an array, or of several lines each where no line is one; else those of lines."""
    if not _begins_with_lines(head):
        values = _elements(file)
        first = next(values, None)
        if isinstance(first, tuple):
            yield first
            for value in values:
                if isinstance(value, str):
                    outcome.leave("files", f"{_NO_JSON} from there on", where=value)
                else:
                    yield value
            return
    yield from _lines(file, faults)


def _begins_with_lines(head: bytes) -> bool:
    """Return whether a file's first line is a value by itself, as far as its head tells."""
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    line, end, _ = start.partition(b"\n")
    if not end:
        return not start.startswith(b"[")
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return not (isinstance(value, list) and value and all(isinstance(item, dict) for item in value))


def _elements(file: InputFile) -> Iterator[tuple[str, object] | str]:
    """Yield elements with where they stand, and last, where the file cannot be read on, that place."""
    with file.opened() as stream:
        try:
            for number, value in enumerate(elements_of(stream, file.where), start=1):
                yield f"{file.where}, item {number}", value
        except SourceError as error:
            yield str(error)


def _lines(file: InputFile, faults: FileFaults) -> Iterator[tuple[str, object]]:
    for number, raw in enumerate(file.lines(), start=1):
        where = f"{file.where}, line {number}"
        line = raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
        if not line.strip():
            continue
        try:
            value: object = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            faults.add("lines", f"not UTF-8 (byte {error.start})", where)
        except (ValueError, RecursionError):
            faults.add("lines", _NO_JSON, where)
        else:
            yield where, value


def string(line: JsonObject, *names: str) -> str | None:
    """Return the text under the first of some keys that holds any; else `None`."""
    return next((line[name] for name in names if isinstance(line.get(name), str)), None)


def items(line: JsonObject, *names: str) -> list[Any]:
    """Return the list under the first of some keys that holds one; else an empty list."""
    return next((cast("list[Any]", line[name]) for name in names if isinstance(line.get(name), list)), [])


def table(line: JsonObject, name: str) -> JsonObject:
    """Return the object under a key; else an empty one."""
    value = line.get(name)
    return cast("JsonObject", value) if isinstance(value, dict) else {}


def whole_number(value: object) -> int | None:
    """Return a value that is a whole number; else `None`. In JSON, `true` is no number."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def is_set(value: object) -> bool:
    """Return whether a value says yes: true, or a name."""
    return value is True or (isinstance(value, str) and bool(value.strip()))
