from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.text.bio import spans, tag_tokens, tags
from tests.corpora import tokenize
from tests.strategies import texts


def test_a_particle_outside_a_name_stays_outside() -> None:
    text = "وبالذكاء لـNvidia"
    tagged = tag_tokens([(0, 8), (9, 17)], [(2, 8, "technology"), (11, 17, "company")])
    assert [(text[start:end], tag) for start, end, tag in tagged] == [
        ("وب", "O"), ("الذكاء", "B-technology"), ("لـ", "O"), ("Nvidia", "B-company"),
    ]  # fmt: skip


def test_neighbours_of_one_type_stay_two() -> None:
    tagged = tag_tokens([(0, 2), (2, 4), (4, 6)], [(0, 2, "a"), (2, 6, "a")])
    assert [tag for _, _, tag in tagged] == ["B-a", "B-a", "I-a"]
    assert spans(tagged) == [(0, 2, "a"), (2, 6, "a")]


def test_of_two_that_overlap_the_longest_is_tagged() -> None:
    assert spans(tag_tokens([(0, 9)], [(0, 3, "a"), (2, 9, "b")])) == [(2, 9, "b")]


def test_tag_names_keep_their_order() -> None:
    assert tags(["x", "y"]) == ("O", "B-x", "I-x", "B-y", "I-y")


@st.composite
def flat_entities(draw: st.DrawFn) -> tuple[str, list[tuple[int, int, str]]]:
    """A text, and entities that do not overlap and do not begin or end in white space."""
    text = draw(texts(min_size=1))
    edges = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True)))
    found = []
    for left, right in zip(edges[::2], edges[1::2], strict=False):
        quote = text[left:right].strip()
        start = left + len(text[left:right]) - len(text[left:right].lstrip())
        if quote:
            found.append((start, start + len(quote), draw(st.sampled_from(["company", "model"]))))
    return text, found


@given(flat_entities())
def test_entities_and_text_come_back_exactly(made: tuple[str, list[tuple[int, int, str]]]) -> None:
    text, entities = made
    tokens = [(token.start, token.end) for token in tokenize(text)]
    tagged = tag_tokens(tokens, entities)
    assert [(start, end) for start, end, _ in tagged if start >= end] == []
    joined = "".join(text[start:end] for start, end, _ in tagged)
    assert joined == "".join(text[start:end] for start, end in tokens)
    assert spans(tagged) == entities


@pytest.mark.parametrize("tag", ["I-a", "B-a"])
def test_a_stray_inside_begins_an_entity(tag: str) -> None:
    assert spans([(0, 1, "O"), (1, 2, tag)]) == [(1, 2, "a")]
