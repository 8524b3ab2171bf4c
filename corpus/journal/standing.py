"""What stands for a pair and an annotator in a journal."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hashiya.corpus.journal.event import Event
from hashiya.corpus.journal.heads import SubjectEvents
from hashiya.schema.records import Annotation, Place


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands for a pair and an annotator: the heads, and what each of them says.

    `states` holds an annotation for each of `heads`, `None` for one that says nothing (undone); `annotations`
    holds each that is said once. `damaged` events are set aside. `unreadable` says why nothing may be written
    over what stands: another version of this program wrote it, or its payload is no annotation. Then there
    are no `annotations`, and `heads` are those that can be read. `events` are all that led there.
    """

    pair_id: str
    annotator: str
    heads: tuple[Event, ...]
    states: tuple[Annotation | None, ...]
    annotations: tuple[Annotation, ...]
    damaged: tuple[Event, ...] = ()
    unreadable: str | None = None
    events: SubjectEvents = field(default_factory=lambda: SubjectEvents(()), compare=False, repr=False)

    def history(self, annotation: Annotation) -> tuple[str, ...]:
        """Return the ids of all events that led to one of the annotations that stand, sorted."""
        said = [
            head.event_id
            for head, state in zip(self.heads, self.states, strict=True)
            if state is not None and content_of(state) == content_of(annotation)
        ]
        return tuple(sorted({*said, *self.events.ancestors(said)}))

    @property
    def conflict(self) -> bool:
        """Whether different things, or something and nothing, stand side by side."""
        return len(self.annotations) + (None in self.states) > 1


def content_of(annotation: Annotation) -> Annotation:
    """Return an annotation without what makes no difference between two: times, and where its pair stood."""
    return replace(annotation, created_at=None, seconds=None, place=Place(doc_id=annotation.place.doc_id))
