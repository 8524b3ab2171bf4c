"""The one place through which commands print: lines and rows for people, JSON and data for scripts, progress.

Whatever comes from outside (texts, titles, names, what a server says) is cleaned here: on a terminal no
character of it moves the cursor, sets a title, writes to the clipboard or turns the direction of the line.
"""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from hashiya.schema.errors import Problem

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, ProgressColumn

# Controls (C0, DEL, C1), separators of lines, what turns the direction beyond a word, what is no character of
# a text. Marks that join letters, or set the direction of the punctuation beside them, stay.
_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ufeff\ufff9-\ufffb\ud800-\udfff"
    r"\U000e0000-\U000e007f]"
)
_ISOLATES = re.compile(r"[\u2066-\u2069]")


def printable(text: str) -> str:
    """Return a text with escapes in place of what a terminal would not show but do.

    Isolates of direction stay where each that is opened is closed.
    """
    text = _UNSAFE.sub(lambda found: ascii(found[0])[1:-1], text)
    return text if _is_balanced(text) else _ISOLATES.sub(lambda found: ascii(found[0])[1:-1], text)


def _is_balanced(text: str) -> bool:
    depth = 0
    for found in _ISOLATES.finditer(text):
        depth += -1 if found[0] == "\u2069" else 1
        if depth < 0:
            return False
    return depth == 0


def say(text: str = "") -> None:
    """Print a line for people."""
    print(printable(text))  # noqa: T201 - the one place


def tell(problem: Problem) -> None:
    """Tell of one problem, in one line on stderr."""
    kind = "" if problem.left_out else "note: "
    print(f"{kind}{printable(str(problem))}", file=sys.stderr)  # noqa: T201 - the one place


def tell_error(message: str) -> None:
    """Tell on stderr why a command ends; the message may have several lines."""
    lines = map(printable, message.split("\n"))
    print("hashiya: " + "\n".join(lines), file=sys.stderr)  # noqa: T201 - the one place


def print_row(name: str, text: str) -> None:
    """Print a row of a report: the name of what it says, and what it says."""
    say(f"{name:12}{text}")


def print_json(**parts: object) -> None:
    """Print the parts of a report as one JSON object."""
    unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    text = json.dumps(parts, default=_plain, ensure_ascii=not unicode, indent=2)
    print("\n".join(map(_json_safe, text.split("\n"))))  # noqa: T201 - the one place


def print_json_lines(lines: Iterable[str]) -> None:
    """Print lines of JSON as they are; on a terminal with escapes that every reader of JSON understands."""
    safe = sys.stdout.isatty()
    sys.stdout.flush()
    for line in lines:
        sys.stdout.buffer.write(f"{_json_safe(line) if safe else line}\n".encode())
    sys.stdout.buffer.flush()


def print_data(text: str) -> None:
    """Print a text that is a result, as it is; cleaned where it goes to a terminal."""
    cleaned = "\n".join(map(printable, text.split("\n"))) if sys.stdout.isatty() else text
    print(cleaned, end="", flush=True)  # noqa: T201 - the one place


def progress_bar(*columns: ProgressColumn) -> Progress:
    """Return a bar on stderr that leaves nothing behind, and is not shown where that is no terminal."""
    from rich.progress import Progress

    console = _stderr()
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


@contextmanager
def progress(description: str) -> Generator[Callable[[int, int], None]]:
    """Show a bar on a terminal once the work has taken a second; yields what to call with (done, total)."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

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
    with _stderr().status(f"{description} ..."):
        yield


@cache
def _stderr() -> Console:
    from rich.console import Console

    return Console(stderr=True)


def _json_safe(line: str) -> str:
    for unsafe in (_UNSAFE, _ISOLATES):
        line = unsafe.sub(lambda found: "".join(f"\\u{unit:04x}" for unit in _utf16(found[0])), line)
    return line


def _utf16(character: str) -> Iterable[int]:
    encoded = character.encode("utf-16-be", "surrogatepass")
    return (int.from_bytes(encoded[at : at + 2]) for at in range(0, len(encoded), 2))


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} is not for JSON")
