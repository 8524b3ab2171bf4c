"""Both sides compared, annotation by annotation, with what they last agreed on: the plan that follows.

Nothing is changed, here or there. A task whose token is the one that it had when nothing was left to do is
taken to hold what was agreed on; all others are read. No clock decides: tokens are compared, not ordered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from hashiya.corpus.exchange.labelstudio.read_task import Arrival, TaskReader
from hashiya.corpus.exchange.labelstudio.server.project import Project, TaskHead
from hashiya.corpus.exchange.labelstudio.sync.decide import Case, Decider
from hashiya.corpus.exchange.labelstudio.sync.plan import Plan, TaskWork
from hashiya.corpus.exchange.labelstudio.sync.sync_state import SyncState
from hashiya.corpus.exchange.labelstudio.three_way_merge import says_the_same
from hashiya.corpus.exchange.labelstudio.write_task import data_of
from hashiya.corpus.exchange.outcome import Outcome, ShowProgress
from hashiya.corpus.store.reader import GenerationReader
from hashiya.schema.errors import Problem
from hashiya.schema.records import LANGS, Annotation, Pair

_AT_ONCE = 200
"""Tasks that are read at once, with their annotations."""


@dataclass(slots=True)
class Planner:
    """Makes a plan; `labelled` are the pairs that the journal knows."""

    plan: Plan
    reader: GenerationReader
    state: SyncState
    decider: Decider
    labelled: set[str] = field(default_factory=set)

    def run(self, project: Project | None, progress: ShowProgress | None = None) -> None:
        """Compare all tasks of a project, and all pairs; `None` is a project that is yet to be made."""
        self.labelled = set(self.decider.journal.pair_ids())
        seen: dict[str, int] = {}
        heads = self._watched(project, progress) if project else iter(())
        while chunk := list(islice(heads, _AT_ONCE)):
            numbers = [head.number for head in chunk if self._is_open(head)]
            tasks = {task["id"]: task for task in project.tasks(numbers)} if project and numbers else {}
            for head in chunk:
                where = f"{project.title if project else ''}, task {head.number}"
                first = seen.setdefault(head.pair_id, head.number) if head.pair_id is not None else None
                if first not in {None, head.number}:
                    self._leave("tasks", f"a second one of the pair of task {first}", where)
                elif head.number not in numbers:
                    self._known(head, where)
                elif head.number in tasks:
                    self._task(head, tasks[head.number], where)
        self._pairs(seen)

    def _watched(self, project: Project, progress: ShowProgress | None) -> Iterator[TaskHead]:
        for number, (head, total) in enumerate(project.heads(), start=1):
            yield head
            if progress:
                progress(number, total)

    def _is_open(self, head: TaskHead) -> bool:
        """Return whether a task has to be read."""
        return head.pair_id is None or head.drafts > 0 or self.state.token(head.pair_id) != head.token

    def _known(self, head: TaskHead, where: str) -> None:
        """Compare a task that holds what was agreed on."""
        pair_id = head.pair_id or ""
        agreed = self.state.agreed(pair_id)
        arrivals = [Arrival(where, base, base, number) for base, number in agreed.values()]
        self._compare(head, arrivals, agreed, where, whole=True)

    def _task(self, head: TaskHead, task: Mapping[str, Any], where: str) -> None:
        """Compare a task that was read."""
        look = Outcome()
        arrivals = list(
            TaskReader(self.reader, self.decider.scheme, self.decider.people, look).arrivals(task, where)
        )
        given = sum(len(task.get(name) or ()) for name in ("annotations", "predictions"))
        if self.plan.inwards:
            self.plan.outcome.left_out.update(look.left_out)
            self.plan.outcome.converted.update(look.converted)
            self.plan.outcome.problems += look.problems
        if head.pair_id is None:
            return
        agreed = self.state.agreed(head.pair_id)
        whole = len(arrivals) == given
        rest = self._compare(head, self._single(arrivals, agreed), agreed, where, whole=whole)
        # Next time it need not be read, unless something has to be told of it again.
        done = (
            rest and whole and not look.left_out and len(arrivals) == len({_who(item) for item in arrivals})
        )
        self.state.place(head.pair_id, head.number, head.token if done else None)

    def _single(
        self, arrivals: Sequence[Arrival], agreed: Mapping[str, tuple[Annotation, int | None]]
    ) -> list[Arrival]:
        """Return one annotation of each annotator: the one that is known, else the first."""
        single: dict[str, Arrival] = {}
        for arrival in arrivals:
            first = single.setdefault(_who(arrival), arrival)
            if first is not arrival:
                known = agreed.get(_who(arrival), (None, None))[1]
                other = first if arrival.number == known else arrival
                single[_who(arrival)] = arrival if other is first else first
                self._leave("annotations", f"a second one of {_who(arrival)} of one pair", other.where)
        return list(single.values())

    def _compare(
        self,
        head: TaskHead,
        arrivals: Sequence[Arrival],
        agreed: Mapping[str, tuple[Annotation, int | None]],
        where: str,
        *,
        whole: bool,
    ) -> bool:
        """Plan what follows for a task; return whether nothing does."""
        pair_id = head.pair_id or ""
        row = self.reader.index.row(pair_id)
        if row is None:
            self.plan.notes.append(
                Problem(
                    where,
                    "its pair is gone from the corpus; what changes there finds its place by the text",
                    False,
                )
            )
            self._without_pair(arrivals, agreed)
            return False
        pair = self.reader.pair(row)
        work = TaskWork(head.number, pair_id, head.token)
        in_step = self._data(head, pair, work, where)
        if not work.rewrite and not in_step:
            return False
        standing = self._standing(pair_id)
        there = {_who(arrival): arrival for arrival in arrivals}
        for who in dict.fromkeys((*standing, *there, *agreed)):
            known = agreed.get(who)
            case = Case(pair, work, who, where, standing.get(who, ()), there.get(who), known, readable=whole)
            in_step &= self.decider.decide(case)
        if work.rewrite or work.steps:
            self.plan.work.append(work)
        return in_step

    def _data(self, head: TaskHead, pair: Pair, work: TaskWork, where: str) -> bool:
        """Look at a task's data; return whether it is as it should be."""
        ours = data_of(pair, self.decider.scheme)
        if all(head.data.get(name) == value for name, value in ours.items()):
            return True
        touched = [lang for lang in LANGS if head.data.get(lang) != ours[lang]]
        if touched and self.plan.prefer != "here":
            why = f"the text ({', '.join(touched)}) was changed there; --prefer here puts it back"
            self._leave("tasks", why, where)
        elif self.plan.outwards:
            work.rewrite = True
        return False

    def _without_pair(
        self, arrivals: Sequence[Arrival], agreed: Mapping[str, tuple[Annotation, int | None]]
    ) -> None:
        """Plan to take in what changed there of a pair that a build has changed: it is placed by its text."""
        for arrival in arrivals:
            known = agreed.get(_who(arrival))
            if says_the_same(known[0] if known else arrival.base, arrival.annotation):
                self.plan.unchanged += 1
            elif self.plan.inwards:
                self.decider.take(arrival)
            else:
                self.plan.newer_there += 1

    def _pairs(self, seen: Mapping[str, int]) -> None:
        """Plan what follows for pairs that have no task."""
        for pair in self.reader.generation.pairs():
            if pair.pair_id in seen:
                continue
            standing = self._standing(pair.pair_id)
            before = self.state.task(pair.pair_id)
            if pair.kind == "boilerplate" and not standing:
                continue
            if before is not None:
                again = "it is made again" if self.plan.outwards else "a push makes it again"
                self.plan.notes.append(
                    Problem(
                        f"pair {pair.pair_id[:12]}", f"its task {before} was deleted there; {again}", False
                    )
                )
            if not self.plan.outwards:
                self.plan.newer_here += len(standing)
                continue
            self.plan.create.append(pair.pair_id)
            for who, heads in standing.items():
                self.plan.created += self.decider.may_send(pair, who, heads)

    def _standing(self, pair_id: str) -> dict[str, tuple[Annotation, ...]]:
        standing = self.decider.journal.standing(pair_id) if pair_id in self.labelled else ()
        return {item.annotator: item.annotations for item in standing}

    def _leave(self, what: str, why: str, where: str) -> None:
        self.plan.outcome.leave(what, why, where=where)


def _who(arrival: Arrival) -> str:
    return arrival.annotation.annotator
