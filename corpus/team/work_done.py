"""What people have labelled of a corpus, by the names that hold: by pair, by document, in words and seconds.

What a model suggests is nobody's work. A pair counts once for each person, whatever names they had.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from hashiya.corpus.journal.standing import Standing
from hashiya.corpus.store.index import PAIR_KINDS
from hashiya.corpus.team.gold_score import GoldScore, gold_score
from hashiya.corpus.team.planning import WorkState
from hashiya.corpus.team.work_size import WorkSize
from hashiya.schema.payloads import Workload
from hashiya.schema.records import FINISHED, KNOWN_ORIGINS, Annotation
from hashiya.schema.scheme import LabelScheme
from hashiya.schema.team import Team

_Rows = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PersonWork:
    """How far one person is: pairs that are assigned, of them done and waiting; done outside of the plan.

    `waiting` pairs are those that the person has not finished, by done, skipped or unsure. Known labels that
    the person made are not done outside. `gold` compares the person with those that the plan holds.
    """

    annotator: str
    documents: int
    assigned: int
    done: int
    waiting: int
    outside: int
    gold: GoldScore


@dataclass(slots=True)
class _Saved:
    """What was saved by one person: ids of pairs, and of each whether it is finished, done, and known."""

    pair_ids: list[str] = field(default_factory=list)
    finished: list[bool] = field(default_factory=list)
    done: list[bool] = field(default_factory=list)
    known: list[bool] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


class WorkDone:
    """What people did; it is told of everything that stands, by `take`, before it is asked."""

    def __init__(self, size: WorkSize, team: Team, gold: Collection[str] = ()) -> None:
        self._size = size
        self._team = team
        self._gold = frozenset(gold)
        self._saved: dict[str, _Saved] = {}
        self._known: dict[str, dict[str, list[Annotation]]] = {}
        self._answers: dict[str, dict[str, list[Annotation]]] = {}
        self._numbers = {doc_id: number for number, doc_id in enumerate(size.doc_ids)}

    def take(self, standing: Standing) -> None:
        """Take note of what stands for a pair and an annotator."""
        said = [item for item in standing.annotations if item.origin != "suggested"]
        if not said:
            return
        name = self._team.name_now(standing.annotator)
        is_done = all(item.status == "done" for item in said)
        is_known = all(item.origin in KNOWN_ORIGINS for item in said)
        self.note(
            name,
            standing.pair_id,
            is_finished=all(item.status in FINISHED for item in said),
            is_done=is_done,
            is_known=is_known,
            seconds=max(item.seconds or 0.0 for item in said),
        )
        if is_done and (self._gold & {item.place.doc_id for item in said}):
            of = self._known if is_known else self._answers
            of.setdefault(standing.pair_id, {}).setdefault(name, []).extend(said)

    def note(
        self, name: str, pair_id: str, *, is_finished: bool, is_done: bool, is_known: bool, seconds: float
    ) -> None:
        """Take note of what somebody, by the name that holds, has saved of a pair, whatever its labels."""
        saved = self._saved.setdefault(name, _Saved())
        saved.pair_ids.append(pair_id)
        saved.finished.append(is_finished)
        saved.done.append(is_done)
        saved.known.append(is_known)
        saved.seconds.append(seconds if is_finished else 0.0)

    def state(self, assigned: Iterable[Workload]) -> WorkState:
        """Return what a plan is extended from; the workloads are those that were assigned."""
        begun: set[tuple[str, str]] = set()
        to_do: dict[tuple[str, str], int] = {}
        for name, saved in self._saved.items():
            left = self._size.words.copy()
            left[self._rows(saved, saved.finished)] = 0
            words = self._size.of_documents(left)
            rows = self._rows(saved, [True] * len(saved.pair_ids))
            for number in np.unique(self._size.index.documents[rows]).tolist():
                begun.add((name, self._size.doc_ids[number]))
                to_do[name, self._size.doc_ids[number]] = words[number]
        return WorkState(assigned=tuple(assigned), begun=begun, to_do=to_do, gold_by=self.gold_by())

    def gold_by(self) -> dict[str, set[str]]:
        """Return who made the known labels of each document whose labels are known."""
        found: dict[str, set[str]] = {}
        rows = self._size.index.rows(self._known)
        for row, by_name in zip(rows.tolist(), self._known.values(), strict=True):
            if row >= 0:
                number = int(self._size.index.documents[row])
                found.setdefault(self._size.doc_ids[number], set()).update(by_name)
        return found

    def pace(self, name: str) -> float | None:
        """Return the seconds that a person takes for a word; that of all where the person has no times yet.

        `None` where nobody has.
        """
        own = self._times([name])
        seconds, words = own if own[1] else self._times(self._saved)
        return seconds / words if words else None

    def of_person(self, name: str, documents: Iterable[str], scheme: LabelScheme) -> PersonWork:
        """Return how far a person is with the documents that are assigned."""
        index = self._size.index
        assigned: _Rows = np.zeros(len(index), dtype=bool)
        numbers = [self._numbers[doc_id] for doc_id in documents if doc_id in self._numbers]
        for number in numbers:
            rows = index.document_rows(number)
            assigned[rows.start : rows.stop] = True
        assigned &= index.kinds != PAIR_KINDS.index("boilerplate")
        saved = self._saved.get(name, _Saved())
        finished, done, known = (
            self._mask(self._rows(saved, which)) for which in (saved.finished, saved.done, saved.known)
        )
        return PersonWork(
            annotator=name,
            documents=len(numbers),
            assigned=int(assigned.sum()),
            done=int((assigned & done).sum()),
            waiting=int((assigned & ~finished).sum()),
            outside=int((done & ~assigned & ~known).sum()),
            gold=self._score(name, scheme),
        )

    def documents_of(self, name: str) -> list[str]:
        """Return the documents of which a person has saved anything, in the order of the corpus."""
        saved = self._saved.get(name, _Saved())
        rows = self._rows(saved, [True] * len(saved.pair_ids))
        return [self._size.doc_ids[number] for number in np.unique(self._size.index.documents[rows]).tolist()]

    def by_document(self, name: str) -> tuple[list[int], list[int], list[int]]:
        """Return the pairs that can be labelled, and those a person has finished and done, by document."""
        index, saved = self._size.index, self._saved.get(name, _Saved())
        labelled = index.kinds != PAIR_KINDS.index("boilerplate")
        finished, done = (self._mask(self._rows(saved, which)) for which in (saved.finished, saved.done))
        masks = (labelled, labelled & finished, labelled & done)
        pairs, ended, complete = (self._size.of_documents(mask.astype(np.int64)) for mask in masks)
        return pairs, ended, complete

    @property
    def names(self) -> list[str]:
        """Who has saved anything."""
        return sorted(self._saved)

    def _score(self, name: str, scheme: LabelScheme) -> GoldScore:
        score = GoldScore()
        for pair_id, answers in self._answers.items():
            known = [
                item for who, items in self._known.get(pair_id, {}).items() if who != name for item in items
            ]
            if known and name in answers:
                score += gold_score(known, answers[name], scheme)
        return score

    def _times(self, names: Iterable[str]) -> tuple[float, int]:
        seconds, words = 0.0, 0
        for name in names:
            saved = self._saved.get(name, _Saved())
            timed = [took > 0 for took in saved.seconds]
            rows = self._size.index.rows(saved.pair_ids)
            for row, took, counts in zip(rows.tolist(), saved.seconds, timed, strict=True):
                if counts and row >= 0 and self._size.words[row]:
                    seconds += took
                    words += int(self._size.words[row])
        return seconds, words

    def _rows(self, saved: _Saved, which: list[bool]) -> npt.NDArray[np.int64]:
        """The rows of the pairs that are chosen, and are in the generation."""
        ids = [pair_id for pair_id, chosen in zip(saved.pair_ids, which, strict=True) if chosen]
        rows = self._size.index.rows(ids)
        return rows[rows >= 0]

    def _mask(self, rows: npt.NDArray[np.int64]) -> _Rows:
        found: _Rows = np.zeros(len(self._size.index), dtype=bool)
        found[rows] = True
        return found
