"""What stood before a build changed a pair, and what became of each label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from hashiya.corpus.carrying.carry_over import carry_over
from hashiya.corpus.carrying.labels_before import LabelsBefore, labels_before
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Annotation, Flag, Implication, Link, Pair, Stance
from tests.corpora import Rows, label, new, publish

FIRST: Rows = [
    ("قالت إنفيديا ولاما في وول ستريت", "Nvidia and Llama said it on Wall Street"),
    ("ارتفعت أسهم إنفيديا", "Shares of Nvidia rose"),
]
STANCE = (Stance(target="chips", stance="bullish", holder="source", holder_entity="en0"),)
IMPLIES = (Implication(target="chips", channel="cost", direction="positive", certainty="hedged"),)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return new(tmp_path / "corpus", {"d": FIRST})


def texts(rows: Rows) -> list[str]:
    return ["\n".join(str(row[side]) for row in rows) for side in (0, 1)]


def record(corpus: Corpus, made: Annotation, rows: Rows = FIRST) -> Annotation:
    with corpus.journal() as journal:
        journal.record([made], texts(rows))
    return made


def build(corpus: Corpus, rows: Rows) -> list[Pair]:
    """Another build, after which labels are carried."""
    generation = publish(corpus, {"d": rows})
    with corpus.journal() as journal:
        carry_over(journal, generation)
    return list(generation.pairs())


def before(corpus: Corpus, pair: Pair) -> list[LabelsBefore]:
    with corpus.journal() as journal:
        (standing,) = journal.standing(pair.pair_id, "layla")
        return labels_before(journal, standing, pair, corpus.generation().views(["d"])["d"])


def placed(found: LabelsBefore) -> list[tuple[str, int]]:
    return [(item.text, item.start) for item in found.placed.entities]


def losses(found: LabelsBefore) -> list[tuple[str, str]]:
    return [(item.mark.text, item.loss) for item in found.marks]


def rows_with(ar: str, en: str) -> Sequence[tuple[str | None, str | None]]:
    return [(ar, en), FIRST[1]]


def test_statements_are_as_they_were_and_marks_where_the_carry_put_them(corpus: Corpus) -> None:
    said = label(
        corpus.generation(), 0, ("en", "Nvidia"), ("en", "Llama"), ("ar", "إنفيديا"),
        stances=STANCE, implications=IMPLIES, links=(Link(ar="ar2", en="en0"),), comment="note",
    )  # fmt: skip
    record(corpus, said)
    pair = build(corpus, rows_with(str(FIRST[0][0]), "Yesterday Nvidia and Llama said it on Wall Street"))[0]
    (found,) = before(corpus, pair)
    assert found.said == said
    assert (found.en, found.ar, found.changed) == (FIRST[0][1], FIRST[0][0], ("en",))
    assert placed(found) == [("إنفيديا", 5), ("Nvidia", 10), ("Llama", 21)]
    assert (found.placed.stances, found.placed.implications) == (STANCE, IMPLIES)
    assert found.placed.links == (Link(ar="ar2", en="en0"),)
    assert (found.placed.pair_id, found.placed.comment) == (pair.pair_id, "note")
    assert losses(found) == [("Nvidia", ""), ("Llama", ""), ("إنفيديا", "")]


def test_words_that_are_gone_are_said_to_be(corpus: Corpus) -> None:
    flag = Flag(lang="en", start=25, end=39, text="on Wall Street", kind="garbled")
    record(
        corpus,
        label(corpus.generation(), 0, ("en", "Nvidia"), ("en", "Llama"), stances=STANCE, flags=(flag,)),
    )
    pair = build(corpus, rows_with(str(FIRST[0][0]), "Llamas and others said it today"))[0]
    (found,) = before(corpus, pair)
    assert losses(found) == [
        ("Nvidia", "words gone"),
        ("Llama", "words gone"),
        ("on Wall Street", "words gone"),
    ]
    assert placed(found) == []
    assert found.placed.stances == (replace(STANCE[0], holder_entity=None),)


def test_words_that_stand_elsewhere_now_are_found(corpus: Corpus) -> None:
    record(corpus, label(corpus.generation(), 0, ("en", "Nvidia"), ("en", "Llama")))
    pair = build(corpus, rows_with(str(FIRST[0][0]), "It was said on Wall Street, by Llama and by Nvidia"))[0]
    (found,) = before(corpus, pair)
    assert placed(found) == [("Llama", 31), ("Nvidia", 44)]


def test_a_mark_that_went_to_another_pair_is_told(corpus: Corpus) -> None:
    record(corpus, label(corpus.generation(), 0, ("en", "Nvidia"), ("en", "Wall Street"), stances=STANCE))
    cut = [("قالت إنفيديا ولاما", "Nvidia and Llama said it"), ("في وول ستريت", "on Wall Street"), FIRST[1]]
    first, second, _ = build(corpus, cut)
    (of_first,), (of_second,) = before(corpus, first), before(corpus, second)
    assert losses(of_first) == [("Nvidia", ""), ("Wall Street", "elsewhere")]
    assert of_first.marks[1].pair_id == second.pair_id
    assert losses(of_second) == [("Nvidia", "elsewhere"), ("Wall Street", "")]
    assert of_second.placed.stances == (replace(STANCE[0], holder_entity=None),)


def test_it_goes_back_through_builds_that_nobody_reviewed(corpus: Corpus) -> None:
    said = record(corpus, label(corpus.generation(), 0, ("en", "Nvidia"), stances=STANCE))
    one = rows_with(str(FIRST[0][0]), "Today Nvidia and Llama said it on Wall Street")
    build(corpus, one)
    pair = build(corpus, rows_with(str(FIRST[0][0]), "Today Nvidia and Llama said it on Wall Street again"))[
        0
    ]
    (found,) = before(corpus, pair)
    assert found.said == said
    assert found.placed.stances == STANCE


def test_it_stays_while_the_review_goes_on(corpus: Corpus) -> None:
    record(corpus, label(corpus.generation(), 0, ("en", "Nvidia"), stances=STANCE))
    pair = build(corpus, rows_with(str(FIRST[0][0]), "Today Nvidia and Llama said it on Wall Street"))[0]
    with corpus.journal() as journal:
        (standing,) = journal.standing(pair.pair_id, "layla")
        journal.record([replace(standing.annotations[0], comment="looking")])
    (found,) = before(corpus, pair)
    assert found.placed.stances == STANCE


def test_two_pairs_that_became_one_have_both_before(corpus: Corpus) -> None:
    for number in (0, 1):
        record(corpus, label(corpus.generation(), number, ("en", "Nvidia"), stances=STANCE if number else ()))
    (pair,) = build(corpus, [tuple(" ".join(str(row[side]) for row in FIRST) for side in (0, 1))])  # type: ignore[list-item]
    found = before(corpus, pair)
    assert [item.en for item in found] == [FIRST[0][1], FIRST[1][1]]
    assert [placed(item) for item in found] == [[("Nvidia", 0)], [("Nvidia", 50)]]


def test_nothing_was_carried(corpus: Corpus) -> None:
    record(corpus, label(corpus.generation(), 0, ("en", "Nvidia"), status="review"))
    assert before(corpus, next(corpus.generation().pairs())) == []
