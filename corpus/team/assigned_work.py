"""What is assigned to somebody: read from all plans of work that stand, under all names of the person.

Where two plans stand side by side, since two machines made one each, what either gives a person is theirs
until `hashiya assign` makes one of both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.streams.assignments import read_assignments
from hashiya.corpus.journal.streams.registers import WhatIsSaid
from hashiya.schema.covers import COVERED_SECTION
from hashiya.schema.payloads import Assignment, Workload
from hashiya.schema.records import LabelLayer
from hashiya.schema.team import Team


@dataclass(frozen=True, slots=True)
class AssignedWork:
    """The documents that one person is to label, in order, and the layers; null is all of them."""

    documents: tuple[str, ...]
    layers: tuple[LabelLayer, ...] | None = None


def all_workloads(journal: Journal) -> list[Workload]:
    """Return the workloads of all plans that stand, by the ids of the plans; those without documents go."""
    return [
        workload
        for _, said in sorted(read_assignments(journal).items())
        for workload in workloads_said(said)
        if workload.documents
    ]


def assigned_to(workloads: Iterable[Workload], names: Collection[str]) -> AssignedWork | None:
    """Return what is assigned to a person, by all names; `None` where that is nothing."""
    mine = [workload for workload in workloads if workload.annotator in names]
    if not mine:
        return None
    documents = dict.fromkeys(doc_id for workload in mine for doc_id in workload.documents)
    return AssignedWork(tuple(documents), _united(workload.layers for workload in mine))


def workloads_said(said: WhatIsSaid[Assignment]) -> list[Workload]:
    """Return the workloads of a plan, of two plans side by side those of each; with the layers spelt out."""
    return [
        Workload(
            annotator=workload.annotator,
            documents=workload.documents,
            layers=assignment.layers if workload.layers is None else workload.layers,
        )
        for assignment in said.said
        if assignment is not None
        for workload in assignment.workloads
    ]


def by_person(workloads: Iterable[Workload], team: Team) -> list[Workload]:
    """Return workloads with one a person, under the name that holds, sorted by name."""
    found: dict[str, list[Workload]] = {}
    for workload in workloads:
        found.setdefault(team.name_now(workload.annotator), []).append(workload)
    return [
        Workload(
            annotator=name,
            documents=tuple(dict.fromkeys(doc_id for workload in mine for doc_id in workload.documents)),
            layers=_united(workload.layers for workload in mine),
        )
        for name, mine in sorted(found.items())
    ]


def _united(layers: Iterable[tuple[LabelLayer, ...] | None]) -> tuple[LabelLayer, ...] | None:
    """What several lists of layers hold, in order; null, which is all, where one of them is."""
    lists = list(layers)
    if None in lists:
        return None
    held = {layer for some in lists for layer in some or ()}
    return tuple(layer for layer in COVERED_SECTION if layer in held)
