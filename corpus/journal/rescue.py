"""A rescue journal: where labels go when the journal of a corpus is taken away under an open session."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from hashiya.corpus.journal.interchange import NEW_REPLICA, JournalItem, ReplicaLink, journal_items
from hashiya.corpus.journal.journal import Journal
from hashiya.schema.errors import CorpusError


def rescue(journal: Journal, path: Path, why: str) -> Journal:
    """Let go of a journal whose file was taken away, and return one at a new path that holds all it held.

    What can still be read of the open file is in it, and what the journal object itself appended.
    `CorpusError` says `why`, and that nothing could be saved, where the new file cannot be written.
    """
    items: list[JournalItem] = []
    with suppress(CorpusError):  # of a file that was overwritten, as far as it can be read
        items.extend(journal_items(journal))
    items.extend(journal.own)
    journal.database.detach()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = journal_of(path, items)
    except OSError as error:
        raise CorpusError(f"{why}; nor could {path} be written: {error.strerror or error}") from None
    journal.close()
    return opened


def journal_of(path: Path, items: Iterable[JournalItem]) -> Journal:
    """Make a journal at a path of what another one held, intact events only, and open it."""
    Journal.create(path)
    opened = Journal.open(path)
    try:
        # Not as a replica of its own, which the next save begins: these events have theirs.
        with opened.database.transaction():
            _append(opened, items)
    except BaseException:
        opened.close()
        raise
    return opened


def _append(journal: Journal, items: Iterable[JournalItem]) -> None:
    known: set[str] = set()
    for item in items:
        if isinstance(item, str):
            journal.database.keep_texts([item])
        elif isinstance(item, ReplicaLink):
            journal.database.insert(NEW_REPLICA, [(item.replica, item.follows, item.follows_seq)])
        elif item.intact and item.checksum not in known:
            known.add(item.checksum)
            journal.database.append([item])
