"""A backup: a whole corpus in one file, consistent while people label and while a build runs.

SQLite files come out by SQLite's online backup, never as copies of bytes. Of the generations the one that the
manifest names is taken, every file compared with its hash. If anything was replaced meanwhile, all is taken
anew. Hidden files (locks, drafts, the work of a build) and other generations stay out.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import stat
import tarfile
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

from hashiya.corpus.backup.contents import (
    BACKUP_FORMAT,
    BESIDE_DATABASE,
    CONTENTS,
    Contents,
    ShowBytes,
    belongs,
    file_mode,
    is_database,
    is_zipped,
)
from hashiya.corpus.files.atomic import sync_file, sync_folder
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.place import CORPUS_FILE, JOURNAL, stated_place
from hashiya.corpus.journal.postgres.address import PostgresAddress
from hashiya.corpus.journal.sqlite.anchor import JournalAnchor, anchor_path, write_anchor
from hashiya.corpus.journal.sqlite.tables import DATABASE_ERRORS
from hashiya.corpus.store.folder import SYNC_STATE, Corpus, write_corpus_file
from hashiya.corpus.store.generation import GENERATIONS, MANIFEST, Manifest
from hashiya.corpus.store.shard import SHARDS
from hashiya.schema.codec import to_object
from hashiya.schema.errors import BusyError, CorpusError, Problem, ReportProblem

_ATTEMPTS = 10
"""How often a backup is begun anew because files were replaced under it."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds: its files and their bytes, the events of the journal."""

    files: int
    size: int
    events: int


@dataclass(frozen=True, slots=True)
class _Source:
    """A file to back up: where it is, or where a copy of it was made, and its state when it was listed."""

    path: Path
    state: tuple[int, int, int]


class _ReplacedError(Exception):
    """A file of the corpus was replaced while it was backed up; the text names it."""


def backup(
    corpus: Corpus,
    file: Path,
    *,
    replace: bool = False,
    show: ShowBytes = lambda _done, _size: None,
    report: ReportProblem = lambda _: None,
) -> BackedUp:
    """Write a corpus to a file, whole or not at all; one that is there is kept, unless `replace`.

    `report` is called with what is left out. `CorpusError` names a file of the corpus that is damaged, or
    says why the backup cannot be written.
    """
    target = file.resolve()
    if target.is_relative_to(corpus.folder.resolve()):
        raise CorpusError(f"{file}: lies in the corpus folder; choose a place outside it")
    if target.exists() and not target.is_file():
        raise CorpusError(f"{file}: is there and no file; choose another name")
    _see_that_it_is_free(file, replace)
    try:
        with _work_folder(target) as work:
            done, left_out = _consistent(corpus, work, is_zipped(file.name), show)
            draft = work / _ARCHIVE
            draft.chmod(file_mode(stat.S_IMODE(corpus.folder.stat().st_mode)))
            sync_file(draft)
            _see_that_it_is_free(file, replace)
            draft.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise CorpusError(
            f"{error.filename or file}: {error.strerror or error}; nothing was written"
        ) from None
    for problem in left_out:
        report(problem)
    return done


_ARCHIVE = "archive"
_COPIES = "copies"


def _see_that_it_is_free(file: Path, replace: bool) -> None:
    if file.exists() and not replace:
        raise CorpusError(f"{file}: is there already; choose another name, or replace it with --force")


@contextmanager
def _work_folder(target: Path) -> Generator[Path]:
    """Hold a hidden folder beside a file to write; what a backup that was killed had left is removed."""
    work = target.with_name(f".{target.name}.backup")
    work.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(work, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(f"{target}: another backup is being written there; wait for it") from None
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)
    finally:
        os.close(handle)


def _consistent(corpus: Corpus, work: Path, zipped: bool, show: ShowBytes) -> tuple[BackedUp, list[Problem]]:
    """Write the archive, again as long as something is replaced meanwhile."""
    replaced = ""
    for _ in range(_ATTEMPTS):
        for path in work.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        try:
            return _attempt(corpus, work, zipped, show)
        except _ReplacedError as error:
            replaced = str(error)
    raise CorpusError(
        f"{corpus.folder / replaced}: changes all the time; wait for what writes it, then back up again"
    )


def _attempt(corpus: Corpus, work: Path, zipped: bool, show: ShowBytes) -> tuple[BackedUp, list[Problem]]:
    copies = work / _COPIES
    copies.mkdir()
    published = _content(corpus.folder / MANIFEST)
    manifest = corpus.manifest()
    if _content(corpus.folder / MANIFEST) != published:
        raise _ReplacedError(MANIFEST)
    problems: list[Problem] = []
    try:
        events = _copy_journal(corpus, copies)
        sources = dict(_sources(corpus, copies, manifest, problems))
        hashes = _write_archive(corpus.name, work / _ARCHIVE, sources, zipped, show)
    except FileNotFoundError as error:
        if _content(corpus.folder / MANIFEST) != published:
            raise _ReplacedError(MANIFEST) from None
        path = Path(error.filename or "")
        if any(path.is_relative_to(corpus.folder / name) for name in (GENERATIONS, SHARDS)):
            raise CorpusError(f"{path}: is missing; {_MEND}") from None
        raise _ReplacedError(path.name) from None
    if _content(corpus.folder / MANIFEST) != published:
        raise _ReplacedError(MANIFEST)
    if manifest is not None:
        for place, entry in manifest.paths().items():
            if hashes[place] != entry.sha256:
                raise CorpusError(f"{corpus.folder / place}: is damaged; {_MEND}")
    size = sum(source.state[2] for source in sources.values())
    return BackedUp(len(hashes), size, events), problems


