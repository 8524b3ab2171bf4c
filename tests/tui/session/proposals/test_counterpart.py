"""What is proposed on the other side, and how often it is what the gold links."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.building.build import build
from hashiya.schema.codec import from_json
from hashiya.schema.errors import LabelError
from hashiya.schema.records import LANGS, Annotation, Entity, Lang, Pair, Span
from hashiya.schema.scheme import shipped_scheme
from hashiya.tui.session.edits import entities, flags
from hashiya.tui.session.proposals.concepts import Concepts
from hashiya.tui.session.proposals.counterpart import Counterpart, propose
from tests.tui.session.drafts import draft_of, pair_of, pairs, span_of

SCHEME = shipped_scheme()
SEEDS = Path(__file__).parents[4] / "seeds"


def put(
    draft: Annotation, pair: Pair, lang: Lang, words: str, kind: str, concept: str | None = None, nth: int = 0
) -> tuple[Annotation, Entity]:
    draft, entity_id = entities.mark(
        draft, pair, SCHEME, lang, span_of(pair, lang, words, nth), kind, concept
    )
    return draft, next(entity for entity in draft.entities if entity.id == entity_id)


def said(pair: Pair, found: tuple[Counterpart, ...]) -> list[tuple[str, str]]:
    return [((pair.text(item.lang) or "")[item.span.start : item.span.end], item.reason) for item in found]


def proposed(
    ar: str, en: str, lang: Lang, words: str, kind: str = "company", concept: str | None = None
) -> list[tuple[str, str]]:
    pair = pair_of(ar, en)
    draft, entity = put(draft_of(pair), pair, lang, words, kind, concept)
    return said(pair, propose(draft, pair, entity, Concepts(SCHEME)))


@pytest.mark.parametrize(
    ("ar", "en", "words", "kind", "concept", "wanted"),
    [
        ("هزّت Deepseek السوق", "DeepSeek’s shock", "Deepseek", "company", None, ("DeepSeek", "same text")),
        ("فقدت 630 مليار دولار", "the $630 billion lost", "630 مليار دولار", "money", None,
         ("$630 billion", "number")),
        ("فقدت ٣٫٥ تريليون", "lost 3.5 trillion", "٣٫٥ تريليون", "money", None, ("3.5 trillion", "number")),
        ("تراجع ١٠٪ و20٪", "down 20% then 10%", "١٠٪", "money", None, ("10%", "same text")),
        ("ربحت إنفيديا", "profits at Nvidia", "إنفيديا", "company", "nvidia", ("Nvidia", "known form")),
        ("ربحت إنفيديا", "profits at Nvidia", "إنفيديا", "company", None, ("Nvidia", "sound")),
        ("الغرب", "in the West", "الغرب", "place", "the-west", ("West", "known form")),
        ("رقائقها", "AI chips, its chips", "رقائقها", "technology", "semiconductor",
         ("chips", "known form")),
    ],
)  # fmt: skip
def test_from_arabic(ar: str, en: str, words: str, kind: str, concept: str | None, wanted: object) -> None:
    assert proposed(ar, en, "ar", words, kind, concept)[0] == wanted


@pytest.mark.parametrize(
    ("ar", "en", "words", "concept", "wanted"),
    [
        ("وNvidia تربح", "Nvidia gains", "Nvidia", None, ("Nvidia", "same text")),
        ("طفرة للذكاء الاصطناعي 🚀", "the AI boom", "AI", "artificial-intelligence",
         ("لذكاء الاصطناعي", "known form")),
        ("وَبِالذَّكاءِ الاصطناعيّ", "with AI", "AI", "artificial-intelligence",
         ("الذَّكاءِ الاصطناعيّ", "known form")),
        ("باعت رقائقها", "sold chips", "chips", "semiconductor", ("رقائقها", "known form")),
        ("بـ١٠٠ مليارِ دولارٍ", "$100 billion", "$100 billion", None, ("١٠٠ مليارِ دولارٍ", "number")),
        ("قالت لميكروسوفت", "told Microsoft", "Microsoft", None, ("ميكروسوفت", "sound")),
    ],
)  # fmt: skip
def test_from_english(ar: str, en: str, words: str, concept: str | None, wanted: object) -> None:
    assert proposed(ar, en, "en", words, "technology", concept)[0] == wanted


def test_a_part_of_a_longer_term_comes_after_the_term_itself() -> None:
    found = proposed(
        "الذكاء الاصطناعي",
        "AI chips and AI",
        "ar",
        "الذكاء الاصطناعي",
        "technology",
        "artificial-intelligence",
    )
    assert found == [("AI", "known form"), ("AI", "known form")]
    pair = pair_of("الذكاء الاصطناعي", "AI chips and AI")
    draft, entity = put(
        draft_of(pair), pair, "ar", "الذكاء الاصطناعي", "technology", "artificial-intelligence"
    )
    first = propose(draft, pair, entity, Concepts(SCHEME))[0]
    assert first.span == Span(13, 15)


def test_words_flagged_as_mistranslated_are_what_was_meant() -> None:
    pair = pair_of("قضية منظمة العفو الدولية", "the case for AI")
    draft, entity = put(draft_of(pair), pair, "en", "AI", "technology", "artificial-intelligence")
    assert propose(draft, pair, entity, Concepts(SCHEME)) == ()
    amnesty = span_of(pair, "ar", "منظمة العفو الدولية")
    draft = flags.flag(draft, pair, "ar", amnesty, "mistranslation", "الذكاء الاصطناعي")
    assert propose(draft, pair, entity, Concepts(SCHEME)) == (Counterpart("ar", amnesty, None, "known form"),)


def test_what_is_marked_is_proposed_by_concept_then_by_type() -> None:
    pair = pair_of("شركة س", "Arm, Meta and Lisa Su")
    draft, source = put(draft_of(pair), pair, "ar", "س", "company", "meta")
    draft, _ = put(draft, pair, "en", "Arm", "company")
    draft, _ = put(draft, pair, "en", "Lisa Su", "person")
    known = Concepts(SCHEME)
    assert said(pair, propose(draft, pair, source, known)) == [("Meta", "known form"), ("Arm", "only one")]
    draft, _ = put(draft, pair, "en", "Meta", "company", "meta")
    found = propose(draft, pair, source, known)
    assert said(pair, found) == [("Meta", "concept"), ("Arm", "type")]
    assert [item.entity_id for item in found] == ["en3", "en1"]


def test_what_is_linked_already_is_not_proposed() -> None:
    pair = pair_of("Nvidia ثم Nvidia", "Nvidia gains")
    draft, one = put(draft_of(pair), pair, "ar", "Nvidia", "company", "nvidia")
    draft, other = put(draft, pair, "ar", "Nvidia", "company", "nvidia", nth=1)
    draft, target = put(draft, pair, "en", "Nvidia", "company", "nvidia")
    known = Concepts(SCHEME)
    assert propose(draft, pair, one, known)[0].entity_id == target.id
    assert propose(entities.link(draft, one.id, target.id), pair, other, known) == ()


def test_of_equals_the_one_at_the_same_place() -> None:
    pair = pair_of("Arm قالت إن Arm ربحت", "Arm said that Arm won")
    for nth, start in ((0, 0), (1, 14)):
        draft, entity = put(draft_of(pair), pair, "ar", "Arm", "company", None, nth)
        assert propose(draft, pair, entity, Concepts(SCHEME))[0].span.start == start


def test_a_side_that_is_absent() -> None:
    pair = pair_of("Nvidia", None)
    draft, entity = put(draft_of(pair), pair, "ar", "Nvidia", "company")
    assert propose(draft, pair, entity, Concepts(SCHEME)) == ()


@given(pairs(), st.data())
def test_no_proposal_cuts_into_a_marked_entity(pair: Pair, data: st.DataObject) -> None:
    draft = draft_of(pair)
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, 12))
        span = Span(start, start + data.draw(st.integers(1, 8)))
        try:
            draft, _ = entities.mark(draft, pair, SCHEME, data.draw(st.sampled_from(LANGS)), span, "company")
        except LabelError:
            continue
    known = Concepts(SCHEME)
    for entity in draft.entities:
        found = propose(draft, pair, entity, known)
        assert len({item.span for item in found}) == len(found)
        for item in found:
            assert item.lang != entity.lang
            assert 0 <= item.span.start < item.span.end <= len(pair.text(item.lang) or "")
            touched = [
                other
                for other in draft.entities
                if other.lang == item.lang and other.start < item.span.end and item.span.start < other.end
            ]
            assert [other.id for other in touched] == ([item.entity_id] if item.entity_id else [])


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Annotation, Pair]]:
    built = build(sorted(SEEDS.glob("deepseek-shock.*")), tmp_path_factory.mktemp("seeds") / "corpus")
    pairs = {pair.pair_id: pair for pair in built.corpus.generation().pairs()}
    lines = (SEEDS / "deepseek-shock.labels.jsonl").read_text(encoding="utf-8").splitlines()
    return [(found := from_json(Annotation, line, "gold"), pairs[found.pair_id]) for line in lines]


def share(gold: list[tuple[Annotation, Pair]], source: Lang, with_concept: bool) -> float:
    """How many gold links come first when the link and its end on the other side are taken away."""
    known = Concepts(SCHEME)
    hits: list[bool] = []
    for annotation, pair in gold:
        by_id = {entity.id: entity for entity in annotation.entities}
        for link in annotation.links:
            one, other = by_id[link.ar], by_id[link.en]
            if source == "en":
                one, other = other, one
            draft = entities.unmark(annotation, other.id)
            if not with_concept:
                one = replace(one, concept=known.propose(one.text, one.lang, one.type))
            found = propose(draft, pair, one, known)
            hits.append(bool(found) and found[0].span == Span(other.start, other.end))
    assert len(hits) == 52
    return sum(hits) / len(hits)


def test_the_first_proposal_is_mostly_what_the_gold_links(gold: list[tuple[Annotation, Pair]]) -> None:
    assert share(gold, "ar", True) >= 0.95
    assert share(gold, "en", True) >= 0.85
    assert share(gold, "ar", False) >= 0.8  # nothing remembered, only what the scheme knows
    assert share(gold, "en", False) >= 0.85
