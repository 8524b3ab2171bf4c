"""The command `hashiya backup`, and what it prints. Imports late."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hashiya.tui.cli import output
from hashiya.tui.cli.options import AsJson, CorpusFolder
from hashiya.tui.cli.problems import outside


def backup_command(
    corpus: CorpusFolder,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The tar file to write; one there is replaced.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Write the whole corpus to one file, while people label; `hashiya restore` unpacks it.

    The file is whole or as it was before. docs/backup.md says what a copy by other means would miss.
    """
    from hashiya.corpus.backup.backup import backup
    from hashiya.corpus.store.folder import Corpus

    opened = Corpus.open(corpus)
    with output.progress("backing up") as show:
        done = backup(opened, outside(file, corpus), show)
    if as_json:
        output.print_json(report=done)
    else:
        output.say(f"{file}: {done.files} files, {done.size:,} bytes, {done.events} events of the journal")
