"""The rows on which a model is most sure of what is not true: where to look first. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.training.models.protocol import Probabilities, ScoredSpan
from hashiya.corpus.training.report import WorstError
from hashiya.corpus.training.rows import NOT_KNOWN, TrainingRows, TrainingTexts
from hashiya.corpus.training.tasks import TrainingTask

SHOWN = 20


def worst_rows(
    task: TrainingTask, rows: TrainingRows, probabilities: Probabilities, said: NDArray[np.bool_]
) -> tuple[WorstError, ...]:
    """Return the rows where a model is surest of what is wrong, the surest first; one a text and target.

    Where a row has one class, it is surest of the one that it says; else of a class that it says wrongly, or
    that is there and that it does not say.
    """
    known = rows.answers != NOT_KNOWN
    wrong = (said != (rows.answers == 1)) & known
    if task.decision == "one":
        wrong &= said
    surprise = np.where(rows.answers == 1, 1 - probabilities, probabilities)
    worst = np.where(wrong, surprise, -1.0).max(axis=1, initial=-1.0)
    order = [int(row) for row in np.argsort(-worst, kind="stable") if worst[row] >= 0]
    return tuple(
        WorstError(
            pair_id=rows.origins.pair_ids[row],
            doc_id=rows.origins.doc_ids[row],
            lang=rows.inputs.langs[row],
            target=rows.inputs.targets[row] if rows.inputs.targets else None,
            text=rows.inputs.texts[row],
            truth=_names(task, rows.answers[row] == 1),
            predicted=_names(task, said[row] & known[row]),
            probability=float(worst[row]),
        )
        for row in order[:SHOWN]
    )


def worst_texts(texts: TrainingTexts, predicted: Sequence[Sequence[ScoredSpan]]) -> tuple[WorstError, ...]:
    """Return the texts with a wrong span, the surest first; then those where most is missed."""
    found = sorted(_wrong_texts(texts, predicted), key=lambda item: item[0])
    return tuple(error for _, error in found[:SHOWN])


def _wrong_texts(
    texts: TrainingTexts, predicted: Sequence[Sequence[ScoredSpan]]
) -> Iterator[tuple[tuple[float, int, int], WorstError]]:
    for row, (truth, masked, said) in enumerate(zip(texts.spans, texts.masked, predicted, strict=True)):
        text = texts.inputs.texts[row]
        judged = [
            span for span in said if all(span.end <= start or end <= span.start for start, end in masked)
        ]
        wrong = [span for span in judged if (span.start, span.end, span.type) not in set(truth)]
        missed = set(truth) - {(span.start, span.end, span.type) for span in judged}
        if not wrong and not missed:
            continue
        surest = max((span.probability for span in wrong), default=0.0)
        error = WorstError(
            pair_id=texts.origins.pair_ids[row],
            doc_id=texts.origins.doc_ids[row],
            lang=texts.inputs.langs[row],
            text=text,
            truth=tuple(f"{name}: {text[start:end]}" for start, end, name in sorted(missed)),
            predicted=tuple(f"{span.type}: {text[span.start : span.end]}" for span in wrong),
            probability=surest,
        )
        yield (-surest, -len(missed), row), error


def _names(task: TrainingTask, cells: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(task.classes[column] for column in np.flatnonzero(cells))
