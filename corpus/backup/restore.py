"""A backup unpacked beside: into a new folder, every file compared with its hash, the journal verified.

Nothing of an archive is trusted: neither names that lead out of the folder, nor links, nor sizes.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import stat
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from hashiya.corpus.backup.contents import (
    BACKUP_FORMAT,
    CONTENTS,
    COPIED_AT_ONCE,
    Contents,
    ShowBytes,
    belongs,
    file_mode,
)
from hashiya.corpus.files.atomic import make_folders, replacing_folder
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.place import JOURNAL
from hashiya.corpus.journal.verify import HARMLESS, journal_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import GENERATIONS
from hashiya.schema.codec import from_json
from hashiya.schema.errors import CorpusError, HashiyaError, LabelError, Problem

_LONGEST = 1 << 26
"""Bytes that the list of contents, or the header of an entry, may have."""
# Whatever tarfile may raise on a header that is damaged; what it reads is no more than bytes to us.
_DAMAGE = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError, LookupError, ArithmeticError)


def restore(file: Path, out: Path, show: ShowBytes = lambda _done, _size: None) -> list[Problem]:
    """Unpack a backup into a folder that is new or empty, whole or not at all; return what is wrong inside.

    That is what was wrong with the journal when it was backed up. `CorpusError` when the file is no backup,
    is damaged, or holds what does not belong into a folder. `show` is called with bytes of the file.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CorpusError(f"{out}: is there already; name a folder that is new or empty")
    target = out.resolve()
    try:
        if file.exists() and not file.is_file():
            raise CorpusError(f"{file}: is no file; name what `hashiya backup` wrote")
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing_folder(target) as draft:
            _give_rights(draft, target, file)
            hashes = _unpack(file, draft, show)
            _compare(file, draft, hashes)
            return _verify(file, draft, hashes)
    except OSError as error:
        raise CorpusError(f"{error.filename or out}: {error.strerror or error}") from None


def _give_rights(draft: Path, target: Path, file: Path) -> None:
    """Give a folder the rights of the one that it replaces; else none to whom the backup is closed."""
    if target.exists():
        there = target.stat()
        with suppress(PermissionError):
            os.chown(draft, -1, there.st_gid)
        draft.chmod(stat.S_IMODE(there.st_mode))
        return
    readable = stat.S_IMODE(file.stat().st_mode)
    group, others = (0o070 if readable & 0o040 else 0), (0o007 if readable & 0o004 else 0)
    draft.chmod(stat.S_IMODE(draft.stat().st_mode) & (0o7700 | group | others))


def _unpack(file: Path, folder: Path, show: ShowBytes) -> dict[str, str]:
    """Write the files of an archive, and return their hashes."""
    hashes: dict[str, str] = {}
    mode = stat.S_IMODE(folder.stat().st_mode)
    size = file.stat().st_size
    with file.open("rb") as raw:
        is_gzip = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        stream = gzip.GzipFile(fileobj=raw) if is_gzip else raw
        try:
            for entry, content in _entries(_Forward(stream)):
                if not entry.isreg() or entry.issparse() or not belongs(entry.name) or entry.name in hashes:
                    raise CorpusError(
                        f"{file}: {entry.name!r} does not belong into a backup; nothing was unpacked"
                    )
                path = folder / entry.name
                make_folders(path.parent, folder)
                digest = hashlib.sha256()
                with path.open("xb") as out:
                    path.chmod(file_mode(mode))
                    for part in content:
                        digest.update(part)
                        out.write(part)
                        show(raw.tell(), size)
                hashes[entry.name] = digest.hexdigest()
        except _DAMAGE as error:
            reason = str(error) or type(error).__name__
            raise CorpusError(
                f"{file}: is no backup, or is damaged{_after(hashes)}: {reason}; nothing was unpacked"
            ) from None
    return hashes


def _after(names: dict[str, str]) -> str:
    last = next(reversed(names), None)
    return "" if last is None else f" after {last!r}"


