"""The figures of one model on some rows, as a report holds them."""

from __future__ import annotations

from hashiya.corpus.training.evaluation.figure import Figure
from hashiya.corpus.training.evaluation.ranking import Reliability
from hashiya.schema.records import record


@record
class ClassScores:
    """The figures of one class: examples in training and here, how often it was predicted here."""

    name: str
    number: int
    train: int
    examples: int
    predicted: int
    precision: Figure
    recall: Figure
    f1: Figure
    average_precision: Figure


@record
class MistakenClass:
    """How often a class was predicted where another one is true; "nothing" where there is none of either."""

    truth: str
    predicted: str
    count: int


@record
class Evaluation:
    """How good a model is on some rows.

    Means and pooled figures are of the classes that say something; `accuracy` counts all, where a row has
    exactly one class. `unit` is what is counted: rows, cells or spans.
    """

    what: str
    rows: int
    documents: int
    unit: str
    macro_f1: Figure
    micro_f1: Figure
    micro_precision: Figure
    micro_recall: Figure
    accuracy: Figure
    average_precision: Figure
    calibration: Reliability
    classes: tuple[ClassScores, ...]
    mistakes: tuple[MistakenClass, ...]
    notes: tuple[str, ...] = ()
