"""Which of the changes to one subject stand together, and which contest each other. Pure.

Each change is a part of what its subject says, and may withdraw others that it follows. Two changes that do
not know of each other contest each other where they touch the same: then neither stands, nor does what was
built on either. That is found from the graph of events alone, so the order of their arrival plays no role.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from hashiya.corpus.journal.heads import SubjectEvents
from hashiya.schema.records import Lang

Touched = frozenset[tuple[Lang, int, int]]
"""Ranges of a document's source texts."""


@dataclass(frozen=True, slots=True)
class SharedChange:
    """What an event does: what it puts (`None` for one that only withdraws), touches and withdraws.

    Two that put the same, on the same, without knowing of each other are one.
    """

    puts: Hashable | None
    touches: Touched
    withdraws: frozenset[str]


@dataclass(frozen=True, slots=True)
class ContestOutcome:
    """Which changes stand.

    `applied` are those that put something, each after what it follows; `in_force` are these, what says the
    same as one of them, and withdrawals that hold. `contested` are groups of changes that are in each other's
    way. `twins` has for a change those, in force or contested, that say the same.
    """

    applied: tuple[str, ...]
    in_force: frozenset[str]
    contested: tuple[frozenset[str], ...]
    twins: Mapping[str, frozenset[str]]


def touch(one: Touched, other: Touched) -> bool:
    """Return whether two changes touch a code point of the source in common."""
    return any(
        lang == there and start < stop and begin < end
        for lang, start, end in one
        for there, begin, stop in other
    )


