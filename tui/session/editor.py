"""The editor of the open pair: what is marked, linked and said at its cursor, each change saved at once."""

from __future__ import annotations

from collections.abc import Callable

from hashiya.schema.errors import LabelError
from hashiya.schema.records import Annotation, Entity, Flag, Implication, Lang, Span, Stance
from hashiya.tui.session.edits import entities, flags, statements
from hashiya.tui.session.edits.spans import entity_with_id
from hashiya.tui.session.link_cycle import LinkCycle
from hashiya.tui.session.proposals.counterpart import Counterpart, propose
from hashiya.tui.session.proposals.particles import particles
from hashiya.tui.session.session import Session
from hashiya.tui.session.side_cursors import SideCursors
from hashiya.tui.session.words import snap, words
from hashiya.tui.settings.language import _


class Editor(SideCursors):
    """The cursors of a session, and all that is done with them.

    What cannot be done is a `LabelError` with a message for the annotator, and changes nothing.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._cycle: LinkCycle | None = None
        super().__init__(session)

    @property
    def entity(self) -> Entity | None:
        """The entity under the cursor."""
        span = self.cursor.span  # first: it may be on the other side, where another pair was opened
        return entities.entity_at(self.session.draft, self.lang, span)

    @property
    def flagged(self) -> Flag | None:
        """The flag under the cursor."""
        span = self.cursor.span  # first: it may be on the other side, where another pair was opened
        return flags.flag_at(self.session.draft, self.lang, span)

    def toggle_particle(self) -> None:
        """Leave one more attached particle outside the selection; after the last, take all in again."""
        before = self.cursor.span
        text = self.session.pair.text(self.lang) or ""
        found = particles(text, self._with_particles(self.lang, before))
        if len(found) < 2:
            raise LabelError(_("there is no particle to leave outside: no و ف ب ل ك at the beginning"))
        at = found.index(before) if before in found else 0
        after = found[(at + 1) % len(found)]
        entity = next(
            (item for item in self.session.draft.entities if _has_span(item, self.lang, before)), None
        )
        if entity is not None:
            self._save(
                lambda draft: entities.resize(draft, self.session.pair, self.session.scheme, entity.id, after)
            )
        self.put(self.cursor.at(after))

    def mark(self, entity_type: str) -> None:
        """Mark the selection as an entity, or give the entity that it is another type."""
        span = self._target_span()
        lang = self.lang
        concept = self._proposed(lang, span, entity_type)

        def edit(draft: Annotation) -> Annotation:
            made, entity_id = entities.mark(
                draft, self.session.pair, self.session.scheme, lang, span, entity_type
            )
            if concept is not None and entity_with_id(made, entity_id).concept is None:
                made = entities.set_concept(made, entity_id, concept)
            for other in entities.linked(made, entity_id):  # they name the same thing
                made = entities.retype(made, self.session.scheme, other, entity_type)
            return made

        self._save(edit)
        self._learn(lang, span)
        self.put(self.cursor.at(span))

    def delete(self) -> None:
        """Delete the entity under the cursor, else the flag there."""
        entity, flag = self.entity, self.flagged
        if entity is not None:
            self._save(lambda draft: entities.unmark(draft, entity.id))
        elif flag is not None:
            self._save(lambda draft: flags.drop_flag(draft, flag))
        else:
            raise LabelError(_("there is no mark under the cursor"))

    def link(self) -> Counterpart:
        """Link the entity under the cursor to its proposed counterpart; again, to the next proposal.

        A proposal that is not marked yet is marked, with the same type and concept; where the entity has
        none, with the concept that the proposal's own name is known for. After the last one the link is taken
        away, with a `LabelError` that says so.
        """
        entity, draft = self._needed_entity(), self.session.draft
        cycle = self._cycle
        if cycle is None or not cycle.goes_on(entity, draft, self.moves):
            cycle = LinkCycle.begin(draft, self.session.pair, entity, self.session.concepts)
        if not cycle.left:
            had_link = bool(entities.linked(draft, entity.id))
            self._save(lambda _draft: cycle.unlinked)
            raise LabelError(
                _("the link is taken away; there is no other proposal")
                if had_link
                else _("nothing over there looks like its counterpart: mark it there, then choose it with =")
            )
        # The entity as it was: the concept of a proposal that was passed over goes with it.
        self._save(lambda _draft: self._linked(cycle.unlinked, cycle.entity, cycle.left[0]))
        self._cycle = cycle.after(self.session.draft, self.moves)
        return cycle.left[0]

    def link_to(self, other: Counterpart) -> None:
        """Link the entity under the cursor to a given counterpart."""
        entity = self._needed_entity()
        self._save(lambda draft: self._linked(entities.unlink(draft, entity.id), entity, other))

    def counterparts(self) -> tuple[Counterpart, ...]:
        """Return what the entity under the cursor may be linked to: proposals, then all other entities."""
        entity = self._needed_entity()
        draft = self.session.draft
        found = propose(draft, self.session.pair, entity, self.session.concepts)
        known = {item.entity_id for item in found}
        rest = (
            Counterpart(item.lang, Span(item.start, item.end), item.id, "type")
            for item in draft.entities
            if item.lang != entity.lang and item.id not in known
        )
        return (*found, *rest)

    def unlink(self) -> None:
        """Take the links of the entity under the cursor away."""
        entity = self._needed_entity()
        self._save(lambda draft: entities.unlink(draft, entity.id))

    def set_concept(self, concept: str | None) -> None:
        """Name the concept of the entity under the cursor, and of those linked to it."""
        entity = self._needed_entity()
        self._save(lambda draft: entities.set_concept(draft, entity.id, concept))
        self._learn(self.lang, Span(entity.start, entity.end))

    def take_stance(self, stance: Stance) -> None:
        """Say a stance; it replaces the holder's other one on this target."""
        self._save(lambda draft: statements.take_stance(draft, stance))

    def drop_stance(self, stance: Stance) -> None:
        """Take a stance back."""
        self._save(lambda draft: statements.drop_stance(draft, stance))

    def imply(self, implication: Implication) -> None:
        """State an implication; it replaces the one on the same target through the same channel."""
        self._save(lambda draft: statements.imply(draft, implication))

    def drop_implication(self, implication: Implication) -> None:
        """Take an implication back."""
        self._save(lambda draft: statements.drop_implication(draft, implication))

    def flag(self, kind: str, intended: str | None) -> None:
        """Flag the selection, or the flagged words under the cursor anew, and say what was meant."""
        span, there = self.cursor.span, self.flagged
        if there is not None and there.start <= span.start and span.end <= there.end:
            span = Span(there.start, there.end)
        self._save(
            lambda draft: flags.flag(draft, self.session.pair, self.lang, span, kind, intended or None)
        )

    def drop_flag(self) -> None:
        """Delete the flag under the cursor."""
        flag = self.flagged
        if flag is None:
            raise LabelError(_("there is no flag under the cursor"))
        self._save(lambda draft: flags.drop_flag(draft, flag))

    def comment(self, text: str) -> None:
        """Comment on the pair; an empty text takes the comment away."""
        self._save(lambda draft: statements.set_comment(draft, text))

    def _save(self, edit: Callable[[Annotation], Annotation]) -> None:
        before = self.session.draft
        after = edit(before)
        if after != before:
            self.session.save(after)
        self._cycle = None

    def _linked(self, draft: Annotation, entity: Entity, other: Counterpart) -> Annotation:
        other_id = other.entity_id
        if other_id is None:
            session = self.session
            concept = entity.concept or self._proposed(other.lang, other.span, entity.type)
            draft, other_id = entities.mark(
                draft, session.pair, session.scheme, other.lang, other.span, entity.type, concept
            )
        return entities.link(draft, entity.id, other_id)

    def _target_span(self) -> Span:
        """Return what a label key labels: the selection, or the entity that it stands in."""
        entity, span = self.entity, self.cursor.span
        inside = entity is not None and entity.start <= span.start and span.end <= entity.end
        return Span(entity.start, entity.end) if entity is not None and inside else span

    def _with_particles(self, lang: Lang, span: Span) -> Span:
        """Return a span from the beginning of its first word on."""
        stops = words(self.session.pair, lang)
        return Span(
            min(snap(stops, span.start, span.end).start, span.start) if stops else span.start, span.end
        )

    def _proposed(self, lang: Lang, span: Span, entity_type: str) -> str | None:
        text, whole = self.session.pair.text(lang) or "", self._with_particles(lang, span)
        readings = (text[item.start : item.end] for item in dict.fromkeys((span, whole)))
        found = (self.session.concepts.propose(reading, lang, entity_type) for reading in readings)
        return next((concept for concept in found if concept is not None), None)

    def _needed_entity(self) -> Entity:
        entity = self.entity
        if entity is None:
            raise LabelError(_("put the cursor on an entity first"))
        return entity

    def _learn(self, lang: Lang, span: Span) -> None:
        entity = entities.entity_at(self.session.draft, lang, span)
        if entity is not None and entity.concept is not None:
            self.session.concepts.remember(entity)


def _has_span(entity: Entity, lang: Lang, span: Span) -> bool:
    return entity.lang == lang and (entity.start, entity.end) == (span.start, span.end)