_MEND = (
    "build the corpus again, then back it up (`hashiya repair` saves the labels where the sources are gone)"
)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _copy_journal(corpus: Corpus, copies: Path) -> int:
    """Copy the journal as it is now, with an anchor of the copy, and return how many events it has."""
    with corpus.journal(write=False) as journal:
        journal.database.copy_to(copies / JOURNAL)
        lost = journal.lost()
    with Journal.open(copies / JOURNAL, write=False) as copy:
        held = copy.database
        events = held.count()
        anchor = JournalAnchor(
            events=events,
            checksum=held.checksum_at(events) or "",
            authors=held.authors(),
            lost=tuple(item for item in lost if not held.holds(item.checksum)),
        )
    write_anchor(copies / JOURNAL, lambda _: anchor)
    return events


def _sources(
    corpus: Corpus, copies: Path, manifest: Manifest | None, problems: list[Problem]
) -> Iterator[tuple[str, _Source]]:
    """Yield the name in the archive and the source of everything that belongs to a corpus."""
    copied = {JOURNAL, anchor_path(Path(JOURNAL)).name}
    if isinstance(stated_place(corpus.folder), PostgresAddress):  # in the backup it is in a file
        write_corpus_file(copies, corpus.format, corpus.name, None)
        copied.add(CORPUS_FILE)
    for name in sorted(copied):
        yield name, _source(copies / name)
    taken = {*copied, MANIFEST}
    for number, path in enumerate(_files(corpus.folder, problems)):
        name = path.relative_to(corpus.folder).as_posix()
        if name in taken or (name.endswith(BESIDE_DATABASE) and _is_beside(path)):
            continue
        if not belongs(name):
            problems.append(
                Problem(str(path), "left out: give it another name, in UTF-8 and not SQLite's own")
            )
        elif not is_database(path):
            yield name, _source(path)
        elif (fault := _copy_database(path, copies / f"{number}.sqlite")) is None:
            yield name, _source(copies / f"{number}.sqlite")
        else:
            way_out = "; it may be deleted" if name == SYNC_STATE else ""
            problems.append(Problem(str(path), f"left out: it is damaged ({fault}){way_out}"))
    if manifest is not None:
        yield MANIFEST, _source(corpus.folder / MANIFEST)
        for place in sorted(manifest.paths()):
            yield place, _source(corpus.folder / place)


def _files(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    """Yield the files of a corpus but for its generations, shards and hidden ones, by name."""
    for at, folders, names in os.walk(folder):
        here = Path(at)
        own = {
            name
            for name in folders
            if not name.startswith(".") and (here != folder or name not in {GENERATIONS, SHARDS})
        }
        links = {name for name in own if (here / name).is_symlink()}
        problems += [
            Problem(str(here / name), "left out: it is a link to a folder") for name in sorted(links)
        ]
        folders[:] = sorted(own - links)
        for name in sorted(name for name in names if not name.startswith(".")):
            if (here / name).is_file():
                yield here / name
            else:
                problems.append(Problem(str(here / name), "left out: it is no file, or a link to nothing"))


def _is_beside(path: Path) -> bool:
    """Whether a file is one that SQLite keeps beside a database."""
    database = path.with_name(path.name.rpartition("-")[0])
    return database.is_file() and is_database(database)


def _source(path: Path) -> _Source:
    return _Source(path, _state(path))


def _state(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_mtime_ns, status.st_size


def _copy_database(path: Path, copy: Path) -> str | None:
    """Copy a database of SQLite as it is now; return what is wrong with it, if that cannot be."""
    try:
        with ExitStack() as opened:
            source = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)
            db = opened.enter_context(closing(source))
            made = opened.enter_context(closing(sqlite3.connect(copy)))
            db.backup(made)
            made.execute("PRAGMA journal_mode = DELETE")
    except DATABASE_ERRORS as error:
        with suppress(FileNotFoundError):
            copy.unlink()
        return str(error)
    return None


def _write_archive(
    corpus: str, draft: Path, sources: dict[str, _Source], zipped: bool, show: ShowBytes
) -> dict[str, str]:
    """Write an archive, and return the hashes of its files."""
    size = sum(source.state[2] for source in sources.values())
    done = 0
    hashes: dict[str, str] = {}
    with ExitStack() as opened:
        stream: IO[bytes] | gzip.GzipFile = opened.enter_context(draft.open("wb"))
        if zipped:  # without name and time the bytes are the same whenever it is written
            stream = opened.enter_context(gzip.GzipFile("", "wb", 6, stream, mtime=0))
        archive = opened.enter_context(tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT))

        def shown(count: int) -> None:
            nonlocal done
            done += count
            show(done, size)

        for name, source in sources.items():
            with source.path.open("rb") as content:
                entry = tarfile.TarInfo(name)
                entry.size = source.state[2]
                hashed = _Hashed(content, shown)
                try:
                    archive.addfile(entry, hashed)
                except OSError:
                    if _state(source.path) != source.state:  # it is shorter now
                        raise _ReplacedError(name) from None
                    raise
            if _state(source.path) != source.state:
                raise _ReplacedError(name)
            hashes[name] = hashed.digest.hexdigest()
        listed = to_object(Contents(format=BACKUP_FORMAT, name=corpus, files=hashes))
        text = json.dumps(listed).encode()
        entry = tarfile.TarInfo(CONTENTS)
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text))
    return hashes


class _Hashed:
    """A file that is hashed as it is read."""

    def __init__(self, content: IO[bytes], show: Callable[[int], None]) -> None:
        self._content = content
        self._show = show
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        part = self._content.read(size)
        self.digest.update(part)
        self._show(len(part))
        return part
