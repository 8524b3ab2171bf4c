"""What is known of files from earlier builds, so that a build reads only those that have changed.

A value holds as long as its file has the same size, inode and times of change, and was older than two seconds
when it was read: a file that changed twice within one tick of its clock would look as if it had not. The file
of this module lies beside the corpus, decides nothing but what is read again, and may be deleted.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from hashiya.corpus.files.atomic import write_whole
from hashiya.corpus.sources.remote import Location
from hashiya.corpus.store.parquet import FileEntry, file_hash

KNOWN_FILES = ".known-files.jsonl"
"""The file in the corpus folder: a line a value, `[name, stamp, value]`; of one name the last holds."""

_SETTLED = 2_000_000_000
"""Nanoseconds that a file must have been left alone; some file systems count in steps of two seconds."""
_SPARE = 1000

Stamp = list[int]
"""Size, inode, and the times of the last change of content and of the entry, in nanoseconds."""


class KnownFiles:
    """Values of files by name; `forget` makes it know none at the beginning."""

    def __init__(self, path: Path, *, forget: bool = False) -> None:
        self._path = path
        self._here = f"{Path.cwd()}/"
        self._values: dict[str, tuple[Stamp, Any]] = {}
        self._new: dict[str, tuple[Stamp, Any]] = {}
        self._stamps: dict[str, Stamp | None] = {}
        self._lines = 0
        if not forget:
            self._read()

    def _read(self) -> None:
        with suppress(OSError, ValueError, TypeError):
            lines = self._path.read_text(encoding="utf-8").split("\n")[:-1]  # the last may be cut
            for name, stamp, value in json.loads(f"[{','.join(lines)}]"):
                self._values[name] = (stamp, value)
            self._lines = len(lines)

    def size(self, path: Location) -> int:
        """Return the bytes of a file; 0 where it is gone."""
        stamp = self._stamp(path)
        return 0 if stamp is None else stamp[0]

    def hash(self, path: Location) -> str:
        """Return the hash of a file's content; "" where it cannot be read."""
        known = self.value("hash", path)
        if known is None:
            moment = time.time_ns()
            try:
                known = file_hash(path)
            except OSError:
                return ""
            self.put("hash", path, known, moment)
        return str(known)

    def is_as_built(self, path: Path, entry: FileEntry) -> bool:
        """Whether a file of the corpus is there, byte for byte."""
        return self.hash(path) == entry.sha256

    def has_changed(self, path: Location) -> bool:
        """Whether a file is not any more what it was when it was first looked at in this build."""
        return _stamp(path) != self._stamp(path)

    def wrote(self, path: Path, entry: FileEntry) -> None:
        """Keep the hash of a file that was written, and read back, in this build, or is as it was."""
        self._stamps.pop(self._name(path), None)
        if self.value("hash", path) != entry.sha256:
            self.put("hash", path, entry.sha256, time.time_ns())

    def value(self, what: str, path: Location) -> Any:
        """Return what was `put` for a file, if it still holds, else `None`."""
        name = f"{what} {self._name(path)}"
        found = self._new.get(name) or self._values.get(name)
        return found[1] if found is not None and found[0] == self._stamp(path) else None

    def put(self, what: str, path: Location, value: object, moment: int) -> None:
        """Keep a value of a file that was read at `moment` or later, in nanoseconds."""
        stamp = self._stamp(path)
        if stamp is not None and stamp[1] and max(stamp[2:]) + _SETTLED <= moment:
            self._new[f"{what} {self._name(path)}"] = (stamp, value)

    def save(self) -> None:
        """Add what is new to the file; an account that may not write there goes without."""
        lines = [
            json.dumps([name, *entry], separators=(",", ":")) + "\n" for name, entry in self._new.items()
        ]
        self._values |= self._new
        with suppress(OSError):
            if self._lines + len(lines) > 2 * len(self._values) + _SPARE or not self._lines:
                lines = [
                    json.dumps([name, *entry], separators=(",", ":")) + "\n"
                    for name, entry in self._values.items()
                ]
                write_whole(self._path, lines)
                self._lines = len(lines)
            elif lines:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write("".join(lines))
                self._lines += len(lines)
        self._new = {}

    def _name(self, path: Location) -> str:
        """The path as it is from anywhere; quick, for there may be very many."""
        name = str(path)
        return self._here + name if isinstance(path, Path) and not name.startswith("/") else name

    def _stamp(self, path: Location) -> Stamp | None:
        """The stamp of a file, looked at once in a build; of one at a URL only the size is known."""
        name = self._name(path)
        if name not in self._stamps:
            self._stamps[name] = _stamp(path)
        return self._stamps[name]


def _stamp(path: Location) -> Stamp | None:
    try:
        found: Any = path.stat()
    except OSError:
        return None
    if not isinstance(path, Path):
        return [found.st_size, 0, 0, 0]
    return [found.st_size, found.st_ino, found.st_mtime_ns, found.st_ctime_ns]
