"""Watching a team: its corpus is read once, and after that only what has changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from hashiya.corpus.journal.event import ADJUDICATION
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.streams.assignments import read_assignments
from hashiya.corpus.journal.summaries import last_position, subjects_since
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.store.index import PAIR_KINDS
from hashiya.corpus.store.presence import Labelling, labelling, labelling_anywhere
from hashiya.corpus.store.shard import DOCUMENTS
from hashiya.corpus.team.activity import TeamActivity
from hashiya.corpus.team.assigned_work import by_person, workloads_said
from hashiya.corpus.team.people import read_team
from hashiya.corpus.team.team_report import TeamFacts, TeamReport, report_team
from hashiya.corpus.team.work_done import PersonWork, WorkDone
from hashiya.corpus.team.work_size import WorkSize, measure_work
from hashiya.schema.adjudication import Adjudication
from hashiya.schema.errors import HashiyaError
from hashiya.schema.payloads import Workload
from hashiya.schema.records import Annotation
from hashiya.schema.team import Team

WhoLabels = Callable[[], Iterable[Labelling]]
"""What tells of the open sessions of a corpus, on whatever machines: its folder, or a database."""
_AT_ONCE = 2000
"""Pairs whose labels are read at a time."""


class LookStoppedError(HashiyaError):
    """A look that was ended before it was done; the next one goes on."""


@dataclass(frozen=True, slots=True)
class DocumentProgress:
    """How far a person is in a document: its pairs that can be labelled, of them done and waiting."""

    doc_id: str
    title: str
    is_assigned: bool
    pairs: int
    done: int
    waiting: int


@dataclass(frozen=True, slots=True)
class _Held:
    """A generation, with what does not change in it."""

    generation: Generation
    size: WorkSize
    titles: tuple[str, ...]
    present: frozenset[str]


class TeamWatch:
    """Reads how far everybody is. One thread at a time may ask it."""

    def __init__(
        self,
        corpus: Corpus,
        who_labels: WhoLabels | None = None,
        today: Callable[[], date] = lambda: datetime.now().astimezone().date(),
    ) -> None:
        self._corpus = corpus
        self._who_labels = who_labels or (lambda: labelling(corpus.folder))
        self._today = today
        self._held: _Held | None = None
        self._team: Team | None = None
        self._activity = TeamActivity(corpus.scheme, Team())
        self._position = 0
        self._adjudications: dict[str, list[Adjudication]] = {}
        self._workloads: dict[str, Workload] = {}
        self._work: WorkDone | None = None

    def look(self, is_wanted: Callable[[], bool] = lambda: True) -> TeamReport:
        """Return how far everybody is now; `HashiyaError` where something cannot be read.

        While much is read, `is_wanted` is asked whether to go on; if not, `LookStoppedError` ends it.
        """
        held = self._follow()
        with self._corpus.journal(write=False) as journal:
            there = labelling_anywhere(self._who_labels(), journal.database.present())
            position = last_position(journal)
            if position != self._position or self._work is None:
                self._read(journal, position, is_wanted)
                self._work = self._counted(journal, held)
        done = self._work
        names = {*self._workloads, *done.names}
        return report_team(
            TeamFacts(
                name=self._corpus.name,
                team=self._team,
                saved=self._activity.saved(),
                disputed=self._activity.disputed,
                present=held.present,
                work={name: self._of_person(done, name) for name in names},
                there=there,
                today=self._today(),
            )
        )

    def documents(self, name: str) -> list[DocumentProgress]:
        """Return how far a person is, as of the last look: by document of theirs, and others they worked on.

        Those that are assigned come first, in the order of the plan.
        """
        held, done = self._held, self._work
        if held is None or done is None:
            return []
        # Looked up for each document of the plan.
        assigned = dict.fromkeys(self._workloads[name].documents if name in self._workloads else ())
        touched = done.documents_of(name)
        found: list[DocumentProgress] = []
        numbers = {doc_id: number for number, doc_id in enumerate(held.size.doc_ids)}
        pairs, finished, complete = done.by_document(name)
        for doc_id in dict.fromkeys([*assigned, *touched]):
            number = numbers.get(doc_id)
            if number is not None:
                of, waiting = pairs[number], pairs[number] - finished[number]
                title = held.titles[number]
                found.append(
                    DocumentProgress(doc_id, title, doc_id in assigned, of, complete[number], waiting)
                )
        return found

    def _of_person(self, done: WorkDone, name: str) -> PersonWork:
        documents = self._workloads[name].documents if name in self._workloads else ()
        return done.of_person(name, documents, self._corpus.scheme)

    def _follow(self) -> _Held:
        """Begin anew where another generation or another team holds; return the one that does."""
        team = read_team(self._corpus.folder)
        manifest = self._corpus.manifest()
        held = self._held
        if held is None or manifest != held.generation.manifest:
            held = self._held = _hold(self._corpus.generation())
        elif team == self._team:
            return held
        self._team = team
        self._forget()
        return held

    def _forget(self) -> None:
        self._activity = TeamActivity(self._corpus.scheme, self._team or Team())
        self._position, self._adjudications, self._work = 0, {}, None

    def _read(self, journal: Journal, position: int, is_wanted: Callable[[], bool]) -> None:
        """Take in what was said since the last look; all of it where the journal holds less than then."""
        if position < self._position:
            self._forget()
        changed = set(subjects_since(journal, self._position) if self._position else journal.pair_ids())
        decided = journal.adjudications_of(journal.pair_ids(ADJUDICATION))
        changed |= {
            pair_id
            for pair_id in {*decided, *self._adjudications}
            if decided.get(pair_id) != self._adjudications.get(pair_id)
        }
        wanted = sorted(changed)
        for start in range(0, len(wanted), _AT_ONCE):
            if not is_wanted():
                raise LookStoppedError("nobody waits for the answer any more")
            some = wanted[start : start + _AT_ONCE]
            said: dict[str, dict[str, tuple[Annotation, ...]]] = {}
            for (pair_id, name), found in journal.standing_annotations(some).items():
                said.setdefault(pair_id, {})[name] = found
            for pair_id in some:
                self._activity.take(pair_id, said.get(pair_id, {}), decided.get(pair_id, ()))
        self._position, self._adjudications = position, decided

    def _counted(self, journal: Journal, held: _Held) -> WorkDone:
        """Read the plans, and return what was saved, to be compared with them."""
        team = self._team or Team()
        plans = read_assignments(journal).values()
        workloads = by_person((item for said in plans for item in workloads_said(said)), team)
        self._workloads = {item.annotator: item for item in workloads if item.documents}
        work = WorkDone(held.size, team)
        for pair in self._activity.saved():
            work.note(
                pair.annotator,
                pair.pair_id,
                is_finished=pair.is_finished,
                is_done=pair.is_done,
                is_known=pair.is_known,
                seconds=pair.seconds,
            )
        return work


def _hold(generation: Generation) -> _Held:
    size = measure_work(generation)
    titles = [str(title or "") for title in generation.table(DOCUMENTS, ["title"])["title"].to_pylist()]
    index = generation.index()
    labelled = index.kinds != PAIR_KINDS.index("boilerplate")
    present = frozenset(index.pair_id(row) for row in range(len(index)) if labelled[row])
    return _Held(generation, size, tuple(titles), present)
