"""Journals merged: what another one holds and this one does not is appended, whatever the order.

An event is taken as it is, with its checksum, so that it is the same event wherever it goes. Merging twice
changes nothing. What is damaged there is told and not taken.
"""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from hashiya.corpus.journal.event import EVENT_COLUMNS, LABEL, Event
from hashiya.corpus.journal.interchange import (
    NEW_REPLICA,
    JournalItem,
    ReplicaLink,
    journal_items,
    read_journal_lines,
)
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.place import JOURNAL, JournalPlace, named_place, stated_place
from hashiya.corpus.journal.postgres.address import PostgresAddress, is_postgres
from hashiya.corpus.journal.sqlite.locked_files import read_start
from hashiya.schema.codec import dump
from hashiya.schema.errors import Problem, SourceError

STANDARD_INPUT = "-"
_AT_ONCE = 500
_SQLITE = b"SQLite format 3\x00"
_GZIP = b"\x1f\x8b"


@dataclass(slots=True)
class MergeReport:
    """What merging did: events `added` by author, those that were `known`, annotations `in_conflict` since.

    `problems` are events that are damaged there, and were not taken.
    """

    added: Counter[str] = field(default_factory=Counter[str])
    known: int = 0
    in_conflict: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def merge_journals(
    journal: Journal, others: Iterable[str | JournalPlace], *, dry: bool = False
) -> MergeReport:
    """Append what other journals hold to this one, each wholly or not at all, and return what was done.

    Each of `others` is a file or the URL of a journal, a corpus folder, or what `journal_lines` wrote;
    "-" is standard input. With `dry` nothing is appended, and conflicts are not looked for. `SourceError`
    and `CorpusError` say what cannot be read.
    """
    report = MergeReport()
    touched: set[tuple[str, str]] = set()
    for other in others:
        with _opened(other) as items, suppress(_DryRunError), journal.writing():
            for event in _merge(journal, items, str(other), report):
                if event.stream == LABEL:
                    touched.add((event.subject, event.author))
            if dry:
                raise _DryRunError
    for subject, author in () if dry else sorted(touched):
        if any(found.conflict for found in journal.standing(subject, author)):
            report.in_conflict.append((subject, author))
    return report


class _DryRunError(Exception):
    """Ends a transaction without its changes."""


def _merge(
    journal: Journal, items: Iterator[JournalItem], where: str, report: MergeReport
) -> Iterator[Event]:
    """Append what is new, and yield its events."""
    database = journal.database
    replicas = {row[0] for row in database.ask("SELECT replica FROM replica")}
    while some := list(islice(items, _AT_ONCE)):
        database.keep_texts(item for item in some if isinstance(item, str))
        links = [item for item in some if isinstance(item, ReplicaLink) and item.replica not in replicas]
        database.insert(NEW_REPLICA, [(item.replica, item.follows, item.follows_seq) for item in links])
        events = [item for item in some if isinstance(item, Event)]
        here = set(_here(journal, events))
        new: list[Event] = []
        for event in events:
            if not event.intact:
                what = "its checksum does not match: it was not taken"
                report.problems.append(Problem(f"{where}, event {event.event_id}", what))
            elif event in here:
                report.known += 1
            else:
                here.add(event)
                new.append(event)
                report.added[event.author] += 1
        database.append(new)
        yield from new


def _here(journal: Journal, events: Iterable[Event]) -> Iterator[Event]:
    """The events of the journal that have the ids of some others."""
    database = journal.database
    query = f"SELECT {EVENT_COLUMNS} FROM {database.sql.with_ids}"  # noqa: S608 - names only
    return map(Event.from_row, database.ask(query, {"ids": dump([event.event_id for event in events])}))


@contextmanager
def _opened(other: str | JournalPlace) -> Generator[Iterator[JournalItem]]:
    """Yield the items of another journal, whatever it is kept in."""
    if is_postgres(str(other)):
        with Journal.open(named_place(str(other)), write=False) as there:
            yield journal_items(there)
        return
    path = Path(str(other))
    if path.is_dir():
        stated = stated_place(path)
        if isinstance(stated, PostgresAddress):
            with Journal.open(stated, write=False) as there:
                yield journal_items(there)
            return
        path = stated
        if not path.exists():
            raise SourceError(f"{other}: there is no {JOURNAL} in it, so it is no corpus")
    try:
        with ExitStack() as opened:
            if str(other) == STANDARD_INPUT or not path.is_file():  # a pipe, which is read once
                pipe = (
                    sys.stdin.buffer
                    if str(other) == STANDARD_INPUT
                    else opened.enter_context(path.open("rb"))
                )
                spooled = opened.enter_context(tempfile.NamedTemporaryFile())
                shutil.copyfileobj(pipe, spooled)
                spooled.flush()
                path = Path(spooled.name)
            start = read_start(path, len(_SQLITE))
            if start == _SQLITE:
                yield journal_items(opened.enter_context(Journal.open(path, write=False)))
            else:
                lines = gzip.open(path) if start[:2] == _GZIP else path.open("rb")  # noqa: SIM115 - closed below
                yield read_journal_lines(opened.enter_context(closing(lines)), str(other))
    except (EOFError, zlib.error) as error:
        raise SourceError(f"{other}: the gzipped file is damaged: {error}") from None
    except OSError as error:
        raise SourceError(f"{other}: {error.strerror or error}") from None
