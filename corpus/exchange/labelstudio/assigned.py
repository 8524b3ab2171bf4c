"""Who is assigned a pair's document: a field of the task's data, and tabs of a project that filter by it.

The community edition knows no assignments. The field is told there and never read back: plans of work are
made here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.team.assigned_work import all_workloads, by_person
from hashiya.schema.team import Team

ASSIGNED = "assigned"
"""The field in the data of a task."""


@dataclass(frozen=True, slots=True)
class TaskAssignments:
    """The people that documents are assigned to, by document; `people` are all of them, in order of names.

    Where there is no plan of work there are neither.
    """

    people: tuple[str, ...] = ()
    of_document: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def data(self, doc_id: str) -> dict[str, str]:
        """Return what a task of a document has in its data; nothing where there is no plan of work."""
        names = self.of_document.get(doc_id, ())
        return {ASSIGNED: " ".join(map(mark_of, names))} if self.people else {}


def mark_of(name: str) -> str:
    """Return how a name stands in the field: in brackets, so that it is found in no longer name."""
    return f"[{name}]"


def task_assignments(journal: Journal, team: Team) -> TaskAssignments:
    """Return who is assigned what by all plans of work that stand, under the names that hold."""
    workloads = by_person(all_workloads(journal), team)
    found: dict[str, list[str]] = {}
    for workload in workloads:
        for doc_id in workload.documents:
            found.setdefault(doc_id, []).append(workload.annotator)
    return TaskAssignments(
        tuple(workload.annotator for workload in workloads),
        {doc_id: tuple(names) for doc_id, names in found.items()},
    )
