"""From a released dataset to a model with its report.

What is chosen is chosen on the validation split. The test split is asked once the model stands, for the
report alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from hashiya.corpus.training.ceiling import annotator_ceiling
from hashiya.corpus.training.evaluation.evaluate import short_scores
from hashiya.corpus.training.evaluation.evaluation import Evaluation
from hashiya.corpus.training.models.named_models import BASELINES, TRANSFORMER, default_model
from hashiya.corpus.training.models.protocol import ModelSettings
from hashiya.corpus.training.report import (
    CurvePoint,
    DatasetRef,
    DocumentScore,
    SplitShape,
    TrainingReport,
    TriedSettings,
)
from hashiya.corpus.training.rows import ChosenRows, rows_where, some_documents
from hashiya.corpus.training.tasks import TrainingLabels, TrainingTask
from hashiya.corpus.training.trials import THRESHOLDS, ClassTrial, SpanTrial, Trial, of_both_sides
from hashiya.schema.errors import HashiyaError
from hashiya.schema.records import LANGS, SPLITS, Lang, Split
from hashiya.schema.scheme import LabelScheme

_SHARES = (0.125, 0.25, 0.5)
"""Of the training documents: the learning curve, which all of them end."""
_CURVE_LEAST = 4
"""Training documents from which on there is a curve."""


@dataclass(frozen=True, slots=True)
class TrainingData:
    """A released dataset, as training sees it: the tables of one config, split by split.

    `annotations` is what each annotator said of the pairs of the split test.
    """

    ref: DatasetRef
    scheme: LabelScheme
    task: TrainingTask
    tables: dict[Split, pa.Table]
    annotations: pa.Table | None = None


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What is wanted: a model by its name, or the name or folder of a transformer; the sides that are read.

    `apart` are documents of the test split that get figures of their own.
    """

    model: str | None = None
    langs: tuple[Lang, ...] = LANGS
    labels: TrainingLabels = "released"
    seed: int = 0
    apart: tuple[str, ...] = ()


def train(data: TrainingData, plan: TrainingPlan) -> tuple[Any, TrainingReport]:
    """Return the model that does best on the validation split, and its report.

    `HashiyaError` where there is nothing to learn from.
    """
    name = plan.model or default_model(data.task)
    base = None if name in BASELINES else name
    made: Trial[Any, Any, Any]
    if data.task.decision == "spans":
        made = SpanTrial(data.task, plan.seed, base)
    else:
        made = ClassTrial(data.task, plan.seed, base)
    return _Training(made, data, plan, TRANSFORMER if base else name, base).run()


