"""Reading a source: its metadata, then its texts by the reader of its format, then the beads given for it.

A file of rows may be read in stretches, whose documents and problems together are those of the file.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping

from hashiya.corpus.sources.formats.article import read_article
from hashiya.corpus.sources.formats.jsonl import cut_jsonl, read_jsonl
from hashiya.corpus.sources.formats.line_aligned import read_lines
from hashiya.corpus.sources.formats.parquet import cut_parquet, read_parquet
from hashiya.corpus.sources.formats.rows import silent
from hashiya.corpus.sources.given_beads import read_beads
from hashiya.corpus.sources.metadata import doc_id_fault, read_metadata, source_head
from hashiya.corpus.sources.source import (
    BEADS,
    METADATA,
    SourceDocument,
    SourceFile,
    SourceFormat,
    SourceHead,
    SourceReader,
    Stretch,
    StretchReader,
)
from hashiya.schema.errors import MissingExtraError, Problem, ReportProblem, SourceError


def _read_tmx(source: SourceFile, head: SourceHead, report: ReportProblem) -> Iterator[SourceDocument]:
    try:
        from hashiya.corpus.sources.formats.tmx import read_tmx
    except ModuleNotFoundError as error:
        raise MissingExtraError("reading TMX", "build") from error
    return read_tmx(source, head, report)


READERS: Mapping[SourceFormat, SourceReader] = {
    "text": read_article,
    "html": read_article,
    "jsonl": read_jsonl,
    "parquet": read_parquet,
    "tmx": _read_tmx,
    "lines": read_lines,
}

STRETCH_READERS: Mapping[SourceFormat, StretchReader] = {"jsonl": read_jsonl, "parquet": read_parquet}
CUTTERS: Mapping[SourceFormat, Callable[[SourceFile, SourceHead, int], list[Stretch]]] = {
    "jsonl": cut_jsonl,
    "parquet": cut_parquet,
}

MOST_PROBLEMS = 20
"""Problems of one source that are told one by one; of a million bad rows the rest are counted."""


def same_id(doc_id: str, where: str, other: str) -> Problem:
    """Return the problem of a document whose `doc_id` an earlier one has, at the place `other`."""
    return Problem(where, f"its doc_id {doc_id!r} is that of {other} too: give one of them another")


def cut_source(source: SourceFile, size: int) -> list[Stretch]:
    """Return stretches of about `size` bytes to read a source in; none where it is to be read whole."""
    cutter = CUTTERS.get(source.format)
    head = _head(source, silent)
    return [] if cutter is None or head is None else cutter(source, head, size)


def read_stretch(
    source: SourceFile, stretch: Stretch | None, report: ReportProblem
) -> Iterator[SourceDocument]:
    """Yield the documents of a stretch of a source, or (None) of all of it, in the order in which they end.

    Whatever is wrong with the input is reported, and what it spoils (a row, a document, the whole source)
    left out. Raises MissingExtraError if the format needs libraries that are not installed.
    """
    head = _head(source, report if stretch is None or stretch.begin == 0 else silent)
    if head is None:
        return
    beads = source.companion(BEADS)
    items = (
        READERS[source.format](source, head, report)
        if stretch is None
        else STRETCH_READERS[source.format](source, head, report, stretch)
    )
    for item in items:
        if beads is None or item.document.doc_id != head.doc_id:
            yield item
            continue
        try:
            given = read_beads(beads, item.document)
        except SourceError as error:
            report(Problem(item.where, f"left out for its beads: {error}; or delete that file"))
        else:
            yield dataclasses.replace(item, beads=given)


def _head(source: SourceFile, report: ReportProblem) -> SourceHead | None:
    """Return what is known of a source before its texts are read; None, and a report, if that is at fault."""
    metadata = source.companion(METADATA)
    fields = {} if metadata is None else read_metadata(metadata, report)
    if fields is None:
        return None
    head = source_head(source.key, fields)
    fault = doc_id_fault(head.doc_id)
    if fault is not None:
        report(Problem(str(source.paths[0]), f"its doc_id would be {head.doc_id!a}: {fault}"))
        return None
    return head


class FirstProblems:
    """A report that passes on the first problems of a source, and at the end the count of the others."""

    def __init__(self, where: str, report: ReportProblem) -> None:
        self.where = where
        self.report = report
        self.counts = {True: 0, False: 0}

    def __call__(self, problem: Problem) -> None:
        """Take the next problem."""
        self.counts[problem.left_out] += 1
        if self.counts[problem.left_out] <= MOST_PROBLEMS:
            self.report(problem)

    def untold(self, left_out: bool) -> int:
        """Return how many problems of a kind were not passed on."""
        return max(0, self.counts[left_out] - MOST_PROBLEMS)

    def add_untold(self, left_out: bool, count: int) -> None:
        """Count problems that are not told one by one; at least `MOST_PROBLEMS` went before them."""
        self.counts[left_out] += count

    def close(self) -> None:
        """Report the counts of what was not told."""
        for left_out, what in ((True, "problems, each with something left out"), (False, "warnings")):
            more = self.untold(left_out)
            if more:
                self.report(Problem(self.where, f"and {more:,} more {what}", left_out))
