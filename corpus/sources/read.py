"""Reading a source: its metadata, then its texts by the reader of its format, then the beads given for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

from hashiya.corpus.beads import read_beads
from hashiya.corpus.sources.article import read_article
from hashiya.corpus.sources.jsonl import read_jsonl
from hashiya.corpus.sources.lines import read_lines
from hashiya.corpus.sources.metadata import doc_id_fault, head, read_metadata
from hashiya.corpus.sources.parquet import read_parquet
from hashiya.corpus.sources.source import (
    BEADS,
    METADATA,
    Format,
    Head,
    Reader,
    Report,
    SourceDocument,
    SourceFile,
)
from hashiya.schema.errors import MissingExtraError, Problem, SourceError


def _read_tmx(source: SourceFile, known: Head, report: Report) -> Iterator[SourceDocument]:
    try:
        from hashiya.corpus.sources.tmx import read_tmx
    except ModuleNotFoundError as error:
        raise MissingExtraError("reading TMX", "build") from error
    return read_tmx(source, known, report)


READERS: Mapping[Format, Reader] = {
    "text": read_article,
    "html": read_article,
    "jsonl": read_jsonl,
    "parquet": read_parquet,
    "tmx": _read_tmx,
    "lines": read_lines,
}

MOST_PROBLEMS = 20
"""Problems of one source that are told one by one; of a million bad rows the rest are counted."""


def read_source(source: SourceFile, report: Report) -> Iterator[SourceDocument]:
    """The documents of one source, in the order in which they end.

    Whatever is wrong with the input is reported, and what it spoils (a row, a document, the whole source)
    left out. ``MissingExtraError`` if the format needs libraries that are not installed.
    """
    first = _First(source, report)
    yield from _documents(source, first)
    first.close()


def unique(documents: Iterable[SourceDocument], report: Report) -> Iterator[SourceDocument]:
    """``documents`` without those whose ``doc_id`` an earlier one has; each is reported, with both places."""
    places: dict[str, str] = {}
    for item in documents:
        doc_id = item.document.doc_id
        if doc_id in places:
            what = f"its doc_id {doc_id!r} is that of {places[doc_id]} too: give one of them another"
            report(Problem(item.where, what))
        else:
            places[doc_id] = item.where
            yield item


def _documents(source: SourceFile, report: Report) -> Iterator[SourceDocument]:
    metadata = source.companion(METADATA)
    fields = {} if metadata is None else read_metadata(metadata, report)
    if fields is None:
        return
    known = head(source.key, fields)
    fault = doc_id_fault(known.doc_id)
    if fault is not None:
        report(Problem(str(source.paths[0]), f"its doc_id would be {known.doc_id!a}: {fault}"))
        return
    beads = source.companion(BEADS)
    for item in READERS[source.format](source, known, report):
        if beads is None or item.document.doc_id != known.doc_id:
            yield item
            continue
        try:
            given = read_beads(beads, item.document)
        except SourceError as error:
            report(Problem(item.where, f"left out for its beads: {error}; or delete that file"))
        else:
            yield dataclasses.replace(item, beads=given)


class _First:
    """Passes on the first problems of a source, and at the end says how many more there were."""

    def __init__(self, source: SourceFile, report: Report) -> None:
        self.where = str(source.texts[0] if source.texts else source.paths[0])
        self.report = report
        self.counts = {True: 0, False: 0}

    def __call__(self, problem: Problem) -> None:
        self.counts[problem.left_out] += 1
        if self.counts[problem.left_out] <= MOST_PROBLEMS:
            self.report(problem)

    def close(self) -> None:
        """Report the counts of what was not told."""
        for left_out, what in ((True, "problems, each with something left out"), (False, "warnings")):
            more = self.counts[left_out] - MOST_PROBLEMS
            if more > 0:
                self.report(Problem(self.where, f"and {more:,} more {what}", left_out))
