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
    name_of,
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
    """Yield the documents of one `NAME.jsonl`, or of a stretch of it."""
    return gather(partial(_rows, source.texts[0], stretch), head, report)


def cut_jsonl(source: SourceFile, head: SourceHead, size: int) -> list[Stretch]:
    """Return stretches of about `size` bytes that hold all of the file; each line is read once for it.

    Empty where the file cannot be read: then it is to be read whole, which tells why.
    """
    path, cuts, unknown = source.texts[0], Cuts(size), set[str]()
    try:
        with path.open("rb") as file:
            for line, values in _objects(path, file, silent):
                unknown |= values.keys() - set(ROW_COLUMNS)
                document, name = document_of(values, head.doc_id), name_of(values, head.doc_id)
                cuts.add(document, line.begin, line.number - 1, name)
    except OSError:
        return []
    return cuts.stretches(sorted(unknown))


def _rows(path: Location, stretch: Stretch | None, report: ReportProblem) -> Iterator[SourceRow]:
    unknown: dict[str, None] = {}
    try:
        with path.open("rb") as file:
            for line, values in _objects(path, file, report, stretch):
                unknown.update(dict.fromkeys(values.keys() - set(ROW_COLUMNS)))
                row = make_row(line.where, values, report)
                if row is not None:
                    yield row
    except OSError as error:
        report(Problem(str(path), f"cannot be read: {error.strerror}"))
    unread(path, unknown if stretch is None else dict.fromkeys(stretch.unread), report)


class _EndOfRowsError(ValueError):
    """The file is plainly no JSON Lines from here on; `whole`: it is of another encoding."""

    def __init__(self, what: str, *, whole: bool = False) -> None:
        super().__init__(what)
        self.whole = whole


def _lines(
    path: Location, file: BinaryIO, report: ReportProblem, stretch: Stretch | None = None
) -> Iterator[_Line]:
    """Yield the lines that are not blank; stop where the file is plainly no JSON Lines."""
    stretch = stretch or Stretch(0, None, 0)
    empty = True
    for number, (begin, data) in enumerate(_raw_lines(file, stretch), stretch.before + 1):
        empty = empty and not data.strip()
        where = f"{path}, line {number}"
        if number == 1 and data.startswith(codecs.BOM_UTF8):
            report(Problem(str(path), "begins with a byte order mark, which is skipped", left_out=False))
        try:
            text = _text(data, begin)
        except _EndOfRowsError as fault:
            report(Problem(str(path) if fault.whole else where, str(fault)))
            return
        except ValueError as fault:
            report(Problem(where, str(fault)))
            continue
        if text:
            yield _Line(where, number, begin, text)
    if empty and stretch.begin == 0 and stretch.end is None:
        report(Problem(str(path), "has no rows"))


def _raw_lines(file: BinaryIO, stretch: Stretch) -> Iterator[tuple[int, bytes]]:
    """Yield the byte that a line begins at, and the line; of one longer than a row, so much of it."""
    offset = stretch.begin
    file.seek(offset)
    while (stretch.end is None or offset < stretch.end) and (data := file.readline(LONGEST_ROW)):
        yield offset, data
        offset += len(data)
        while _is_cut(data) and (data := file.readline(LONGEST_ROW)):
            offset += len(data)


def _is_cut(data: bytes) -> bool:
    return len(data) == LONGEST_ROW and not data.endswith(b"\n")


def _text(data: bytes, begin: int) -> str:
    """Return a line as text without outer white space; ValueError says why it is no row."""
    if _is_cut(data):
        raise ValueError(f"is longer than {LONGEST_ROW:,} bytes: write one row a line")
    first = begin == 0
    if first and data.startswith(codecs.BOM_UTF8):
        begin, data = len(codecs.BOM_UTF8), data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        what = not_utf8(data, error.start, begin)
        if first and data.startswith(tuple(mark for mark, _ in BYTE_ORDER_MARKS)):
            raise _EndOfRowsError(what, whole=True) from error
        raise ValueError(what) from error
    if text in {"[", "{"}:
        raise _EndOfRowsError(
            "a JSON value begins here that goes over several lines: write one object a line (jq -c '.[]')"
        )
    return text


def _object(line: str) -> dict[str, object]:
    """Return the JSON object that a line is; ValueError says why it is none."""
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error.msg.removesuffix(' at')} at column {error.colno}") from error
    except (ValueError, RecursionError):
        # a number of thousands of digits, brackets nested thousands deep
        raise ValueError("is no row: it holds a number too long or is nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError(f"is no JSON object, but {escaped_name(line):.40}")  # noqa: TRY004 - a fault of the row
    return cast("dict[str, object]", value)


def _objects(
    path: Location, file: BinaryIO, report: ReportProblem, stretch: Stretch | None = None
) -> Iterator[tuple[_Line, dict[str, object]]]:
    """Yield the lines that are objects, with these."""
    for line in _lines(path, file, report, stretch):
        try:
            values = _object(line.text)
        except ValueError as fault:
            report(Problem(line.where, str(fault)))
        else:
            yield line, values
