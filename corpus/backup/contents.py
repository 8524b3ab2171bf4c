"""The contents of a backup: what its archive lists, which names may stand in it, which files are not copied.

An archive is a tar file (POSIX.1-2001), zipped where its name ends in .gz or .tgz. Its last entry lists all
others with their SHA-256, so that an archive that breaks off is never taken for a whole one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from pathlib import Path, PurePosixPath

from hashiya.corpus.journal.sqlite.locked_files import read_start
from hashiya.schema.records import record

BACKUP_FORMAT = 1
CONTENTS = "contents.json"
COPIED_AT_ONCE = 1 << 20
"""Bytes of a file that are in memory at a time."""

ShowBytes = Callable[[int, int], None]
"""Shows how many of how many bytes are done."""

_MAGIC = b"SQLite format 3\x00"
_ZIPPED = {".gz", ".tgz"}
BESIDE_DATABASE = ("-wal", "-shm", "-journal")
"""How the names end of what SQLite keeps beside a file. SQLite trusts these files, so none is unpacked."""


@record
class Contents:
    """The list of contents: the name of the corpus, and SHA-256, in hex, of every file by its name."""

    format: int
    name: str
    files: dict[str, str] = field(default_factory=dict)


def is_zipped(name: str) -> bool:
    """Return whether an archive of this name is compressed with gzip."""
    return PurePosixPath(name).suffix in _ZIPPED


def belongs(name: str) -> bool:
    """Return whether a name may stand in an archive: in the folder, UTF-8, neither hidden nor SQLite's own.

    Nothing that starts with a point is backed up: locks, drafts and the work of a build do.
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    is_shown = all(part and not part.startswith(".") for part in name.split("/"))
    return is_shown and "\0" not in name and not name.endswith(BESIDE_DATABASE)


def is_database(path: Path) -> bool:
    """Return whether a file is one of SQLite, which is copied by SQLite alone. `OSError` if it is gone."""
    return read_start(path, len(_MAGIC)) == _MAGIC


def file_mode(folder_mode: int) -> int:
    """Return the permissions of a file in a folder: who may write in the folder may write to it."""
    return folder_mode & 0o666 | 0o600
