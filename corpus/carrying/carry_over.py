"""After a build or a merge: annotations whose pair is gone are carried to where their text stands now.

What is carried depends on what the journal holds and on the generation alone, never on what arrived when: two
machines that build and merge, in any order, make the same events. When the old text comes back, the old
annotation simply stands again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import combinations

from hashiya.corpus.carrying.descent import Descent
from hashiya.corpus.carrying.merge_annotations import merge_annotations
from hashiya.corpus.carrying.orphaned import orphaned
from hashiya.corpus.carrying.place_annotation import LeftMarks, place_annotation
from hashiya.corpus.carrying.renamed_documents import views_for
from hashiya.corpus.journal.event import Carry, Event
from hashiya.corpus.journal.heads import sources
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.standing import Standing, content_of
from hashiya.corpus.journal.summaries import count_standing
from hashiya.corpus.store.document_view import DocumentView
from hashiya.corpus.store.generation import Generation
from hashiya.schema.records import Annotation

_Key = tuple[str, str]
"""A pair and an annotator."""


@dataclass(slots=True)
class CarryReport:
    """What became of the annotations of a corpus after a build.

    `kept` counts those that stand for a pair of the generation by its id, `carried` those that were carried
    to one, `review` those of them that wait for review; `left` counts marks that were left behind.
    `unplaced` lists annotations that found no place.
    """

    kept: int = 0
    carried: int = 0
    review: int = 0
    left: int = 0
    unplaced: list[Standing] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return the report as numbers."""
        return {
            "kept": self.kept,
            "carried": self.carried,
            "review": self.review,
            "left": self.left,
            "unplaced": len(self.unplaced),
        }


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of an orphaned annotation, placed: whose, and which events said it."""

    source: Standing
    said_by: tuple[str, ...]
    annotation: Annotation
    left: LeftMarks

    @property
    def key(self) -> _Key:
        """The pair that it goes to, and the annotator."""
        return self.annotation.pair_id, self.annotation.annotator


@dataclass(frozen=True, slots=True)
class _Own:
    """What an annotator said of a pair itself, and all events that were carried to it before."""

    head: Event
    state: Annotation
    came_from: frozenset[str]

    def went_another_way(self, part: _Part, descent: Descent) -> bool:
        """Whether this and a part went on from the same labels, neither from the other."""
        ancestors = descent.ancestors(part.said_by)
        return self.head.event_id not in ancestors and bool(self.came_from & {*part.said_by, *ancestors})


def carry_over(journal: Journal, generation: Generation) -> CarryReport:
    """Carry the orphaned annotations that find a place and return the report; run again, it carries none."""
    labelled = journal.pair_ids()
    present = generation.present(labelled)
    report = CarryReport(
        kept=count_standing(journal, without=[one for one in labelled if one not in present])
    )
    while _carry(journal, generation, present, report):
        present = generation.present(journal.pair_ids())
    return report


def _carry(journal: Journal, generation: Generation, present: AbstractSet[str], report: CarryReport) -> bool:
    """Carry what is orphaned now; return whether anything was, after which more may find a place."""
    orphans = list(orphaned(journal, present))
    views = views_for(generation, [annotation for item in orphans for annotation in item.annotations])
    parts: dict[_Key, list[_Part]] = {}
    report.unplaced = []
    for item in orphans:
        placed = list(_placed(item, views, journal))
        if not placed:
            report.unplaced.append(item)
        for part in placed:
            parts.setdefault(part.key, []).append(part)
    for key in _to_combine(journal, present):
        parts.setdefault(key, [])
    for key, new_parts in parts.items():
        new_parts.extend(_earlier_parts(journal, generation, key, new_parts))
    carries = [carry for key in sorted(parts) for carry in _carries(journal, key, parts[key])]
    new = [carry for carry in carries if not journal.has(carry.event_id)]
    texts = (text for some in views.values() for view in some for text in view.texts())
    if new:
        journal.carry(new, texts)
    report.carried += len(new)
    report.review += sum(item.annotation.status == "review" for item in new)
    report.left += sum(len(item.left) for item in new)
    return bool(new)


def _to_combine(journal: Journal, present: AbstractSet[str]) -> Iterator[_Key]:
    """Yield the pairs to which labels were carried apart, or beside others, where not all was known yet."""
    for key in sorted({(event.subject, event.author) for event in journal.carried()}):
        if key[0] in present:
            for standing in journal.standing(*key):
                carries = [head for head in standing.heads if head.kind == "carry"]
                came_from = [frozenset(map(journal.pair_of, _known(journal, head))) for head in carries]
                is_apart = len(set(came_from)) > 1 or 0 < len(carries) < len(standing.heads)
                # Of two that were made of the same pairs each part goes with each of the other's.
                if is_apart or (len(carries) > 1 and any(len(pairs) > 1 for pairs in came_from)):
                    yield key


def _earlier_parts(
    journal: Journal, generation: Generation, key: _Key, parts: Sequence[_Part]
) -> list[_Part]:
    """Return what was carried to a pair before and is untouched, but for what is replaced.

    The parts replace what they descend from, and so do the carries each other's sources. So it makes no
    difference whether labels arrived together or one after the other. They are placed anew; what the present
    text has no place for stays as it was carried.
    """
    carries = [
        (head, state)
        for standing in journal.standing(*key)
        for head, state in zip(standing.heads, standing.states, strict=True)
        if head.kind == "carry" and state is not None
    ]
    said_by = {event_id for part in parts for event_id in part.said_by}
    said_by |= {name for head, _ in carries for name in _known(journal, head)}
    descent = Descent(journal)
    replaced = descent.ancestors(said_by)
    own = _own(journal, descent, key)
    if own is not None:
        replaced |= own.came_from
    found: list[_Part] = []
    for head, state in carries:
        said: dict[str, list[tuple[Event, Annotation]]] = {}
        names = _known(journal, head)
        kept = names - replaced
        if names - kept and _has_more(journal, head, state, kept, replaced | said_by):
            found.append(_as_it_was_carried(journal, key, head, state))
            continue
        for name in sorted(kept):
            source = journal.state_of(name)
            if source is not None:
                said.setdefault(source.pair_id, []).append((journal.event(name), source))
        items = [_standing_of(pair_id, key[1], heads) for pair_id, heads in said.items()]
        views = views_for(generation, [annotation for item in items for annotation in item.annotations])
        again = [part for item in items for part in _placed(item, views, journal) if part.key == key]
        if {part.source.pair_id for part in again} == said.keys():
            found += again
        elif items:
            found.append(_as_it_was_carried(journal, key, head, state))
    return found


def _own(journal: Journal, descent: Descent, key: _Key) -> _Own | None:
    """What would stand for a pair if nothing had been carried to it since; `None` if not one thing would."""
    heads = descent.own_heads(*key)
    state = journal.state(heads[0]) if len(heads) == 1 else None
    return None if state is None else _Own(heads[0], state, frozenset(descent.carried_into(heads[0])))


def _as_it_was_carried(journal: Journal, key: _Key, head: Event, state: Annotation) -> _Part:
    """Return what a carry says as a part, from the first of its sources that says something, else from it."""
    known = ((journal.event(name), journal.state_of(name)) for name in sorted(_known(journal, head)))
    event, source = next(((event, said) for event, said in known if said is not None), (head, state))
    item = _standing_of(source.pair_id, key[1], [(event, source)])
    return _Part(item, tuple(sorted(sources(head))), state, tuple(head.payload.get("left", ())))


def _has_more(
    journal: Journal, head: Event, state: Annotation, kept: AbstractSet[str], lineage: AbstractSet[str]
) -> bool:
    """Whether a carry has what no other one of a lineage has that came from the same labels.

    They were cut up then: a part of them went here, another one went the way of the lineage. What it has of
    sources that are `kept` is none of it.
    """
    others = [
        name
        for name in lineage - {head.event_id}
        if journal.has(name) and (event := journal.event(name)).kind == "carry" and event.known
        if event.subject != head.subject and sources(event) & sources(head) - kept
    ]
    states = (journal.state_of(name) for name in (*others, *kept))
    said = {mark for other in states if other is not None for mark in _said(other)}
    return bool(others) and not _said(state) <= said


def _said(annotation: Annotation) -> set[tuple[str, ...]]:
    """What an annotation says, wherever it stands."""
    return {
        *(("entity", item.lang, item.text, item.type) for item in annotation.entities),
        *(("flag", item.lang, item.text, item.kind) for item in annotation.flags),
        *(("stance", item.target, item.stance, item.holder) for item in annotation.stances),
        *(("implication", item.target, item.channel, item.direction) for item in annotation.implications),
        *(("comment", line) for line in (annotation.comment or "").splitlines()),
    }


def _known(journal: Journal, carry: Event) -> set[str]:
    """The events that a carry comes from, as far as they are here."""
    return {name for name in sources(carry) if journal.has(name)}


def _standing_of(pair_id: str, annotator: str, heads: Sequence[tuple[Event, Annotation]]) -> Standing:
    states = tuple(state for _, state in heads)
    alike = {content_of(state): state for state in states}
    return Standing(pair_id, annotator, tuple(head for head, _ in heads), states, tuple(alike.values()))


def _placed(item: Standing, views: Mapping[str, Sequence[DocumentView]], journal: Journal) -> Iterator[_Part]:
    """Where the parts of what stands go; marks that found no place are told with the first part."""
    for annotation in item.annotations:
        said_by = tuple(
            head.event_id
            for head, state in zip(item.heads, item.states, strict=True)
            if state is not None and content_of(state) == content_of(annotation)
        )
        for view in views[annotation.place.doc_id]:
            placed = place_annotation(annotation, view, journal.text)
            for number, (_, part) in enumerate(placed.parts):
                yield _Part(item, said_by, part, placed.left if number == 0 else ())
            if placed.parts:
                break


def _carries(journal: Journal, key: _Key, parts: Sequence[_Part]) -> Iterator[Carry]:
    """Yield the carries to a pair of one annotator: one, or several side by side where the sources were so.

    Parts of different pairs become one annotation; those of one pair are alternatives, and so are those that
    were one before the annotator changed one of them. What the annotator said of the pair itself is one more
    part, and an alternative to those that an earlier state of which it went on from. Every choice is carried
    that leaves out none that goes with it: so each that was carried before, when less was known, is one of
    these or replaced by one.
    """
    descent = Descent(journal)
    in_order = sorted(parts, key=lambda part: (_place_of(part.source), part.said_by))
    rivals = [
        (one, other)
        for one, other in combinations(range(len(in_order)), 2)
        if in_order[one].source.pair_id == in_order[other].source.pair_id
        or descent.have_parted(in_order[one].said_by, in_order[other].said_by)
    ]
    own = _own(journal, descent, key)
    numbers = range(len(in_order) + (own is not None))
    if own is not None:
        rivals += [
            (number, len(in_order))
            for number, part in enumerate(in_order)
            if own.went_another_way(part, descent)
        ]
    both_ways = {*rivals, *((other, one) for one, other in rivals)}
    for chosen in _together((), tuple(numbers), (), both_ways):
        said = [in_order[number] for number in sorted(chosen) if number < len(in_order)]
        if said:
            yield _carry_of(descent, said, own if len(said) < len(chosen) else None)


def _together(
    chosen: tuple[int, ...],
    rest: tuple[int, ...],
    passed: tuple[int, ...],
    rivals: AbstractSet[tuple[int, int]],
) -> Iterator[tuple[int, ...]]:
    """Yield every choice of parts that can be said together to which no other can be added."""
    if chosen and not rest and not passed:
        yield chosen
    for at, number in enumerate(rest):
        yield from _together(
            (*chosen, number),
            tuple(other for other in rest[at + 1 :] if (number, other) not in rivals),
            tuple(other for other in (*passed, *rest[:at]) if (number, other) not in rivals),
            rivals,
        )


def _place_of(item: Standing) -> tuple[int, int, str]:
    """Where the pair of what stands was in its document: the order in which parts are merged."""
    place = item.annotations[0].place
    starts = (place.ar.start if place.ar else 0, place.en.start if place.en else 0)
    return *starts, item.pair_id


def _carry_of(descent: Descent, parts: Sequence[_Part], own: _Own | None) -> Carry:
    """One carry of the parts, merged with what the annotator said of the pair itself."""
    said_by = tuple(sorted({event_id for part in parts for event_id in part.said_by}))
    annotation, left = parts[0].annotation, parts[0].left
    for part in parts[1:]:
        annotation, gave_way = merge_annotations(annotation, part.annotation)
        left = (*left, *part.left, *gave_way)
    ancestors = descent.ancestors(said_by)
    if own is None:
        return Carry(annotation, said_by, tuple(sorted(ancestors)), left)
    # What was labelled later wins where the two differ.
    is_later = own.head.event_id in ancestors
    both = (annotation, own.state) if is_later else (own.state, annotation)
    annotation, gave_way = merge_annotations(*both)
    before = tuple(sorted((ancestors | own.came_from) - set(said_by)))
    return Carry(annotation, said_by, before, (*left, *gave_way), (own.head.event_id,))
