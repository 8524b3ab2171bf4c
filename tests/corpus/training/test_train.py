"""Training: what is chosen is chosen without the test split, and small data has designed answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pytest

from hashiya.corpus.training.dataset_rows import class_rows, span_rows
from hashiya.corpus.training.evaluation.evaluate import short_scores
from hashiya.corpus.training.models.protocol import decided
from hashiya.corpus.training.tasks import TASK_NAMES, TaskName
from hashiya.corpus.training.train import TrainingData, TrainingPlan, train
from hashiya.corpus.training.trials import ClassTrial
from hashiya.corpus.training.worst_errors import worst_rows
from hashiya.schema.errors import HashiyaError
from hashiya.schema.records import LANGS
from tests.training_data import CLASSES, dataset, table

QUICK = {"train": 6, "validation": 3, "test": 3, "pairs": 4}


def changed(data: TrainingData, **columns: Any) -> TrainingData:
    """The dataset with other values in columns of its test split."""
    rows = [{**row, **columns} for row in data.tables["test"].to_pylist()]
    config = {"stance": "stance", "implications": "implications", "entities": "entities"}[data.task.name]
    return replace(data, tables={**data.tables, "test": table(config, rows)})  # type: ignore[arg-type]


def emptied(data: TrainingData, *splits: str) -> TrainingData:
    tables = {split: found.slice(0, 0) if split in splits else found for split, found in data.tables.items()}
    return replace(data, tables=tables)


ANSWERS: dict[TaskName, dict[str, Any]] = {
    "stance": {"label": CLASSES["stance"].index("mixed"), "stances": [], "votes": [], "weight": None},
    "implications": {"labels": [0] * len(CLASSES["implication"]), "implications": []},
    "entities": {"spans": [], "masked": [], "votes": [], "labels_from": "adjudicated"},
}


@pytest.mark.parametrize("name", TASK_NAMES)
def test_what_a_model_is_given_does_not_depend_on_the_answers(name: TaskName) -> None:
    data = dataset(name, **QUICK)
    other = changed(data, **ANSWERS[name])
    read = span_rows if name == "entities" else class_rows
    one, two = (read(data.task, item.tables["test"]) for item in (data, other))
    assert one.inputs == two.inputs
    fitted, report = train(data, TrainingPlan(seed=3))
    again, changed_report = train(other, TrainingPlan(seed=3))
    # The test split taught nothing and chose nothing: the model is the same whatever stands in it.
    assert report.settings == changed_report.settings
    assert report.threshold == changed_report.threshold
    assert report.tried == changed_report.tried
    for matrix, other_matrix in zip(
        fitted.predict_proba(one.inputs), again.predict_proba(two.inputs), strict=True
    ):
        np.testing.assert_array_equal(matrix, other_matrix)


@pytest.mark.parametrize("name", TASK_NAMES)
def test_the_same_data_and_seed_give_the_same_report(name: TaskName) -> None:
    data = dataset(name, **QUICK)
    assert train(data, TrainingPlan(seed=1))[1] == train(data, TrainingPlan(seed=1))[1]


@pytest.mark.parametrize("name", TASK_NAMES)
def test_empty_splits_have_designed_answers(name: TaskName) -> None:
    data = dataset(name, **QUICK)
    with pytest.raises(HashiyaError, match="the split train has no row"):
        train(emptied(data, "train"), TrainingPlan())
    _, report = train(emptied(data, "validation", "test"), TrainingPlan(apart=("test0",)))
    assert report.tried == ()
    assert "no row to choose by" in report.chosen_by
    assert report.test.rows == 0
    assert {report.test.macro_f1.value, report.test.micro_f1.value} == {None}
    assert report.curve == ()
    assert report.errors == ()
    assert report.notes == (
        "the split validation has no row",
        "the split test has no row",
        "document test0 has no row in the split test, and no figures of its own",
    )


@pytest.mark.parametrize("model", ["ngrams", "majority", "random"])
def test_one_class_alone_is_no_crash_and_no_success(model: str) -> None:
    data = dataset("stance", **QUICK)
    tables = {split: found.filter(pc.field("label") == 0) for split, found in data.tables.items()}
    _, report = train(replace(data, tables=tables), TrainingPlan(model=model))
    assert report.test.accuracy.value is None
    assert report.test.macro_f1.value is None


def test_the_report_tells_everything_apart() -> None:
    data = dataset("stance", **QUICK)
    _, report = train(data, TrainingPlan(apart=("test1", "nowhere")))
    assert [item.what for item in report.by_lang] == ["language ar", "language en"]
    assert [item.what for item in report.apart] == ["document test1"]
    assert [item.doc_id for item in report.documents] == ["test0", "test1", "test2"]
    assert sum(item.rows for item in report.by_lang) == report.test.rows
    assert sum(item.rows for item in report.by_source) == report.test.rows
    assert report.both_sides is not None
    assert report.both_sides.rows * 2 == report.test.rows
    assert [item.what for item in report.baselines] == ["majority", "random"]
    assert [point.documents for point in report.curve] == [1, 2, 3, 6]
    assert report.curve[-1].macro_f1.value == report.test.macro_f1.value
    shape = {item.split: item for item in report.splits}
    assert shape["train"].documents == 6
    assert (
        shape["train"].examples["none"]
        + sum(shape["train"].examples[name] for name in ("bullish", "bearish"))
        == shape["train"].rows
    )


def test_one_side_alone_can_be_learned() -> None:
    _, report = train(dataset("stance", **QUICK), TrainingPlan(langs=("ar",)))
    assert [item.what for item in report.by_lang] == ["language ar"]
    assert report.both_sides is None


def test_the_encoders_vectors_are_learned_in_one_language_and_asked_in_the_other() -> None:
    _, report = train(dataset("stance", **QUICK), TrainingPlan(model="encoder"))
    assert [item.what for item in report.across] == [
        "learned from ar, asked in ar",
        "learned from ar, asked in en",
        "learned from en, asked in ar",
        "learned from en, asked in en",
    ]
    over = report.across[1].accuracy.value
    assert over is not None
    assert over > 0.6


def test_the_worst_errors_are_told_with_their_texts() -> None:
    _, report = train(dataset("stance", **QUICK), TrainingPlan(model="majority"))
    assert report.errors
    error = report.errors[0]
    assert error.predicted == ("none",)
    assert error.truth[0] in {"bullish", "bearish"}
    assert error.target == "chips"
    assert len(error.text) > 10


def test_the_surest_errors_are_those_that_a_model_says_with_most_probability() -> None:
    data = dataset("stance", **QUICK)
    rows = class_rows(data.task, data.tables["test"]).take(np.arange(3))
    answers = np.zeros_like(rows.answers)
    answers[0, data.task.classes.index("mixed")] = answers[1, 0] = answers[2, 0] = 1
    # Of the first, which nothing speaks for, the model is less sure than of the second.
    said = np.array([[0.6, 0.4, 0, 0, 0], [0.1, 0.9, 0, 0, 0], [0.9, 0.1, 0, 0, 0]])
    errors = worst_rows(data.task, replace(rows, answers=answers), said, decided(data.task, said))
    assert [(error.truth, error.predicted, error.probability) for error in errors] == [
        (("none",), ("bullish",), 0.9),
        (("mixed",), ("none",), 0.6),
    ]


def test_settings_are_tried_with_the_thresholds_that_they_are_used_with() -> None:
    data = dataset("stance", **QUICK)
    rows = data.tables["train"].to_pylist()
    for number, row in enumerate(row for row in rows if row["label"]):
        row["label"] *= number % 3 == 0  # stances are rare in training, so that `none` has to count less
    rare = replace(data, tables={**data.tables, "train": table("stance", rows)})
    fitted, report = train(rare, TrainingPlan())
    assert report.threshold < 0.5
    trial = ClassTrial(data.task, 0, threshold=report.threshold)
    validation = trial.rows(data.tables["validation"], LANGS)
    macro, _ = short_scores(data.task, trial.sums(validation, trial.say(fitted, validation)))
    tried = {tuple(item.settings.items()): item.score.value for item in report.tried}
    assert tried[tuple(report.settings.items())] == macro.value == max(value or 0 for value in tried.values())


def test_a_baseline_of_another_task_is_refused() -> None:
    with pytest.raises(HashiyaError, match="no model 'crf' for classes"):
        train(dataset("stance", **QUICK), TrainingPlan(model="crf"))
