"""Assignments: who is to label which documents, in which order. One subject is one plan of work.

What stands is what was said last; where two people said different things, both are shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from hashiya.corpus.journal.event import ASSIGNMENT, Event
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.streams.registers import WhatIsSaid, say_all, step, what_is_said
from hashiya.schema.errors import LabelError
from hashiya.schema.payloads import Assignment


def read_assignments(journal: Journal, plan: str | None = None) -> dict[str, WhatIsSaid[Assignment]]:
    """Return what stands of each plan, or of one, by its id."""
    return {name: what_is_said(events) for name, events in journal.shared_subjects(ASSIGNMENT, plan)}


def record_assignment(journal: Journal, plan: str, author: str, assignment: Assignment) -> Event:
    """Say who labels what in a plan, after all that was said of it, and return the event.

    `LabelError` where an annotator or a document is named twice; `CorpusError` where the plan can be read
    only.
    """
    faults = list(assignment_faults(assignment))
    if faults:
        raise LabelError(f"plan {plan}: {faults[0]}")
    return say_all(journal, ASSIGNMENT, plan, author, assignment)


def undo_assignment(journal: Journal, plan: str, author: str) -> Event | None:
    """Undo the last change of a plan, and return the event; else as `step`."""
    return step(journal, ASSIGNMENT, plan, author, "undo")


def redo_assignment(journal: Journal, plan: str, author: str) -> Event | None:
    """Redo what was undone of a plan, and return the event; else as `step`."""
    return step(journal, ASSIGNMENT, plan, author, "redo")


def assignment_faults(assignment: Assignment) -> Iterator[str]:
    """Yield what is wrong in an assignment: names that are empty, or there twice."""
    for workload in assignment.workloads:
        yield from _repeated(workload.documents, f"workload of {workload.annotator}: document")
    yield from _repeated((workload.annotator for workload in assignment.workloads), "workloads: annotator")
    yield from _repeated(assignment.layers or (), "layers: layer")
    yield from _repeated(assignment.gold, "gold: document")


def _repeated(names: Iterable[str], what: str) -> Iterator[str]:
    for name, count in Counter(names).items():
        if not name:
            yield f"{what} has no name"
        elif count > 1:
            yield f"{what} {name!r} is there {count} times"
