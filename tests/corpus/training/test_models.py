"""Models: the same after they were saved and read back, asked with inputs alone, refused when changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hashiya.corpus.training.dataset_rows import class_rows, span_rows
from hashiya.corpus.training.models.named_models import BASELINES, classifier_kind, tagger_kind
from hashiya.corpus.training.models.skops_files import read_skops, write_skops
from hashiya.corpus.training.rows import NOT_KNOWN, TrainingRows
from hashiya.corpus.training.tasks import TaskName
from hashiya.schema.errors import CorpusError, HashiyaError
from tests.training_data import dataset, task

CLASSIFIERS = ("ngrams", "encoder", "majority", "random")
TAGGERS = ("crf", "majority", "random")


def class_data(name: TaskName) -> tuple[TrainingRows, TrainingRows]:
    data = dataset(name, train=6, test=2, pairs=5)
    train, test = (class_rows(data.task, data.tables[split]) for split in ("train", "test"))
    return train, test


@pytest.mark.parametrize("name", CLASSIFIERS)
@pytest.mark.parametrize("wanted", ["stance", "implications"])
def test_a_classifier_says_the_same_after_it_was_read_back(
    name: str, wanted: TaskName, tmp_path: Path
) -> None:
    train, test = class_data(wanted)
    kind = classifier_kind(name)
    (fitted,) = kind.fit(task(wanted), train, test, kind.candidates[:1], 0)
    fitted.save(tmp_path)
    said = fitted.predict_proba(test.inputs)
    assert said.shape == test.answers.shape
    assert ((said >= 0) & (said <= 1)).all()
    if wanted == "stance":
        assert np.allclose(said.sum(axis=1), 1)
        assert (fitted.predict(test.inputs).sum(axis=1) == 1).all()
    np.testing.assert_array_equal(kind.load(task(wanted), tmp_path).predict_proba(test.inputs), said)


@pytest.mark.parametrize("name", TAGGERS)
def test_a_tagger_says_the_same_after_it_was_read_back(name: str, tmp_path: Path) -> None:
    data = dataset("entities", train=6, test=2, pairs=5)
    train, test = (span_rows(data.task, data.tables[split]) for split in ("train", "test"))
    kind = tagger_kind(name)
    (fitted,) = kind.fit(data.task, train, test, kind.candidates[:1], 0)
    fitted.save(tmp_path)
    again = kind.load(data.task, tmp_path)
    assert again.predict(test.inputs) == fitted.predict(test.inputs)
    for one, other in zip(again.predict_proba(test.inputs), fitted.predict_proba(test.inputs), strict=True):
        np.testing.assert_array_equal(one, other)
        assert np.allclose(one.sum(axis=1), 1)


def test_the_baselines_learn_what_can_be_learned() -> None:
    train, test = class_data("stance")
    kind = classifier_kind("ngrams")
    (fitted,) = kind.fit(task("stance"), train, test, kind.candidates[:1], 0)
    right = (fitted.predict(test.inputs) & (test.answers == 1)).any(axis=1)
    assert right.mean() > 0.9
    data = dataset("entities", train=6, test=2, pairs=5)
    texts, asked = (span_rows(data.task, data.tables[split]) for split in ("train", "test"))
    tagger = tagger_kind("crf")
    (crf,) = tagger.fit(data.task, texts, asked, tagger.candidates[:1], 0)
    found = [{(span.start, span.end, span.type) for span in spans} for spans in crf.predict(asked.inputs)]
    assert np.mean([set(truth) == said for truth, said in zip(asked.spans, found, strict=True)]) > 0.9


def test_a_name_behind_an_arabic_particle_is_found_by_its_own_borders() -> None:
    data = dataset("entities", train=8, test=2, pairs=6)
    train, test = (span_rows(data.task, data.tables[split], ("ar",)) for split in ("train", "test"))
    kind = tagger_kind("crf")
    (fitted,) = kind.fit(data.task, train, test, kind.candidates[:1], 0)
    found = fitted.predict(test.inputs)
    assert any(found)
    for text, spans in zip(test.inputs.texts, found, strict=True):
        assert all(text[span.start - 1] == "و" for span in spans)


def test_cells_that_nobody_knows_teach_nothing() -> None:
    train, test = class_data("implications")
    column = task("implications").classes.index("chips/demand")
    hidden = train.answers.copy()
    hidden[::3, column] = NOT_KNOWN
    kind = classifier_kind("ngrams")
    settings = kind.candidates[:1]
    known = replace(train, answers=hidden)
    others = hidden.copy()
    others[:, 0] = NOT_KNOWN
    (one,) = kind.fit(task("implications"), known, test, settings, 0)
    (other,) = kind.fit(task("implications"), replace(train, answers=others), test, settings, 0)
    np.testing.assert_array_equal(
        one.predict_proba(test.inputs)[:, 1:], other.predict_proba(test.inputs)[:, 1:]
    )
    assert other.predict_proba(test.inputs)[:, 0].max() < 0.01


def test_texts_of_nothing_are_no_trouble() -> None:
    train, _ = class_data("stance")
    empty = replace(train.inputs, texts=("",) * len(train))
    for name in CLASSIFIERS:
        kind = classifier_kind(name)
        (fitted,) = kind.fit(task("stance"), replace(train, inputs=empty), train, kind.candidates[:1], 0)
        assert fitted.predict_proba(empty).shape == train.answers.shape
        assert fitted.predict_proba(empty.take(np.zeros(0, np.int64))).shape == (0, len(train.answers[0]))
    data = dataset("entities", train=2, test=1, pairs=2)
    texts = span_rows(data.task, data.tables["train"])
    (crf,) = tagger_kind("crf").fit(data.task, texts, texts, [{"c1": 0.0, "c2": 0.1}], 0)
    assert crf.predict(replace(texts.inputs, texts=("",) * len(texts))) == [()] * len(texts)


def test_a_file_with_anything_but_our_types_is_refused(tmp_path: Path) -> None:
    write_skops({"heads": [Path]}, tmp_path / "evil.skops")
    with pytest.raises(CorpusError, match="do not load it"):
        read_skops(tmp_path / "evil.skops")
    (tmp_path / "broken.skops").write_bytes(b"no zip at all")
    with pytest.raises(CorpusError, match="train it again"):
        read_skops(tmp_path / "broken.skops")
    (tmp_path / "crf.crfsuite").write_bytes(b"nonsense")
    with pytest.raises(CorpusError, match="no file of CRFsuite"):
        tagger_kind("crf").load(task("entities"), tmp_path)


@pytest.mark.parametrize(("find", "name"), [(classifier_kind, "crf"), (tagger_kind, "ngrams")])
def test_a_model_of_another_kind_of_task_is_refused_by_name(find: Any, name: str) -> None:
    assert name in BASELINES
    with pytest.raises(HashiyaError, match=f"no model '{name}'"):
        find(name)
