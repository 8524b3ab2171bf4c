"""A corpus's journal moved to another place, event for event: from its file to PostgreSQL, or back.

The copy is compared with what it was made of before `corpus.toml` names the new place; until then nothing
has changed. Whoever would write to the old place meanwhile waits.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path

from hashiya.corpus.files.atomic import make_folders, replacing_file
from hashiya.corpus.journal.event import Event
from hashiya.corpus.journal.interchange import NEW_REPLICA, JournalItem, ReplicaLink, journal_items
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.place import JOURNAL_VARIABLE, JournalPlace
from hashiya.corpus.journal.sqlite.anchor import anchor_path
from hashiya.corpus.journal.sqlite.first_format import BACKUPS
from hashiya.corpus.journal.verify import FaultKind, journal_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import CorpusError

_REFUSED: frozenset[FaultKind] = frozenset({"file", "damaged", "forged", "text", "lost"})
"""Faults that a copy would hide."""
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class MovedJournal:
    """What was moved, and the name of the old file where it was one: it is kept."""

    events: int
    texts: int
    kept: Path | None


def move_journal(corpus: Corpus, to: JournalPlace) -> MovedJournal:
    """Copy the journal of a corpus to another place, and let the corpus have it there from now on.

    Whole or not at all. `CorpusError` where the journal is damaged, or where the place holds other events and
    this one any.
    """
    if os.environ.get(JOURNAL_VARIABLE):
        raise CorpusError(
            f"{JOURNAL_VARIABLE} is set, which comes before corpus.toml: unset it, then move the journal"
        )
    if to == corpus.place:
        raise CorpusError(f"{to}: the journal is there already")
    made = isinstance(to, Path) and not to.exists()
    try:
        with corpus.journal() as source:
            _refuse_damaged(source)
            source.database.make_current()
            Journal.create(to)
            with source.database.transaction(), Journal.open(to, corpus=corpus.name) as target:
                events, texts = _copy(source, target)
                kept = None if isinstance(to, Path) else _keep(corpus, source)
                corpus.keep_journal_at(to)
                made = False
                if kept is not None:
                    _remove(source.path)
    finally:
        if made and isinstance(to, Path):
            _remove(to)
    return MovedJournal(events, texts, kept)


def _refuse_damaged(source: Journal) -> None:
    for fault in journal_faults(source):
        if fault.kind in _REFUSED:
            raise CorpusError(
                f"{source.where}: {fault.what}; nothing was moved: `hashiya repair` saves what is whole first"
            )


def _copy(source: Journal, target: Journal) -> tuple[int, int]:
    """Copy everything into an empty journal, and compare; return how many events and texts there are."""
    if not source.database.count():  # nothing to bring: a corpus joins others that have their journal there
        return 0, 0
    if target.database.count():
        if _differs(source, target):
            raise CorpusError(
                f"{target.where}: holds other events already; nothing was moved. To bring them together: "
                f"hashiya journal merge CORPUS {target.where}"
            )
    else:
        with target.database.transaction():
            items = journal_items(source)
            while some := list(islice(items, _AT_ONCE)):
                _append(target, some)
            if _differs(source, target):
                raise CorpusError(f"{target.where}: the copy differs from the journal; nothing was moved")
    return source.database.count(), sum(1 for _ in source.database.kept_texts())


def _append(target: Journal, items: Iterable[JournalItem]) -> None:
    links = [item for item in items if isinstance(item, ReplicaLink)]
    target.database.insert(NEW_REPLICA, [(item.replica, item.follows, item.follows_seq) for item in links])
    target.database.keep_texts(item for item in items if isinstance(item, str))
    target.database.append(item for item in items if isinstance(item, Event))


def _differs(source: Journal, target: Journal) -> bool:
    return any(one != other for one, other in zip_longest(_items(source), _items(target)))


def _items(journal: Journal) -> Iterator[JournalItem]:
    """What a journal holds but for replicas, of which a session may have begun one that has no event yet."""
    return (item for item in journal_items(journal) if not isinstance(item, ReplicaLink))


def _keep(corpus: Corpus, source: Journal) -> Path:
    """Write what the file holds, with its log, into the folder of backups; return its name there."""
    folder = corpus.folder / BACKUPS
    make_folders(folder, corpus.folder)
    number = 1
    while (kept := folder / f"{source.path.stem}-moved-{number}{source.path.suffix}").exists():
        number += 1
    # SQLite copies nothing through a connection that is inside of a transaction that writes.
    with replacing_file(kept) as draft, Journal.open(source.path, write=False) as reader:
        reader.database.copy_to(draft)
        shutil.copymode(source.path, draft)
    return kept


def _remove(path: Path) -> None:
    """Remove the file of a journal and what is beside it; sessions that have it open notice."""
    for each in (path, anchor_path(path), *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        each.unlink(missing_ok=True)
