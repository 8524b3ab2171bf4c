"""A push over what stands on the page: only what can be read is replaced."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given as by
from hypothesis import strategies as st

from hashiya.corpus.exchange.labelstudio.page import controls
from hashiya.corpus.exchange.labelstudio.page.merge_results import merged_results
from hashiya.corpus.exchange.labelstudio.page.read_results import (
    PageReading,
    read_annotation,
    sent_annotation,
)
from hashiya.corpus.exchange.labelstudio.page.write_results import results_of
from hashiya.schema.records import Annotation
from tests.corpus.exchange.labelstudio.given import (
    FULL,
    SCHEME,
    TEXTS,
    blank,
    by_browser,
    page_annotations,
    region,
)

Results = list[dict[str, Any]]

UNREADABLE: Results = [
    {"id": "q", "from_name": "quality", "to_name": "en", "type": "choices", "value": {"choices": ["good"]}},
    {"id": "Zz1", "from_name": "entities_en", "to_name": "en", "type": "labels",
     "value": {"start": 0, "end": 3, "labels": ["City"]}},
    {"id": "Zz1", "from_name": "concept_en", "to_name": "en", "type": "textarea",
     "value": {"text": ["cairo"]}},
    {"id": "Zz2", "from_name": "flags_ar", "to_name": "ar", "type": "labels",
     "value": {"start": 0, "end": 9999, "labels": ["garbled"]}},
    {"type": "relation", "from_id": "Zz1", "to_id": "Zz2", "direction": "right", "labels": ["owns"]},
    {"from_name": "entities_en", "to_name": "en", "type": "labels", "value": {"start": 0, "end": 1}},
]  # fmt: skip


def read(results: Sequence[Any], *, skipped: bool = False) -> PageReading:
    return read_annotation(
        {"result": list(results), "was_cancelled": skipped},
        blank(origin="imported"),
        sent_annotation(results),
        texts=TEXTS,
        scheme=SCHEME,
        tell=lambda *_: None,
    )


def visible(results: Sequence[Any]) -> Results:
    return [dict(item) for item in results if item.get("from_name") != controls.SENT]


@by(page_annotations(), page_annotations(), st.lists(st.sampled_from(UNREADABLE), unique_by=str))
def test_what_cannot_be_read_stays_and_the_rest_is_replaced(
    before: Annotation, after: Annotation, added: Results
) -> None:
    there = [*results_of(before), *copy.deepcopy(added)]
    merged = merged_results(after, read(there))
    for item in added:
        assert item in merged
    found = read(merged, skipped=after.status == "skipped")
    assert found.as_sent == bool(added)
    assert (found.annotation.status, found.annotation.comment) == (after.status, after.comment)
    for layer in ("entities", "flags", "links", "stances", "implications"):
        wanted, got = (sorted(getattr(item, layer), key=repr) for item in (after, found.annotation))
        assert wanted == got, layer
    # Once more changes nothing.
    assert visible(merged_results(after, found)) == visible(merged)


def test_where_nothing_was_added_it_is_what_is_sent_anew() -> None:
    assert merged_results(FULL, read(results_of(blank()))) == results_of(FULL)


def test_notes_and_scores_of_regions_stay_as_long_as_the_region() -> None:
    there = by_browser({"result": results_of(FULL)})["result"]
    region({"result": there}, "en3", "entities_en").update(meta={"text": ["؟"]}, score=0.5)
    found = read(there)
    assert [item["id"] for item in found.noted] == ["en3"]
    renamed = tuple(replace(item, id="new") if item.id == "en3" else item for item in FULL.entities)
    merged = merged_results(replace(FULL, entities=renamed), found)
    kept = region({"result": merged}, "new", "entities_en")
    assert (kept["meta"], kept["score"]) == ({"text": ["؟"]}, 0.5)
    assert read(merged).as_sent
    gone = replace(FULL, entities=tuple(item for item in FULL.entities if item.id != "en3"))
    assert not [item for item in merged_results(gone, found) if item.get("meta")]


def test_choices_that_cannot_be_read_stay_in_place_of_ours() -> None:
    there = by_browser({"result": results_of(FULL)})["result"]
    region({"result": there}, "status", "status")["value"]["choices"] = ["perfect"]
    stance = "stance-ai_boom-author"
    region({"result": there}, stance, stance)["value"]["choices"] = ["great"]
    paths = region({"result": there}, "implications", "implications")["value"]["taxonomy"]
    paths.append(["chips", "weather"])
    merged = merged_results(replace(FULL, comment="new"), read(there))
    assert region({"result": merged}, "status", "status")["value"]["choices"] == ["perfect"]
    assert region({"result": merged}, stance, stance)["value"]["choices"] == ["great"]
    assert region({"result": merged}, "implications", "implications")["value"]["taxonomy"] == paths
    found = read(merged)
    assert (found.annotation, found.as_sent) == (replace(FULL, comment="new"), True)
    without = merged_results(replace(FULL, implications=()), found)
    assert region({"result": without}, "implications", "implications")["value"]["taxonomy"] == paths[-1:]


def test_a_path_that_cannot_be_read_stands_beside_ours() -> None:
    foreign = {"id": "Zi", "from_name": "implications", "to_name": "en", "type": "taxonomy",
               "value": {"taxonomy": [["chips", "weather"]]}}  # fmt: skip
    merged = merged_results(FULL, read([foreign]))
    [tree] = [item for item in merged if item.get("from_name") == "implications"]
    ours = region({"result": results_of(FULL)}, "implications", "implications")["value"]["taxonomy"]
    assert tree["value"]["taxonomy"] == [*ours, ["chips", "weather"]]
    found = read(merged)
    assert (found.annotation, found.as_sent) == (FULL, True)


def test_an_overlap_that_somebody_drew_stays() -> None:
    there = visible(results_of(FULL))
    drawn = {"id": "Zz", "from_name": "entities_en", "to_name": "en", "type": "labels",
             "value": {"start": 0, "end": 10, "labels": ["model"]}}  # fmt: skip
    twice = {
        **region({"result": there}, "en1", "entities_en"),
        "value": {"start": 1, "end": 3, "labels": ["model"]},
    }
    merged = merged_results(FULL, read([*there, drawn, twice]))
    assert [item for item in merged if item in (drawn, twice)] == [drawn, twice]
    (ours,) = [item for item in merged if item.get("id") == "en1" and item != twice][:1]
    assert (ours["from_name"], ours["value"]["start"]) == ("entities_en", 0)
