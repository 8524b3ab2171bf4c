"""JSON Lines: one object a line, in UTF-8. Lines are counted from 1."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from hashiya.corpus.sources.check import shown
from hashiya.corpus.sources.encoding import BYTE_ORDER_MARKS, not_utf8
from hashiya.corpus.sources.rows import COLUMNS, Row, gather, make_row, unread
from hashiya.corpus.sources.source import Head, Report, SourceDocument, SourceFile
from hashiya.schema.errors import Problem

LONGEST = 64 << 20
"""Bytes of a line. A longer one is not a row, and must not fill the memory."""


def read_jsonl(source: SourceFile, head: Head, report: Report) -> Iterator[SourceDocument]:
    """The documents of one ``NAME.jsonl``."""
    return gather(partial(_rows, source.texts[0]), head, report)


def _rows(path: Path, report: Report) -> Iterator[Row]:
    unknown: dict[str, None] = {}
    try:
        with path.open("rb") as file:
            for where, line in _lines(path, file, report):
                values = _object(where, line, report)
                if values is None:
                    continue
                unknown.update(dict.fromkeys(values.keys() - set(COLUMNS)))
                row = make_row(where, values, report)
                if row is not None:
                    yield row
    except OSError as error:
        report(Problem(str(path), f"cannot be read: {error.strerror}"))
    unread(path, unknown, report)


def _lines(path: Path, file: BinaryIO, report: Report) -> Iterator[tuple[str, str]]:
    """The lines that are not blank, with their places; stops where the file is plainly no JSON Lines."""
    number, offset, empty = 0, 0, True
    while data := file.readline(LONGEST):
        number += 1
        empty = empty and not data.strip()
        begin, offset = offset, offset + len(data)
        where = f"{path}, line {number}"
        if len(data) == LONGEST and not data.endswith(b"\n"):
            report(Problem(where, f"is longer than {LONGEST:,} bytes: write one row a line"))
            while not data.endswith(b"\n") and (data := file.readline(LONGEST)):
                offset += len(data)
            continue
        if number == 1 and data.startswith(codecs.BOM_UTF8):
            report(Problem(str(path), "begins with a byte order mark, which is skipped", left_out=False))
            data = data.removeprefix(codecs.BOM_UTF8)
            begin += len(codecs.BOM_UTF8)
        try:
            line = data.decode("utf-8").strip()
        except UnicodeDecodeError as error:
            foreign = number == 1 and data.startswith(tuple(mark for mark, _ in BYTE_ORDER_MARKS))
            report(Problem(str(path) if foreign else where, not_utf8(data, error.start, begin)))
            if foreign:
                return
            continue
        if line in {"[", "{"}:
            what = (
                "a JSON value begins here that goes over several lines: write one object a line (jq -c '.[]')"
            )
            report(Problem(where, what))
            return
        if line:
            yield where, line
    if empty:
        report(Problem(str(path), "has no rows"))


def _object(where: str, line: str, report: Report) -> dict[str, object] | None:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        report(Problem(where, f"is not JSON: {error.msg.removesuffix(' at')} at column {error.colno}"))
        return None
    except (ValueError, RecursionError):
        # a number of thousands of digits, brackets nested thousands deep
        report(Problem(where, "is no row: it holds a number too long or is nested too deeply"))
        return None
    if not isinstance(value, dict):
        report(Problem(where, f"is no JSON object, but {shown(line):.40}"))
        return None
    return cast("dict[str, object]", value)
