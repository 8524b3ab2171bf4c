"""The starter dataset: what its page says of it is so, and its labels fit its texts."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import pytest

from hashiya.corpus.building.build import Built, build
from hashiya.corpus.carrying.merge_into_corpus import merge_into_corpus
from hashiya.corpus.dataset.pair_labels import labels_of_pair
from hashiya.corpus.dataset.voted_pairs import voted_pairs
from hashiya.corpus.inspection.agreement import AgreementReport, measure_agreement
from hashiya.corpus.inspection.check import check
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.team.agreement.figures import AgreedLayer
from hashiya.corpus.team.policies import StrictPolicy
from hashiya.corpus.team.resolution import resolve
from hashiya.schema.dataset import LabelsOfPair
from hashiya.schema.errors import Problem

FOLDER = Path(__file__).parents[1] / "seeds" / "starter"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
ARTICLES = sorted(path.name.removesuffix(".toml") for path in FOLDER.glob("*.toml"))
FLOORS: dict[tuple[AgreedLayer, str], float] = {
    ("entities", "spans"): 0.90,
    ("stances", "presence"): 0.67,
    ("stances", "polarity"): 0.80,
    ("implications", "presence"): 0.67,
}
"""What the labels were to reach before anybody adjudicated them."""


def fail(problem: Problem) -> None:
    pytest.fail(str(problem))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build([FOLDER], tmp_path_factory.mktemp("starter") / "corpus", report=fail)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """The corpus that the page makes: a folder above, so that pairs have the ids of the labels."""
    folder = tmp_path_factory.mktemp("starter")
    (folder / "seeds").mkdir()
    (folder / "seeds" / "starter").symlink_to(FOLDER)
    made = build([folder / "seeds"], folder / "corpus", report=fail).corpus
    merged, carried = merge_into_corpus(made, [FOLDER / "labels.journal.jsonl"])
    assert (set(merged.added), carried.unplaced) == ({"reader-ar", "reader-en", "adjudicator"}, [])
    return made


def test_every_article_says_that_it_is_made_and_how_it_may_be_used() -> None:
    for name in ARTICLES:
        known = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
        assert (known["ar_origin"], known["en_origin"], known["licence"]) == (
            "authored",
            "authored",
            "CC-BY-4.0",
        )
        assert all("language model" in known[side] for side in ("ar_by", "en_by")), name
        assert "split" not in known
        for suffix in (".ar.txt", ".en.txt", ".beads.json"):
            assert (FOLDER / f"{name}{suffix}").is_file(), name + suffix


def test_the_page_counts_what_there_is(built: Built) -> None:
    report = built.report
    assert (len(ARTICLES), report.documents, report.pairs) == (44, 44, 1186)
    assert "Forty-four articles" in README
    assert "1,186 pairs" in README
    one_side = sum(count for bead, count in report.beads.items() if "0" in bead.split("-"))
    rest = report.pairs - report.beads["1-1"] - one_side
    assert (
        f"{report.beads['1-1']} are one to one, {one_side} have one side only, {rest} join or split" in README
    )
    assert one_side + rest > report.pairs / 3
    assert len(report.given) == 44
    assert mean(one.f1 for one in report.given) > 0.95


def test_no_sentence_is_in_two_articles(built: Built) -> None:
    """But for lines that are no text of the article."""
    found: dict[str, set[str]] = {}
    for pair in built.corpus.generation().pairs():
        for text in (pair.ar, pair.en):
            if text is not None and pair.kind != "boilerplate" and len(text) > 30:
                found.setdefault(text, set()).add(pair.doc_id)
    assert {text: names for text, names in found.items() if len(names) > 1} == {}


@pytest.fixture(scope="module")
def agreement(corpus: Corpus) -> AgreementReport:
    return measure_agreement(corpus, report=fail)


def test_the_labels_fit_and_two_looked_at_every_pair(corpus: Corpus, agreement: AgreementReport) -> None:
    assert [problem for problem in check(corpus).problems if problem.left_out] == []
    assert agreement.annotators == ("reader-ar", "reader-en")
    assert agreement.finished == {"reader-ar": 1085, "reader-en": 1084}
    assert agreement.scheme.version == "1.1.0"


def test_the_consistency_on_the_page_is_what_came_out(agreement: AgreementReport) -> None:
    found = {
        (one.layer, one.aspect, one.lang): one.value
        for one in agreement.figures
        if one.target is one.channel is one.label is None and one.coefficient in {"alpha", "f1_exact"}
    }
    for (layer, aspect), floor in FLOORS.items():
        value = found[layer, aspect, None]
        assert value is not None
        assert value >= floor
        assert f"{value:.3f}".lstrip("0") in README, (layer, aspect)


def labels(corpus: Corpus) -> Iterator[LabelsOfPair]:
    policy = StrictPolicy()
    for item in voted_pairs(corpus, fail, with_decisions=True):
        found = resolve(item, item.votes, corpus.scheme, policy, item.adjudications)
        made = labels_of_pair(found, item.votes, policy)
        assert made.labels is not None
        yield made.labels


def test_the_page_counts_the_labels_and_nothing_is_left_open(corpus: Corpus) -> None:
    count = Counter[str]()
    silent = 0
    for made in labels(corpus):
        assert made.unresolved == ()
        silent += not made.stances
        count.update(str(item.type) for item in made.entities)
        count.update(str(item.stance) for item in made.stances)
        count.update(f"{item.direction} implications" for item in made.implications)
        count.update(str(item.certainty) for item in made.implications)
        count["flags"] += len(made.flags)
    for name in ("bullish", "bearish", "mixed", "neutral", "asserted", "hedged"):
        assert f"{count[name]} {name}" in README, (name, count[name])
    for direction in ("negative", "positive"):
        number = count[f"{direction} implications"]
        assert number >= 60
        assert f"{number} {direction}" in README
    assert min(count["bullish"], count["bearish"]) >= 60
    assert f"{count['flags']} flags" in README
    assert f"{silent} pairs have no stance" in README
    assert silent > 1085 / 2
    names = re.search(r"there are ([\d,]+) names", README)
    assert names is not None
    kinds = {item.id for item in corpus.scheme.entity}
    assert int(names[1].replace(",", "")) == sum(count[kind] for kind in kinds)
