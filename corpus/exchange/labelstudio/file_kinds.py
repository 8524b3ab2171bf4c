"""What a file is that was given for an export of Label Studio and is none: said once, with the way to one."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hashiya.corpus.exchange.formats.file_kinds import kind_by_keys, kind_by_start
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
_LABELS = {"label", "labels", "entities", "spans", "cats"}


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
            head = file.read(_BEGINNING)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None
    what = kind_by_start(head) or _kind_of_lines(head.decode("utf-8-sig", "replace").lstrip())
    if what is None and head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"[", b"{"}:
        what = _kind_of_elements(path)
    if what is not None:
        raise SourceError(f"{path}: is {what}")


def _kind_of_lines(text: str) -> str | None:
    first = text.split("\n", 1)[0].strip()
    if first.casefold() == "[internetshortcut]":
        return f"a link to a page; {_WAY} there"
    if first.startswith("-DOCSTART-"):
        return f"an export of Label Studio in CoNLL, which holds one of two texts; {_WAY}"
    return None


def _kind_of_elements(path: Path) -> str | None:
    """Return what a JSON file holds, if the first elements are of one kind, and not tasks."""
    try:
        first = list(islice(elements(path), _LOOKED_AT))
    except SourceError:
        return None  # whoever reads it tells where it breaks off
    objects = [item for item in first if isinstance(item, dict)]
    if first and not objects:
        return f"JSON, but no list of tasks; {_WAY}"
    kinds = {_kind(item) for item in objects}
    return kinds.pop() if len(kinds) == 1 and len(objects) == len(first) else None


def _kind(item: Mapping[str, Any]) -> str | None:
    keys = item.keys()
    if "data" in keys or _LISTS & keys:
        return None
    if "annotation_id" in keys or len(_COLUMNS & keys) > 1:
        return f"an export of Label Studio in JSON-MIN, which holds no relations; {_WAY}"
    if {"detail", "status_code"} <= keys:
        return f"a server's answer ({item['detail']}), not an export; {_WAY}"
    if "result" in keys:
        return f"a list of annotations without their tasks; {_WAY}"
    of_others = "texts with labels, and no tasks of Label Studio; see `hashiya convert from`"
    return kind_by_keys(item, ()) or (of_others if "text" in keys and _LABELS & keys else None)
