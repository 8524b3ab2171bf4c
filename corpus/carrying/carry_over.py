"""After a build: the labels whose pair is gone are carried to where their text stands now.

An annotation is homeless when its pair is not in the generation. It is carried once, as an event that
names the events it comes from; when the old text comes back, the old annotation simply stands again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hashiya.corpus.carrying.placing import Left, merge_annotations, place_annotation
from hashiya.corpus.journal.event import Carry, Standing
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.document_view import DocumentView
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.records import LANGS, Annotation, Pair


@dataclass(slots=True)
class CarryReport:
    """What became of the labels: how many stand by id, were carried, await review; what found no place.

    ``left`` counts the marks of carried annotations that were left behind.
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


def carry_over(journal: Journal, generation: Generation) -> CarryReport:
    """Place every homeless annotation; run again, it changes nothing."""
    report = CarryReport()
    present = set(generation.pair_ids())
    while _carry(journal, generation, present, report):
        pass
    return report


def _carry(journal: Journal, generation: Generation, present: set[str], report: CarryReport) -> bool:
    """Carry what is homeless now; whether something was carried, which may bring more to a home."""
    standing = list(journal.standing())
    at_home = {(item.pair_id, item.annotator): item for item in standing if item.pair_id in present}
    homeless = list(_homeless(journal, standing, present))
    views = views_for(generation, [annotation for item in homeless for annotation in item.annotations])
    carries: dict[tuple[str, str], Carry] = {}
    report.kept = report.kept or len(at_home)
    report.unplaced = []
    for item in homeless:
        found = _place(item, views, journal)
        if not found:
            report.unplaced.append(item)
        for annotation, left in found:
            key = (annotation.pair_id, annotation.annotator)
            moved = Carry(annotation, tuple(head.event_id for head in item.heads), left)
            if key in carries:
                carries[key] = _joined(carries[key], moved)
            elif key in at_home:
                carries[key] = _beside(at_home[key], moved, journal)
            else:
                carries[key] = moved
    journal.carry(carries.values(), _texts(views))
    report.carried += len(carries)
    report.review += sum(item.annotation.status == "review" for item in carries.values())
    report.left += sum(len(item.left) for item in carries.values())
    return bool(carries)


def unplaced(journal: Journal, generation: Generation) -> list[Standing]:
    """Return the annotations that stand for no pair of the generation and were not carried to one."""
    return list(_homeless(journal, list(journal.standing()), set(generation.pair_ids())))


def left_behind(journal: Journal, generation: Generation) -> list[Annotation]:
    """Return, as they were, annotations that were carried without some of their marks.

    One is returned until the annotation that it was carried to is saved again, which is the review.
    """
    present = set(generation.pair_ids())
    found: dict[str, Annotation] = {}
    standing = list(journal.standing())
    at_home = [item for item in standing if item.pair_id in present]
    for item in (*at_home, *_homeless(journal, standing, present)):
        for head in item.heads:
            for source in _incomplete(journal, head.event_id):
                annotation = journal.state_of(source)
                if annotation is not None:
                    found[source] = annotation
    return list(found.values())


def _incomplete(journal: Journal, event_id: str) -> Iterator[str]:
    """The events that marks were left of on the way to this one, through carries that nobody saved over."""
    history = journal.chain(event_id)
    while history and history[-1].event_id != event_id:
        history.pop()
    while history and history[-1].kind == "carry":
        event = history.pop()
        if event.payload["left"]:
            yield from (*event.payload["moved_from"], *event.parents)
        for source in event.payload["moved_from"]:
            yield from _incomplete(journal, source)


def _homeless(journal: Journal, standing: list[Standing], present: set[str]) -> Iterator[Standing]:
    moved: set[str] = set()
    sources: dict[tuple[str, str], set[str]] = {}
    for event in journal.carried():
        moved.update(event.payload["moved_from"])
        sources.setdefault((event.pair_id, event.annotator), set()).update(event.payload["moved_from"])
    for item in standing:
        if item.pair_id in present or any(head.event_id in moved for head in item.heads):
            continue
        came_from = {journal.pair_of(source) for source in sources.get((item.pair_id, item.annotator), ())}
        # Carried here and untouched since: when all the pairs it came from are back, so are their labels.
        untouched = all(event.kind == "carry" for event in journal.history(item.pair_id, item.annotator))
        if not (untouched and came_from and came_from <= present):
            yield item


