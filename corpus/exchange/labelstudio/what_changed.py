"""What two annotations say, compared, and what changed here and there since both said the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from hashiya.schema.records import Annotation, Place

Change = Literal["same", "here", "there", "both"]
"""Nothing to do; changed here only, there only, on both sides."""

_ANYWHERE = Place(doc_id="")


def says_the_same(one: Annotation | None, other: Annotation | None) -> bool:
    """Return whether two annotations say the same: time spent, dates and places in the document aside."""
    return _said(one) == _said(other)


def same_labels(one: Annotation, other: Annotation) -> bool:
    """Return whether two annotations say the same, whoever does, wherever they came from."""
    return says_the_same(
        replace(one, annotator=other.annotator, origin=other.origin, covers=other.covers), other
    )


def what_changed(base: Annotation | None, here: Annotation | None, there: Annotation | None) -> Change:
    """Return what changed since both sides held `base`."""
    if says_the_same(here, there):
        return "same"
    if says_the_same(there, base):
        return "here"
    return "there" if says_the_same(here, base) else "both"


def _said(annotation: Annotation | None) -> Annotation | None:
    return annotation and replace(annotation, seconds=None, created_at=None, place=_ANYWHERE)
