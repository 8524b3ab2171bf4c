"""Covers: normal form, intersection, union, what a label of a later scheme version means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.schema.covers import (
    COVERED_SECTION,
    Covers,
    all_covers,
    common_covers,
    cover_faults,
    covers_label,
    covers_of_layers,
    full_covers,
    narrowed,
    normalised,
    united_covers,
)
from hashiya.schema.errors import SchemeError
from hashiya.schema.records import Annotation, Cover, Entity, LabelLayer, Lang, Pair, Place, SchemeRef
from hashiya.schema.scheme import parse_scheme, shipped_scheme, shipped_scheme_text
from tests.corpora import SHIPPED, label, new
from tests.strategies import any_annotation

SCHEME = shipped_scheme()
CELLS: tuple[tuple[LabelLayer, Lang | None], ...] = (
    ("entities", "ar"), ("entities", "en"), ("flags", "ar"), ("stances", None), ("implications", None),
)  # fmt: skip
NAMES = ("company", "model", "person")


def covers() -> st.SearchStrategy[tuple[Cover, ...]]:
    labels = st.none() | st.lists(st.sampled_from(NAMES), max_size=3, unique=True).map(tuple)
    one = st.builds(
        lambda cell, some: Cover(layer=cell[0], lang=cell[1], labels=some), st.sampled_from(CELLS), labels
    )
    return st.lists(one, max_size=5).map(tuple)


def made(of: Covers, version: str = "1.0.0", **fields: object) -> Annotation:
    values: dict[str, object] = {"status": "done", **fields}
    return Annotation(
        pair_id="p", annotator="layla", covers=of, scheme=SchemeRef(name="ai-market", version=version),
        origin="human", place=Place(doc_id="d"), **values,  # type: ignore[arg-type]
    )  # fmt: skip


def cells(of: Covers) -> set[tuple[str, str | None, str]]:
    """Everything that covers say was looked for, label by label."""
    return {
        (layer, lang, name)
        for layer, lang in CELLS
        for name in NAMES
        if covers_label(made(of), SCHEME, layer, lang, name)
    }


@given(covers())
def test_the_normal_form_says_the_same_and_is_one(some: tuple[Cover, ...]) -> None:
    assert cells(normalised(some)) == cells(some)
    assert normalised(reversed(some)) == normalised(some) == normalised(normalised(some))


@given(covers() | st.none(), covers() | st.none())
def test_what_is_common_and_what_is_united(one: Covers, other: Covers) -> None:
    assert cells(common_covers(one, other)) == cells(one) & cells(other)
    assert cells(united_covers(one, other)) == cells(one) | cells(other)
    assert common_covers(one, other) == common_covers(other, one) or None in {one, other}


@given(st.lists(covers() | st.none(), min_size=1, max_size=4))
def test_all_are_united_as_two_are(everything: list[Covers]) -> None:
    united: Covers = ()
    for some in everything:
        united = united_covers(united, some)
    assert all_covers(everything) == united


@given(covers())
def test_a_changed_side_takes_its_cells_and_those_of_the_pair(some: tuple[Cover, ...]) -> None:
    left = narrowed(some, ["ar"])
    assert cells(left) == {cell for cell in cells(some) if cell[1] == "en"}
    assert narrowed(some, []) == some
    assert narrowed(None, ["ar"]) is None


def test_everything_is_every_layer_of_the_sides_that_are_there(tmp_path: Path) -> None:
    corpus = new(tmp_path / "corpus", {"d": [("نعم", "Yes"), ("لا", None)]})
    both, arabic = corpus.generation().pairs()
    assert [(cover.layer, cover.lang, cover.labels) for cover in full_covers(SCHEME, both)] == [
        ("entities", "ar", None),
        ("entities", "en", None),
        ("flags", "ar", None),
        ("flags", "en", None),
        ("stances", None, None),
        ("implications", None, None),
    ]
    assert {cover.lang for cover in full_covers(SCHEME, arabic)} == {"ar", None}
    done = label(corpus.generation(), 0)
    assert list(cover_faults(replace(done, covers=full_covers(SCHEME, both)), SCHEME)) == []


def with_since(since: str) -> str:
    text = shipped_scheme_text().replace(f'version = "{SHIPPED}"', 'version = "1.2.0"', 1)
    return text.replace('id = "company"\n', f'id = "company"\nsince = "{since}"\n', 1)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return next(new(tmp_path_factory.mktemp("covers") / "c", {"d": [("ا", "a")]}).generation().pairs())


@given(any_annotation(), st.sets(st.sampled_from(list(COVERED_SECTION))))
def test_who_looks_at_some_layers_covers_these_and_what_was_marked(
    pair: Pair, annotation: Annotation, layers: set[LabelLayer]
) -> None:
    found = covers_of_layers(annotation, SCHEME, pair, layers)
    assert not list(cover_faults(replace(annotation, status="done", covers=found), SCHEME))
    assert {cover.layer for cover in found if cover.labels is None} == layers
    assert covers_of_layers(annotation, SCHEME, pair, None) == full_covers(SCHEME, pair)


def test_a_label_added_later_is_not_covered_by_earlier_work() -> None:
    scheme = parse_scheme(with_since("1.2.0"), "scheme.toml")
    for of in (None, (Cover(layer="entities", lang="ar"),)):
        assert not covers_label(made(of), scheme, "entities", "ar", "company")
        assert covers_label(made(of), scheme, "entities", "ar", "model")
        assert covers_label(made(of, "1.2.0"), scheme, "entities", "ar", "company")


@pytest.mark.parametrize("since", ["1.2.1", "2.0.0", "1.2", "x"])
def test_since_is_a_version_up_to_the_schemes(since: str) -> None:
    with pytest.raises(SchemeError, match="since"):
        parse_scheme(with_since(since), "scheme.toml")


@pytest.mark.parametrize(
    ("of", "fault"),
    [
        (Cover(layer="entities"), "covers[0].lang: is None; for entities it is one of ar, en"),
        (Cover(layer="stances", lang="ar"), "covers[0].lang: is 'ar'; for stances it is null"),
        (Cover(layer="flags", lang="ar", labels=("company",)), "covers[0].labels: unknown label 'company'"),
        (Cover(layer="entities", lang="en"), "covers: entities on the side ar has 'company'"),
        (
            Cover(layer="entities", lang="ar", labels=("model",)),
            "covers: entities on the side ar has 'company'",
        ),
    ],
)
def test_faults(of: Cover, fault: str) -> None:
    entity = Entity(id="e", lang="ar", start=0, end=1, text="x", type="company")
    (first, *_) = cover_faults(made((of,), entities=(entity,)), SCHEME)
    assert first.startswith(fault)
    marks = [
        f for f in cover_faults(made((of,), status="draft", entities=(entity,)), SCHEME) if "covers: " in f
    ]
    assert marks == []
