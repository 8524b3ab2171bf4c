"""What a saved model says of texts: pair by pair, with probabilities; and lines of JSON in and out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from hashiya.corpus.training.model_folder import ModelInfo, read_classifier, read_model_info, read_tagger
from hashiya.corpus.training.models.protocol import ScoredSpan, SpanTagger, TextClassifier, decided
from hashiya.corpus.training.rows import ModelInputs
from hashiya.schema.codec import dump
from hashiya.schema.errors import Problem, ReportProblem, SourceError
from hashiya.schema.records import LANGS, Lang

Sides = Mapping[Lang, str]
"""The sides of a pair that are there, in the order Arabic, English."""
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class PredictedClass:
    """A class with its probability; on a `target` where there are targets."""

    label: str
    number: int
    probability: float
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of a pair: classes, and spans of each side."""

    classes: tuple[PredictedClass, ...] = ()
    spans: tuple[tuple[Lang, ScoredSpan], ...] = ()


class Predictor(Protocol):
    """A model that is asked pair by pair; `identity` is its name and hash."""

    @property
    def info(self) -> ModelInfo:
        """What is known of the model."""
        ...

    @property
    def identity(self) -> str:
        """The name of the model with its hash."""
        ...

    def predict(self, pairs: Sequence[Sides]) -> list[Prediction]:
        """Return what is said of each pair; sides that the model does not read count for nothing."""
        ...


@dataclass(frozen=True, slots=True)
class _ClassPredictor:
    """Says of a pair the mean of what is said of its sides."""

    info: ModelInfo
    identity: str
    model: TextClassifier

    def predict(self, pairs: Sequence[Sides]) -> list[Prediction]:
        task = self.info.task
        targets = task.targets or ("",)
        keys: list[tuple[int, str, Lang, str]] = [
            (pair, target, lang, text)
            for pair, sides in enumerate(pairs)
            for target in targets
            for lang, text in _read(sides, self.info.langs)
        ]
        inputs = ModelInputs(
            tuple(text for *_, text in keys),
            tuple(lang for _, _, lang, _ in keys),
            tuple(target for _, target, *_ in keys) if task.targets else (),
        )
        said = self.model.predict_proba(inputs)
        rows: dict[tuple[int, str], list[int]] = {}
        for row, (pair, target, *_) in enumerate(keys):
            rows.setdefault((pair, target), []).append(row)
        found: list[list[PredictedClass]] = [[] for _ in pairs]
        for (pair, target), together in rows.items():
            mean = said[together].mean(axis=0)
            for column in np.flatnonzero(decided(task, mean[None, :], self.info.threshold)[0]):
                found[pair].append(
                    PredictedClass(
                        task.classes[column], task.numbers[column], float(mean[column]), target or None
                    )
                )
        return [Prediction(classes=tuple(some)) for some in found]


@dataclass(frozen=True, slots=True)
class _SpanPredictor:
    """Marks each side by itself."""

    info: ModelInfo
    identity: str
    model: SpanTagger

    def predict(self, pairs: Sequence[Sides]) -> list[Prediction]:
        keys: list[tuple[int, Lang, str]] = [
            (pair, lang, text)
            for pair, sides in enumerate(pairs)
            for lang, text in _read(sides, self.info.langs)
        ]
        inputs = ModelInputs(tuple(text for *_, text in keys), tuple(lang for _, lang, _ in keys))
        found: list[list[tuple[Lang, ScoredSpan]]] = [[] for _ in pairs]
        for (pair, lang, _), spans in zip(keys, self.model.predict(inputs), strict=True):
            found[pair].extend((lang, span) for span in spans)
        return [Prediction(spans=tuple(some)) for some in found]


def read_predictor(folder: Path) -> Predictor:
    """Return the model in a folder; `CorpusError` where it is none, or a file was changed."""
    if read_model_info(folder).task.decision == "spans":
        tagger = read_tagger(folder)
        return _SpanPredictor(tagger.info, tagger.identity, tagger.model)
    classifier = read_classifier(folder)
    return _ClassPredictor(classifier.info, classifier.identity, classifier.model)


def predicted_lines(predictor: Predictor, path: Path, report: ReportProblem) -> Iterator[str]:
    """Yield the lines of a JSONL file, each with what the model says under `predictions`.

    A line has `ar`, `en` or both, or `text` and `lang`; its other fields stay. What is no such line is a
    problem, and the others go on. `SourceError` where the file cannot be read.
    """
    given = _lines(path, report)
    while some := list(islice(given, _AT_ONCE)):
        said = predictor.predict([sides for _, sides in some])
        for (line, sides), prediction in zip(some, said, strict=True):
            yield dump({**line, "predictions": _plain(predictor, prediction, sides)})


def _read(sides: Sides, langs: Sequence[Lang]) -> Iterator[tuple[Lang, str]]:
    return ((lang, text) for lang, text in sides.items() if lang in langs and text.strip())


def _plain(predictor: Predictor, prediction: Prediction, sides: Sides) -> dict[str, Any]:
    task = predictor.info.task
    if task.decision == "spans":
        said: list[dict[str, Any]] = [
            {
                "lang": lang,
                "start": span.start,
                "end": span.end,
                "text": sides[lang][span.start : span.end],
                "type": span.type,
                "probability": round(span.probability, 4),
            }
            for lang, span in prediction.spans
        ]
    else:
        said = [
            {
                **({} if item.target is None else {"target": item.target}),
                "label": item.label,
                "number": item.number,
                "probability": round(item.probability, 4),
            }
            for item in prediction.classes
        ]
    return {"model": predictor.identity, task.name: said}


def _lines(path: Path, report: ReportProblem) -> Iterator[tuple[dict[str, Any], Sides]]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.strip():
                    continue
                found = _sides(line)
                if isinstance(found, str):
                    report(Problem(f"{path}, line {number}", found))
                else:
                    yield found
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None


def _sides(line: bytes) -> tuple[dict[str, Any], Sides] | str:
    """A line with its sides, or what is wrong with it."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"is no JSON: {error}"
    if not isinstance(said, dict):
        return "is no JSON object; a line has `ar`, `en` or both, or `text` and `lang`"
    texts: dict[str, Any] = {said["lang"]: said["text"]} if _has_text(said) else said
    if wrong := [lang for lang in LANGS if not isinstance(texts.get(lang), str | None)]:
        return f"{wrong[0]}: is no text"
    sides: dict[Lang, str] = {lang: texts[lang] for lang in LANGS if texts.get(lang) is not None}
    if not sides:
        return "has no text: a line has `ar`, `en` or both, or `text` and `lang` (ar, en)"
    return said, sides


def _has_text(said: Mapping[str, Any]) -> bool:
    return "text" in said and said.get("lang") in LANGS and not said.keys() & set(LANGS)


def together(items: Iterable[Any], size: int = _AT_ONCE) -> Iterator[list[Any]]:
    """Yield some items at a time."""
    given = iter(items)
    while some := list(islice(given, size)):
        yield some
