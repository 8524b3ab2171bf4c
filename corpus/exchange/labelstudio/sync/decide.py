"""One annotator's annotation of one pair, here and there: what follows from what changed since both agreed.

What changed on one side goes to the other. What changed on both is a conflict: it is taken in beside what
stands here, or settled by the side that is preferred. What was deleted is told, and followed only if its
side is preferred.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hashiya.corpus.exchange.labelstudio.assigned import TaskAssignments
from hashiya.corpus.exchange.labelstudio.people import People
from hashiya.corpus.exchange.labelstudio.read_task import Arrival
from hashiya.corpus.exchange.labelstudio.sync.plan import Plan, Step, StepKind, TaskWork
from hashiya.corpus.exchange.labelstudio.sync_state import SyncState
from hashiya.corpus.exchange.labelstudio.three_way_merge import was_said
from hashiya.corpus.exchange.labelstudio.what_changed import says_the_same, what_changed
from hashiya.corpus.exchange.labelstudio.write_task import data_of
from hashiya.corpus.exchange.outcome import count_layers
from hashiya.corpus.journal.journal import Journal
from hashiya.schema.records import Annotation, Pair
from hashiya.schema.scheme import LabelScheme
from hashiya.schema.validate import faults

_BESIDE = "two stand side by side here; save one in `hashiya label`, or sync with --prefer"
_DELETED = "deleted there; --prefer here sends it again, --prefer there undoes it here"
_UNDONE = "undone here; --prefer here deletes it there, --prefer there records it again"
_UNREADABLE = "something in the task cannot be read, perhaps this"


@dataclass(frozen=True, slots=True)
class Case:
    """One annotator's annotation of one pair on both sides.

    `heads` stand here, `there` came; `agreed` is what both last held, and its number there.
    `readable` says that what did not come is not there.
    """

    pair: Pair
    work: TaskWork
    who: str
    where: str
    heads: Sequence[Annotation]
    there: Arrival | None
    agreed: tuple[Annotation, int | None] | None
    readable: bool

    @property
    def base(self) -> Annotation | None:
        """What both last held, as far as is known here."""
        return self.agreed[0] if self.agreed else None


@dataclass(slots=True)
class Decider:
    """Adds to a plan what follows from each case. `people.users` are the users of the server.

    `unassigned` allows to send annotations whose annotator has no user there.
    """

    plan: Plan
    scheme: LabelScheme
    journal: Journal
    state: SyncState
    people: People
    unassigned: bool = False
    assignments: TaskAssignments = field(default_factory=TaskAssignments)
    _users: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._users = {email: number for number, email in self.people.users.items()}

    def data(self, pair: Pair) -> dict[str, Any]:
        """Return the data that a pair's task is to have."""
        return data_of(pair, self.scheme, self.assignments)

    def decide(self, case: Case) -> bool:
        """Plan what follows from a case; return whether both sides agree and nothing is left to do."""
        if case.there is None:
            return self._not_there(case)
        if not case.heads:
            self._not_here(case, case.there)
            return False
        if len(case.heads) > 1:
            self._beside(case, case.there)
            return False
        return self._both(case, case.there, case.heads[0])

    def may_send(self, pair: Pair, who: str, heads: Sequence[Annotation], *, new: bool = True) -> bool:
        """Return whether what stands here can be sent, and count it; with `new` its user has to be known."""
        where = f"pair {pair.pair_id[:12]}, {who}"
        if len(heads) > 1:
            self._leave(_BESIDE, where)
            return False
        wrong = faults(heads[0], pair, self.scheme)
        if wrong:
            self._leave(f"not sent, since it does not fit: {'; '.join(wrong)}", where)
            return False
        if new and heads[0].origin != "suggested" and self.user(who) is None and not self.unassigned:
            self.plan.unknown[who] += 1
            return False
        count_layers(self.plan.outcome, heads[0])
        return True

    def fits(self, annotation: Annotation, pair: Pair) -> bool:
        """Return whether an annotation can be sent: it is right, and its annotator known or need not be."""
        free = annotation.origin == "suggested" or self.unassigned
        known = free or self.user(annotation.annotator) is not None
        return known and not faults(annotation, pair, self.scheme)

    def stands_alone(self, pair: Pair, heads: Sequence[Annotation]) -> bool:
        """Return whether one annotation stands here that can be sent."""
        return len(heads) == 1 and self.fits(heads[0], pair)

    def further(self, pair: Pair, arrival: Arrival, other: Arrival | None) -> bool:
        """Plan what follows from an annotation in a second place there; return whether it stands here.

        `other` is the same annotator's in the first place.
        """
        there, who = arrival.annotation, arrival.annotation.annotator
        heads = [head for item in self.journal.standing(pair.pair_id, who) for head in item.annotations]
        says = [*heads, *([] if other is None else [other.annotation])]
        if any(says_the_same(head, there) for head in says) or was_said(self.journal, there):
            self.plan.unchanged += 1
            return any(says_the_same(head, there) for head in heads)
        if says and self.plan.prefer == "here":
            return False
        if says and self.plan.prefer is None:
            what = "has another annotation in a second place there"
            self.plan.conflicts.append(f"{arrival.where}, {who}: {what}")
        if self.plan.inwards:
            self.take(replace(arrival, base=None))
        else:
            self.plan.newer_there += 1
        return False

    def user(self, annotator: str) -> int | None:
        """Return the number of an annotator's user on the server; `None` where there is none."""
        return self._users.get(self.people.email(annotator) or "")

    def take(self, arrival: Arrival) -> None:
        """Let the journal take in what came."""
        self.plan.record.add(arrival)
        count_layers(self.plan.outcome, arrival.annotation)

    def _not_there(self, case: Case) -> bool:
        """Decide where nothing came; return whether nothing is left to do."""
        if not case.readable:
            if case.agreed is None:
                self._leave(_UNREADABLE, case.where)
            return False
        if not case.heads:
            self.state.drop(case.pair.pair_id, case.who)
            return True
        if case.agreed is None or self.plan.prefer == "here":
            self._send(case, "add")
        elif self.plan.prefer is None or len(case.heads) > 1:
            self._leave(_DELETED, f"{case.where}, {case.who}")
        elif self.plan.inwards:
            self.plan.withdraw.append((case.pair.pair_id, case.who))
        else:
            self.plan.newer_there += 1
        return False

    def _not_here(self, case: Case, there: Arrival) -> None:
        """Decide where nothing stands here: it is new, or was undone."""
        base = case.base or there.base
        if not self.journal.history(case.pair.pair_id, case.who):
            self._take(there, None)
        elif self.plan.prefer == "here":
            self._send(case, "remove")
        elif self.plan.prefer == "there":
            self._take(there, None)
        elif says_the_same(base, there.annotation):
            self._leave(_UNDONE, f"{case.where}, {case.who}")
        else:
            self._conflict(case, there, base, "undone here, changed there")

    def _beside(self, case: Case, there: Arrival) -> None:
        """Decide where several stand side by side here."""
        others = [head for head in case.heads if not says_the_same(head, there.annotation)]
        if len(others) == len(case.heads):
            if self.plan.prefer == "there":
                self._take(there, case.base)
            elif self.plan.prefer == "here":
                self._leave(_BESIDE, f"{case.where}, {case.who}")
            else:
                self._conflict(case, there, case.base, "a conflict here, and changed there again")
        elif self.plan.prefer is None or not self.plan.inwards or len(others) > 1:
            self._leave(_BESIDE, f"{case.where}, {case.who}")
        elif self.plan.prefer == "there":
            self.plan.settle.append(next(head for head in case.heads if head not in others))
        else:
            self.plan.settle.append(others[0])
            self._send(replace(case, heads=others), "change")

    def _both(self, case: Case, there: Arrival, here: Annotation) -> bool:
        """Decide where each side has one; return whether they say the same."""
        if says_the_same(here, there.annotation):
            self.plan.unchanged += 1
            if case.agreed != (there.annotation, there.number):
                self.state.agree([(there.annotation, there.number)])
            return True
        base = self._base(case, there)
        verdict = what_changed(base, here, there.annotation)
        if verdict == "there" or (verdict == "both" and self.plan.prefer == "there"):
            self._take(there, base)
        elif verdict == "here" or self.plan.prefer == "here":
            self._send(case, "change")
        else:
            self._conflict(case, there, base, "changed here and there")
        return False

    def _base(self, case: Case, there: Arrival) -> Annotation | None:
        """Return the common ancestor: what both last held, or what came, if the journal went on from it."""
        base = case.base or there.base
        states = [self.journal.state(event) for event in self.journal.history(case.pair.pair_id, case.who)]
        agreed = max((number for number, state in enumerate(states) if says_the_same(state, base)), default=0)
        return (
            there.annotation
            if any(says_the_same(state, there.annotation) for state in states[agreed:])
            else base
        )

    def _send(self, case: Case, act: StepKind) -> None:
        if not self.plan.outwards:
            self.plan.newer_here += 1
        elif act == "remove" or self.may_send(case.pair, case.who, case.heads, new=act == "add"):
            shown = case.there.annotation if case.there else case.heads[0]
            number = case.there.number if case.there else None
            case.work.steps.append(Step(act, case.who, number, prediction=shown.origin == "suggested"))

    def _take(self, there: Arrival, base: Annotation | None) -> None:
        if self.plan.inwards:
            self.take(replace(there, base=base))
        else:
            self.plan.newer_there += 1

    def _conflict(self, case: Case, there: Arrival, base: Annotation | None, what: str) -> None:
        self.plan.conflicts.append(f"{case.where}, pair {case.pair.pair_id[:12]}, {case.who}: {what}")
        if self.plan.inwards:
            self.take(replace(there, base=base))

    def _leave(self, why: str, where: str) -> None:
        self.plan.outcome.leave("annotations", why, where=where)
