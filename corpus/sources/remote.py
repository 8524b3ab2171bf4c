"""Files at a URL, in any storage that fsspec knows, as paths, for reading.

A `RemotePath` is written ``scheme://place/name`` and says so wherever it is shown. Credentials and endpoints
come from where the library of the storage looks for them (environment, its configuration), never from here.
"""

from __future__ import annotations

import errno
import io
import os
import re
import stat
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from hashiya.schema.errors import HashiyaError, MissingExtraError, ServerError

_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]+):/+(?P<rest>.*)", re.DOTALL)

_AHEAD = 1 << 20

Walked = tuple[Path, list[str], list[str]]
"""A folder, and the names of the folders and of the files in it."""


class RemotePath(type(Path())):  # type: ignore[misc]  # the class of paths of this system
    """A file or folder at a URL. Names and parents are those of paths; only reading asks the storage.

    Errors are those of `storage` and `refusals`.
    """

    def __str__(self) -> str:
        """The URL; what was taken relative to a URL is a plain path."""
        text = super().__str__()
        found = _URL.fullmatch(text)
        return f"{found['scheme']}://{found['rest']}" if found else text

    def __fspath__(self) -> str:
        return str(self)

    def open(self, *_: Any, **__: Any) -> Any:  # always for reading bytes
        """Open the file for reading bytes."""
        with refusals(self):
            return io.BufferedReader(_Reading(self, storage(self).open(str(self), "rb")), _AHEAD)

    def read_bytes(self) -> bytes:
        """The bytes of the file."""
        with refusals(self):
            return cast("bytes", storage(self).cat_file(str(self)))

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:  # noqa: ARG002 - there are none
        """Size and kind; the other fields are 0."""
        size, is_folder = _look(self)
        return os.stat_result((stat.S_IFDIR if is_folder else stat.S_IFREG, 0, 0, 1, 0, 0, size, 0, 0, 0))

    def is_file(self, **_: Any) -> bool:
        """Whether there is a file."""
        return _kind(self) is False

    def is_dir(self, **_: Any) -> bool:
        """Whether there is anything below this name."""
        return _kind(self) is True


class refusals:  # noqa: N801 - used as a statement
    """Says in one way what storages say in many: OSError where a file is not there or not ours to read.

    ServerError for everything else: the network is no fault of a source, and must not leave it out.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, Exception) or isinstance(error, HashiyaError):
            return
        for known, number in _REFUSALS:
            if isinstance(error, known):
                raise known(number, os.strerror(number), str(self.path)) from error
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ServerError(f"{self.path}: the storage does not answer as it should: {reason:.200}") from error


_REFUSALS: tuple[tuple[type[OSError], int], ...] = (
    (FileNotFoundError, errno.ENOENT),
    (PermissionError, errno.EACCES),
    (IsADirectoryError, errno.EISDIR),
)


class _Reading(io.RawIOBase):
    """An open file of a storage, whose refusals are said in our way."""

    def __init__(self, path: Path, file: Any) -> None:
        self._path = path
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with refusals(self._path):
            return int(self._file.readinto(buffer))

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        with refusals(self._path):
            return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def parse_location(text: str) -> Path:
    """A path as a user writes it: on this disk (also ``file://``), or a URL."""
    found = _URL.match(text)
    if found is None or "://" not in text:
        return Path(text)
    if found["scheme"] == "file":
        return Path("/" + found["rest"])
    return cast("Path", RemotePath(text))


def is_remote(path: Path) -> bool:
    """Whether a path is at a URL."""
    return isinstance(path, RemotePath)


def real(path: Path) -> str:
    """The name by which a file is known that may be reached in several ways."""
    return str(path) if is_remote(path) else os.path.realpath(path)


def walk(root: Path, unreadable: Callable[[OSError], None]) -> Iterator[Walked]:
    """As ``os.walk``: a folder, its folders (those taken out are not entered) and its files."""
    if not is_remote(root):
        for folder, folders, files in os.walk(root, onerror=unreadable, followlinks=True):
            yield Path(folder), folders, files
        return
    storage(root).invalidate_cache()  # of a build before this one, in the same process
    yield from _listed(root, unreadable)


def _listed(root: Path, unreadable: Callable[[OSError], None]) -> Iterator[Walked]:
    try:
        with refusals(root):
            entries: list[dict[str, Any]] = storage(root).ls(str(root), detail=True)
    except OSError as error:
        unreadable(error)
        return
    names = {True: list[str](), False: list[str]()}
    for entry in entries:
        name = str(entry["name"]).rstrip("/").rsplit("/", 1)[-1]
        if entry["type"] == "directory" or not str(entry["name"]).endswith("/"):  # a/ marks a folder in S3
            names[entry["type"] == "directory"].append(name)
    yield root, names[True], names[False]
    for name in names[True]:
        yield from _listed(root / name, unreadable)


def storage(path: Path) -> Any:
    """The fsspec file system of a URL. Raises MissingExtraError, and HashiyaError for an unknown scheme."""
    return system(str(path).split("://", 1)[0])


@lru_cache(maxsize=8)
def system(scheme: str) -> Any:
    """As `storage`, by the scheme of the URL."""
    try:
        import fsspec
    except ImportError as error:
        raise MissingExtraError(f"{scheme}:// addresses", "remote") from error
    try:
        return fsspec.filesystem(scheme)
    except ImportError as error:
        raise HashiyaError(f"{scheme}:// addresses: {error}; the extra 'remote' brings s3://") from error
    except ValueError as error:
        raise HashiyaError(f"{scheme}:// is no storage that is known ({error})") from error


def _look(path: Path) -> tuple[int, bool]:
    with refusals(path):
        entry = storage(path).info(str(path))
        return int(entry.get("size") or 0), entry["type"] == "directory"


def _kind(path: Path) -> bool | None:
    """Whether a folder (True) or a file (False) is there; None where there is nothing, or no access."""
    try:
        return _look(path)[1]
    except OSError:
        return None
