"""Which pairs an annotator goes through: all that can be labelled, or what is assigned, or a filter chooses.

A queue is made once and stays as it is while its pairs are worked on: none vanishes because it got a label.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from hashiya.corpus.doubts.doubts import LOW_SCORE
from hashiya.corpus.journal.summaries import Summary
from hashiya.corpus.store.index import PAIR_KINDS, PairIndex, PairRows
from hashiya.schema.records import FINISHED, LabelLayer, Status

State = Literal[
    "all", "assigned", "unlabelled", "untouched", "mine", "draft", "done", "unsure", "skipped", "review",
    "conflict", "flagged", "low",
]  # fmt: skip
STATES: tuple[State, ...] = get_args(State)
STATUSES: tuple[Status, ...] = get_args(Status)

_NONE = 0
_WAITS: npt.NDArray[np.bool_] = np.array([True, *(status not in FINISHED for status in STATUSES)])
"""By the code of a status, 0 for none: whether a pair still waits for the annotator."""
_NO_ROWS: PairRows = np.zeros(0, dtype=np.int64)
_FIRST_LOOK = 1024
"""Places of the queue that are looked at first for one that waits; then twice as many, and so on."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which pairs a queue holds: those in a state, of a document, with a label, found by a search query.

    The state is that of the annotator's own label; `assigned` pairs stand in the order of the plan of work,
    `untouched` ones are labelled by nobody, as far as the annotator may know, `conflict` ones have two
    versions of the annotator's side by side, `low` ones have a low alignment score, worst first.
    `document` is its row among the documents, `label` is layer, field and label id.
    """

    state: State = "all"
    document: int | None = None
    label: tuple[LabelLayer, str, str] | None = None
    query: str | None = None


class Standings:
    """What is known of every pair: the annotator's own status, and whether anyone labelled or flagged it.

    `assigned` are the rows of the plan of work, in its order: of these it is not told what others did. What
    the annotator finished under a name from before, one of `formerly`, waits no more. `only` are the rows to
    go through, where these are not all but boilerplate. Counts are kept as labels come and go: a corpus may
    have millions of pairs, and is asked at every key.
    """

    def __init__(
        self,
        index: PairIndex,
        annotator: str,
        summaries: Iterable[Summary],
        assigned: PairRows = _NO_ROWS,
        formerly: Collection[str] = (),
        *,
        only: PairRows | None = None,
    ) -> None:
        self._index = index
        self._annotator = annotator
        self._formerly = frozenset(formerly) - {annotator}
        self._assigned = assigned
        self._is_assigned: npt.NDArray[np.bool_] = np.zeros(len(index), dtype=bool)
        self._is_assigned[assigned] = True
        self._finished_before: npt.NDArray[np.bool_] = np.zeros(len(index), dtype=bool)
        self._own: npt.NDArray[np.uint8] = np.zeros(len(index), dtype=np.uint8)
        self._others: npt.NDArray[np.bool_] = np.zeros(len(index), dtype=bool)
        self._flagged: npt.NDArray[np.bool_] = np.zeros(len(index), dtype=bool)
        self._conflicts: npt.NDArray[np.bool_] = np.zeros(len(index), dtype=bool)
        self.labelled: npt.NDArray[np.bool_] = index.kinds != PAIR_KINDS.index("boilerplate")
        if only is not None:
            self.labelled &= np.isin(np.arange(len(index)), only)
        self._total = int(np.count_nonzero(self.labelled))
        self._total_assigned = int(np.count_nonzero(self.labelled & self._is_assigned))
        self._finished = self._finished_assigned = 0
        self._read(list(summaries))
        self._count()

    def _read(self, standing: Sequence[Summary]) -> None:
        """Take note of all that stands; of two by one annotator on a pair, the last."""
        rows = self._index.rows(item.pair_id for item in standing)
        codes = np.array([_code(item.status) for item in standing], dtype=np.uint8)
        flagged = np.array([item.flagged for item in standing], dtype=bool)
        own = np.array([item.annotator == self._annotator for item in standing], dtype=bool)
        before = np.array([item.annotator in self._formerly for item in standing], dtype=bool)
        mine, others = (rows >= 0) & own, (rows >= 0) & ~own & ~before & (codes != _NONE)
        self._finished_before[rows[(rows >= 0) & before & ~_WAITS[codes]]] = True
        self._own[rows[mine]], self._flagged[rows[mine]] = codes[mine], flagged[mine]
        once, times = np.unique(rows[mine], return_counts=True)
        self._conflicts[once[times > 1]] = True
        conflict = np.array([item.conflict for item in standing], dtype=bool)
        self._conflicts[rows[mine & conflict]] = True
        self._others[rows[others]] = True

    def put(
        self, row: int, annotator: str, status: Status | None, *, flagged: bool, conflict: bool = False
    ) -> None:
        """Take note of what somebody now says of a pair; `None` when nothing stands any more."""
        if annotator not in {self._annotator, *self._formerly}:
            self._others[row] = self._others[row] or status is not None
            return
        waited = bool(self._waits(row))
        if annotator == self._annotator:
            self._own[row] = _code(status)
            self._flagged[row] = flagged
            self._conflicts[row] = conflict
        else:
            self._finished_before[row] = status in FINISHED
        if self.labelled[row]:
            change = int(waited) - int(self._waits(row))
            self._finished += change
            self._finished_assigned += change * int(self._is_assigned[row])

    def in_index(self, index: PairIndex, rows_before: PairRows, assigned: PairRows = _NO_ROWS) -> Standings:
        """Return what is known, for the pairs of a newer index; `rows_before` has the row of each here.

        Of pairs that were not here, whose row is -1, nothing is known yet. `assigned` are the rows there.
        """
        known = Standings(index, self._annotator, (), assigned, self._formerly)
        there = rows_before >= 0
        for name in ("_own", "_others", "_flagged", "_conflicts", "_finished_before"):
            getattr(known, name)[there] = getattr(self, name)[rows_before[there]]
        known._count()
        return known

    def _count(self) -> None:
        """Count what is finished anew."""
        finished = self.labelled & ~(_WAITS[self._own] & ~self._finished_before)
        self._finished = int(np.count_nonzero(finished))
        self._finished_assigned = int(np.count_nonzero(finished & self._is_assigned))

    def _waits(self, rows: PairRows | int) -> npt.NDArray[np.bool_]:
        waiting: npt.NDArray[np.bool_] = _WAITS[self._own[rows]] & ~self._finished_before[rows]
        return waiting

    def own(self, row: int) -> Status | None:
        """Return the annotator's own status of a pair; `None` where there is none."""
        code = int(self._own[row])
        return STATUSES[code - 1] if code else None

    def unfinished(self, rows: PairRows) -> npt.NDArray[np.bool_]:
        """Return whether each pair waits for the annotator: unlabelled, a draft, or to be reviewed."""
        return self._waits(rows)

    def finished(self, *, assigned: bool = False) -> int:
        """Return how many pairs the annotator has finished, of all or of those that are assigned."""
        return self._finished_assigned if assigned else self._finished

    def total(self, *, assigned: bool = False) -> int:
        """Return how many pairs there are to label, of all or of those that are assigned."""
        return self._total_assigned if assigned else self._total

    def rows(self, chosen: Filter, among: Iterable[int] | None = None) -> PairRows:
        """Return the pairs that a filter chooses; `among` restricts them to what a search or a label gave."""
        keep = self._in_state(chosen.state)
        if chosen.document is not None:
            keep &= self._index.documents == chosen.document
        if among is not None:
            given: npt.NDArray[np.bool_] = np.zeros(len(self._index), dtype=bool)
            given[np.fromiter(among, dtype=np.int64)] = True
            keep &= given
        if chosen.state == "assigned":
            return self._assigned[keep[self._assigned]]
        rows: PairRows = np.flatnonzero(keep)
        if chosen.state == "low":
            rows = rows[np.argsort(self._index.scores[rows], kind="stable")]
        return rows

    def _in_state(self, state: State) -> npt.NDArray[np.bool_]:
        chosen: npt.NDArray[np.bool_]
        if state == "all":
            chosen = self.labelled.copy()
        elif state == "assigned":
            chosen = self._is_assigned & self.labelled
        elif state == "unlabelled":
            chosen = (self._own == _NONE) & self.labelled
        elif state == "untouched":
            chosen = (self._own == _NONE) & (~self._others | self._is_assigned) & self.labelled
        elif state == "mine":
            chosen = self._own != _NONE
        elif state == "flagged":
            chosen = self._flagged.copy()
        elif state == "conflict":
            chosen = self._conflicts.copy()
        elif state == "low":
            chosen = (self._index.scores < LOW_SCORE) & self.labelled
        else:
            chosen = self._own == STATUSES.index(state) + 1
        return chosen


