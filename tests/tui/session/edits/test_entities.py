"""Entities of a draft: marked, retyped, linked, given concepts, taken away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hashiya.schema.errors import LabelError
from hashiya.schema.records import Annotation, Link, Span, Stance
from hashiya.schema.scheme import Rules, shipped_scheme
from hashiya.schema.validate import faults
from hashiya.tui.session.edits import entities, statements
from tests.tui.session.drafts import draft_of, pair_of, put, span_of

SCHEME = shipped_scheme()
OVERLAPPING = replace(SCHEME, rules=Rules(overlap=True))
PAIR = pair_of(
    "قال سام ألتمان رئيس OpenAI إن للذكاء الاصطناعي مستقبلًا 🚀.\r\nوNvidia تربح.",
    "Sam Altman of OpenAI said that AI has a future.\r\nNvidia gains.",
)
EMPTY = draft_of(PAIR)


def ids(draft: Annotation) -> list[str]:
    return [entity.id for entity in draft.entities]


def texts(draft: Annotation) -> list[str]:
    return [entity.text for entity in draft.entities]


def test_a_name_is_marked_and_the_draft_before_is_as_it_was() -> None:
    draft, entity_id = entities.mark(
        EMPTY, PAIR, SCHEME, "ar", span_of(PAIR, "ar", "OpenAI"), "company", "openai"
    )
    (entity,) = draft.entities
    assert (entity.id, entity.text, entity.type, entity.concept) == (entity_id, "OpenAI", "company", "openai")
    assert entity_id == "ar1"
    assert EMPTY.entities == ()


def test_ids_count_by_side_and_a_free_one_is_used_again() -> None:
    draft = put(put(put(EMPTY, PAIR, "ar", "OpenAI"), PAIR, "en", "OpenAI"), PAIR, "ar", "Nvidia")
    assert ids(draft) == ["ar1", "ar2", "en1"]
    draft = entities.unmark(draft, "ar1")
    assert ids(put(draft, PAIR, "ar", "سام ألتمان", "person")) == ["ar1", "ar2", "en1"]


def test_entities_stand_in_the_order_of_the_text_arabic_first() -> None:
    draft = put(put(put(EMPTY, PAIR, "en", "OpenAI"), PAIR, "ar", "Nvidia"), PAIR, "ar", "OpenAI")
    assert [(entity.lang, entity.text) for entity in draft.entities] == [
        ("ar", "OpenAI"),
        ("ar", "Nvidia"),
        ("en", "OpenAI"),
    ]


def test_outer_white_space_stays_out_line_breaks_too() -> None:
    text = PAIR.ar or ""
    start = text.index(".\r\n") + 1
    draft, _ = entities.mark(EMPTY, PAIR, SCHEME, "ar", Span(start, text.index(" تربح") + 1), "company")
    assert texts(draft) == ["وNvidia"]


@pytest.mark.parametrize("span", [Span(3, 4), Span(2, 2), Span(0, 999), Span(-1, 3), Span(5, 3)])
def test_no_words_are_no_name(span: Span) -> None:
    with pytest.raises(LabelError):
        entities.mark(EMPTY, PAIR, SCHEME, "ar", span, "company")


def test_a_side_that_is_absent_and_a_type_that_is_none() -> None:
    lone = pair_of(None, "AI")
    with pytest.raises(LabelError, match="no Arabic side"):
        entities.mark(draft_of(lone), lone, SCHEME, "ar", Span(0, 2), "company")
    with pytest.raises(LabelError, match="no entity type 'animal'; one of company"):
        put(EMPTY, PAIR, "ar", "OpenAI", "animal")
    with pytest.raises(LabelError, match="is no concept"):
        put(EMPTY, PAIR, "ar", "OpenAI", "company", "Open AI")


def test_the_same_span_is_retyped_and_keeps_the_rest() -> None:
    draft = put(put(EMPTY, PAIR, "ar", "OpenAI", concept="openai"), PAIR, "en", "OpenAI")
    draft = entities.link(draft, "ar1", "en1")
    draft = put(draft, PAIR, "ar", "OpenAI", "model")
    entity = draft.entities[0]
    assert (entity.id, entity.type, entity.concept) == ("ar1", "model", "openai")
    assert draft.links == (Link(ar="ar1", en="en1"),)


def test_a_new_concept_on_a_marked_span_spreads() -> None:
    draft = entities.link(put(put(EMPTY, PAIR, "ar", "OpenAI"), PAIR, "en", "OpenAI"), "ar1", "en1")
    draft = put(draft, PAIR, "ar", "OpenAI", concept="openai")
    assert {entity.concept for entity in draft.entities} == {"openai"}


def test_a_longer_name_takes_over_from_those_inside() -> None:
    draft = put(put(EMPTY, PAIR, "en", "Sam", "person", "sam-altman"), PAIR, "en", "Altman", "person")
    draft = put(draft, PAIR, "ar", "سام ألتمان", "person")
    draft = entities.link(entities.link(draft, "en1", "ar1"), "en2", "ar1")
    draft = statements.take_stance(draft, stance("source", "en2"))
    draft = put(draft, PAIR, "en", "Sam Altman", "person")
    assert ids(draft) == ["ar1", "en1"]
    assert draft.links == (Link(ar="ar1", en="en1"),)
    assert draft.stances == (stance("source", "en1"),)
    assert faults(draft, PAIR, SCHEME) == []


def test_a_part_of_a_name_and_a_partial_overlap_are_refused() -> None:
    draft = put(EMPTY, PAIR, "en", "Sam Altman", "person")
    for words in ("Altman", "Altman of OpenAI"):
        with pytest.raises(LabelError, match="overlaps “Sam Altman”"):
            put(draft, PAIR, "en", words)


def test_where_overlap_is_allowed_only_the_same_again_is_refused() -> None:
    span = span_of(PAIR, "en", "Sam Altman")
    draft, _ = entities.mark(EMPTY, PAIR, OVERLAPPING, "en", span, "person")
    draft, other = entities.mark(draft, PAIR, OVERLAPPING, "en", span, "company")
    draft, _ = entities.mark(draft, PAIR, OVERLAPPING, "en", Span(span.start + 4, span.end + 3), "company")
    assert faults(draft, PAIR, OVERLAPPING) == []
    assert len(draft.entities) == 3
    with pytest.raises(LabelError, match="already"):
        entities.mark(draft, PAIR, OVERLAPPING, "en", span, "company")
    with pytest.raises(LabelError, match="unmark one"):
        entities.retype(draft, OVERLAPPING, other, "person")


def test_an_entity_gets_another_type_of_the_scheme_only() -> None:
    draft = entities.retype(put(EMPTY, PAIR, "ar", "OpenAI"), SCHEME, "ar1", "model")
    assert draft.entities[0].type == "model"
    assert entities.retype(draft, SCHEME, "ar1", "model") == draft
    with pytest.raises(LabelError, match="no entity type"):
        entities.retype(draft, SCHEME, "ar1", "animal")
    with pytest.raises(LabelError, match="no entity 'ar7'"):
        entities.retype(draft, SCHEME, "ar7", "model")


def stance(holder: str, entity: str | None = None, label: str = "bullish") -> Stance:
    return Stance(target="ai_boom", stance=label, holder=holder, holder_entity=entity)


def test_unmark_takes_links_along_and_holders_become_nobody() -> None:
    draft = entities.link(put(put(EMPTY, PAIR, "ar", "OpenAI"), PAIR, "en", "OpenAI"), "ar1", "en1")
    draft = statements.take_stance(draft, stance("source", "ar1"))
    draft = statements.take_stance(draft, stance("source", "en1", "bearish"))
    draft = entities.unmark(draft, "ar1")
    assert (draft.links, draft.stances[0]) == ((), stance("source"))
    draft = entities.unmark(draft, "en1")
    assert draft.stances == (stance("source"),)  # two that became one holder's: the first stays
    assert faults(draft, PAIR, SCHEME) == []
    with pytest.raises(LabelError):
        entities.unmark(draft, "en1")


def test_link_sorts_sides_out_and_is_made_once() -> None:
    draft = put(put(EMPTY, PAIR, "ar", "OpenAI", concept="openai"), PAIR, "en", "OpenAI")
    one = entities.link(draft, "en1", "ar1")
    assert one.links == (Link(ar="ar1", en="en1"),)
    assert {entity.concept for entity in one.entities} == {"openai"}
    assert entities.link(one, "ar1", "en1") == one
    with pytest.raises(LabelError, match="both Arabic"):
        entities.link(put(draft, PAIR, "ar", "Nvidia"), "ar1", "ar2")


def test_the_concept_of_the_first_wins_and_spreads_over_all_linked() -> None:
    draft = put(put(EMPTY, PAIR, "ar", "OpenAI", concept="a"), PAIR, "ar", "Nvidia", concept="b")
    draft = put(draft, PAIR, "en", "OpenAI", concept="c")
    draft = entities.link(entities.link(draft, "ar1", "en1"), "ar2", "en1")
    assert {entity.concept for entity in draft.entities} == {"b"}
    assert entities.linked(draft, "ar1") == ("ar2", "en1")
    draft = entities.set_concept(draft, "en1", None)
    assert {entity.concept for entity in draft.entities} == {None}
    apart = entities.unlink(draft, "en1")
    assert (apart.links, entities.linked(apart, "ar1")) == ((), ())
    with pytest.raises(LabelError, match="is no concept"):
        entities.set_concept(draft, "en1", "")