class Contest:
    """The changes of a subject, `changes` by the ids of their events, and what each of them knew."""

    def __init__(self, events: SubjectEvents, changes: Mapping[str, SharedChange]) -> None:
        self._names = [event.event_id for event in events.ordered() if event.event_id in changes]
        self._changes = [changes[name] for name in self._names]
        self._number = {name: number for number, name in enumerate(self._names)}
        self._follows = self._histories(events)
        self._withdraws = [  # only what it follows can an event take back
            sum(1 << self._number[name] for name in change.withdraws & self._number.keys()) & follows
            for change, follows in zip(self._changes, self._follows, strict=True)
        ]
        self._withdrawn_by: dict[int, list[int]] = defaultdict(list)
        for number, withdraws in enumerate(self._withdraws):
            for other in _bits(withdraws):
                self._withdrawn_by[other].append(number)
        self._rests: dict[int, int] = {}
        self._twins = self._equal_changes()
        self._known = [self._known_to(number) for number in range(len(self._changes))]

    def _histories(self, events: SubjectEvents) -> list[int]:
        """For each change the changes that it follows, as bits by their numbers."""
        bits = {name: 1 << number for name, number in self._number.items()}
        found: dict[str, int] = {}
        for event in events.ordered():
            names: Collection[str] = event.parents
            if any(name not in found for name in names):  # damaged or missing: what they followed counts
                names = events.ancestors([event.event_id]) - {event.event_id}
            found[event.event_id] = 0
            for name in names:
                found[event.event_id] |= found.get(name, 0) | bits.get(name, 0)
        return [found[name] for name in self._names]

    def _equal_changes(self) -> dict[int, int]:
        """The changes that put the same on the same without knowing of each other, as bits."""
        twins: dict[int, int] = defaultdict(int)
        if not any(self._apart(change.puts for change in self._changes)):
            return {}
        keys: dict[Hashable, int] = {}
        own: list[int] = []
        for number, change in enumerate(self._changes):
            rest = frozenset(own[other] for other in _bits(self._rest(number)))
            own.append(keys.setdefault((change.puts, change.withdraws, rest), len(keys)))
        for number, other in self._apart(own):
            twins[number] |= 1 << other
            twins[other] |= 1 << number
        return dict(twins)

    def _apart(self, keys: Iterable[Hashable]) -> Iterator[tuple[int, int]]:
        """Yield the changes that put something and have equal keys, and do not know of each other."""
        same: dict[Hashable, list[int]] = defaultdict(list)
        for number, key in enumerate(keys):
            if self._changes[number].puts is not None:
                for other in same[key]:
                    if not self._follows[number] >> other & 1:
                        yield number, other
                same[key].append(number)

    def _known_to(self, number: int) -> int:
        """The changes that one follows, or that say the same as one that it found standing, as bits."""
        known = self._follows[number]
        if any(known >> other & 1 for other in self._twins):
            for other in _bits(self._live((), known | 1 << number) & known):
                known |= self._twins.get(other, 0)
        return known & ~(1 << number)

    def outcome(self, contested: Collection[str] = ()) -> ContestOutcome:
        """Return what stands, if the changes `contested` do not, and why else one does not."""
        stopped = {self._number[name] for name in contested}
        links: dict[int, set[int]] = {number: set() for number in stopped}
        while True:
            live = self._live(stopped)
            for one, other in self._pairs(live):
                links.setdefault(one, set()).add(other)
                links.setdefault(other, set()).add(one)
            for number in _bits(live) if stopped else ():
                if self._changes[number].puts is None:
                    continue
                for other in _bits(self._rest(number) & live):  # what rests on one that falls, falls with it
                    if other in stopped:
                        links.setdefault(number, set()).add(other)
                        links[other].add(number)
            if links.keys() <= stopped:
                break
            stopped |= links.keys()
        return self._outcome(live, links)

    def _outcome(self, live: int, links: Mapping[int, set[int]]) -> ContestOutcome:
        for number in links:  # who settles a conflict belongs to it
            for other in _bits(self._withdraws[number]):
                if other in links:
                    links[number].add(other)
                    links[other].add(number)
        in_force = [number for number in _bits(live) if number not in links]
        applied: list[int] = []
        for number in in_force:
            twins = self._twins.get(number, 0)
            if self._changes[number].puts is not None and not any(twins >> other & 1 for other in applied):
                applied.append(number)
        groups = [group for group in _groups(links) if any(live >> number & 1 for number in group)]
        return ContestOutcome(
            applied=tuple(self._names[number] for number in applied),
            in_force=frozenset(self._names[number] for number in in_force),
            contested=tuple(
                sorted(
                    (
                        frozenset(self._names[number] for number in group if live >> number & 1)
                        for group in groups
                    ),
                    key=sorted,
                )
            ),
            twins={
                self._names[number]: frozenset(self._names[other] for other in _bits(twins & live))
                for number, twins in self._twins.items()
            },
        )

    def _live(self, stopped: Collection[int], view: int = -1) -> int:
        """The changes that no other withdraws, as bits; those that are `stopped` withdraw nothing."""
        live = 0
        for number in reversed(range(len(self._changes))):
            if view >> number & 1 and not any(
                live >> other & 1 and other not in stopped for other in self._withdrawn_by.get(number, ())
            ):
                live |= 1 << number
        return live

    def _pairs(self, live: int) -> Iterator[tuple[int, int]]:
        """Yield the changes that are in each other's way."""
        for number in _bits(live):
            change = self._changes[number]
            for other in _bits(live & ((1 << number) - 1) & ~self._known[number]):
                if self._known[other] >> number & 1 or self._twins.get(number, 0) >> other & 1:
                    continue
                rival = self._changes[other]
                if not touch(change.touches, rival.touches):
                    continue
                both = change.puts is not None and rival.puts is not None
                taken = self._withdraws[number] & self._rest(other) | self._withdraws[other] & self._rest(
                    number
                )
                if both or taken:  # one withdraws what the other rests on
                    yield number, other

    def _rest(self, number: int) -> int:
        """The changes that one found standing where it touches, as bits: it was made on these."""
        if number not in self._rests:
            follows, touches = self._follows[number], self._changes[number].touches
            live = self._live((), follows | 1 << number) & follows
            self._rests[number] = sum(
                1 << other for other in _bits(live) if touch(touches, self._changes[other].touches)
            )
        return self._rests[number]


def _bits(mask: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set, the lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _groups(links: Mapping[int, set[int]]) -> Iterator[set[int]]:
    """Yield the numbers that links join, directly or through others."""
    left = set(links)
    while left:
        group, waiting = set[int](), [min(left)]
        while waiting:
            number = waiting.pop()
            if number not in group:
                group.add(number)
                waiting.extend(links[number])
        left -= group
        yield group
