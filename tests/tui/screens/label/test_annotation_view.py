"""What is said of a pair, in marks and in words; and the guidelines as they stand on the screen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hashiya.schema.guidelines import chapters
from hashiya.schema.records import LANGS, Annotation, Entity, Flag, Implication, Lang, Link, Span, Stance
from hashiya.schema.scheme import shipped_scheme
from hashiya.tui.bidi.levels import DIRECTIONS
from hashiya.tui.screens.label.annotation_view import label_key, label_name, label_of, marks, statements
from hashiya.tui.screens.label.guidelines import guide
from tests.tui.session.drafts import draft_of, pair_of, span_of

SCHEME = shipped_scheme()
PAIR = pair_of("قالت إنفيديا وإنتل", "Nvidia and Intel said")


def entity(entity_id: str, lang: Lang, words: str, **fields: str) -> Entity:
    span = span_of(PAIR, lang, words)
    given = {"type": "company", **fields}
    return Entity(id=entity_id, lang=lang, start=span.start, end=span.end, text=words, **given)


@pytest.fixture
def draft() -> Annotation:
    """Two names, one of them on both sides and linked."""
    names = (
        entity("ar1", "ar", "إنفيديا", concept="nvidia"),
        entity("ar2", "ar", "إنتل"),
        entity("en1", "en", "Nvidia", concept="nvidia"),
    )
    return replace(draft_of(PAIR), entities=names, links=(Link(ar="ar1", en="en1"),))


def test_marks_of_a_side_with_the_numbers_of_links(draft: Annotation) -> None:
    arabic = marks(draft, SCHEME, "ar", draft.entities[1])
    assert [(mark.key, mark.number, mark.active) for mark in arabic] == [("c", "1", False), ("c", "", True)]
    [english] = marks(draft, SCHEME, "en", None)
    assert (english.start, english.end, english.number) == (0, 6, "1")


def test_flags_are_marks_of_their_own(draft: Annotation) -> None:
    flagged = replace(draft, flags=(Flag(lang="ar", start=0, end=4, text="قالت", kind="garbled"),))
    first, *rest = marks(flagged, SCHEME, "ar", None)
    assert (first.kind, first.key) == ("flag", "g")
    assert len(rest) == 2


def test_a_name_and_its_translation_are_one_statement(draft: Annotation) -> None:
    linked, other = statements(draft, SCHEME, "en", draft.entities[2])
    assert (linked.name, tuple(linked.parts)) == ("c1", ("إنفيديا", "⇄", "Nvidia", "nvidia"))
    assert linked.active
    assert linked.at == ("ar", span_of(PAIR, "ar", "إنفيديا"))
    assert (other.name, tuple(other.parts), other.active) == ("c", ("إنتل",), False)


def test_everything_that_can_be_said(draft: Annotation) -> None:
    said = replace(
        draft,
        stances=(Stance(target="chips", stance="bearish", holder="source", holder_entity="en1"),),
        implications=(Implication(target="chips", channel="cost", direction="negative", certainty="hedged"),),
        flags=(
            Flag(lang="ar", start=0, end=4, text="قالت", kind="mistranslation", intended="باعت"),
            Flag(lang="en", start=0, end=6, text="Nvidia", kind="garbled"),
        ),
        comment="why",
    )
    rest = statements(said, SCHEME, "en", None)[2:]
    assert [(item.name, *item.parts) for item in rest] == [
        ("stance", "Bearish", "→", "Chips", "Source: Nvidia"),
        ("implies", "Cost", "Negative", "→", "Chips", "Hedged"),
        ("~m", "قالت", "→", "باعت", "Mistranslation"),
        ("~g", "Nvidia", "Garbled"),
        ("note", "why"),
    ]
    assert rest[2].at == ("ar", Span(0, 4))


def test_a_draft_that_says_nothing_has_no_statements() -> None:
    assert statements(draft_of(PAIR), SCHEME, "en", None) == []


def test_labels_of_another_scheme_keep_their_ids(draft: Annotation) -> None:
    other = replace(draft, entities=(entity("ar1", "ar", "إنتل", type="firm"),), links=())
    assert marks(other, SCHEME, "ar", None)[0].key == "?"
    assert statements(other, SCHEME, "en", None)[0].name == "?"
    assert label_name(SCHEME, "entity", "firm", "en") == "firm"
    assert label_key(SCHEME, "entity", "firm") == "?"
    assert label_of(SCHEME, "entity", "firm") is None


@pytest.mark.parametrize("lang", LANGS)
def test_the_guide_has_a_place_for_every_chapter(lang: Lang) -> None:
    found = guide(SCHEME, lang)
    assert found.places.keys() == {(chapter.about, chapter.label) for chapter in chapters(SCHEME, lang)}
    for label in SCHEME.entity:
        block = found.blocks[found.places["entity", label.id]]
        assert label.name.text(lang) in block.text
        assert block.style == "heading"
    assert {block.base for block in found.blocks} == {DIRECTIONS[lang]}
