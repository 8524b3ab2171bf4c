"""What several versions of a pair's labels say, cell by cell: where they differ, and what is settled. Pure.

A version is a voter's annotation, or a decision. What two say in a cell differs if their marks do, or what
goes with the marks: who holds a stance, how certain an implication is, a concept, what was meant, a link. For
concepts and what was meant no value is no vote. Cells are those that `resolve` counts, and what it leaves
open, or decides without such a thing, is open here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from hashiya.corpus.team.cells import (
    NOTHING_SAID,
    AnnotationCells,
    Said,
    clusters,
    contains_cell,
    implication_cells,
    labels_hash,
    place_of,
    stance_cells,
)
from hashiya.corpus.team.policies import StrictPolicy
from hashiya.corpus.team.resolution import ResolvedCell, ResolvedLabels, resolve
from hashiya.corpus.team.votes import Vote, finished_votes
from hashiya.schema.adjudication import Adjudication, CellKey, SeenVote, SettledCell
from hashiya.schema.records import KNOWN_ORIGINS, Annotation, Implication, LabelLayer, PairSides, Stance
from hashiya.schema.scheme import LabelScheme

CellState = Literal["open", "settled", "known", "agreed", "single"]
"""*Settled* by an adjudicator; *known* from gold; what voters say is *agreed* on, or a *single* one's."""
VersionKind = Literal["voter", "known", "decided", "earlier"]
"""*Known* is gold, *decided* what an adjudicator says, *earlier* what the one who asks said before."""
Detail = tuple[str | int | None, ...]
"""What goes with a mark: the mark, the name of the detail, its value."""
LAYER_ORDER: tuple[LabelLayer, ...] = ("entities", "flags", "stances", "implications")


@dataclass(frozen=True, slots=True)
class LabelVersion:
    """One version of a pair's labels: whose it is, and what it says.

    A decision says something only in the cells that it settles: `cells`, null for all.
    """

    kind: VersionKind
    name: str
    annotation: Annotation
    cells: tuple[CellKey, ...] | None = None


@dataclass(frozen=True, slots=True)
class CellAnswer:
    """What a version says in a cell: its marks, and what goes with them."""

    said: Said = NOTHING_SAID
    details: frozenset[Detail] = frozenset()


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """A cell with the answer of each version; `None` where a version did not look there.

    `reopened` says that it was settled once, and a vote has changed since.
    """

    cell: CellKey
    state: CellState
    answers: tuple[CellAnswer | None, ...]
    reopened: bool = False


@dataclass(frozen=True, slots=True)
class PairDifferences:
    """The versions of a pair's labels, those of voters first, and the cells where one of them says something.

    `resolved` is what stands, null where nobody has finished and nothing is settled.
    """

    versions: tuple[LabelVersion, ...] = ()
    cells: tuple[ComparedCell, ...] = ()
    resolved: ResolvedLabels | None = None

    @property
    def open(self) -> tuple[ComparedCell, ...]:
        """The cells that wait for a decision."""
        return tuple(item for item in self.cells if item.state == "open")

    @property
    def settled(self) -> tuple[ComparedCell, ...]:
        """The cells that an adjudicator has decided."""
        return tuple(item for item in self.cells if item.state == "settled")


def compare_versions(
    pair: PairSides,
    votes: Sequence[Vote],
    scheme: LabelScheme,
    adjudications: Sequence[Adjudication] = (),
    earlier: Sequence[Adjudication] = (),
    *,
    own: Collection[str] = (),
) -> PairDifferences:
    """Return what the voters say who are done, in their order, and what was decided.

    `earlier` decisions, the latest first, are shown where what they settled is open again. `own` are the
    names of the adjudicator who asks.
    """
    counting = list(finished_votes(votes))
    resolved = resolve(pair, counting, scheme, StrictPolicy(), adjudications)
    if resolved is None:
        return PairDifferences()
    return _Comparing(counting, (scheme, own), (*adjudications, *earlier), resolved).result()


