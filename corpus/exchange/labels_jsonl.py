"""Our own JSONL, one annotation a line: out of the journal and back into it without loss."""

from __future__ import annotations

import codecs
import re
import shutil
import tempfile
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from hashiya.corpus.carrying.orphaned import left_behind, unplaced
from hashiya.corpus.exchange.recording import (
    DOCUMENTS_TOGETHER,
    GivenLabels,
    ImportReport,
    record_labels,
)
from hashiya.corpus.exchange.short_lines import ShortLines
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.reader import GenerationReader
from hashiya.schema.codec import dump, from_json, to_object
from hashiya.schema.errors import LabelError, Problem, ReportProblem, SourceError
from hashiya.schema.records import Annotation, AnnotationLine, Status

_DOCUMENT = re.compile(rb'"doc_id"\s*:\s*"((?:[^"\\]|\\.)*)"')
"""Where a line most likely names its document: lines are put in an order by it, and read for themselves."""


def import_labels(corpus: Corpus, path: Path, *, replace: bool = False) -> ImportReport:
    """Record the annotations of a file, each where its pair stands now; as `record_labels`.

    A line may have a pair's id, an annotator and labels alone. Where the annotator changed a pair here and in
    the file, both stand side by side, unless `replace`. A line that does not fit is a problem and the others
    go on. `SourceError` when the file cannot be read.
    """
    report = ImportReport()
    _check_are_lines(path)
    with corpus.journal(write=False) as journal, GenerationReader(corpus.generation()) as reader:
        lines = _read(path, ShortLines(corpus.scheme, reader, journal), report.problems.append)
        return record_labels(corpus, lines, report, both="replace" if replace else "beside")


def export_labels(
    corpus: Corpus, *, status: Status | None = None, only_unplaced: bool = False
) -> Iterator[str]:
    """Yield every annotation that stands as a line of JSON, by pair and then by annotator.

    A line has the history of its annotation, as `AnnotationLine` says. Those that stand for no pair of the
    corpus come last. `only_unplaced` yields these, and, as they were,
    those that were carried to a changed text without some of their marks and not saved since.
    """
    generation = corpus.generation()
    with corpus.journal(write=False) as journal:
        order = {pair_id: number for number, pair_id in enumerate(generation.pair_ids())}
        placed = [item for item in journal.standing() if item.pair_id in order and not only_unplaced]
        placed.sort(key=lambda item: order[item.pair_id])
        for item in [*placed, *unplaced(journal, generation)]:
            for annotation in item.annotations:
                if status in {None, annotation.status}:
                    yield _line(annotation, item.history(annotation))
        for annotation in left_behind(journal, generation) if only_unplaced else ():
            yield _line(annotation, ())


def _line(annotation: Annotation, history: tuple[str, ...]) -> str:
    return dump({**to_object(annotation), "history": list(history)})


def _read(path: Path, short: ShortLines, report: ReportProblem) -> Iterator[GivenLabels]:
    try:
        with path.open("rb") as file:
            for number, line in _by_document(file):
                content = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
                if content.strip():
                    where = f"{path}, line {number}"
                    try:
                        read = _line_read(content, short)
                    except LabelError as error:
                        report(Problem(where, str(error).removeprefix(": ")))
                    else:
                        yield GivenLabels(where, read.annotation(), read.history)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None


def _line_read(content: bytes, short: ShortLines) -> AnnotationLine:
    try:
        return from_json(AnnotationLine, content, "")
    except LabelError:
        whole = short.completed(content)
        if whole is None:
            raise
        return whole


def _check_are_lines(path: Path) -> None:
    """Raise `SourceError` where a file is an array of JSON: it has no lines to tell of one by one."""
    if not path.is_file():  # a pipe can be read once
        return
    try:
        with path.open("rb") as file:
            start = file.read(1 << 12)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None
    if start.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"["):
        raise SourceError(
            f"{path}: is a JSON array, and an annotation a line is wanted (`jq -c '.[]'` makes that of it); "
            "an export of Label Studio is for `hashiya labelstudio import`"
        )


def _by_document(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file with their numbers, from 1.

    Where many documents are spread over it, the lines of each come one after the other, by the first of them:
    otherwise every part of the lines that is read together could need every document of the corpus.
    """
    if not file.seekable():
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(file, copy)
            copy.seek(0)
            yield from _by_document(copy)
        return
    starts, named = array("q"), array("q")
    start = document = 0
    for line in file:
        found = _DOCUMENT.search(line)
        document = document if found is None else hash(found[1])  # what names none stays where it is
        starts.append(start)
        named.append(document)
        start += len(line)
    documents = np.frombuffer(named, np.int64)
    names, firsts, which = np.unique(documents, return_index=True, return_inverse=True)
    changes = np.count_nonzero(documents[1:] != documents[:-1])
    file.seek(0)
    if len(names) <= DOCUMENTS_TOGETHER or changes < 2 * len(names):
        yield from enumerate(file, start=1)
        return
    for number in np.argsort(firsts[which], kind="stable").tolist():
        file.seek(starts[number])
        yield number + 1, file.readline()
