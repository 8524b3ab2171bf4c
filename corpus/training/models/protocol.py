"""What a model is: fitted on rows, asked with inputs alone, saved without pickle, and read back.

One protocol for classes of a text, one for spans in it, with the same five verbs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.training.rows import ModelInputs, TrainingRows, TrainingTexts
from hashiya.corpus.training.tasks import TrainingTask

Probabilities = NDArray[np.float64]
"""(rows, classes), or (tokens, tags) of one text."""
ModelSettings: TypeAlias = Mapping[str, str | float | None]
"""What of a model is chosen on the validation split, by name."""


@dataclass(frozen=True, slots=True, order=True)
class ScoredSpan:
    """A span that a model found, with the probability that it gives it."""

    start: int
    end: int
    type: str
    probability: float


class TextClassifier(Protocol):
    """Gives each class of a task its probability, row by row."""

    kind: ClassVar[str]
    """The model's short name."""
    candidates: ClassVar[tuple[ModelSettings, ...]]
    """The settings that are tried, the usual ones first."""

    @classmethod
    def fit(
        cls,
        task: TrainingTask,
        train: TrainingRows,
        validation: TrainingRows,
        settings: Sequence[ModelSettings],
        seed: int,
    ) -> Iterator[Self]:
        """Yield a model for each of the settings; `validation`, which may be empty, says when to stop."""
        ...

    def predict_proba(self, inputs: ModelInputs) -> Probabilities:
        """Return (rows, classes); rows sum to 1 where a row has exactly one class."""
        ...

    def predict(self, inputs: ModelInputs) -> NDArray[np.bool_]:
        """Return (rows, classes), whether a row has a class; where it may have several, from .5 on."""
        ...

    def save(self, folder: Path) -> None:
        """Write the model's files into an empty folder."""
        ...

    @classmethod
    def load(cls, task: TrainingTask, folder: Path) -> Self:
        """Return a saved model; what its files may hold is checked before it is made."""
        ...


class SpanTagger(Protocol):
    """Gives each token of a text, made from the text alone, the probabilities of its tags."""

    kind: ClassVar[str]
    candidates: ClassVar[tuple[ModelSettings, ...]]

    @classmethod
    def fit(
        cls,
        task: TrainingTask,
        train: TrainingTexts,
        validation: TrainingTexts,
        settings: Sequence[ModelSettings],
        seed: int,
    ) -> Iterator[Self]:
        """As `TextClassifier.fit`."""
        ...

    def predict_proba(self, inputs: ModelInputs) -> list[Probabilities]:
        """Return of each text (tokens, tags), the tags as `bio.tags` orders them."""
        ...

    def predict(self, inputs: ModelInputs) -> list[tuple[ScoredSpan, ...]]:
        """Return the spans of each text, disjoint and in order."""
        ...

    def save(self, folder: Path) -> None:
        """As `TextClassifier.save`."""
        ...

    @classmethod
    def load(cls, task: TrainingTask, folder: Path) -> Self:
        """As `TextClassifier.load`."""
        ...


def decided(task: TrainingTask, probabilities: Probabilities, threshold: float = 0.5) -> NDArray[np.bool_]:
    """Return whether each row has each class: the most probable one, or all that reach the threshold.

    Where a row has one class, the class that says nothing counts as its odds are against the threshold: at
    .5 as it is, at .2 a quarter of it. Of classes that are as probable the first is taken.
    """
    if task.decision == "several":
        reached: NDArray[np.bool_] = probabilities >= threshold
        return reached
    made = np.zeros(probabilities.shape, np.bool_)
    if len(probabilities):
        weighed = probabilities.copy()
        if task.absent is not None:
            weighed[:, task.classes.index(task.absent)] *= threshold / (1 - threshold)
        made[np.arange(len(made)), weighed.argmax(axis=1)] = True
    return made
