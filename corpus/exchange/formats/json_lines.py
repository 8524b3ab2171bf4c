"""Lines of JSON as other tools write them: what each line holds, and what is wrong with it."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from hashiya.corpus.exchange.outcome import Outcome
from hashiya.schema.errors import SourceError

JsonObject = Mapping[str, Any]


def objects(path: Path, outcome: Outcome) -> Iterator[tuple[str, JsonObject]]:
    """Yield every JSON object of a file with where it stands; a line that is none is told and left out."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None
    with file:
        for number, raw in enumerate(_lines(file, path), start=1):
            where = f"{path}, line {number}"
            line = raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
            if not line.strip():
                continue
            try:
                value = json.loads(line.decode("utf-8"))
            except UnicodeDecodeError as error:
                outcome.leave("lines", f"not UTF-8 (byte {error.start})", where=where)
            except (ValueError, RecursionError):
                outcome.leave("lines", "not valid JSON", where=where)
            else:
                if isinstance(value, dict):
                    yield where, cast("JsonObject", value)
                else:
                    outcome.leave("lines", "no JSON object", where=where)


def _lines(file: Any, path: Path) -> Iterator[bytes]:
    try:
        yield from file
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None


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
