"""The command `hashiya train`, and what it prints. Imports late."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from hashiya.tui.cli.options import AsJson

if TYPE_CHECKING:
    from hashiya.corpus.training.evaluation.figure import Figure
    from hashiya.corpus.training.report import TrainingReport


def train_command(
    dataset: Annotated[Path, typer.Argument(metavar="DATASET", help="The released folder.")],
    *,
    task: Annotated[
        str,
        typer.Option("--task", metavar="stance|implications|entities", help="What the model is to say."),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="The model's folder to make or renew.")
    ],
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="NAME",
            help="ngrams, encoder, crf, majority, random; or a transformer to fine-tune, by name or folder.",
        ),
    ] = None,
    lang: Annotated[
        str, typer.Option("--lang", metavar="ar|en|both", help="The sides that are read.")
    ] = "both",
    labels: Annotated[
        str,
        typer.Option(
            "--labels",
            metavar="released|majority",
            help="As released; or, in cells left open, what more than half of the annotators say.",
        ),
    ] = "released",
    apart: Annotated[
        list[str] | None,
        typer.Option("--apart", metavar="DOC", help="Show the figures of a test document by itself, too."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, metavar="NUMBER", help="Of everything that is drawn.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Learn a task from a released dataset, and write the model with an honest report.

    It learns from the split train, chooses its settings on validation, and is asked once on test. The report
    has every figure with its interval, or why there is none; beside it stand what needs no text at all.
    """
    from hashiya.corpus.training.tasks import TASK_NAMES, TRAINING_LABELS
    from hashiya.corpus.training.train import TrainingPlan
    from hashiya.corpus.training.train_model import train_model
    from hashiya.schema.records import LANGS, Lang
    from hashiya.tui.cli import output

    if task not in TASK_NAMES:
        raise typer.BadParameter(f"one of {', '.join(TASK_NAMES)}", param_hint="--task")
    if lang not in {*LANGS, "both"}:
        raise typer.BadParameter(f"one of {', '.join(LANGS)}, both", param_hint="--lang")
    if labels not in TRAINING_LABELS:
        raise typer.BadParameter(f"one of {', '.join(TRAINING_LABELS)}", param_hint="--labels")
    langs = LANGS if lang == "both" else (cast("Lang", lang),)
    plan = TrainingPlan(
        model=model,
        langs=langs,
        labels=labels,
        seed=seed,
        apart=tuple(apart or ()),
    )
    with output.working("training"):
        report = train_model(dataset, task, out, plan)
    if as_json:
        output.print_json(report=report)
    else:
        _print_training(report, out)


def _print_training(report: TrainingReport, out: Path) -> None:
    """Print what was learned from, the figures beside those of what needs no text, and where all of it is."""
    from hashiya.tui.cli.output import print_row, say

    for split in report.splits:
        print_row(split.split, f"{split.rows} rows of {split.pairs} pairs in {split.documents} documents")
    settings = ", ".join(f"{name} {value}" for name, value in report.settings.items())
    print_row("Model", f"{report.base or report.model}{f' ({settings})' if settings else ''}")
    print_row("Chosen by", report.chosen_by)
    say()
    one = report.task.decision == "one"
    say(f"{'':34}{'macro F1':25}{'micro F1':25}{'accuracy' if one else ''}")
    both = [report.both_sides] if report.both_sides else []
    rows = (report.test, *report.apart, *both, *report.by_lang, *report.across, *report.baselines)
    for evaluation in (*rows, *report.ceiling):
        figures = [evaluation.macro_f1, evaluation.micro_f1, *([evaluation.accuracy] if one else [])]
        say(f"  {evaluation.what:32}{''.join(f'{_figure(figure):25}' for figure in figures)}".rstrip())
    reasons = {
        figure.undefined or figure.interval_undefined
        for evaluation in (report.test, *report.apart)
        for figure in (evaluation.macro_f1, evaluation.micro_f1)
    }
    for reason in sorted(reason for reason in reasons if reason):
        say(f"  where no figure or interval stands: {reason}")
    for note in (*report.notes, *report.test.notes):
        say(f"  note: {note}")
    say()
    print_row("Report", str(out / "report.md"))
    say(f"Use it: hashiya predict {out} texts.jsonl")


def _figure(figure: Figure) -> str:
    if figure.value is None:
        return "undefined"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} ({figure.low:.2f} to {figure.high:.2f})"
