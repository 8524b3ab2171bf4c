"""The plan of work of a corpus: made or extended from its team, its documents and what was labelled so far.

It is one event of the journal, so that machines whose journals are merged have the same plan.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from hashiya.corpus.journal.event import Event
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.streams.assignments import read_assignments, record_assignment
from hashiya.corpus.journal.streams.registers import WhatIsSaid
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.team.assigned_work import by_person, workloads_said
from hashiya.corpus.team.people import TEAM_FILE
from hashiya.corpus.team.planning import SharedWork, WorkDocument, share_work
from hashiya.corpus.team.work_done import WorkDone
from hashiya.corpus.team.work_size import WorkSize, measure_work
from hashiya.schema.errors import CorpusError, Problem
from hashiya.schema.payloads import Assignment, Workload
from hashiya.schema.team import Team

PLAN = "work"
"""The plan of work where no other is named."""
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class PersonShare:
    """What a plan gives one person: documents, of them new ones and gold; words in all, and left to do.

    `minutes` is how long that takes at the pace of the person, else of the team; null where nobody has one.
    """

    annotator: str
    documents: int
    new: int
    gold: int
    words: int
    words_left: int
    minutes: int | None
    is_there: bool


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """A plan and what it comes to. `changed` is false where it is what stands already.

    `moved` are the documents that somebody has no longer who had not begun them. `shared` documents are
    shared out, those in `overlap` to two people; `unread` ones nobody reads. `side_by_side` is how many
    versions the plan had. `problems` are gold documents without known labels.
    """

    plan: str
    assignment: Assignment
    changed: bool
    people: tuple[PersonShare, ...]
    shared: int
    overlap: tuple[str, ...]
    moved: tuple[str, ...]
    unread: tuple[str, ...]
    side_by_side: int
    problems: tuple[Problem, ...]
    follows: tuple[str, ...]


def plan_work(corpus: Corpus, team: Team, *, plan: str = PLAN, day: date) -> PlannedWork:
    """Return the plan of a corpus as it is on a day; nothing is written.

    `CorpusError` where nobody gets work, a gold document is not in the corpus, or a newer version of hashiya
    wrote what stands.
    """
    people = team.annotators(day)
    if not people:
        raise CorpusError(
            f"{corpus.folder / TEAM_FILE}: nobody in it is an annotator who is there; add a [[person]], or "
            "see `roles` and `left` of those who are"
        )
    size = measure_work(corpus.generation())
    documents = list(size.documents())
    _refuse_unknown(team, size, corpus)
    done = WorkDone(size, team, team.plan.gold)
    with corpus.journal(write=False) as journal:
        said = _what_stands(journal, plan)
        for standing in journal.standing():
            done.take(standing)
    before = by_person(workloads_said(said), team)
    shares = [item.share for item in said.said if item is not None]
    overlap = max(shares, default=0.0) if team.plan.overlap is None else team.plan.overlap
    rules = replace(team.plan, overlap=overlap)
    shared = share_work(documents, people, rules, done.state(before))
    assignment = Assignment(workloads=shared.workloads, share=overlap, gold=team.plan.gold)
    known = done.gold_by()
    return PlannedWork(
        plan=plan,
        assignment=assignment,
        changed=_without_reasons(said) != [assignment],
        people=tuple(_shares(shared, before, documents, done, team.plan.gold)),
        shared=shared.shared,
        overlap=shared.overlap,
        moved=tuple(_moved(before, shared.workloads, {document.doc_id for document in documents})),
        unread=shared.unread,
        side_by_side=len(said.said),
        problems=tuple(
            Problem(
                f"document {doc_id}",
                "is gold, but nothing in it has known labels; import them with the origin gold",
                left_out=False,
            )
            for doc_id in team.plan.gold
            if doc_id not in known
        ),
        follows=said.events,
    )


def record_plan(corpus: Corpus, planned: PlannedWork, author: str) -> Event | None:
    """Write a plan to the journal and return the event; `None` where it stands already.

    `CorpusError` where the plan was changed by somebody else since it was made.
    """
    if not planned.changed:
        return None
    with corpus.journal() as journal, journal.writing():
        if _what_stands(journal, planned.plan).events != planned.follows:
            raise CorpusError(
                f"{journal.where}: somebody else has just changed the plan {planned.plan}; try again"
            )
        return record_assignment(journal, planned.plan, author, planned.assignment)


def _what_stands(journal: Journal, plan: str) -> WhatIsSaid[Assignment]:
    said = read_assignments(journal, plan).get(plan)
    if said is None:
        return WhatIsSaid((), None, ())
    if said.unreadable is not None:
        raise CorpusError(f"{journal.where}: the plan {plan} can be read only: {said.unreadable}")
    return said


def _without_reasons(said: WhatIsSaid[Assignment]) -> list[Assignment | None]:
    return [None if item is None else replace(item, why=None) for item in said.said]


def _refuse_unknown(team: Team, size: WorkSize, corpus: Corpus) -> None:
    unknown = sorted(set(team.plan.gold) - set(size.doc_ids))
    if unknown:
        more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
        raise CorpusError(
            f"{corpus.folder / TEAM_FILE}: plan.gold: the corpus has no document "
            f"{', '.join(map(repr, unknown[:_SHOWN]))}{more}; give ids of its documents"
        )


def _shares(
    shared: SharedWork,
    before: Sequence[Workload],
    documents: Sequence[WorkDocument],
    done: WorkDone,
    gold: Collection[str],
) -> list[PersonShare]:
    words = {document.doc_id: document.words for document in documents}
    had = {workload.annotator: set(workload.documents) for workload in before}
    found: list[PersonShare] = []
    for workload in shared.workloads:
        name = workload.annotator
        left = shared.words.get(name, 0)
        pace = done.pace(name)
        found.append(
            PersonShare(
                annotator=name,
                documents=len(workload.documents),
                new=sum(doc_id not in had.get(name, ()) for doc_id in workload.documents),
                gold=sum(doc_id in gold for doc_id in workload.documents),
                words=sum(words[doc_id] for doc_id in workload.documents),
                words_left=left,
                minutes=None if pace is None or name not in shared.words else round(left * pace / 60),
                is_there=name in shared.words,
            )
        )
    return found


def _moved(before: Sequence[Workload], now: Sequence[Workload], there: set[str]) -> list[str]:
    has = {workload.annotator: set(workload.documents) for workload in now}
    gone = {
        doc_id
        for workload in before
        for doc_id in workload.documents
        if doc_id in there and doc_id not in has.get(workload.annotator, ())
    }
    return sorted(gone)
