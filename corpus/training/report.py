"""The record of a training: what was learned from, what was chosen and how, and how good it is."""

from __future__ import annotations

from hashiya.corpus.training.evaluation.evaluation import Evaluation
from hashiya.corpus.training.evaluation.figure import Figure
from hashiya.corpus.training.tasks import TrainingTask
from hashiya.schema.records import Lang, SchemeRef, Split, record

REPORT_FORMAT = 1


@record
class DatasetRef:
    """A released dataset: its name and version, and the SHA-256, in hex, of its `dataset.json`."""

    name: str
    version: str | None
    sha256: str
    scheme: SchemeRef
    licences: tuple[str, ...] = ()


@record
class TriedSettings:
    """Settings with what they reached on the validation split."""

    settings: dict[str, str | float | None]
    score: Figure


@record
class SplitShape:
    """What of a split was learned from or asked: rows, documents, pairs, and examples of each class."""

    split: Split
    rows: int
    documents: int
    pairs: int
    examples: dict[str, int]


@record
class DocumentScore:
    """The figures of one document, without intervals: it is one."""

    doc_id: str
    rows: int
    macro_f1: Figure
    micro_f1: Figure


@record
class CurvePoint:
    """What a model reaches that learned from a share of the documents, on the same rows."""

    documents: int
    rows: int
    macro_f1: Figure
    micro_f1: Figure


@record
class WorstError:
    """A row of the test split on which the model is sure of something else than what is true."""

    pair_id: str
    doc_id: str
    lang: Lang
    text: str
    truth: tuple[str, ...]
    predicted: tuple[str, ...]
    probability: float
    target: str | None = None


@record
class TrainingReport:
    """Everything that is known of a trained model.

    The test split had no part in any choice. `both_sides` is of pairs: the mean of what is said of each side.
    `across` is of models that learned one language and were asked the other. `ceiling` is what annotators
    reach, measured against each other.
    """

    format: int = REPORT_FORMAT
    dataset: DatasetRef
    task: TrainingTask
    model: str
    base: str | None = None
    langs: tuple[Lang, ...]
    labels: str
    seed: int
    settings: dict[str, str | float | None]
    threshold: float
    chosen_by: str
    tried: tuple[TriedSettings, ...]
    splits: tuple[SplitShape, ...]
    test: Evaluation
    apart: tuple[Evaluation, ...]
    both_sides: Evaluation | None
    by_lang: tuple[Evaluation, ...]
    by_source: tuple[Evaluation, ...]
    baselines: tuple[Evaluation, ...]
    across: tuple[Evaluation, ...]
    ceiling: tuple[Evaluation, ...]
    documents: tuple[DocumentScore, ...]
    curve: tuple[CurvePoint, ...]
    errors: tuple[WorstError, ...]
    notes: tuple[str, ...] = ()

    @property
    def main_figure(self) -> str:
        """The figure that choices are made by: macro F1 where each row has one class, else micro F1."""
        return "macro_f1" if self.task.decision == "one" else "micro_f1"
