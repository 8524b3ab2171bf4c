"""Unicode's own files, where the machine has them: Debian's package `unicode-data`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

_FOLDER = Path("/usr/share/unicode")


def path(name: str) -> Path:
    """The file `name`, or a skip that says what is missing."""
    found = _FOLDER / name
    if not found.exists():
        pytest.skip(f"{name} is missing: install the Debian package unicode-data")
    return found


def rows(name: str) -> Iterator[list[str]]:
    """The fields of each line that is not a comment."""
    with path(name).open(encoding="utf-8") as lines:
        for line in lines:
            content = line.partition("#")[0].strip()
            if content:
                yield [field.strip() for field in content.split(";")]


def code_points(field: str) -> range:
    """`0600..0605` or `0600`."""
    first, _, last = field.partition("..")
    return range(int(first, 16), int(last or first, 16) + 1)
