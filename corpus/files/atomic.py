"""Write a file or a folder whole: who reads the path gets the old content or the new, also after a crash.

The content is written beside the path, under a hidden name with this process's number, put on the disk, and
renamed to the path last; then the folder's entry is put on the disk too. After an error the path is as it was
and nothing lies beside it. Every function raises `OSError` where something cannot be written.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

_SYNCED_ONE_BY_ONE = 100
"""Files of a folder that are put on the disk one by one; for more, everything that waits is written once."""


def write_whole(path: Path, content: str | bytes | Iterable[str]) -> None:
    """Replace a file's content at once; text is written in UTF-8, its line ends as they are.

    A text in parts is written as they come, and needs no more memory than a part.
    """
    with replacing_file(path) as draft:
        if isinstance(content, bytes):
            draft.write_bytes(content)
        else:
            with draft.open("w", encoding="utf-8", newline="") as file:
                file.writelines([content] if isinstance(content, str) else content)


@contextmanager
def replacing_file(path: Path) -> Generator[Path]:
    """Yield the path of a file to make, which takes the place of `path` when the block ends well."""
    draft = _draft(path)
    draft.unlink(missing_ok=True)
    try:
        yield draft
        sync_file(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextmanager
def replacing_folder(path: Path) -> Generator[Path]:
    """Yield an empty folder, which takes the place of `path` and all in it when the block ends well.

    Between the two renames that this takes a crash may leave the old folder beside the path alone, under the
    hidden name that ends in `.old`.
    """
    draft = _draft(path)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        yield draft
        _sync_tree(draft)
        _exchange(draft, path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    sync_folder(path.parent)


def make_folders(folder: Path, like: Path) -> None:
    """Make a folder and those above it that are missing, with the rights of the folder `like`."""
    if not folder.exists():
        make_folders(folder.parent, like)
        folder.mkdir()
        folder.chmod(stat.S_IMODE(like.stat().st_mode))


def sync_file(path: Path) -> None:
    """Put a file's content on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Put a folder's entries, not what is in them, on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}")


def _sync_tree(folder: Path) -> None:
    inner = list(folder.rglob("*"))
    if len(inner) > _SYNCED_ONE_BY_ONE:
        os.sync()
        return
    for path in inner:
        if path.is_dir():
            sync_folder(path)
        else:
            sync_file(path)
    sync_folder(folder)


def _exchange(draft: Path, path: Path) -> None:
    """Rename a folder to `path`; what stood there is removed, or put back after an error."""
    if not path.exists():
        draft.replace(path)
        return
    old = draft.with_name(f"{draft.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    path.replace(old)
    try:
        draft.replace(path)
    except BaseException:
        old.replace(path)
        raise
    shutil.rmtree(old)
