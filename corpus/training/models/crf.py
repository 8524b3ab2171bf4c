"""A conditional random field over tokens that are made from the text alone (CRFsuite)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Self

import numpy as np

from hashiya.corpus.text.bio import tags
from hashiya.corpus.training.models.protocol import ModelSettings, Probabilities, ScoredSpan
from hashiya.corpus.training.models.skops_files import need_train_extra
from hashiya.corpus.training.models.tagged import (
    TokenRanges,
    known_stretches,
    spans_of_tags,
    tagged_texts,
    token_ranges,
)
from hashiya.corpus.training.models.token_features import token_features
from hashiya.corpus.training.rows import ModelInputs, TrainingTexts
from hashiya.corpus.training.tasks import TrainingTask
from hashiya.schema.errors import CorpusError

_FILE = "crf.crfsuite"
_STEPS = 60
"""Steps of L-BFGS; more move no figure by more than its interval."""
_MAGIC = b"lCRF"
"""How a file of CRFsuite begins."""


@dataclass(frozen=True, slots=True)
class CrfTagger:
    """A model of CRFsuite, with the bytes of its file."""

    task: TrainingTask
    content: bytes
    _tagger: Any = field(repr=False, compare=False)

    kind: ClassVar[str] = "crf"
    candidates: ClassVar[tuple[ModelSettings, ...]] = (
        {"c1": 0.1, "c2": 0.01},
        {"c1": 0.0, "c2": 0.1},
    )

    @classmethod
    def fit(
        cls,
        task: TrainingTask,
        train: TrainingTexts,
        validation: TrainingTexts,  # noqa: ARG003 - the protocol's: nothing here is stopped early
        settings: Sequence[ModelSettings],
        seed: int,  # noqa: ARG003 - L-BFGS draws nothing
    ) -> Iterator[Self]:
        """See `SpanTagger.fit`; tokens of which nobody knows what they are part a text in two."""
        need_train_extra()
        crfsuite = _crfsuite()
        names = tags(task.classes)
        trainer = crfsuite.Trainer(algorithm="lbfgs", verbose=False)
        for text, lang, tokens, tagged in tagged_texts(task, train):
            features = token_features(text, lang, tokens)
            for stretch in known_stretches(tagged):
                said = [names[tag] for tag in tagged[stretch]]
                trainer.append(crfsuite.ItemSequence(features[stretch]), said)
        for chosen in settings:
            trainer.set_params({**chosen, "max_iterations": _STEPS, "feature.possible_transitions": True})
            with TemporaryDirectory() as folder:
                path = Path(folder) / _FILE
                trainer.train(str(path))
                yield cls.of(task, path.read_bytes())

    @classmethod
    def of(cls, task: TrainingTask, content: bytes) -> Self:
        """Return the model that the bytes of a file are."""
        tagger = _crfsuite().Tagger()
        tagger.open_inmemory(content)
        return cls(task, content, tagger)

    def predict_proba(self, inputs: ModelInputs) -> list[Probabilities]:
        """See `SpanTagger.predict_proba`: the marginal probabilities of each tag."""
        return [probabilities for _, _, probabilities in self._read(inputs)]

    def predict(self, inputs: ModelInputs) -> list[tuple[ScoredSpan, ...]]:
        """See `SpanTagger.predict`: the most probable sequence of tags (Viterbi)."""
        return [
            spans_of_tags(tokens, tagged, probabilities, self.task.classes)
            for tokens, tagged, probabilities in self._read(inputs)
        ]

    def _read(self, inputs: ModelInputs) -> Iterator[tuple[TokenRanges, list[int], Probabilities]]:
        """Yield of each text its tokens, their most probable tags, and the probabilities of all tags."""
        crfsuite = _crfsuite()
        number = {name: at for at, name in enumerate(tags(self.task.classes))}
        known = self._tagger.labels()
        for text, lang in zip(inputs.texts, inputs.langs, strict=True):
            tokens = token_ranges(text)
            probabilities = np.zeros((len(tokens), len(number)))
            tagged = [0] * len(tokens)
            if tokens and known:
                self._tagger.set(crfsuite.ItemSequence(token_features(text, lang, tokens)))
                tagged = [number[tag] for tag in self._tagger.tag()]
                for name in known:
                    probabilities[:, number[name]] = [
                        self._tagger.marginal(name, at) for at in range(len(tokens))
                    ]
            else:
                probabilities[:, 0] = 1
            yield tokens, tagged, probabilities

    def save(self, folder: Path) -> None:
        """See `SpanTagger.save`."""
        (folder / _FILE).write_bytes(self.content)

    @classmethod
    def load(cls, task: TrainingTask, folder: Path) -> Self:
        """See `SpanTagger.load`."""
        path = folder / _FILE
        need_train_extra()
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CorpusError(f"{path}: {error.strerror or error}; train the model again") from None
        if not content.startswith(_MAGIC):
            raise CorpusError(f"{path}: is no file of CRFsuite; train the model again")
        return cls.of(task, content)


def _crfsuite() -> Any:
    """The library, which has no types."""
    return import_module("pycrfsuite")
