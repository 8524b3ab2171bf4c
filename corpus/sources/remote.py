"""Files at a URL, in any storage that fsspec knows, for reading.

A `RemotePath` is written `scheme://place/name` and shown so. Credentials and endpoints
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
from pathlib import Path, PurePosixPath
from typing import Any, Literal, TypeAlias, cast

from hashiya.schema.errors import HashiyaError, MissingExtraError, ServerError

_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]+)://+(?P<rest>.*)", re.DOTALL)

_AHEAD = 1 << 20


class RemotePath:
    """A file or folder at a URL, for reading: it has names and parents as a path has, and is no path.

    Names are computed; `open`, `read_bytes`, `stat`, `is_file` and `is_dir` ask the storage, with the errors
    of `storage` and `refusals`. Nothing is made or renamed, so that a URL never becomes a file of this
    disk. Raises ValueError for what is no URL.
    """

    __slots__ = ("_path", "_scheme")

    def __init__(self, url: str) -> None:
        found = _URL.fullmatch(url)
        if found is None:
            raise ValueError(f"{url}: is no URL")
        self._scheme, self._path = found["scheme"], PurePosixPath(found["rest"])

    @property
    def parts(self) -> tuple[str, ...]:
        """The scheme, and the names on the way to the file."""
        return (f"{self._scheme}://", *self._path.parts)

    @property
    def name(self) -> str:
        """The last name of the URL."""
        return self._path.name

    @property
    def stem(self) -> str:
        """The name without its suffix."""
        return self._path.stem

    @property
    def suffix(self) -> str:
        """The end of the name from its last dot on."""
        return self._path.suffix

    @property
    def parent(self) -> RemotePath:
        """The folder that this is in."""
        return self._at(self._path.parent)

    def __truediv__(self, name: str) -> RemotePath:
        return self._at(self._path / name)

    def with_name(self, name: str) -> RemotePath:
        """Return the URL of this name in the same folder."""
        return self._at(self._path.with_name(name))

    def relative_to(self, other: RemotePath) -> PurePosixPath:
        """Return the way from a folder to here; ValueError where it is not below that folder."""
        if other.parts[0] != self.parts[0]:
            raise ValueError(f"{self} is not in {other}")
        return self._path.relative_to(other._path)

    def __str__(self) -> str:
        return self.parts[0] + (str(self._path) if self._path.parts else "")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RemotePath) and self.parts == other.parts

    def __hash__(self) -> int:
        return hash(self.parts)

    def open(self, mode: Literal["rb"]) -> io.BufferedReader:  # noqa: ARG002 - as of a path, and no other mode
        """Open the file for reading bytes."""
        with refusals(self):
            return io.BufferedReader(_Reading(self, storage(self).open(str(self), "rb")), _AHEAD)

    def read_bytes(self) -> bytes:
        """Return the bytes of the file."""
        with refusals(self):
            return cast("bytes", storage(self).cat_file(str(self)))

    def stat(self) -> os.stat_result:
        """Return size and kind; the other fields are 0."""
        size, is_folder = _look(self)
        return os.stat_result((stat.S_IFDIR if is_folder else stat.S_IFREG, 0, 0, 1, 0, 0, size, 0, 0, 0))

    def is_file(self) -> bool:
        """Return whether there is a file."""
        return _kind(self) is False

    def is_dir(self) -> bool:
        """Return whether there is anything below this name."""
        return _kind(self) is True

    def _at(self, path: PurePosixPath) -> RemotePath:
        return RemotePath(f"{self._scheme}://{path if path.parts else ''}")


Location: TypeAlias = Path | RemotePath
"""A file or folder that sources are read from: on this disk or at a URL."""

Walked = tuple[Location, list[str], list[str]]
"""A folder, and the names of the folders and of the files in it."""


class refusals:  # noqa: N801 - used as a statement
    """Raise OSError where a storage has no such file or refuses it, ServerError for any other failure.

    The network is no fault of a source, and must not leave it out.
    """

    def __init__(self, path: RemotePath) -> None:
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
    """An open file of a storage, whose errors are those of `refusals`."""

    def __init__(self, path: RemotePath, file: Any) -> None:
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


def parse_location(text: str) -> Location:
    """Return what a user wrote: a path on this disk (also `file://`), or a URL."""
    found = _URL.fullmatch(text)
    if found is None:
        return Path(text)
    return Path("/" + found["rest"]) if found["scheme"] == "file" else RemotePath(text)


def relative_name(path: Location, root: Location) -> str:
    """Return the way from `root` to `path`, which is below it, with slashes."""
    if isinstance(path, RemotePath) and isinstance(root, RemotePath):
        return path.relative_to(root).as_posix()
    return Path(str(path)).relative_to(str(root)).as_posix()


def real(path: Location) -> str:
    """Return the name by which a file is known that may be reached in several ways."""
    return str(path) if isinstance(path, RemotePath) else os.path.realpath(path)


def walk(root: Location, unreadable: Callable[[OSError], None]) -> Iterator[Walked]:
    """Yield as `os.walk`: a folder, its folders (those taken out are not entered) and its files."""
    if isinstance(root, Path):
        for folder, folders, files in os.walk(root, onerror=unreadable, followlinks=True):
            yield Path(folder), folders, files
        return
    storage(root).invalidate_cache()  # of a build before this one, in the same process
    yield from _listed(root, unreadable)


def _listed(root: RemotePath, unreadable: Callable[[OSError], None]) -> Iterator[Walked]:
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


def storage(path: RemotePath) -> Any:
    """Return the fsspec file system of a URL.

    Raises MissingExtraError, and HashiyaError for an unknown scheme.
    """
    return system(path.parts[0].removesuffix("://"))


@lru_cache(maxsize=8)
def system(scheme: str) -> Any:
    """Return the file system of a scheme; errors as `storage`."""
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


def _look(path: RemotePath) -> tuple[int, bool]:
    with refusals(path):
        entry = storage(path).info(str(path))
        return int(entry.get("size") or 0), entry["type"] == "directory"


def _kind(path: RemotePath) -> bool | None:
    """Return whether a folder (True) or a file (False) is there; None for neither, or without access."""
    try:
        return _look(path)[1]
    except OSError:
        return None
