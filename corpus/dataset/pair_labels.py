"""The labels of a pair as they are released: resolved from all who labelled it, with what is unresolved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hashiya.corpus.dataset.cell_votes import policy_source
from hashiya.corpus.team.policies import VotingPolicy
from hashiya.corpus.team.resolution import ResolvedLabels
from hashiya.corpus.team.votes import Vote
from hashiya.schema.dataset import (
    Labels,
    LabelsOfPair,
    LabelSource,
    NoLabels,
    PublicAnnotation,
    UnresolvedCell,
)
from hashiya.schema.records import Annotation


@dataclass(frozen=True, slots=True)
class PairLabels:
    """The labels of a pair and whose they are, or why there are none."""

    labels: LabelsOfPair | None
    source: LabelSource | None
    missing: NoLabels | None


def labels_of_pair(found: ResolvedLabels | None, votes: Sequence[Vote], policy: VotingPolicy) -> PairLabels:
    """Return the labels of a pair as they are released."""
    if found is None:
        return PairLabels(None, None, "unfinished" if votes else "unlabelled")
    cells = [
        UnresolvedCell(
            layer=cell.layer,
            target=cell.target,
            channel=cell.channel,
            lang=cell.lang,
            start=cell.start,
            end=cell.end,
        )
        for cell in found.unresolved
    ]
    cells += [UnresolvedCell(layer="links", ar=link.ar, en=link.en) for link in found.undecided_links]
    labels = LabelsOfPair(
        stances=found.stances,
        entities=found.entities,
        implications=found.implications,
        flags=found.flags,
        links=found.links,
        unresolved=tuple(cells),
        covers=found.covers,
    )
    return PairLabels(labels, _source(found, policy), None)


def public_annotations(votes: Sequence[Vote]) -> list[PublicAnnotation]:
    """Return what may be released of the votes: annotations that are done and no suggestions."""
    return [
        PublicAnnotation(annotator=vote.voter, origin=item.origin, labels=_labels(item), covers=item.covers)
        for vote in votes
        for item in vote.annotations
        if item.status == "done" and item.origin != "suggested"
    ]


def _labels(annotation: Annotation) -> Labels:
    return Labels(
        stances=annotation.stances,
        entities=annotation.entities,
        implications=annotation.implications,
        flags=annotation.flags,
        links=annotation.links,
    )


def _source(found: ResolvedLabels, policy: VotingPolicy) -> LabelSource:
    """Whose labels those of a pair are: one kind for all its cells, or mixed."""
    kinds = {item.decided_by for item in found.cells if item.decided_by is not None}
    if kinds <= {"single"} and len(found.voters) == 1:
        return "single"
    if kinds <= {"single", "agreed"}:
        return policy_source(policy.name)
    if kinds == {"adjudicated"}:
        return "adjudicated"
    return "gold" if kinds == {"gold"} else "mixed"
