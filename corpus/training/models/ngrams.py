"""Words and characters, counted: TF-IDF of folded text with a logistic regression for each class.

For a stance the words are counted once more for their target alone, so that a word can speak well of one
target and say nothing of another (Daumé 2007, "Frustratingly Easy Domain Adaptation").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.text.fold import fold
from hashiya.corpus.training.models.per_class import Head, fit_heads, head_probabilities
from hashiya.corpus.training.models.protocol import ModelSettings, Probabilities, decided
from hashiya.corpus.training.models.skops_files import need_train_extra, read_skops, write_skops
from hashiya.corpus.training.rows import ModelInputs, TrainingRows
from hashiya.corpus.training.tasks import TrainingTask

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

_FILE = "ngrams.skops"


@dataclass(frozen=True, slots=True)
class NgramModel:
    """N-grams of words and characters. `vectorizers` are those of words, then of characters."""

    task: TrainingTask
    vectorizers: tuple[TfidfVectorizer, TfidfVectorizer]
    heads: list[Head]

    kind: ClassVar[str] = "ngrams"
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
        seed: int,
    ) -> Iterator[Self]:
        """See `TextClassifier.fit`."""
        need_train_extra()
        vectorizers = _fitted_vectorizers(train.inputs.texts)
        features = _features(task, vectorizers, train.inputs)
        weights = np.array(train.origins.weights)
        for chosen in settings:
            make = partial(_regression, chosen, seed)
            yield cls(task, vectorizers, fit_heads(features, train.answers, weights, make))

    def predict_proba(self, inputs: ModelInputs) -> Probabilities:
        """See `TextClassifier.predict_proba`."""
        features = _features(self.task, self.vectorizers, inputs)
        return head_probabilities(self.heads, features, one=self.task.decision == "one")

    def predict(self, inputs: ModelInputs) -> NDArray[np.bool_]:
        """See `TextClassifier.predict`."""
        return decided(self.task, self.predict_proba(inputs))

    def save(self, folder: Path) -> None:
        """See `TextClassifier.save`."""
        write_skops({"vectorizers": list(self.vectorizers), "heads": self.heads}, folder / _FILE)

    @classmethod
    def load(cls, task: TrainingTask, folder: Path) -> Self:
        """See `TextClassifier.load`."""
        read = read_skops(folder / _FILE)
        words, characters = read["vectorizers"]
        return cls(task, (words, characters), read["heads"])


def _regression(settings: ModelSettings, seed: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    made: Any = LogisticRegression
    # The dual solver is fastest for rows of few features; a looser end changes no figure's second digit.
    return made(
        C=settings["C"],
        class_weight=settings["class_weight"],
        solver="liblinear",
        dual=True,
        tol=0.1,
        max_iter=200,
        random_state=seed,
    )


def _fitted_vectorizers(texts: Sequence[str]) -> tuple[TfidfVectorizer, TfidfVectorizer]:
    """Vectorizers of words and of characters within words, for texts that are folded already.

    An n-gram of one text alone is left out, but where there are so few texts that nothing would be left.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    folded = [fold(text) or _NOTHING for text in dict.fromkeys(texts)]
    few = len(folded) < 50
    made: Any = TfidfVectorizer
    words = made(
        lowercase=False,
        token_pattern=r"(?u)\b\w+\b",  # noqa: S106 - a pattern of words
        ngram_range=(1, 2),
        min_df=1 if few else 2,
        sublinear_tf=True,
        dtype=np.float32,
    )
    characters = made(
        lowercase=False,
        analyzer="char_wb",
        ngram_range=(3, 5),
        min_df=1 if few else 3,
        sublinear_tf=True,
        dtype=np.float32,
    )
    return words.fit([*folded, _NOTHING, _NOTHING]), characters.fit([*folded, *[_NOTHING] * 3])


_NOTHING = "\N{REPLACEMENT CHARACTER}x"
"""Stands for a text of which folding leaves nothing, so that there is always a word to count."""


def _features(
    task: TrainingTask, vectorizers: tuple[TfidfVectorizer, TfidfVectorizer], inputs: ModelInputs
) -> csr_matrix:
    """The features of rows: words, characters and, where there are targets, the words of each target."""
    from scipy.sparse import csr_matrix, hstack

    different = list(dict.fromkeys(inputs.texts))
    number = {text: row for row, text in enumerate(different)}
    rows = np.array([number[text] for text in inputs.texts], np.int64)
    folded = [fold(text) or _NOTHING for text in different]
    if not folded:
        folded, rows = [_NOTHING], np.zeros(0, np.int64)
    words, characters = (vectorizer.transform(folded) for vectorizer in vectorizers)
    parts = [words[rows], characters[rows]]
    if task.targets:
        own = words[rows]
        width = own.shape[1]
        target = np.array([task.targets.index(name) for name in inputs.targets], np.int64)
        moved = own.indices + np.repeat(target * width, np.diff(own.indptr))
        shape = (len(rows), width * len(task.targets))
        parts.append(csr_matrix((own.data, moved, own.indptr), shape=shape))
        parts.append(_one_hot(target, len(task.targets)))
    joined: csr_matrix = csr_matrix(hstack(parts, format="csr"))
    return joined


def _one_hot(numbers: NDArray[np.int64], width: int) -> csr_matrix:
    from scipy.sparse import csr_matrix

    places = (np.arange(len(numbers)), numbers)
    return csr_matrix((np.ones(len(numbers), np.float32), places), shape=(len(numbers), width))
