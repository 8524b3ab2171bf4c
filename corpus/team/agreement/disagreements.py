"""What annotators disagree about: which values are taken for which, and in which labels, documents and pairs.

It is counted for each two annotators of a cell. Spans are compared as the ranges that overlap: another label,
another range, or nothing on the other side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from hashiya.corpus.team.agreement.compared import CellSaid, Comparison, SideSaid, value_name
from hashiya.corpus.team.agreement.span_f1 import overlapping_pairs
from hashiya.corpus.team.agreement.unitizing import Unit
from hashiya.schema.guidelines import chapters
from hashiya.schema.records import Lang
from hashiya.schema.scheme import LabelScheme

NOTHING = "nothing"
OTHER_RANGE = "another range"
HARDEST = 10
_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "stances": ("stance",),
    "implications": ("channel", "direction"),
    "entities": ("entity",),
    "flags": ("flag",),
}
_CHAPTERS = {"stances": "stance", "implications": "implication", "entities": "entity", "flags": "flag"}


@dataclass(frozen=True, slots=True)
class GuidelineRule:
    """What the guidelines say of a label, or of a layer (`label` is empty), as Markdown."""

    about: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often one of two annotators says `one` where the other says `other`, and the rules for both.

    Of the same value (`one` is `other`) it is how often both say it; it has no rules then.
    """

    layer: str
    one: str
    other: str
    count: int
    rules: tuple[GuidelineRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Contested:
    """How much of something is disputed: of how many comparisons of two annotators, how many differ."""

    layer: str
    what: str
    compared: int
    differing: int


@dataclass(frozen=True, slots=True)
class ContestedPair:
    """A pair that is disputed; `layers` says in which layers how much."""

    pair_id: str
    doc_id: str
    compared: int
    differing: int
    layers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Disagreements:
    """What is disputed, the most first; of pairs the ten that are most so."""

    confusions: tuple[Confusion, ...] = ()
    labels: tuple[Contested, ...] = ()
    targets: tuple[Contested, ...] = ()
    documents: tuple[Contested, ...] = ()
    pairs: tuple[ContestedPair, ...] = ()


@dataclass(slots=True)
class _Tally:
    """Comparisons of two annotators, and how many of them differ."""

    compared: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    differing: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])

    def add(self, layer: str, what: str, compared: int, differing: int) -> None:
        self.compared[layer, what] += compared
        self.differing[layer, what] += differing

    def contested(self) -> tuple[Contested, ...]:
        found = [
            Contested(layer, what, compared, self.differing[layer, what])
            for (layer, what), compared in self.compared.items()
            if self.differing[layer, what]
        ]
        return tuple(sorted(found, key=lambda item: (-item.differing, item.compared, item.layer, item.what)))


def find_disagreements(found: Comparison, scheme: LabelScheme, lang: Lang = "en") -> Disagreements:
    """Return what the annotators disagree about; of a single one, where it is not what the reference says.

    `lang` is the language of the guidelines' rules.
    """
    return _Disagreeing(found, scheme, lang).result()


