"""Several annotations of a pair -> the one set of labels that is released, or the reason there is none.

The adjudicated annotation counts, else the gold one, else the only finished one, else what all who
finished agree on. Agreement means the same labels on the same letters; ids and order do not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hashiya.schema.dataset import Labels, LabelSource, NoLabels
from hashiya.schema.records import Annotation


@dataclass(frozen=True, slots=True)
class Resolved:
    """The labels and whose they are, or why there are none."""

    labels: Labels | None
    source: LabelSource | None
    missing: NoLabels | None


def public(annotations: Sequence[Annotation]) -> list[Annotation]:
    """Return the annotations that may be released: those that are done and no suggestions."""
    return [item for item in annotations if item.status == "done" and item.origin != "suggested"]


def resolve_labels(annotations: Sequence[Annotation]) -> Resolved:
    """Return the labels that stand for a pair, from all its annotations."""
    done = public(annotations)
    if not done:
        return Resolved(None, None, "unfinished" if annotations else "unlabelled")
    ranked: tuple[tuple[LabelSource, list[Annotation]], ...] = (
        ("adjudicated", [item for item in done if item.origin == "adjudicated"]),
        ("gold", [item for item in done if item.origin == "gold"]),
        ("single", done if len(done) == 1 else []),
        ("unanimous", done),
    )
    for source, deciding in ranked:
        if len({_content(item) for item in deciding}) > 1:
            break
        if deciding:
            return Resolved(labels_of(deciding[0]), source, None)
    return Resolved(None, None, "disagreement")


def labels_of(annotation: Annotation) -> Labels:
    """Return the marks of an annotation."""
    return Labels(
        stances=annotation.stances,
        entities=annotation.entities,
        implications=annotation.implications,
        flags=annotation.flags,
        links=annotation.links,
    )


def _content(annotation: Annotation) -> tuple[frozenset[object], ...]:
    """What an annotation says, with every entity id replaced by the letters that it stands for."""
    spans = {
        entity.id: (entity.lang, entity.start, entity.end, entity.type) for entity in annotation.entities
    }
    return (
        frozenset((*spans[entity.id], entity.concept) for entity in annotation.entities),
        frozenset(
            (item.target, item.stance, item.holder, spans.get(item.holder_entity or ""))
            for item in annotation.stances
        ),
        frozenset(annotation.implications),
        frozenset((item.lang, item.start, item.end, item.kind, item.intended) for item in annotation.flags),
        frozenset((spans.get(link.ar), spans.get(link.en)) for link in annotation.links),
    )
