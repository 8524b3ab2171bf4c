"""Rows to learn from: what a model is given, apart from the answers, which it sees in training only. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.text.bio import TokenRange, TypedRange
from hashiya.schema.records import Lang

Answers = NDArray[np.int8]
"""(rows, classes): 1 where a row has a class, 0 where it has not, `NOT_KNOWN` where nobody knows."""
NOT_KNOWN = -1
ChosenRows = NDArray[np.int64]
"""ChosenRows of rows."""
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class ModelInputs:
    """Everything that a model is given of some rows: texts, their languages, and targets where there are any.

    Nothing here is made with the help of an answer.
    """

    texts: tuple[str, ...]
    langs: tuple[Lang, ...]
    targets: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows: ChosenRows) -> ModelInputs:
        """Return some of the rows."""
        return ModelInputs(_taken(self.texts, rows), _taken(self.langs, rows), _taken(self.targets, rows))


@dataclass(frozen=True, slots=True)
class RowOrigins:
    """Where rows come from: their pairs and documents, whose labels they have, how much they weigh."""

    pair_ids: tuple[str, ...]
    doc_ids: tuple[str, ...]
    labels_from: tuple[str, ...]
    weights: tuple[float, ...]

    def take(self, rows: ChosenRows) -> RowOrigins:
        """Return some of the rows."""
        return RowOrigins(
            _taken(self.pair_ids, rows),
            _taken(self.doc_ids, rows),
            _taken(self.labels_from, rows),
            _taken(self.weights, rows),
        )


@dataclass(frozen=True, slots=True)
class TrainingRows:
    """Rows whose answer is a class, or several."""

    inputs: ModelInputs
    answers: Answers
    origins: RowOrigins

    def __len__(self) -> int:
        return len(self.inputs)

    def take(self, rows: ChosenRows) -> TrainingRows:
        """Return some of the rows."""
        return TrainingRows(self.inputs.take(rows), self.answers[rows], self.origins.take(rows))


@dataclass(frozen=True, slots=True)
class TrainingTexts:
    """Rows whose answer is spans: of each text its labelled spans, and the ranges where nobody knows."""

    inputs: ModelInputs
    spans: tuple[tuple[TypedRange, ...], ...]
    masked: tuple[tuple[TokenRange, ...], ...]
    origins: RowOrigins

    def __len__(self) -> int:
        return len(self.inputs)

    def take(self, rows: ChosenRows) -> TrainingTexts:
        """Return some of the rows."""
        return TrainingTexts(
            self.inputs.take(rows),
            _taken(self.spans, rows),
            _taken(self.masked, rows),
            self.origins.take(rows),
        )


def rows_where(values: Sequence[str], wanted: str) -> ChosenRows:
    """Return the numbers of the rows that have a value."""
    return np.array([row for row, value in enumerate(values) if value == wanted], np.int64)


def some_documents(doc_ids: Sequence[str], share: float, seed: int) -> ChosenRows:
    """Return the rows of a share of the documents, one at least; a smaller share is within a larger one."""
    order = sorted(set(doc_ids))
    np.random.default_rng(seed).shuffle(order)
    chosen = set(order[: max(1, round(share * len(order)))])
    return np.array([row for row, doc_id in enumerate(doc_ids) if doc_id in chosen], np.int64)


def _taken(values: tuple[_Item, ...], rows: ChosenRows) -> tuple[_Item, ...]:
    return tuple(values[row] for row in rows) if values else ()
