"""The command `hashiya restore`, and what it prints. Imports late."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hashiya.tui.cli import output
from hashiya.tui.cli.options import AsJson
from hashiya.tui.cli.problems import leave


def restore_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `hashiya backup` wrote.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The folder to make; it is new or empty.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Unpack a backup into a new folder, compare every file with its hash, and verify the journal.

    To go on with it, rename the old folder away and this one to its place. Labels that were made since the
    backup come back with `hashiya journal merge NEW OLD`.
    """
    from hashiya.corpus.backup.restore import restore

    with output.progress("restoring") as show:
        problems = restore(file, new, show)
    for problem in problems:
        output.tell(problem)
    if as_json:
        output.print_json(problems=tuple(problems))
    else:
        output.say(f"{new}: restored and verified; labels made since: hashiya journal merge {new} OLD")
    leave(problems)
