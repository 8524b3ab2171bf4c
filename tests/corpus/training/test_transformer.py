"""Fine-tuning, with a transformer of random weights that is made here."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from hashiya.corpus.training.dataset_rows import class_rows, span_rows
from hashiya.corpus.training.model_folder import read_classifier, read_tagger
from hashiya.corpus.training.models.named_models import classifier_kind, tagger_kind
from hashiya.corpus.training.models.protocol import ModelSettings
from hashiya.corpus.training.predict import read_predictor
from hashiya.corpus.training.tasks import TASK_NAMES, TaskName
from hashiya.corpus.training.train import TrainingPlan, train
from hashiya.corpus.training.train_model import train_model
from hashiya.schema.errors import CorpusError, HashiyaError
from hashiya.schema.records import Split
from tests.tiny_transformer import tiny_transformer
from tests.training_data import dataset, released

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_transformer(tmp_path_factory.mktemp("models") / "tiny")


@pytest.mark.parametrize("name", TASK_NAMES)
def test_a_fine_tuned_model_is_written_read_and_asked(name: TaskName, base: Path, tmp_path: Path) -> None:
    data = released(tmp_path, train=3, validation=1, test=1, pairs=3)
    report = train_model(data, name, tmp_path / "model", TrainingPlan(model=str(base)))
    assert report.base == "tiny"
    assert "base" not in report.settings
    assert report.curve == ()
    assert [item.what for item in report.baselines] == ["majority", "random"]
    names = {path.name for path in (tmp_path / "model").iterdir()}
    assert {"model.safetensors", "config.json", "tokenizer.json"} <= names
    (said,) = read_predictor(tmp_path / "model").predict([{"ar": "شيء", "en": "Nvidia faces bleak years"}])
    assert said.classes or said.spans or name != "stance"
    weights = tmp_path / "model" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"\0\0\0\1")
    with pytest.raises(CorpusError, match="its hash is another one"):
        (read_tagger if name == "entities" else read_classifier)(tmp_path / "model")


def test_a_small_transformer_learns_what_it_is_shown(base: Path) -> None:
    data = dataset("entities", train=6, validation=2, test=2, pairs=4)
    splits: tuple[Split, ...] = ("train", "validation")
    texts, validation = (span_rows(data.task, data.tables[split], ("en",)) for split in splits)
    settings: ModelSettings = {"base": str(base), "learning_rate": 5e-3, "epochs": 40, "batch": 8}
    (fitted,) = tagger_kind("transformer").fit(data.task, texts, validation, [settings], 0)
    found = [{(span.start, span.end, span.type) for span in spans} for spans in fitted.predict(texts.inputs)]
    assert np.mean([set(truth) == said for truth, said in zip(texts.spans, found, strict=True)]) > 0.8
    again = dataset("stance", train=6, validation=2, test=2, pairs=4)
    rows, asked = (class_rows(again.task, again.tables[split], ("en",)) for split in splits)
    (model,) = classifier_kind("transformer").fit(again.task, rows, asked, [settings], 0)
    right = (model.predict(rows.inputs) & (rows.answers == 1)).any(axis=1)
    assert right.mean() > 0.9


def test_the_same_seed_gives_the_same_model(base: Path) -> None:
    data = dataset("stance", train=2, validation=1, test=1, pairs=2)
    rows = class_rows(data.task, data.tables["test"])
    one, other = (
        train(data, TrainingPlan(model=str(base), seed=5))[0].predict_proba(rows.inputs) for _ in range(2)
    )
    np.testing.assert_array_equal(one, other)


def test_what_is_no_model_is_told(base: Path, tmp_path: Path) -> None:
    data = dataset("stance", train=2, validation=1, test=1, pairs=2)
    with pytest.raises(HashiyaError, match="neither a baseline nor a model"):
        train(data, TrainingPlan(model=str(tmp_path)))
    shutil.copytree(base, tmp_path / "broken")
    (tmp_path / "broken" / "model.safetensors").unlink()
    with pytest.raises(HashiyaError, match="neither a baseline nor a model"):
        train(data, TrainingPlan(model=str(tmp_path / "broken")))
