"""From which events an event descends, also from one pair to another by what a rebuild carried."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from hashiya.corpus.journal.event import LABEL, Event
from hashiya.corpus.journal.heads import SubjectEvents, sources
from hashiya.corpus.journal.journal import Journal


class Descent:
    """The descent of the events of a journal; what was asked once is remembered."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._groups: dict[tuple[str, str], SubjectEvents] = {}

    def ancestors(self, event_ids: Iterable[str]) -> set[str]:
        """Return all events that some events descend from, of whichever pair."""
        found: set[str] = set()
        waiting = list(event_ids)
        while waiting:
            event_id = waiting.pop()
            if not self._journal.has(event_id):
                continue
            event = self._journal.event(event_id)
            follows = self._group(event.subject, event.author).ancestors([event_id])
            group = self._group(event.subject, event.author).events
            for name in (event_id, *follows):
                if name in group and group[name].kind == "carry" and group[name].known:
                    follows = follows | sources(group[name])
            waiting += follows - found
            found |= follows
        return found

    def carried_into(self, event: Event) -> set[str]:
        """Return what was carried into an event, or into what it follows, and all that this descends from."""
        group = self._group(event.subject, event.author)
        names = {event.event_id, *group.ancestors([event.event_id])}
        came = {
            source
            for name in names
            if name in group.events and group.events[name].kind == "carry" and group.events[name].known
            for source in sources(group.events[name])
        }
        return came | self.ancestors(came)

    def have_parted(self, one: Iterable[str], other: Iterable[str]) -> bool:
        """Return whether labels were changed for one of two after the two had a common state."""
        first, second = ({*events, *self.ancestors(events)} for events in (list(one), list(other)))
        return any(
            self._follows(event_id, known)
            for known, news in ((first, second - first), (second, first - second))
            for event_id in news
        )

    def _follows(self, event_id: str, known: AbstractSet[str]) -> bool:
        """Whether an event says something of its own, after an event that is known."""
        if not self._journal.has(event_id):
            return False
        event = self._journal.event(event_id)
        if event.kind == "carry":
            return False
        return bool(self._group(event.subject, event.author).ancestors([event_id]) & known)

    def own_heads(self, pair_id: str, annotator: str) -> tuple[Event, ...]:
        """Return the events that would stand for a pair if nothing had been carried to it since."""
        group = self._group(pair_id, annotator)
        own = {name: event for name, event in group.events.items() if event.kind != "carry"}
        followed = group.ancestors(own)
        return tuple(event for name, event in sorted(own.items()) if name not in followed)

    def _group(self, pair_id: str, annotator: str) -> SubjectEvents:
        key = (pair_id, annotator)
        if key not in self._groups:
            found = self._journal.subjects(LABEL, *key)
            self._groups[key] = next((events for _, _, events in found), SubjectEvents(()))
        return self._groups[key]
