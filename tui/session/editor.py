"""The annotator's editor: a cursor on the open pair, and all that it marks, links and says there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hashiya.schema.errors import LabelError
from hashiya.schema.records import LANGS, Annotation, Entity, Flag, Implication, Lang, Span, Stance, overlaps
from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import Layout, layout
from hashiya.tui.bidi.levels import DIRECTIONS
from hashiya.tui.session import edits
from hashiya.tui.session.cursor import Cursor, at_edge, begin, by_unit, moved, selecting
from hashiya.tui.session.proposals.counterpart import Counterpart, propose
from hashiya.tui.session.proposals.particles import particles
from hashiya.tui.session.session import Session
from hashiya.tui.session.words import hints, snap, word_at, words
from hashiya.tui.settings.language import _

HINT_LETTERS = "asdfghjklqwertyuiopzxcvnm"
"""What words are jumped to by: the keys under the fingers first, none that Arabic keyboards lack."""

_WIDE = 10_000


@dataclass(slots=True)
class _Cycle:
    """Proposals that one key goes through: the draft before the first of them, and which one it shows."""

    before: Annotation
    entity_id: str
    proposals: tuple[Counterpart, ...]
    at: int
    result: Annotation


class Editor:
    """The cursor of a session and all that is done with it.

    `layouts` are the sides as the screen shows them, for moving left, right, up and down; a side that was
    not given one is moved through as one long line.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.layouts: dict[Lang, Layout] = {}
        self._cursors: dict[Lang, Cursor] = {}
        self._cycle: _Cycle | None = None
        self._row: int | None = None
        self.lang: Lang = "ar"
        self.arrive()

    def arrive(self) -> None:
        """Put the cursor at the beginning, where another pair was opened; else leave it."""
        if self.session.row == self._row or self.session.row is None:
            return
        self._row = self.session.row
        letters = any(cursor.letters for cursor in self._cursors.values())
        self._cursors = {lang: begin(self.session.pair, lang, letters) for lang in LANGS}
        self.layouts.clear()
        self._cycle = None
        if self.session.pair.text(self.lang) is None:
            self.lang = "en" if self.lang == "ar" else "ar"

    @property
    def cursor(self) -> Cursor:
        """The cursor of the side that is written on; `LabelError` while no pair is open."""
        self.arrive()
        if not self._cursors:
            raise LabelError(_("no pair is open"))
        return self._cursors[self.lang]

    @property
    def entity(self) -> Entity | None:
        """The entity under the cursor."""
        span = self.cursor.span  # first: it may be on the other side, where another pair was opened
        return edits.entity_at(self.session.draft, self.lang, span)

    @property
    def flagged(self) -> Flag | None:
        """The flag under the cursor."""
        span = self.cursor.span  # first: it may be on the other side, where another pair was opened
        return edits.flag_at(self.session.draft, self.lang, span)

    def move(self, step: int, *, rows: bool = False, grow: bool = False) -> None:
        """Move left (-1) or right (1), up or down with `rows`; `grow` extends the selection instead."""
        self._put(moved(self.cursor, self.session.pair, self._layout(), step, rows=rows, grow=grow))

    def edge(self, *, end: bool) -> None:
        """Move to the first unit of the side, or the last."""
        self._put(at_edge(self.cursor, self.session.pair, end=end))

    def other_side(self) -> None:
        """Go to the other side, where the cursor was last; `LabelError` where the pair has none."""
        self.arrive()
        self._go_to_side("en" if self.lang == "ar" else "ar")
        self._cycle = None

    def toggle_unit(self) -> None:
        """Move by letters instead of words, or the other way round; on both sides."""
        letters = not self.cursor.letters
        self._cycle = None
        for lang, cursor in self._cursors.items():
            self._cursors[lang] = by_unit(cursor, self.session.pair, letters=letters)

    def select(self, lang: Lang, start: int, end: int) -> None:
        """Select the units from one code point to another, as a mouse does."""
        self._go_to_side(lang)
        self._put(selecting(self.cursor, self.session.pair, start, end))

    def select_span(self, lang: Lang, span: Span) -> None:
        """Select just these code points."""
        self._go_to_side(lang)
        if not 0 <= span.start <= span.end <= len(self.session.pair.text(lang) or ""):
            raise LabelError(
                _("[{start}:{end}] is beyond the text; select again").format(start=span.start, end=span.end)
            )
        self._put(self.cursor.at(span))

    def hints(self) -> dict[str, Span]:
        """A code for each word of the side, to jump to it."""
        head = self.cursor.head
        found = words(self.session.pair, self.lang)
        codes = hints(found, word_at(found, head.start), HINT_LETTERS) if found else {}
        return {code: found[number] for code, number in codes.items()}

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
            (item for item in self.session.draft.entities if _covers(item, self.lang, before)), None
        )
        if entity is not None:
            self._save(lambda draft: self._resized(draft, entity, after))
        self._put(self.cursor.at(after))

    def mark(self, entity_type: str) -> None:
        """Mark the selection as an entity, or give the entity that it is another type."""
        span = self._target_span()
        lang = self.lang
        concept = self._proposed(lang, span, entity_type)

        def edit(draft: Annotation) -> Annotation:
            made, entity_id = edits.mark(
                draft, self.session.pair, self.session.scheme, lang, span, entity_type
            )
            if _of(made, entity_id).concept is None and concept is not None:
                made = edits.set_concept(made, entity_id, concept)
            for other in edits.linked(made, entity_id):  # they name the same thing
                made = edits.retype(made, self.session.scheme, other, entity_type)
            return made

        self._save(edit)
        self._learn(lang, span)
        self._put(self.cursor.at(span))

    def delete(self) -> None:
        """Delete the entity under the cursor, else the flag there."""
        entity, flag = self.entity, self.flagged
        if entity is not None:
            self._save(lambda draft: edits.unmark(draft, entity.id))
        elif flag is not None:
            self._save(lambda draft: edits.drop_flag(draft, flag))
        else:
            raise LabelError(_("there is no mark under the cursor"))

    def link(self) -> Counterpart:
        """Link the entity under the cursor to its proposed counterpart; again, to the next proposal.

        A proposal that is not marked yet is marked, with the same type and concept; where the entity has
        none, with the concept that the proposal's own name is known for. After the last one the link is taken
        away.
        """
        entity = self._needed_entity()
        cycle = self._cycle
        if cycle is None or cycle.entity_id != entity.id or cycle.result != _labels(self.session.draft):
            draft = self.session.draft
            found = propose(edits.unlink(draft, entity.id), self.session.pair, entity, self.session.concepts)
            already = edits.linked(draft, entity.id)
            found = tuple(item for item in found if item.entity_id not in already or not already)
            cycle = _Cycle(edits.unlink(draft, entity.id), entity.id, found, -1, _labels(draft))
        if cycle.at + 1 >= len(cycle.proposals):
            had_link = bool(edits.linked(self.session.draft, entity.id))
            self._save(lambda _draft: cycle.before)
            raise LabelError(
                _("the link is taken away; there is no other proposal")
                if had_link
                else _("nothing over there looks like its counterpart: mark it there, then choose it with =")
            )
        chosen = cycle.proposals[cycle.at + 1]
        # The entity as it was: the concept of a proposal that was passed over goes with it.
        self._save(lambda _draft: self._linked(cycle.before, _of(cycle.before, entity.id), chosen))
        cycle.at += 1
        cycle.result = _labels(self.session.draft)
        self._cycle = cycle
        return chosen

    def link_to(self, other: Counterpart) -> None:
        """Link the entity under the cursor to a given counterpart."""
        entity = self._needed_entity()
        self._save(lambda draft: self._linked(edits.unlink(draft, entity.id), entity, other))

    def counterparts(self) -> tuple[Counterpart, ...]:
        """What the entity under the cursor may be linked to: the proposals, then every entity over there."""
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
        self._save(lambda draft: edits.unlink(draft, entity.id))

    def set_concept(self, concept: str | None) -> None:
        """Name the concept of the entity under the cursor, and of those linked to it."""
        entity = self._needed_entity()
        self._save(lambda draft: edits.set_concept(draft, entity.id, concept))
        self._learn(self.lang, Span(entity.start, entity.end))

    def take_stance(self, stance: Stance) -> None:
        """Say a stance; it replaces the holder's other one on this target."""
        self._save(lambda draft: edits.take_stance(draft, stance))

    def drop_stance(self, stance: Stance) -> None:
        """Take a stance back."""
        self._save(lambda draft: edits.drop_stance(draft, stance))

    def imply(self, implication: Implication) -> None:
        """State an implication; it replaces the one on the same target through the same channel."""
        self._save(lambda draft: edits.imply(draft, implication))

    def drop_implication(self, implication: Implication) -> None:
        """Take an implication back."""
        self._save(lambda draft: edits.drop_implication(draft, implication))

    def flag(self, kind: str, intended: str | None) -> None:
        """Flag the selection, or the flagged words under the cursor anew, and say what was meant."""
        span, there = self.cursor.span, self.flagged
        if there is not None and there.start <= span.start and span.end <= there.end:
            span = Span(there.start, there.end)
        self._save(
            lambda draft: edits.flag(draft, self.session.pair, self.lang, span, kind, intended or None)
        )

    def drop_flag(self) -> None:
        """Delete the flag under the cursor."""
        flag = self.flagged
        if flag is None:
            raise LabelError(_("there is no flag under the cursor"))
        self._save(lambda draft: edits.drop_flag(draft, flag))

    def comment(self, text: str) -> None:
        """Comment on the pair; an empty text takes the comment away."""
        self._save(lambda draft: edits.set_comment(draft, text))

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
            draft, other_id = edits.mark(
                draft, session.pair, session.scheme, other.lang, other.span, entity.type, concept
            )
        return edits.link(draft, entity.id, other_id)

    def _resized(self, draft: Annotation, entity: Entity, span: Span) -> Annotation:
        text = (self.session.pair.text(entity.lang) or "")[span.start : span.end]
        for other in draft.entities:
            shares = other.lang == entity.lang and overlaps(other, span)
            twins = (other.start, other.end, other.type) == (span.start, span.end, entity.type)
            if other.id != entity.id and shares and (twins or not self.session.scheme.rules.overlap):
                raise LabelError(
                    _("“{text}” overlaps “{other}”, which is marked; unmark that or mark other words").format(
                        text=text, other=other.text
                    )
                )
        changed = replace(entity, start=span.start, end=span.end, text=text)
        return replace(
            draft, entities=tuple(changed if item.id == entity.id else item for item in draft.entities)
        )

    def _target_span(self) -> Span:
        """What a label key labels: the selection, or the entity that it stands in."""
        entity, span = self.entity, self.cursor.span
        inside = entity is not None and entity.start <= span.start and span.end <= entity.end
        return Span(entity.start, entity.end) if entity is not None and inside else span

    def _with_particles(self, lang: Lang, span: Span) -> Span:
        """A span from the beginning of its first word on."""
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
        entity = edits.entity_at(self.session.draft, lang, span)
        if entity is not None and entity.concept is not None:
            self.session.concepts.remember(entity)

    def _go_to_side(self, lang: Lang) -> None:
        self.arrive()
        if self.session.pair.text(lang) is None:
            raise LabelError(edits.no_such_side(lang))
        self.lang = lang

    def _layout(self) -> Layout:
        text = self.session.pair.text(self.lang) or ""
        found = self.layouts.get(self.lang)
        if found is None or found.text != text:
            found = layout(text, _WIDE, DIRECTIONS[self.lang], shaping=Shaping.LETTERS)
            self.layouts[self.lang] = found
        return found

    def _put(self, cursor: Cursor) -> None:
        self._cursors[self.lang] = cursor
        self._cycle = None


def _labels(annotation: Annotation) -> Annotation:
    """An annotation without what a save adds to it."""
    return replace(annotation, seconds=None, created_at=None)


def _covers(entity: Entity, lang: Lang, span: Span) -> bool:
    return entity.lang == lang and (entity.start, entity.end) == (span.start, span.end)


def _of(annotation: Annotation, entity_id: str) -> Entity:
    return next(entity for entity in annotation.entities if entity.id == entity_id)
