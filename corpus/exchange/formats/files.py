"""The files of a format, in a folder or one alone; languages and statuses by the names that stand in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from hashiya.schema.errors import SourceError
from hashiya.schema.records import LANGS, Lang, Status

_STATUSES: tuple[Status, ...] = get_args(Status)


def files_in(source: Path, suffix: str) -> Sequence[Path]:
    """Return a file, or those of a folder and below that have a suffix; `SourceError` if there are none."""
    paths = sorted(source.rglob(f"*{suffix}")) if source.is_dir() else [source]
    if not paths:
        raise SourceError(f"{source}: there is no {suffix} file in it")
    return paths


def read_file(path: Path) -> bytes:
    """Return a file's content; `SourceError` when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None


def lang_of(name: object) -> Lang | None:
    """Return the language of a name; `None` where there is no such language."""
    return next((lang for lang in LANGS if lang == name), None)


def status_of(name: object) -> Status | None:
    """Return the status of a name; `None` where there is no such status."""
    return next((status for status in _STATUSES if status == name), None)
