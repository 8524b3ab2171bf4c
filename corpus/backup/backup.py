"""A backup: a whole corpus in one tar file, consistent while people label and a build runs.

The journal comes out by SQLite's online backup, never as a copy of its file; of the generations the one that
the manifest names, every file compared with its hash. The last entry, `contents.json`, lists all others with
their SHA-256. What another version has brought to another format (`backup/`), drafts, locks and older
generations stay out.
"""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from hashiya.corpus.files.atomic import replacing_file
from hashiya.corpus.journal.anchor import anchor_path
from hashiya.corpus.journal.first_format import BACKUPS
from hashiya.corpus.journal.journal import JOURNAL
from hashiya.corpus.store.folder import SYNC_STATE, Corpus
from hashiya.corpus.store.generation import GENERATIONS, MANIFEST, Manifest
from hashiya.schema.codec import dump
from hashiya.schema.errors import CorpusError

BACKUP_FORMAT = 1
CONTENTS = "contents.json"
_DATABASES = (JOURNAL, SYNC_STATE)
_CHUNK = 1 << 20

ShowBytes = Callable[[int, int], None]
"""Shows how many of how many bytes are done."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds: its files and their bytes, the events of the journal."""

    files: int
    size: int
    events: int


def backup(corpus: Corpus, file: Path, show: ShowBytes = lambda _done, _size: None) -> BackedUp:
    """Write a corpus to a tar file, whole or not at all; one that stands there is replaced.

    `CorpusError` names a file of the corpus that is damaged.
    """
    try:
        with (
            replacing_file(file) as draft,
            tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup") as work,
        ):
            manifest = corpus.manifest()
            events = _copy_databases(corpus, Path(work))
            sources = dict(_sources(corpus.folder, Path(work), manifest))
            size = sum(path.stat().st_size for path in sources.values())
            done = 0
            hashes: dict[str, str] = {}
            with tarfile.open(draft, "w") as archive:
                for name, path in sources.items():
                    with path.open("rb") as content:
                        hashes[name] = _add(archive, name, content)
                    done += path.stat().st_size
                    show(done, size)
                if manifest is not None:
                    _verify(corpus.folder, manifest, hashes)
                contents = dump({"format": BACKUP_FORMAT, "name": corpus.name, "files": hashes}).encode()
                _add(archive, CONTENTS, io.BytesIO(contents))
    except OSError as error:
        raise CorpusError(f"{file}: cannot be written: {error.strerror or error}") from None
    return BackedUp(len(hashes), size, events)


def _copy_databases(corpus: Corpus, work: Path) -> int:
    """Copy the databases as they are now, and return how many events the journal has."""
    with corpus.journal(write=False) as journal:
        journal.database.copy_to(work / JOURNAL)
        events = journal.database.count()
    state = corpus.folder / SYNC_STATE
    if state.exists():
        try:
            with ExitStack() as opened:
                source = sqlite3.connect(f"file:{quote(str(state.absolute()))}?mode=ro", uri=True)
                db = opened.enter_context(closing(source))
                copy = opened.enter_context(closing(sqlite3.connect(work / SYNC_STATE)))
                db.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            raise CorpusError(
                f"{state}: is damaged ({error}); it may be deleted, then back up again"
            ) from None
    return events


def _sources(folder: Path, work: Path, manifest: Manifest | None) -> Iterator[tuple[str, Path]]:
    """Yield the name in the archive, and the path, of everything that belongs to a corpus."""
    yield from ((name, work / name) for name in _DATABASES if (work / name).exists())
    skipped = {MANIFEST, GENERATIONS, BACKUPS, anchor_path(Path(JOURNAL)).name}
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", *_DATABASES)) or path.name in skipped:
            continue
        if path.is_file():
            yield path.name, path
    if manifest is not None:
        text = work / MANIFEST
        text.write_bytes((folder / MANIFEST).read_bytes())
        yield MANIFEST, text
        for name in sorted(manifest.files):
            yield (
                f"{GENERATIONS}/{manifest.generation}/{name}",
                folder / GENERATIONS / manifest.generation / name,
            )


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes]) -> str:
    """Add a file, and return its hash."""
    digest = hashlib.sha256()
    entry = tarfile.TarInfo(name)
    entry.size = content.seek(0, io.SEEK_END)
    content.seek(0)
    archive.addfile(entry, _Hashed(content, digest))
    return digest.hexdigest()


class _Hashed:
    """A file that is hashed as it is read."""

    def __init__(self, content: IO[bytes], digest: Any) -> None:
        self._content = content
        self._digest = digest

    def read(self, size: int = -1) -> bytes:
        part = self._content.read(size)
        self._digest.update(part)
        return part


def _verify(folder: Path, manifest: Manifest, hashes: dict[str, str]) -> None:
    """See that the generation is what its manifest says, and that no build replaced it meanwhile."""
    for name, entry in manifest.files.items():
        path = f"{GENERATIONS}/{manifest.generation}/{name}"
        if hashes[path] != entry.sha256:
            raise CorpusError(f"{folder / path}: is damaged; build the corpus again, then back it up")
    held = json.loads((folder / MANIFEST).read_bytes())
    if hashes[MANIFEST] != hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest():
        raise CorpusError(f"{folder}: was built again meanwhile (now {held['generation']}); back it up again")
