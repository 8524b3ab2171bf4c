"""A transformer, fine-tuned to tag the subwords of a text (extra `transformers`).

Subwords, windows and the way back to characters are those of `TokenCodec`: made from the text alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.dataset.token_codec import TaggedRows, TokenCodec
from hashiya.corpus.training.models.fine_tuning import (
    Batches,
    best_device,
    fine_tune,
    load_pretrained,
    load_saved,
    save_pretrained,
)
from hashiya.corpus.training.models.protocol import ModelSettings, Probabilities, ScoredSpan
from hashiya.corpus.training.rows import ModelInputs, TrainingTexts
from hashiya.corpus.training.tasks import TrainingTask
from hashiya.schema.dataset import MASKED

_AT_ONCE = 32
_LONGEST = 256
"""Subwords of a window."""
_STRIDE = 32
"""Subwords that two windows of a text share."""


@dataclass(frozen=True, slots=True)
class TransformerTagger:
    """A model with a head for tags, and its tokenizer."""

    task: TrainingTask
    _model: Any = field(repr=False, compare=False)
    _tokenizer: Any = field(repr=False, compare=False)

    kind: ClassVar[str] = "transformer"
    candidates: ClassVar[tuple[ModelSettings, ...]] = ({"learning_rate": 3e-5, "epochs": 8, "batch": 16},)

    @classmethod
    def fit(
        cls,
        task: TrainingTask,
        train: TrainingTexts,
        validation: TrainingTexts,
        settings: Sequence[ModelSettings],
        seed: int,
    ) -> Iterator[Self]:
        """See `SpanTagger.fit`; the epoch with the least loss on the validation split is kept."""
        for chosen in settings:
            names = TokenCodec(task.classes).names
            model, tokenizer = load_pretrained(
                "AutoModelForTokenClassification", str(chosen["base"]), names, seed
            )
            made = cls(task, model, tokenizer)
            fine_tune(model, made._batches(train), made._batches(validation), chosen, seed)
            yield made

    def predict_proba(self, inputs: ModelInputs) -> list[Probabilities]:
        """See `SpanTagger.predict_proba`: of subwords, window after window."""
        rows, said = self._said(inputs)
        found: list[list[Probabilities]] = [[] for _ in inputs.texts]
        for number, matrix in zip(rows.texts, said, strict=True):
            found[number].append(matrix)
        return [np.concatenate(some) for some in found]

    def predict(self, inputs: ModelInputs) -> list[tuple[ScoredSpan, ...]]:
        """See `SpanTagger.predict`."""
        rows, said = self._said(inputs)
        spans = self._codec().decode(inputs.texts, said)
        column = {name: number for number, name in enumerate(self.task.classes)}
        found: list[tuple[ScoredSpan, ...]] = []
        for number, some in enumerate(spans):
            own = [row for row, text in enumerate(rows.texts) if text == number]
            found.append(
                tuple(
                    ScoredSpan(start, end, name, _least(rows, said, own, (start, end), column[name]))
                    for start, end, name in some
                )
            )
        return found

    def save(self, folder: Path) -> None:
        """See `SpanTagger.save`: as Transformers reads it, in safetensors."""
        save_pretrained(self._model, self._tokenizer, folder)

    @classmethod
    def load(cls, task: TrainingTask, folder: Path) -> Self:
        """See `SpanTagger.load`."""
        return cls(task, *load_saved("AutoModelForTokenClassification", folder))

    def _codec(self) -> TokenCodec:
        longest = min(_LONGEST, self._tokenizer.model_max_length)
        return TokenCodec(self.task.classes, self._tokenizer, max_length=longest, stride=_STRIDE)

    def _said(self, inputs: ModelInputs) -> tuple[TaggedRows, list[Probabilities]]:
        """The windows of texts, and of each (subwords, tags)."""
        import torch

        rows = self._codec().encode(inputs.texts)
        made: list[Probabilities] = []
        self._model.eval()
        with torch.inference_mode():
            for start in range(0, len(rows.ids), _AT_ONCE):
                numbers = np.arange(start, min(start + _AT_ONCE, len(rows.ids)))
                logits = self._model(**self._padded(rows, numbers)).logits.double()
                matrices = logits.softmax(-1).cpu().numpy()
                made += [
                    matrix[: len(rows.ids[number])] for matrix, number in zip(matrices, numbers, strict=True)
                ]
        return rows, made

    def _padded(self, rows: TaggedRows, numbers: NDArray[Any]) -> dict[str, Any]:
        given = {"input_ids": [rows.ids[number] for number in numbers]}
        padded = self._tokenizer.pad(given, return_tensors="pt", return_attention_mask=True)
        return {name: value.to(best_device()) for name, value in padded.items()}

    def _batches(self, texts: TrainingTexts) -> Batches:
        import torch

        number = {name: at for at, name in enumerate(self.task.classes)}
        marked = [[(start, end, number[name]) for start, end, name in spans] for spans in texts.spans]
        rows = self._codec().encode(texts.inputs.texts, marked, texts.masked)

        def loss(numbers: NDArray[Any]) -> Any:
            given = self._padded(rows, numbers)
            logits = self._model(**given).logits
            tags = torch.full(given["input_ids"].shape, MASKED)
            for at, row in enumerate(numbers):
                tags[at, : len(rows.tags[row])] = torch.tensor(rows.tags[row])
            flat = torch.nn.functional.cross_entropy(
                logits.flatten(0, 1), tags.flatten().to(logits.device), ignore_index=MASKED, reduction="sum"
            )
            return flat / max(1, int((tags != MASKED).sum()))

        return Batches(len(rows.ids), loss)


def _least(
    rows: TaggedRows, said: Sequence[Probabilities], own: Sequence[int], span: tuple[int, int], column: int
) -> float:
    """How probable a span is: its least probable subword, as the beginning or the inside of one."""
    start, end = span
    return min(
        (
            float(matrix[2 * column + 1] + matrix[2 * column + 2])
            for row in own
            for (low, high), matrix in zip(rows.ranges[row], said[row], strict=True)
            if low < end and start < high and low < high
        ),
        default=0.0,
    )
