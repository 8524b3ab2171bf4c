"""The files of an import: one by itself, those of a folder, or those of a ZIP, ZIPs inside of it too.

Every file has a `name`, its path below what was given, and a `place`, which tells the folders above as well:
of a packed file, the folder that the archive lies in, and its path in the archive.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from hashiya.schema.errors import SourceError

_DEEPEST = 4
"""ZIPs inside of ZIPs, at most."""
_LARGEST = 1 << 32
"""Bytes of a file in an archive, at most, as the archive says."""
_ADDRESSES = ("http:/", "https:/")
_SKIPPED = ("__MACOSX", ".")
"""What the parts of a path begin with that an operating system put into an archive."""
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What reading from a ZIP raises: it is cut off, of an unknown method, or locked with a password."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read labels from; `where` names it in messages."""

    where: str
    name: PurePosixPath
    place: PurePosixPath
    path: Path | None
    _folder: InputFolder = field(repr=False, compare=False)

    @property
    def stem(self) -> str:
        """The name of the file without its suffix."""
        return self.name.stem

    def read(self) -> bytes:
        """Return the content; `SourceError` when it cannot be read."""
        with self.opened() as stream:
            return stream.read()

    def lines(self) -> Iterator[bytes]:
        """Yield the lines, each with its end; `SourceError` when the file cannot be read."""
        with self.opened() as stream:
            yield from stream

    @contextmanager
    def opened(self) -> Generator[BinaryIO]:
        """Yield the file opened for reading bytes; what goes wrong inside is a `SourceError`."""
        with _told(self.where), self._folder.open(self.name) as stream:
            yield stream

    def beside(self, name: str) -> InputFile | None:
        """Return the file of a name in the same folder; `None` where there is none."""
        return self._folder.get(self.name.with_name(name))

    def at_the_top(self, name: str) -> InputFile | None:
        """Return the file of a name in the folder that was given; `None` where there is none."""
        return self._folder.get(PurePosixPath(name))

    def above(self, name: str) -> InputFile | None:
        """Return the file of a name in the same folder, or the nearest above that was given."""
        found = (self._folder.get(folder / name) for folder in self.name.parents)
        return next((file for file in found if file is not None), None)


class InputFolder:
    """What was given to an import: `alone` is true for a single file."""

    def __init__(self, source: Path) -> None:
        if str(source).startswith(_ADDRESSES):
            raise SourceError(
                f"{source}: an address of a browser; export the labels there, and name the file that it saves"
            )
        self._source = source
        self._packed: dict[PurePosixPath, _Member] = {}
        self._is_unpacked = False
        self.alone = not source.is_dir() and not _is_zip(source)
        self._root = source if source.is_dir() else source.parent
        if not source.is_dir() and not self.alone:
            self._pack(_opened_zip(source, str(source)), str(source), PurePosixPath(), 1)

    def files(self, *suffixes: str) -> Sequence[InputFile]:
        """Return the file that was given, or all with one of some suffixes; `SourceError` if none has."""
        if self.alone:
            return [self._file(PurePosixPath(self._source.name))]
        if self._source.is_dir():
            self._unpack_below()
        names = {*self._packed, *self._on_disk(suffixes)}
        found = [self._file(name) for name in sorted(names) if name.suffix.lower() in suffixes]
        if not found:
            raise SourceError(f"{self._source}: there is no {' or '.join(suffixes)} file in it")
        return found

    def holds(self, suffix: str) -> bool:
        """Return whether any file has a suffix."""
        if self._source.is_dir():
            self._unpack_below()
        return any(name.suffix.lower() == suffix for name in {*self._packed, *self._on_disk({suffix})})

    def get(self, name: PurePosixPath) -> InputFile | None:
        """Return the file of a name; `None` where there is none."""
        known = name in self._packed or (not self._is_packed and (self._root / name).is_file())
        return self._file(name) if known else None

    def open(self, name: PurePosixPath) -> BinaryIO:
        """Open a file; raises what the system or the archive does."""
        member = self._packed.get(name)
        if member is None:
            return (self._root / name).open("rb")
        return cast("BinaryIO", member.archive.open(member.info))

    @property
    def _is_packed(self) -> bool:
        return not self.alone and not self._source.is_dir()

    def _file(self, name: PurePosixPath) -> InputFile:
        place = PurePosixPath((self._root.absolute() / name).as_posix())
        member = self._packed.get(name)
        if member is not None:
            return InputFile(member.where, name, place, None, self)
        path = self._root / name
        return InputFile(str(path), name, place, path, self)

    def _on_disk(self, suffixes: Collection[str]) -> Iterator[PurePosixPath]:
        if self._source.is_dir():
            for path in self._root.rglob("*"):
                name = PurePosixPath(path.relative_to(self._root).as_posix())
                if path.suffix.lower() in suffixes and not _is_skipped(name) and path.is_file():
                    yield name

    def _unpack_below(self) -> None:
        """Add the files of the ZIPs that a folder holds, once."""
        if self._is_unpacked:
            return
        self._is_unpacked = True
        for name in sorted(self._on_disk({".zip"})):
            path = self._root / name
            if _is_zip(path):
                self._pack(_opened_zip(path, str(path)), str(path), name.parent, 1)

    def _pack(self, archive: zipfile.ZipFile, where: str, folder: PurePosixPath, depth: int) -> None:
        for info in archive.infolist():
            name = PurePosixPath(info.filename.replace("\\", "/"))
            if info.is_dir() or _is_skipped(name) or ".." in name.parts or name.is_absolute():
                continue
            inner = f"{where}/{name}"
            if info.file_size > _LARGEST:
                raise SourceError(f"{inner}: of {info.file_size} bytes; unpack it, and name the folder")
            if name.suffix.lower() == ".zip" and depth < _DEEPEST:
                with _told(inner):
                    content = BytesIO(archive.read(info))
                self._pack(_opened_zip(content, inner), inner, folder / name.parent, depth + 1)
            else:
                self._packed[self._free(folder / name, where)] = _Member(archive, info, inner)

    def _free(self, name: PurePosixPath, archive: str) -> PurePosixPath:
        """Return the name of a packed file; that of its archive where it alone says whose file it is."""
        nameless = name.stem in {name.parent.name, PurePosixPath(name.parent.name).stem}
        if name in self._packed or (nameless and archive != str(self._source)):
            return name.with_name(f"{PurePosixPath(archive).stem}{name.suffix}")
        return name


@dataclass(frozen=True, slots=True)
class _Member:
    archive: zipfile.ZipFile
    info: zipfile.ZipInfo
    where: str


def _is_zip(path: Path) -> bool:
    """Return whether a file begins as a ZIP does, whatever its name."""
    try:
        with path.open("rb") as stream:
            return stream.read(4) in {b"PK\x03\x04", b"PK\x05\x06"}
    except OSError:
        return False


def _opened_zip(source: Path | BytesIO, where: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except (OSError, *_DAMAGED) as error:
        raise SourceError(f"{where}: a ZIP that cannot be read: {error}") from None


@contextmanager
def _told(where: str) -> Generator[None]:
    """Raise what goes wrong in reading as a `SourceError`."""
    try:
        yield
    except OSError as error:
        raise SourceError(f"{where}: {error.strerror or error}") from None
    except _DAMAGED as error:
        raise SourceError(f"{where}: cannot be unpacked: {error}") from None


def _is_skipped(name: PurePosixPath) -> bool:
    return any(part.startswith(_SKIPPED) for part in name.parts)
