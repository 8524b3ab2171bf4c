"""A trained model as a folder, loaded by hash: its files, their hashes, what it was learned from.

`model.json` lists the SHA-256 of every file that makes the model; the model's own name is made of the hash of
`model.json`, so it names one model for ever.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Generic, TypeVar

from hashiya.corpus.training.models.named_models import classifier_kind, tagger_kind
from hashiya.corpus.training.models.protocol import SpanTagger, TextClassifier
from hashiya.corpus.training.report import DatasetRef
from hashiya.corpus.training.tasks import TrainingTask
from hashiya.schema.codec import from_json, to_object
from hashiya.schema.errors import CorpusError, LabelError
from hashiya.schema.records import Lang, record
from hashiya.schema.scheme import Defaults

MODEL_FORMAT = 1
MODEL_INFO = "model.json"
PICTURES = "pictures"
FOR_PEOPLE = frozenset({MODEL_INFO, "README.md", "report.json", "report.md", PICTURES})
"""What lies beside the files that make a model."""
_LIBRARIES = ("scikit-learn", "python-crfsuite", "torch", "transformers")

_Kind = TypeVar("_Kind", TextClassifier, SpanTagger)


@record
class ModelInfo:
    """`model.json`: `files` are hashes, in hex, of all files that make the model.

    `threshold` is what classes are decided by, as `decided` says; `defaults` are the values of what the
    model does not say. `made_with` are versions of libraries.
    """

    format: int
    name: str
    kind: str
    base: str | None
    task: TrainingTask
    langs: tuple[Lang, ...]
    threshold: float
    defaults: Defaults
    dataset: DatasetRef
    settings: dict[str, str | float | None]
    seed: int
    files: dict[str, str]
    made_with: dict[str, str]


@dataclass(frozen=True, slots=True)
class TrainedModel(Generic[_Kind]):
    """A model with what is known of it; `identity` is its name and the hash of its `model.json`."""

    info: ModelInfo
    model: _Kind
    identity: str


def write_model(folder: Path, info: ModelInfo, model: TextClassifier | SpanTagger) -> ModelInfo:
    """Write a model's files and `model.json` into an empty folder, and return what stands there."""
    model.save(folder)
    hashes = {name: _sha256(folder / name) for name in sorted(_names(folder))}
    whole = replace(info, files=hashes, made_with=_versions())
    text = json.dumps(to_object(whole), ensure_ascii=False, indent=2) + "\n"
    (folder / MODEL_INFO).write_text(text, encoding="utf-8", newline="")
    return whole


def read_classifier(folder: Path) -> TrainedModel[TextClassifier]:
    """Return the model of classes in a folder; `CorpusError` where it is none, or a file was changed."""
    info, identity = _checked(folder)
    kind = classifier_kind(info.kind)
    return TrainedModel(info, kind.load(info.task, folder), identity)


def read_tagger(folder: Path) -> TrainedModel[SpanTagger]:
    """Return the model of spans in a folder; as `read_classifier`."""
    info, identity = _checked(folder)
    kind = tagger_kind(info.kind)
    return TrainedModel(info, kind.load(info.task, folder), identity)


def read_model_info(folder: Path) -> ModelInfo:
    """Return the `model.json` of a folder; `CorpusError` where there is none that can be read."""
    path = folder / MODEL_INFO
    try:
        info = from_json(ModelInfo, path.read_bytes(), str(path))
    except (FileNotFoundError, NotADirectoryError):
        raise CorpusError(f"{folder}: is no model; `hashiya train DATASET --out DIR` makes one") from None
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror or error}") from None
    except LabelError as error:
        raise CorpusError(f"{error}; train the model again") from None
    if info.format != MODEL_FORMAT:
        raise CorpusError(f"{path}: has format {info.format}, this version reads {MODEL_FORMAT}")
    return info


def is_model(folder: Path) -> bool:
    """Return whether a folder holds a model."""
    return (folder / MODEL_INFO).is_file()


def _checked(folder: Path) -> tuple[ModelInfo, str]:
    info = read_model_info(folder)
    try:
        there = _names(folder)
        for name, wanted in info.files.items():
            if name not in there:
                raise CorpusError(f"{folder / name}: is missing; train the model again")
            if _sha256(folder / name) != wanted:
                raise CorpusError(
                    f"{folder / name}: is not the file that was saved: its hash is another one; do not load "
                    "it, train the model again"
                )
    except OSError as error:
        raise CorpusError(f"{folder}: cannot be read: {error.strerror or error}") from None
    if extra := sorted(there - info.files.keys()):
        raise CorpusError(f"{folder / extra[0]}: is no file of the model; remove it")
    return info, f"{info.name}@{_sha256(folder / MODEL_INFO)[:12]}"


def _names(folder: Path) -> set[str]:
    """The files of a folder that are not for people."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir())
    return {path.as_posix() for path in found if path.parts[0] not in FOR_PEOPLE}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
