"""What commands share: problems told and exit code 1, files to write, whether there is a terminal."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import typer

from hashiya.schema.errors import HashiyaError, Problem, kind_of_fault
from hashiya.tui.cli.output import tell

MOST_OF_A_KIND = 20
"""Problems of one kind that are told one by one."""


class ProblemTeller:
    """Tells of problems as they come, each in a line on stderr; of one kind only the first twenty."""

    def __init__(self) -> None:
        self._told: Counter[tuple[str, bool]] = Counter()

    def tell(self, problem: Problem) -> None:
        """Tell of a problem, unless twenty of its kind were told."""
        kind = (kind_of_fault(problem.what), problem.left_out)
        self._told[kind] += 1
        if self._told[kind] <= MOST_OF_A_KIND:
            tell(problem)

    def finish(self) -> None:
        """Say of each kind how many more there were."""
        for (what, left_out), count in self._told.items():
            if count > MOST_OF_A_KIND:
                tell(Problem(f"{count - MOST_OF_A_KIND} more of this kind", what, left_out))
        self._told.clear()


def tell_problems(problems: Iterable[Problem]) -> None:
    """Tell of problems; of one kind the first twenty, then how many more there are."""
    teller = ProblemTeller()
    for problem in problems:
        teller.tell(problem)
    teller.finish()


def leave(problems: Sequence[Problem]) -> None:
    """End with 1 where something was left out."""
    if any(problem.left_out for problem in problems):
        raise typer.Exit(1)


def outside(file: Path, corpus: Path) -> Path:
    """Return where a file to write is; `HashiyaError` where that is in the corpus folder."""
    target = file.resolve()
    if target.is_relative_to(corpus.resolve()):
        raise HashiyaError(f"{file}: lies in the corpus folder; choose a place outside it")
    return target


def write_output(file: Path, lines: Iterable[bytes], corpus: Path) -> None:
    """Write lines to a file, at once where it is a regular one; never to a part of the corpus."""
    from hashiya.corpus.files.atomic import write_whole

    target = outside(file, corpus)
    try:
        if target.exists() and not target.is_file():
            with target.open("wb") as stream:
                stream.writelines(lines)
        else:
            write_whole(target, b"".join(lines))
    except OSError as error:
        raise HashiyaError(f"{file}: cannot be written: {error.strerror or error}") from None


def write_lines(file: Path, lines: Iterable[str], corpus: Path) -> int:
    """Write lines to a file as they come, zipped where its name ends in .gz, and return how many there were.

    The file is whole or as it was; otherwise as `write_output`.
    """
    import gzip

    from hashiya.corpus.files.atomic import replacing_file

    target = outside(file, corpus)
    count = 0
    try:
        with ExitStack() as opened:
            draft = opened.enter_context(replacing_file(target))
            plain = opened.enter_context(draft.open("wb"))
            stream: IO[bytes] | gzip.GzipFile = plain
            if target.suffix == ".gz":  # without name and time the bytes are the same whenever it is written
                stream = opened.enter_context(gzip.GzipFile("", "wb", fileobj=plain, mtime=0))
            for line in lines:
                stream.write(f"{line}\n".encode())
                count += 1
    except OSError as error:
        raise HashiyaError(f"{file}: cannot be written: {error.strerror or error}") from None
    return count


def need_terminal() -> None:
    """Raise `HashiyaError` where there is no terminal to draw on; Textual draws on stderr."""
    if "TEXTUAL_DRIVER" not in os.environ and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise HashiyaError(
            "this draws on a terminal, and standard input and error must be one; --web is for a browser"
        )
