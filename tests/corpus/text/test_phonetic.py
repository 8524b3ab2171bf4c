"""Names that sound alike in both scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.text.phonetic import ALIKE, phonetic_similarity
from tests.strategies import texts

PAIRS = [
    ("إنفيديا", "Nvidia"), ("نفيديا", "Nvidia"), ("مايكروسوفت", "Microsoft"), ("أبل", "Apple"),
    ("غوغل", "Google"), ("جوجل", "Google"), ("داريو أمودي", "Dario Amodei"), ("إريك شميدت", "Eric Schmidt"),
    ("أنثروبيك", "Anthropic"), ("سام ألتمان", "Sam Altman"), ("تكساس", "Texas"), ("أوراكل", "Oracle"),
]  # fmt: skip


@pytest.mark.parametrize(("ar", "en"), PAIRS)
def test_the_same_name(ar: str, en: str) -> None:
    assert phonetic_similarity(ar, en) >= ALIKE


def test_other_names_are_less_alike() -> None:
    for ar, en in PAIRS:
        same = {right for left, right in PAIRS if left == ar}
        assert all(
            phonetic_similarity(ar, other) < phonetic_similarity(ar, en)
            for _, other in PAIRS
            if other not in same | {en}
        )


@pytest.mark.parametrize(("ar", "en"), [("مثل", "Meta"), ("في", "of"), ("", ""), ("٥", "5"), ("أو", "AI")])
def test_too_little_to_tell(ar: str, en: str) -> None:
    assert phonetic_similarity(ar, en) < ALIKE


@given(texts(), st.sampled_from([pair[1] for pair in PAIRS]))
def test_it_is_a_share(text: str, name: str) -> None:
    assert 0 <= phonetic_similarity(text, name) <= 1
