"""Where a file of rows is cut: between two rows over which no document goes, and where an id says so.

Content-defined chunking: whether there is a cut before a row depends on its id, on the size of the row before
it and on how far back the last cut is, so rows that come or go move no cuts but those beside them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from hashiya.corpus.sources.source import Stretch

_RANGE = 4
_MARKS = 1 << 32


@dataclass(slots=True)
class Cuts:
    """The cuts of a file whose rows are added one by one; positions are bytes or rows, and so is `size`.

    A stretch has `size` on average, no less than a quarter of it, and no more than four times as much but
    for its last row. The rows of a document may lie apart: a later one takes back the cuts since the first.
    So a file whose documents are mixed throughout has no cut. Holds the id of every document that is given in
    segments.
    """

    size: int
    _cuts: list[tuple[int, int, str]] = field(default_factory=list[tuple[int, int, str]])
    _first: dict[str, int] = field(default_factory=dict[str, int])
    _row: int = 0

    def add(self, document: str | None, begin: int, before: int, name: str = "") -> None:
        """Take the next row, a segment of `document` or (None) a whole one; `before` counts rows.

        `name` is the id of the row, or else of its document.
        """
        length, self._row = begin - self._row, begin
        since = begin - (self._cuts[-1][0] if self._cuts else 0)
        if since >= self.size * _RANGE or (since >= self.size / _RANGE and self._says_so(name, length)):
            self._cuts.append((begin, before, name))
        if document is not None:
            first = self._first.setdefault(document, begin)
            while self._cuts and self._cuts[-1][0] > first:
                self._cuts.pop()

    def _says_so(self, name: str, length: int) -> bool:
        mark = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "little")
        return mark * (self.size - self.size / _RANGE) < length * _MARKS

    def stretches(self, unread: Sequence[str] = ()) -> list[Stretch]:
        """Return the stretches between the cuts, the first from the file's start and the last to its end."""
        starts = [(0, 0, ""), *self._cuts]
        ends = [*(begin for begin, _, _ in self._cuts), None]
        return [
            Stretch(begin, end, before, tuple(unread) if end is None else (), first)
            for (begin, before, first), end in zip(starts, ends, strict=True)
        ]
