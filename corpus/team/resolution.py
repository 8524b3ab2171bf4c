"""Votes to labels: what several annotators of a pair say, cell by cell, as one set of labels. Pure.

Voters of a cell are those who are done, not suggested, and cover it. Adjudicated annotations decide the
cells that they cover, else gold ones, else the policy decides. What it leaves open is unresolved, and never
reads as "none". A disagreement in one cell changes no other. The order of the votes plays no role.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from hashiya.corpus.team.cells import (
    NOTHING_SAID,
    AnnotationCells,
    EntityPlace,
    Mark,
    Said,
    VoterCells,
    clusters,
    labels_hash,
    place_of,
    statement_cells,
)
from hashiya.corpus.team.policies import VotingPolicy, most_said
from hashiya.schema.adjudication import Adjudication, CellKey
from hashiya.schema.covers import all_covers, full_covers
from hashiya.schema.dataset import ReleasedImplication, ReleasedStance
from hashiya.schema.records import (
    Annotation,
    Cover,
    Entity,
    Flag,
    Lang,
    Link,
    PairSides,
)
from hashiya.schema.scheme import LabelScheme

DecidedBy = Literal["adjudicated", "gold", "single", "agreed"]
_Holder = tuple[str | None, EntityPlace | None]
_FIRST: tuple[Literal["adjudicated", "gold"], ...] = ("adjudicated", "gold")
"""The origins that decide before all others."""


@dataclass(frozen=True, slots=True)
class Vote:
    """What a voter says of a pair: one annotation, or several that stand side by side, with their events."""

    voter: str
    annotations: tuple[Annotation, ...]
    event_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResolvedCell:
    """A cell: what it holds, or `None` where it is unresolved; by what that was decided.

    `said` counts how many voters said which set of marks: the soft labels of the cell.
    """

    cell: CellKey
    value: Said | None
    decided_by: DecidedBy | None
    said: Mapping[Said, int]


@dataclass(frozen=True, slots=True)
class ResolvedLabels:
    """The labels of a pair, with fresh ids, and its cells.

    A holder, a certainty, a concept or what was meant is null where the voters do not agree on one.
    `undecided_links` join entities that stand, and are neither there nor not. `covers` is what at least one
    voter looked at.
    """

    stances: tuple[ReleasedStance, ...] = ()
    entities: tuple[Entity, ...] = ()
    implications: tuple[ReleasedImplication, ...] = ()
    flags: tuple[Flag, ...] = ()
    links: tuple[Link, ...] = ()
    undecided_links: tuple[Link, ...] = ()
    cells: tuple[ResolvedCell, ...] = ()
    covers: tuple[Cover, ...] = ()
    voters: tuple[str, ...] = ()

    @property
    def unresolved(self) -> tuple[CellKey, ...]:
        """The cells that the votes leave open."""
        return tuple(item.cell for item in self.cells if item.value is None)


def resolve(
    pair: PairSides,
    votes: Iterable[Vote],
    scheme: LabelScheme,
    policy: VotingPolicy,
    adjudications: Sequence[Adjudication] = (),
) -> ResolvedLabels | None:
    """Return the labels of a pair; `None` where nobody is done and nothing adjudicated."""
    counting = sorted(_counting(votes), key=lambda vote: vote.voter)
    if not counting and not adjudications:
        return None
    return _Ballot(pair, counting, (scheme, policy), adjudications).result()


def _counting(votes: Iterable[Vote]) -> Iterator[Vote]:
    """The votes of those who are done: with every version that stands, if several do."""
    for vote in votes:
        said = [item for item in vote.annotations if item.origin != "suggested"]
        if said and len(said) == len(vote.annotations) and all(item.status == "done" for item in said):
            yield vote


_Decided = tuple[ResolvedCell, list[AnnotationCells]]
"""A cell, and the annotations that said what stands there."""


class _Ballot:
    """The votes of one pair, counted cell by cell."""

    def __init__(
        self,
        pair: PairSides,
        votes: Sequence[Vote],
        terms: tuple[LabelScheme, VotingPolicy],
        adjudications: Sequence[Adjudication],
    ) -> None:
        self._pair = pair
        scheme, self._policy = terms
        self._scheme = scheme
        self._papers = [VoterCells(vote.voter, vote.annotations, scheme) for vote in votes]
        self._decisive = [AnnotationCells(item.annotation) for item in adjudications]
        self._adjudications = adjudications
        self._everything = [item for paper in self._papers for item in paper.said] + self._decisive
        self._first: list[Literal["adjudicated", "gold"]] = [
            origin for origin in _FIRST if any(paper.origin == origin for paper in self._papers)
        ]
        self._all_looked = not scheme.introduced and all(
            item.covers_all("stances") for paper in self._papers for item in paper.said
        )
        self._silence: dict[tuple[str, ...], _Decided] = {}
        self._cells: dict[str, list[_Decided]] = {}

    def result(self) -> ResolvedLabels:
        """Return the labels that stand."""
        said = {key for item in self._everything for key in item.statements}
        for cell in statement_cells(self._scheme):
            if (cell.layer, cell.target, cell.channel) in said:
                self._count(cell)
            # Of implications only what somebody says: that there are no others is what `covers` says.
            elif cell.layer == "stances":
                if self._adjudications:
                    self._count(cell)
                else:
                    self._count_silence(cell)
        for cell in (*clusters(self._everything, "entities"), *clusters(self._everything, "flags")):
            self._count(cell)
        entities = tuple(self._entities())
        ids = {place_of(entity): entity.id for entity in entities}
        links, undecided = self._links(ids)
        covers = all_covers([item.annotation.covers for item in self._everything])
        return ResolvedLabels(
            stances=tuple(self._stances(ids)),
            entities=entities,
            implications=tuple(self._implications()),
            flags=tuple(self._flags()),
            links=links,
            undecided_links=undecided,
            cells=tuple(cell for layer in self._cells.values() for cell, _ in layer),
            covers=full_covers(self._scheme, self._pair) if covers is None else covers,
            voters=tuple(paper.voter for paper in self._papers),
        )

    def _count(self, cell: CellKey) -> None:
        """Decide a cell."""
        if self._adjudications and (settled := self._settled(cell)):
            values = {item.said_in(cell) for item in settled}
            value = values.pop() if len(values) == 1 else None
            resolved = ResolvedCell(cell, value, None if value is None else "adjudicated", {})
            self._keep(resolved, settled)
            return
        voters: list[tuple[VoterCells, Said | None]] = []
        labels: set[str] | None = None
        for paper in self._papers:
            said = paper.says(cell)
            if not said:
                labels = self._labels_in(cell) if labels is None else labels
                if not paper.is_covered(cell, labels):
                    continue
            voters.append((paper, said))
        self._keep(*self._decided(cell, voters))

    def _count_silence(self, cell: CellKey) -> None:
        """Decide a cell in which nobody says anything: as every other one with the same voters."""
        voters = self._papers
        if not self._all_looked:
            voters = [paper for paper in voters if paper.is_covered(cell, ())]
        key = tuple([paper.voter for paper in voters])
        if key not in self._silence:
            self._silence[key] = self._decided(cell, [(paper, NOTHING_SAID) for paper in voters])
        found, said_by = self._silence[key]
        self._keep(ResolvedCell(cell, found.value, found.decided_by, found.said), said_by)

    def _decided(self, cell: CellKey, voters: list[tuple[VoterCells, Said | None]]) -> _Decided:
        """A cell as its voters decide it, each of whom says something, or two things."""
        by: DecidedBy = "single" if len(voters) == 1 else "agreed"
        for origin in self._first:
            if first := [voter for voter in voters if voter[0].origin == origin]:
                voters, by = first, origin
                break
        clear: dict[str, Said] = {}
        said_by: list[AnnotationCells] = []
        counts: dict[Said, int] = {}
        for paper, said in voters:
            if said is not None:
                clear[paper.voter] = said
                said_by.append(paper.first)
                counts[said] = counts.get(said, 0) + 1
        # Who says two things side by side has not said which: then the cell waits.
        decided = self._policy.decide(clear) if clear and len(said_by) == len(voters) else None
        if decided is None:
            return ResolvedCell(cell, None, None, counts), said_by
        return ResolvedCell(cell, decided[0], by, counts), said_by

    def _labels_in(self, cell: CellKey) -> set[str]:
        """The labels of all spans in a range; of statements, which are one label each, none."""
        if cell.lang is None:
            return set()
        return {str(mark[-1]) for item in self._everything for mark in item.said_in(cell)}

    def _keep(self, resolved: ResolvedCell, said_by: list[AnnotationCells]) -> None:
        self._cells.setdefault(resolved.cell.layer, []).append((resolved, said_by))

    def _settled(self, cell: CellKey) -> list[AnnotationCells]:
        """The adjudications that settle a cell."""
        return [
            decisive
            for item, decisive in zip(self._adjudications, self._decisive, strict=True)
            if self._settles(item, cell)
        ]

    def _settles(self, item: Adjudication, cell: CellKey) -> bool:
        """Whether an adjudication settles a cell, with the votes that are cast now."""
        for settled in item.settles:
            if not _holds(settled.cell, cell):
                continue
            seen = {(vote.voter, vote.labels_hash) for vote in settled.votes}
            return all(
                (paper.voter, labels_hash(said.said_in(settled.cell))) in seen
                for paper in self._papers
                if paper.is_covered(cell, ())
                for said in paper.said
            )
        return False

    def _resolved(self, layer: str) -> Iterator[tuple[CellKey, Mark, list[AnnotationCells]]]:
        """The marks that stand in the cells of a layer, in order, and those who said what stands there."""
        for item, said_by in self._cells.get(layer, ()):
            for mark in sorted(item.value or ()):
                yield item.cell, mark, said_by

    def _entities(self) -> Iterator[Entity]:
        numbers: dict[Lang, int] = {"ar": 0, "en": 0}
        for cell, (start, end, label), said_by in self._resolved("entities"):
            lang: Lang = cell.lang or "ar"
            numbers[lang] += 1
            span = _span(start), _span(end)
            said = [
                entity.concept
                for item in said_by
                for entity in item.annotation.entities
                if entity.concept and place_of(entity) == (lang, *span, label)
            ]
            yield Entity(
                id=f"{lang}{numbers[lang]}",
                lang=lang,
                start=span[0],
                end=span[1],
                text=(self._pair.text(lang) or "")[slice(*span)],
                type=str(label),
                concept=most_said(said),
            )

    def _flags(self) -> Iterator[Flag]:
        for cell, (start, end, kind), said_by in self._resolved("flags"):
            lang: Lang = cell.lang or "ar"
            span = _span(start), _span(end)
            said = [
                flag.intended
                for item in said_by
                for flag in item.annotation.flags
                if flag.intended and (flag.lang, flag.start, flag.end, flag.kind) == (lang, *span, kind)
            ]
            yield Flag(
                lang=lang,
                start=span[0],
                end=span[1],
                text=(self._pair.text(lang) or "")[slice(*span)],
                kind=str(kind),
                intended=most_said(said),
            )

    def _stances(self, ids: Mapping[EntityPlace, str]) -> Iterator[ReleasedStance]:
        for cell, (stance,), said_by in self._resolved("stances"):
            target = cell.target or ""
            held = [_holders(item, target, str(stance)) for item in said_by]
            holders = most_said([some for some in held if some]) or frozenset({(None, None)})
            # A holder whose name was voted out stays, without the name.
            named = {(holder, ids.get(place) if place else None) for holder, place in holders}
            for holder, entity in sorted(named, key=str):
                yield ReleasedStance(target=target, stance=str(stance), holder=holder, holder_entity=entity)

    def _implications(self) -> Iterator[ReleasedImplication]:
        for cell, (direction,), said_by in self._resolved("implications"):
            said = [
                frozenset(
                    one.certainty
                    for one in item.annotation.implications
                    if (one.target, one.channel, one.direction) == (cell.target, cell.channel, direction)
                )
                for item in said_by
            ]
            certainties: frozenset[str | None] | None = most_said([some for some in said if some])
            for certainty in sorted(certainties or frozenset({None}), key=str):
                yield ReleasedImplication(
                    target=cell.target or "",
                    channel=cell.channel or "",
                    direction=str(direction),
                    certainty=certainty,
                )

    def _links(self, ids: Mapping[EntityPlace, str]) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
        """The links that stand, and those that are undecided, by the votes of those who have both ends."""
        if not any(item.annotation.links for item in self._everything):
            return (), ()
        found: list[Link] = []
        undecided: list[Link] = []
        said_by = {paper.voter: paper.said[0] for paper in self._papers if len(paper.said) == 1}
        decisive = {f"adjudication {number}": item for number, item in enumerate(self._decisive)}
        first = [_of_origin(said_by, origin) for origin in self._first]
        linked = {item: item.linked() for item in (*said_by.values(), *decisive.values())}
        for ar, en in sorted({ends for some in linked.values() for ends in some}):
            if ar not in ids or en not in ids:
                continue
            votes: dict[str, bool] = {}
            for some in (decisive, *first, said_by):
                votes = {
                    name: (ar, en) in linked[item]
                    for name, item in some.items()
                    if {ar, en} <= set(item.places().values())
                }
                if votes:
                    break
            decided = self._policy.decide(votes)
            if decided is None:
                undecided.append(Link(ar=ids[ar], en=ids[en]))
            elif decided[0]:
                found.append(Link(ar=ids[ar], en=ids[en]))
        return tuple(found), tuple(undecided)


def _of_origin(said_by: Mapping[str, AnnotationCells], origin: str) -> dict[str, AnnotationCells]:
    return {name: item for name, item in said_by.items() if item.annotation.origin == origin}


def _span(offset: str | int) -> int:
    return int(offset)


def _holds(settled: CellKey, cell: CellKey) -> bool:
    """Whether what is settled holds a cell: the same statement, or a range that contains it."""
    if settled.layer != cell.layer or settled.lang != cell.lang:
        return False
    if cell.lang is None:
        return (settled.target, settled.channel) == (cell.target, cell.channel)
    return (settled.start or 0) <= (cell.start or 0) and (cell.end or 0) <= (settled.end or 0)


def _holders(said: AnnotationCells, target: str, stance: str) -> frozenset[_Holder]:
    """Who holds a stance on a target, by an annotation: kinds of holders, with the places of their names."""
    return frozenset(
        (item.holder, said.places().get(item.holder_entity or ""))
        for item in said.annotation.stances
        if item.target == target and item.stance == stance
    )
