"""Label Studio's JSON as files: tasks written one after the other, exports read the same way.

Neither is ever in memory as a whole. An import looks at all of a file before it records anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from hashiya.corpus.exchange.json_stream import elements
from hashiya.corpus.exchange.labelstudio.assigned import task_assignments
from hashiya.corpus.exchange.labelstudio.file_kinds import check_is_export
from hashiya.corpus.exchange.labelstudio.file_users import users_of_file
from hashiya.corpus.exchange.labelstudio.people import People
from hashiya.corpus.exchange.labelstudio.read_task import Arrival, TaskReader
from hashiya.corpus.exchange.labelstudio.three_way_merge import (
    ArrivalMerger,
    MergeCounts,
    Prefer,
    split_by_pair,
)
from hashiya.corpus.exchange.labelstudio.what_changed import same_labels
from hashiya.corpus.exchange.labelstudio.write_task import task_of
from hashiya.corpus.exchange.outcome import Outcome, ShowProgress, count_layers
from hashiya.corpus.exchange.recording import GivenLabels, ImportReport, WhenBoth, record_labels
from hashiya.corpus.files.atomic import write_whole
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.reader import GenerationReader
from hashiya.corpus.team.people import read_team
from hashiya.schema.codec import dump
from hashiya.schema.errors import Problem
from hashiya.schema.records import Annotation
from hashiya.schema.team import Team

_AT_ONCE = 1000
"""Annotations that are recorded in one go."""


@dataclass(slots=True)
class Imported:
    """What an import did; `refused` says that nothing was recorded, since not all of it could be."""

    tasks: int = 0
    outcome: Outcome = field(default_factory=Outcome)
    merged: MergeCounts = field(default_factory=MergeCounts)
    moved: ImportReport = field(default_factory=ImportReport)
    """Annotations of pairs that a build has changed since, which find their place by the text."""
    refused: bool = False


def export_tasks(
    corpus: Corpus, path: Path, people: People | None = None, progress: ShowProgress | None = None
) -> tuple[int, Outcome]:
    """Write every pair with its annotations as tasks, a JSON array; return their count and the account.

    Boilerplate is written only where someone has labelled it.
    """
    outcome = Outcome()
    count = 0

    def lines() -> Iterator[str]:
        nonlocal count
        yield "["
        for task in corpus_tasks(corpus, outcome, people, progress):
            yield ("\n" if count == 0 else ",\n") + dump(task)
            count += 1
        yield "\n]\n"

    write_whole(path, lines())
    return count, outcome


def corpus_tasks(
    corpus: Corpus, outcome: Outcome, people: People | None = None, progress: ShowProgress | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the tasks of a corpus; what they hold is counted in `outcome`."""
    generation = corpus.generation()
    with corpus.journal(write=False) as journal:
        labelled = set(journal.pair_ids())
        assignments = task_assignments(journal, read_team(corpus.folder) or Team())
        total = generation.manifest.report.get("pairs", 0)
        for number, pair in enumerate(generation.pairs(), start=1):
            annotations = _standing(journal, pair.pair_id) if pair.pair_id in labelled else []
            labelled.discard(pair.pair_id)
            if annotations or pair.kind != "boilerplate":
                for annotation in annotations:
                    _account(outcome, annotation)
                yield task_of(pair, corpus.scheme, annotations, people, assignments)
            if progress:
                progress(number, total)
        gone = sum(len(_standing(journal, pair_id)) for pair_id in labelled)
        if gone:
            outcome.leave(
                "annotations", "their pair is no longer in the corpus (labels export --unplaced)", gone
            )


