"""The command `hashiya predict`, and what it prints. Imports late."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hashiya.schema.errors import HashiyaError, Problem
from hashiya.tui.cli.options import AsJson
from hashiya.tui.cli.problems import leave, tell_problems, write_lines


def predict_command(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A folder that `hashiya train` made.")],
    source: Annotated[
        Path, typer.Argument(metavar="FILE|CORPUS", help="JSONL with ar, en or both a line; or a corpus.")
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Where the lines go; else standard output."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a trained model thinks of texts: as lines of JSON, or as suggestions in a corpus.

    A line of the file keeps its fields and gets `predictions`. In a corpus every pair gets an annotation of
    the origin "suggested" under the model's name and hash; it never votes and is never released.
    """
    from hashiya.corpus.training.predict import predicted_lines, read_predictor
    from hashiya.tui.cli import output

    if (source / "corpus.toml").is_file():
        if out is not None:
            raise typer.BadParameter("goes with a file; suggestions go into the corpus", param_hint="--out")
        _suggest(model, source, as_json=as_json)
        return
    if source.is_dir():
        raise HashiyaError(f"{source}: is neither a corpus nor a file of texts")
    if as_json:
        raise typer.BadParameter("goes with a corpus; lines are JSON as they are", param_hint="--json")
    problems: list[Problem] = []
    lines = predicted_lines(read_predictor(model), source, problems.append)
    if out is None:
        output.print_json_lines(lines)
    else:
        count = write_lines(out, lines, model)
        output.say(f"{count} lines written to {out}")
    tell_problems(problems)
    leave(problems)


def _suggest(model: Path, folder: Path, *, as_json: bool) -> None:
    from hashiya.corpus.store.folder import Corpus
    from hashiya.corpus.training.predict import read_predictor
    from hashiya.corpus.training.suggest import suggest
    from hashiya.tui.cli import output

    predictor = read_predictor(model)
    with output.working("predicting"):
        report = suggest(Corpus.open(folder), predictor)
    tell_problems(report.problems)
    if as_json:
        output.print_json(report=report)
    else:
        output.say(
            f"{folder}: {report.recorded} suggestions of {predictor.identity} recorded, "
            f"{report.unchanged} stood already, {len(report.problems)} problems"
        )
    leave(report.problems)
