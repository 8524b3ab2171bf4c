"""A training's report as Markdown: figures with their intervals, or the reasons why there are none. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from hashiya.corpus.training.evaluation.evaluation import Evaluation
from hashiya.corpus.training.evaluation.figure import Figure
from hashiya.corpus.training.report import TrainingReport, WorstError

_TITLES = {
    "classes.svg": "F1 of each class",
    "reliability.svg": "Reliability",
    "confusion.svg": "Confusion",
    "learning-curve.svg": "Learning curve",
}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_MOST_MISTAKES = 15
_MOST_CLASSES = 40


def report_markdown(report: TrainingReport, pictures: Iterable[str] = (), folder: str = "pictures") -> str:
    """Return the report; `pictures` are names of files in a `folder` beside it."""
    parts = [
        f"# {report.task.name}: {report_title(report)}\n",
        *_made(report),
        "\n## The split test\n",
        *summary_table([report.test, *report.apart, *report.baselines]),
        *_notes(report),
        *_ceiling(report),
        "\n## Classes\n",
        *_classes(report.test),
        *(_evaluation_classes(report.apart)),
        *_more(report),
        *(f"\n![{_TITLES[name]}]({folder}/{name})\n" for name in pictures),
        "\n## Mistakes\n",
        *_mistakes(report.test),
        "\n## The surest errors\n",
        *_errors(report.errors),
    ]
    return "\n".join(parts).rstrip() + "\n"


def report_title(report: TrainingReport) -> str:
    """Return the name of the model and of its dataset."""
    version = f" {report.dataset.version}" if report.dataset.version else ""
    return f"{report.base or report.model} on {in_markdown(report.dataset.name)}{version}"


def shown(figure: Figure) -> str:
    """Return a figure as a table has it: with its interval, or the reason why there is none."""
    if figure.value is None:
        return f"undefined: {figure.undefined}"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} ({figure.low:.2f} to {figure.high:.2f})"


def in_markdown(text: str) -> str:
    """Return a text that Markdown shows as it is, in one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def summary_table(evaluations: Iterable[Evaluation]) -> Iterator[str]:
    """Yield the lines of a table with the figures of several evaluations; accuracy where any has one."""
    found = list(evaluations)
    accurate = any(item.accuracy.value is not None for item in found)
    figures = ["macro F1", "micro F1", "precision", "recall", *(["accuracy"] if accurate else [])]
    yield from _table(
        ["", "rows", "documents", *figures, "average precision", "calibration error"],
        [
            [
                in_markdown(item.what),
                str(item.rows),
                str(item.documents),
                *map(shown, (item.macro_f1, item.micro_f1, item.micro_precision, item.micro_recall)),
                *([shown(item.accuracy)] if accurate else []),
                shown(item.average_precision),
                shown(item.calibration.error),
            ]
            for item in found
        ],
    )


def _made(report: TrainingReport) -> Iterator[str]:
    yield (
        "Intervals are 95%, by bootstrap over documents. Macro and micro figures are of the classes that say "
        f"something{f', without {report.task.absent}' if report.task.absent else ''}. No choice was made by "
        "the split test.\n"
    )
    settings = ", ".join(f"{name} {value}" for name, value in report.settings.items()) or "none"
    yield f"- Settings: {in_markdown(settings)}; chosen by {report.chosen_by}."
    if report.task.decision == "several":
        yield f"- A class is there from a probability of {report.threshold:g} on."
    elif report.task.absent:
        yield f"- `{report.task.absent}` counts {report.threshold / (1 - report.threshold):.2g} times."
    yield f"- Sides: {', '.join(report.langs)}. Labels: {in_markdown(report.labels)}. Seed: {report.seed}."
    yield (
        f"- Dataset: {in_markdown(report.dataset.name)}, scheme {report.dataset.scheme.name} "
        f"{report.dataset.scheme.version}, SHA-256 of `dataset.json` `{report.dataset.sha256}`.\n"
    )
    yield from _table(
        ["split", "rows", "pairs", "documents"],
        [[item.split, str(item.rows), str(item.pairs), str(item.documents)] for item in report.splits],
    )
    if report.tried:
        yield ""
        yield from _table(
            ["tried", "on the split validation"],
            [
                [
                    in_markdown(", ".join(f"{name} {value}" for name, value in item.settings.items())),
                    shown(item.score),
                ]
                for item in report.tried
            ],
        )


