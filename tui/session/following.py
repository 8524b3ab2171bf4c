"""Going on in a newer generation of the corpus: where the open pair and the queue are now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from hashiya.corpus.store.document_view import DocumentView
from hashiya.corpus.store.index import PairRows
from hashiya.corpus.store.reader import GenerationReader
from hashiya.corpus.text.diff import TextMap
from hashiya.schema.records import LANGS, Document, Pair
from hashiya.tui.session.queue import Filter, Queue, Standings

Following = Literal["same", "changed", "gone"]
"""The open pair after a build: the same, the one with most of its text, or one near to where it was."""

_OF_LABELLED = frozenset({"all", "assigned", "unlabelled", "untouched", "low"})
"""The states that boilerplate is never in."""


@dataclass(frozen=True, slots=True)
class SameRows:
    """The same pairs in two generations, -1 where there is none.

    `now` has for each row of the older one the row in the newer one, `before` the other way round.
    """

    now: PairRows
    before: PairRows


def pair_now(
    before: GenerationReader, row: int, now: GenerationReader, rows_now: PairRows
) -> tuple[int | None, Following]:
    """Return the row of a newer generation that a pair of an older one is in, and whether it is the same.

    `rows_now` has for each row of the older one the row of the same pair. The row is `None` where the newer
    one is empty.
    """
    if rows_now[row] >= 0:
        return int(rows_now[row]), "same"
    pair, document = before.pair(row), before.document_of(row)
    siblings = rows_now[np.array(before.index.document_rows(int(before.index.documents[row])))]
    kept = siblings[siblings >= 0]
    views = now.generation.views([] if len(kept) else [document.doc_id])
    view = now.view(int(kept[0])) if len(kept) else views.get(document.doc_id)
    if view is not None and view.pairs:
        found = _most_of(pair, document, view)
        number = min(pair.index, len(view.pairs) - 1) if found is None else found
        return now.index.row(view.pairs[number].pair_id), "gone" if found is None else "changed"
    after = rows_now[row:]
    near = [*after[after >= 0][:1].tolist(), *rows_now[rows_now >= 0][-1:].tolist()]
    return (near[0] if near else 0 if len(now) else None), "gone"


def queue_now(
    queue: Queue, before: Standings, standings: Standings, same: SameRows, now: GenerationReader
) -> Queue:
    """Return a queue with the same choice: its pairs that are still there, and new ones in its state.

    What was boilerplate before is new; what is boilerplate now goes, where the state is one without it.
    Whether a new pair has the label or the words that the queue is restricted to is not looked up.
    """
    chosen = queue.chosen
    kept = same.now[queue.rows]
    kept = kept[kept >= 0]
    if chosen.document is not None and len(kept):
        chosen = replace(chosen, document=int(now.index.documents[kept[0]]))
    if chosen.state in _OF_LABELLED:
        kept = kept[standings.labelled[kept]]
    new: PairRows = np.zeros(0, np.int64)
    if chosen.label is None and chosen.query is None and (chosen.document is None or len(kept)):
        was_there = same.before >= 0
        was_there[was_there] = before.labelled[same.before[was_there]]
        new = np.flatnonzero(~was_there)
        new = new[np.isin(new, standings.rows(chosen), assume_unique=True)]
    rows = np.union1d(kept, new)
    if chosen.state == "assigned":
        rows = standings.rows(chosen, rows)
    elif chosen.state == "low":
        rows = rows[np.argsort(now.index.scores[rows], kind="stable")]
    if not len(rows):
        return Queue(standings.rows(Filter()), Filter())
    return Queue(rows, chosen)


def _most_of(pair: Pair, document: Document, view: DocumentView) -> int | None:
    """The number of the pair that has the most letters of an older one; `None` if none has any."""
    letters: np.ndarray[tuple[int], np.dtype[np.int64]] = np.zeros(len(view.pairs), dtype=np.int64)
    for lang in LANGS:
        place, old, new = pair.place(lang), document.text(lang), view.document.text(lang)
        if place is None or old is None or new is None:
            continue
        for piece in TextMap(old, new).pieces(place.start, place.end):
            for number, other in enumerate(view.pairs):
                there = other.place(lang)
                if there is not None:
                    letters[number] += max(0, min(piece.end, there.end) - max(piece.start, there.start))
    best = int(np.argmax(letters))
    return best if letters[best] else None
