"""Reading the bytes of files that SQLite has open in this process, without taking its locks from it.

POSIX gives up all locks that a process has on a file as soon as any descriptor of it is closed (fcntl(2)),
and those of SQLite are of that kind: then another process writes into the same log, or removes it. So a
descriptor that was opened here stays open until no journal is open in this process.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from weakref import WeakSet

_CHUNK = 1 << 20
_lock = threading.Lock()
_descriptors: dict[tuple[int, int], int] = {}
"""Descriptors by device and inode."""
_users: WeakSet[object] = WeakSet()


def lock_begins(user: object) -> None:
    """Remember that a connection is open; `user` is the object that holds it."""
    with _lock:
        _users.add(user)


def lock_ends(user: object) -> None:
    """Remember that a connection is closed; after the last one all descriptors are closed."""
    with _lock:
        _users.discard(user)
        if not _users:
            while _descriptors:
                _, descriptor = _descriptors.popitem()
                with suppress(OSError):
                    os.close(descriptor)


def read_start(path: Path, size: int) -> bytes:
    """Return the first bytes of a file; `OSError` where there is none."""
    return os.pread(_descriptor(path), size, 0)


def copy_locked(path: Path, target: Path) -> None:
    """Copy the bytes of a file to another one; `OSError` where that cannot be."""
    descriptor = _descriptor(path)
    place = 0
    with target.open("wb") as copy:
        while part := os.pread(descriptor, _CHUNK, place):
            copy.write(part)
            place += len(part)


def _descriptor(path: Path) -> int:
    with _lock:
        status = path.stat()
        found = _descriptors.get((status.st_dev, status.st_ino))
        if found is not None:
            return found
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        opened = os.fstat(descriptor)
        known = _descriptors.setdefault((opened.st_dev, opened.st_ino), descriptor)
        if known != descriptor:  # the file was replaced by one that is known; this one is not closed either
            _descriptors[-1, descriptor] = descriptor
        return known
