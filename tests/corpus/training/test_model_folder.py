"""A model's folder: loaded by hash, with a card that the hub reads; what it says of texts and corpora."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from huggingface_hub import ModelCard

from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.training.model_card import model_card
from hashiya.corpus.training.model_folder import read_classifier, read_tagger
from hashiya.corpus.training.predict import predicted_lines, read_predictor
from hashiya.corpus.training.report_markdown import in_markdown
from hashiya.corpus.training.suggest import suggest
from hashiya.corpus.training.tasks import TASK_NAMES, TaskName
from hashiya.corpus.training.train import TrainingPlan, train
from hashiya.corpus.training.train_model import train_model
from hashiya.schema.errors import CorpusError, HashiyaError, Problem, SourceError
from tests.training_data import CLASSES, dataset, released


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training")
    dataset = released(folder)
    for name in TASK_NAMES:
        train_model(dataset, name, folder / name, TrainingPlan(apart=("test1",)))
    return folder


def lines(root: Path, name: TaskName, given: list[object]) -> tuple[list[dict[str, Any]], list[Problem]]:
    path = root / "texts.jsonl"
    path.write_text("".join(f"{item if isinstance(item, str) else json.dumps(item)}\n" for item in given))
    problems: list[Problem] = []
    found = list(predicted_lines(read_predictor(root / name), path, problems.append))
    return [json.loads(line) for line in found], problems


def test_several_licences_are_told_as_the_datasets_card_tells_them() -> None:
    _, report = train(
        dataset("stance", train=2, validation=1, test=1, pairs=3), TrainingPlan(model="majority")
    )
    licences = ("CC-BY-4.0", "Rights remain with the publisher")
    text = model_card(replace(report, dataset=replace(report.dataset, licences=licences)), "m")
    data: Any = ModelCard(text).data
    assert (data.license, data.license_name) == ("other", "by-document")
    assert data.license_details == "; ".join(licences)


@pytest.mark.parametrize("name", TASK_NAMES)
def test_the_folder_has_a_card_that_the_hub_reads_and_pictures_that_are_drawn(
    root: Path, name: TaskName
) -> None:
    card = ModelCard.load(root / name / "README.md")
    assert card.data.pipeline_tag in {"text-classification", "token-classification"}
    assert card.data.language == ["ar", "en"]
    assert card.data.license == "cc0-1.0"
    assert {item.dataset_split for item in card.data.eval_results or []} == {"test"}
    assert str(ModelCard(str(card))) == str(card)
    report = (root / name / "report.md").read_text(encoding="utf-8")
    drawn = sorted((root / name / "pictures").iterdir())
    assert drawn
    for picture in drawn:
        ET.parse(picture)
        assert f"(pictures/{picture.name})" in report
    assert "one annotator against another" in report
    assert "document test1" in report
    data = json.loads((root / name / "report.json").read_text(encoding="utf-8"))
    assert data["test"]["rows"] > 0


def test_class_numbers_are_those_of_the_dataset(root: Path) -> None:
    info = json.loads((root / "release" / "dataset.json").read_text(encoding="utf-8"))
    model = read_classifier(root / "stance")
    assert [info["classes"]["stance"][number] for number in model.info.task.numbers] == list(
        model.info.task.classes
    )
    assert model.info.dataset.version == info["version"]


def test_no_file_is_a_pickle(root: Path) -> None:
    for name in TASK_NAMES:
        for path in (root / name).rglob("*"):
            if path.is_file():
                assert path.suffix in {".json", ".md", ".svg", ".skops", ".crfsuite"}
                assert not path.read_bytes().startswith(b"\x80")


def test_a_changed_missing_or_added_file_is_refused(root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "model"
    shutil.copytree(root / "entities", copy)
    read_tagger(copy)
    weights = copy / "crf.crfsuite"
    content = weights.read_bytes()
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(CorpusError, match="its hash is another one"):
        read_tagger(copy)
    weights.unlink()
    with pytest.raises(CorpusError, match="is missing"):
        read_tagger(copy)
    weights.write_bytes(content)
    (copy / "more.pkl").write_bytes(b"")
    with pytest.raises(CorpusError, match="is no file of the model"):
        read_tagger(copy)
    with pytest.raises(CorpusError, match="is no model"):
        read_predictor(tmp_path)
    (copy / "model.json").write_text("{}")
    with pytest.raises(CorpusError, match="train the model again"):
        read_predictor(copy)


def test_another_folder_is_never_replaced(root: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CorpusError, match="something else than a model"):
        train_model(root / "release", "stance", tmp_path, TrainingPlan(model="majority"))
    with pytest.raises(CorpusError, match="lies in the dataset"):
        train_model(root / "release", "stance", root / "release" / "model", TrainingPlan())
    with pytest.raises(CorpusError, match="is no released dataset"):
        train_model(tmp_path, "stance", tmp_path.parent / "model", TrainingPlan())
    out = tmp_path / "model"
    for _ in range(2):
        train_model(root / "release", "stance", out, TrainingPlan(model="majority"))
    assert (out / "shares.json").is_file()


def test_a_released_file_that_was_changed_teaches_nothing(root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "release"
    shutil.copytree(root / "release", copy)
    (path,) = (copy / "stance").glob("train-*")
    (other,) = (copy / "stance").glob("test-*")
    path.write_bytes(other.read_bytes())
    with pytest.raises(CorpusError):
        train_model(copy, "stance", tmp_path / "model", TrainingPlan(model="majority"))


def test_predictions_keep_the_line_and_say_whose_they_are(root: Path) -> None:
    pair = {
        "id": 7,
        "ar": "إن وإنفيديا في خطر ومستقبلها قاتم",
        "en": "Nvidia is in danger, and its future is bleak",
    }
    found, problems = lines(
        root, "stance", [pair, "no JSON", {"text": "x"}, {"ar": 1}, [], {"text": "شيء", "lang": "ar"}, ""]
    )
    assert [item["id"] for item in found if "id" in item] == [7]
    assert [problem.where.rpartition(" ")[2] for problem in problems] == ["2", "3", "4", "5"]
    said = found[0]["predictions"]
    assert isinstance(said, dict)
    assert said["model"] == read_classifier(root / "stance").identity
    chips = next(item for item in said["stance"] if item["target"] == "chips")
    assert chips["label"] == "bearish"
    assert chips["number"] == CLASSES["stance"].index("bearish")
    assert 0.5 < chips["probability"] <= 1
    (entities, *_), _ = lines(root, "entities", [pair])
    marks = entities["predictions"]["entities"]
    assert {(mark["lang"], mark["text"], mark["type"]) for mark in marks} == {
        ("ar", "إنفيديا", "company"),
        ("en", "Nvidia", "company"),
    }
    texts: dict[str, Any] = pair
    assert all(texts[mark["lang"]][mark["start"] : mark["end"]] == mark["text"] for mark in marks)
    with pytest.raises(SourceError):
        list(predicted_lines(read_predictor(root / "stance"), root / "nowhere.jsonl", problems.append))


def test_a_pair_has_one_answer_whichever_sides_it_has(root: Path) -> None:
    sides = {"ar": "نشرت نتائجها يوم الثلاثاء", "en": "published its results on Tuesday"}
    both, _ = lines(root, "stance", [sides, {"ar": sides["ar"]}, {"en": sides["en"], "ar": None}])
    assert [len(item["predictions"]["stance"]) for item in both] == [6, 6, 6]


def test_suggestions_stand_in_the_corpus_and_count_for_nothing(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    shutil.copytree(root / "corpus", folder)
    corpus = Corpus.open(folder)
    before = {path.name: path.read_bytes() for path in (root / "release" / "stance").iterdir()}
    for name in ("stance", "entities"):
        predictor = read_predictor(root / name)
        report = suggest(corpus, predictor)
        assert report.problems == []
        assert report.recorded == len(corpus.generation().pair_ids())
        again = suggest(corpus, predictor)
        assert (again.recorded, again.unchanged) == (0, report.recorded)
        with corpus.journal(write=False) as journal:
            made = [
                annotation
                for item in journal.standing()
                if item.annotator == predictor.identity
                for annotation in item.annotations
            ]
        assert {annotation.origin for annotation in made} == {"suggested"}
        assert any(annotation.stances or annotation.entities for annotation in made)
        layers = {cover.layer for annotation in made for cover in annotation.covers or ()}
        assert layers == {"stances" if name == "stance" else "entities"}
    from hashiya.corpus.dataset.release import release

    release(corpus, tmp_path / "release", lambda _: None)
    after = {path.name: path.read_bytes() for path in (tmp_path / "release" / "stance").iterdir()}
    assert after == before


def test_a_model_that_says_too_little_for_an_annotation_is_refused(root: Path) -> None:
    with pytest.raises(HashiyaError, match="write its predictions to a file"):
        suggest(Corpus.open(root / "corpus"), read_predictor(root / "implications"))


def test_markdown_shows_a_text_as_it_is() -> None:
    assert in_markdown("a|b\n<script>*x*") == r"a\|b \<script\>\*x\*"
