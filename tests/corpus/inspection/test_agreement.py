"""The agreement of a corpus's annotators: counted where each looked, with a reason where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from hashiya.corpus.inspection.agreement import AgreementReport, measure_agreement
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.team.agreement.figures import AgreementFigure
from hashiya.schema.errors import Problem
from hashiya.schema.records import Annotation, Cover, Implication, Link, Stance
from tests.corpora import Rows, label, new

ROWS: Rows = [
    ("قالت إنفيديا ولاما في وول ستريت", "Nvidia and Llama said on Wall Street"),
    ("ارتفعت أسهم إنفيديا", "Shares of Nvidia rose"),
    ("وول ستريت", "Wall Street"),
]
DOCUMENTS = ("d1", "d2", "d3")


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return new(tmp_path / "corpus", dict.fromkeys(DOCUMENTS, ROWS))


def stance(target: str, said: str) -> Stance:
    return Stance(target=target, stance=said, holder="author")


def implication(target: str, channel: str, direction: str) -> Implication:
    return Implication(target=target, channel=channel, direction=direction, certainty="asserted")


def record(corpus: Corpus, made: Sequence[Annotation]) -> None:
    with corpus.journal() as journal:
        journal.record(made)


def figure(report: AgreementReport, coefficient: str, layer: str, **of: object) -> AgreementFigure:
    """The one figure of some annotators; by default of all, and of everything in the layer."""
    wanted: dict[str, object] = {
        "target": None,
        "channel": None,
        "label": None,
        "lang": None,
        "annotators": report.annotators,
    }
    if layer == "stances":
        wanted["aspect"] = "presence"
    if coefficient == "alpha" and layer == "implications":
        wanted["aspect"] = "presence"
    wanted |= of
    (found,) = (
        item
        for item in report.figures
        if (item.coefficient, item.layer) == (coefficient, layer)
        and all(getattr(item, name) == value for name, value in wanted.items())
    )
    return found


def two_of_each(corpus: Corpus) -> list[Annotation]:
    """What two annotators say of all pairs: by hand, so that figures can be counted by hand."""
    generation = corpus.generation()
    made: list[Annotation] = []
    for number, doc_id in enumerate(DOCUMENTS):
        for who in ("layla", "omar"):
            said = [stance("chips", "bullish")]
            if who == "omar" and number:
                said = [stance("chips", "bearish")] if number == 1 else []
            name = "Nvidia and" if who == "omar" and number == 2 else "Nvidia"
            first = label(generation, 0, ("en", name), doc_id=doc_id, annotator=who, stances=tuple(said))
            made += [first, *(label(generation, row, doc_id=doc_id, annotator=who) for row in (1, 2))]
    return made


def test_presence_and_polarity_are_counted_apart(corpus: Corpus) -> None:
    record(corpus, two_of_each(corpus))
    report = measure_agreement(corpus)
    assert (report.annotators, report.pairs, report.shared, report.documents) == (("layla", "omar"), 9, 9, 3)
    presence = figure(report, "alpha", "stances", target="chips")
    # Nine cells, one differs; 5 present and 13 absent: 1 - 17 * 2 / (2 * 5 * 13).
    assert presence.value == pytest.approx(1 - 17 * 2 / (2 * 5 * 13))
    assert (presence.items, presence.differing, dict(presence.said)) == (9, 1, {"absent": 13, "present": 5})
    polarity = figure(report, "alpha", "stances", target="chips", aspect="polarity")
    # Two cells in which both say something: bullish twice, bullish and bearish: 1 - 3 * 2 / (2 * 3 * 1).
    assert polarity.value == pytest.approx(0)
    assert (polarity.items, polarity.documents) == (2, 2)


def test_spans_are_compared_exactly_overlapping_by_type_and_by_character(corpus: Corpus) -> None:
    record(corpus, two_of_each(corpus))
    report = measure_agreement(corpus)
    found = {name: figure(report, name, "entities").value for name in ("f1_exact", "f1_overlapping")}
    assert found == {"f1_exact": pytest.approx(4 / 6), "f1_overlapping": 1}
    assert figure(report, "f1_type_only", "entities", label="company", lang="en").value == 1
    characters = figure(report, "u_alpha", "entities", lang="en")
    assert characters.items == sum(len(en or "") for _, en in ROWS) * 3
    assert characters.differing == len(" and")
    assert 0 < (characters.value or 0) < 1


def test_two_who_say_the_same_agree_and_what_nobody_says_is_undefined(corpus: Corpus) -> None:
    made = two_of_each(corpus)[:3]
    record(corpus, [*made, *(replace(item, annotator="omar") for item in made)])
    report = measure_agreement(corpus)
    assert figure(report, "alpha", "stances").value == 1
    assert figure(report, "f1_exact", "entities").value == 1
    silent = figure(report, "alpha", "stances", target="us_lead")
    assert (silent.value, silent.low, silent.items) == (None, None, 3)
    assert silent.undefined == "no variation: all 6 values are 'absent'"
    assert figure(report, "u_alpha", "flags").undefined == (
        "no variation: nothing is marked where two of them looked"
    )
    assert figure(report, "alpha", "stances", aspect="polarity").undefined == (
        "no variation: all 2 values are 'bullish'"
    )
    assert "two documents" in (figure(report, "alpha", "stances").interval_undefined or "")


def test_no_number_stands_where_nothing_was_compared(corpus: Corpus) -> None:
    generation = corpus.generation()
    record(corpus, [label(generation, 0, doc_id="d1"), label(generation, 1, doc_id="d1", annotator="omar")])
    report = measure_agreement(corpus)
    assert (report.pairs, report.shared) == (2, 0)
    assert {item.value for item in report.figures} == {None}
    assert all((item.undefined or "").startswith("no overlap") for item in report.figures)


@pytest.mark.parametrize("people", [(), ("layla",)])
def test_nobody_and_one_alone_have_no_figures(corpus: Corpus, people: Sequence[str]) -> None:
    record(corpus, [label(corpus.generation(), 0, doc_id="d1", annotator=who) for who in people])
    report = measure_agreement(corpus)
    assert (report.annotators, report.figures) == (people, ())


def test_who_did_not_look_is_not_compared(corpus: Corpus) -> None:
    """One who looked for companies on the English side says nothing of stances, nor of models."""
    generation = corpus.generation()
    narrow = (Cover(layer="entities", lang="en", labels=("company",)),)
    record(
        corpus,
        [
            label(generation, 0, ("en", "Nvidia"), doc_id="d1", stances=(stance("chips", "bullish"),)),
            label(generation, 0, ("en", "Nvidia"), doc_id="d1", annotator="omar", covers=narrow),
        ],
    )
    report = measure_agreement(corpus)
    assert (figure(report, "alpha", "stances").undefined or "").startswith("no overlap")
    assert figure(report, "f1_exact", "entities").items == 2
    assert (figure(report, "f1_exact", "entities", lang="ar").undefined or "").startswith("no overlap")
    assert (figure(report, "u_alpha", "entities", label="model").undefined or "").startswith("no overlap")


def test_of_three_those_are_compared_who_looked_for_all_that_two_looked_for(corpus: Corpus) -> None:
    generation = corpus.generation()
    model = [
        replace(item, type="model") for item in label(generation, 0, ("en", "Llama"), doc_id="d1").entities
    ]
    both = label(generation, 0, ("en", "Nvidia"), doc_id="d1")
    both = replace(both, entities=(*both.entities, *(replace(item, id="m") for item in model)))
    narrow = (Cover(layer="entities", lang="en", labels=("company",)),)
    record(
        corpus,
        [
            both,
            replace(both, annotator="omar"),
            label(generation, 0, ("en", "Nvidia"), doc_id="d1", annotator="sara", covers=narrow),
        ],
    )
    report = measure_agreement(corpus)
    assert figure(report, "u_alpha", "entities", lang="en").value == 1
    assert figure(report, "f1_exact", "entities").value == 1
    companies = figure(report, "f1_exact", "entities", annotators=("layla", "sara"))
    assert (companies.value, companies.items, dict(companies.said)) == (1, 2, {"company": 2})


@pytest.mark.parametrize(
    "fields", [{"status": "draft"}, {"status": "review"}, {"status": "skipped"}, {"origin": "suggested"}]
)
def test_only_those_who_are_done_count(corpus: Corpus, fields: dict[str, object]) -> None:
    generation = corpus.generation()
    record(
        corpus,
        [label(generation, 0, doc_id="d1"), label(generation, 0, doc_id="d1", annotator="omar", **fields)],
    )
    assert measure_agreement(corpus).annotators == ("layla",)


def test_gold_is_what_annotators_are_compared_with_and_no_annotator(corpus: Corpus) -> None:
    made = two_of_each(corpus)
    gold = [replace(item, annotator="key", origin="gold") for item in made if item.annotator == "layla"]
    record(corpus, [*made, *gold])
    report = measure_agreement(corpus)
    assert (report.annotators, report.references) == (("layla", "omar"), ("key (gold)",))
    assert figure(report, "alpha", "stances", annotators=("layla", "key (gold)")).value == 1
    assert figure(report, "alpha", "stances", annotators=("omar", "key (gold)")).value != 1
    assert {item.annotators for item in report.figures} == {
        ("layla", "omar"), ("layla", "key (gold)"), ("omar", "key (gold)"),
    }  # fmt: skip


def test_what_one_says_twice_differently_is_no_value(corpus: Corpus) -> None:
    made = two_of_each(corpus)
    record(corpus, made)
    with corpus.journal() as journal:
        journal.record_beside(replace(made[0], stances=()), ())
    report = measure_agreement(corpus)
    assert figure(report, "alpha", "stances", target="chips").items == 8
    assert figure(report, "f1_exact", "entities").items == 6


def test_sets_of_implications_are_compared_by_their_distance(corpus: Corpus) -> None:
    generation = corpus.generation()
    one = (implication("chips", "demand", "positive"), implication("chips", "cost", "negative"))
    said = {"d1": (one, one[:1]), "d2": (one, one), "d3": ((), ())}
    record(
        corpus,
        [
            label(generation, 0, doc_id=doc_id, annotator=who, implications=items)
            for doc_id, both in said.items()
            for who, items in zip(("layla", "omar"), both, strict=True)
        ],
    )
    report = measure_agreement(corpus)
    # n = 3, 1, 2 of {demand, cost}, {demand}, {}: 1 - 5 * (4/3) / (2 * (3 * 2/3 + 3 * 2 + 1 * 2)).
    sets = figure(report, "masi_alpha", "implications")
    assert sets.value == pytest.approx(1 - 5 * (4 / 3) / 20)
    assert (sets.items, sets.differing, sets.unit) == (3, 1, "pairs")
    assert figure(report, "alpha", "implications", target="chips", channel="demand").value == 1
    assert figure(report, "alpha", "implications", target="chips", channel="cost").differing == 1


def test_links_are_compared_where_both_have_both_ends(corpus: Corpus) -> None:
    generation = corpus.generation()
    names = (("ar", "إنفيديا"), ("en", "Nvidia"), ("ar", "لاما"), ("en", "Llama"))
    full = label(generation, 0, *names, doc_id="d1")  # type: ignore[arg-type]
    links = (Link(ar="ar0", en="en1"), Link(ar="ar2", en="en3"))
    lacking = label(generation, 0, *names[:2], doc_id="d1", annotator="omar")  # type: ignore[arg-type]
    record(corpus, [replace(full, links=links), replace(lacking, links=links[:1])])
    found = figure(measure_agreement(corpus), "f1", "links")
    assert (found.value, found.items) == (1, 2)


def test_another_scheme_is_left_out_and_told(corpus: Corpus) -> None:
    made = two_of_each(corpus)
    record(corpus, [replace(item, scheme=replace(item.scheme, version="9.0.0")) for item in made[3:6]])
    record(corpus, made[:3])
    told: list[Problem] = []
    report = measure_agreement(corpus, report=told.append)
    assert (report.annotators, len(told)) == (("layla",), 1)
    assert "3 annotations left out" in str(told[0])


def test_pairs_that_are_gone_are_left_out_and_told_and_covers_that_are_unknown_are_counted(
    corpus: Corpus,
) -> None:
    made = two_of_each(corpus)
    gone = replace(made[0], pair_id="f" * 32)
    known = replace(made[-1], covers=(Cover(layer="entities", lang="en"),))
    record(corpus, [*made[:-1], known, gone, replace(gone, annotator="omar")])
    told: list[Problem] = []
    report = measure_agreement(corpus, report=told.append)
    assert (report.shared, report.assumed) == (9, 17)
    assert [problem.what for problem in told] == ["1 labelled pairs are not in the text any more"]
    assert not told[0].left_out


def test_the_figures_are_the_same_in_whatever_order_it_was_recorded(tmp_path: Path) -> None:
    reports = []
    for name, step in (("one", 1), ("other", -1)):
        corpus = new(tmp_path / name / "corpus", dict.fromkeys(DOCUMENTS, ROWS))
        record(corpus, two_of_each(corpus)[::step])
        reports.append(measure_agreement(corpus))
    assert reports[0] == reports[1]
    assert reports[0].figures != measure_agreement(corpus, seed=1).figures
