"""Whether labels can be saved in a corpus folder: it, the journal and the journal's log must be writable."""

from __future__ import annotations

import os
from pathlib import Path

from hashiya.corpus.journal.place import JOURNAL
from hashiya.schema.errors import CorpusError
from hashiya.tui.settings.language import _


def refuse_read_only(folder: Path) -> None:
    """Raise `CorpusError` at once: SQLite would open what it cannot write to, and fail at the first label.

    What may be written to at a server, the server says.
    """
    journal = folder / JOURNAL  # none where it is at a server
    files = [folder, *(path for end in ("", "-wal", "-shm") if (path := Path(f"{journal}{end}")).exists())]
    for path in files:
        if not os.access(path, os.W_OK):
            raise read_only(path)


def read_only(path: Path, why: str = "") -> CorpusError:
    """Return the error that says that a path cannot be written, and why where that is known."""
    return CorpusError(
        _(
            "{path}: cannot be written{why}, so nothing could be saved; ask its owner for access "
            "(docs/formats.md says how a corpus is shared)"
        ).format(path=path, why=f" ({why})" if why else "")
    )