def _entries(stream: _Forward) -> Iterator[tuple[tarfile.TarInfo, Iterator[bytes]]]:
    """Yield the entries of an archive and their content, which is to be read before the next one."""
    archive = tarfile.TarFile(fileobj=stream)  # type: ignore[arg-type]  # it reads, seeks and tells
    while (entry := archive.next()) is not None:
        yield entry, _content(archive, entry)
        archive.members.clear()  # type: ignore[attr-defined]  # it would keep them all


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> Iterator[bytes]:
    content = archive.extractfile(entry)
    left = entry.size
    while left:
        part = content.read(min(left, COPIED_AT_ONCE)) if content is not None else b""
        if not part:
            raise EOFError("it breaks off")
        left -= len(part)
        yield part


class _Forward:
    """A stream that is read from its start to its end, so that it may be zipped, and never much at a time."""

    def __init__(self, stream: io.BufferedIOBase | gzip.GzipFile) -> None:
        self._stream = stream
        self._at = 0
        self._again = b""
        self._last = b""

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._at

    def seek(self, position: int, whence: int = 0) -> int:
        """Go on to a place; one byte back is possible too, for tarfile does that to see that it is there."""
        if whence == 0 and position == self._at - 1 and self._last:
            self._again, self._last = self._last + self._again, b""
            self._at = position
        elif whence or position < self._at:
            raise tarfile.StreamError("its entries are not in order")
        while self._at < position and self.read(min(position - self._at, COPIED_AT_ONCE)):
            pass
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return so many bytes, fewer at the end."""
        if not 0 <= size <= _LONGEST:
            raise tarfile.ReadError("it has a header that is too long")
        part, self._again = self._again[:size], self._again[size:]
        part += self._stream.read(size - len(part))
        self._at += len(part)
        self._last = part[-1:] or self._last
        return part


def _compare(file: Path, folder: Path, hashes: dict[str, str]) -> None:
    """See that everything is there as it was written, and nothing else."""
    listed = folder / CONTENTS
    after = _after(hashes)
    if hashes.pop(CONTENTS, None) is None:
        raise CorpusError(f"{file}: breaks off{after}, or is no backup: its list of contents is missing")
    try:
        if listed.stat().st_size > _LONGEST:
            raise CorpusError(f"{file}: its list of contents is too long for a backup; nothing was unpacked")
        contents = from_json(Contents, listed.read_bytes(), f"{file}, {CONTENTS}")
    except LabelError as error:
        raise CorpusError(f"{error}; nothing was unpacked (a newer hashiya may have written it)") from None
    listed.unlink()
    if contents.format != BACKUP_FORMAT:
        raise CorpusError(
            f"{file}: the backup has format {contents.format!r}, this version reads {BACKUP_FORMAT}: "
            "install the hashiya that wrote it"
        )
    written = contents.files
    wrong = sorted(name for name in {*hashes, *written} if hashes.get(name) != written.get(name))
    if wrong or JOURNAL not in hashes:
        raise CorpusError(f"{file}: is damaged: {', '.join(wrong) or JOURNAL}; nothing was unpacked")


def _verify(file: Path, folder: Path, hashes: dict[str, str]) -> list[Problem]:
    """Open the corpus in a folder, and return the faults of its journal."""
    try:
        corpus = Corpus.open(folder)
        manifest = corpus.manifest()
        for path, entry in manifest.paths().items() if manifest else ():
            if hashes.get(path) != entry.sha256:
                raise CorpusError(f"{path} is not what its manifest says")
        if manifest is not None:
            make_folders(folder / GENERATIONS / manifest.generation, folder)
        with Journal.open(folder / JOURNAL, write=False) as journal:
            faults = [fault for fault in journal_faults(journal) if fault.kind not in HARMLESS]
    except HashiyaError as error:
        what = str(error).replace(f"{folder}/", "")
        raise CorpusError(f"{file}: what it holds is no whole corpus: {what}; nothing was unpacked") from None
    for beside in ("-wal", "-shm"):  # what reading may have left
        (folder / f"{JOURNAL}{beside}").unlink(missing_ok=True)
    return [Problem(JOURNAL, fault.what) for fault in faults]
