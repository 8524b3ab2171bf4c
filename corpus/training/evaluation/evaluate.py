"""How good predictions are: from answers, probabilities and spans to an `Evaluation`. Pure.

Never a 1 by accident: a class without an example is undefined, whatever was predicted, and so is an accuracy
where all rows have one class.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.team.agreement.bootstrap import Coefficient
from hashiya.corpus.training.evaluation.class_sums import (
    ClassSums,
    row_mistakes,
    row_sums,
    span_hits,
    span_mistakes,
    span_sums,
)
from hashiya.corpus.training.evaluation.evaluation import ClassScores, Evaluation, MistakenClass
from hashiya.corpus.training.evaluation.figure import (
    Figure,
    Sums,
    f1,
    figure_of,
    macro_f1,
    no_figure,
    pooled,
    precision,
    recall,
)
from hashiya.corpus.training.evaluation.ranking import Reliability, average_precision, calibration
from hashiya.corpus.training.models.protocol import Probabilities, ScoredSpan, decided
from hashiya.corpus.training.rows import NOT_KNOWN, TrainingRows, TrainingTexts
from hashiya.corpus.training.tasks import TrainingTask

_NO_EXAMPLE = "no example in the split"
_NONE_SAYS = "no example of a class that says something"


def evaluate_rows(
    task: TrainingTask,
    what: str,
    rows: TrainingRows,
    probabilities: Probabilities,
    *,
    threshold: float = 0.5,
    seed: int = 0,
    trained: Sequence[int] = (),
    predicted: NDArray[np.bool_] | None = None,
) -> Evaluation:
    """Return the figures of probabilities; `trained` are the examples of each class in training.

    `predicted` stands in for the decision that follows from the probabilities and the threshold.
    """
    said = decided(task, probabilities, threshold) if predicted is None else predicted
    sums = row_sums(rows, said)
    ranked = [_ranked(rows, probabilities, column) for column in range(len(task.classes))]
    if task.decision == "one":
        top = np.where(said, probabilities, 0).sum(axis=1)
        right = (said & (rows.answers == 1)).any(axis=1)
        calibrated = calibration(top, right, "predictions")
        accuracy = _accuracy(rows, right, seed)
        mistakes = row_mistakes(task, rows, said)
    else:
        known = rows.answers != NOT_KNOWN
        calibrated = calibration(probabilities[known], rows.answers[known] == 1, "cells")
        accuracy = no_figure("a row may have several classes")
        mistakes = row_mistakes(task, rows, said)
    found = _Counted(what, rows.origins.doc_ids, sums, ranked, calibrated, accuracy, mistakes)
    return _evaluation(task, found, seed, trained)


def evaluate_spans(
    task: TrainingTask,
    what: str,
    texts: TrainingTexts,
    predicted: Sequence[Sequence[ScoredSpan]],
    *,
    seed: int = 0,
    trained: Sequence[int] = (),
) -> Evaluation:
    """Return the figures of predicted spans beside those that are true, by their exact borders."""
    hits = span_hits(texts, predicted)
    scores = np.array([span.probability for span, _ in hits])
    right = np.array([hit for _, hit in hits], np.bool_)
    types = np.array([span.type for span, _ in hits], dtype=np.str_)
    sums = span_sums(task, texts, predicted)
    there = _examples(sums)
    ranked: list[Figure] = []
    for column, name in enumerate(task.classes):
        own = types == name
        missed = there[column] - int(right[own].sum())
        ranked.append(average_precision(right[own], scores[own], missed))
    calibrated = calibration(scores, right, "spans")
    accuracy = no_figure("spans are found, not chosen from a list")
    mistakes = span_mistakes(texts, predicted)
    found = _Counted(what, texts.origins.doc_ids, sums, ranked, calibrated, accuracy, mistakes)
    return _evaluation(task, found, seed, trained)


def short_scores(task: TrainingTask, sums: ClassSums) -> tuple[Figure, Figure]:
    """Return macro F1 and micro F1 without intervals: what models are chosen by."""
    scored = sums.of(task.scored)
    together = pooled(scored)
    return (
        figure_of(scored, partial(macro_f1, classes=len(task.scored)), 0, _NONE_SAYS, interval=False),
        figure_of(together, _of_one(f1), 0, _NONE_SAYS, interval=False),
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    """What an evaluation is made of: `doc_ids` of all rows, the figures that sums do not give."""

    what: str
    doc_ids: Sequence[str]
    sums: ClassSums
    ranked: Sequence[Figure]
    calibration: Reliability
    accuracy: Figure
    mistakes: tuple[MistakenClass, ...]


def _evaluation(task: TrainingTask, found: _Counted, seed: int, trained: Sequence[int]) -> Evaluation:
    scored = found.sums.of(task.scored)
    together = pooled(scored)
    there = _examples(found.sums)
    means = [value for column in task.scored if (value := found.ranked[column].value) is not None]
    return Evaluation(
        what=found.what,
        rows=len(found.doc_ids),
        documents=len(set(found.doc_ids)),
        unit="spans" if task.decision == "spans" else "rows" if task.decision == "one" else "cells",
        macro_f1=figure_of(scored, partial(macro_f1, classes=len(task.scored)), seed, _NONE_SAYS),
        micro_f1=figure_of(together, _of_one(f1), seed, _NONE_SAYS),
        micro_precision=figure_of(together, _of_one(precision), seed, "no such class was predicted"),
        micro_recall=figure_of(together, _of_one(recall), seed, _NONE_SAYS),
        accuracy=found.accuracy,
        average_precision=Figure(value=float(np.mean(means))) if means else no_figure(_NONE_SAYS),
        calibration=found.calibration,
        classes=tuple(
            _class_scores(task, column, found, seed, trained=trained[column] if trained else 0)
            for column in range(len(task.classes))
        ),
        mistakes=found.mistakes,
        notes=tuple(
            f"{name}: no example in training, so it cannot be found"
            for column, name in enumerate(task.classes)
            if trained and not trained[column] and there[column]
        ),
    )


def _class_scores(
    task: TrainingTask, column: int, found: _Counted, seed: int, *, trained: int
) -> ClassScores:
    own = found.sums.of([column])
    true, false, missed = own.sum(axis=0) if len(own) else (0, 0, 0)
    there = true + missed > 0
    return ClassScores(
        name=task.classes[column],
        number=task.numbers[column],
        train=trained,
        examples=int(true + missed),
        predicted=int(true + false),
        precision=figure_of(own, _of_one(precision), seed, "never predicted")
        if there
        else no_figure(_NO_EXAMPLE),
        recall=figure_of(own, _of_one(recall), seed, _NO_EXAMPLE),
        f1=figure_of(own, _of_one(f1), seed, _NO_EXAMPLE),
        average_precision=found.ranked[column],
    )


def _of_one(value: Callable[[Sums, int], Sums]) -> Coefficient:
    """A figure of one class, from its sums alone."""
    return lambda sums: value(sums, 1)[:, 0]


def _ranked(rows: TrainingRows, probabilities: Probabilities, column: int) -> Figure:
    known = rows.answers[:, column] != NOT_KNOWN
    truth = rows.answers[known, column] == 1
    if truth.all() and len(truth):
        return no_figure("every row is an example: any order would do")
    return average_precision(truth, probabilities[known, column])


def _accuracy(rows: TrainingRows, right: NDArray[np.bool_], seed: int) -> Figure:
    if len({int(at) for at in rows.answers.argmax(axis=1)}) < 2:
        return no_figure("all rows have one class")
    sums = np.array([[hit, 1.0] for hit in right])
    documents, which = np.unique(np.array(rows.origins.doc_ids, dtype=np.str_), return_inverse=True)
    by_document = np.zeros((len(documents), 2))
    np.add.at(by_document, which, sums)
    return figure_of(by_document, lambda rows: rows[:, 0] / rows[:, 1], seed, "no row")


def _examples(sums: ClassSums) -> list[int]:
    true, _, missed = np.split(sums.sums.sum(axis=0), 3)
    return [int(count) for count in true + missed]
