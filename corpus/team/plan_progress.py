"""How far people are with the plans of work that stand, and what they did outside of them."""

from __future__ import annotations

from dataclasses import dataclass

from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.standing import Standing
from hashiya.corpus.journal.streams.assignments import read_assignments
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.team.assigned_work import by_person, workloads_said
from hashiya.corpus.team.people import read_team
from hashiya.corpus.team.work_done import PersonWork, WorkDone
from hashiya.corpus.team.work_size import measure_work
from hashiya.schema.payloads import Workload
from hashiya.schema.scheme import LabelScheme
from hashiya.schema.team import Team


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """The workloads of all plans, one a person, and what is done; it is told of everything that stands."""

    workloads: tuple[Workload, ...]
    done: WorkDone
    scheme: LabelScheme

    def take(self, standing: Standing) -> None:
        """Take note of what stands for a pair and an annotator."""
        self.done.take(standing)

    def people(self) -> tuple[PersonWork, ...]:
        """Return how far each is who has work or has done some outside, by name."""
        documents = {workload.annotator: workload.documents for workload in self.workloads}
        names = sorted({*documents, *self.done.names})
        people = (self.done.of_person(name, documents.get(name, ()), self.scheme) for name in names)
        return tuple(person for person in people if person.annotator in documents or person.outside)


def plan_progress(corpus: Corpus, journal: Journal, generation: Generation) -> PlanProgress | None:
    """Return what is to be told of everything that stands; `None` without a plan of work.

    `CorpusError` where `team.toml` cannot be read.
    """
    plans = read_assignments(journal).values()
    workloads = [workload for said in plans for workload in workloads_said(said)]
    if not workloads:
        return None
    team = read_team(corpus.folder) or Team()
    gold = {doc_id for said in plans for item in said.said if item is not None for doc_id in item.gold}
    done = WorkDone(measure_work(generation), team, gold)
    return PlanProgress(tuple(by_person(workloads, team)), done, corpus.scheme)
