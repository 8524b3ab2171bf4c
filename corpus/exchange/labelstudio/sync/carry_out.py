"""A plan carried out: what came is recorded here, then what is to go is sent.

Everything goes in batches, each noted in the state once it is done; after a break the next run finds what has
arrived and goes on. What has changed there since the look is left for the next run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from hashiya.corpus.exchange.labelstudio.assigned import ASSIGNED, mark_of
from hashiya.corpus.exchange.labelstudio.page.merge_results import merged_results
from hashiya.corpus.exchange.labelstudio.page.read_results import PageReading
from hashiya.corpus.exchange.labelstudio.read_task import TaskReader
from hashiya.corpus.exchange.labelstudio.server.project import Project, TaskHead, head_of
from hashiya.corpus.exchange.labelstudio.sync.decide import Decider
from hashiya.corpus.exchange.labelstudio.sync.plan import Plan, Step, TaskWork
from hashiya.corpus.exchange.labelstudio.sync_state import SyncState
from hashiya.corpus.exchange.labelstudio.three_way_merge import ArrivalMerger
from hashiya.corpus.exchange.labelstudio.write_task import annotation_object, prediction_object
from hashiya.corpus.exchange.outcome import Outcome, ShowProgress
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.reader import GenerationReader
from hashiya.schema.errors import Problem
from hashiya.schema.records import Annotation, Pair

_TASKS = 250
"""Tasks that are sent at once."""
_WORK = 20
"""Tasks that are looked at once more at once, before they are changed."""
_RECORDED = 500
"""Annotations that are recorded at once."""


@dataclass(slots=True)
class PlanRunner:
    """Carries the plan of a decider out; `later` are the problems that it met on the way."""

    corpus: Corpus
    project: Project
    reader: GenerationReader
    decider: Decider
    progress: ShowProgress | None = None
    later: list[Problem] = field(default_factory=list)
    _done: int = 0

    @property
    def _plan(self) -> Plan:
        return self.decider.plan

    @property
    def _journal(self) -> Journal:
        return self.decider.journal

    @property
    def _state(self) -> SyncState:
        return self.decider.state

    def run(self) -> None:
        """Record what came, then send."""
        plan = self._plan
        self._record()
        for pair_id, annotator in plan.withdraw:
            self._withdraw(pair_id, annotator)
        if plan.settle:
            self._journal.record(plan.settle)
        self._state.save()
        for start in range(0, len(plan.create), _TASKS):
            self._create(plan.create[start : start + _TASKS])
        for start in range(0, len(plan.work), _WORK):
            self._work(plan.work[start : start + _WORK])
        if plan.outwards and self.decider.assignments.people:
            marks = {name: mark_of(name) for name in self.decider.assignments.people}
            self.project.make_tabs(ASSIGNED, marks)

    def _record(self) -> None:
        merger = ArrivalMerger(self.corpus, self.reader, self._journal, self._plan.prefer)
        waiting = iter(self._plan.record)
        while chunk := list(islice(waiting, _RECORDED)):
            merger.take(chunk)
            self._state.agree((item.annotation, item.number) for item in chunk if not item.beside)
            self._save(len(chunk))
        self.later += merger.moved.problems

    def _withdraw(self, pair_id: str, annotator: str) -> None:
        while any(True for _ in self._journal.standing(pair_id, annotator)):
            self._journal.undo(pair_id, annotator)
        self._state.drop(pair_id, annotator)

    def _create(self, pair_ids: Sequence[str]) -> None:
        sent: list[Annotation] = []
        made = self.project.add_tasks([self._task(pair_id, sent) for pair_id in pair_ids])
        for pair_id in pair_ids:
            self._state.drop(pair_id)
            if pair_id in made:
                self._state.place(pair_id, made[pair_id])
        self._state.agree((annotation, None) for annotation in sent)
        self._save(len(pair_ids))

    def _task(self, pair_id: str, sent: list[Annotation]) -> dict[str, Any]:
        """Return a pair as a task; its annotations are added to those that were sent."""
        annotations: list[dict[str, Any]] = []
        predictions: list[dict[str, Any]] = []
        for standing in self._journal.standing(pair_id):
            annotation = self._sendable(pair_id, standing.annotations)
            if annotation is None:
                continue
            sent.append(annotation)
            if annotation.origin == "suggested":
                predictions.append(prediction_object(annotation))
            else:
                known = self.decider.user(annotation.annotator) is not None
                email = self.decider.people.email(annotation.annotator) if known else None
                annotations.append(annotation_object(annotation, email))
        data = self.decider.data(self._pair(pair_id))
        return {"data": data, "annotations": annotations, "predictions": predictions}

    def _work(self, works: Sequence[TaskWork]) -> None:
        tasks = {task["id"]: task for task in self.project.tasks([work.task for work in works])}
        for work in works:
            task = tasks.get(work.task)
            head = None if task is None else head_of(task)
            if task is None or head is None or head.token != work.token:
                self._tell(f"task {work.task}", "has changed there meanwhile: synchronise again")
                continue
            pages = self._pages(task)
            if work.rewrite:
                self._rewrite(head, work.pair_id)
            for step in work.steps:
                self._act(work, step, pages)
            self._state.place(work.pair_id, work.task)
        self._save(len(works))

    def _pages(self, task: Mapping[str, Any]) -> dict[int, PageReading]:
        """Return what stands in the annotations of a task, by their numbers."""
        decider = self.decider
        reader = TaskReader(self.reader, self.corpus.scheme, decider.people, Outcome(), decider.journal)
        return {
            arrival.number: arrival.page
            for arrival in reader.arrivals(task, "", self._state.agreed(task["data"]["pair_id"]))
            if arrival.number is not None and arrival.page is not None
        }

    def _rewrite(self, head: TaskHead, pair_id: str) -> None:
        theirs = {name: value for name, value in head.data.items() if name != ASSIGNED}
        self.project.write_data(head.number, {**theirs, **self.decider.data(self._pair(pair_id))})

    def _act(self, work: TaskWork, step: Step, pages: Mapping[int, PageReading]) -> None:
        if step.act == "remove":
            if step.number is not None:
                self.project.remove(step.number, prediction=step.prediction)
            self._state.drop(work.pair_id, step.annotator)
            return
        standing = [
            annotation
            for item in self._journal.standing(work.pair_id, step.annotator)
            for annotation in item.annotations
        ]
        annotation = self._sendable(work.pair_id, standing)
        if annotation is None:
            where = f"pair {work.pair_id[:12]}"
            self._tell(where, f"{step.annotator}'s annotation has changed here meanwhile: not sent")
        elif self._send(work, step, annotation, pages):
            self._state.agree([(annotation, step.number)])
        else:
            where = f"task {work.task}"
            self._tell(where, f"{step.annotator} has an annotation there that cannot be read")

    def _send(
        self, work: TaskWork, step: Step, annotation: Annotation, pages: Mapping[int, PageReading]
    ) -> bool:
        """Send an annotation or a prediction; return false where another one stands in its place there."""
        if step.prediction and step.number is None:
            self.project.add_prediction(work.task, prediction_object(annotation))
        elif step.prediction and step.number is not None:
            self.project.change_prediction(step.number, prediction_object(annotation))
        elif step.number is not None:
            made = annotation_object(annotation)
            if step.number in pages:
                made["result"] = merged_results(annotation, pages[step.number])
            self.project.change_annotation(step.number, made)
        else:
            user = self.decider.user(step.annotator)
            return self.project.add_annotation(work.task, step.annotator, annotation_object(annotation), user)
        return True

    def _sendable(self, pair_id: str, standing: Sequence[Annotation]) -> Annotation | None:
        """Return what stands here, if it can be sent; someone may be labelling meanwhile."""
        one = len(standing) == 1 and self.decider.fits(standing[0], self._pair(pair_id))
        return standing[0] if one else None

    def _pair(self, pair_id: str) -> Pair:
        row = self.reader.index.row(pair_id)
        if row is None:
            raise KeyError(pair_id)
        return self.reader.pair(row)

    def _tell(self, where: str, why: str) -> None:
        self.later.append(Problem(where, why))

    def _save(self, count: int) -> None:
        self._state.save()
        plan = self._plan
        self._done += count
        if self.progress:
            self.progress(self._done, len(plan.record) + len(plan.create) + len(plan.work))
