"""The seed article and its gold: what the main job runs on must hold together, letter for letter."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from hashiya.corpus.building.build import Built, build
from hashiya.corpus.dataset.load import load
from hashiya.corpus.dataset.release import release
from hashiya.corpus.exchange.labels_jsonl import import_labels
from hashiya.corpus.inspection.check import check
from hashiya.corpus.segmentation.segment import segment
from hashiya.schema.codec import from_json
from hashiya.schema.records import LANGS, Annotation, Entity, Flag, Lang

SEEDS = Path(__file__).parents[1] / "seeds"
NAME = "deepseek-shock"
AMNESTY = "منظمة العفو الدولية"
PARTICLES = "وفبلك"


def text(lang: Lang) -> str:
    return (SEEDS / f"{NAME}.{lang}.txt").read_bytes().decode()


@pytest.fixture(scope="module")
def gold() -> list[Annotation]:
    lines = (SEEDS / f"{NAME}.labels.jsonl").read_text(encoding="utf-8").splitlines()
    return [from_json(Annotation, line, "gold") for line in lines]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    root = tmp_path_factory.mktemp("seeds")
    built = build(
        sorted(SEEDS.glob(f"{NAME}.*")), root / "corpus", report=lambda problem: pytest.fail(str(problem))
    )
    report = import_labels(built.corpus, SEEDS / f"{NAME}.labels.jsonl")
    assert not report.problems
    return built


def test_the_arabic_is_what_it_was() -> None:
    digest = hashlib.sha256((SEEDS / f"{NAME}.ar.txt").read_bytes()).hexdigest()
    assert digest == "78507969a370678555666562c055de882d8801d7c8dcf150c36c5a982aad268e"


def test_a_build_finds_the_gold_boundaries_exactly() -> None:
    beads = json.loads((SEEDS / f"{NAME}.beads.json").read_text(encoding="utf-8"))["beads"]
    wanted = {lang: [span for bead in beads for span in bead[lang]] for lang in LANGS}
    assert (len(wanted["ar"]), len(wanted["en"])) == (35, 37)
    for lang in LANGS:
        found = segment(text(lang), lang)
        assert [[sentence.start, sentence.end] for sentence in found] == wanted[lang]
        assert [sentence.kind for sentence in found] == ["boilerplate"] * 2 + ["body"] * (len(found) - 2)


def test_the_build_obeys_the_gold_beads_and_reports_the_aligner_beside_them(built: Built) -> None:
    pairs = list(built.corpus.generation().pairs())
    assert Counter(pair.bead for pair in pairs) == {"1-1": 21, "1-2": 6, "2-1": 4}
    assert {pair.score for pair in pairs} == {None}
    assert [pair.kind for pair in pairs[:3]] == ["boilerplate", "boilerplate", "body"]
    (given,) = built.report.given
    assert given.f1 > 0.9
    assert len(built.report.lowest) == 5


def test_check_is_clean_and_every_body_pair_is_labelled(built: Built) -> None:
    report = check(built.corpus)
    assert report.problems == []
    assert (report.pairs, report.annotations) == (31, 29)


def test_every_quote_is_the_slice_of_its_side(built: Built, gold: list[Annotation]) -> None:
    pairs = {pair.pair_id: pair for pair in built.corpus.generation().pairs()}
    count = 0
    for annotation in gold:
        items: tuple[Entity | Flag, ...] = (*annotation.entities, *annotation.flags)
        for item in items:
            side = pairs[annotation.pair_id].text(item.lang) or ""
            assert side[item.start : item.end] == item.text
            count += 1
    assert count == 138


def test_amnesty_is_flagged_five_times_and_never_an_institution(gold: list[Annotation]) -> None:
    flags = [flag for annotation in gold for flag in annotation.flags if flag.text == AMNESTY]
    assert text("ar").count(AMNESTY) == len(flags) == 5
    assert {(flag.kind, flag.intended) for flag in flags} == {("mistranslation", "الذكاء الاصطناعي")}
    types = {entity.type for annotation in gold for entity in annotation.entities if AMNESTY in entity.text}
    assert types == {"technology"}


def test_names_are_cut_as_the_guidelines_say(gold: list[Annotation], built: Built) -> None:
    pairs = {pair.pair_id: pair for pair in built.corpus.generation().pairs()}
    for annotation in gold:
        for entity in annotation.entities:
            side = pairs[annotation.pair_id].text(entity.lang) or ""
            assert entity.text == entity.text.strip()
            assert not entity.text.endswith(("’s", "'s"))
            assert not entity.text.startswith(("شركة ", "the "))
            if entity.lang == "ar" and entity.start and not side[entity.start - 1].isspace():
                before = side[entity.start - 1]
                assert before in PARTICLES or unicodedata.category(before)[0] == "P", entity
            assert side[entity.end : entity.end + 1].isalpha() is False, entity


def test_translations_are_linked_by_concept(gold: list[Annotation]) -> None:
    for annotation in gold:
        entities = {entity.id: entity for entity in annotation.entities}
        for link in annotation.links:
            assert (entities[link.ar].concept, entities[link.ar].type) == (
                entities[link.en].concept,
                entities[link.en].type,
            )
        linked = {end for link in annotation.links for end in (link.ar, link.en)}
        for entity in annotation.entities:
            assert entity.concept
            others = [e for e in annotation.entities if e.lang != entity.lang and e.concept == entity.concept]
            assert not others or entity.id in linked, entity


def test_the_readme_counts_right(gold: list[Annotation]) -> None:
    readme = (SEEDS / "README.md").read_text(encoding="utf-8")
    counts = {
        name: sum(len(getattr(annotation, name)) for annotation in gold)
        for name in ("entities", "links", "flags", "implications", "stances")
    }
    said = ", ".join(f"{count} {name}" for name, count in counts.items())
    assert f"{sum(counts.values())} marks ({said})" in readme


def test_the_main_job_ends_in_a_dataset(built: Built, tmp_path: Path) -> None:
    release(built.corpus, tmp_path / "release", lambda problem: pytest.fail(str(problem)))
    data = load(tmp_path / "release")["test"]
    assert (len(data), {row["labels_from"] for row in data.pairs()}) == (29, {"gold"})
    counts = data.stance(lang="en").counts()
    assert counts == {"none": 29 * 6 - 8, "bullish": 4, "bearish": 4, "mixed": 0, "neutral": 0}
    tokens = data.entities(lang="ar")
    assert tokens.fates() == {"whole": sum(tokens.counts()[tag] for tag in tokens.counts() if tag[0] == "B")}
    assert data.flags().fates().keys() == {"whole"}
    (cut,) = (row for row in tokens if "الاستخدام الفعلي لمنظمة العفو الدولية" in row["text"])
    at = cut["tokens"].index("منظمة")
    names = [tokens.classes["labels"][tag] for tag in cut["labels"][at - 1 : at + 3]]
    assert cut["tokens"][at - 1 : at + 3] == ["ل", "منظمة", "العفو", "الدولية"]
    assert names == ["O", "B-technology", "I-technology", "I-technology"]
