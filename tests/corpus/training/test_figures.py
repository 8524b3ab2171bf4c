"""Figures beside scikit-learn's on random answers, and what is undefined rather than 1."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn import metrics

from hashiya.corpus.training.evaluation.evaluate import evaluate_rows, evaluate_spans
from hashiya.corpus.training.evaluation.evaluation import Evaluation
from hashiya.corpus.training.evaluation.ranking import average_precision, calibration
from hashiya.corpus.training.models.protocol import ScoredSpan, decided
from hashiya.corpus.training.rows import NOT_KNOWN, ModelInputs, RowOrigins, TrainingRows, TrainingTexts
from hashiya.schema.records import LANGS
from tests.training_data import task

STANCE = task("stance")
CLASSES = len(STANCE.classes)
numbers = st.lists(st.integers(0, CLASSES - 1), min_size=1, max_size=60)


def rows(answers: NDArray[Any], documents: int = 3) -> TrainingRows:
    count = len(answers)
    origins = RowOrigins(
        tuple(f"p{row}" for row in range(count)),
        tuple(f"d{row % documents}" for row in range(count)),
        ("gold",) * count,
        (1.0,) * count,
    )
    return TrainingRows(ModelInputs(("x",) * count, LANGS[1:] * count), answers.astype(np.int8), origins)


def one_hot(labels: list[int]) -> NDArray[Any]:
    return np.eye(CLASSES)[labels]


def judged(truth: list[int], said: list[int]) -> Evaluation:
    return evaluate_rows(STANCE, "test", rows(one_hot(truth)), one_hot(said))


@given(numbers, st.randoms(use_true_random=False))
def test_figures_of_classes_are_those_of_scikit_learn(truth: list[int], random: object) -> None:
    said = [random.randrange(CLASSES) if random.random() < 0.5 else label for label in truth]  # type: ignore[attr-defined]
    found = judged(truth, said)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        truth, said, labels=range(CLASSES), zero_division=0
    )
    there = [number for number in STANCE.scored if support[number]]
    for number, item in enumerate(found.classes):
        assert item.examples == support[number]
        if support[number]:
            assert item.recall.value == pytest.approx(recall[number])
            assert item.f1.value == pytest.approx(f1[number])
            assert (item.precision.value or 0.0) == pytest.approx(precision[number])
            assert (item.precision.value is None) == (number not in said)
        else:
            assert item.f1.value is None
            assert item.f1.undefined == "no example in the split"
    if there:
        assert found.macro_f1.value == pytest.approx(np.mean([f1[number] for number in there]))
        micro = metrics.f1_score(truth, said, labels=STANCE.scored, average="micro", zero_division=0)
        assert found.micro_f1.value == pytest.approx(micro)
    else:
        assert found.macro_f1.value is None
        assert found.micro_f1.value is None
    if len(set(truth)) > 1:
        assert found.accuracy.value == pytest.approx(metrics.accuracy_score(truth, said))


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])), min_size=1))
def test_average_precision_is_that_of_scikit_learn(items: list[tuple[bool, float]]) -> None:
    truth = np.array([one for one, _ in items])
    scores = np.array([score for _, score in items])
    found = average_precision(truth, scores)
    if truth.any():
        assert found.value == pytest.approx(metrics.average_precision_score(truth, scores))
    else:
        assert found.value is None


def test_nothing_is_one_by_accident() -> None:
    only_none = judged([0] * 50, [0] * 50)
    assert only_none.accuracy.value is None
    assert only_none.macro_f1.value is None
    assert only_none.micro_f1.value is None
    assert only_none.average_precision.value is None
    empty = evaluate_rows(STANCE, "test", rows(np.zeros((0, CLASSES))), np.zeros((0, CLASSES)))
    assert {empty.macro_f1.value, empty.micro_f1.value, empty.accuracy.value} == {None}
    assert empty.calibration.error.value is None
    no_texts = TrainingTexts(ModelInputs((), ()), (), (), RowOrigins((), (), (), ()))
    nothing = evaluate_spans(task("entities"), "test", no_texts, [])
    assert {nothing.macro_f1.value, nothing.micro_f1.value, nothing.average_precision.value} == {None}


def test_a_class_that_training_did_not_have_is_told_and_counts_as_missed() -> None:
    found = evaluate_rows(
        STANCE, "test", rows(one_hot([0, 1, 2])), one_hot([0, 1, 0]), trained=[9, 9, 0, 0, 0]
    )
    assert found.classes[2].f1.value == 0
    assert found.notes == ("bearish: no example in training, so it cannot be found",)


def test_one_document_has_no_interval_and_many_have() -> None:
    alone = evaluate_rows(STANCE, "test", rows(one_hot([0, 1, 2, 1]), documents=1), one_hot([0, 1, 1, 1]))
    assert alone.macro_f1.value is not None
    assert alone.macro_f1.low is None
    assert alone.macro_f1.interval_undefined == "an interval needs two documents; there is one"
    draw = np.random.default_rng(0)
    truth = draw.integers(0, 3, 400).tolist()
    said = [label if draw.random() < 0.7 else 0 for label in truth]
    many = evaluate_rows(STANCE, "test", rows(one_hot(truth), documents=20), one_hot(said))
    assert many.macro_f1.value is not None
    assert many.macro_f1.low is not None
    assert many.macro_f1.high is not None
    assert 0 < many.macro_f1.low < many.macro_f1.value < many.macro_f1.high < 1


@given(st.lists(st.integers(0, 1), min_size=8, max_size=8), st.integers(0, 7))
def test_what_nobody_knows_changes_no_figure(guess: list[int], hidden: int) -> None:
    several = task("implications")
    width = len(several.classes)
    answers = np.zeros((4, width), np.int8)
    answers[0, 0] = answers[1, 1] = 1
    said = np.zeros((4, width))
    said[:, :2] = np.array(guess).reshape(4, 2)
    answers[hidden // 2, hidden % 2] = NOT_KNOWN
    flipped = said.copy()
    flipped[hidden // 2, hidden % 2] = 1 - flipped[hidden // 2, hidden % 2]
    one, other = (evaluate_rows(several, "test", rows(answers), matrix) for matrix in (said, flipped))
    assert one == other


def test_calibration_is_the_gap_between_what_was_said_and_what_is_right() -> None:
    confidence = np.array([0.95] * 50 + [0.55] * 50)
    right = np.array([True] * 40 + [False] * 10 + [True] * 25 + [False] * 25)
    found = calibration(confidence, right, "predictions")
    assert found.error.value == pytest.approx(0.5 * 0.15 + 0.5 * 0.05)
    assert sum(item.count for item in found.bins) == 100
    few = calibration(confidence[:3], right[:3], "predictions")
    assert few.error.undefined == "3 predictions: fewer than 30 say nothing of calibration"


def spans_of(truth: list[tuple[int, int, str]], masked: list[tuple[int, int]]) -> TrainingTexts:
    origins = RowOrigins(("p",), ("d",), ("gold",), (1.0,))
    return TrainingTexts(ModelInputs(("x" * 40,), ("en",)), (tuple(truth),), (tuple(masked),), origins)


def test_spans_are_right_by_their_exact_borders_and_type() -> None:
    texts = spans_of([(0, 4, "company"), (6, 9, "person"), (12, 15, "place")], [(20, 30)])
    said = [
        ScoredSpan(0, 4, "company", 0.9),
        ScoredSpan(6, 8, "person", 0.8),
        ScoredSpan(12, 15, "market", 0.7),
        ScoredSpan(22, 24, "person", 0.6),
        ScoredSpan(35, 38, "person", 0.5),
    ]
    found = evaluate_spans(task("entities"), "test", texts, [said])
    assert found.micro_precision.value == pytest.approx(1 / 4)
    assert found.micro_recall.value == pytest.approx(1 / 3)
    assert {(item.truth, item.predicted) for item in found.mistakes} == {
        ("person", "person, other borders"),
        ("place", "market"),
        ("nothing", "person"),
    }
    by_name = {item.name: item for item in found.classes}
    assert by_name["company"].average_precision.value == 1
    assert by_name["person"].average_precision.value == 0
    assert by_name["technology"].f1.value is None


def test_a_span_beyond_the_tokens_is_missed_not_forgotten() -> None:
    texts = spans_of([(1, 3, "company")], [])
    found = evaluate_spans(task("entities"), "test", texts, [[ScoredSpan(0, 4, "company", 0.9)]])
    assert found.micro_f1.value == 0
    assert replace(found, what="").classes[0].examples == 1


def test_a_threshold_of_a_half_changes_nothing_and_a_lower_one_lets_more_be_said() -> None:
    draw = np.random.default_rng(1)
    probabilities = draw.dirichlet(np.ones(CLASSES), size=200)
    usual = decided(STANCE, probabilities)
    assert (usual.argmax(axis=1) == probabilities.argmax(axis=1)).all()
    said = [int(decided(STANCE, probabilities, at)[:, 1:].sum()) for at in (0.1, 0.5, 0.9)]
    assert said[0] > said[1] > said[2]
    several = task("implications")
    cells = draw.random((10, len(several.classes)))
    assert (decided(several, cells, 0.7) == (cells >= 0.7)).all()
