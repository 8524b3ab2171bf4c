"""Two annotations joined: each layer says what the second one adds and what of it gives way."""

from __future__ import annotations

from dataclasses import replace

from hashiya.corpus.carrying.merge_annotations import merge_annotations
from hashiya.schema.records import (
    Annotation,
    Entity,
    Flag,
    Implication,
    Lang,
    Link,
    Place,
    SchemeRef,
    Stance,
)

EMPTY = Annotation(
    pair_id="pair",
    annotator="layla",
    status="done",
    scheme=SchemeRef(name="ai-market", version="1.0.0"),
    origin="human",
    place=Place(doc_id="d"),
)
BULLISH = Stance(target="chips", stance="bullish", holder="source", holder_entity="e")


def entity(entity_id: str, start: int, end: int, kind: str = "company", lang: Lang = "ar") -> Entity:
    return Entity(id=entity_id, lang=lang, start=start, end=end, text="x" * (end - start), type=kind)


def test_an_entity_that_shares_letters_with_another_gives_way() -> None:
    first = replace(EMPTY, entities=(entity("e", 0, 4),))
    second = replace(EMPTY, entities=(entity("e", 3, 6), entity("f", 4, 6), entity("g", 0, 4, lang="en")))
    merged, left = merge_annotations(first, second)
    assert merged.entities == (entity("e", 0, 4), entity("f", 4, 6), entity("g", 0, 4, lang="en"))
    assert [(mark["what"], mark["start"]) for mark in left] == [("entity", 3)]
    assert merged.status == "review"


def test_what_both_say_is_said_once_and_asks_for_no_review() -> None:
    first = replace(EMPTY, entities=(entity("e", 0, 4),), stances=(BULLISH,), comment="why")
    second = replace(first, entities=(entity("other", 0, 4),), comment=None)
    assert merge_annotations(first, second) == (first, ())


def test_links_and_holders_follow_entities_to_their_new_ids() -> None:
    first = replace(EMPTY, entities=(entity("e", 0, 4),))
    second = replace(
        EMPTY,
        entities=(entity("e", 5, 8), entity("f", 5, 8, lang="en")),
        links=(Link(ar="e", en="f"),),
        stances=(BULLISH,),
    )
    merged, left = merge_annotations(first, second)
    assert [item.id for item in merged.entities] == ["e", "e-2", "f"]
    assert merged.links == (Link(ar="e-2", en="f"),)
    assert merged.stances == (replace(BULLISH, holder_entity="e-2"),)
    assert left == ()


def test_a_stance_whose_holder_gave_way_keeps_the_kind_of_holder() -> None:
    first = replace(EMPTY, entities=(entity("e", 0, 4),))
    merged, _ = merge_annotations(first, replace(EMPTY, entities=(entity("e", 2, 5),), stances=(BULLISH,)))
    assert merged.stances == (replace(BULLISH, holder_entity=None),)


def test_of_two_stances_of_one_holder_on_one_target_the_second_gives_way() -> None:
    first = replace(EMPTY, stances=(BULLISH,))
    other = (replace(BULLISH, stance="bearish"), replace(BULLISH, holder="author", holder_entity=None))
    merged, left = merge_annotations(first, replace(EMPTY, stances=other))
    assert merged.stances == (BULLISH, other[1])
    assert [(mark["what"], mark["stance"]) for mark in left] == [("stance", "bearish")]


def test_implications_and_flags_stand_side_by_side() -> None:
    effect = Implication(target="chips", channel="demand", direction="positive", certainty="asserted")
    flag = Flag(lang="ar", start=0, end=2, text="xx", kind="garbled")
    first = replace(EMPTY, implications=(effect,), flags=(flag,), seconds=1.5)
    second = replace(
        first, implications=(effect, replace(effect, direction="negative")), flags=(replace(flag, end=3),)
    )
    merged, left = merge_annotations(first, second)
    assert merged.implications == second.implications
    assert merged.flags == (flag, replace(flag, end=3))
    assert (merged.seconds, left) == (3.0, ())
