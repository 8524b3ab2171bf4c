"""What needs no text: the most frequent answer, and answers drawn as often as they were seen.

Every report has both beside the model: what does not beat them has learned nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.text.bio import tags
from hashiya.corpus.training.models.protocol import ModelSettings, Probabilities, ScoredSpan, decided
from hashiya.corpus.training.models.tagged import spans_of_tags, tagged_texts, token_ranges
from hashiya.corpus.training.rows import NOT_KNOWN, Answers, ModelInputs, TrainingRows, TrainingTexts
from hashiya.corpus.training.tasks import TrainingTask
from hashiya.schema.codec import from_json, to_json
from hashiya.schema.dataset import MASKED
from hashiya.schema.errors import CorpusError, LabelError
from hashiya.schema.records import record

_FILE = "shares.json"


@record
class AnswerShares:
    """How often each class, or each tag of a token, was the answer in training."""

    shares: tuple[float, ...]
    seed: int


@dataclass(frozen=True, slots=True)
class MajorityModel:
    """Says of every row how often each class was seen: so the most frequent one is the most probable."""

    task: TrainingTask
    seen: AnswerShares

    kind: ClassVar[str] = "majority"
    candidates: ClassVar[tuple[ModelSettings, ...]] = ({},)

    @classmethod
    def fit(
        cls,
        task: TrainingTask,
        train: TrainingRows,
        validation: TrainingRows,  # noqa: ARG003 - the protocol's
        settings: Sequence[ModelSettings],
        seed: int,
    ) -> Iterator[Self]:
        """See `TextClassifier.fit`."""
        for _ in settings:
            yield cls(task, AnswerShares(shares=_shares(train.answers), seed=seed))

    def predict_proba(self, inputs: ModelInputs) -> Probabilities:
        """See `TextClassifier.predict_proba`."""
        return np.tile(np.array(self.seen.shares), (len(inputs), 1))

    def predict(self, inputs: ModelInputs) -> NDArray[np.bool_]:
        """See `TextClassifier.predict`."""
        return decided(self.task, self.predict_proba(inputs))

    def save(self, folder: Path) -> None:
        """See `TextClassifier.save`."""
        _save(self.seen, folder)

    @classmethod
    def load(cls, task: TrainingTask, folder: Path) -> Self:
        """See `TextClassifier.load`."""
        return cls(task, _load(folder))


class RandomModel(MajorityModel):
    """Draws each row's answer; the same rows in the same order get the same answers."""

    kind: ClassVar[str] = "random"

    def predict_proba(self, inputs: ModelInputs) -> Probabilities:
        """See `TextClassifier.predict_proba`: what is drawn has the probability 1."""
        random = np.random.default_rng(self.seen.seed)
        shares = np.array(self.seen.shares)
        if self.task.decision == "one":
            return np.eye(len(shares))[random.choice(len(shares), size=len(inputs), p=shares)]
        return (random.random((len(inputs), len(shares))) < shares).astype(np.float64)


@dataclass(frozen=True, slots=True)
class MajorityTagger:
    """Says of every token how often each tag was seen; "O" is the most frequent, so no span is found."""

    task: TrainingTask
    seen: AnswerShares

    kind: ClassVar[str] = "majority"
    candidates: ClassVar[tuple[ModelSettings, ...]] = ({},)

    @classmethod
    def fit(
        cls,
        task: TrainingTask,
        train: TrainingTexts,
        validation: TrainingTexts,  # noqa: ARG003 - the protocol's
        settings: Sequence[ModelSettings],
        seed: int,
    ) -> Iterator[Self]:
        """See `SpanTagger.fit`."""
        counts = np.zeros(len(tags(task.classes)))
        for *_, tagged in tagged_texts(task, train):
            known = [tag for tag in tagged if tag != MASKED]
            counts += np.bincount(known, minlength=len(counts))
        counts[0] += not counts.any()
        for _ in settings:
            yield cls(task, AnswerShares(shares=tuple((counts / counts.sum()).tolist()), seed=seed))

    def predict_proba(self, inputs: ModelInputs) -> list[Probabilities]:
        """See `SpanTagger.predict_proba`."""
        shares = np.array(self.seen.shares)
        return [np.tile(shares, (len(token_ranges(text)), 1)) for text in inputs.texts]

    def predict(self, inputs: ModelInputs) -> list[tuple[ScoredSpan, ...]]:
        """See `SpanTagger.predict`."""
        return [() for _ in inputs.texts]

    def save(self, folder: Path) -> None:
        """See `SpanTagger.save`."""
        _save(self.seen, folder)

    @classmethod
    def load(cls, task: TrainingTask, folder: Path) -> Self:
        """See `SpanTagger.load`."""
        return cls(task, _load(folder))


class RandomTagger(MajorityTagger):
    """Draws each token's tag."""

    kind: ClassVar[str] = "random"

    def predict(self, inputs: ModelInputs) -> list[tuple[ScoredSpan, ...]]:
        """See `SpanTagger.predict`."""
        shares = np.array(self.seen.shares)
        random = np.random.default_rng(self.seen.seed)
        found: list[tuple[ScoredSpan, ...]] = []
        for text in inputs.texts:
            tokens = token_ranges(text)
            drawn = random.choice(len(shares), size=len(tokens), p=shares).tolist()
            said = np.tile(shares, (len(tokens), 1))
            found.append(spans_of_tags(tokens, drawn, said, self.task.classes))
        return found


def _shares(answers: Answers) -> tuple[float, ...]:
    """The share of the known answers of each class that are yes; 0 where none is known."""
    known = (answers != NOT_KNOWN).sum(axis=0)
    found = (answers == 1).sum(axis=0) / np.maximum(known, 1)
    return tuple(found.tolist())


def _save(seen: AnswerShares, folder: Path) -> None:
    (folder / _FILE).write_text(f"{to_json(seen)}\n", encoding="utf-8", newline="")


def _load(folder: Path) -> AnswerShares:
    path = folder / _FILE
    try:
        return from_json(AnswerShares, path.read_bytes(), str(path))
    except (OSError, LabelError) as error:
        raise CorpusError(f"{path}: cannot be read ({error}); train the model again") from None
