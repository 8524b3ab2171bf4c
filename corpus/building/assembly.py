"""All parts, in the order of the plan -> one generation, in two passes and the memory of one part.

A survey is a decision that needs all documents: it looks at every part in the first pass, decides, and
settles every part in the second. In both a survey is given the part as the survey before it returned it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np

from hashiya.corpus.building.build_report import RunningReport
from hashiya.corpus.building.part_tables import WHERE, Part
from hashiya.corpus.sources.read import same_id
from hashiya.corpus.store.writer import GenerationWriter
from hashiya.schema.errors import ReportProblem

_DIGEST = 16


class Survey(Protocol):
    """A decision that needs all documents."""

    def look(self, part: Part) -> Part:
        """Look at a part, and return it as the next survey is to see it; called for every part in order."""
        ...

    def decide(self) -> None:
        """Decide; called once, after the last part was looked at and before the first is settled."""
        ...

    def settle(self, part: Part) -> Part:
        """Return the part as it goes into the corpus; called for every part in order."""
        ...


class DistinctIds:
    """Drops every document whose `doc_id` an earlier one has; holds some 100 bytes a document."""

    def __init__(self, report: ReportProblem) -> None:
        self._report = report
        self._seen: set[bytes] = set()
        self._repeated: set[bytes] = set()
        self._places: dict[str, str] = {}

    def look(self, part: Part) -> Part:
        """See `Survey.look`; the next survey does not see what will be dropped."""
        kept = np.ones(part.documents.num_rows, dtype=np.bool_)
        for row, doc_id in enumerate(part.documents["doc_id"].to_pylist()):
            digest = _digest(str(doc_id))
            if digest in self._seen:
                self._repeated.add(digest)
                kept[row] = False
            self._seen.add(digest)
        return part if kept.all() else part.only(kept)

    def decide(self) -> None:
        """See `Survey.decide`."""
        self._seen = set()

    def settle(self, part: Part) -> Part:
        """See `Survey.settle`; each document that is dropped is reported, with both places."""
        if not self._repeated:
            return part
        kept = np.ones(part.documents.num_rows, dtype=np.bool_)
        columns = (part.documents[name].to_pylist() for name in ("doc_id", WHERE))
        for row, (doc_id, where) in enumerate(zip(*columns, strict=True)):
            if _digest(doc_id) not in self._repeated:
                continue
            if doc_id in self._places:
                self._report(same_id(doc_id, where, self._places[doc_id]))
                kept[row] = False
            else:
                self._places[doc_id] = where
        return part if kept.all() else part.only(kept)


def assemble(
    parts: Callable[[], Iterator[Part]], surveys: Sequence[Survey], writer: GenerationWriter
) -> RunningReport:
    """Write all documents and pairs, and return the report of them. `parts` reads the parts anew."""
    for part in parts():
        seen = part
        for survey in surveys:
            seen = survey.look(seen)
    for survey in surveys:
        survey.decide()
    report = RunningReport()
    for part in parts():
        settled = part
        for survey in surveys:
            settled = survey.settle(settled)
        rows = settled.rows()
        writer.add_tables(settled.documents, rows, settled.pairs)
        report.add(settled.documents.num_rows, rows, settled.pairs, settled.notes.by_hand)
    return report


def _digest(doc_id: str) -> bytes:
    return hashlib.blake2b(doc_id.encode(), digest_size=_DIGEST).digest()