class _Training:
    """One training: the rows of each split, the model that was chosen, what it says of the test split."""

    def __init__(
        self, trial: Trial[Any, Any, Any], data: TrainingData, plan: TrainingPlan, name: str, base: str | None
    ) -> None:
        self.trial = self.usual = trial
        self.data = data
        self.plan = plan
        self.name = name
        self.base = base
        self.rows: dict[Split, Any] = {split: trial.rows(data.tables[split], plan.langs) for split in SPLITS}
        if not len(self.rows["train"]):
            raise HashiyaError(
                f"{data.ref.name}: the split train has no row for {data.task.name}: nothing can be "
                "learned. Label documents of that split, or release with other splits"
            )
        self.trained = trial.examples(self.rows["train"])

    def run(self) -> tuple[Any, TrainingReport]:
        candidates = self.trial.candidates(self.name)
        test = self.rows["test"]
        fitted, settings, tried, chosen_by = self._choose(candidates)
        said = self.trial.say(fitted, test)
        evaluation = self.trial.judge("test", test, said, self.trained)
        report = TrainingReport(
            dataset=self.data.ref,
            task=self.data.task,
            model=self.name,
            base=self.base,
            langs=self.plan.langs,
            labels=self.plan.labels,
            seed=self.plan.seed,
            settings=dict(settings),
            threshold=getattr(self.trial, "threshold", 0.5),
            chosen_by=chosen_by,
            tried=tuple(tried),
            splits=tuple(self._shape(split) for split in SPLITS),
            test=evaluation,
            apart=tuple(self._apart(said)),
            both_sides=self._both_sides(said),
            by_lang=tuple(self._parts(said, test.inputs.langs, "language")),
            by_source=tuple(self._parts(said, test.origins.labels_from, "labels from")),
            baselines=tuple(self._baselines()),
            across=tuple(self._across(settings)),
            ceiling=tuple(self._ceiling()),
            documents=tuple(self._documents(said)),
            curve=tuple(self._curve(settings, said)),
            errors=self.trial.worst(test, said),
            notes=tuple(self._notes()),
        )
        return fitted, report

    def _choose(
        self, candidates: Sequence[ModelSettings]
    ) -> tuple[Any, ModelSettings, list[TriedSettings], str]:
        """The model of the settings that do best on the validation split, each with its own best threshold.

        Where there is nothing to choose by, the first.
        """
        train, validation = self.rows["train"], self.rows["validation"]
        if not len(validation) or len(candidates) == 1:
            why = (
                "there is one setting"
                if len(validation)
                else "the usual settings: the split validation has no row to choose by"
            )
            (fitted,) = self.usual.fit(self.name, train, validation, candidates[:1])
            self.trial, _ = self._with_threshold(fitted)
            return fitted, candidates[0], [], why
        best: tuple[float, Any, ModelSettings] | None = None
        tried: list[TriedSettings] = []
        models = self.usual.fit(self.name, train, validation, candidates)
        for settings, fitted in zip(candidates, models, strict=True):
            trial, score = self._with_threshold(fitted)
            tried.append(TriedSettings(settings=dict(settings), score=score))
            value = -1.0 if score.value is None else score.value
            if best is None or value > best[0]:
                best = value, fitted, settings
                self.trial = trial
        assert best is not None  # noqa: S101 - there is a candidate
        of = "macro F1" if self.data.task.decision == "one" else "micro F1"
        return best[1], best[2], tried, f"{of} on the split validation"

    def _main(self, sums: Any) -> Any:
        macro, micro = short_scores(self.data.task, sums)
        return macro if self.data.task.decision == "one" else micro

    def _with_threshold(self, fitted: Any) -> tuple[Trial[Any, Any, Any], Any]:
        """The trial with the threshold at which a model does best on the validation split, and how well.

        It is the usual one where none does better, for spans, and for what needs no text.
        """
        validation = self.rows["validation"]
        said = self.usual.say(fitted, validation)
        trial, best = self.usual, self._main(self.usual.sums(validation, said))
        if self.data.task.decision == "spans" or self.name in {"majority", "random"}:
            return trial, best
        for threshold in sorted(THRESHOLDS, key=lambda value: abs(value - 0.5)):
            other = replace(self.usual, threshold=threshold)  # type: ignore[type-var]
            score = self._main(other.sums(validation, said))
            if score.value is not None and (best.value is None or score.value > best.value):
                trial, best = other, score
        return trial, best

    def _shape(self, split: Split) -> SplitShape:
        rows = self.rows[split]
        examples = zip(self.data.task.classes, self.trial.examples(rows), strict=True)
        return SplitShape(
            split=split,
            rows=len(rows),
            documents=len(set(rows.origins.doc_ids)),
            pairs=len(set(rows.origins.pair_ids)),
            examples=dict(examples),
        )

    def _part(self, said: Any, rows: ChosenRows, what: str) -> Evaluation:
        """The figures of some rows of the test split."""
        taken = said[rows] if isinstance(said, np.ndarray) else [said[row] for row in rows]
        return self.trial.judge(what, self.rows["test"].take(rows), taken, self.trained)

    def _parts(self, said: Any, values: Sequence[str], of: str) -> Iterator[Evaluation]:
        for value in sorted(set(values)):
            yield self._part(said, rows_where(values, value), f"{of} {value}")

    def _apart(self, said: Any) -> Iterator[Evaluation]:
        doc_ids = self.rows["test"].origins.doc_ids
        for doc_id in self.plan.apart:
            if doc_id in doc_ids:
                yield self._part(said, rows_where(doc_ids, doc_id), f"document {doc_id}")

    def _both_sides(self, said: Any) -> Evaluation | None:
        if self.data.task.decision == "spans":
            return None
        both = of_both_sides(self.rows["test"], said)
        return None if both is None else self.trial.judge("both sides together", *both, self.trained)

    def _ceiling(self) -> Iterator[Evaluation]:
        if self.data.annotations is not None:
            found = annotator_ceiling(self.data.task, self.data.annotations, self.plan.langs, self.plan.seed)
            if found is not None:
                yield found

    def _baselines(self) -> Iterator[Evaluation]:
        for name in ("majority", "random"):
            if name != self.name:
                train, validation, test = (self.rows[split] for split in SPLITS)
                (fitted,) = self.usual.fit(name, train, validation, [{}])
                yield self.usual.judge(name, test, self.usual.say(fitted, test), self.trained)

    def _across(self, settings: ModelSettings) -> Iterator[Evaluation]:
        """Models of one language asked in each, where the model knows both by one space of vectors."""
        if self.name != "encoder" or set(self.plan.langs) != set(LANGS):
            return
        train, validation, test = (self.rows[split] for split in SPLITS)
        for learned in LANGS:
            own = train.take(rows_where(train.inputs.langs, learned))
            if not len(own):
                continue
            (fitted,) = self.trial.fit(self.name, own, validation, [settings])
            for asked in LANGS:
                rows = test.take(rows_where(test.inputs.langs, asked))
                what = f"learned from {learned}, asked in {asked}"
                yield self.trial.judge(what, rows, self.trial.say(fitted, rows), self.trial.examples(own))

    def _documents(self, said: Any) -> Iterator[DocumentScore]:
        test = self.rows["test"]
        for doc_id in sorted(set(test.origins.doc_ids)):
            rows = rows_where(test.origins.doc_ids, doc_id)
            taken = said[rows] if isinstance(said, np.ndarray) else [said[row] for row in rows]
            macro, micro = short_scores(self.data.task, self.trial.sums(test.take(rows), taken))
            yield DocumentScore(doc_id=doc_id, rows=len(rows), macro_f1=macro, micro_f1=micro)

    def _curve(self, settings: ModelSettings, said: Any) -> Iterator[CurvePoint]:
        train, validation, test = (self.rows[split] for split in SPLITS)
        documents = len(set(train.origins.doc_ids))
        if documents < _CURVE_LEAST or self.name in {"majority", "random", TRANSFORMER} or not len(test):
            return
        for share in _SHARES:
            some = train.take(some_documents(train.origins.doc_ids, share, self.plan.seed))
            (fitted,) = self.trial.fit(self.name, some, validation, [settings])
            yield self._point(some, self.trial.say(fitted, test))
        yield self._point(train, said)

    def _point(self, train: Any, said: Any) -> CurvePoint:
        macro, micro = short_scores(self.data.task, self.trial.sums(self.rows["test"], said))
        documents = len(set(train.origins.doc_ids))
        return CurvePoint(documents=documents, rows=len(train), macro_f1=macro, micro_f1=micro)

    def _notes(self) -> Iterator[str]:
        for split in ("validation", "test"):
            if not len(self.rows[split]):
                yield f"the split {split} has no row"
        for doc_id in self.plan.apart:
            if doc_id not in self.rows["test"].origins.doc_ids:
                yield f"document {doc_id} has no row in the split test, and no figures of its own"