class _Comparing:
    """Goes through the cells of a pair."""

    def __init__(
        self,
        votes: Sequence[Vote],
        terms: tuple[LabelScheme, Collection[str]],
        decisions: Sequence[Adjudication],
        resolved: ResolvedLabels,
    ) -> None:
        self._scheme, own = terms
        self._resolved = resolved
        self._versions = [
            LabelVersion("voter" if item.origin not in KNOWN_ORIGINS else "known", vote.voter, item)
            for vote in votes
            for item in vote.annotations
        ]
        self._versions += [
            LabelVersion(
                "earlier" if item.annotation.annotator in own else "decided",
                item.annotation.annotator,
                item.annotation,
                tuple(settled.cell for settled in item.settles),
            )
            for item in decisions
        ]
        self._said = [AnnotationCells(version.annotation) for version in self._versions]
        places = {entity.id: place_of(entity) for entity in resolved.entities}
        self._unlinked = {
            places[end] for link in resolved.undecided_links for end in (link.ar, link.en) if end in places
        }

    def result(self) -> PairDifferences:
        """Return all cells in which anything is said or was settled."""
        found = [self._compared(item) for item in self._resolved.cells]
        cells = [item for item in found if item is not None]
        cells.sort(key=lambda item: _order(item.cell))
        return PairDifferences(tuple(self._versions), tuple(cells), self._resolved)

    def _compared(self, resolved: ResolvedCell) -> ComparedCell | None:
        cell = resolved.cell
        answers = tuple(self._answer(number, cell) for number in range(len(self._versions)))
        given = [answer for answer in answers if answer is not None]
        state = self._state(resolved, answers)
        if not any(answer.said for answer in given) and state != "settled":
            return None
        reopened = state != "settled" and any(
            answer is not None and version.cells is not None
            for answer, version in zip(answers, self._versions, strict=True)
        )
        return ComparedCell(cell, state, answers, reopened)

    def _answer(self, number: int, cell: CellKey) -> CellAnswer | None:
        version, said = self._versions[number], self._said[number]
        if version.cells is not None:
            if not any(contains_cell(settled, cell) for settled in version.cells):
                return None
        elif not said.is_covered(cell, self._scheme, self._labels_in(cell)):
            return None
        return answer_in(said, cell)

    def _labels_in(self, cell: CellKey) -> set[str]:
        if cell.lang is None:
            return set()
        return {str(mark[-1]) for item in self._said for mark in item.said_in(cell)}

    def _state(self, resolved: ResolvedCell, answers: Sequence[CellAnswer | None]) -> CellState:
        if resolved.decided_by == "adjudicated":
            return "known" if resolved.said else "settled"
        if resolved.decided_by == "gold":
            return "known"
        voters = [
            answer
            for answer, version in zip(answers, self._versions, strict=True)
            if answer is not None and version.kind == "voter"
        ]
        if resolved.value is None:
            return "open" if any(answer is not None for answer in answers) else "single"
        if _details_differ(voters, resolved.cell) or self._is_unlinked(resolved.cell):
            return "open"
        return "single" if len(voters) == 1 else "agreed"

    def _is_unlinked(self, cell: CellKey) -> bool:
        """Whether a link is undecided whose Arabic end is in a cell of names."""
        if cell.layer != "entities" or cell.lang != "ar":
            return False
        return any(
            lang == "ar" and (cell.start or 0) <= start and end <= (cell.end or 0)
            for lang, start, end, _ in self._unlinked
        )


def answer_in(item: AnnotationCells, cell: CellKey) -> CellAnswer:
    """Return what an annotation says in a cell, with what goes with its marks."""
    said = item.said_in(cell)
    return CellAnswer(said, frozenset(_details(item, cell, said))) if said else CellAnswer()


def _details(item: AnnotationCells, cell: CellKey, said: Said) -> Iterator[Detail]:
    if cell.layer == "stances":
        places = item.places()
        for stance in item.annotation.stances:
            if stance.target == cell.target:
                yield (stance.stance, "holder", stance.holder, *places.get(stance.holder_entity or "", ()))
    elif cell.layer == "implications":
        for one in item.annotation.implications:
            if (one.target, one.channel) == (cell.target, cell.channel):
                yield one.direction, "certainty", one.certainty
    elif cell.layer == "flags":
        for flag in item.annotation.flags:
            if flag.lang == cell.lang and (flag.start, flag.end, flag.kind) in said and flag.intended:
                yield flag.start, flag.end, flag.kind, "meant", flag.intended
    else:
        yield from _of_names(item, cell, said)


def _of_names(item: AnnotationCells, cell: CellKey, said: Said) -> Iterator[Detail]:
    """The concepts and links of the entities in a cell."""
    for entity in item.annotation.entities:
        if entity.lang == cell.lang and (entity.start, entity.end, entity.type) in said and entity.concept:
            yield entity.start, entity.end, entity.type, "concept", entity.concept
    for ends in item.linked():
        for one, other in (ends, ends[::-1]):
            if one[0] == cell.lang and one[1:] in said:
                yield (*one[1:], "link", *other)


def _details_differ(answers: Sequence[CellAnswer], cell: CellKey) -> bool:
    """Whether answers with the same marks differ in what goes with them; links are told by `resolve`."""
    if cell.lang is None:
        return len({answer.details for answer in answers}) > 1
    values: dict[Detail, set[frozenset[str | int | None]]] = {}
    for answer in answers:
        own: dict[Detail, set[str | int | None]] = {}
        for detail in answer.details:
            if detail[3] != "link":
                own.setdefault(detail[:4], set()).add(detail[4])
        for key, some in own.items():
            values.setdefault(key, set()).add(frozenset(some))
    return any(len(some) > 1 for some in values.values())