class _Disagreeing:
    """Goes through what was compared, each two annotators of it."""

    def __init__(self, found: Comparison, scheme: LabelScheme, lang: Lang) -> None:
        self._found = found
        names = found.annotators
        self._couples = set(combinations(names, 2)) if len(names) > 1 else set(found.couples())
        self._rules = {
            (chapter.about, chapter.label): GuidelineRule(chapter.about, chapter.label, chapter.text)
            for chapter in chapters(scheme, lang)
        }
        self._confused: Counter[tuple[str, str, str]] = Counter()
        self._labels, self._targets, self._documents = _Tally(), _Tally(), _Tally()
        self._pairs: dict[str, tuple[str, list[int], Counter[str]]] = {}

    def result(self) -> Disagreements:
        """Return what was counted."""
        for cell in self._found.cells:
            self._add_cell(cell)
        for side in self._found.sides:
            for one, other in self._couples:
                if one in side.said and other in side.said and (both := side.compared((one, other))):
                    self._add_spans(side, *both.values())
        hardest = sorted(
            (
                ContestedPair(pair_id, doc_id, compared, differing, dict(sorted(layers.items())))
                for pair_id, (doc_id, (compared, differing), layers) in self._pairs.items()
                if differing
            ),
            key=lambda pair: (-pair.differing, pair.compared, pair.doc_id, pair.pair_id),
        )
        ranked = sorted(self._confused.items(), key=lambda item: (item[0][0], -item[1], item[0]))
        return Disagreements(
            confusions=tuple(
                Confusion(layer, one, other, count, tuple(self._rules_for(layer, one, other)))
                for (layer, one, other), count in ranked
            ),
            labels=self._labels.contested(),
            targets=self._targets.contested(),
            documents=self._documents.contested(),
            pairs=tuple(hardest[:HARDEST]),
        )

    def _add_cell(self, item: CellSaid) -> None:
        layer, target = str(item.cell.layer), item.cell.target or ""
        channel = f"{item.cell.channel} " if item.cell.channel else ""
        compared = differing = 0
        for one, other in self._couples:
            if one not in item.said or other not in item.said:
                continue
            mine, theirs = item.said[one], item.said[other]
            compared += 1
            differing += mine != theirs
            if not mine and not theirs:
                self._confused[layer, NOTHING, NOTHING] += 1
                continue
            values = [channel + value_name(said) if said else NOTHING for said in (mine, theirs)]
            first, second = sorted(values, key=lambda value: (value == NOTHING, value))
            self._confused[layer, first, second] += 1
            for value in {first, second} - {NOTHING}:
                self._labels.add(layer, value, 1, mine != theirs)
        if compared:
            self._targets.add(layer, target, compared, differing)
            self._add_place(item.document, item.pair_id, layer, compared, differing)

    def _add_spans(self, side: SideSaid, mine: Sequence[Unit], theirs: Sequence[Unit]) -> None:
        compared = differing = 0
        for one, other in _met(mine, theirs):
            if one == other:
                values = (one[2], one[2])
            else:
                first, second = sorted(
                    (unit[2] for unit in (one, other)), key=lambda value: (value == NOTHING, value)
                )
                values = (first, OTHER_RANGE) if first == second else (first, second)
            compared += 1
            differing += one != other
            self._confused[side.layer, *values] += 1
            for value in set(values) - {NOTHING, OTHER_RANGE}:
                self._labels.add(side.layer, value, 1, one != other)
        if compared:
            self._add_place(side.document, side.pair_id, side.layer, compared, differing)

    def _add_place(self, document: int, pair_id: str, layer: str, compared: int, differing: int) -> None:
        doc_id = self._found.documents[document]
        self._documents.add("", doc_id, compared, differing)
        _, counts, layers = self._pairs.setdefault(pair_id, (doc_id, [0, 0], Counter()))
        counts[0] += compared
        counts[1] += differing
        if differing:
            layers[layer] += differing

    def _rules_for(self, layer: str, one: str, other: str) -> Iterator[GuidelineRule]:
        """The rules of the labels of two values that differ; of the layer, where one of them is nothing."""
        if one == other:
            return
        if {one, other} & {NOTHING, OTHER_RANGE} and (rule := self._rules.get((_CHAPTERS[layer], ""))):
            yield rule
        for label in dict.fromkeys((*one.split(), *other.split())):
            for section in _SECTIONS[layer]:
                if rule := self._rules.get((section, label)):
                    yield rule


def _met(mine: Sequence[Unit], theirs: Sequence[Unit]) -> Iterator[tuple[Unit, Unit]]:
    """Spans of two annotators, each beside the one that it overlaps with; those alone beside nothing."""
    same = Counter(mine) & Counter(theirs)
    for unit in same.elements():
        yield unit, unit
    ones, others = (sorted((Counter(units) - same).elements()) for units in (mine, theirs))
    pairs = overlapping_pairs(ones, others)
    for one, other in pairs:
        yield ones[one], others[other]
    for units, taken in ((ones, {one for one, _ in pairs}), (others, {other for _, other in pairs})):
        for place, unit in enumerate(units):
            if place not in taken:
                yield unit, (*unit[:2], NOTHING)
