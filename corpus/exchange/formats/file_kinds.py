"""What a file is, by how it begins or by its first object: for the message where another kind is wanted."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal

from hashiya.corpus.exchange.formats.files import status_of

LinesOf = Literal["labelstudio", "prodigy", "argilla", "hf", "hashiya", "doccano"]
"""The tools whose JSON objects are known by their keys."""

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP inside of too many others; unpack it"),
    (b"\x1f\x8b", "packed with gzip; unpack it"),
    (b"PAR1", "a Parquet file: the format hf reads it"),
    (b"ARROW1", "an Arrow file: the format hf reads it"),
    (b"SQLite format 3", "an SQLite database; export the labels from the tool that it belongs to"),
    (b"%PDF", "a PDF; export the labels as text"),
    (codecs.BOM_UTF16_LE, "in UTF-16; save it as UTF-8"),
    (codecs.BOM_UTF16_BE, "in UTF-16; save it as UTF-8"),
    (b"#FORMAT=WebAnno TSV", "WebAnno TSV: the format webanno reads it"),
)
_PAGE = re.compile(rb"\s*(<!doctype html|<html|<head)", re.IGNORECASE)
_XMI = re.compile(rb"\s*(<\?xml[^>]*>)?\s*<xmi:XMI", re.IGNORECASE)
_ADDRESS = re.compile(rb"\s*https?://\S+\s*$")
_TABLE_NAMES = frozenset(
    ["id", "text", "data", "label", "labels", "annotation_id", "annotator", "entities", "start", "end", "ner"]
)
_ANSWERS = ("accept", "reject", "ignore")


def kind_by_start(head: bytes, *, xml: bool = False) -> str | None:
    """Return what a file is whose first bytes these are, and what to do; `None` where it may be wanted.

    With `xml`, XML is what is wanted.
    """
    kind = next((kind for start, kind in _STARTS if head.startswith(start)), None)
    return kind or _kind_of_text(head.removeprefix(codecs.BOM_UTF8), xml=xml)


def _kind_of_text(head: bytes, *, xml: bool) -> str | None:
    if _ADDRESS.match(head):
        return "an address of a browser; export the labels there, and name the file that it saves"
    if _PAGE.match(head):
        return "a page saved from a browser, as a login page is; export the labels with the tool's own button"
    if xml and head.lstrip().startswith(b"<"):
        return None
    if _XMI.match(head):
        return "UIMA CAS XMI: the format xmi reads it"
    if head.lstrip().startswith(b"<"):
        return "XML, which this format is not"
    return _table(head)


def kind_by_keys(given: Mapping[str, Any], wanted: Collection[LinesOf]) -> str | None:
    """Return what an object is, and what reads it; `None` where it is wanted, or unknown."""
    if {"annotation_id", "lead_time"} <= given.keys() and not isinstance(given.get("data"), dict):
        return "JSON-MIN of Label Studio, which leaves out what offsets count in; export JSON"
    if "%FEATURE_STRUCTURES" in given:
        return "UIMA CAS JSON; export UIMA CAS XMI, which the format xmi reads"
    known = next(((name, what) for name, is_kind, what in _SIGNS if is_kind(given)), None)
    return None if known is None or known[0] in wanted else known[1]


def tool_of(given: Mapping[str, Any]) -> LinesOf | None:
    """Return the tool that an object is of, by its keys; `None` where they are nobody's."""
    return next((name for name, is_kind, _ in _SIGNS if is_kind(given)), None)


def _table(head: bytes) -> str | None:
    """Return that a text is a table with a header; `None` for any other."""
    first = head.split(b"\n", 1)[0].decode("utf-8", "replace").strip()
    for separator, name in ((",", "CSV"), (";", "CSV"), ("\t", "TSV")):
        names = {part.strip().strip('"').casefold() for part in first.split(separator)}
        if len(names) > 1 and len(names & _TABLE_NAMES) > 1:
            if "annotation_id" in names or "lead_time" in names:
                return f"an index of a Label Studio export in {name}; export JSON"
            return f"a table in {name}; export JSON or JSONL"
    return None


def _is_labelstudio(given: Mapping[str, Any]) -> bool:
    made = any(isinstance(given.get(key), list) for key in ("annotations", "completions", "predictions"))
    return isinstance(given.get("data"), dict) and made


def _is_prodigy(given: Mapping[str, Any]) -> bool:
    return bool({"_input_hash", "_task_hash"} & given.keys()) or (
        "spans" in given and given.get("answer") in _ANSWERS
    )


def _is_argilla(given: Mapping[str, Any]) -> bool:
    answered = {"responses", "suggestions"} & given.keys()
    old = {"annotation", "prediction", "annotation_agent"} <= given.keys()
    return (isinstance(given.get("fields"), dict) and bool(answered)) or old


def _is_hf(given: Mapping[str, Any]) -> bool:
    return isinstance(given.get("tokens"), list) and isinstance(
        given.get("ner_tags", given.get("tags")), list
    )


def _is_hashiya(given: Mapping[str, Any]) -> bool:
    return {"pair_id", "annotator", "entities"} <= given.keys() and status_of(given.get("status")) is not None


def _is_doccano(given: Mapping[str, Any]) -> bool:
    return "Comments" in given and bool({"label", "entities"} & given.keys())


_SIGNS: tuple[tuple[LinesOf, Callable[[Mapping[str, Any]], bool], str], ...] = (
    ("labelstudio", _is_labelstudio, "an export of Label Studio; `hashiya labelstudio import` reads it"),
    ("prodigy", _is_prodigy, "lines of Prodigy: the format prodigy reads them"),
    ("argilla", _is_argilla, "records of Argilla: the format argilla reads them"),
    ("hf", _is_hf, "rows of a Hugging Face dataset: the format hf reads them"),
    ("hashiya", _is_hashiya, "labels of hashiya; `hashiya labels import` reads them"),
    ("doccano", _is_doccano, "lines of doccano: the format doccano reads them"),
)
