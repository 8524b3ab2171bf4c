"""What two or more annotators say of the same cells: who looked where, and what each says there.

Only those who are done count, and not with suggestions. Who did not look at a cell has no value in it, nor
who says two different things of it side by side. Gold and adjudicated annotations are a *reference*:
annotators are compared with it one by one, and it is none of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import cast

from hashiya.corpus.team.agreement.unitizing import Unit
from hashiya.corpus.team.cells import (
    EntityPlace,
    Said,
    SpanLayer,
    VoterCells,
    implication_cells,
    stance_cells,
)
from hashiya.corpus.team.votes import Vote, finished_votes
from hashiya.schema.adjudication import Adjudication, CellKey
from hashiya.schema.covers import COVERED_SECTION, Covers, covers_label, knew_label
from hashiya.schema.records import KNOWN_ORIGINS, LANGS, Annotation, Kind, LabelLayer, Lang
from hashiya.schema.scheme import LabelScheme

SPAN_LAYERS: tuple[SpanLayer, ...] = ("entities", "flags")
_OF_PAIRS: tuple[LabelLayer, ...] = ("stances", "implications")
"""The layers whose labels are said of a pair, not of a side."""
_LinkEnds = tuple[EntityPlace, EntityPlace]


@dataclass(frozen=True, slots=True)
class VotedPair:
    """A pair that somebody voted on: its texts, its votes, what adjudicators decided. No boilerplate."""

    pair_id: str
    doc_id: str
    ar: str | None
    en: str | None
    votes: Sequence[Vote]
    adjudications: Sequence[Adjudication] = ()
    kind: Kind = "body"

    def text(self, lang: Lang) -> str | None:
        """The text of one side."""
        return self.ar if lang == "ar" else self.en


@dataclass(frozen=True, slots=True)
class CellSaid:
    """A cell of stances or implications: what each annotator who looked at it says there."""

    document: int
    pair_id: str
    cell: CellKey
    said: Mapping[str, Said]


@dataclass(frozen=True, slots=True)
class SideSaid:
    """A side of a pair: of each annotator the labels that were looked for there, and the marked ranges."""

    document: int
    pair_id: str
    layer: SpanLayer
    lang: Lang
    text: str
    said: Mapping[str, tuple[frozenset[str], tuple[Unit, ...]]]

    def compared(self, annotators: Iterable[str], label: str | None = None) -> dict[str, tuple[Unit, ...]]:
        """Return the marks of the annotators who can be compared here, of the labels that are compared.

        Those are one label, or all that two of them looked for, by those who looked for all of these.
        """
        there = {name: self.said[name] for name in annotators if name in self.said}
        if label is not None:
            there = {name: said for name, said in there.items() if label in said[0]}
            if not any(units for _, units in there.values()):
                return dict.fromkeys(there, ()) if len(there) > 1 else {}
            labels = frozenset({label})
        else:
            looked = [some for some, _ in there.values()]
            labels = frozenset[str]().union(*(one & other for one, other in combinations(looked, 2)))
        if not labels:
            return {}
        found = {
            name: tuple(unit for unit in units if unit[2] in labels)
            for name, (some, units) in there.items()
            if labels <= some
        }
        return found if len(found) > 1 else {}


@dataclass(frozen=True, slots=True)
class LinksSaid:
    """The links of a pair: of each annotator the entities that are there, and which of them are joined."""

    document: int
    pair_id: str
    said: Mapping[str, tuple[frozenset[EntityPlace], frozenset[_LinkEnds]]]


@dataclass(slots=True)
class Comparison:
    """What annotators of a corpus say of what two or more of them looked at. `documents` are numbered so.

    `finished` counts the pairs by annotator, whether anybody else did them or not; `assumed` counts the
    annotations that do not say what they cover, which is taken to be everything.
    """

    annotators: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    documents: list[str] = field(default_factory=list[str])
    finished: dict[str, int] = field(default_factory=dict[str, int])
    assumed: int = 0
    pairs: int = 0
    shared: int = 0
    cells: list[CellSaid] = field(default_factory=list[CellSaid])
    sides: list[SideSaid] = field(default_factory=list[SideSaid])
    links: list[LinksSaid] = field(default_factory=list[LinksSaid])

    def couples(self) -> Iterator[tuple[str, str]]:
        """Yield each two annotators, then each annotator with each reference."""
        yield from combinations(self.annotators, 2)
        yield from ((name, other) for name in self.annotators for other in self.references)


def compare_votes(pairs: Iterable[VotedPair], scheme: LabelScheme) -> Comparison:
    """Return what can be compared of the votes on pairs, which come document by document."""
    return _Comparing(scheme).result(pairs)


def value_name(value: Hashable) -> str:
    """Return the name under which a value is counted: of what is said in a cell its marks, in order."""
    if isinstance(value, frozenset):
        marks = sorted(" ".join(map(str, mark)) for mark in cast("frozenset[tuple[object, ...]]", value))
        return " + ".join(marks) or "nothing"
    return str(value)


class _Comparing:
    """Goes through pairs, and keeps what two or more annotators looked at."""

    def __init__(self, scheme: LabelScheme) -> None:
        self._scheme = scheme
        self._found = Comparison()
        self._documents: dict[str, int] = {}
        self._looked: dict[tuple[Covers, str, LabelLayer, Lang | None], frozenset[str]] = {}
        self._cells = (*stance_cells(scheme), *implication_cells(scheme))

    def result(self, pairs: Iterable[VotedPair]) -> Comparison:
        """Return what was kept of all pairs."""
        references: set[str] = set()
        found = self._found
        for pair in pairs:
            papers: dict[str, VoterCells] = {}
            for vote in finished_votes(pair.votes):
                origin = vote.annotations[0].origin
                name = f"{vote.voter} ({origin})" if origin in KNOWN_ORIGINS else vote.voter
                if origin in KNOWN_ORIGINS:
                    references.add(name)
                papers[name] = VoterCells(vote.voter, vote.annotations, self._scheme)
                found.finished[name] = found.finished.get(name, 0) + 1
                found.assumed += any(item.covers is None for item in vote.annotations)
            found.pairs += bool(papers)
            if len(papers) > 1:
                found.shared += 1
                self._add(pair, dict(sorted(papers.items())))
        found.annotators = tuple(sorted(set(found.finished) - references))
        found.references = tuple(sorted(references))
        found.documents = list(self._documents)
        return found

    def _add(self, pair: VotedPair, papers: Mapping[str, VoterCells]) -> None:
        document = self._documents.setdefault(pair.doc_id, len(self._documents))
        looked: dict[tuple[str, str], frozenset[str]] = {
            (name, layer): frozenset.intersection(
                *(self._labels(item.annotation, layer, None) for item in paper.said)
            )
            for name, paper in papers.items()
            for layer in _OF_PAIRS
        }
        for cell in self._cells:
            label = (cell.target if cell.channel is None else cell.channel) or ""
            said: dict[str, Said] = {}
            for name, paper in papers.items():
                value = paper.says(cell)
                if value or (
                    value is not None
                    and label in looked[name, cell.layer]
                    and self._knew_target(paper, cell.target or "")
                ):
                    said[name] = value
            if len(said) > 1:
                self._found.cells.append(CellSaid(document, pair.pair_id, cell, said))
        for layer in SPAN_LAYERS:
            for lang in LANGS:
                if text := pair.ar if lang == "ar" else pair.en:
                    self._add_side(SideSaid(document, pair.pair_id, layer, lang, text, {}), papers)
        ends = {
            name: (frozenset(paper.first.places().values()), frozenset(paper.first.linked()))
            for name, paper in papers.items()
            if len({frozenset(item.linked()) for item in paper.said}) == 1
        }
        if sum(bool(linked) for _, linked in ends.values()) and len(ends) > 1:
            self._found.links.append(LinksSaid(document, pair.pair_id, ends))

    def _add_side(self, side: SideSaid, papers: Mapping[str, VoterCells]) -> None:
        said: dict[str, tuple[frozenset[str], tuple[Unit, ...]]] = {}
        for name, paper in papers.items():
            marked = {tuple(sorted(item.spans[side.layer].get(side.lang, ()))) for item in paper.said}
            if len(marked) > 1:
                continue
            (units,) = marked
            # Who marked a label looked for it.
            looked = frozenset.intersection(
                *(self._labels(item.annotation, side.layer, side.lang) for item in paper.said)
            )
            if labels := looked.union(unit[2] for unit in units):
                said[name] = (labels, units)
        if len(said) > 1:
            self._found.sides.append(
                SideSaid(side.document, side.pair_id, side.layer, side.lang, side.text, said)
            )

    def _knew_target(self, paper: VoterCells, target: str) -> bool:
        """Whether a target was in the scheme when a voter labelled."""
        return not self._scheme.introduced or all(
            knew_label(item.annotation, self._scheme, "target", target) for item in paper.said
        )

    def _labels(self, annotation: Annotation, layer: LabelLayer, lang: Lang | None) -> frozenset[str]:
        """The labels of a layer that were looked for on a side."""
        key = (annotation.covers, annotation.scheme.version, layer, lang)
        if key not in self._looked:
            self._looked[key] = frozenset(
                label
                for label in self._scheme.ids(COVERED_SECTION[layer])
                if covers_label(annotation, self._scheme, layer, lang, label)
            )
        return self._looked[key]
