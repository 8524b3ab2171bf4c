"""Votes to labels: what several annotators of a pair say, cell by cell, as one set of labels. Pure.

Voters of a cell are those who are done, not suggested, and cover it. Adjudicated annotations decide the
cells that they cover, else gold ones, else the policy decides: beside these nobody else's annotation is a
vote, so that labels on hidden gold change nothing. What it leaves open is unresolved, and never
reads as "none". A disagreement in one cell changes no other. The order of the votes plays no role.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from hashiya.corpus.team.cells import (
    NOTHING_SAID,
    AnnotationCells,
    EntityPlace,
    Mark,
    Said,
    SpanLayer,
    VoterCells,
    agreed_marks,
    clusters,
    contains_cell,
    implication_cells,
    labels_hash,
    place_of,
    settled_part,
    stance_cells,
)
from hashiya.corpus.team.policies import VotingPolicy, most_said
from hashiya.corpus.team.votes import Vote, finished_votes
from hashiya.schema.adjudication import Adjudication, CellKey
from hashiya.schema.covers import all_covers, full_covers
from hashiya.schema.dataset import ReleasedImplication, ReleasedStance
from hashiya.schema.records import (
    KNOWN_ORIGINS,
    Cover,
    Entity,
    Flag,
    KnownOrigin,
    LabelLayer,
    Lang,
    Link,
    PairSides,
)
from hashiya.schema.scheme import LabelScheme

DecidedBy = Literal["adjudicated", "gold", "single", "agreed"]
_LAYERS: tuple[LabelLayer, ...] = ("stances", "implications", "entities", "flags")


@dataclass(frozen=True, slots=True)
class ResolvedCell:
    """A cell: what it holds, or `None` where it is unresolved; by what that was decided.

    `said` counts how many voters said which set of marks, of the `voters` who decide; where several sets were
    said, `soft` is how probable each of them is. A cell that nobody looked at has no voters.
    """

    cell: CellKey
    value: Said | None
    decided_by: DecidedBy | None
    said: Mapping[Said, int]
    voters: int = 0
    soft: Mapping[Said, float] | None = None


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
    counting = sorted(finished_votes(votes), key=lambda vote: vote.voter)
    if not counting and not adjudications:
        return None
    return _Ballot(pair, counting, (scheme, policy), adjudications).result()


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
        self._decisive = [settled_part(item) for item in adjudications]
        self._adjudications = adjudications
        self._everything = [item for paper in self._papers for item in paper.said] + self._decisive
        origins = {paper.origin for paper in self._papers}
        self._first: list[KnownOrigin] = [origin for origin in KNOWN_ORIGINS if origin in origins]
        self._all_looked = not (scheme.introduced or adjudications) and all(
            item.covers_all("stances") for item in self._everything
        )
        deciding, by = _deciding(self._papers, self._first)
        self._by: DecidedBy = by
        self._names = [paper.voter for paper in deciding]
        self._said_by = [paper.first for paper in deciding]
        self._cells: dict[str, list[_Decided]] = {layer: [] for layer in _LAYERS}

    def result(self) -> ResolvedLabels:
        """Return the labels that stand."""
        self._count_stances()
        self._count_implications()
        self._count_spans("entities")
        self._count_spans("flags")
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

    def _count_stances(self) -> None:
        said = {target for item in self._everything for target in item.stances}
        silence = self._agreed_on(NOTHING_SAID) if self._all_looked else None
        for cell in stance_cells(self._scheme):
            if silence is None or cell.target in said:
                self._count(cell)
            else:
                self._keep(_silent_cell(cell.target, *silence, len(self._said_by)), self._said_by)

    def _count_implications(self) -> None:
        """Decide what somebody says: that there are no others is what `covers` says."""
        said = {key for item in self._everything for key in item.implications}
        for cell in implication_cells(self._scheme) if said else ():
            if (cell.target, cell.channel) in said:
                self._count(cell)

    def _count_spans(self, layer: SpanLayer) -> None:
        agreed = None if self._adjudications else agreed_marks(self._everything, layer)
        if agreed is None:
            for cell in clusters(self._everything, layer):
                self._count(cell)
        else:
            for cell, said in agreed:
                value, by = self._agreed_on(said)
                count = len(self._said_by)
                self._keep(ResolvedCell(cell, value, by, {said: count}, count), self._said_by)

    def _count(self, cell: CellKey) -> None:
        """Decide a cell."""
        if self._adjudications and (settled := self._settled(cell)):
            values = {item.said_in(cell) for item in settled}
            value = values.pop() if len(values) == 1 else None
            by: DecidedBy | None = None if value is None else "adjudicated"
            self._keep(ResolvedCell(cell, value, by, {}, len(settled)), settled)
            return
        voters: dict[VoterCells, Said | None] = {}
        labels: set[str] | None = None
        for paper in self._papers:
            said = paper.says(cell)
            if not said:
                labels = self._labels_in(cell) if labels is None else labels
                if not paper.is_covered(cell, labels):
                    continue
            voters[paper] = said
        self._keep(*self._decided(cell, voters))

    def _decided(self, cell: CellKey, voters: Mapping[VoterCells, Said | None]) -> _Decided:
        """A cell as its voters decide it, each of whom says something, or two things."""
        deciding, by = _deciding(voters, self._first)
        clear: dict[str, Said] = {}
        said_by: list[AnnotationCells] = []
        counts: dict[Said, int] = {}
        for paper in deciding:
            said = voters[paper]
            if said is not None:
                clear[paper.voter] = said
                said_by.append(paper.first)
                counts[said] = counts.get(said, 0) + 1
        # Who says two things side by side has not said which: then the cell waits.
        decided = self._policy.decide(clear, cell) if clear and len(said_by) == len(deciding) else None
        soft = self._policy.soft(clear, cell) if len(counts) > 1 else None
        if decided is None:
            return ResolvedCell(cell, None, None, counts, len(deciding), soft), said_by
        return ResolvedCell(cell, decided[0], by, counts, len(deciding), soft), said_by

    def _agreed_on(self, said: Said) -> tuple[Said | None, DecidedBy | None]:
        """What is decided, and by what, where all voters say the same; as `_decided`."""
        decided = self._policy.decide(dict.fromkeys(self._names, said)) if self._names else None
        return (None, None) if decided is None else (decided[0], self._by)

    def _labels_in(self, cell: CellKey) -> set[str]:
        """The labels of all spans in a range; of statements, which are one label each, none."""
        if cell.lang is None:
            return set()
        return {str(mark[-1]) for item in self._everything for mark in item.said_in(cell)}

    def _keep(self, resolved: ResolvedCell, said_by: list[AnnotationCells]) -> None:
        self._cells[resolved.cell.layer].append((resolved, said_by))

    def _settled(self, cell: CellKey) -> list[AnnotationCells]:
        """The adjudications that settle a cell."""
        return [
            decisive
            for item, decisive in zip(self._adjudications, self._decisive, strict=True)
            if self._settles(item, cell)
        ]

    def _settles(self, item: Adjudication, cell: CellKey) -> bool:
        """Whether an adjudication settles a cell, with the votes that are cast now.

        Who labelled beside known labels has cast none.
        """
        for settled in item.settles:
            if not contains_cell(settled.cell, cell):
                continue
            seen = {(vote.voter, vote.labels_hash) for vote in settled.votes}
            voters = [paper for paper in self._papers if paper.is_covered(cell, ())]
            labels = self._labels_in(cell) if self._first else ()
            known = [one for one in voters if one.origin in self._first and one.is_covered(cell, labels)]
            return all(
                (paper.voter, labels_hash(said.said_in(settled.cell))) in seen
                for paper in known or voters
                for said in paper.said
            )
        return False

    def _resolved(self, layer: str) -> Iterator[tuple[CellKey, Mark, list[AnnotationCells]]]:
        """The marks that stand in the cells of a layer, in order, and those who said what stands there."""
        for item, said_by in self._cells[layer]:
            if item.value:
                for mark in sorted(item.value):
                    yield item.cell, mark, said_by

    def _entities(self) -> Iterator[Entity]:
        numbers: dict[Lang, int] = {"ar": 0, "en": 0}
        for cell, (start, end, label), said_by in self._resolved("entities"):
            lang: Lang = cell.lang or "ar"
            numbers[lang] += 1
            span = _span(start), _span(end)
            place = (lang, *span, str(label))
            said = [concept for item in said_by if item.concepts for concept in item.concepts.get(place, ())]
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
            held = [item.holders(target, str(stance)) for item in said_by]
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
        ranks = self._ranks()
        said_of = {(cell.lang, *mark): said_by for cell, mark, said_by in self._resolved("entities")}
        for ends in sorted({ends for rank in ranks for _, item in rank for ends in item.linked()}):
            ar, en = ends
            if ar not in ids or en not in ids:
                continue
            votes: dict[str, bool] = {}
            for rank in ranks:
                for name, item in rank:
                    if item in self._decisive and not any(item in said_of[end] for end in ends):
                        continue  # it settles neither end
                    if ends in item.linked():
                        votes[name] = True
                    elif item.has_both(ends):
                        votes[name] = False
                if votes:
                    break
            decided = self._policy.decide(votes)
            if decided is None:
                undecided.append(Link(ar=ids[ar], en=ids[en]))
            elif decided[0]:
                found.append(Link(ar=ids[ar], en=ids[en]))
        return tuple(found), tuple(undecided)

    def _ranks(self) -> list[list[tuple[str, AnnotationCells]]]:
        """Who votes on links: those who decide before all others first, and all at last."""
        voters = [(paper.voter, paper.first) for paper in self._papers if len(paper.said) == 1]
        ranks = [[item for item in voters if item[1].annotation.origin == origin] for origin in self._first]
        if self._decisive:
            ranks.insert(0, [(f"adjudication {number}", item) for number, item in enumerate(self._decisive)])
        return [*ranks, voters]


def _deciding(
    voters: Collection[VoterCells], first: Sequence[KnownOrigin]
) -> tuple[Collection[VoterCells], DecidedBy]:
    """Those of the voters of a cell who decide it: of one of the origins `first`, or all; and by what."""
    for origin in first:
        if found := [paper for paper in voters if paper.origin == origin]:
            return found, origin
    alone: DecidedBy = "single" if len(voters) == 1 else "agreed"
    return voters, alone


@lru_cache(maxsize=1024)
def _silent_cell(
    target: str | None, value: Said | None, decided_by: DecidedBy | None, voters: int
) -> ResolvedCell:
    """The stances on a target of which some voters all say that there are none."""
    cell = CellKey(layer="stances", target=target)
    return ResolvedCell(cell, value, decided_by, {NOTHING_SAID: voters}, voters)


def _span(offset: str | int) -> int:
    return int(offset)
