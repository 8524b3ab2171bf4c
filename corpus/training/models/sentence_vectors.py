"""Vectors of the embedded encoder with a logistic regression for each class: one model for both languages.

Sentences that say the same lie close to each other whatever their language, so what is learned from Arabic
can be asked of English.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.encoders.protocol import Encoder
from hashiya.corpus.training.models.per_class import Head, fit_heads, head_probabilities
from hashiya.corpus.training.models.protocol import ModelSettings, Probabilities, decided
from hashiya.corpus.training.models.skops_files import need_train_extra, read_skops, write_skops
from hashiya.corpus.training.rows import ModelInputs, TrainingRows
from hashiya.corpus.training.tasks import TrainingTask
from hashiya.schema.errors import CorpusError

_FILE = "vectors.skops"


@dataclass(frozen=True, slots=True)
class SentenceVectorModel:
    """Heads on the vectors of the encoder whose name and revision is `encoder`."""

    task: TrainingTask
    encoder: str
    heads: list[Head]

    kind: ClassVar[str] = "encoder"
    candidates: ClassVar[tuple[ModelSettings, ...]] = (
        {"C": 10.0, "class_weight": "balanced"},
        {"C": 1.0, "class_weight": "balanced"},
        {"C": 10.0, "class_weight": None},
    )

    @classmethod
    def fit(
        cls,
        task: TrainingTask,
        train: TrainingRows,
        validation: TrainingRows,  # noqa: ARG003 - the protocol's: nothing here is stopped early
        settings: Sequence[ModelSettings],
        seed: int,  # noqa: ARG003 - the solver draws nothing
    ) -> Iterator[Self]:
        """See `TextClassifier.fit`."""
        need_train_extra()
        encoder, features = _features(task, train.inputs)
        weights = np.array(train.origins.weights)
        for chosen in settings:
            heads = fit_heads(features, train.answers, weights, partial(_regression, chosen))
            yield cls(task, encoder, heads)

    def predict_proba(self, inputs: ModelInputs) -> Probabilities:
        """See `TextClassifier.predict_proba`."""
        encoder, features = _features(self.task, inputs)
        if encoder != self.encoder:
            raise CorpusError(
                f"the model was trained with {self.encoder}, and {encoder} is here; train again"
            )
        return head_probabilities(self.heads, features, one=self.task.decision == "one")

    def predict(self, inputs: ModelInputs) -> NDArray[np.bool_]:
        """See `TextClassifier.predict`."""
        return decided(self.task, self.predict_proba(inputs))

    def save(self, folder: Path) -> None:
        """See `TextClassifier.save`."""
        write_skops({"encoder": self.encoder, "heads": self.heads}, folder / _FILE)

    @classmethod
    def load(cls, task: TrainingTask, folder: Path) -> Self:
        """See `TextClassifier.load`."""
        read = read_skops(folder / _FILE)
        return cls(task, read["encoder"], read["heads"])


def _regression(settings: ModelSettings) -> Any:
    from sklearn.linear_model import LogisticRegression

    made: Any = LogisticRegression
    return made(C=settings["C"], class_weight=settings["class_weight"], tol=1e-3, max_iter=200)


def _features(task: TrainingTask, inputs: ModelInputs) -> tuple[str, NDArray[np.float32]]:
    """The encoder's name, and (rows, dimensions): vectors, and them once more for each target alone."""
    from hashiya.corpus.encoders.use.encoder import default_encoder

    encoder = default_encoder()
    rows = _vectors(encoder, inputs.texts)
    if not task.targets or not len(rows):
        return encoder.name, rows
    target = np.array([task.targets.index(name) for name in inputs.targets])
    own = np.zeros((len(rows), len(task.targets), rows.shape[1] + 1), np.float32)
    own[np.arange(len(rows)), target, :-1] = rows
    own[np.arange(len(rows)), target, -1] = 1
    return encoder.name, np.hstack([rows, own.reshape(len(rows), -1)])


def _vectors(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """The vectors of texts, (texts, dimensions); those that were asked for before are not made again."""
    new = [text for text in dict.fromkeys(texts) if text not in _KEPT]
    if len(_KEPT) + len(new) > _MOST:
        _KEPT.clear()
        new = list(dict.fromkeys(texts))
    if new:
        _KEPT.update(zip(new, encoder.encode(new, window=1).windows[0], strict=True))
    return np.stack([_KEPT[text] for text in texts]) if texts else np.zeros((0, 1), np.float32)


_KEPT: dict[str, NDArray[np.float32]] = {}
"""Vectors by text: a training asks for those of the same texts several times."""
_MOST = 50_000
"""Vectors that are kept: 100 MB."""
