"""JSON Lines: one object a line, in UTF-8. Lines are counted from 1, stretches of a file in bytes."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, cast

from hashiya.corpus.sources.encoding import BYTE_ORDER_MARKS, not_utf8
from hashiya.corpus.sources.formats.rows import (
    ROW_COLUMNS,
    SourceRow,
    document_of,
    gather,
    make_row,
    silent,
    unread,
)
from hashiya.corpus.sources.formats.stretches import Cuts
from hashiya.corpus.sources.remote import Location
from hashiya.corpus.sources.source import SourceDocument, SourceFile, SourceHead, Stretch
from hashiya.corpus.sources.text_faults import escaped_name
from hashiya.schema.errors import Problem, ReportProblem

LONGEST_ROW = 64 << 20
"""Bytes of a line. A longer one is not a row, and must not fill the memory."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that is not blank, by its number and the byte that it begins at."""

    where: str
    number: int
    begin: int
    text: str


def read_jsonl(
    source: SourceFile, head: SourceHead, report: ReportProblem, stretch: Stretch | None = None
) -> Iterator[SourceDocument]:
    """The documents of one ``NAME.jsonl``, or of a stretch of it."""
    return gather(partial(_rows, source.texts[0], stretch), head, report)


def cut_jsonl(source: SourceFile, head: SourceHead, size: int) -> list[Stretch]:
    """Stretches of about ``size`` bytes that hold all of the file; each line is read once for it.

    Empty where the file cannot be read: then it is to be read whole, which tells why.
    """
    path, cuts, unknown = source.texts[0], Cuts(size), set[str]()
    try:
        with path.open("rb") as file:
            for line in _lines(path, file, silent):
                values = _object(line.where, line.text, silent)
                if values is not None:
                    unknown |= values.keys() - set(ROW_COLUMNS)
                    cuts.add(document_of(values, head.doc_id), line.begin, line.number - 1)
    except OSError:
        return []
    return cuts.stretches(sorted(unknown))


def _rows(path: Location, stretch: Stretch | None, report: ReportProblem) -> Iterator[SourceRow]:
    unknown: dict[str, None] = {}
    try:
        with path.open("rb") as file:
            for line in _lines(path, file, report, stretch):
                values = _object(line.where, line.text, report)
                if values is None:
                    continue
                unknown.update(dict.fromkeys(values.keys() - set(ROW_COLUMNS)))
                row = make_row(line.where, values, report)
                if row is not None:
                    yield row
    except OSError as error:
        report(Problem(str(path), f"cannot be read: {error.strerror}"))
    unread(path, unknown if stretch is None else dict.fromkeys(stretch.unread), report)


def _lines(
    path: Location, file: BinaryIO, report: ReportProblem, stretch: Stretch | None = None
) -> Iterator[_Line]:
    """The lines that are not blank; stops where the file is plainly no JSON Lines."""
    stretch = stretch or Stretch(0, None, 0)
    number, offset, empty = stretch.before, stretch.begin, True
    file.seek(offset)
    while (stretch.end is None or offset < stretch.end) and (data := file.readline(LONGEST_ROW)):
        number += 1
        empty = empty and not data.strip()
        start = begin = offset
        offset += len(data)
        where = f"{path}, line {number}"
        if len(data) == LONGEST_ROW and not data.endswith(b"\n"):
            report(Problem(where, f"is longer than {LONGEST_ROW:,} bytes: write one row a line"))
            while not data.endswith(b"\n") and (data := file.readline(LONGEST_ROW)):
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
            yield _Line(where, number, start, line)
    if empty and stretch.begin == 0 and stretch.end is None:
        report(Problem(str(path), "has no rows"))


def _object(where: str, line: str, report: ReportProblem) -> dict[str, object] | None:
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
        report(Problem(where, f"is no JSON object, but {escaped_name(line):.40}"))
        return None
    return cast("dict[str, object]", value)
