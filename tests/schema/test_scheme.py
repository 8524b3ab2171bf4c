from __future__ import annotations

from pathlib import Path

import pytest

from hashiya.schema.errors import SchemeError
from hashiya.schema.records import LANGS
from hashiya.schema.scheme import SECTIONS, parse_scheme, read_scheme, shipped_scheme

LABEL = """
[[{section}]]
id = "{id}"
key = "{key}"
name = {{ en = "Name", ar = "اسم" }}
definition = {{ en = "A test.", ar = "اختبار." }}
"""
HEAD = """
format = 1
name = "food"
version = "0.1.0"
title = { en = "Food", ar = "طعام" }
"""


def label(section: str = "entity", id: str = "dish", key: str = "d") -> str:  # noqa: A002 - the field's name
    return LABEL.format(section=section, id=id, key=key)


def test_the_shipped_scheme_keeps_its_classes_in_their_order() -> None:
    """Released datasets number classes by this order: it may grow at the end and never change."""
    scheme = shipped_scheme()
    assert {section: scheme.ids(section) for section in SECTIONS} == {
        "entity": (
            "company", "model", "technology", "person", "place", "institution", "market", "money", "event",
        ),
        "stance": ("bullish", "bearish", "mixed", "neutral"),
        "holder": ("author", "source"),
        "target": ("ai_boom", "chips", "model_makers", "open_models", "adopters", "us_lead"),
        "channel": ("demand", "cost", "competition", "investment", "geopolitics", "adoption"),
        "direction": ("positive", "negative", "mixed"),
        "certainty": ("asserted", "hedged"),
        "flag": ("mistranslation", "garbled"),
    }  # fmt: skip


def test_every_label_is_defined_with_examples_for_and_against_in_both_languages() -> None:
    scheme = shipped_scheme()
    for section in SECTIONS:
        for item in scheme.labels(section):
            for lang in LANGS:
                assert item.name.text(lang), item.id
                assert item.definition.text(lang), item.id
                assert item.yes.texts(lang), item.id
                assert item.no.texts(lang), item.id


def test_no_example_comes_from_the_seed_article() -> None:
    seed = Path(__file__).parents[2] / "seeds"
    scheme = shipped_scheme()
    for lang in LANGS:
        words = (seed / f"deepseek-shock.{lang}.txt").read_text(encoding="utf-8").split()
        runs = {tuple(words[i : i + 6]) for i in range(len(words) - 5)}
        for section in SECTIONS:
            for item in scheme.labels(section):
                for example in (*item.yes.texts(lang), *item.no.texts(lang)):
                    parts = example.replace("⟦", "").replace("⟧", "").split()
                    assert not runs & {tuple(parts[i : i + 6]) for i in range(len(parts) - 5)}, example


def test_another_domain_is_another_file() -> None:
    scheme = parse_scheme(HEAD + label() + label(id="drink", key="r"), "food.toml")
    assert scheme.ids("entity") == ("dish", "drink")
    assert scheme.ids("stance") == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("format = ", "food.toml: not valid TOML"),
        (HEAD.replace("format = 1", "format = 9"), "food.toml: format: 9 is not known"),
        (HEAD.replace('name = "food"', ""), "food.toml: name: field required"),
        (HEAD.replace("0.1.0", "new"), "food.toml: version: 'new' must be three numbers"),
        (
            HEAD + label().replace('key = "d"', "key = 1"),
            "food.toml: entity[0].key: input should be a valid string",
        ),
        (HEAD + label(key="b"), "food.toml: entity[0].key: 'b' must be"),
        (HEAD + label(key="D"), "food.toml: entity[0].key: 'D' must be"),
        (HEAD + label() + label(id="drink"), "food.toml: entity[1].key: 'd' is taken by entity[0]"),
        (HEAD + label() + label(key="x"), "food.toml: entity[1].id: 'dish' is taken by entity[0]"),
        (HEAD + label(id="Main Dish"), "food.toml: entity[0].id: 'Main Dish' must be"),
        (HEAD + label("stance", "none", "n"), "food.toml: stance[0].id: 'none' is what"),
        (HEAD + label("stance", "tasty", "t"), "food.toml: target: missing"),
        (HEAD + '[defaults]\ntarget = "soup"\n', "food.toml: defaults.target: no target is called 'soup'"),
        (HEAD + label().replace("[[entity]]", "[[entities]]"), "food.toml: entities: unknown field"),
    ],
)
def test_faults_name_the_file_and_the_key(text: str, complaint: str) -> None:
    with pytest.raises(SchemeError) as error:
        parse_scheme(text, "food.toml")
    assert complaint in str(error.value)


def test_a_missing_file_is_a_message(tmp_path: Path) -> None:
    with pytest.raises(SchemeError, match="No such file"):
        read_scheme(tmp_path / "none.toml")
