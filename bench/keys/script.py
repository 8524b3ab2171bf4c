"""A script of keys that labels pairs to their gold from an empty journal.

The planner holds a session of its own, without a screen, and does there what each key does, so that it
knows what the program will propose. What comes out is nothing but keys, each with the task it belongs to.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from bench.keys.moves import Keys, Known, by_keys, shortest
from hashiya.schema.errors import LabelError
from hashiya.schema.records import LANGS, Annotation, Entity, Flag, Implication, Lang, Span, Stance, Status
from hashiya.schema.scheme import Label, Section
from hashiya.tui.bidi.joining import Shaping
from hashiya.tui.bidi.layout import layout
from hashiya.tui.bidi.levels import DIRECTIONS
from hashiya.tui.keys.actions import KeyLayer
from hashiya.tui.keys.keymap import Keymap
from hashiya.tui.session.chord import UNNAMED, Chord, FlagKind
from hashiya.tui.session.editor import Editor
from hashiya.tui.session.session import Session

Task = Literal["span", "link", "concept", "stance", "implication", "flag", "comment", "status"]

_Name = Entity | tuple[Entity, Entity]
"""An entity alone, or an Arabic and an English one that are linked."""
_Cost = tuple[int, int]

SIZE = (120, 36)
"""Columns and rows of the terminal that a script is for: up and down go by the lines there."""
COLUMNS: Mapping[Lang, int] = {"ar": 58, "en": 57}
"""What is left of them for either side's text."""

_STATUS_ACTIONS: Mapping[Status, str] = {"done": "pair.done", "skipped": "pair.skip", "unsure": "pair.unsure"}
USUAL_WORDS, USUAL_KEYS = 3, 5
"""A span of so many words is to take so many keys at most, that of its label included."""
_MOST_LINKS = 3
"""Proposals to go through before a counterpart is marked by hand."""


@dataclass(frozen=True, slots=True)
class Step:
    """The keys of one task: `typed` of them are characters of a text, `side` change sides.

    `words` counts those of the span that is marked or flagged.
    """

    row: int
    task: Task
    keys: Keys
    typed: int = 0
    side: int = 0
    words: int = 0
    usual: bool = True
    """Whether target, holder and certainty are the scheme's defaults."""
    quote: str = ""

    @property
    def commands(self) -> int:
        """The keys but for text and changes of side: what the budgets are about."""
        return len(self.keys) - self.typed - self.side


@dataclass(frozen=True, slots=True)
class Script:
    """All steps, in the order in which they are pressed."""

    steps: tuple[Step, ...]

    @property
    def keys(self) -> Keys:
        """Every key."""
        return tuple(key for step in self.steps for key in step.keys)


class _NotSoError(Exception):
    """A way to mark two names does not lead to the gold."""


def plan(session: Session, gold: Sequence[Annotation]) -> Script:
    """Return the script for a session that has just been opened on pairs that nobody labelled.

    The session labels them too. A gold whose marks cannot be made by keys is a `ValueError`.
    """
    by_pair = {annotation.pair_id: annotation for annotation in gold}
    planner = _Planner(session)
    for _ in gold:
        planner.label(by_pair[session.pair.pair_id])
    return Script(tuple(planner.steps))


