"""A corpus and a project on a server kept in step: push, pull, or both, after a look at what differs.

Everything goes in batches, each noted in `state` once it is done; after a break the next run finds what has
arrived and goes on. What has changed there since the look is left for the next run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Literal
from xml.etree import ElementTree as ET

from hashiya.corpus.exchange.labelstudio.page.config import config
from hashiya.corpus.exchange.labelstudio.people import People
from hashiya.corpus.exchange.labelstudio.read_task import annotation_object, data_of, prediction_object
from hashiya.corpus.exchange.labelstudio.server.project import Project, TaskHead
from hashiya.corpus.exchange.labelstudio.server.server import Server
from hashiya.corpus.exchange.labelstudio.sync.decide import Judge
from hashiya.corpus.exchange.labelstudio.sync.make_plan import Planner
from hashiya.corpus.exchange.labelstudio.sync.plan import Mode, Plan, Step, TaskWork, Waiting
from hashiya.corpus.exchange.labelstudio.sync.sync_state import SyncState
from hashiya.corpus.exchange.labelstudio.task_files import Imported, take_in
from hashiya.corpus.exchange.labelstudio.three_way_merge import Prefer
from hashiya.corpus.exchange.outcome import ShowProgress
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.reader import GenerationReader
from hashiya.schema.errors import Problem, ServerError
from hashiya.schema.records import Annotation
from hashiya.schema.scheme import LabelScheme

SyncOutcome = Literal["done", "dry run", "unknown annotators", "strict"]

_TASKS = 250
"""Tasks that are sent at once."""
_WORK = 20
"""Tasks that are looked at once more at once, before they are changed."""
_RECORDED = 500
"""Annotations that are recorded at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How to synchronise.

    ``create`` makes a project that is not there; ``unassigned`` sends what annotators made who have no user
    there, as the key's owner; ``strict`` does nothing where anything would have to be left out.
    """

    mode: Mode = "sync"
    people: People = field(default_factory=People)
    prefer: Prefer | None = None
    create: bool = False
    unassigned: bool = False
    dry_run: bool = False
    strict: bool = False


@dataclass(slots=True)
class Synced:
    """What came of it: the plan, and whether it was carried out. ``later`` tells what it met on the way."""

    plan: Plan
    project: str
    verdict: SyncOutcome = "done"
    imported: Imported = field(default_factory=Imported)
    later: list[Problem] = field(default_factory=list)


def synchronise(
    corpus: Corpus,
    server: Server,
    name: str,
    wishes: Wishes,
    *,
    looking: ShowProgress | None = None,
    doing: ShowProgress | None = None,
) -> Synced:
    """Bring a corpus and the project of a number or title to the same state, as far as is wished."""
    project = server.find(name)
    if project is None and (wishes.mode == "pull" or not wishes.create or name.isdigit()):
        raise ServerError(
            f"{server.url}: there is no project {name!r} that the key's owner can see; "
            "give its number or its whole title, or let a push make it with --create"
        )
    notes = [] if project is None else list(config_notes(project, corpus.scheme, wishes.mode))
    people = replace(wishes.people, users=server.users())
    write = project is not None and not wishes.dry_run
    state_of = SyncState.open(corpus.folder, server.url, project.number if project else 0, write=write)
    with (
        state_of as state,
        GenerationReader(corpus.generation()) as reader,
        corpus.journal(write=write) as journal,
        closing(Waiting()) as waiting,
    ):
        plan = Plan(wishes.mode, waiting, wishes.prefer, notes=notes)
        judge = Judge(plan, corpus.scheme, journal, state, people, wishes.unassigned)
        Planner(plan, reader, state, judge).run(project, looking)
        synced = Synced(plan, project.url if project else f"{server.url}, {name!r}, which is not there yet")
        if wishes.dry_run:
            synced.verdict = "dry run"
        elif plan.unknown:
            synced.verdict = "unknown annotators"
        elif wishes.strict and not plan.outcome.whole:
            synced.verdict = "strict"
        if synced.verdict != "done":
            return synced
        if project is not None:
            state.save()
            _Doing(corpus, project, reader, journal, state, judge, synced, doing).run()
            return synced
    made = server.create(name, config(corpus.scheme))
    return synchronise(corpus, server, str(made.number), wishes, looking=looking, doing=doing)


def config_notes(project: Project, scheme: LabelScheme, mode: Mode) -> Iterator[Problem]:
    """Tell how a project's configuration differs from the scheme's.

    `ServerError` where it lacks what a push would fill.
    """
    ours = config(scheme)
    try:
        theirs = ET.fromstring(project.label_config or "<View/>")  # noqa: S314 - expat here reads no entities
    except ET.ParseError as error:
        raise ServerError(f"{project.url}: its labelling configuration is no XML: {error}") from None
    named = {element.get("name") for element in theirs.iter()}
    wanted = [element.get("name") for element in ET.fromstring(ours).iter()]  # noqa: S314 - our own
    missing = [name for name in wanted if name and name not in named]
    way = "`hashiya labelstudio config` prints the one to put there (Settings, Labeling Interface)"
    if missing and mode != "pull":
        raise ServerError(
            f"{project.url}: its labelling configuration is not that of this corpus: it lacks "
            f"{', '.join(missing)}; {way}"
        )
    if missing or _canonical(ours) != _canonical(project.label_config):
        yield Problem(
            project.url, f"its labelling configuration is another one than this corpus's; {way}", False
        )


def _canonical(xml: str) -> str:
    return ET.canonicalize(xml, strip_text=True) if xml.strip() else ""


@dataclass(slots=True)
class _Doing:
    """Carries a plan out."""

    corpus: Corpus
    project: Project
    reader: GenerationReader
    journal: Journal
    state: SyncState
    judge: Judge
    synced: Synced
    progress: ShowProgress | None
    done: int = 0

    def run(self) -> None:
        """Record what came, then send."""
        plan = self.synced.plan
        self._record(iter(plan.record))
        for pair_id, who in plan.withdraw:
            self._withdraw(pair_id, who)
        if plan.settle:
            self.journal.record(plan.settle)
        self.state.save()
        for start in range(0, len(plan.create), _TASKS):
            self._create(plan.create[start : start + _TASKS])
        for start in range(0, len(plan.work), _WORK):
            self._work(plan.work[start : start + _WORK])

    def _record(self, waiting: Iterator[Any]) -> None:
        while chunk := list(islice(waiting, _RECORDED)):
            take_in(
                self.corpus, self.reader, self.journal, chunk, self.synced.imported, self.synced.plan.prefer
            )
            self.state.agree((arrival.annotation, arrival.number) for arrival in chunk)
            self._step(len(chunk))
        self.synced.later += self.synced.imported.moved.problems

    def _withdraw(self, pair_id: str, who: str) -> None:
        while any(True for _ in self.journal.standing(pair_id, who)):
            self.journal.undo(pair_id, who)
        self.state.drop(pair_id, who)

    def _create(self, pair_ids: Sequence[str]) -> None:
        tasks: list[dict[str, Any]] = []
        sent: list[Annotation] = []
        for pair_id in pair_ids:
            pair = self.reader.pair(_row(self.reader, pair_id))
            objects: dict[str, list[dict[str, Any]]] = {"annotations": [], "predictions": []}
            for standing in self.journal.standing(pair_id):
                here = self._ready(pair_id, standing.annotator, standing.annotations, say=False)
                if here is None:
                    continue
                sent.append(here)
                if here.origin == "suggested":
                    objects["predictions"].append(prediction_object(here))
                else:
                    known = self.judge.user(here.annotator) is not None
                    email = self.judge.people.email(here.annotator) if known else None
                    objects["annotations"].append(annotation_object(here, email))
            tasks.append({"data": data_of(pair, self.corpus.scheme), **objects})
        made = self.project.add_tasks(tasks)
        for pair_id in pair_ids:
            self.state.drop(pair_id)
            if pair_id in made:
                self.state.place(pair_id, made[pair_id])
        self.state.agree((annotation, None) for annotation in sent)
        self._step(len(pair_ids))

    def _work(self, works: Sequence[TaskWork]) -> None:
        now = self.project.among([work.task for work in works])
        for work in works:
            head = now.get(work.task)
            if head is None or head.token != work.token:
                self._later(f"task {work.task}", "has changed there meanwhile: synchronise again")
                continue
            if work.rewrite:
                self._rewrite(head, work.pair_id)
            for step in work.steps:
                self._act(work, step)
            self.state.place(work.pair_id, work.task)
        self._step(len(works))

    def _rewrite(self, head: TaskHead, pair_id: str) -> None:
        pair = self.reader.pair(_row(self.reader, pair_id))
        self.project.write_data(head.number, {**head.data, **data_of(pair, self.corpus.scheme)})

    def _act(self, work: TaskWork, step: Step) -> None:
        if step.act == "remove":
            if step.number is not None:
                self.project.remove(step.number, prediction=step.prediction)
            self.state.drop(work.pair_id, step.annotator)
            return
        standing = [
            annotation
            for item in self.journal.standing(work.pair_id, step.annotator)
            for annotation in item.annotations
        ]
        here = self._ready(work.pair_id, step.annotator, standing, say=True)
        if here is None:
            return
        if step.prediction:
            made = prediction_object(here)
            if step.number is None:
                self.project.add_prediction(work.task, made)
            else:
                self.project.change_prediction(step.number, made)
        elif step.number is not None:
            self.project.change_annotation(step.number, annotation_object(here))
        elif not self.project.add_annotation(
            work.task, step.annotator, annotation_object(here), self.judge.user(step.annotator)
        ):
            self._later(f"task {work.task}", f"{step.annotator} has an annotation there that cannot be read")
            return
        self.state.agree([(here, step.number)])

    def _ready(
        self, pair_id: str, who: str, standing: Sequence[Annotation], *, say: bool
    ) -> Annotation | None:
        """What stands here, if it can be sent; someone may be labelling meanwhile."""
        pair = self.reader.pair(_row(self.reader, pair_id))
        if len(standing) == 1 and self.judge.fits(standing[0], pair):
            return standing[0]
        if say:
            self._later(f"pair {pair_id[:12]}", f"{who}'s annotation has changed here meanwhile: not sent")
        return None

    def _later(self, where: str, what: str) -> None:
        self.synced.later.append(Problem(where, what))

    def _step(self, count: int) -> None:
        self.state.save()
        plan = self.synced.plan
        self.done += count
        if self.progress:
            self.progress(self.done, len(plan.record) + len(plan.create) + len(plan.work))


def _row(reader: GenerationReader, pair_id: str) -> int:
    row = reader.index.row(pair_id)
    if row is None:
        raise KeyError(pair_id)
    return row
