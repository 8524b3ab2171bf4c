"""What stands of one subject: its events as a graph, the heads of it, and where undo and redo lead. Pure.

Nothing here depends on the order in which events arrived. A head is an event that no other follows. An event
that is damaged is never a head, and what it followed is a head again only if nothing intact follows it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property

from hashiya.corpus.journal.event import SAYS, Event


class SubjectEvents:
    """The events of one subject, in a stream of personal heads those of one author.

    `events` are those that are intact, by their ids; `damaged` are the others. An event that two files made
    alike is one. `is_withdrawn` says whether the labels that a carry came from do not stand any more: then it
    does not count. `is_carry` says of an event of any subject, by its id, whether it only carries labels.
    """

    def __init__(
        self,
        rows: Iterable[Event],
        is_withdrawn: Callable[[Event], bool] = lambda _: False,
        is_carry: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._is_withdrawn = is_withdrawn
        self._is_carry = is_carry
        self.events: dict[str, Event] = {}
        self.damaged: list[Event] = []
        for event in rows:
            if not event.intact:
                self.damaged.append(event)
                continue
            other = self.events.get(event.event_id)
            if other is None or event.checksum < other.checksum:
                self.events[event.event_id] = event
        if self.damaged:
            self.damaged = [event for event in self.damaged if event.event_id not in self.events]

    @cached_property
    def _parents(self) -> dict[str, Collection[str]]:
        """What each event follows; damaged ones are followed through, too, as far as can be seen."""
        parents: dict[str, Collection[str]] = {}
        for event in self.events.values():
            parents[event.event_id] = event.parents
        unnamed = {parent for event in self.events.values() for parent in event.parents} - parents.keys()
        unnamed -= {event.event_id for event in self.damaged}
        for event in self.damaged:
            parents[event.event_id] = event.parents
        if len(self.damaged) == 1 and len(unnamed) == 1:  # its id is what was damaged
            parents[unnamed.pop()] = self.damaged[0].parents
        return parents

    def ancestors(self, event_ids: Iterable[str]) -> set[str]:
        """Return all events that some events follow, at any distance."""
        found: set[str] = set()
        waiting = [parent for event_id in event_ids for parent in self._parents.get(event_id, ())]
        while waiting:
            event_id = waiting.pop()
            if event_id not in found:
                found.add(event_id)
                waiting.extend(self._parents.get(event_id, ()))
        return found

    @cached_property
    def heads(self) -> tuple[Event, ...]:
        """The events that stand, by their ids: those that none follows, without replaced carries."""
        if len(self.events) == 1 and not self.damaged:
            (only,) = self.events.values()
            if only.kind != "carry":  # most subjects have one event
                return (only,)
        withdrawn = {carry.event_id for carry in self._carries if self._is_withdrawn(carry)}
        passed = withdrawn | self.ancestors(self.events.keys() - withdrawn)
        heads = [event for name, event in sorted(self.events.items()) if name not in passed]
        carries = [carry for carry in self._carries if carry.event_id not in withdrawn]
        return tuple(head for head in heads if not self._is_replaced(head, carries))

    def is_gone(self, event_id: str) -> bool:
        """Return whether what an event says stands no more, and nothing readable stands in its place."""
        event = self.events[event_id]
        if event in self._carries and (self._is_withdrawn(event) or self._is_made_anew(event)):
            return True
        return self.is_undone(event_id)

    def is_undone(self, event_id: str) -> bool:
        """Return whether somebody went on after an event, and nothing readable stands there now."""
        after = [item for name, item in self.events.items() if event_id in self.ancestors([name])]
        after = [item for item in after if item not in self._carries or not self._is_withdrawn(item)]
        followed = self.ancestors(item.event_id for item in after)
        return bool(after) and not any(self.states(item) for item in after if item.event_id not in followed)

    @cached_property
    def _carries(self) -> list[Event]:
        return [event for event in self.events.values() if event.kind == "carry" and event.known]

    def _is_made_anew(self, carry: Event) -> bool:
        """Whether a carry was made again from more labels, or later ones; not if only by another way."""
        known = _came_from(carry)
        others = [
            other
            for other in self._carries
            if not all(map(self._is_carry, sorted(_came_from(other) - known)))
        ]
        return self._is_replaced(carry, others)

    def _is_replaced(self, head: Event, carries: Sequence[Event]) -> bool:
        """Whether a carry was made again from more, or later, labels of the same pairs."""
        if head.kind != "carry" or not head.known:
            return False
        moved, parents = sources(head), set(head.parents)
        return bool(moved) and any(
            (moved, parents) != (sources(other), set(other.parents))
            and moved <= _came_from(other)
            and parents <= {*other.parents, *self.ancestors([other.event_id])}
            for other in carries
            if other is not head
        )

    def states(self, event: Event) -> tuple[Event, ...]:
        """Return the events that say what stands after an event: none where nothing does.

        Events that this version does not know, or that are damaged, are left out.
        """
        if not event.known:
            return ()
        if event.kind in SAYS:
            return (event,)
        found = [self.events[event_id] for event_id in event.targets() if event_id in self.events]
        return tuple(item for item in found if item.known and item.kind in SAYS)

    def undone(self, head: Event) -> tuple[str, ...] | None:
        """Return what stands when the last change before a head is taken back; `None` if there is none."""
        current = self.states(head)
        if not current:
            return None
        before = {state.event_id for event in current for state in self._stood_before(event.event_id)}
        return tuple(sorted(before - self.ancestors(before)))

    def _stood_before(self, event_id: str) -> Iterator[Event]:
        for parent in self._parents.get(event_id, ()):
            if parent in self.events:
                yield from self.states(self.events[parent])
            else:  # damaged: what stood before it is the nearest that is left
                yield from self._stood_before(parent)

    def redone(self, head: Event) -> tuple[str, ...] | None:
        """Return what stands when the last undo before a head is taken back; `None` if there is none."""
        depth, event = 0, head
        while event.kind in {"undo", "redo"} and event.parents and event.parents[0] in self.events:
            depth += 1 if event.kind == "undo" else -1
            event = self.events[event.parents[0]]
            if depth > 0:
                return tuple(state.event_id for state in self.states(event))
        return None

    def reached(
        self, target: Callable[[SubjectEvents, Event], tuple[str, ...] | None]
    ) -> tuple[str, ...] | None:
        """Return what stands when each head is taken back by `undone` or `redone`; `None` if none can be."""
        found = [to for head in self.heads if (to := target(self, head)) is not None]
        reached = {event_id for to in found for event_id in to}
        return tuple(sorted(reached - self.ancestors(reached))) if found else None

    @property
    def parting(self) -> tuple[Event, ...]:
        """The last intact events from which all heads set out, by their ids: a head itself if it is alone."""
        histories = [{head.event_id, *self.ancestors([head.event_id])} for head in self.heads]
        common = set[str]().union(*histories[:1]).intersection(*histories) & self.events.keys()
        return tuple(self.events[name] for name in sorted(common - self.ancestors(common)))

    def ordered(self) -> Iterator[Event]:
        """Yield the intact events, each after all that it follows, otherwise by their ids."""
        done: set[str] = set()
        for event_id in sorted(self.events):
            waiting = [event_id]
            while waiting:
                event = self.events[waiting[-1]]
                missing = [
                    name
                    for name in event.parents
                    if name in self.events and name not in done and name not in waiting
                ]
                if missing:
                    waiting.extend(reversed(missing))
                elif waiting.pop() not in done:
                    done.add(event.event_id)
                    yield event


def sources(carry: Event) -> set[str]:
    """Return the events that a carry comes from."""
    return set(carry.payload["moved_from"]) if carry.known else set()


def _came_from(carry: Event) -> set[str]:
    """Return the events that a carry comes from, and those that these descend from."""
    return sources(carry) | set(carry.payload.get("before", ()))
