"""Predictions beside answers, counted by document: the sums that figures are made of. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashiya.corpus.text.bio import TokenRange, TypedRange
from hashiya.corpus.training.evaluation.evaluation import MistakenClass
from hashiya.corpus.training.evaluation.figure import Sums
from hashiya.corpus.training.models.protocol import ScoredSpan
from hashiya.corpus.training.rows import NOT_KNOWN, TrainingRows, TrainingTexts
from hashiya.corpus.training.tasks import TrainingTask

NO_CLASS = "nothing"
"""What stands beside a class that was missed, or predicted where there is nothing."""


@dataclass(frozen=True, slots=True)
class ClassSums:
    """(documents, 3 x classes): of each class how many are found, wrongly found and missed, by document."""

    sums: Sums
    classes: int

    def of(self, columns: Sequence[int]) -> Sums:
        """Return the sums of some of the classes."""
        chosen = [part * self.classes + column for part in range(3) for column in columns]
        return self.sums[:, chosen]


def row_sums(rows: TrainingRows, predicted: NDArray[np.bool_]) -> ClassSums:
    """Return the sums of rows; cells of which nobody knows the answer are in none."""
    known = rows.answers != NOT_KNOWN
    truth = rows.answers == 1
    kinds = [predicted & truth, predicted & ~truth & known, ~predicted & truth]
    return ClassSums(_by_document(rows.origins.doc_ids, np.hstack(kinds)), truth.shape[1])


def row_mistakes(
    task: TrainingTask, rows: TrainingRows, predicted: NDArray[np.bool_]
) -> tuple[MistakenClass, ...]:
    """Return what was predicted where something else is true; right ones too, where a row has one class."""
    found: Counter[tuple[str, str]] = Counter()
    for answer, guess in zip(rows.answers, predicted, strict=True):
        truth = {task.classes[at] for at in np.flatnonzero(answer == 1)}
        said = {task.classes[at] for at in np.flatnonzero(guess & (answer != NOT_KNOWN))}
        if task.decision == "one":
            found.update((one, other) for one in truth for other in said)
        else:
            found.update(_unmatched(sorted(truth - said), sorted(said - truth)))
    return _sorted_mistakes(found)


def span_sums(
    task: TrainingTask, texts: TrainingTexts, predicted: Sequence[Sequence[ScoredSpan]]
) -> ClassSums:
    """Return the sums of spans: found is one with the same borders and the same type."""
    column = {name: number for number, name in enumerate(task.classes)}
    classes = len(column)
    counts = np.zeros((len(texts), 3 * classes))
    for row, (truth, known) in enumerate(_compared(texts, predicted)):
        said = {(span.start, span.end, span.type) for span in known}
        for part, some in enumerate((truth & said, said - truth, truth - said)):
            for *_, name in some:
                counts[row, part * classes + column[name]] += 1
    return ClassSums(_by_document(texts.origins.doc_ids, counts), classes)


def span_hits(
    texts: TrainingTexts, predicted: Sequence[Sequence[ScoredSpan]]
) -> list[tuple[ScoredSpan, bool]]:
    """Return every predicted span that can be judged, and whether it is right."""
    return [
        (span, (span.start, span.end, span.type) in truth)
        for truth, known in _compared(texts, predicted)
        for span in known
    ]


def span_mistakes(
    texts: TrainingTexts, predicted: Sequence[Sequence[ScoredSpan]]
) -> tuple[MistakenClass, ...]:
    """Return types taken for others, spans that were missed or are none, and borders that differ."""
    found: Counter[tuple[str, str]] = Counter()
    for truth, known in _compared(texts, predicted):
        said = {(span.start, span.end, span.type) for span in known}
        left = sorted(said - truth)
        for start, end, name in sorted(truth - said):
            other = next((span for span in left if span[0] < end and start < span[1]), None)
            if other is None:
                found[name, NO_CLASS] += 1
            else:
                left.remove(other)
                same = other[:2] == (start, end)
                found[name, other[2] if same else f"{other[2]}, other borders"] += 1
        found.update((NO_CLASS, name) for *_, name in left)
    return _sorted_mistakes(found)


def _compared(
    texts: TrainingTexts, predicted: Sequence[Sequence[ScoredSpan]]
) -> list[tuple[set[TypedRange], list[ScoredSpan]]]:
    """Of each text what is true, and what was predicted outside of masked ranges."""
    return [
        (set(truth), [span for span in said if not _touches(span, masked)])
        for truth, masked, said in zip(texts.spans, texts.masked, predicted, strict=True)
    ]


def _touches(span: ScoredSpan, masked: Sequence[TokenRange]) -> bool:
    return any(span.start < end and start < span.end for start, end in masked)


def _unmatched(missed: Sequence[str], added: Sequence[str]) -> list[tuple[str, str]]:
    """Each missed class with an added one in the place of it, by turns, as long as there are any."""
    both = min(len(missed), len(added))
    return [
        *zip(missed, added, strict=False),
        *((name, NO_CLASS) for name in missed[both:]),
        *((NO_CLASS, name) for name in added[both:]),
    ]


def _sorted_mistakes(found: Counter[tuple[str, str]]) -> tuple[MistakenClass, ...]:
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return tuple(MistakenClass(truth=truth, predicted=said, count=count) for (truth, said), count in ranked)


def _by_document(doc_ids: Sequence[str], counts: NDArray[np.bool_] | NDArray[np.float64]) -> Sums:
    """Sums of rows by document, the documents in order."""
    documents, which = np.unique(np.array(doc_ids, dtype=np.str_), return_inverse=True)
    sums = np.zeros((len(documents), counts.shape[1]))
    np.add.at(sums, which, counts)
    return sums
