"""Models by the name that a command gives them, for each kind of task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from hashiya.corpus.training.models.constant import (
    MajorityModel,
    MajorityTagger,
    RandomModel,
    RandomTagger,
)
from hashiya.corpus.training.models.crf import CrfTagger
from hashiya.corpus.training.models.ngrams import NgramModel
from hashiya.corpus.training.models.protocol import SpanTagger, TextClassifier
from hashiya.corpus.training.models.sentence_vectors import SentenceVectorModel
from hashiya.corpus.training.tasks import TrainingTask
from hashiya.schema.errors import HashiyaError

_Kind = TypeVar("_Kind")
_CLASSIFIERS: Mapping[str, type[TextClassifier]] = {
    kind.kind: kind for kind in (NgramModel, SentenceVectorModel, MajorityModel, RandomModel)
}
_TAGGERS: Mapping[str, type[SpanTagger]] = {
    kind.kind: kind for kind in (CrfTagger, MajorityTagger, RandomTagger)
}
BASELINES = tuple(dict.fromkeys([*_CLASSIFIERS, *_TAGGERS]))
TRANSFORMER = "transformer"
"""The kind of a model that is fine-tuned: its name or folder is its base."""


def default_model(task: TrainingTask) -> str:
    """Return the name of the usual baseline of a task."""
    return "crf" if task.decision == "spans" else "ngrams"


def classifier_kind(name: str) -> type[TextClassifier]:
    """Return the model of classes that has a name; `HashiyaError` for a model of spans, or of none."""
    if name == TRANSFORMER:
        from hashiya.corpus.training.models.transformer import TransformerClassifier

        return TransformerClassifier
    return _named(_CLASSIFIERS, name, "classes")


def tagger_kind(name: str) -> type[SpanTagger]:
    """Return the model of spans that has a name; `HashiyaError` for a model of classes, or of none."""
    if name == TRANSFORMER:
        from hashiya.corpus.training.models.transformer_tagger import TransformerTagger

        return TransformerTagger
    return _named(_TAGGERS, name, "spans")


def _named(kinds: Mapping[str, type[_Kind]], name: str, of: str) -> type[_Kind]:
    if name not in kinds:
        raise HashiyaError(f"there is no model {name!r} for {of}; there are: {', '.join(kinds)}")
    return kinds[name]
