"""A transformer, fine-tuned for the classes of a text (extra `transformers`); a target is its second text.

The loop is our own: torch and transformers are all that it needs. It runs on a GPU where torch finds one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.training.models.fine_tuning import (
    Batches,
    best_device,
    fine_tune,
    load_pretrained,
    load_saved,
    save_pretrained,
)
from hashiya.corpus.training.models.protocol import ModelSettings, Probabilities, decided
from hashiya.corpus.training.rows import NOT_KNOWN, ModelInputs, TrainingRows
from hashiya.corpus.training.tasks import TrainingTask

_AT_ONCE = 32
_LONGEST = 256
"""Subwords of a text that are read; sentences are shorter, and what is beyond is not judged."""


@dataclass(frozen=True, slots=True)
class TransformerClassifier:
    """A model with a head for classes, and its tokenizer."""

    task: TrainingTask
    _model: Any = field(repr=False, compare=False)
    _tokenizer: Any = field(repr=False, compare=False)

    kind: ClassVar[str] = "transformer"
    candidates: ClassVar[tuple[ModelSettings, ...]] = ({"learning_rate": 2e-5, "epochs": 5, "batch": 16},)

    @classmethod
    def fit(
        cls,
        task: TrainingTask,
        train: TrainingRows,
        validation: TrainingRows,
        settings: Sequence[ModelSettings],
        seed: int,
    ) -> Iterator[Self]:
        """See `TextClassifier.fit`; the epoch with the least loss on the validation split is kept."""
        for chosen in settings:
            model, tokenizer = load_pretrained(
                "AutoModelForSequenceClassification", str(chosen["base"]), task.classes, seed
            )
            made = cls(task, model, tokenizer)
            fine_tune(model, made._batches(train), made._batches(validation), chosen, seed)
            yield made

    def predict_proba(self, inputs: ModelInputs) -> Probabilities:
        """See `TextClassifier.predict_proba`."""
        import torch

        self._model.eval()
        made: list[NDArray[np.float64]] = []
        with torch.inference_mode():
            for start in range(0, len(inputs), _AT_ONCE):
                rows = np.arange(start, min(start + _AT_ONCE, len(inputs)))
                given = {
                    name: value.to(self._model.device) for name, value in self._read(inputs, rows).items()
                }
                logits = self._model(**given).logits.double()
                made.append(
                    (logits.softmax(-1) if self.task.decision == "one" else logits.sigmoid()).cpu().numpy()
                )
        return np.concatenate(made) if made else np.zeros((0, len(self.task.classes)))

    def predict(self, inputs: ModelInputs) -> NDArray[np.bool_]:
        """See `TextClassifier.predict`."""
        return decided(self.task, self.predict_proba(inputs))

    def save(self, folder: Path) -> None:
        """See `TextClassifier.save`: as Transformers reads it, in safetensors."""
        save_pretrained(self._model, self._tokenizer, folder)

    @classmethod
    def load(cls, task: TrainingTask, folder: Path) -> Self:
        """See `TextClassifier.load`."""
        return cls(task, *load_saved("AutoModelForSequenceClassification", folder))

    def _read(self, inputs: ModelInputs, rows: NDArray[Any]) -> dict[str, Any]:
        """A batch of rows as tensors."""
        some = inputs.take(rows)
        given = [list(some.texts)] + ([list(some.targets)] if some.targets else [])
        return dict(
            self._tokenizer(
                *given,
                truncation="only_first" if some.targets else True,
                max_length=min(_LONGEST, self._tokenizer.model_max_length),
                padding=True,
                return_tensors="pt",
            )
        )

    def _batches(self, rows: TrainingRows) -> Batches:
        """The rows with their loss, batch by batch; cells that nobody knows have none."""
        import torch

        def loss(numbers: NDArray[Any]) -> Any:
            given = {
                name: value.to(best_device()) for name, value in self._read(rows.inputs, numbers).items()
            }
            logits = self._model(**given).logits
            answers = torch.tensor(rows.answers[numbers].astype(np.int64), device=logits.device)
            weights = torch.tensor(
                [rows.origins.weights[number] for number in numbers], dtype=logits.dtype, device=logits.device
            )
            if self.task.decision == "one":
                losses = torch.nn.functional.cross_entropy(logits, answers.argmax(1), reduction="none")
                return (losses * weights).mean()
            known = answers != NOT_KNOWN
            losses = torch.nn.functional.binary_cross_entropy_with_logits(
                logits, answers.clamp(min=0).to(logits.dtype), reduction="none"
            )
            return (losses * known * weights[:, None]).sum() / known.sum().clamp(min=1)

        return Batches(len(rows), loss)
