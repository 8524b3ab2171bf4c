"""What annotators reach, measured as a model is: one's labels against another's, where both looked.

Each two annotators of a pair count in both directions, so that precision and recall are one. Gold and
adjudicated labels are no annotator's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from hashiya.corpus.dataset.stance_rows import common_stance
from hashiya.corpus.training.evaluation.evaluate import evaluate_rows, evaluate_spans
from hashiya.corpus.training.evaluation.evaluation import Evaluation
from hashiya.corpus.training.evaluation.figure import no_figure
from hashiya.corpus.training.evaluation.ranking import Reliability
from hashiya.corpus.training.models.protocol import ScoredSpan
from hashiya.corpus.training.rows import (
    NOT_KNOWN,
    ModelInputs,
    RowOrigins,
    TrainingRows,
    TrainingTexts,
)
from hashiya.corpus.training.tasks import TrainingTask
from hashiya.schema.codec import from_object
from hashiya.schema.dataset import PublicAnnotation
from hashiya.schema.records import KNOWN_ORIGINS, LANGS, LabelLayer, Lang

if TYPE_CHECKING:
    import pyarrow as pa

_COLUMNS = ("pair_id", "doc_id", "ar", "en", "annotator", "origin", "labels", "covers")
_SAID = ("annotator", "origin", "labels", "covers")
_NO_PROBABILITIES = no_figure("annotators give no probabilities")


def annotator_ceiling(
    task: TrainingTask, annotations: pa.Table, langs: Sequence[Lang], seed: int
) -> Evaluation | None:
    """Return the figures of annotators against each other; null where no two looked at the same."""
    couples = list(_couples(annotations))
    what = "one annotator against another"
    if task.decision == "spans":
        texts, said = _span_rows(task, couples, langs)
        found = evaluate_spans(task, what, texts, said, seed=seed) if len(texts) else None
    else:
        rows, chosen = _class_rows(task, couples)
        found = (
            evaluate_rows(task, what, rows, chosen.astype(np.float64), seed=seed, predicted=chosen)
            if len(rows)
            else None
        )
    if found is None:
        return None
    silent = Reliability(error=_NO_PROBABILITIES, bins=(), of="cells")
    classes = tuple(replace(item, average_precision=_NO_PROBABILITIES) for item in found.classes)
    return replace(found, average_precision=_NO_PROBABILITIES, calibration=silent, classes=classes)


def _couples(
    table: pa.Table,
) -> Iterator[tuple[dict[str, Any], PublicAnnotation, PublicAnnotation]]:
    """Yield each two annotations of a pair, in both orders, with the columns of the pair."""
    pairs: dict[str, list[tuple[dict[str, Any], PublicAnnotation]]] = {}
    for row in table.select(list(_COLUMNS)).to_pylist():
        if row["origin"] not in KNOWN_ORIGINS:
            said = from_object(PublicAnnotation, {name: row[name] for name in _SAID}, "annotations")
            pairs.setdefault(row["pair_id"], []).append((row, said))
    for some in pairs.values():
        for (row, one), (_, other) in permutations(some, 2):
            if one.annotator != other.annotator:
                yield row, one, other


def _class_rows(
    task: TrainingTask, couples: Sequence[tuple[dict[str, Any], PublicAnnotation, PublicAnnotation]]
) -> tuple[TrainingRows, Any]:
    answers: list[list[int]] = []
    guesses: list[list[int]] = []
    origins: list[dict[str, Any]] = []
    for row, one, other in couples:
        for target in task.targets or (None,):
            truth, said = (_answer(task, item, target) for item in (one, other))
            known = [
                first if NOT_KNOWN not in {first, second} else NOT_KNOWN
                for first, second in zip(truth, said, strict=True)
            ]
            if set(known) != {NOT_KNOWN}:
                answers.append(known)
                guesses.append([int(value == 1) for value in said])
                origins.append(row)
    shape = (len(answers), len(task.classes))
    inputs = ModelInputs(("",) * len(answers), LANGS[:1] * len(answers))
    rows = TrainingRows(inputs, np.array(answers, np.int8).reshape(shape), _origins(origins))
    return rows, np.array(guesses, np.int8).reshape(shape) == 1


def _answer(task: TrainingTask, said: PublicAnnotation, target: str | None) -> list[int]:
    """What an annotator says of each class; `NOT_KNOWN` where they did not look."""
    if target is not None:
        if not _covers(said, "stances", None, target):
            return [NOT_KNOWN] * len(task.classes)
        found = [item.stance for item in said.labels.stances if item.target == target]
        common = common_stance(found, task.classes)
        return [int(name == common) for name in task.classes]
    there = {f"{item.target}/{item.channel}" for item in said.labels.implications}
    return [
        int(name in there) if _covers(said, "implications", None, name.partition("/")[2]) else NOT_KNOWN
        for name in task.classes
    ]


def _span_rows(
    task: TrainingTask,
    couples: Sequence[tuple[dict[str, Any], PublicAnnotation, PublicAnnotation]],
    langs: Sequence[Lang],
) -> tuple[TrainingTexts, list[tuple[ScoredSpan, ...]]]:
    texts: list[tuple[str, Lang]] = []
    truths: list[tuple[tuple[int, int, str], ...]] = []
    said: list[tuple[ScoredSpan, ...]] = []
    origins: list[dict[str, Any]] = []
    for row, one, other in couples:
        for lang in langs:
            if row[lang] is None or not all(
                _covers(item, "entities", lang, name) for item in (one, other) for name in task.classes
            ):
                continue
            texts.append((row[lang], lang))
            truths.append(_spans(one, lang))
            said.append(tuple(ScoredSpan(*span, 1.0) for span in _spans(other, lang)))
            origins.append(row)
    inputs = ModelInputs(tuple(text for text, _ in texts), tuple(lang for _, lang in texts))
    return TrainingTexts(inputs, tuple(truths), ((),) * len(texts), _origins(origins)), said


def _spans(said: PublicAnnotation, lang: Lang) -> tuple[tuple[int, int, str], ...]:
    return tuple((item.start, item.end, item.type) for item in said.labels.entities if item.lang == lang)


def _covers(said: PublicAnnotation, layer: LabelLayer, lang: Lang | None, label: str) -> bool:
    return said.covers is None or any(
        cover.layer == layer and cover.lang == lang and (cover.labels is None or label in cover.labels)
        for cover in said.covers
    )


def _origins(rows: Sequence[dict[str, Any]]) -> RowOrigins:
    return RowOrigins(
        tuple(row["pair_id"] for row in rows),
        tuple(row["doc_id"] for row in rows),
        ("",) * len(rows),
        (1.0,) * len(rows),
    )
