"""Who is labelling a corpus right now: a locked file for each session, gone with its process."""

from __future__ import annotations

import fcntl
import json
import os
import platform
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Self

FOLDER = ".labelling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelling:
    """An open session: who labels, on which machine, in which process, since when (ISO 8601, UTC).

    Only who labels, for one that is known from the journal's server.
    """

    annotator: str
    host: str
    pid: int
    since: str


class Presence:
    """This process's entry among those who label; `leave` removes it, the end of the process unlocks it."""

    def __init__(self, entry: Labelling, file: IO[str], path: Path) -> None:
        self.entry = entry
        self._file = file
        self._path = path

    @classmethod
    def enter(cls, corpus: Path, annotator: str) -> Self:
        """Make the entry of an annotator in a corpus folder; `OSError` where it cannot be written."""
        folder = corpus / FOLDER
        mode = corpus.stat().st_mode
        with suppress(FileExistsError):
            folder.mkdir()
            folder.chmod(mode & 0o7777)  # as the corpus: other accounts enter themselves here too
        here = Labelling(
            annotator=annotator,
            host=platform.node(),
            pid=os.getpid(),
            since=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        file, path = _locked(folder, f"{here.host}-{here.pid}")
        os.fchmod(file.fileno(), mode & 0o666 | 0o600)
        json.dump(asdict(here), file, ensure_ascii=False)
        file.flush()
        return cls(here, file, path)

    def leave(self) -> None:
        """Remove the entry; one that cannot be removed is unlocked, and other processes remove it."""
        with suppress(OSError):
            self._path.unlink()
        self._file.close()


def labelling_anywhere(here: Iterable[Labelling], names: Iterable[str]) -> list[Labelling]:
    """Return who labels in a folder, and who else has its journal open at a server, by `names`."""
    found = list(here)
    known = {entry.annotator for entry in found}
    elsewhere = (name for name in names if name not in known)
    return [*found, *(Labelling(annotator=name, host="", pid=0, since="") for name in elsewhere)]


def _locked(folder: Path, name: str) -> tuple[IO[str], Path]:
    """A new file that this process holds the lock of."""
    while True:
        path = folder / f"{name}-{os.urandom(4).hex()}.json"
        file = path.open("x", encoding="utf-8")
        fcntl.flock(file, fcntl.LOCK_EX)
        if path.exists():
            return file, path
        file.close()  # another process removed the file before it was locked


def labelling(corpus: Path) -> Iterator[Labelling]:
    """Yield the open sessions of a corpus folder; entries of processes that ended are cleared away."""
    for path in sorted((corpus / FOLDER).glob("*.json")):
        try:
            with path.open("r+", encoding="utf-8") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:  # locked: its process lives
                    yield Labelling(**json.load(file))
                else:
                    path.unlink(missing_ok=True)
        except (OSError, ValueError, TypeError):
            continue  # being written or removed, or of another account
