"""The split of every document: near-duplicates share one, and a released document keeps the one it has.

A split pinned in the document's metadata wins when the document is first released; the split of a released
document never changes. A document whose near-duplicates stand in two splits would leak from one to the other:
it is left out. Documents without a split are drawn by their ids, or stratified (`stratified`).
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from hashiya.corpus.duplicates.near_duplicates import DuplicateLink
from hashiya.schema.codec import adapter, explain
from hashiya.schema.errors import CorpusError, Problem
from hashiya.schema.records import SPLITS, Document, Lang, Split

SPLITS_FILE = "splits.json"
"""The file of a corpus folder that keeps the split of every released document."""

SPLIT_SHARES: dict[Split, int] = {"train": 80, "validation": 10, "test": 10}
"""Percent of the documents that no one pinned."""

Draw = Callable[[Sequence[Sequence[str]], Mapping[str, Split]], Mapping[str, Split]]
"""Chooses splits for groups of documents that stay together, given those that documents have already."""

_SHOWN = 10  # near-duplicates that a message names
_STRICTEST: tuple[Split, ...] = ("test", "validation", "train")


def assign(
    documents: Iterable[Document],
    recorded: Mapping[str, Split],
    links: Iterable[DuplicateLink],
    report: Callable[[Problem], None],
    draw: Draw | None = None,
) -> dict[str, Split]:
    """Return the split of every document that can be released without a leak.

    `draw` chooses the splits that nothing decides; without it each document is drawn by its id. `links` say
    which documents are near-duplicates; those that are linked to one document stay together, also where that
    one is not among `documents`.
    """
    sorter = _Sorter({document.doc_id: document for document in documents}, links, report)
    for split in _STRICTEST:
        for document in sorter.documents.values():
            fixed = recorded.get(document.doc_id) or document.split
            if fixed == split:
                sorter.fix(document, split)
    sorter.spread()
    drawn = draw(sorter.undecided(), sorter.chosen) if draw is not None else {}
    for document in sorter.documents.values():
        if document.doc_id not in sorter.decided:
            sorter.fix(document, drawn.get(document.doc_id) or _drawn(document.doc_id))
            sorter.spread()
    return {doc_id: sorter.chosen[doc_id] for doc_id in sorter.documents if doc_id in sorter.chosen}


_Hub = tuple[str, Lang]
"""A document and a side: all sides that are linked to it, and itself, stay in one split."""


class _Sorter:
    """Gives splits to documents one after another; the first split of a hub is that of all its documents."""

    def __init__(
        self,
        documents: Mapping[str, Document],
        links: Iterable[DuplicateLink],
        report: Callable[[Problem], None],
    ) -> None:
        self.documents = documents
        self.chosen: dict[str, Split] = {}
        self.decided: set[str] = set()
        self._report = report
        self._split_of: dict[_Hub, Split] = {}
        self._waiting: deque[_Hub] = deque()
        self._hubs: dict[str, list[_Hub]] = {}
        self._holders: dict[_Hub, list[str]] = {}
        for link in links:
            hub = (link.like, link.lang)
            if hub not in self._holders:
                self._hold(link.like, hub)
            self._hold(link.doc_id, hub)

    def _hold(self, doc_id: str, hub: _Hub) -> None:
        holders = self._holders.setdefault(hub, [])
        if doc_id in self.documents:
            holders.append(doc_id)
            self._hubs.setdefault(doc_id, []).append(hub)

    def undecided(self) -> list[list[str]]:
        """Return the documents without a split, in groups whose documents will share one."""
        groups: list[list[str]] = []
        seen: set[str] = set()
        for doc_id in self.documents:
            if doc_id in seen or doc_id in self.decided:
                continue
            group, waiting = [], [doc_id]
            seen.add(doc_id)
            while waiting:
                one = waiting.pop()
                group.append(one)
                near = {other for hub in self._hubs.get(one, ()) for other in self._holders[hub]}
                waiting += sorted(near - seen - self.decided)
                seen |= near
            groups.append(sorted(group))
        return groups

    def fix(self, document: Document, split: Split) -> None:
        """Give a document its split, unless one of its hubs has another one already."""
        doc_id = document.doc_id
        hubs = self._hubs.get(doc_id, [])
        self.decided.add(doc_id)
        met = {self._split_of[hub] for hub in hubs if hub in self._split_of} | {split}
        if len(met) > 1:
            self._report(
                Problem(doc_id, f"left out: with {self._others(doc_id)} it joins {' and '.join(sorted(met))}")
            )
            return
        self.chosen[doc_id] = split
        if document.split and document.split != split:
            what = f"is pinned to {document.split} but was released in {split} before, where it stays"
            self._report(Problem(doc_id, what, left_out=False))
        for hub in hubs:
            if hub not in self._split_of:
                self._split_of[hub] = split
                self._waiting.append(hub)

    def spread(self) -> None:
        """Give the split of every decided hub to its undecided documents."""
        while self._waiting:
            hub = self._waiting.popleft()
            for doc_id in self._holders[hub]:
                if doc_id not in self.decided:
                    self.fix(self.documents[doc_id], self._split_of[hub])

    def _others(self, doc_id: str) -> str:
        others = sorted({other for hub in self._hubs[doc_id] for other in self._holders[hub]} - {doc_id})
        return f"its near-duplicates ({', '.join(others[:_SHOWN])}{' ...' if len(others) > _SHOWN else ''})"


def read_recorded(path: Path) -> dict[str, Split]:
    """Return the splits of earlier releases by doc_id; {} where there was no release."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    try:
        recorded: dict[str, Split] = adapter(dict[str, Split]).validate_json(content)
    except ValidationError as error:
        what = f"{path}: cannot be read: {explain(error)}"
        raise CorpusError(
            f"{what}; it holds the splits of earlier releases: restore it from a copy"
        ) from None
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror or error}") from None
    return recorded


def recorded_text(recorded: Mapping[str, Split]) -> str:
    """Return the splits as the text of the file that keeps them."""
    return json.dumps(dict(sorted(recorded.items())), ensure_ascii=False, indent=0) + "\n"


def _drawn(doc_id: str) -> Split:
    """The split of a document that nobody pinned: drawn by the hash of its id, on every machine the same."""
    draw = int.from_bytes(hashlib.sha256(doc_id.encode()).digest()[:8], "big") % 100
    for split in SPLITS:
        draw -= SPLIT_SHARES[split]
        if draw < 0:
            return split
    raise AssertionError("the shares add up to 100")
