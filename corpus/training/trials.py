"""Fitting and judging models of one kind of task: of classes, or of spans; the same steps for both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import pyarrow as pa

from hashiya.corpus.training.dataset_rows import class_rows, span_rows
from hashiya.corpus.training.evaluation.class_sums import ClassSums, row_sums, span_sums
from hashiya.corpus.training.evaluation.evaluate import evaluate_rows, evaluate_spans
from hashiya.corpus.training.evaluation.evaluation import Evaluation
from hashiya.corpus.training.models.named_models import classifier_kind, tagger_kind
from hashiya.corpus.training.models.protocol import (
    ModelSettings,
    Probabilities,
    ScoredSpan,
    SpanTagger,
    TextClassifier,
    decided,
)
from hashiya.corpus.training.report import WorstError
from hashiya.corpus.training.rows import ChosenRows, ModelInputs, RowOrigins, TrainingRows, TrainingTexts
from hashiya.corpus.training.tasks import TrainingTask
from hashiya.corpus.training.worst_errors import worst_rows, worst_texts
from hashiya.schema.records import Lang

THRESHOLDS = tuple(round(0.1 * step, 1) for step in range(1, 10))
"""The thresholds that are tried for classes."""


class _AnyRows(Protocol):
    @property
    def inputs(self) -> ModelInputs: ...
    @property
    def origins(self) -> RowOrigins: ...
    def __len__(self) -> int: ...
    def take(self, rows: ChosenRows) -> Any: ...


RowsOf = TypeVar("RowsOf", bound=_AnyRows)
Fitted = TypeVar("Fitted")
Claims = TypeVar("Claims")
"""What a model says of rows: probabilities, or spans."""


class Trial(Protocol, Generic[RowsOf, Fitted, Claims]):
    """What training does with a task, whichever kind it is of."""

    @property
    def task(self) -> TrainingTask:
        """The task."""
        ...

    def candidates(self, model: str) -> tuple[ModelSettings, ...]:
        """Return the settings of a model that are tried."""
        ...

    def rows(self, table: pa.Table, langs: Sequence[Lang]) -> RowsOf:
        """Return the rows of a table of the task's config."""
        ...

    def fit(
        self, model: str, train: RowsOf, validation: RowsOf, settings: Sequence[ModelSettings]
    ) -> Iterator[Fitted]:
        """Yield a model for each of the settings."""
        ...

    def say(self, fitted: Fitted, rows: RowsOf) -> Claims:
        """Return what a model says of rows."""
        ...

    def sums(self, rows: RowsOf, said: Claims) -> ClassSums:
        """Return what was found, wrongly found and missed, by document."""
        ...

    def judge(self, what: str, rows: RowsOf, said: Claims, trained: Sequence[int]) -> Evaluation:
        """Return the figures of what a model says."""
        ...

    def worst(self, rows: RowsOf, said: Claims) -> tuple[WorstError, ...]:
        """Return the errors that a model is surest of."""
        ...

    def examples(self, rows: RowsOf) -> list[int]:
        """Return how many examples of each class rows have."""
        ...


@dataclass(frozen=True, slots=True)
class ClassTrial:
    """Of classes; with the `threshold` by which they are decided."""

    task: TrainingTask
    seed: int
    base: str | None = None
    threshold: float = 0.5

    def candidates(self, model: str) -> tuple[ModelSettings, ...]:
        """See `Trial`."""
        return with_base(classifier_kind(model).candidates, self.base)

    def rows(self, table: pa.Table, langs: Sequence[Lang]) -> TrainingRows:
        """See `Trial`."""
        return class_rows(self.task, table, langs)

    def fit(
        self, model: str, train: TrainingRows, validation: TrainingRows, settings: Sequence[ModelSettings]
    ) -> Iterator[TextClassifier]:
        """See `Trial`."""
        return classifier_kind(model).fit(self.task, train, validation, settings, self.seed)

    def say(self, fitted: TextClassifier, rows: TrainingRows) -> Probabilities:
        """See `Trial`."""
        return fitted.predict_proba(rows.inputs)

    def sums(self, rows: TrainingRows, said: Probabilities) -> ClassSums:
        """See `Trial`."""
        return row_sums(rows, decided(self.task, said, self.threshold))

    def judge(
        self, what: str, rows: TrainingRows, said: Probabilities, trained: Sequence[int] = ()
    ) -> Evaluation:
        """See `Trial`."""
        return evaluate_rows(
            self.task, what, rows, said, threshold=self.threshold, seed=self.seed, trained=trained
        )

    def worst(self, rows: TrainingRows, said: Probabilities) -> tuple[WorstError, ...]:
        """See `Trial`."""
        return worst_rows(self.task, rows, said, decided(self.task, said, self.threshold))

    def examples(self, rows: TrainingRows) -> list[int]:
        """See `Trial`."""
        return [int(count) for count in (rows.answers == 1).sum(axis=0)]


@dataclass(frozen=True, slots=True)
class SpanTrial:
    """Of spans."""

    task: TrainingTask
    seed: int
    base: str | None = None

    def candidates(self, model: str) -> tuple[ModelSettings, ...]:
        """See `Trial`."""
        return with_base(tagger_kind(model).candidates, self.base)

    def rows(self, table: pa.Table, langs: Sequence[Lang]) -> TrainingTexts:
        """See `Trial`."""
        return span_rows(self.task, table, langs)

    def fit(
        self, model: str, train: TrainingTexts, validation: TrainingTexts, settings: Sequence[ModelSettings]
    ) -> Iterator[SpanTagger]:
        """See `Trial`."""
        return tagger_kind(model).fit(self.task, train, validation, settings, self.seed)

    def say(self, fitted: SpanTagger, rows: TrainingTexts) -> list[tuple[ScoredSpan, ...]]:
        """See `Trial`."""
        return fitted.predict(rows.inputs)

    def sums(self, rows: TrainingTexts, said: list[tuple[ScoredSpan, ...]]) -> ClassSums:
        """See `Trial`."""
        return span_sums(self.task, rows, said)

    def judge(
        self,
        what: str,
        rows: TrainingTexts,
        said: list[tuple[ScoredSpan, ...]],
        trained: Sequence[int] = (),
    ) -> Evaluation:
        """See `Trial`."""
        return evaluate_spans(self.task, what, rows, said, seed=self.seed, trained=trained)

    def worst(self, rows: TrainingTexts, said: list[tuple[ScoredSpan, ...]]) -> tuple[WorstError, ...]:
        """See `Trial`."""
        return worst_texts(rows, said)

    def examples(self, rows: TrainingTexts) -> list[int]:
        """See `Trial`."""
        names = [name for spans in rows.spans for *_, name in spans]
        return [names.count(name) for name in self.task.classes]


def with_base(candidates: Sequence[ModelSettings], base: str | None) -> tuple[ModelSettings, ...]:
    """Return settings that name the model that is fine-tuned, where there is one."""
    return tuple(candidates) if base is None else tuple({**settings, "base": base} for settings in candidates)


def of_both_sides(rows: TrainingRows, said: Probabilities) -> tuple[TrainingRows, Probabilities] | None:
    """Return a row a pair and target, with the mean over its sides; null where no pair has two."""
    keys = list(zip(rows.origins.pair_ids, rows.inputs.targets or [""] * len(rows), strict=True))
    places: dict[tuple[str, str], list[int]] = {}
    for row, key in enumerate(keys):
        places.setdefault(key, []).append(row)
    if len(places) == len(rows):
        return None
    means = np.array([said[together].mean(axis=0) for together in places.values()])
    return rows.take(np.array([together[0] for together in places.values()], np.int64)), means
