"""What a file is that was given for an export of Label Studio and is none: said once, with the way to one."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hashiya.corpus.exchange.json_stream import elements
from hashiya.schema.errors import SourceError

_BEGINNING = 1 << 16
"""Bytes that are looked at."""
_LOOKED_AT = 20
"""Elements of a JSON file that are looked at."""
_WAY = "export the project as JSON"
_COLUMNS = {"annotation_id", "annotator", "lead_time"}
"""What a table, or JSON-MIN, that Label Studio exports says beside the data and the labels of a task."""
_LISTS = {"annotations", "completions", "predictions", "drafts"}


def check_is_export(path: Path) -> None:
    """Raise `SourceError` where a file is something else than an export of Label Studio as JSON."""
    if urlsplit(str(path)).scheme in {"http", "https"} and not path.exists():
        address = str(path).replace(":/", "://", 1)
        raise SourceError(
            f"{address}: is an address, not a file; {_WAY} there and give that file, or fetch the labels "
            "with `hashiya labelstudio pull CORPUS --url SERVER --project NUMBER`"
        )
    try:
        with path.open("rb") as file:
            beginning = file.read(_BEGINNING)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None
    what = _by_signature(beginning) or _by_text(beginning.decode("utf-8-sig", "replace"), path)
    if what is not None:
        raise SourceError(f"{path}: {what}")


def _by_signature(beginning: bytes) -> str | None:
    if beginning.startswith(b"PK\x03\x04"):
        return f"is a ZIP file; {_WAY}, or unpack it and give the JSON file in it"
    if beginning.startswith(b"\x1f\x8b"):
        return "is compressed (gzip); unpack it first"
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        return f"is UTF-16, as Windows programs save text; {_WAY} and do not save it anew"
    if beginning.startswith(b"%PDF"):
        return f"is a PDF; {_WAY}"
    return None


def _by_text(text: str, path: Path) -> str | None:
    start = text.lstrip()
    first = start.split("\n", 1)[0].strip()
    lower = start[:1000].lower()
    if start[:1] in {"[", "{"} and not lower.startswith("[internetshortcut]"):
        return _by_elements(path)
    if lower.startswith(("<!doctype html", "<html")) or ("<head" in lower and "<body" in lower):
        return f"is a web page that a browser has saved; {_WAY}, with the project's button Export"
    if lower.startswith("[internetshortcut]") or urlsplit(first).scheme in {"http", "https", "file"}:
        return f"holds an address only; {_WAY} there and give that file"
    if start.startswith("<"):
        kind = "a labelling configuration" if "<View" in start else "XML"
        return f"is {kind}, which holds no labels of an export; {_WAY}"
    if first.startswith(("-DOCSTART-", "# ::")):
        return f"is an export of Label Studio in CoNLL; {_WAY}"
    return _by_columns(first, path)


def _by_columns(first: str, path: Path) -> str | None:
    for delimiter, kind in (("\t", "TSV"), (",", "CSV"), (";", "CSV")):
        names = [
            name.strip().strip('"').lower() for name in next(csv.reader([first], delimiter=delimiter), [])
        ]
        if len(names) > 1 and _COLUMNS & set(names):
            return f"is an export of Label Studio in {kind}, which holds no relations; {_WAY}"
        if len(names) > 1 and path.suffix.lower() in {".tsv", ".csv"}:
            return f"is a table ({kind}); {_WAY}"
    return None


def _by_elements(path: Path) -> str | None:
    """Return what a JSON file holds, if the first elements are of one kind, and not tasks."""
    try:
        first = list(islice(elements(path), _LOOKED_AT))
    except SourceError:
        return None  # whoever reads it tells where it breaks off
    kinds = {_kind(item) for item in first if isinstance(item, dict)}
    objects = all(isinstance(item, dict) for item in first)
    if not objects and first and not any(isinstance(item, dict) for item in first):
        return f"is JSON, but no list of tasks; {_WAY}"
    return kinds.pop() if len(kinds) == 1 and objects else None


def _kind(item: Mapping[str, Any]) -> str | None:
    keys = item.keys()
    if "data" in keys or _LISTS & keys:
        return None
    if {"pair_id", "annotator", "status", "place"} <= keys:
        return "holds annotations as `hashiya labels export` writes them; use `hashiya labels import`"
    kinds = {
        f"is an export of Label Studio in JSON-MIN, which holds no relations; {_WAY}": "annotation_id" in keys
        or len(_COLUMNS & keys) > 1,
        f"is a server's answer ({item.get('detail')}), not an export; {_WAY}": {"detail", "status_code"}
        <= keys,
        f"is a list of annotations without their tasks; {_WAY}": "result" in keys,
        "holds texts with labels, and no tasks of Label Studio; see `hashiya convert from`": "text" in keys
        and bool({"label", "labels", "entities", "spans", "cats"} & keys),
    }
    return next((what for what, is_so in kinds.items() if is_so), None)
