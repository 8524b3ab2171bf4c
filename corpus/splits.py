"""Which split a document belongs to: by document, its copies with it, the first choice for ever.

A split pinned in the document's metadata wins when the document is first released; what was released once
never changes. A document whose copies stand in two splits would leak from one to the other: it is left out.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError

from hashiya.corpus.fold import fold
from hashiya.corpus.ids import text_hash
from hashiya.schema.codec import adapter, explain
from hashiya.schema.errors import CorpusError, Problem
from hashiya.schema.records import LANGS, SPLITS, Document, Split

SPLITS_FILE = "splits.json"
"""The file of a corpus folder that keeps the split of every released document."""

SHARES: dict[Split, int] = {"train": 80, "validation": 10, "test": 10}
"""Percent of the documents that no one pinned."""

_STRICTEST: tuple[Split, ...] = ("test", "validation", "train")


def assign(
    documents: Iterable[Document], recorded: Mapping[str, Split], report: Callable[[Problem], None]
) -> dict[str, Split]:
    """Return the split of every document that can be released without a leak.

    Copies are documents with a side that is the same text but for case, marks and white space.
    """
    sorter = _Sorter({document.doc_id: document for document in documents}, report)
    for split in _STRICTEST:
        for document in sorter.documents.values():
            fixed = recorded.get(document.doc_id) or document.split
            if fixed == split:
                sorter.fix(document, split)
    sorter.spread()
    for document in sorter.documents.values():
        if document.doc_id not in sorter.decided:
            sorter.fix(document, _drawn(document.doc_id))
            sorter.spread()
    return {doc_id: sorter.chosen[doc_id] for doc_id in sorter.documents if doc_id in sorter.chosen}


class _Sorter:
    """Gives splits to documents one after another; a text, once in a split, draws its copies there."""

    def __init__(self, documents: Mapping[str, Document], report: Callable[[Problem], None]) -> None:
        self.documents = documents
        self.chosen: dict[str, Split] = {}
        self.decided: set[str] = set()
        self._report = report
        self._split_of: dict[str, Split] = {}
        self._waiting: deque[str] = deque()
        self._keys = {
            doc_id: [text_hash(fold(text)) for lang in LANGS if (text := document.text(lang))]
            for doc_id, document in documents.items()
        }
        self._holders: dict[str, list[str]] = {}
        for doc_id, keys in self._keys.items():
            for key in keys:
                self._holders.setdefault(key, []).append(doc_id)

    def fix(self, document: Document, split: Split) -> None:
        """Give a document its split, unless a text of it stands in another one already."""
        doc_id = document.doc_id
        self.decided.add(doc_id)
        met = {self._split_of[key] for key in self._keys[doc_id] if key in self._split_of} | {split}
        if len(met) > 1:
            copies = sorted({other for key in self._keys[doc_id] for other in self._holders[key]} - {doc_id})
            stand = " and ".join(sorted(met))
            self._report(Problem(doc_id, f"left out: with its copies ({', '.join(copies)}) it joins {stand}"))
            return
        self.chosen[doc_id] = split
        if document.split and document.split != split:
            what = f"is pinned to {document.split} but was released in {split} before, where it stays"
            self._report(Problem(doc_id, what, left_out=False))
        for key in self._keys[doc_id]:
            if key not in self._split_of:
                self._split_of[key] = split
                self._waiting.append(key)

    def spread(self) -> None:
        """Draw every undecided copy of what has a split into the same split."""
        while self._waiting:
            key = self._waiting.popleft()
            for doc_id in self._holders[key]:
                if doc_id not in self.decided:
                    self.fix(self.documents[doc_id], self._split_of[key])


def read_recorded(path: Path) -> dict[str, Split]:
    """Return the splits of earlier releases; none where there was no release."""
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
    """Return the splits as the file that keeps them."""
    return json.dumps(dict(sorted(recorded.items())), ensure_ascii=False, indent=0) + "\n"


def _drawn(doc_id: str) -> Split:
    """The split of a document that nobody pinned: drawn by its id, so the same on every machine."""
    draw = int.from_bytes(hashlib.sha256(doc_id.encode()).digest()[:8], "big") % 100
    for split in SPLITS:
        draw -= SHARES[split]
        if draw < 0:
            return split
    raise AssertionError("the shares add up to 100")
