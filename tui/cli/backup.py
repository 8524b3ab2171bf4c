"""The command `hashiya backup`, and what it prints. Imports late."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hashiya.schema.errors import Problem
from hashiya.tui.cli import output
from hashiya.tui.cli.options import AsJson, CorpusFolder
from hashiya.tui.cli.problems import leave


def backup_command(
    corpus: CorpusFolder,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The tar file to write, zipped if its name ends in .gz.")
    ],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the whole corpus to one file, while people label; `hashiya restore` unpacks it.

    The file is whole, or as it was before. docs/backup.md says what a copy by other means would miss.
    """
    from hashiya.corpus.backup.backup import backup
    from hashiya.corpus.store.folder import Corpus

    problems: list[Problem] = []
    opened = Corpus.open(corpus)
    with output.progress("backing up") as show:
        done = backup(opened, file, replace=force, show=show, report=problems.append)
    for problem in problems:
        output.tell(problem)
    if as_json:
        output.print_json(report=done, problems=tuple(problems))
    else:
        output.say(f"{file}: {done.files} files, {done.size:,} bytes, {done.events} events of the journal")
    leave(problems)