class Queue:
    """The pairs to go through, and where one is among them.

    They stand in the order of the corpus, but for those that a low score chose, or a plan of work puts in
    another order.
    """

    def __init__(self, rows: PairRows, chosen: Filter) -> None:
        self.rows = rows
        self.chosen = chosen
        self._order: PairRows | None = None
        self._ascending = rows
        if chosen.state == "low" or (np.diff(rows) < 0).any():
            self._order = np.argsort(rows)
            self._ascending = rows[self._order]

    def __len__(self) -> int:
        return len(self.rows)

    def position(self, row: int) -> int | None:
        """Return the place of a pair in the queue, from 0; `None` where it is not in it."""
        place = int(np.searchsorted(self._ascending, row))
        if place == len(self) or self._ascending[place] != row:
            return None
        return place if self._order is None else int(self._order[place])

    def passed(self, row: int) -> int:
        """Return how many places lie before a pair, whether it is in the queue or not.

        Where the queue has another order than the corpus, a pair that is not in it comes before them all.
        """
        place = self.position(row)
        if place is not None:
            return place
        return int(np.searchsorted(self._ascending, row)) if self._order is None else 0

    def near(self, row: int) -> int:
        """Return the place of a pair, or of the one that follows it in the queue; else the last place."""
        return min(self.passed(row), len(self) - 1)

    def unfinished(self, standings: Standings, after: int | None) -> int | None:
        """Return the row of the next pair that waits, after a place, else from the start, else `None`."""
        begin = 0 if after is None else min(after + 1, len(self))
        for place, last in ((begin, len(self)), (0, begin)):
            first, many = place, _FIRST_LOOK
            while first < last:
                part = self.rows[first : min(first + many, last)]
                waiting = standings.unfinished(part)
                first_waiting = int(np.argmax(waiting))
                if waiting[first_waiting]:
                    return int(part[first_waiting])
                first += many
                many *= 2
        return None


def _code(status: Status | None) -> int:
    return _NONE if status is None else STATUSES.index(status) + 1
