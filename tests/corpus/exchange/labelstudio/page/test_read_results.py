"""Annotations to Label Studio's results and back: nothing is lost, and what is wrong is left out alone."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, settings
from hypothesis import given as by

from hashiya.corpus.exchange.labelstudio.page import controls
from hashiya.corpus.exchange.labelstudio.page.read_results import read_annotation, sent_annotation
from hashiya.corpus.exchange.labelstudio.write_task import annotation_object
from hashiya.schema.errors import LabelError
from hashiya.schema.records import Annotation, Implication, Lang, Link, Stance
from tests import strategies
from tests.corpus.exchange.labelstudio.given import (
    EN,
    FULL,
    SCHEME,
    TEXTS,
    blank,
    by_browser,
    entity,
    page_annotations,
    region,
)

Said = list[tuple[str, str, str]]


def taken(given: dict[str, Any], *, kept: bool = True) -> tuple[Annotation, Said]:
    """What an annotation object is read as, and what was told."""
    said: Said = []
    sent = sent_annotation(given["result"]) if kept else None
    start = blank(origin="imported")
    found = read_annotation(
        given, start, sent, texts=TEXTS, scheme=SCHEME, tell=lambda *told: said.append(told)
    )
    return found.annotation, said


def sent(annotation: Annotation = FULL) -> dict[str, Any]:
    return copy.deepcopy(annotation_object(annotation))


@by(strategies.any_annotation())
def test_what_nobody_changed_comes_back_to_the_letter(annotation: Annotation) -> None:
    given = by_browser(annotation_object(annotation))
    assert taken(given) == (annotation, [])


@by(page_annotations())
@settings(max_examples=60)
def test_what_the_page_shows_is_enough_to_read_it_again(annotation: Annotation) -> None:
    assume(all(item.text == item.text.strip() for item in annotation.entities))  # else it is mended
    found, said = taken(annotation_object(annotation), kept=False)
    assert said == []
    for layer in ("entities", "flags", "links", "stances", "implications"):
        # in any order: that of the page is its own
        there, here = (sorted(getattr(item, layer), key=repr) for item in (found, annotation))
        assert there == here, layer
    status = annotation.status
    assert (found.status, found.comment, found.seconds) == (status, annotation.comment, annotation.seconds)


def test_an_edit_of_something_else_keeps_what_the_page_does_not_show() -> None:
    given = by_browser(sent())
    region(given, "en3", "entities_en")["value"]["labels"] = ["technology"]
    given["lead_time"] = 20.0
    found, said = taken(given)
    changed = tuple(replace(item, type="technology") if item.id == "en3" else item for item in FULL.entities)
    assert found == replace(FULL, entities=changed, seconds=20.0)
    assert said == []


def test_new_regions_links_and_a_new_comment() -> None:
    given = by_browser(sent())
    given["result"] += [
        {"id": "x7_Q", "from_name": "entities_en", "to_name": "en", "type": "labels", "origin": "manual",
         "value": {"start": EN.index("👩"), "end": EN.index("👩") + 3, "labels": ["Person · شخص"]}},
        {"id": "x7_Q", "from_name": "concept_en", "to_name": "en", "type": "textarea",
         "value": {"start": 0, "end": 1, "text": ["somebody"]}},
        {"type": "relation", "from_id": "x7_Q", "to_id": "ar2", "direction": "right", "labels": []},
    ]  # fmt: skip
    region(given, "comment", "comment")["value"]["text"] = ["one", "two"]
    found, said = taken(given)
    assert said == []
    new = replace(entity("x7_Q", "en", "👩‍💻", "person", "somebody"))
    assert found.entities == (*FULL.entities, new)
    assert found.links == (*FULL.links, Link(ar="ar2", en="x7_Q"))
    assert found.comment == "one\ntwo"
    assert (found.stances, found.flags, found.seconds) == (FULL.stances, FULL.flags, FULL.seconds)


def test_a_deleted_region_takes_its_links_and_leaves_the_stance_without_its_name() -> None:
    given = by_browser(sent())
    given["result"] = [item for item in given["result"] if "ar1" not in {item.get("id"), item.get("from_id")}]
    found, said = taken(given)
    assert [item.id for item in found.entities] == ["en1", "ar2", "en2", "en3"]
    assert found.links == (Link(ar="ar2", en="en2"),)
    assert found.stances[0] == Stance(target="chips", stance="bullish", holder="source")
    assert [(what, where) for what, where, _ in said] == [("stances", "stance-chips-source")]


def test_two_holders_that_are_both_deleted_leave_one_stance() -> None:
    given = by_browser(sent())
    gone = {"ar1", "en2"}
    given["result"] = [
        item
        for item in given["result"]
        if not gone & {item.get("id"), item.get("from_id"), item.get("to_id")}
    ]
    found, said = taken(given)
    assert [item for item in found.stances if item.target == "chips"] == [
        Stance(target="chips", stance="bullish", holder="source")
    ]
    assert len(said) == 3


def test_a_changed_stance_keeps_its_holder_and_a_deleted_one_is_gone() -> None:
    given = by_browser(sent())
    region(given, "stance-chips-source", "stance-chips-source")["value"]["choices"] = ["mixed"]
    given["result"] = [item for item in given["result"] if item.get("from_name") != "stance-ai_boom-author"]
    found, said = taken(given)
    assert found.stances == (Stance(target="chips", stance="mixed", holder="source", holder_entity="ar1"),)
    assert said == []


def test_skipped_and_taken_up_again() -> None:
    found, _ = taken(by_browser({**sent(), "was_cancelled": True}))
    assert found == replace(FULL, status="skipped")
    skipped = replace(FULL, status="skipped")
    found, _ = taken(by_browser({**sent(skipped), "was_cancelled": False}))
    assert found == FULL


def test_a_line_break_in_a_quote_as_the_page_writes_it() -> None:
    long = entity("en9", "en", "R1\nis", "model")
    given = by_browser(sent(replace(FULL, entities=(long,), links=(), stances=())))
    region(given, "en9", "entities_en")["value"]["text"] = "R1\\nis"
    region(given, "en9", "entities_en")["value"]["labels"] = ["event"]
    assert taken(given)[0].entities == (replace(long, type="event"),)


def _put(name: str, control: str, **value: Any) -> Callable[[dict[str, Any]], None]:
    def put(given: dict[str, Any]) -> None:
        region(given, name, control)["value"].update(value)

    return put


def _add(**result: Any) -> Callable[[dict[str, Any]], None]:
    return lambda given: given["result"].append(result)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_put("en3", "entities_en", start=20, end=10), ("entities", "en3", "[20:10] is no range")),
        (_put("en3", "entities_en", end=9999), ("entities", "en3", "no range in a text of")),
        (_put("en3", "entities_en", text="R2"), ("entities", "en3", "quotes 'R2', but the text at")),
        (_put("en3", "entities_en", start="32"), ("entities", "en3", "no whole numbers")),
        (_put("en3", "entities_en", start=True), ("entities", "en3", "no whole numbers")),
        (_put("en3", "entities_en", labels=["firm"]), ("entities", "en3", "unknown entity 'firm'")),
        (_put("en3", "entities_en", labels=["model", "event"]), ("entities", "en3", "has two labels")),
        (_put("ar1", "concept_ar", text=["Nvidia Inc."]), ("concepts", "ar1", "is no slug")),
        (_put("flag1", "flags_ar", end=9999), ("flags", "flag1", "no range in a text of")),
        (_put("stance-ai_boom-author", "stance-ai_boom-author", choices=["bullish", "mixed"]),
         ("stances", "stance-ai_boom-author", "two choices, or none, where one is allowed")),
        (_put("stance-ai_boom-author", "stance-ai_boom-author", choices=["great"]),
         ("stances", "stance-ai_boom-author", "unknown stance 'great'")),
        (_put("status", "status", choices=["perfect"]), ("statuses", "status", "'perfect' is none of")),
        (_add(type="relation", from_id="ar1", to_id="nowhere"),
         ("links", "ar1 - nowhere", "no entity 'nowhere'")),
        (_add(type="relation", from_id="ar1", to_id="flag1"), ("links", "ar1 - flag1", "no entity 'flag1'")),
        (_add(type="relation", from_id="ar1", to_id="ar2"), ("links", "ar1 - ar2", "of one side")),
        (_add(type="relation", from_id="en1", to_id="ar1"), ("links", "en1 - ar1", "twice")),
        (_add(type="relation", from_id="ar1", to_id="en2", labels=["owns"]), ("links", "ar1 - en2", "own")),
        (_add(id="en3", from_name="entities_en", type="labels", value={}), ("results", "en3", "twice")),
        (_add(id="z", from_name="sentiment", type="choices", value={}), ("results", "z", "no control")),
        (_add(from_name="entities_en", type="labels", value={}), ("results", "result 18", "has no id")),
        (_add(id="z", from_name="entities_en", type="labels",
              value={"start": 0, "end": 3, "text": EN[:3], "labels": ["model"]}),
         ("entities", "z", "overlaps 'Nvidia' (en1)")),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_told_and_what_was_sent_stays(
    change: Callable[[dict[str, Any]], None], told: tuple[str, str, str]
) -> None:
    given = by_browser(sent())
    change(given)
    found, said = taken(given)
    assert found == FULL
    [(what, where, why)] = said
    assert (what, where) == told[:2]
    assert told[2] in why


def test_implications_that_cannot_be_right() -> None:
    given = by_browser(sent())
    good = ["us_lead", "cost", "mixed", "hedged"]
    paths = [good, good, ["chips", "demand"], ["chips", "demand", "up", "hedged"], "chips"]
    region(given, "implications", "implications")["value"]["taxonomy"] = paths
    found, said = taken(given)
    new = Implication(target="us_lead", channel="cost", direction="mixed", certainty="hedged")
    assert found.implications == (new,)
    assert [why for _, _, why in said] == [
        f"{good!r} stands twice",
        "['chips', 'demand'] is no path of target, channel, direction, certainty",
        "unknown direction 'up'; one of positive, negative, mixed",
        "'chips' is no path of target, channel, direction, certainty",
    ]


def test_a_side_that_is_not_there() -> None:
    given = annotation_object(blank(entities=(entity("en1", "en", "Nvidia", "company"),)))
    said: Said = []
    texts: dict[Lang, str | None] = {"ar": TEXTS["ar"], "en": None}
    found = read_annotation(
        given,
        blank(),
        None,
        texts=texts,
        scheme=SCHEME,
        tell=lambda *told: said.append(told),
    )
    assert found.annotation.entities == ()
    assert said == [("entities", "en1", "the pair has no en side")]


@pytest.mark.parametrize("time", [-1, float("nan"), "12", True])
def test_a_time_that_is_none(time: object) -> None:
    given = by_browser({**sent(), "lead_time": time})
    region(given, "comment", "comment")["value"]["text"] = ["changed"]
    found, [told] = taken(given)
    assert found.seconds == FULL.seconds
    assert told[:2] == ("seconds", "lead_time")


def test_a_hidden_text_that_was_changed() -> None:
    given = sent()
    region(given, controls.SENT, controls.SENT)["value"]["text"] = ['{"pair_id": 7}']
    with pytest.raises(LabelError, match="the annotation as it was sent"):
        sent_annotation(given["result"])


def test_made_in_the_browser_from_nothing() -> None:
    given = {
        "id": 5,
        "result": [
            {"id": "a", "from_name": "entities_en", "type": "labels",
             "value": {"start": 0, "end": 6, "text": "Nvidia", "labels": ["company"]}},
            {"id": "b", "from_name": "status", "type": "choices", "value": {"choices": ["unsure"]}},
        ],
        "lead_time": 3.5,
    }  # fmt: skip
    found, said = taken(given, kept=False)
    assert said == []
    assert found == blank(
        entities=(entity("a", "en", "Nvidia", "company"),),
        status="unsure",
        seconds=3.5,
        origin="imported",
        covers=(),
    )
