"""Both sides compared, annotation by annotation, with what they last agreed on: the plan that follows.

Nothing is changed, here or there. A task whose token is the one that it had when nothing was left to do is
taken to hold what was agreed on; all others are read. No clock decides: tokens are compared, not ordered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from hashiya.corpus.exchange.labelstudio.assigned import ASSIGNED
from hashiya.corpus.exchange.labelstudio.read_task import Agreed, Arrival, TaskReader
from hashiya.corpus.exchange.labelstudio.server.project import Project, TaskHead
from hashiya.corpus.exchange.labelstudio.sync.decide import Case, Decider
from hashiya.corpus.exchange.labelstudio.sync.plan import Plan, Step, TaskWork
from hashiya.corpus.exchange.labelstudio.sync_state import SyncState
from hashiya.corpus.exchange.labelstudio.what_changed import says_the_same
from hashiya.corpus.exchange.outcome import Outcome, ShowProgress
from hashiya.corpus.store.reader import GenerationReader
from hashiya.schema.errors import Problem
from hashiya.schema.records import LANGS, Annotation, Pair

_GONE = 0
"""The number of a task that was deleted there with consent."""
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
                if project is not None and first not in {None, head.number}:
                    self._second(project, head, first, where)
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
        agreed = self.state.agreed(head.pair_id or "")
        arrivals = self._read(task, look, where, agreed)
        if self.plan.inwards:
            self._account(look)
        if head.pair_id is None:
            return
        given = sum(len(task.get(name) or ()) for name in ("annotations", "predictions"))
        whole = sum(arrival.edit_of is None for arrival in arrivals) == given
        row = self.reader.index.row(head.pair_id)
        single = self._single(None if row is None else self.reader.pair(row), arrivals, agreed)
        rest = self._compare(head, single, agreed, where, whole=whole)
        # Next time it need not be read, unless something has to be told of it again.
        simple = len(arrivals) == len(single) and all(arrival.edit_of is None for arrival in arrivals)
        done = rest and whole and not look.left_out and simple
        self.state.place(head.pair_id, head.number, head.token if done else None)

    def _second(self, project: Project, head: TaskHead, first: int | None, where: str) -> None:
        """Plan what follows for another task of a pair: its annotations are further ones of that pair."""
        tasks = {task["id"]: task for task in project.tasks([head.number, *([first] if first else [])])}
        look = Outcome()
        arrivals = self._read(tasks.get(head.number, {}), look, where, {})
        of_first = self._read(tasks.get(first or 0, {}), Outcome(), where, {})
        if self.plan.inwards:
            self._account(look)
        what = f"is a second one of the pair of task {first}; its {len(arrivals)} annotations are that pair's"
        self.plan.notes.append(Problem(where, what, left_out=False))
        pair_id = head.pair_id or ""
        row = self.reader.index.row(pair_id)
        if row is not None:
            self._further(self.reader.pair(row), arrivals, of_first)

    def _further(self, pair: Pair, arrivals: Sequence[Arrival], others: Sequence[Arrival]) -> None:
        """Plan to take further annotations of a pair in, beside `others` and what stands here."""
        there = {_who(arrival): arrival for arrival in others}
        for arrival in arrivals:
            if arrival.annotation.origin == "suggested":
                self._leave("predictions", f"a further one of {_who(arrival)} of one pair", arrival.where)
                continue
            settled = self.decider.further(pair, replace(arrival, beside=True), there.get(_who(arrival)))
            there.setdefault(_who(arrival), arrival)
            for work in self.plan.work if settled else ():
                # What stands in another task of the pair is there.
                if work.pair_id == pair.pair_id:
                    work.steps = [
                        step for step in work.steps if (step.act, step.annotator) != ("add", _who(arrival))
                    ]

    def _single(self, pair: Pair | None, arrivals: Sequence[Arrival], agreed: Agreed) -> list[Arrival]:
        """Return one annotation of each annotator, the one that is known, else the first; take others in."""
        if pair is None:
            return list(arrivals)
        single: dict[str, Arrival] = {}
        others: list[Arrival] = []
        for arrival in arrivals:
            first = single.setdefault(_who(arrival), arrival)
            if first is not arrival:
                known = agreed.get(_who(arrival), (None, None))[1]
                other = first if arrival.number == known is not None else arrival
                single[_who(arrival)] = arrival if other is first else first
                others.append(other)
        self._further(pair, others, list(single.values()))
        return list(single.values())

    def _read(self, task: Mapping[str, Any], outcome: Outcome, where: str, agreed: Agreed) -> list[Arrival]:
        decider = self.decider
        reader = TaskReader(self.reader, decider.scheme, decider.people, outcome, decider.journal)
        return list(reader.arrivals(task, where, agreed))

    def _account(self, look: Outcome) -> None:
        self.plan.outcome.left_out.update(look.left_out)
        self.plan.outcome.converted.update(look.converted)
        self.plan.outcome.problems += look.problems

    def _compare(
        self,
        head: TaskHead,
        arrivals: Sequence[Arrival],
        agreed: Agreed,
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
        for edit in arrivals:
            if edit.edit_of is not None:
                self._free_edited(pair, work, edit, arrivals, standing)
        if work.rewrite or work.steps:
            self.plan.work.append(work)
        return in_step

    def _free_edited(
        self,
        pair: Pair,
        work: TaskWork,
        edit: Arrival,
        arrivals: Iterable[Arrival],
        standing: Mapping[str, Sequence[Annotation]],
    ) -> None:
        """Plan that an annotation which another has changed there is that one's own before it is written."""
        maker = next(
            (_who(one) for one in arrivals if one.number == edit.edit_of and one.edit_of is None), None
        )
        both = {who for who in (maker, _who(edit)) if who is not None}
        if maker is None or not any(step.annotator in both for step in work.steps):
            return
        work.steps = [step for step in work.steps if step.annotator not in both]
        if all(self.decider.stands_alone(pair, standing.get(who, ())) for who in both):
            work.steps += [Step("add", _who(edit)), Step("change", maker, edit.edit_of)]
        else:
            why = f"{_who(edit)} has changed it there, which does not stand here yet; pull first"
            self._leave("annotations", why, f"{edit.where}, {maker}")

    def _data(self, head: TaskHead, pair: Pair, work: TaskWork, where: str) -> bool:
        """Look at a task's data; return whether it is as it should be."""
        ours = self.decider.data(pair)
        was_assigned = ASSIGNED in head.data and ASSIGNED not in ours
        if not was_assigned and all(head.data.get(name) == value for name, value in ours.items()):
            return True
        touched = [lang for lang in LANGS if head.data.get(lang) != ours[lang]]
        if touched and self.plan.prefer != "here":
            why = f"the text ({', '.join(touched)}) was changed there; --prefer here puts it back"
            self._leave("tasks", why, where)
        elif self.plan.outwards:
            work.rewrite = True
        return False

    def _without_pair(self, arrivals: Sequence[Arrival], agreed: Agreed) -> None:
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
            if not self.plan.outwards:
                self.plan.newer_here += len(standing)
            if before is not None:
                self._deleted_task(pair, before, standing)
            if not self.plan.outwards or (before is not None and self.plan.prefer != "here"):
                continue
            self.plan.create.append(pair.pair_id)
            for who, heads in standing.items():
                sent = self.decider.may_send(pair, who, heads)
                suggested = all(head.origin == "suggested" for head in heads)
                self.plan.created += sent and not suggested
                self.plan.created_predictions += sent and suggested

    def _deleted_task(self, pair: Pair, number: int, standing: Mapping[str, Sequence[Annotation]]) -> None:
        """Tell of a task that was deleted there: it is made again, or undone here, only if preferred."""
        where = f"pair {pair.pair_id[:12]}, task {number}"
        if self.plan.prefer == "there" and self.plan.inwards:
            agreed = self.state.agreed(pair.pair_id)
            self.plan.withdraw += [(pair.pair_id, who) for who in standing if who in agreed]
            self.state.place(pair.pair_id, _GONE)
        elif self.plan.prefer == "here" and self.plan.outwards:
            self.plan.notes.append(Problem(where, "was deleted there; it is made again", left_out=False))
        elif number != _GONE or standing:
            way = "--prefer here makes it again, --prefer there undoes its annotations here"
            self._leave("tasks", f"deleted there; {way}", where)

    def _standing(self, pair_id: str) -> dict[str, tuple[Annotation, ...]]:
        standing = self.decider.journal.standing(pair_id) if pair_id in self.labelled else ()
        return {item.annotator: item.annotations for item in standing}

    def _leave(self, what: str, why: str, where: str) -> None:
        self.plan.outcome.leave(what, why, where=where)


def _who(arrival: Arrival) -> str:
    return arrival.annotation.annotator
