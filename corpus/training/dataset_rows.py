"""From the configs of a released dataset to rows that a model learns from. Pure.

A pair gives a row for each side that it has, so that one model reads either language. Inputs are the texts,
their languages and, for a stance, the target; every other column is an answer, or says where a row is from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from hashiya.corpus.training.rows import NOT_KNOWN, ModelInputs, RowOrigins, TrainingRows, TrainingTexts
from hashiya.corpus.training.tasks import TaskName, TrainingTask
from hashiya.schema.configs import ClassNames
from hashiya.schema.dataset import ClassKind, Config
from hashiya.schema.records import LANGS, Lang
from hashiya.schema.scheme import NO_STANCE, LabelScheme

CONFIG_OF: Mapping[TaskName, Config] = {
    "stance": "stance",
    "implications": "implications",
    "entities": "entities",
}
"""The config that each task is learned from."""
_KIND_OF: Mapping[TaskName, ClassKind] = {
    "stance": "stance",
    "implications": "implication",
    "entities": "entity",
}
READ_COLUMNS = (
    "pair_id", "doc_id", "ar", "en", "target", "label", "labels", "lang", "text", "spans", "masked",
    "labels_from", "weight",
)  # fmt: skip
_AT_ONCE = 10_000


def training_task(name: TaskName, classes: ClassNames, scheme: LabelScheme) -> TrainingTask:
    """Return a task with the classes of a dataset, by their numbers, that its scheme still has."""
    there = {*scheme.ids("entity"), *scheme.ids("stance"), NO_STANCE}
    there |= {f"{target}/{channel}" for target in scheme.ids("target") for channel in scheme.ids("channel")}
    names = enumerate(classes.get(_KIND_OF[name], ()))
    kept = [(number, label) for number, label in names if label in there]
    return TrainingTask(
        name=name,
        classes=tuple(label for _, label in kept),
        numbers=tuple(number for number, _ in kept),
        targets=scheme.ids("target") if name == "stance" else (),
        absent=NO_STANCE if name == "stance" else None,
    )


def class_rows(task: TrainingTask, table: pa.Table, langs: Sequence[Lang] = LANGS) -> TrainingRows:
    """Return the rows of the config `stance` or `implications`: one a row there and side.

    Rows may have both sides as the config has them, or one as `text` and `lang`. One whose label is null has
    no answer, and is left out.
    """
    answers: list[list[int]] = []
    texts: list[tuple[str, Lang, str | None]] = []
    origins: list[tuple[str, str, str, float]] = []
    for row in _rows(table):
        answer = _one_answer(task, row) if task.decision == "one" else _answers(task, row)
        sides = {row["lang"]: row["text"]} if "lang" in row else {lang: row[lang] for lang in LANGS}
        for lang in langs if answer is not None else ():
            if (text := sides.get(lang)) is not None:
                answers.append(answer or [])
                texts.append((text, lang, row.get("target")))
                origins.append(_origin(row))
    found = np.array(answers, np.int8).reshape(len(answers), len(task.classes))
    return TrainingRows(_inputs(task, texts), found, _origins(origins))


def span_rows(task: TrainingTask, table: pa.Table, langs: Sequence[Lang] = LANGS) -> TrainingTexts:
    """Return the rows of the config `entities`: one a side."""
    name_of = dict(zip(task.numbers, task.classes, strict=True))
    texts: list[tuple[str, Lang, str | None]] = []
    spans: list[tuple[tuple[int, int, str], ...]] = []
    masked: list[tuple[tuple[int, int], ...]] = []
    origins: list[tuple[str, str, str, float]] = []
    for row in _rows(table):
        if row["lang"] not in langs:
            continue
        texts.append((row["text"], row["lang"], None))
        spans.append(
            tuple(
                (span["start"], span["end"], name_of[span["type"]])
                for span in row["spans"]
                if span["type"] in name_of
            )
        )
        masked.append(tuple((span["start"], span["end"]) for span in row["masked"]))
        origins.append(_origin(row))
    return TrainingTexts(_inputs(task, texts), tuple(spans), tuple(masked), _origins(origins))


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    """The rows with the columns that are read here; of a million others none becomes a Python object."""
    names = [name for name in READ_COLUMNS if name in table.column_names]
    for batch in table.select(names).to_batches(max_chunksize=_AT_ONCE):
        yield from batch.to_pylist()


def _one_answer(task: TrainingTask, row: Mapping[str, Any]) -> list[int] | None:
    if row["label"] not in task.numbers or row["target"] not in task.targets:
        return None
    return [int(number == row["label"]) for number in task.numbers]


def _answers(task: TrainingTask, row: Mapping[str, Any]) -> list[int]:
    labels = row["labels"]
    return [labels[number] if labels[number] in {0, 1} else NOT_KNOWN for number in task.numbers]


def _inputs(task: TrainingTask, texts: Sequence[tuple[str, Lang, str | None]]) -> ModelInputs:
    return ModelInputs(
        tuple(text for text, _, _ in texts),
        tuple(lang for _, lang, _ in texts),
        tuple(target or "" for _, _, target in texts) if task.targets else (),
    )


def _origin(row: Mapping[str, Any]) -> tuple[str, str, str, float]:
    weight = 1.0 if row["weight"] is None else row["weight"]
    return row["pair_id"], row["doc_id"], row.get("labels_from") or "votes", weight


def _origins(rows: Sequence[tuple[str, str, str, float]]) -> RowOrigins:
    return RowOrigins(
        tuple(row[0] for row in rows),
        tuple(row[1] for row in rows),
        tuple(row[2] for row in rows),
        tuple(row[3] for row in rows),
    )
