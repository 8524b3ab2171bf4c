"""From a released folder to the folder of a model: files, card, report and pictures, whole or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from hashiya.corpus.files.atomic import replacing_folder
from hashiya.corpus.training.model_card import model_card
from hashiya.corpus.training.model_folder import (
    MODEL_FORMAT,
    PICTURES,
    ModelInfo,
    is_model,
    write_model,
)
from hashiya.corpus.training.models.fine_tuning import short_name
from hashiya.corpus.training.pictures import pictures
from hashiya.corpus.training.released_data import training_data
from hashiya.corpus.training.report import TrainingReport
from hashiya.corpus.training.report_markdown import report_markdown
from hashiya.corpus.training.tasks import TaskName
from hashiya.corpus.training.train import TrainingData, TrainingPlan, train
from hashiya.schema.codec import to_object
from hashiya.schema.errors import CorpusError


def train_model(dataset: Path, task: TaskName, out: Path, plan: TrainingPlan) -> TrainingReport:
    """Learn from a released folder, and write the model with its report to a folder.

    A model that stands there is replaced; any other folder that is not empty is refused.
    """
    out = out.resolve()
    if out.exists() and not (out.is_dir() and (is_model(out) or not any(out.iterdir()))):
        raise CorpusError(f"{out}: holds something else than a model; choose another folder with --out")
    if out.is_relative_to(dataset.resolve()):
        raise CorpusError(f"{out}: lies in the dataset; choose a place outside it with --out")
    data = training_data(dataset, task, plan.labels)
    fitted, report = train(data, plan)
    report = replace(
        report,
        base=short_name(report.base),
        settings={name: value for name, value in report.settings.items() if name != "base"},
    )
    name = f"{report.dataset.name}-{task}-{report.base or report.model}"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with replacing_folder(out) as draft:
            write_model(draft, _info(data, report, name), fitted)
            _write_report(draft, report, name)
    except OSError as error:
        raise CorpusError(f"{out}: cannot be written: {error.strerror or error}") from None
    return report


def _info(data: TrainingData, report: TrainingReport, name: str) -> ModelInfo:
    return ModelInfo(
        format=MODEL_FORMAT,
        name=name,
        kind=report.model,
        base=report.base,
        task=report.task,
        langs=report.langs,
        threshold=report.threshold,
        defaults=data.scheme.defaults,
        dataset=report.dataset,
        settings=report.settings,
        seed=report.seed,
        files={},
        made_with={},
    )


def _write_report(folder: Path, report: TrainingReport, name: str) -> None:
    drawn = pictures(report)
    if drawn:
        (folder / PICTURES).mkdir()
    for file, picture in drawn.items():
        _write(folder / PICTURES / file, picture)
    _write(folder / "report.json", json.dumps(to_object(report), ensure_ascii=False, indent=2) + "\n")
    _write(folder / "report.md", report_markdown(report, drawn, PICTURES))
    _write(folder / "README.md", model_card(report, name))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")