def views_for(
    generation: Generation, annotations: Sequence[Annotation]
) -> dict[str, tuple[DocumentView, ...]]:
    """Return, by the doc_id that annotations name, the documents to look in: that one, else one renamed."""
    named = generation.views({annotation.place.doc_id for annotation in annotations})
    renamed = _renamed(generation, annotations, named)
    there = generation.views(set(renamed.values()))
    found: dict[str, tuple[DocumentView, ...]] = {}
    for annotation in annotations:
        doc_id = annotation.place.doc_id
        views = (named.get(doc_id), there.get(renamed.get(doc_id, "")))
        found[doc_id] = tuple(view for view in views if view is not None)
    return found


def _renamed(
    generation: Generation, annotations: Sequence[Annotation], named: Mapping[str, DocumentView]
) -> dict[str, str]:
    """Which documents go by another name now: the texts that were labelled are the pairs of another one.

    Where a document of the old name is there, none of them may be left in it, and two must agree.
    """
    wanted: dict[str, set[str]] = {}
    for annotation in annotations:
        for anchor in (annotation.place.ar, annotation.place.en):
            if anchor is not None:
                wanted.setdefault(annotation.place.doc_id, set()).add(anchor.text_hash)
    strayed: dict[str, set[str]] = {}
    for doc_id, hashes in wanted.items():
        view = named.get(doc_id)
        if view is None or not hashes & {digest for pair in view.pairs for digest in _hashes(pair)}:
            for digest in hashes:
                strayed.setdefault(digest, set()).add(doc_id)
    votes: dict[str, Counter[str]] = {}
    for pair in generation.pairs() if strayed else ():
        for digest in _hashes(pair):
            for doc_id in strayed.get(digest, ()):
                votes.setdefault(doc_id, Counter())[pair.doc_id] += 1
    return {
        doc_id: max(sorted(found), key=found.__getitem__)
        for doc_id, found in votes.items()
        if doc_id not in named or max(found.values()) > 1
    }


def _hashes(pair: Pair) -> Iterator[str]:
    for lang in LANGS:
        text = pair.text(lang)
        if text is not None:
            yield text_hash(text)


def _place(
    item: Standing, views: Mapping[str, Sequence[DocumentView]], journal: Journal
) -> list[tuple[Annotation, Left]]:
    """Where the parts of what stands go; what found no place is told with the first part."""
    found: list[tuple[Annotation, Left]] = []
    for annotation in item.annotations:
        for view in views[annotation.place.doc_id]:
            placed = place_annotation(annotation, view, journal.text)
            for number, (_, part) in enumerate(placed.parts):
                found.append((part, placed.left if number == 0 else ()))
            if placed.parts:
                break
    return found


def _joined(first: Carry, second: Carry) -> Carry:
    """Two carries to one pair as one."""
    annotation, left = merge_annotations(first.annotation, second.annotation)
    moved_from = tuple(dict.fromkeys((*first.moved_from, *second.moved_from)))
    return Carry(annotation, moved_from, (*first.left, *second.left, *left))


def _beside(there: Standing, moved: Carry, journal: Journal) -> Carry:
    """A carry to a pair that has an annotation: what was labelled later wins where the two differ."""
    came_from = {
        source
        for event_id in moved.moved_from
        for event in journal.chain(event_id)
        for source in event.payload.get("moved_from", ())
    }
    later = any(head.event_id in came_from for head in there.heads)
    first, second = moved.annotation, there.annotations[0]
    annotation, left = merge_annotations(first, second) if later else merge_annotations(second, first)
    return replace(moved, annotation=annotation, left=(*moved.left, *left))


def _texts(views: Mapping[str, Sequence[DocumentView]]) -> Iterator[str]:
    for found in views.values():
        for view in found:
            yield from view.texts()