def before_and_now(now: Annotation, before: Sequence[Annotation], scheme: LabelScheme) -> PairDifferences:
    """Return what was said before in cells where something else, or nothing, is said now."""
    if not before:
        return PairDifferences()
    said, here = [AnnotationCells(item) for item in before], AnnotationCells(now)
    cells: list[ComparedCell] = []
    for cell in all_cells([*before, now], scheme):
        present = answer_in(here, cell)
        answers = [answer_in(item, cell) for item in said]
        if any(answer.said and answer != present for answer in answers):
            given = tuple(answer if answer.said and answer != present else None for answer in answers)
            cells.append(ComparedCell(cell, "open", given))
    versions = tuple(LabelVersion("earlier", item.annotator, item) for item in before)
    return PairDifferences(versions, tuple(sorted(cells, key=lambda item: _order(item.cell))))


def in_place(pair: PairSides, found: PairDifferences, blank: Annotation) -> Annotation:
    """Return an annotation with all that nobody disputes, or that is settled; `blank` says whose it is.

    Of a cell that is open the names and flags stand that all have, without what they differ in; a statement
    does not.
    """
    labels = found.resolved
    if labels is None:
        return blank
    disputed = [item.cell for item in found.open if item.cell.lang is None]
    ids = {entity.id for entity in labels.entities}
    return Annotation(
        pair_id=pair.pair_id,
        annotator=blank.annotator,
        status=blank.status,
        covers=blank.covers,
        scheme=blank.scheme,
        origin=blank.origin,
        place=blank.place,
        comment=blank.comment,
        entities=labels.entities,
        flags=labels.flags,
        links=labels.links,
        stances=tuple(
            Stance(
                target=item.target,
                stance=item.stance,
                holder=item.holder,
                holder_entity=item.holder_entity if item.holder_entity in ids else None,
            )
            for item in labels.stances
            if item.holder is not None and CellKey(layer="stances", target=item.target) not in disputed
        ),
        implications=tuple(
            Implication(
                target=item.target,
                channel=item.channel,
                direction=item.direction,
                certainty=item.certainty,
            )
            for item in labels.implications
            if item.certainty is not None
            and CellKey(layer="implications", target=item.target, channel=item.channel) not in disputed
        ),
    )


def all_cells(annotations: Sequence[Annotation], scheme: LabelScheme) -> Iterator[CellKey]:
    """Yield the cells of a pair that some annotations have: all statements, and where spans overlap."""
    said = [AnnotationCells(item) for item in annotations]
    yield from clusters(said, "entities")
    yield from clusters(said, "flags")
    yield from stance_cells(scheme)
    yield from implication_cells(scheme)


def changed_cells(
    before: Annotation, after: Annotation, others: Sequence[Annotation], scheme: LabelScheme
) -> list[CellKey]:
    """Return the cells in which two annotations do not say the same, where `others` have labels, too."""
    one, other = AnnotationCells(before), AnnotationCells(after)
    return [
        cell
        for cell in all_cells([before, after, *others], scheme)
        if answer_in(one, cell) != answer_in(other, cell)
    ]


def settled_with(cells: Iterable[CellKey], votes: Iterable[Vote]) -> tuple[SettledCell, ...]:
    """Return cells as settled, with the votes that are cast now."""
    seen = [
        (item.annotator, event_id, AnnotationCells(item))
        for vote in finished_votes(votes)
        for item, event_id in zip(vote.annotations, vote.event_ids, strict=True)
    ]
    return tuple(
        SettledCell(
            cell=cell,
            votes=tuple(
                SeenVote(voter=voter, event_id=event_id, labels_hash=labels_hash(item.said_in(cell)))
                for voter, event_id, item in seen
            ),
        )
        for cell in cells
    )


def cells_overlap(one: CellKey, other: CellKey) -> bool:
    """Return whether two cells are the same statement, or ranges of a layer and side that share a letter."""
    if one.lang is None or other.lang is None:
        return one == other
    return (one.layer, one.lang) == (other.layer, other.lang) and (
        (one.start or 0) < (other.end or 0) and (other.start or 0) < (one.end or 0)
    )


def _order(cell: CellKey) -> tuple[int, bool, int, int]:
    """Layer by layer, Arabic first, in the order of the text; of statements the order of the scheme stays."""
    layer = next(number for number, name in enumerate(LAYER_ORDER) if name == cell.layer)
    return layer, cell.lang == "en", cell.start or 0, cell.end or 0
