"""The list of what a pair's versions differ in, layer by layer, a row for each version; and its marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hashiya.corpus.team.cells import AnnotationCells
from hashiya.corpus.team.differences import CellAnswer, ComparedCell, LabelVersion, answer_in
from hashiya.schema.adjudication import CellKey
from hashiya.schema.records import Annotation, Entity, Flag, Lang, Pair, Span
from hashiya.schema.scheme import LabelScheme
from hashiya.tui.keys.keyboard import key_label
from hashiya.tui.keys.keymap import Keymap
from hashiya.tui.screens.label.annotation_view import ARROWS, LINK_SIGN, label_name
from hashiya.tui.session.answer_list import AnswerList, AnswerStop
from hashiya.tui.settings.language import N_, _
from hashiya.tui.widgets.pair.mark_row import ShownMark
from hashiya.tui.widgets.pair.panel import Statement

_LAYERS = {
    "": N_("Everything"),
    "entities": N_("Names"),
    "flags": N_("Flags"),
    "stances": N_("Stances"),
    "implications": N_("Implications"),
}
_SIGNS = {"open": "?", "settled": "✓", "known": "★", "agreed": "=", "single": "="}
"""What stands before a cell: open, settled by an adjudicator, known from gold."""

NameOf = Callable[[LabelVersion], str]


def answer_rows(
    answers: AnswerList,
    texts: tuple[Pair, Annotation],
    terms: tuple[LabelScheme, Keymap, Lang],
    name_of: NameOf,
) -> list[Statement]:
    """Return the list: headings, below them the cells, below these the answer of each version.

    Of a cell that is settled the answer is told apart that the draft has.
    """
    words = _Words(answers, texts, terms, name_of)
    return [row for number, stop in enumerate(answers.stops) for row in words.of(stop, number)]


def difference_marks(answers: AnswerList, lang: Lang, colour: int) -> list[ShownMark]:
    """Return the marks on one side of the names and flags that are open, with the numbers of the list."""
    found: list[ShownMark] = []
    for number, item in enumerate(_ranges(answers), start=1):
        cell = item.cell
        if cell.lang == lang and item.state == "open":
            here = answers.stop is not None and cell in answers.stop.keys
            found.append(
                ShownMark(cell.start or 0, cell.end or 0, "?", colour, "flag", str(number), active=here)
            )
    return found


def undisputed(draft: Annotation, answers: AnswerList) -> Annotation:
    """Return a draft without the names and flags that stand in open cells, whose marks are others."""
    opened = [item.cell for item in answers.found.open if item.cell.lang is not None]

    def is_free(item: Entity | Flag, layer: str) -> bool:
        return not any(
            (cell.layer, cell.lang) == (layer, item.lang)
            and (cell.start or 0) <= item.start
            and item.end <= (cell.end or 0)
            for cell in opened
        )

    entities = tuple(item for item in draft.entities if is_free(item, "entities"))
    ids = {item.id for item in entities}
    return Annotation(
        pair_id=draft.pair_id,
        annotator=draft.annotator,
        status=draft.status,
        scheme=draft.scheme,
        origin=draft.origin,
        place=draft.place,
        comment=draft.comment,
        entities=entities,
        flags=tuple(item for item in draft.flags if is_free(item, "flags")),
        links=tuple(item for item in draft.links if {item.ar, item.en} <= ids),
        stances=draft.stances,
        implications=draft.implications,
    )


def place_of_stop(stop: AnswerStop) -> tuple[Lang, Span] | None:
    """Return the side and the words that a place in the list is about; `None` for statements and headings."""
    return None if stop.layer is not None else _place(stop.cells[0].cell)


class _Words:
    """Puts the list into words."""

    def __init__(
        self,
        answers: AnswerList,
        texts: tuple[Pair, Annotation],
        terms: tuple[LabelScheme, Keymap, Lang],
        name_of: NameOf,
    ) -> None:
        self._answers = answers
        self._pair, draft = texts
        self._placed = AnnotationCells(draft)
        self._scheme, self._keymap = terms[:2]
        self._ui: Lang = terms[2]
        self._name_of = name_of
        self._numbers = {item.cell: number for number, item in enumerate(_ranges(answers), start=1)}

    def of(self, stop: AnswerStop, number: int) -> Iterator[Statement]:
        """Yield the rows of one place in the list."""
        active = number == self._answers.at
        if stop.layer is not None:
            yield Statement(_(_LAYERS[stop.layer]), (), active=active)
            return
        (item,) = stop.cells
        yield self._heading(item, active=active)
        voter, before = 0, set[str]()
        for version, answer in zip(self._answers.found.versions, item.answers, strict=True):
            voter += version.kind != "earlier"
            if version.kind == "earlier" and answer is not None:
                # The latest of a pair alone: that is what the key takes.
                is_shown = item.state == "open" and version.annotation.pair_id not in before
                before.add(version.annotation.pair_id)
            else:
                is_shown = version.kind in {"voter", "known"} or answer is not None
            if is_shown:
                yield self._answer(self._key(voter, version), version, item, answer)

    def _key(self, voter: int, version: LabelVersion) -> str:
        action = "answer.before" if version.kind == "earlier" else f"answer.{voter}"
        return key_label((self._keymap.keys_of(action) or ("",))[0])

    def _heading(self, item: ComparedCell, *, active: bool) -> Statement:
        cell = item.cell
        sign = _SIGNS[item.state] + (str(self._numbers[cell]) if cell in self._numbers else "")
        parts = self._about(cell)
        again = [_("open again")] if item.reopened and item.state == "open" else []
        return Statement(sign, (*parts, *again), dim=again, active=active, at=_place(cell))

    def _about(self, cell: CellKey) -> Sequence[str]:
        """What a cell is about: words of the text, or a target."""
        if cell.lang is not None:
            return [(self._pair.text(cell.lang) or "")[cell.start : cell.end]]
        target = label_name(self._scheme, "target", cell.target or "", self._ui)
        if cell.channel is None:
            return [target]
        return [target, ARROWS[self._ui], label_name(self._scheme, "channel", cell.channel, self._ui)]

    def _answer(
        self, key: str, version: LabelVersion, item: ComparedCell, answer: CellAnswer | None
    ) -> Statement:
        name = f"{key} {self._name_of(version)}"
        holds = item.state == "settled" and answer == answer_in(self._placed, item.cell)
        sign = [_SIGNS["settled"]] if holds else []
        if answer is None:
            parts: Sequence[str] = (_("did not look"),)
            return Statement(name, parts, dim=parts, belongs=True)
        if not answer.said:
            parts = (_("nothing"),)
            return Statement(name, (*sign, *parts), dim=parts, belongs=True)
        return Statement(name, (*sign, *self._said(version.annotation, item.cell)), belongs=True)

    def _said(self, annotation: Annotation, cell: CellKey) -> Iterator[str]:
        """What an annotation says in a cell, in words."""
        if cell.layer == "entities":
            yield from self._names(annotation, cell)
        elif cell.layer == "flags":
            for flag in annotation.flags:
                if _is_in(flag, cell):
                    yield label_name(self._scheme, "flag", flag.kind, self._ui)
                    yield from _quoted(flag, cell)
                    if flag.intended:
                        yield from (ARROWS[self._ui], flag.intended)
        elif cell.layer == "stances":
            names = {item.id: item.text for item in annotation.entities}
            for stance in annotation.stances:
                if stance.target == cell.target:
                    yield label_name(self._scheme, "stance", stance.stance, self._ui)
                    holder = label_name(self._scheme, "holder", stance.holder, self._ui)
                    named = names.get(stance.holder_entity or "")
                    yield f"{holder}: {named}" if named else holder
        else:
            for one in annotation.implications:
                if (one.target, one.channel) == (cell.target, cell.channel):
                    yield label_name(self._scheme, "direction", one.direction, self._ui)
                    yield label_name(self._scheme, "certainty", one.certainty, self._ui)

    def _names(self, annotation: Annotation, cell: CellKey) -> Iterator[str]:
        item = AnnotationCells(annotation)
        places, texts = item.places(), {entity.id: entity.text for entity in annotation.entities}
        for entity in annotation.entities:
            if not _is_in(entity, cell):
                continue
            yield label_name(self._scheme, "entity", entity.type, self._ui)
            yield from _quoted(entity, cell)
            for link in annotation.links:
                other = {link.ar: link.en, link.en: link.ar}.get(entity.id)
                if other is not None and other in places:
                    yield from (LINK_SIGN, texts[other])
            if entity.concept:
                yield entity.concept


def _ranges(answers: AnswerList) -> list[ComparedCell]:
    """The cells of the list that are words of the text, which are numbered."""
    return [
        stop.cells[0] for stop in answers.stops if stop.layer is None and stop.cells[0].cell.lang is not None
    ]


def _place(cell: CellKey) -> tuple[Lang, Span] | None:
    return None if cell.lang is None else (cell.lang, Span(cell.start or 0, cell.end or 0))


def _quoted(item: Entity | Flag, cell: CellKey) -> Iterator[str]:
    """The words of a mark that is not all of its cell, whose words stand above."""
    if (item.start, item.end) != (cell.start, cell.end):
        yield f"“{item.text}”"


def _is_in(item: Entity | Flag, cell: CellKey) -> bool:
    return item.lang == cell.lang and item.start < (cell.end or 0) and (cell.start or 0) < item.end