class _Planner:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.editor = Editor(session)
        self.keymap = Keymap(session.scheme)
        self.steps: list[Step] = []
        self._known: Known = {}

    def label(self, gold: Annotation) -> None:
        """Label the open pair and go to the next."""
        self._lay_out()
        waiting = deque(_in_order(gold))
        while waiting:
            item = waiting.popleft()
            if isinstance(item, Flag):
                self._flag(item)
                continue
            if waiting and not isinstance(later := waiting[0], Flag) and self._try(item)[0][0]:
                # What is far from here is near to the name that comes after it.
                waiting[0] = item
                self._try(later, then=item)[1]()
            else:
                self._try(item)[1]()
        for stance in gold.stances:
            self._stance(stance, gold)
        for implication in gold.implications:
            self._imply(implication)
        if gold.comment is not None:
            keys = (*self._key("pair.comment"), *by_keys(gold.comment), "enter")
            self.editor.comment(gold.comment)
            self._note("comment", keys, typed=len(gold.comment))
        self._note("status", self._key(_STATUS_ACTIONS[gold.status]))
        self.session.finish(gold.status)

    def _lay_out(self) -> None:
        self.editor.arrive()
        self._known = {}
        for lang in LANGS:
            text = self.session.pair.text(lang) or ""
            self.editor.layouts[lang] = layout(text, COLUMNS[lang], DIRECTIONS[lang], shaping=Shaping.LETTERS)

    def _mark_alone(self, entity: Entity) -> None:
        self._mark(entity)
        self._name(entity)

    def _ways(self, item: _Name) -> Iterator[Callable[[], None]]:
        """Yield the ways to mark a name, or two and their link; the usual ones come first."""
        if isinstance(item, Entity):
            yield partial(self._mark_alone, item)
            return
        first = item if self.editor.lang == "ar" else item[::-1]
        for one, other in (first, first[::-1]):
            for named_first in (False, True):
                yield partial(self._mark_and_link, one, other, named_first)
        for one, other in (first, first[::-1]):
            yield partial(self._mark_both, one, other)

    def _mark_and_link(self, one: Entity, other: Entity, named_first: bool) -> None:
        self._mark(one)
        if named_first:
            self._name(one)
        self._link(one, other)
        self._name(one)

    def _mark_both(self, one: Entity, other: Entity) -> None:
        self._mark(one)
        self._name(one)
        self._mark(other)
        self._link(other, one)
        self._name(other)

    def _try(self, item: _Name, then: _Name | None = None) -> tuple[_Cost, Callable[[], None]]:
        """Return the best way to mark a name, with what `then` costs after it; nothing is done.

        Nobody likes to count words: a way without a long walk to a short name is better than a shorter one.
        """
        session, editor, concepts, before = self.session, self.editor, self.session.concepts, len(self.steps)
        best: tuple[_Cost, Callable[[], None]] | None = None
        for way in self._ways(item):
            start = session.draft
            shared = {id(one): one for one in (session, *editor.layouts.values())}
            self.editor, session.concepts = copy.deepcopy(editor, shared), copy.deepcopy(concepts)
            with suppress(_NotSoError):
                way()
                cost = _cost(self.steps[before:])
                if then is not None:
                    far, keys = self._try(then)[0]
                    cost = cost[0] + far, cost[1] + keys
                if best is None or cost < best[0]:
                    best = cost, way
            del self.steps[before:]
            while session.draft != start:
                session.undo()
            self.editor, session.concepts = editor, concepts
        if best is None:
            raise ValueError(f"{session.pair.pair_id}: no way to mark and link {item}")
        return best

    def _mark(self, entity: Entity) -> None:
        keys = self._select(entity.lang, Span(entity.start, entity.end))
        label = self._label("entity", entity.type)
        self.editor.mark(entity.type)
        if self._entity(entity) is None:
            raise _NotSoError
        self._note("span", (*keys, label.key), item=entity)

    def _link(self, one: Entity, other: Entity) -> None:
        key = self._key("mark.link")
        for number in range(1, _MOST_LINKS + 1):
            try:
                self.editor.link()
            except LabelError:
                raise _NotSoError from None
            ends = [self._entity(item) for item in (one, other)]
            ids = {end.id for end in ends if end is not None}
            if any({link.ar, link.en} == ids for link in self.session.draft.links):
                self._note("link", key * number)
                return
        raise _NotSoError

    def _name(self, entity: Entity) -> None:
        """Give a marked entity the gold's concept, where it has another."""
        made = self._entity(entity)
        if made is None:
            raise _NotSoError
        if made.concept == entity.concept or entity.concept is None:
            return
        proposed = self.session.concepts.propose(made.text, made.lang, made.type)
        typing = _retyped(made.concept or proposed or "", entity.concept)
        self.editor.set_concept(entity.concept)
        typed = sum(len(key) == 1 for key in typing)
        self._note("concept", (*self._key("mark.concept"), *typing, "enter"), typed=typed)

    def _flag(self, flag: Flag) -> None:
        keys = self._select(flag.lang, Span(flag.start, flag.end))
        label = self._label("flag", flag.kind)
        intended = flag.intended or ""
        pressed = (*self._key("flag"), label.key)
        outcome = self._chord(KeyLayer.FLAG, pressed[1:])
        if not isinstance(outcome, FlagKind):
            raise TypeError(f"{pressed} made {outcome}")
        self.editor.flag(outcome.kind, intended)
        self._note("flag", (*keys, *pressed, *by_keys(intended), "enter"), typed=len(intended), item=flag)

    def _stance(self, stance: Stance, gold: Annotation) -> None:
        named = next((item for item in gold.entities if item.id == stance.holder_entity), None)
        holder = self._entity(named) if named else None
        pressed: list[str] = self._slot(KeyLayer.STANCE, "target", stance.target)
        other_holder = self._slot(KeyLayer.STANCE, "holder", stance.holder)
        if other_holder and self.session.draft.entities:
            chord = Chord(
                self.session.scheme, self.keymap, KeyLayer.STANCE, entities=self.session.draft.entities
            )
            for key in other_holder:
                chord.press(key)
            text = UNNAMED if holder is None else ""
            at = 0 if holder is None else [item.id for item in chord.entities].index(holder.id) + 1
            other_holder.append(text or chord.options("en")[at].key)
        pressed += [*other_holder, self._label("stance", stance.stance).key]
        outcome = self._chord(KeyLayer.STANCE, pressed)
        if outcome != replace(stance, holder_entity=holder.id if holder else None):
            raise TypeError(f"{pressed} made {outcome}")
        self.editor.take_stance(outcome)
        self._note("stance", (*self._key("stance"), *pressed), usual=len(pressed) == 1)

    def _imply(self, implication: Implication) -> None:
        scheme = self.session.scheme
        number = list(scheme.ids("direction")).index(implication.direction) + 1
        pressed = [
            *self._slot(KeyLayer.IMPLICATION, "target", implication.target),
            *self._slot(KeyLayer.IMPLICATION, "certainty", implication.certainty),
            self._label("channel", implication.channel).key,
        ]
        outcome = self._chord(KeyLayer.IMPLICATION, pressed, number)
        if outcome != implication:
            raise TypeError(f"{pressed} made {outcome}")
        self.editor.imply(implication)
        keys = (*self._key(f"implication.{number}"), *pressed)
        self._note("implication", keys, usual=len(pressed) == 1)

    def _chord(self, layer: KeyLayer, keys: Sequence[str], direction: int = 1) -> object:
        session = self.session
        chord = Chord(
            session.scheme, self.keymap, layer, direction=direction, entities=session.draft.entities
        )
        outcomes = [chord.press(key) for key in keys]
        return outcomes[-1]

    def _slot(self, layer: KeyLayer, slot: Literal["target", "holder", "certainty"], value: str) -> list[str]:
        """Return the keys that give a slot of a chord its value; none where it has it from the beginning."""
        if Chord(self.session.scheme, self.keymap, layer).values[slot] == value:
            return []
        return [self.keymap.keys_of(f"chord.{slot}", layer)[0], self._label(slot, value).key]

    def _select(self, lang: Lang, goal: Span) -> Keys:
        """Go to a span; the side is changed first where it is on the other one."""
        keys: Keys = ()
        if self.editor.lang != lang:
            self.editor.other_side()
            keys = self._key("move.side")
        pair, cursor = self.session.pair, self.editor.cursor
        path = shortest(cursor, pair, self.editor.layouts[lang], self.keymap, goal, known=self._known)
        self._press(path)
        if self.editor.cursor.span != goal:
            raise ValueError(f"{pair.pair_id}: {path} selects {self.editor.cursor.span}, not {goal}")
        return keys + path

    def _press(self, path: Keys) -> None:
        editor, keys = self.editor, iter(path)
        acts: dict[str, Callable[[], None]] = {
            "move.left": lambda: editor.move(-1),
            "move.right": lambda: editor.move(1),
            "move.up": lambda: editor.move(-1, rows=True),
            "move.down": lambda: editor.move(1, rows=True),
            "move.start": lambda: editor.edge(end=False),
            "move.end": lambda: editor.edge(end=True),
            "move.unit": editor.toggle_unit,
            "extend.left": lambda: editor.move(-1, grow=True),
            "extend.right": lambda: editor.move(1, grow=True),
            "mark.particle": editor.toggle_particle,
        }
        for key in keys:
            action = self.keymap.action(KeyLayer.NORMAL, key)
            if action is None:
                raise ValueError(f"{key!r} does nothing")
            if action.id != "move.hint":
                acts[action.id]()
                continue
            codes, typed = editor.hints(), next(keys)
            while typed not in codes:
                typed += next(keys)
            editor.select_span(editor.lang, codes[typed])

    def _entity(self, wanted: Entity) -> Entity | None:
        """Return the draft's entity that is the gold's, whatever its id and concept."""
        said = (wanted.lang, wanted.start, wanted.end, wanted.type)
        found = (item for item in self.session.draft.entities)
        return next((item for item in found if (item.lang, item.start, item.end, item.type) == said), None)

    def _label(self, section: Section, label_id: str) -> Label:
        return next(label for label in self.session.scheme.labels(section) if label.id == label_id)

    def _key(self, action_id: str) -> Keys:
        return self.keymap.keys_of(action_id)[:1]

    def _note(
        self,
        task: Task,
        keys: Keys,
        *,
        typed: int = 0,
        usual: bool = True,
        item: Entity | Flag | None = None,
    ) -> None:
        row = self.session.row or 0
        words = len(item.text.split()) if item else 0
        side = int(item is not None and keys[:1] == self._key("move.side"))
        quote = item.text if item else ""
        self.steps.append(Step(row, task, keys, typed, side, words, usual, quote))


