"""After a build: annotations whose pair is gone are carried to where their text stands now.

An orphaned annotation is carried once, as an event that names the events it comes from. When the old text
comes back, the old annotation simply stands again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from hashiya.corpus.carrying.merge_annotations import merge_annotations
from hashiya.corpus.carrying.orphaned import orphaned
from hashiya.corpus.carrying.place_annotation import LeftMarks, place_annotation
from hashiya.corpus.carrying.renamed_documents import views_for
from hashiya.corpus.journal.event import Carry, Standing
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.document_view import DocumentView
from hashiya.corpus.store.generation import Generation
from hashiya.schema.records import Annotation


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


def carry_over(journal: Journal, generation: Generation) -> CarryReport:
    """Carry the orphaned annotations that find a place and return the report; run again, it carries none."""
    report = CarryReport()
    present = set(generation.pair_ids())
    while _carry(journal, generation, present, report):
        pass
    return report


def _carry(journal: Journal, generation: Generation, present: AbstractSet[str], report: CarryReport) -> bool:
    """Carry what is orphaned now; return whether anything was, after which more may find a place."""
    standing = list(journal.standing())
    in_generation = {(item.pair_id, item.annotator): item for item in standing if item.pair_id in present}
    orphans = list(orphaned(journal, standing, present))
    views = views_for(generation, [annotation for item in orphans for annotation in item.annotations])
    carries: dict[tuple[str, str], Carry] = {}
    report.kept = report.kept or len(in_generation)
    report.unplaced = []
    for item in orphans:
        parts = _placed(item, views, journal)
        if not parts:
            report.unplaced.append(item)
        for annotation, left in parts:
            key = (annotation.pair_id, annotation.annotator)
            moved = Carry(annotation, tuple(head.event_id for head in item.heads), left)
            if key in carries:
                carries[key] = _merged(carries[key], moved)
            elif key in in_generation:
                carries[key] = _merged_with_standing(in_generation[key], moved, journal)
            else:
                carries[key] = moved
    texts = (text for some in views.values() for view in some for text in view.texts())
    journal.carry(carries.values(), texts)
    report.carried += len(carries)
    report.review += sum(item.annotation.status == "review" for item in carries.values())
    report.left += sum(len(item.left) for item in carries.values())
    return bool(carries)


def _placed(
    item: Standing, views: Mapping[str, Sequence[DocumentView]], journal: Journal
) -> list[tuple[Annotation, LeftMarks]]:
    """Where the parts of what stands go; marks that found no place are told with the first part."""
    parts: list[tuple[Annotation, LeftMarks]] = []
    for annotation in item.annotations:
        for view in views[annotation.place.doc_id]:
            placed = place_annotation(annotation, view, journal.text)
            for number, (_, part) in enumerate(placed.parts):
                parts.append((part, placed.left if number == 0 else ()))
            if placed.parts:
                break
    return parts


def _merged(first: Carry, second: Carry) -> Carry:
    """Two carries to one pair as one."""
    annotation, left = merge_annotations(first.annotation, second.annotation)
    moved_from = tuple(dict.fromkeys((*first.moved_from, *second.moved_from)))
    return Carry(annotation, moved_from, (*first.left, *second.left, *left))


def _merged_with_standing(standing: Standing, moved: Carry, journal: Journal) -> Carry:
    """A carry to a pair that has an annotation: what was labelled later wins where the two differ."""
    came_from = {
        source
        for event_id in moved.moved_from
        for event in journal.chain(event_id)
        for source in event.payload.get("moved_from", ())
    }
    moved_is_later = any(head.event_id in came_from for head in standing.heads)
    both = (moved.annotation, standing.annotations[0])
    annotation, left = merge_annotations(*(both if moved_is_later else reversed(both)))
    return replace(moved, annotation=annotation, left=(*moved.left, *left))
