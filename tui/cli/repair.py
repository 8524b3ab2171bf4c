"""The command `hashiya repair`, and what it prints. Imports late."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hashiya.schema.errors import Problem
from hashiya.tui.cli import output
from hashiya.tui.cli.options import AsJson, CorpusFolder
from hashiya.tui.cli.problems import leave


def repair_command(
    corpus: CorpusFolder,
    *,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="NEW", help="The folder to make.")],
    scheme: Annotated[
        Path | None,
        typer.Option("--scheme", metavar="FILE", help="The label scheme, if that of the corpus is damaged."),
    ] = None,
    shipped_scheme: Annotated[
        bool, typer.Option("--shipped-scheme", help="Then take the label scheme that ships with hashiya.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Save what can be saved of a damaged corpus in a new folder, and list what cannot.

    CORPUS stays as it is. The exit code is 1 if anything was left out. A copy that is whole (a backup, a
    colleague's) brings back what is damaged here: `hashiya journal merge NEW COPY`.
    """
    from hashiya.corpus.backup.repair import repair

    problems: list[Problem] = []

    def report(problem: Problem) -> None:
        problems.append(problem)
        output.tell(problem)

    with output.working("repairing"):
        done = repair(corpus, out, report, scheme=scheme, shipped_scheme=shipped_scheme)
    if as_json:
        output.print_json(report=done, problems=tuple(problems))
    else:
        left_out = sum(problem.left_out for problem in problems)
        output.say(
            f"{out}: {done.events} events and {done.documents} documents saved, {left_out} problems; "
            f"see `hashiya check {out}`"
        )
    leave(problems)
