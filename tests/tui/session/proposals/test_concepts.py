"""Slugs, and what is known of names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.text.fold import fold
from hashiya.schema.records import Entity, Lang, Span
from hashiya.schema.scheme import is_concept, shipped_scheme
from hashiya.tui.session.proposals.concepts import Concepts, has_arabic, readings, slug
from tests.strategies import texts


def entity(text: str, concept: str | None, lang: Lang = "ar", kind: str = "company") -> Entity:
    return Entity(
        id="x1", lang=lang, start=0, end=len(text) or 1, text=text or " ", type=kind, concept=concept
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Nvidia", "nvidia"),
        ("Lisa Su", "lisa-su"),
        ("$630 billion", "usd-630-billion"),
        ("US$630 billion", "usd-630-billion"),
        ("€5bn", "eur-5bn"),
        ("5 £", "gbp-5"),
        ("HK$ 1,299.99", "hkd-1299-99"),
        ("$100–$200bn", "usd-100-200bn"),
        ("Amazon.com, Inc.", "amazon-com"),
        ("Foo Group Ltd", "foo"),
        ("The Group", "group"),
        ("Inc", "inc"),
        ("the West", "west"),
        ("The", "the"),
        ("O’Neal’s", "oneals"),
        ("Société Générale", "societe-generale"),
        ("Ørsted Łódź Straße", "orsted-lodz-strasse"),
        ("AT&T", "at-t"),
        ("DeepSeek-R1 🚀", "deepseek-r1"),
        ("٦٣٠", "630"),
        ("R\u200e1", "r1"),
        ("plus$5", "usd-plus-5"),
        ("إنفيديا", None),
        ("$ مليار", None),
        ("…", None),
        ("", None),
    ],
)
def test_a_slug_is_made_of_an_english_name(text: str, wanted: str | None) -> None:
    assert slug(text) == wanted


@given(texts() | st.text("$€£¥ the inc Group,.0123abÉøſﬁK-'"))
def test_a_slug_may_name_a_concept(text: str) -> None:
    made = slug(text)
    assert made is None or is_concept(made)


def test_the_closed_list_is_known_with_particles_and_pronouns() -> None:
    known = Concepts(shipped_scheme())
    for text, concept in [
        ("الذكاء الاصطناعي", "artificial-intelligence"),
        ("الذكاءُ الاصطناعى", "artificial-intelligence"),
        ("للذكاء الاصطناعي", "artificial-intelligence"),
        ("لذكاء الاصطناعي", "artificial-intelligence"),
        ("وبالذكاء الاصطناعي", "artificial-intelligence"),
        ("رقائقها", "semiconductor"),
    ]:
        found = known.propose(text, "ar", "technology")
        assert found == (concept if text != "لذكاء الاصطناعي" else None), text
    assert known.propose("LLMs", "en", "technology") == "large-language-model"
    assert known.propose("chips", "en", "company") == "chips"  # a company is in no closed list
    assert known.propose("إنفيديا", "ar", "company") is None
    assert known.propose("شركة Nvidia", "ar", "company") is None
    assert known.propose("Nvidia", "ar", "company") == "nvidia"


def test_what_was_said_most_often_is_proposed() -> None:
    known = Concepts(shipped_scheme())
    known.remember(entity("أنثروبيك", "anthropik"))
    known.remember(entity("أنثروبيك", "anthropic"))
    known.remember(entity("أنثروبيك", "anthropic"))
    known.remember(entity("ميتا", None))
    assert known.propose("أَنثروبيك", "ar", "company") == "anthropic"
    assert known.propose("ولأنثروبيك", "ar", "company") == "anthropic"
    assert known.propose("أنثروبيك", "ar", "person") is None
    assert known.propose("ميتا", "ar", "company") is None
    known.remember(entity("AI", "wrong", "en", "technology"))
    assert known.propose("AI", "en", "technology") == "artificial-intelligence"


def test_forms_are_folded_and_the_most_usual_first() -> None:
    known = Concepts(shipped_scheme())
    assert known.forms("gpu", "en")[:2] == ("gpu", "gpus")
    assert known.forms("nvidia", "ar") == ()
    for text in ("نفيديا", "إنفيديا", "إنفيديا"):
        known.remember(entity(text, "nvidia"))
    assert known.forms("nvidia", "ar") == ("انفيديا", "نفيديا")
    assert known.named("انفيديا", "ar") == {"nvidia"}
    assert known.named("انفيديا", "en") == frozenset()


def test_every_form_of_the_scheme_is_known() -> None:
    known = Concepts(shipped_scheme())
    for label in shipped_scheme().entity:
        for term in label.terms:
            forms: tuple[tuple[Lang, tuple[str, ...]], ...] = (("ar", term.ar), ("en", term.en))
            for lang, names in forms:
                for name in names:
                    assert known.propose(name, lang, label.id) == term.concept
                    assert fold(name) in known.forms(term.concept, lang)


def test_readings_give_the_article_its_alef_back() -> None:
    text = "قال للرياض"
    assert readings(text, Span(4, 10), "ar") == (
        (Span(4, 10), "للرياض"),
        (Span(5, 10), "لرياض"),
        (Span(5, 10), "الرياض"),
    )
    assert readings("«AI»", Span(1, 3), "en") == ((Span(1, 3), "ai"),)


@pytest.mark.parametrize(
    ("text", "wanted"), [("Nvidia", False), ("٣٫٥؟ ـ", False), ("ﻻ", True), ("R1 و", True)]
)
def test_arabic_letters(text: str, wanted: bool) -> None:
    assert has_arabic(text) is wanted
