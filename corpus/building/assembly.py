"""All parts, in the order of the plan -> one generation, in two passes and the memory of one part.

What can be decided only when all documents are known is a survey: it looks at every part, then settles each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np

from hashiya.corpus.account import Account
from hashiya.corpus.building.part import WHERE, Part
from hashiya.corpus.sources import Report, same_id
from hashiya.corpus.store import Writer

_DIGEST = 16


class Survey(Protocol):
    """A decision that needs all documents."""

    def look(self, part: Part) -> None:
        """Take note of a part; called for every part in order, before any is settled."""
        ...

    def settle(self, part: Part) -> Part:
        """Return the part as it goes into the corpus; called for every part in order."""
        ...


class DistinctIds:
    """Keeps two documents from having one ``doc_id``: the first one stays. Holds 16 bytes a document."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._seen = bytearray()
        self._repeated: frozenset[bytes] | None = None
        self._places: dict[str, str] = {}

    def look(self, part: Part) -> None:
        """See `Survey.look`."""
        for doc_id in part.documents["doc_id"].to_pylist():
            self._seen += _digest(str(doc_id))

    def settle(self, part: Part) -> Part:
        """See `Survey.settle`; each document that is dropped is reported, with both places."""
        if self._repeated is None:
            digests, counts = np.unique(np.frombuffer(self._seen, dtype=f"V{_DIGEST}"), return_counts=True)
            self._repeated = frozenset(digest.tobytes() for digest in digests[counts > 1])
            self._seen = bytearray()
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


def assemble(parts: Callable[[], Iterator[Part]], surveys: Sequence[Survey], writer: Writer) -> Account:
    """Write all documents and pairs, and return the account of them. ``parts`` reads the parts anew."""
    for part in parts():
        for survey in surveys:
            survey.look(part)
    account = Account()
    for part in parts():
        settled = part
        for survey in surveys:
            settled = survey.settle(settled)
        rows = settled.rows()
        writer.add_tables(settled.documents, rows, settled.pairs)
        account.add(settled.documents.num_rows, rows, settled.pairs, settled.notes.by_hand)
    return account


def _digest(doc_id: str) -> bytes:
    return hashlib.blake2b(doc_id.encode(), digest_size=_DIGEST).digest()