def import_tasks(
    corpus: Corpus,
    path: Path,
    *,
    people: People | None = None,
    prefer: Prefer | None = None,
    strict: bool = False,
) -> Imported:
    """Take an export of Label Studio into the journal.

    Each annotation is compared with what was sent and with what stands: one that was changed only there
    is recorded, one that was changed on both sides becomes a conflict unless a side is preferred. With
    `strict` nothing is recorded when anything has to be left out.
    """
    imported = Imported()
    check_is_export(path)
    with GenerationReader(corpus.generation()) as reader:
        with corpus.journal(write=False) as journal:
            users = users_of_file(path, people or People(), corpus, journal)
            first = TaskReader(reader, corpus.scheme, users.people, imported.outcome, journal)
            absent = _look(path, first, imported, strict)
        imported.outcome.problems += users.notes
        if first.numbers_only:
            what = f"{first.numbers_only} came as numbers alone; `hashiya labelstudio pull` has what they say"
            imported.outcome.problems.append(Problem(f"{path}: predictions", what, left_out=False))
        if absent:
            both: WhenBoth = "replace" if prefer == "there" else "keep"
            placed = record_labels(corpus, absent, ImportReport(), both=both, dry=True)
            imported.outcome.problems += placed.problems
        if strict and not imported.outcome.whole:
            imported.refused = True
            return imported
        with corpus.journal() as journal:
            again = TaskReader(reader, corpus.scheme, users.people, Outcome(), journal)
            arrivals = (arrival for _, _, batch in _arrivals(path, again) for arrival in batch)
            merger = ArrivalMerger(corpus, reader, journal, prefer, imported.merged, imported.moved)
            while chunk := list(islice(arrivals, _AT_ONCE)):
                merger.take(chunk)
                _withdraw_stand_ins(journal, chunk, users.renamed)
    return imported


def _withdraw_stand_ins(journal: Journal, taken: Iterable[Arrival], renamed: Mapping[str, str]) -> None:
    """Withdraw what stands by a number of those who were recorded by their names, if it says the same."""
    for arrival in taken if renamed else ():
        made = arrival.annotation
        for old in (old for old, name in renamed.items() if name == made.annotator):
            for standing in list(journal.standing(made.pair_id, old)):
                alone = len(standing.annotations) == 1 and len(journal.history(made.pair_id, old)) == 1
                if alone and same_labels(standing.annotations[0], made):
                    journal.undo(made.pair_id, old)


def _look(path: Path, tasks_of: TaskReader, imported: Imported, strict: bool) -> list[GivenLabels]:
    """Count what a file holds; with `strict`, return what has no pair in the corpus."""
    seen = np.zeros(len(tasks_of.corpus), dtype=np.bool_)
    absent: list[GivenLabels] = []
    for number, task, arrivals in _arrivals(path, tasks_of):
        imported.tasks = number
        without_pair = split_by_pair(arrivals, tasks_of.corpus)[1]
        absent += without_pair if strict else ()
        row = tasks_of.row(task)
        if row is not None:
            if seen[row]:
                imported.outcome.convert("tasks", "a second one of the same pair, read with the first")
            seen[row] = True
    return absent


def _arrivals(path: Path, tasks_of: TaskReader) -> Iterator[tuple[int, Any, Iterator[Arrival]]]:
    """Yield the tasks of a file with their numbers and their annotations."""
    for number, task in enumerate(elements(path), start=1):
        name = task.get("id", number) if isinstance(task, dict) else number
        yield number, task, tasks_of.arrivals(task, f"{path}, task {name}")


def _standing(journal: Journal, pair_id: str) -> list[Annotation]:
    return [annotation for standing in journal.standing(pair_id) for annotation in standing.annotations]


def _account(outcome: Outcome, annotation: Annotation) -> None:
    count_layers(outcome, annotation)
    if annotation.origin == "suggested":
        outcome.convert("suggestions", "predictions")
    if annotation.status == "skipped":
        outcome.convert("skipped annotations", "cancelled ones")
    holders = [(stance.target, stance.holder) for stance in annotation.stances]
    if twice := len(holders) - len(set(holders)):
        outcome.convert("stances", "kept, but not shown: another holder of that kind is", twice)
    if named := sum(stance.holder_entity is not None for stance in annotation.stances):
        outcome.convert("holders named in the text", "kept, but not shown", named)
