"""The metadata of a document, from `NAME.toml`, the fields of a row or a web page, checked.

Keys are the fields of `Document` but its texts. A blank value counts as absent.
"""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from hashiya.corpus.sources.encoding import decode, read_source_bytes
from hashiya.corpus.sources.remote import Location
from hashiya.corpus.sources.source import SourceHead
from hashiya.corpus.sources.text_faults import escaped_name, fault
from hashiya.schema.errors import Problem, ReportProblem
from hashiya.schema.records import Document

METADATA_FIELDS: tuple[str, ...] = tuple(
    field.name for field in dataclasses.fields(Document) if field.name not in {"ar", "en"}
)

_HINTS = get_type_hints(Document)
_ADAPTERS: dict[str, TypeAdapter[object]] = {name: TypeAdapter(_HINTS[name]) for name in METADATA_FIELDS}


def read_metadata(path: Location, report: ReportProblem) -> dict[str, str] | None:
    """Return the checked fields of a `NAME.toml`; None, and a report for each fault, if it has any."""
    try:
        table = _table(decode(read_source_bytes(path), path, report))
    except ValueError as fault:
        report(Problem(str(path), str(fault)))
        return None
    fields, faults = checked_fields({key: value for key, value in table.items() if key in METADATA_FIELDS})
    faults += [_unknown(key) for key in table if key not in METADATA_FIELDS]
    for what in faults:
        report(Problem(str(path), what))
    return None if faults else fields


def _table(text: str) -> dict[str, object]:
    """Return the keys and values of a TOML text; ValueError says why it has none."""
    try:
        return tomllib.loads(text)
    except ValueError as error:  # TOML's own, or a number of too many digits
        raise ValueError(f"is not TOML: {error}") from error
    except RecursionError:
        raise ValueError("is not metadata: it is nested too deeply") from None


def _unknown(key: str) -> str:
    near = difflib.get_close_matches(key, METADATA_FIELDS, 1)
    return f"{escaped_name(key)}: no such field; " + (
        f"did you mean {near[0]}?" if near else f"there are {', '.join(METADATA_FIELDS)}"
    )


def checked_fields(fields: Mapping[str, object]) -> tuple[dict[str, str], list[str]]:
    """Return the values that say something, as `Document` holds them, and the faults of the others."""
    given = {
        key: _iso_date(value) if key == "published" else value
        for key, value in fields.items()
        if value is not None and not (isinstance(value, str) and not value.strip())
    }
    checked: dict[str, str] = {}
    faults: list[str] = []
    for key, value in given.items():
        what = _fault(key, value)
        if what is None and isinstance(value, str):
            checked[key] = value
        else:
            faults.append(f"{key} = {escaped_name(repr(value))}: {what}")
    return checked, faults


def _fault(key: str, value: object) -> str | None:
    try:
        _ADAPTERS[key].validate_python(value, strict=True)
    except ValidationError as error:
        return error.errors(include_url=False)[0]["msg"]
    test = _TESTS.get(key)
    return fault(str(value)) or (None if test is None else test(str(value)))


def make_document(doc_id: str, ar: str | None, en: str | None, fields: Mapping[str, str]) -> Document:
    """Return a document of checked fields; `doc_id` and the texts are given apart."""
    others: dict[str, Any] = {key: value for key, value in fields.items() if key != "doc_id"}
    return Document(doc_id=doc_id, ar=ar, en=en, **others)


def source_head(key: str, fields: Mapping[str, str]) -> SourceHead:
    """Return the name and the metadata that hold for a whole source."""
    others = {name: value for name, value in fields.items() if name != "doc_id"}
    return SourceHead(fields.get("doc_id", key), others)


def doc_id_fault(doc_id: str) -> str | None:
    """Return why `doc_id` cannot name a document; None if it can."""
    if not doc_id or doc_id != doc_id.strip():
        return "an id has no white space around it: take it away"
    if any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in doc_id):
        return "an id is one line without control characters: take them out"
    return None


def _iso_date(value: object) -> object:
    """Return a date or time (TOML's, Parquet's or in ISO 8601) as the date that `Document` holds."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else value


def _date_fault(value: str) -> str | None:
    try:
        date.fromisoformat(value)
    except ValueError:
        return "not a date: write it as 2025-02-20"
    return None


_TESTS = {"published": _date_fault, "doc_id": doc_id_fault}