def _notes(report: TrainingReport) -> Iterator[str]:
    found = [*report.notes, *report.test.notes]
    reasons = dict.fromkeys(
        figure.interval_undefined
        for figure in (report.test.macro_f1, report.test.micro_f1)
        if figure.interval_undefined
    )
    if found or reasons:
        yield ""
    yield from (f"- {in_markdown(note)}" for note in found)
    yield from (f"- No interval: {reason}." for reason in reasons)


def _ceiling(report: TrainingReport) -> Iterator[str]:
    yield "\n## What annotators reach\n"
    if not report.ceiling:
        yield "In this split no pair was labelled by two annotators: there is no ceiling to tell."
        return
    yield "One annotator's labels against another's, in the same split: no model can be shown to be better.\n"
    yield from summary_table(report.ceiling)


def _more(report: TrainingReport) -> Iterator[str]:
    groups: Sequence[tuple[str, Sequence[Evaluation]]] = (
        ("By language", [*report.by_lang, *([report.both_sides] if report.both_sides else [])]),
        ("Across languages", report.across),
        ("By where labels are from", report.by_source),
    )
    for title, evaluations in groups:
        if evaluations:
            yield f"\n## {title}\n"
            yield from summary_table(evaluations)
    if len(report.documents) > 1:
        yield "\n## By document\n"
        yield from _table(
            ["document", "rows", "macro F1", "micro F1"],
            [
                [in_markdown(item.doc_id), str(item.rows), shown(item.macro_f1), shown(item.micro_f1)]
                for item in report.documents
            ],
        )
    if report.curve:
        yield "\n## Learning curve\n"
        yield from _table(
            ["documents", "rows", "macro F1", "micro F1"],
            [
                [str(point.documents), str(point.rows), shown(point.macro_f1), shown(point.micro_f1)]
                for point in report.curve
            ],
        )


def _evaluation_classes(evaluations: Iterable[Evaluation]) -> Iterator[str]:
    for evaluation in evaluations:
        yield f"\n### {in_markdown(evaluation.what)}\n"
        yield from _classes(evaluation)


def _classes(evaluation: Evaluation) -> Iterator[str]:
    known = [item for item in evaluation.classes if item.train or item.examples or item.predicted]
    known = (
        sorted(known, key=lambda item: -item.examples)[:_MOST_CLASSES]
        if len(known) > _MOST_CLASSES
        else known
    )
    yield from _table(
        ["class", "number", "in training", "examples", "predicted", "precision", "recall", "F1",
         "average precision"],
        [
            [
                in_markdown(item.name), str(item.number), str(item.train), str(item.examples),
                str(item.predicted), shown(item.precision), shown(item.recall), shown(item.f1),
                shown(item.average_precision),
            ]
            for item in known
        ],
    )  # fmt: skip
    if left := len(evaluation.classes) - len(known):
        yield f"\n{left} more classes are not shown: few or no examples. `report.json` has all."


def _mistakes(evaluation: Evaluation) -> Iterator[str]:
    wrong = [item for item in evaluation.mistakes if item.truth != item.predicted]
    if not wrong:
        yield "None."
        return
    yield from _table(
        ["true", "predicted", "times"],
        [
            [in_markdown(item.truth), in_markdown(item.predicted), str(item.count)]
            for item in wrong[:_MOST_MISTAKES]
        ],
    )


def _errors(errors: Sequence[WorstError]) -> Iterator[str]:
    if not errors:
        yield "None."
    for error in errors:
        target = f", on {in_markdown(error.target)}" if error.target else ""
        truth, said = (", ".join(map(_own, names)) or "nothing" for names in (error.truth, error.predicted))
        text = _own(error.text)
        where = f"({in_markdown(error.doc_id)}, `{error.pair_id}`)"
        yield f"- **{truth}**, not **{said}** ({error.probability:.2f}){target}: {text} {where}"


def _own(text: str) -> str:
    """A text in its own direction, whatever stands around it."""
    return f'<bdi dir="auto">{in_markdown(text)}</bdi>'


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
