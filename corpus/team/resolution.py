"""Votes to labels: what several annotators of a pair say, cell by cell, as one set of labels. Pure.

Voters of a cell are those who are done, not suggested, and cover it. Adjudicated annotations decide the
cells that they cover, else gold ones, else the policy decides. What it leaves open is unresolved, and never
reads as "none". A disagreement in one cell changes no other. The order of the votes plays no role.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from hashiya.corpus.team.cells import Mark, Said, clusters, is_covered, labels_hash, said_in, statement_cells
from hashiya.corpus.team.policies import VotingPolicy, most_said
from hashiya.schema.adjudication import Adjudication, CellKey
from hashiya.schema.covers import Covers, full_covers, united_covers
from hashiya.schema.dataset import ReleasedImplication, ReleasedStance
from hashiya.schema.records import (
    Annotation,
    Cover,
    Entity,
    Flag,
    Lang,
    Link,
    Pair,
)
from hashiya.schema.scheme import LabelScheme

DecidedBy = Literal["adjudicated", "gold", "single", "agreed"]
_Place = tuple[Lang, int, int, str]
_Holder = tuple[str | None, _Place | None]
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
    pair: Pair,
    votes: Iterable[Vote],
    scheme: LabelScheme,
    policy: VotingPolicy,
    adjudications: Sequence[Adjudication] = (),
) -> ResolvedLabels | None:
    """Return the labels of a pair; `None` where nobody is done and nothing adjudicated."""
    ballot = _Ballot(
        pair, sorted(_counting(votes), key=lambda vote: vote.voter), scheme, policy, adjudications
    )
    if not ballot.votes and not adjudications:
        return None
    return ballot.result()


def _counting(votes: Iterable[Vote]) -> Iterator[Vote]:
    """The votes of those who are done: with every version that stands, if several do."""
    for vote in votes:
        said = [item for item in vote.annotations if item.origin != "suggested"]
        if said and len(said) == len(vote.annotations) and all(item.status == "done" for item in said):
            yield vote


@dataclass(slots=True)
class _Ballot:
    """The votes of one pair, counted cell by cell."""

    pair: Pair
    votes: list[Vote]
    scheme: LabelScheme
    policy: VotingPolicy
    adjudications: Sequence[Adjudication]
    _cells: list[ResolvedCell] = field(default_factory=list[ResolvedCell])
    _said_by: dict[CellKey, list[Annotation]] = field(default_factory=dict[CellKey, list[Annotation]])

    def result(self) -> ResolvedLabels:
        everything = [item for vote in self.votes for item in vote.annotations]
        everything += [item.annotation for item in self.adjudications]
        for cell in self._keys(everything):
            labels = {str(mark[-1]) for item in everything for mark in said_in(item, cell)}
            self._count(cell, labels)
        entities = tuple(self._entities())
        ids = {_place(entity): entity.id for entity in entities}
        links, undecided = self._links(ids)
        covers: Covers = ()
        for item in everything:
            covers = united_covers(covers, item.covers)
        return ResolvedLabels(
            stances=tuple(self._stances(ids)),
            entities=entities,
            implications=tuple(self._implications()),
            flags=tuple(self._flags()),
            links=links,
            undecided_links=undecided,
            cells=tuple(self._cells),
            covers=full_covers(self.scheme, self.pair) if covers is None else covers,
            voters=tuple(vote.voter for vote in self.votes),
        )

    def _keys(self, everything: Sequence[Annotation]) -> Iterator[CellKey]:
        for cell in statement_cells(self.scheme):
            # Of implications only what somebody says: that there are no others is what `covers` says.
            if cell.layer == "stances" or any(said_in(item, cell) for item in everything):
                yield cell
        yield from clusters(everything, "entities")
        yield from clusters(everything, "flags")

    def _count(self, cell: CellKey, labels: set[str]) -> None:
        """Decide a cell, and remember whose annotations said what stands."""
        settled = [item.annotation for item in self.adjudications if self._settles(item, cell)]
        if settled:
            values = {said_in(item, cell) for item in settled}
            self._decide(cell, values.pop() if len(values) == 1 else None, "adjudicated", settled)
            return
        voters = {vote.voter: vote for vote in self.votes if self._votes_in(vote, cell, labels)}
        by: DecidedBy = "single" if len(voters) == 1 else "agreed"
        for origin in _FIRST:
            first = {name: vote for name, vote in voters.items() if vote.annotations[0].origin == origin}
            if first:
                voters, by = first, origin
                break
        said = {name: {said_in(item, cell) for item in vote.annotations} for name, vote in voters.items()}
        clear = {name: next(iter(values)) for name, values in said.items() if len(values) == 1}
        # Who says two things side by side has not said which: then the cell waits.
        decided = self.policy.decide(clear) if clear and len(clear) == len(said) else None
        self._decide(
            cell,
            None if decided is None else decided[0],
            by,
            [voters[name].annotations[0] for name in clear],
            Counter(clear.values()),
        )

    def _decide(
        self,
        cell: CellKey,
        value: Said | None,
        by: DecidedBy,
        said_by: list[Annotation],
        said: Mapping[Said, int] | None = None,
    ) -> None:
        self._cells.append(ResolvedCell(cell, value, None if value is None else by, said or {}))
        self._said_by[cell] = said_by

    def _votes_in(self, vote: Vote, cell: CellKey, labels: set[str]) -> bool:
        return all(is_covered(item, cell, self.scheme, labels) for item in vote.annotations)

    def _settles(self, item: Adjudication, cell: CellKey) -> bool:
        """Whether an adjudication settles a cell, with the votes that are cast now."""
        for settled in item.settles:
            if not _holds(settled.cell, cell):
                continue
            seen = {(vote.voter, vote.labels_hash) for vote in settled.votes}
            return all(
                (vote.voter, labels_hash(said_in(annotation, settled.cell))) in seen
                for vote in self.votes
                if self._votes_in(vote, cell, set())
                for annotation in vote.annotations
            )
        return False

    def _resolved(self, layer: str) -> Iterator[tuple[CellKey, Mark]]:
        """The marks that stand in the cells of a layer, in order."""
        for item in self._cells:
            if item.cell.layer == layer:
                for mark in sorted(item.value or ()):
                    yield item.cell, mark

    def _entities(self) -> Iterator[Entity]:
        numbers = Counter[Lang]()
        for cell, (start, end, label) in self._resolved("entities"):
            lang: Lang = cell.lang or "ar"
            numbers[lang] += 1
            span = _span(start), _span(end)
            said = [
                entity.concept
                for item in self._said_by[cell]
                for entity in item.entities
                if entity.concept and _place(entity) == (lang, *span, label)
            ]
            yield Entity(
                id=f"{lang}{numbers[lang]}",
                lang=lang,
                start=span[0],
                end=span[1],
                text=(self.pair.text(lang) or "")[slice(*span)],
                type=str(label),
                concept=most_said(said),
            )

    def _flags(self) -> Iterator[Flag]:
        for cell, (start, end, kind) in self._resolved("flags"):
            lang: Lang = cell.lang or "ar"
            span = _span(start), _span(end)
            said = [
                flag.intended
                for item in self._said_by[cell]
                for flag in item.flags
                if flag.intended and (flag.lang, flag.start, flag.end, flag.kind) == (lang, *span, kind)
            ]
            yield Flag(
                lang=lang,
                start=span[0],
                end=span[1],
                text=(self.pair.text(lang) or "")[slice(*span)],
                kind=str(kind),
                intended=most_said(said),
            )

    def _stances(self, ids: Mapping[_Place, str]) -> Iterator[ReleasedStance]:
        for cell, (stance,) in self._resolved("stances"):
            target = cell.target or ""
            held = [_holders(item, target, str(stance)) for item in self._said_by[cell]]
            holders = most_said([some for some in held if some]) or frozenset({(None, None)})
            # A holder whose name was voted out stays, without the name.
            named = {(holder, ids.get(place) if place else None) for holder, place in holders}
            for holder, entity in sorted(named, key=str):
                yield ReleasedStance(target=target, stance=str(stance), holder=holder, holder_entity=entity)

    def _implications(self) -> Iterator[ReleasedImplication]:
        for cell, (direction,) in self._resolved("implications"):
            said = [
                frozenset(
                    one.certainty
                    for one in item.implications
                    if (one.target, one.channel, one.direction) == (cell.target, cell.channel, direction)
                )
                for item in self._said_by[cell]
            ]
            certainties: frozenset[str | None] | None = most_said([some for some in said if some])
            for certainty in sorted(certainties or frozenset({None}), key=str):
                yield ReleasedImplication(
                    target=cell.target or "",
                    channel=cell.channel or "",
                    direction=str(direction),
                    certainty=certainty,
                )

    def _links(self, ids: Mapping[_Place, str]) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
        """The links that stand, and those that are undecided, by the votes of those who have both ends."""
        found: list[Link] = []
        undecided: list[Link] = []
        said_by = {vote.voter: vote.annotations[0] for vote in self.votes if len(vote.annotations) == 1}
        decisive = {
            f"adjudication {number}": item.annotation for number, item in enumerate(self.adjudications)
        }
        for ar, en in sorted(
            {ends for item in (*said_by.values(), *decisive.values()) for ends in _linked(item)}
        ):
            if not {ar, en} <= ids.keys():
                continue
            votes: dict[str, bool] = {}
            for some in (decisive, *(_of_origin(said_by, origin) for origin in _FIRST), said_by):
                votes = {
                    name: (ar, en) in _linked(item)
                    for name, item in some.items()
                    if {ar, en} <= set(map(_place, item.entities))
                }
                if votes:
                    break
            decided = self.policy.decide(votes)
            if decided is None:
                undecided.append(Link(ar=ids[ar], en=ids[en]))
            elif decided[0]:
                found.append(Link(ar=ids[ar], en=ids[en]))
        return tuple(found), tuple(undecided)


def _of_origin(said_by: Mapping[str, Annotation], origin: str) -> dict[str, Annotation]:
    return {name: item for name, item in said_by.items() if item.origin == origin}


def _span(offset: str | int) -> int:
    return int(offset)


def _holds(settled: CellKey, cell: CellKey) -> bool:
    """Whether what is settled holds a cell: the same statement, or a range that contains it."""
    if settled.layer != cell.layer or settled.lang != cell.lang:
        return False
    if cell.lang is None:
        return (settled.target, settled.channel) == (cell.target, cell.channel)
    return (settled.start or 0) <= (cell.start or 0) and (cell.end or 0) <= (settled.end or 0)


def _place(entity: Entity) -> _Place:
    return entity.lang, entity.start, entity.end, entity.type


def _holders(annotation: Annotation, target: str, stance: str) -> frozenset[_Holder]:
    """Who holds a stance on a target, by an annotation: kinds of holders, with the places of their names."""
    places = {entity.id: _place(entity) for entity in annotation.entities}
    return frozenset(
        (item.holder, places.get(item.holder_entity or ""))
        for item in annotation.stances
        if (item.target, item.stance) == (target, stance)
    )


def _linked(annotation: Annotation) -> set[tuple[_Place, _Place]]:
    """The places of the ends of an annotation's links."""
    places = {entity.id: _place(entity) for entity in annotation.entities}
    return {
        (places[link.ar], places[link.en]) for link in annotation.links if {link.ar, link.en} <= places.keys()
    }
