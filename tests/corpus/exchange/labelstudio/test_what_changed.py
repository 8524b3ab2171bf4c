"""What changed here, there or on both sides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hashiya.corpus.exchange.labelstudio.what_changed import Change, says_the_same, what_changed
from hashiya.schema.records import Annotation, Place
from tests.corpus.exchange.labelstudio.given import FULL

A = FULL
B = replace(FULL, comment="changed")
C = replace(FULL, status="unsure")


@pytest.mark.parametrize(
    ("base", "here", "there", "verdict"),
    [
        (A, A, A, "same"),
        (A, B, A, "here"),
        (A, A, B, "there"),
        (A, B, B, "same"),
        (A, B, C, "both"),
        (None, None, A, "there"),
        (None, A, None, "here"),
        (None, A, B, "both"),
        (A, None, A, "here"),
        (A, None, B, "both"),
        (A, A, None, "there"),
    ],
)
def test_what_changed_since(
    base: Annotation | None, here: Annotation | None, there: Annotation | None, verdict: Change
) -> None:
    assert what_changed(base, here, there) == verdict


def test_time_spent_dates_and_places_are_no_change() -> None:
    later = replace(A, seconds=99.0, created_at="2030-01-01", place=Place(doc_id="elsewhere"))
    assert says_the_same(A, later)
    assert not says_the_same(A, replace(later, annotator="omar"))
    assert not says_the_same(A, None)
