"""A pair and its annotations as a task of Label Studio.

A task is known by `pair_id` in its data: the numbers that a server gives mean nothing here. An absent side is
an empty text there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hashiya.corpus.exchange.labelstudio.assigned import TaskAssignments
from hashiya.corpus.exchange.labelstudio.page.write_results import results_of
from hashiya.corpus.exchange.labelstudio.people import People
from hashiya.schema.codec import to_object
from hashiya.schema.records import KNOWN_ORIGINS, Annotation, Pair
from hashiya.schema.scheme import LabelScheme

_NOBODY = TaskAssignments()


def data_of(pair: Pair, scheme: LabelScheme, assignments: TaskAssignments = _NOBODY) -> dict[str, Any]:
    """Return the data of a pair's task."""
    return {
        "pair_id": pair.pair_id,
        "doc_id": pair.doc_id,
        "index": pair.index,
        "kind": pair.kind,
        "ar": pair.ar or "",
        "en": pair.en or "",
        "scheme": to_object(scheme.ref),
        **assignments.data(pair.doc_id),
    }


def annotation_object(annotation: Annotation, email: str | None = None) -> dict[str, Any]:
    """Return an annotation as Label Studio's, of the user with an e-mail, if one is given."""
    made: dict[str, Any] = {
        "result": results_of(annotation),
        "was_cancelled": annotation.status == "skipped",
        "ground_truth": annotation.origin in KNOWN_ORIGINS,
    }
    if annotation.seconds is not None:
        made["lead_time"] = annotation.seconds
    if email is not None:
        made["completed_by"] = {"email": email}
    return made


def prediction_object(annotation: Annotation) -> dict[str, Any]:
    """Return a suggestion as Label Studio's prediction; who made it is its model version."""
    return {"model_version": annotation.annotator, "result": results_of(annotation)}


def task_of(
    pair: Pair,
    scheme: LabelScheme,
    annotations: Sequence[Annotation],
    people: People | None = None,
    assignments: TaskAssignments = _NOBODY,
) -> dict[str, Any]:
    """Return a pair with all its annotations as a task; suggestions are predictions.

    With `people` annotations name their users, whom the server must know.
    """
    made = [
        annotation_object(item, people.email(item.annotator) if people else None)
        for item in annotations
        if item.origin != "suggested"
    ]
    suggested = [prediction_object(item) for item in annotations if item.origin == "suggested"]
    return {"data": data_of(pair, scheme, assignments), "annotations": made, "predictions": suggested}
