"""What all commands print with: a line or a row for people, JSON for scripts, progress on a terminal."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

_out = Console(highlight=False, markup=False, soft_wrap=True)
_err = Console(stderr=True)


def say(text: str = "") -> None:
    """Print a line for people."""
    _out.print(text)


def print_row(name: str, text: str) -> None:
    """Print a row of a report: the name of what it says, and what it says."""
    say(f"{name:12}{text}")


def print_json(**parts: object) -> None:
    """Print the parts of a report as one JSON object."""
    unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(parts, default=_plain, ensure_ascii=not unicode, indent=2))  # noqa: T201 - the result


def progress_bar(*columns: ProgressColumn) -> Progress:
    """Return a bar on stderr that leaves nothing behind, and is not shown where that is no terminal."""
    return Progress(*columns, console=_err, transient=True, disable=not _err.is_terminal)


@contextmanager
def progress(description: str) -> Generator[Callable[[int, int], None]]:
    """Show a bar on a terminal once the work has taken a second; yields what to call with (done, total)."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with progress_bar(*columns) as bar:
        task = bar.add_task(description, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def working(description: str) -> Generator[None]:
    """Show on a terminal that something is being done whose end cannot be foretold."""
    with _err.status(f"{description} ..."):
        yield


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} is not for JSON")
