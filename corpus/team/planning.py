"""A plan of work: which documents each annotator is to label, whole and in order. Pure, and repeatable.

A document goes to one person who reads its languages, or to two if it is in the overlap; documents whose
labels are known, the gold, go to everybody who reads them and did not make those labels. Words are shared out
evenly. People with the same layers share the documents; those with others share them once more. A plan that
is extended moves nothing that was begun, and changes nothing where neither documents nor people have changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from hashiya.schema.codec import dump
from hashiya.schema.covers import COVERED_SECTION
from hashiya.schema.payloads import Workload
from hashiya.schema.records import LabelLayer, Lang
from hashiya.schema.team import Person, WorkRules

_Layers = frozenset[LabelLayer]
_Held = tuple[str, str]
"""A person and a document."""


@dataclass(frozen=True, slots=True)
class WorkDocument:
    """A document that can be labelled: how many words it has, and the languages that it is in."""

    doc_id: str
    words: int
    langs: frozenset[Lang]


@dataclass(frozen=True, slots=True)
class WorkState:
    """What has become of documents so far, by the names of people that hold now.

    `assigned` are the workloads of the plan that is extended. `begun` are the people and documents of whom
    anything was saved; `to_do` has the words that are left of such a document, if not all are. `gold_by` are
    those who made the known labels of a document.
    """

    assigned: tuple[Workload, ...] = ()
    begun: AbstractSet[_Held] = frozenset()
    to_do: Mapping[_Held, int] = field(default_factory=dict)
    gold_by: Mapping[str, AbstractSet[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SharedWork:
    """Who labels what. `overlap` are the documents that two people label, of `shared` that are shared out.

    `unread` are those that nobody reads who labels a layer, and `words` how many each workload has left.
    """

    workloads: tuple[Workload, ...]
    words: Mapping[str, int]
    shared: int
    overlap: tuple[str, ...]
    unread: tuple[str, ...]


def share_work(
    documents: Sequence[WorkDocument], people: Iterable[Person], rules: WorkRules, state: WorkState
) -> SharedWork:
    """Return the plan for documents, in the order of the corpus, and people, those who get work."""
    there = sorted(people, key=lambda person: person.name)
    gold = set(rules.gold)
    shared = [document for document in documents if document.doc_id not in gold]
    known = [document for document in documents if document.doc_id in gold]
    crews: dict[_Layers, list[Person]] = {}
    for person in there:
        crews.setdefault(_layer_set(person.layers), []).append(person)
    names = {person.name for person in there}
    others = [workload for workload in state.assigned if workload.annotator not in names]
    workloads = list(_kept(others, {document.doc_id for document in documents}, state.begun))
    words: dict[str, int] = {}
    overlap: set[str] = set()
    unread: set[str] = set() if crews else {document.doc_id for document in shared}
    for layers, crew in crews.items():
        sharing = _Sharing(shared, known, crew, rules, state)
        sharing.share(rules.overlap or 0.0, _finished(others, layers, state.to_do))
        workloads += sharing.workloads()
        words |= sharing.loads
        overlap |= sharing.overlap
        unread |= sharing.unread
    order = [document.doc_id for document in shared]
    return SharedWork(
        workloads=tuple(sorted(workloads, key=lambda workload: workload.annotator)),
        words=words,
        shared=len(shared),
        overlap=tuple(doc_id for doc_id in order if doc_id in overlap),
        unread=tuple(doc_id for doc_id in order if doc_id in unread),
    )


class _Sharing:
    """The documents shared out among the people who label the same layers."""

    def __init__(
        self,
        shared: Sequence[WorkDocument],
        gold: Sequence[WorkDocument],
        crew: Sequence[Person],
        rules: WorkRules,
        state: WorkState,
    ) -> None:
        self._documents = {document.doc_id: document for document in (*shared, *gold)}
        self._order = {doc_id: number for number, doc_id in enumerate(self._documents)}
        self._shared = [document.doc_id for document in shared]
        self._crew = {person.name: person for person in crew}
        self._state = state
        self._seed = rules.seed
        self._before = {
            workload.annotator: dict.fromkeys(workload.documents)
            for workload in state.assigned
            if workload.annotator in self._crew
        }
        self._chance = {name: self._draw("person", name) for name in self._crew}
        self._able = {document.doc_id: self._readers(document) for document in shared}
        self._draws = {doc_id: self._draw(doc_id) for doc_id in self._shared}
        self._held: dict[str, set[str]] = {name: set() for name in self._crew}
        self._gold = {
            name: {
                document.doc_id
                for document in gold
                if name not in state.gold_by.get(document.doc_id, ())
                and (name in self._readers(document) or (name, document.doc_id) in state.begun)
            }
            for name in self._crew
        }
        self.loads = {
            name: sum(self._left(name, doc_id) for doc_id in self._gold[name]) for name in self._crew
        }
        self._fixed = {doc_id: self._fixed_to(doc_id) for doc_id in self._shared}
        self.unread: set[str] = set()
        self.overlap: set[str] = set()

    def share(self, share: float, finished: Mapping[str, int]) -> None:
        """Share the documents out, a share of them twice; some were `finished` so many times by others."""
        self.unread = {
            doc_id
            for doc_id in self._shared
            if not (self._able[doc_id] or self._fixed[doc_id] or finished.get(doc_id))
        }
        self.overlap = self._overlap(share, finished)
        if self._give(finished):
            self._balance()

    def workloads(self) -> list[Workload]:
        """Return what each person is to label, in order."""
        return [
            Workload(annotator=name, documents=tuple(self._sequence(name)), layers=person.layers)
            for name, person in self._crew.items()
        ]

    def _readers(self, document: WorkDocument) -> list[str]:
        return [name for name, person in self._crew.items() if document.langs <= set(person.reads)]

    def _draw(self, *what: str) -> bytes:
        """What the seed makes of something: drawn by it, things come in an order of chance."""
        return hashlib.sha256(dump([self._seed, *what]).encode()).digest()

    def _left(self, name: str, doc_id: str) -> int:
        return self._state.to_do.get((name, doc_id), self._documents[doc_id].words)

    def _fixed_to(self, doc_id: str) -> set[str]:
        """Those who keep a document: they were assigned and began it, or did half of it on their own."""
        return {
            name
            for name in self._crew
            if (name, doc_id) in self._state.begun
            and (
                doc_id in self._before.get(name, ())
                or 2 * self._left(name, doc_id) <= self._documents[doc_id].words
            )
        }

    def _overlap(self, share: float, finished: Mapping[str, int]) -> set[str]:
        """The documents for two people: those that have two already, then those that the seed draws."""
        possible: dict[str, tuple[int, bytes]] = {}
        wanted = 0
        for doc_id in self._shared:
            if doc_id in self.unread:
                continue
            wanted += 1
            fixed = len(self._fixed[doc_id]) + finished.get(doc_id, 0)
            if len({*self._able[doc_id], *self._fixed[doc_id]}) + finished.get(doc_id, 0) >= 2:
                before = sum(doc_id in self._before.get(name, ()) for name in self._crew)
                rank = 0 if fixed >= 2 else 1 if before + finished.get(doc_id, 0) >= 2 else 2
                possible[doc_id] = (rank, self._draws[doc_id])
        count = max(1, int(share * wanted + 0.5)) if share else 0
        chosen = sorted(possible, key=lambda doc_id: possible[doc_id])
        return {doc_id for at, doc_id in enumerate(chosen) if at < count or not possible[doc_id][0]}

    def _give(self, finished: Mapping[str, int]) -> bool:
        """Give each document to as many as it needs; return whether that differs from the plan before."""
        wanting: list[tuple[str, int]] = []
        changed = set(self._crew) != set(self._before) or any(
            doc_id not in self._documents for documents in self._before.values() for doc_id in documents
        )
        for doc_id in self._shared:
            if doc_id in self.unread:
                continue
            needed = (2 if doc_id in self.overlap else 1) - finished.get(doc_id, 0)
            before = [name for name in self._able[doc_id] if doc_id in self._before.get(name, ())]
            begun = [name for name in self._able[doc_id] if (name, doc_id) in self._state.begun]
            keeping = dict.fromkeys(
                [*sorted(self._fixed[doc_id]), *self._by_chance(before), *self._by_chance(begun)]
            )
            holders = list(keeping)[: max(needed, len(self._fixed[doc_id]))]
            changed = changed or not set(before) <= set(holders)
            for name in holders:
                self._take(name, doc_id)
            wanting += [(doc_id, needed - len(holders))] if needed > len(holders) else []
        wanting.sort(key=lambda item: (-self._documents[item[0]].words, self._draws[item[0]]))
        for doc_id, count in wanting:
            for _ in range(count):
                free = [name for name in self._able[doc_id] if doc_id not in self._held[name]]
                if free:
                    least = min(free, key=lambda name: (self.loads[name], self._chance[name]))
                    self._take(least, doc_id)
                    changed = True
        return changed

    def _by_chance(self, names: Iterable[str]) -> list[str]:
        return sorted(names, key=self._chance.__getitem__)

    def _take(self, name: str, doc_id: str) -> None:
        self._held[name].add(doc_id)
        self.loads[name] += self._left(name, doc_id)

    def _balance(self) -> None:
        """Move what nobody has begun from who has more to who has less, until no move makes it more even.

        Each move lowers the greater of two loads, so it ends.
        """
        while any(
            self._move(giver, taker)
            for giver in sorted(self._crew, key=lambda name: -self.loads[name])
            for taker in sorted(self._crew, key=lambda name: self.loads[name])
            if self.loads[giver] > self.loads[taker]
        ):
            pass

    def _move(self, giver: str, taker: str) -> bool:
        """Move documents from one person to another while that makes their loads more even."""
        moved = False
        movable = [doc_id for doc_id in self._held[giver] if giver not in self._fixed[doc_id]]
        # What was begun outside of the plan is moved last; of the rest, what comes last in the corpus first.
        movable.sort(key=lambda doc_id: ((giver, doc_id) in self._state.begun, -self._order[doc_id]))
        for doc_id in movable:
            gap = self.loads[giver] - self.loads[taker]
            if doc_id in self._held[taker] or taker not in self._able[doc_id]:
                continue
            if self._left(giver, doc_id) > 0 and self._left(taker, doc_id) < gap:
                self._held[giver].remove(doc_id)
                self.loads[giver] -= self._left(giver, doc_id)
                self._take(taker, doc_id)
                moved = True
        return moved

    def _sequence(self, name: str) -> list[str]:
        """What a person labels: as before, then what is new; new gold is spread among what is not begun."""
        mine = self._held[name] | self._gold[name]
        before = [doc_id for doc_id in self._before.get(name, ()) if doc_id in mine]
        new = sorted(self._held[name].difference(before), key=self._order.__getitem__)
        sequence = [*before, *new]
        begun = [at for at, doc_id in enumerate(sequence) if (name, doc_id) in self._state.begun]
        first = begun[-1] + 1 if begun else 0
        gold = sorted(self._gold[name].difference(before), key=lambda doc_id: self._draw(name, doc_id))
        rest = len(sequence) - first
        for number in range(len(gold) - 1, -1, -1):  # from the end, so that places before it stay
            sequence.insert(first + (number + 1) * rest // (len(gold) + 1), gold[number])
        return sequence


def _kept(
    workloads: Iterable[Workload], there: Collection[str], begun: AbstractSet[_Held]
) -> Iterator[Workload]:
    """Yield what people keep who get no work any more: documents that are there and that they began."""
    for workload in workloads:
        name = workload.annotator
        kept = tuple(doc_id for doc_id in workload.documents if doc_id in there and (name, doc_id) in begun)
        if kept:
            yield replace(workload, documents=kept)


def _finished(workloads: Iterable[Workload], layers: _Layers, to_do: Mapping[_Held, int]) -> dict[str, int]:
    """By document, how many of those who get no work any more have finished it, in all of some layers."""
    found: dict[str, int] = {}
    for workload in workloads:
        for doc_id in workload.documents if _layer_set(workload.layers) >= layers else ():
            if to_do.get((workload.annotator, doc_id)) == 0:
                found[doc_id] = found.get(doc_id, 0) + 1
    return found


def _layer_set(layers: Iterable[LabelLayer] | None) -> _Layers:
    """Layers as a set; all of them where that is not said."""
    return frozenset(COVERED_SECTION if layers is None else layers)
