"""The proposals that one key goes through, each in place of the one before, to link an entity."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hashiya.schema.records import Annotation, Entity, Pair
from hashiya.tui.session.edits.entities import linked, unlink
from hashiya.tui.session.edits.spans import entity_with_id
from hashiya.tui.session.proposals.concepts import Concepts
from hashiya.tui.session.proposals.counterpart import Counterpart, propose


@dataclass(frozen=True, slots=True)
class LinkCycle:
    """An entity to be linked, and the proposals that are left for it, the best first.

    `unlinked` is the draft before the first proposal, without the entity's links. `shown` is the draft with
    the present proposal, and `moves` how often the cursor had been moved then: a cycle goes on only where
    neither has changed.
    """

    unlinked: Annotation
    entity: Entity
    left: tuple[Counterpart, ...]
    shown: Annotation
    moves: int = -1

    @classmethod
    def begin(cls, draft: Annotation, pair: Pair, entity: Entity, concepts: Concepts) -> LinkCycle:
        """Return a cycle through all proposals for an entity, but for those that it is linked to."""
        unlinked = unlink(draft, entity.id)
        linked_to = linked(draft, entity.id)
        proposals = propose(unlinked, pair, entity, concepts)
        left = tuple(item for item in proposals if item.entity_id not in linked_to or not linked_to)
        return cls(unlinked, entity_with_id(unlinked, entity.id), left, _labels(draft))

    def goes_on(self, entity: Entity, draft: Annotation, moves: int) -> bool:
        """Return whether nothing else was done since this cycle's proposal was shown."""
        return (self.entity.id, self.shown, self.moves) == (entity.id, _labels(draft), moves)

    def after(self, draft: Annotation, moves: int) -> LinkCycle:
        """Return the cycle once its first proposal is shown in a draft."""
        return replace(self, left=self.left[1:], shown=_labels(draft), moves=moves)


def _labels(annotation: Annotation) -> Annotation:
    """Return an annotation without what a save adds to it."""
    return replace(annotation, seconds=None, created_at=None)
