"""Records as JSON and back, without loss; what does not fit is refused with the field's name.

The JSON of a record has the record's fields in their order, compact, in UTF-8, not escaped.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from hashiya.schema.errors import LabelError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record")

_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}
_SCALARS = frozenset({str, int, float, bool, NoneType})
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_UNKNOWN = {"extra_forbidden", "unexpected_keyword_argument"}
_NOTHING_TO_SHOW = {"missing", "json_invalid", *_UNKNOWN}


def to_object(record: DataclassInstance) -> dict[str, Any]:
    """Return the record as plain dicts, lists and scalars."""
    names, values = _fields(type(record))
    return {
        name: value if value.__class__ in _SCALARS else _plain(value)
        for name, value in zip(names, values(record), strict=True)
    }


def to_json(record: DataclassInstance) -> str:
    """Return the record as one line of JSON."""
    return dump(to_object(record))


def dump(value: object) -> str:
    """Return any plain value as one line of compact JSON, as the project writes it everywhere."""
    return _ENCODER.encode(value)


def from_json(kind: type[Record], line: str | bytes, where: str) -> Record:
    """Read one JSON object as a record.

    `where` opens the message of the `LabelError` that is raised when the JSON is broken, a field is
    missing, unknown or of the wrong type.
    """
    try:
        record: Record = adapter(kind).validate_json(line)
    except ValidationError as error:
        raise LabelError(f"{where}: {explain(error)}") from None
    return record


def from_object(kind: type[Record], value: Mapping[str, Any], where: str) -> Record:
    """Read plain dicts and lists, as Arrow or TOML gives them, as a record; errors as `from_json`.

    A date becomes its ISO 8601 text.
    """
    return from_json(kind, json.dumps(value, ensure_ascii=False, default=str), where)


def adapter(kind: type[Any]) -> TypeAdapter[Any]:
    """Return the validator of a record type."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def explain(error: ValidationError) -> str:
    """Return every fault that pydantic found as one line: field path, what is wrong, what was there."""
    faults: list[str] = []
    for fault in error.errors(include_url=False):
        path = ""
        for part in fault["loc"]:
            path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
        message = fault["msg"][:1].lower() + fault["msg"][1:]
        if fault["type"] in _UNKNOWN:
            message = "unknown field"
        shown = repr(fault["input"])
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        found = "" if fault["type"] in _NOTHING_TO_SHOW else f" (found {shown})"
        faults.append(f"{path or 'the object'}: {message}{found}")
    return "; ".join(faults)


@cache
def _fields(kind: type[DataclassInstance]) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """The names of a record type's fields, and what returns their values, in order."""
    names = tuple(field.name for field in dataclasses.fields(kind))
    if len(names) == 1:  # of one name, `attrgetter` returns no tuple
        return names, lambda record: (getattr(record, names[0]),)
    return names, attrgetter(*names) if names else lambda _: ()


def _plain(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [item if item.__class__ in _SCALARS else _plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value.__class__):
        return to_object(value)
    return value
