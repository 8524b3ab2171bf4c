"""Where a file of rows may be cut: between two rows over which no document goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hashiya.corpus.sources.source import Stretch


@dataclass(slots=True)
class Cuts:
    """The cuts of a file whose rows are added one by one; positions are bytes or rows, and so is `size`.

    The rows of a document may lie apart: a later one takes back the cuts since the first. So a file whose
    documents are mixed throughout has no cut. Holds the id of every document that is given in segments.
    """

    size: int
    _cuts: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    _first: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, document: str | None, begin: int, before: int) -> None:
        """Take the next row, a segment of `document` or (None) a whole one; `before` counts rows."""
        if begin - (self._cuts[-1][0] if self._cuts else 0) >= self.size:
            self._cuts.append((begin, before))
        if document is not None:
            first = self._first.setdefault(document, begin)
            while self._cuts and self._cuts[-1][0] > first:
                self._cuts.pop()

    def stretches(self, unread: Sequence[str] = ()) -> list[Stretch]:
        """Return the stretches between the cuts, the first from the file's start and the last to its end."""
        starts = [(0, 0), *self._cuts]
        ends = [*(begin for begin, _ in self._cuts), None]
        return [
            Stretch(begin, end, before, tuple(unread) if end is None else ())
            for (begin, before), end in zip(starts, ends, strict=True)
        ]
