"""The labelling configuration: what any scheme has, in its place, and nothing that `regions` would miss."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from hashiya.corpus.exchange.labelstudio.page.config import config
from hashiya.corpus.exchange.labelstudio.page.controls import SENT
from hashiya.corpus.exchange.labelstudio.page.write_results import results_of
from hashiya.schema.palette import colour
from hashiya.schema.records import Annotation
from hashiya.schema.scheme import SECTIONS, LabelScheme, parse_scheme, shipped_scheme
from tests.corpus.exchange.labelstudio.given import FULL, page_annotations

HEAD = 'format = 1\nname = "other"\nversion = "1.0.0"\ntitle = { en = "T & <T>", ar = "ت" }\n'
LABEL = """
id = "{id}"
key = "{key}"
name = {{ en = "{en}", ar = "{ar}" }}
definition = {{ en = "{en}?", ar = "؟" }}
"""


def scheme(*sections: str) -> LabelScheme:
    made = HEAD
    for section in sections:
        for number, key in enumerate("cd"):
            made += f"[[{section}]]\n" + LABEL.format(
                id=f"l{number}", key=key, en=f'A \\"{number}\\" <&>', ar="\\u0001ا"
            )
    return parse_scheme(made, "test")


def page(of: LabelScheme) -> ET.Element:
    return ET.fromstring(config(of))


def names(root: ET.Element) -> Counter[str]:
    return Counter(found for item in root.iter() if (found := item.get("name")))


@given(page_annotations())
def test_there_is_a_control_for_every_result(annotation: Annotation) -> None:
    there = {(item.get("name"), item.get("toName")) for item in page(shipped_scheme()).iter()}
    for result in results_of(annotation):
        if result["type"] != "relation":
            assert (result["from_name"], result["to_name"]) in there


def test_ids_are_what_is_saved_and_names_in_both_languages_what_is_shown() -> None:
    root = page(shipped_scheme())
    for control, section in (("entities_ar", "entity"), ("entities_en", "entity"), ("flags_ar", "flag")):
        [box] = [item for item in root.iter("Labels") if item.get("name") == control]
        assert [item.get("alias") for item in box] == list(shipped_scheme().ids(section))  # type: ignore[arg-type]
    company = next(item for item in root.iter("Label") if item.get("alias") == "company")
    assert (company.get("value"), company.get("background")) == ("Company · شركة", colour(0))
    assert str(company.get("hint")).startswith("The name of an organisation")
    tree = next(root.iter("Taxonomy"))
    depth, level = 0, tree
    while len(level):
        depth, level = depth + 1, level[0]
    assert depth == 4
    choices = [item for item in root.iter("Choices") if str(item.get("name")).startswith("stance-")]
    assert len(choices) == len(shipped_scheme().target) * len(shipped_scheme().holder)
    assert {item.get("choice") for item in choices} == {"single"}


def test_the_arabic_side_runs_right_to_left_and_the_hidden_text_is_hidden() -> None:
    root = page(shipped_scheme())
    around = {child: parent for parent in root.iter() for child in parent}
    texts = {item.get("name"): item for item in root.iter("Text")}
    assert "direction: rtl" in str(around[around[texts["ar"]]].get("style"))
    assert "direction" not in str(around[around[texts["en"]]].get("style"))
    [kept] = [item for item in root.iter("TextArea") if item.get("name") == SENT]
    assert around[kept].get("style") == "display: none"


def test_a_key_means_the_same_label_on_both_sides_and_nothing_else() -> None:
    keys: dict[str | None, set[str | None]] = {}
    for item in page(shipped_scheme()).iter():
        keys.setdefault(item.get("hotkey"), set()).add(item.get("alias"))
    del keys[None]
    assert all(len(labels) == 1 for labels in keys.values())
    assert (keys["c"], keys["1"]) == ({"company"}, {"bullish"})


def test_the_guidelines_are_at_hand_in_both_languages() -> None:
    english, arabic = page(shipped_scheme()).iter("Panel")
    assert any("Order of work" in str(item.get("value")) for item in english.iter("Header"))
    assert any("ترتيب العمل" in str(item.get("value")) for item in arabic.iter("Header"))


@pytest.mark.parametrize(
    "sections", [(), ("entity",), ("flag",), ("stance", "target", "holder"), SECTIONS, ("entity", "flag")]
)
def test_any_scheme(sections: tuple[str, ...]) -> None:
    root = page(scheme(*sections))
    found = names(root)
    assert set(found.values()) == {1}
    assert ("entities_ar" in found) == ("entity" in sections)
    assert ("flags_en" in found) == ("flag" in sections)
    assert ("stance-l0-l1" in found) == ("stance" in sections)
    assert ("implications" in found) == ("channel" in sections)
    assert {"ar", "en", "status", "comment", SENT} <= found.keys()
    assert len(list(root.iter("Relation"))) == ("entity" in sections)


def test_what_no_control_shows_is_in_the_hidden_text() -> None:
    shown = results_of(FULL)
    assert [item["from_name"] for item in shown if item["type"] == "choices"] == [
        "stance-chips-source", "stance-ai_boom-author", "status",
    ]  # fmt: skip
    assert '"holder_entity":"en2"' in shown[-1]["value"]["text"][0]