def _cost(steps: Sequence[Step]) -> _Cost:
    """By how many keys walks to short names are too long, and how many keys there are in all."""
    walks = [step.commands for step in steps if step.task == "span" and step.words <= USUAL_WORDS]
    return sum(max(walk - USUAL_KEYS, 0) for walk in walks), sum(len(step.keys) for step in steps)


def _in_order(gold: Annotation) -> list[Flag | _Name]:
    """Return what is to be marked in the order of the Arabic text; then what only the English has.

    What is flagged comes before the names in it.
    """
    entities = {entity.id: entity for entity in gold.entities}
    linked = [(entities[link.ar], entities[link.en]) for link in gold.links]
    ends = {end.id for both in linked for end in both}
    alone = [entity for entity in gold.entities if entity.id not in ends]
    items: list[Flag | _Name] = [*gold.flags, *linked, *alone]

    def place(item: Flag | _Name) -> tuple[bool, int, bool]:
        one = item[0] if isinstance(item, tuple) else item
        return one.lang != "ar", one.start, not isinstance(item, Flag)

    return sorted(items, key=place)


def _retyped(value: str, wanted: str) -> list[str]:
    """Return the keys that make one text of another in a field, the caret at its end."""
    kept = next((n for n, both in enumerate(zip(value, wanted, strict=False)) if both[0] != both[1]), None)
    kept = min(len(value), len(wanted)) if kept is None else kept
    shorter = ["backspace"] * (len(value) - kept) + [*by_keys(wanted[kept:])]
    anew = ["ctrl+u", *by_keys(wanted)]
    return min(shorter, anew, key=len)
