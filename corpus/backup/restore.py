"""A backup unpacked beside: into a new folder, every file compared with its hash, the journal verified."""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path, PurePosixPath

from hashiya.corpus.backup.backup import BACKUP_FORMAT, CONTENTS
from hashiya.corpus.files.atomic import replacing_folder
from hashiya.corpus.journal.journal import JOURNAL, Journal
from hashiya.corpus.journal.verify import HARMLESS, journal_faults
from hashiya.schema.errors import CorpusError, Problem

_CHUNK = 1 << 20
_LONGEST = 1 << 26
"""Bytes that the list of contents may have."""


def restore(file: Path, out: Path) -> list[Problem]:
    """Unpack a backup into a folder that is new or empty, whole or not at all; return what is wrong inside.

    That is what was wrong with the journal when it was backed up. `CorpusError` when the file is no backup,
    is damaged, or holds what does not belong into a folder.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CorpusError(f"{out}: is there already; name a folder that is new or empty")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with replacing_folder(out.resolve()) as draft:
            hashes = _unpack(file, draft)
            _compare(file, draft, hashes)
            with Journal.open(draft / JOURNAL, write=False) as journal:
                faults = [fault for fault in journal_faults(journal) if fault.kind not in HARMLESS]
            for name in ("-wal", "-shm"):
                (draft / f"{JOURNAL}{name}").unlink(missing_ok=True)
    except tarfile.TarError as error:
        raise CorpusError(f"{file}: is no backup, or is damaged: {error}") from None
    except OSError as error:
        raise CorpusError(f"{error.filename or out}: {error.strerror or error}") from None
    return [Problem(JOURNAL, fault.what) for fault in faults]


def _unpack(file: Path, folder: Path) -> dict[str, str]:
    """Write the files of an archive, and return their hashes."""
    hashes: dict[str, str] = {}
    with tarfile.open(file, "r:") as archive:
        for entry in archive:
            path = PurePosixPath(entry.name)
            if not entry.isreg() or path.is_absolute() or ".." in path.parts or entry.name in hashes:
                raise CorpusError(
                    f"{file}: {entry.name!r} does not belong into a backup; nothing was unpacked"
                )
            content = archive.extractfile(entry)
            if content is None:
                raise CorpusError(f"{file}: {entry.name!r} cannot be read; nothing was unpacked")
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            digest = hashlib.sha256()
            with target.open("xb") as out:
                while part := content.read(_CHUNK):
                    digest.update(part)
                    out.write(part)
            hashes[entry.name] = digest.hexdigest()
    return hashes


def _compare(file: Path, folder: Path, hashes: dict[str, str]) -> None:
    """See that everything is there as it was written, and nothing else."""
    listed = folder / CONTENTS
    if hashes.pop(CONTENTS, None) is None or listed.stat().st_size > _LONGEST:
        raise CorpusError(f"{file}: breaks off, or is no backup: its list of contents is missing")
    try:
        contents = json.loads(listed.read_bytes())
        written = contents["files"]
        version = contents["format"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise CorpusError(f"{file}: its list of contents is damaged") from None
    listed.unlink()
    if version != BACKUP_FORMAT:
        raise CorpusError(
            f"{file}: the backup has format {version!r}, this version reads {BACKUP_FORMAT}: "
            "install the hashiya that wrote it"
        )
    if not isinstance(written, dict):
        raise CorpusError(f"{file}: its list of contents is damaged")
    wrong = sorted(name for name in {*hashes, *written} if hashes.get(name) != written.get(name))
    if wrong or JOURNAL not in hashes:
        raise CorpusError(f"{file}: is damaged: {', '.join(wrong) or JOURNAL}; nothing was unpacked")
