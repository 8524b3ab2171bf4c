"""After a build: the labels whose pair is gone are carried to where their text stands now.

An annotation is homeless when its pair is not in the generation. It is carried once, as an event that
names the events it comes from; when the old text comes back, the old annotation simply stands again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from hashiya.corpus.carry import merge, place
from hashiya.corpus.event import Carry, Standing
from hashiya.corpus.ids import text_hash
from hashiya.corpus.journal import Journal
from hashiya.corpus.store import Generation
from hashiya.corpus.view import DocumentView
from hashiya.schema.records import LANGS, Annotation, Document


@dataclass(slots=True)
class CarryReport:
    """What became of the labels: how many stand by id, were carried, await review; what found no place."""

    kept: int = 0
    carried: int = 0
    review: int = 0
    unplaced: list[Standing] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return the report as numbers."""
        return {
            "kept": self.kept,
            "carried": self.carried,
            "review": self.review,
            "unplaced": len(self.unplaced),
        }


def carry_over(journal: Journal, generation: Generation) -> CarryReport:
    """Place every homeless annotation; run again, it changes nothing."""
    present = set(generation.pair_ids())
    standing = list(journal.standing())
    at_home = {(item.pair_id, item.annotator): item for item in standing if item.pair_id in present}
    report = CarryReport(kept=len(at_home))
    homeless = list(_homeless(journal, standing, present))
    views = _views(generation, homeless)
    carries: dict[tuple[str, str], Carry] = {}
    for item in homeless:
        view = views.get(item.annotations[0].place.doc_id)
        found = _place(item, view, journal) if view else []
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
    journal.carry(carries.values(), (text for view in views.values() for text in view.texts()))
    report.carried = len(carries)
    report.review = sum(item.annotation.status == "review" for item in carries.values())
    return report


def unplaced(journal: Journal, generation: Generation) -> list[Standing]:
    """Return the annotations that stand for no pair of the generation and were not carried to one."""
    return list(_homeless(journal, list(journal.standing()), set(generation.pair_ids())))


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


def _views(generation: Generation, homeless: list[Standing]) -> dict[str, DocumentView]:
    """The documents that homeless labels speak of, also those that only changed their name."""
    wanted = {item.annotations[0].place.doc_id: item.annotations[0] for item in homeless}
    views = generation.views(wanted)
    missing = {doc_id: annotation for doc_id, annotation in wanted.items() if doc_id not in views}
    if missing:
        renamed = {
            doc_id: document.doc_id
            for document in generation.documents()
            for doc_id, annotation in missing.items()
            if _same_text(annotation, document)
        }
        there = generation.views(set(renamed.values()))
        views |= {old: there[new] for old, new in renamed.items()}
    return views


def _same_text(annotation: Annotation, document: Document) -> bool:
    hashes = {anchor.document_hash for lang in LANGS if (anchor := annotation.place.anchor(lang))}
    return any(text_hash(text) in hashes for lang in LANGS if (text := document.text(lang)) is not None)


def _place(
    item: Standing, view: DocumentView, journal: Journal
) -> list[tuple[Annotation, tuple[dict[str, Any], ...]]]:
    """Where the parts of what stands go; what found no place is told with the first part."""
    found: list[tuple[Annotation, tuple[dict[str, Any], ...]]] = []
    for annotation in item.annotations:
        placed = place(annotation, view, journal.text)
        for number, (_, part) in enumerate(placed.parts):
            found.append((part, placed.left if number == 0 else ()))
    return found


def _joined(first: Carry, second: Carry) -> Carry:
    """Two carries to one pair as one."""
    return Carry(
        merge(first.annotation, second.annotation),
        tuple(dict.fromkeys((*first.moved_from, *second.moved_from))),
        (*first.left, *second.left),
    )


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
    return replace(moved, annotation=merge(first, second) if later else merge(second, first))
