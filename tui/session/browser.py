"""The pairs of a corpus gone through one by one: the open one, what stands for it, and the queue."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from hashiya.corpus.journal.standing import Standing
from hashiya.corpus.journal.summaries import Summary, last_position, names, subjects_since, summaries
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import MANIFEST
from hashiya.corpus.store.index import PairRows
from hashiya.corpus.store.reader import GenerationReader
from hashiya.corpus.store.search import Hits, search
from hashiya.schema.errors import LabelError
from hashiya.schema.records import Annotation, Document, Entity, Pair
from hashiya.schema.validate import faults, fits
from hashiya.tui.session.clock import Clock
from hashiya.tui.session.edits.statements import blank
from hashiya.tui.session.find_pairs import row_meant, rows_among
from hashiya.tui.session.following import Following, SameRows, pair_now, queue_now
from hashiya.tui.session.own_work import OwnWork, own_work
from hashiya.tui.session.queue import Filter, Queue, Standings, State
from hashiya.tui.session.write_access import refuse_read_only
from hashiya.tui.settings.language import _

_READ_ONE_BY_ONE = 2000
"""For more new pairs than these, all that stands is read, as at the start of a session."""
PATIENCE = 2.0
"""Seconds to wait for another process that is writing, before the annotator is told."""


@dataclass(frozen=True, slots=True)
class LabellingProgress:
    """How far an annotator is: pairs finished and in all; the place in the queue, from 1, and its length."""

    finished: int
    total: int
    place: int | None
    queued: int


class PairBrowser:
    """One annotator's way through the pairs of a corpus; use it as a context manager.

    It begins with what is assigned to the annotator, if anything is and not `everything` is asked for; `work`
    says what that is. `row` is the open pair's, `None` while there is none. `annotation` is what stands for
    the annotator, `None` where nothing does.
    """

    state_names: ClassVar[Mapping[State, str] | None] = None
    """The states that are offered to choose pairs by, with msgids of their names; null is all, as usual."""

    def __init__(
        self,
        corpus: Corpus,
        annotator: str,
        *,
        everything: bool = False,
        idle: float = 60.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        if not annotator.strip() or not annotator.isprintable():
            raise LabelError(
                _(
                    "{name!r} cannot be the name of an annotator: it is empty or has control characters"
                ).format(name=annotator)
            )
        self.corpus = corpus
        self.scheme = corpus.scheme
        self.annotator = annotator
        self._manifest_state = _state(corpus.folder / MANIFEST)
        with ExitStack() as opened:
            self.reader = opened.enter_context(GenerationReader(corpus.generation()))
            refuse_read_only(corpus.folder)
            self.journal = opened.enter_context(corpus.journal(patience=PATIENCE, who=annotator))
            self._read_until = last_position(self.journal)
            standing = self._summaries()
            self.work = self._own_work()
            self.standings = self._standings_of(self.reader, standing)
            opened.pop_all()  # from here on `close` does it
        self._made_with = Counter(item.scheme for item in standing if item.annotator == annotator)
        chosen = Filter("assigned" if self.standings.total(assigned=True) and not everything else "all")
        self.queue = Queue(self.standings.rows(chosen), chosen)
        self.clock = Clock(idle, now)
        self.row: int | None = None
        self._pair: Pair | None = None
        self._standing: Standing | None = None
        self._shown_head = 0
        self._blank: Annotation | None = None

    def _summaries(self) -> list[Summary]:
        """What is known of all pairs when they are read anew."""
        return list(summaries(self.journal))

    def _own_work(self) -> OwnWork:
        """What is assigned to the annotator."""
        return own_work(self.corpus, self.journal, self.annotator)

    def _standings_of(self, reader: GenerationReader, standing: Iterable[Summary]) -> Standings:
        """What is known of the pairs of a generation."""
        assigned = self.work.rows(reader)
        return Standings(reader.index, self.annotator, standing, assigned, self.work.names)

    def close(self) -> None:
        """Close the journal and the files of the corpus."""
        self.journal.close()
        self.reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pair(self) -> Pair:
        """The open pair; `LabelError` while there is none."""
        if self._pair is None:
            raise LabelError(_("no pair is open"))
        return self._pair

    @property
    def document(self) -> Document:
        """The document of the open pair."""
        return self.reader.document_of(self._open_row())

    @property
    def title(self) -> str:
        """The title of the open pair's document, or its id."""
        return self.reader.title(int(self.reader.index.documents[self._open_row()]))

    @property
    def annotation(self) -> Annotation | None:
        """What stands for the annotator; of two side by side, the one that is looked at."""
        versions = self._versions
        return versions[self._shown_head] if versions else None

    @property
    def draft(self) -> Annotation:
        """What stands, or a blank annotation to begin with."""
        if self.annotation is not None:
            return self.annotation
        if self._blank is None:
            self._blank = blank(self.pair, self.annotator, self.scheme)
        return self._blank

    @property
    def side_by_side(self) -> int:
        """How many versions stand for the pair; two are a conflict, which the next save settles.

        One of them may be that nothing stands: it was undone elsewhere.
        """
        return len(self._versions)

    @property
    def forked(self) -> bool:
        """Whether the versions are of several heads: then undo does not know which to take back."""
        found = self._standing
        return found is not None and found.conflict and len({head.event_id for head in found.heads}) > 1

    @property
    def head_number(self) -> int:
        """Which of the annotations that stand side by side is looked at, from 0."""
        return self._shown_head

    @property
    def outdated(self) -> bool:
        """Whether what stands was made with labels that the corpus no longer has."""
        return self.annotation is not None and bool(self._faults(self.annotation))

    @property
    def progress(self) -> LabellingProgress:
        """How far the annotator is: with what is assigned while the queue is that, else with all pairs."""
        assigned = self.queue.chosen.state == "assigned"
        place = None if self.row is None else self.queue.position(self.row)
        return LabellingProgress(
            finished=self.standings.finished(assigned=assigned),
            total=self.standings.total(assigned=assigned),
            place=None if place is None else place + 1,
            queued=len(self.queue),
        )

    def neighbour(self, step: int) -> Pair | None:
        """Return the pair before (-1) or after (1) the open one in its document."""
        return self.beside(self._open_row(), step)

    def beside(self, row: int, step: int) -> Pair | None:
        """Return the pair before (-1) or after (1) another one in its document."""
        rows = self.reader.index.document_rows(int(self.reader.index.documents[row]))
        return self.reader.pair(row + step) if row + step in rows else None

    def rebuilt(self) -> bool:
        """Return whether the corpus was built again since; a session goes on with what it opened."""
        state = _state(self.corpus.folder / MANIFEST)
        if state is None or state == self._manifest_state:
            return False
        manifest = self.corpus.manifest()
        if manifest is None or manifest.generation != self.reader.generation.manifest.generation:
            return manifest is not None
        self._manifest_state = state
        return False

    def follow(self) -> Following | None:
        """Go on in the newest generation, with the same pair open, and say what became of it.

        `None` and everything as it was where there is no newer one, or one with another scheme; `CorpusError`
        where it cannot be read.
        """
        if not self.rebuilt():
            return None
        state = _state(self.corpus.folder / MANIFEST)
        corpus = Corpus.open(self.corpus.folder)
        if corpus.scheme != self.scheme:
            return None
        before, now = self.reader, GenerationReader(corpus.generation())
        try:
            same = SameRows(now.index.rows_of(before.index), before.index.rows_of(now.index))
            until = last_position(self.journal)
            standings = self._standings_in(now, same.before)
            queue = queue_now(self.queue, self.standings, standings, same, now)
            row, following = (None, "same") if self.row is None else pair_now(before, self.row, now, same.now)
        except BaseException:
            now.close()
            raise
        self.corpus, self.reader, self.standings, self.queue = corpus, now, standings, queue
        self._manifest_state, self._read_until = state, until
        self.row = row if following == "same" else None
        if not self.go(row):
            self._pair = self._standing = None
        before.close()
        return following

    def _standings_in(self, now: GenerationReader, rows_before: PairRows) -> Standings:
        """What is known of the pairs of a newer generation; new ones, and what was said since, are read."""
        since = now.index.rows(subjects_since(self.journal, self._read_until))
        new = np.union1d(np.flatnonzero(rows_before < 0), since[since >= 0])
        assigned = self.work.rows(now)
        if len(new) > _READ_ONE_BY_ONE:
            return self._standings_of(now, self._summaries())
        standings = self.standings.in_index(now.index, rows_before, assigned)
        for row in new.tolist():
            for standing in self.journal.standing(now.index.pair_id(row)):
                standings.put(
                    row,
                    standing.annotator,
                    next((item.status for item in standing.annotations), None),
                    flagged=any(item.flags for item in standing.annotations[:1]),
                    conflict=standing.conflict,
                )
        return standings

    def misfits(self) -> int:
        """Return how many of the annotator's annotations had another scheme when the session began."""
        return sum(count for scheme, count in self._made_with.items() if not fits(scheme, self.scheme))

    def go(self, row: int | None) -> bool:
        """Open the pair in a row; false, and everything as it was, for `None` and beyond the corpus."""
        if row is None or not 0 <= row < len(self.reader):
            return False
        pair = self.reader.pair(row)
        standing = self._found(pair)
        arrived = row != self.row
        self.row, self._pair = row, pair
        self._show(standing)
        if arrived:
            self.clock.restart(0.0 if self.annotation is None else self.annotation.seconds or 0.0)
        return True

    def step(self, step: int) -> bool:
        """Open the next (1) or the previous (-1) pair of the queue; false at its ends."""
        return self.go(self.ahead(step))

    def ahead(self, step: int) -> int | None:
        """Return the row of the next (1) or the previous (-1) pair of the queue; `None` at its ends."""
        if self.row is None:
            return None
        here = self.queue.position(self.row)
        # From outside of the queue, the next is the one that follows in the corpus.
        reached = here + step if here is not None else self.queue.passed(self.row) + step - (step > 0)
        return int(self.queue.rows[reached]) if 0 <= reached < len(self.queue) else None

    def edge(self, *, end: bool) -> bool:
        """Open the first or the last pair of the queue."""
        return bool(len(self.queue)) and self.go(int(self.queue.rows[-1 if end else 0]))

    def next_unfinished(self) -> bool:
        """Open the next pair of the queue that has no finished label, from the start again after the last."""
        return self.go(self._waiting())

    def choose(self, chosen: Filter) -> int:
        """Go through the pairs that a filter chooses, from the nearest on; returns how many there are.

        Where it chooses none, the queue stays as it is.
        """
        rows = self.standings.rows(chosen, rows_among(self.reader, self.journal, self.annotator, chosen))
        if len(rows):
            self.queue = Queue(rows, chosen)
            if self.row is None or self.queue.position(self.row) is None:
                self.go(int(rows[self.queue.near(self.row)] if self.row is not None else rows[0]))
        return len(rows)

    def search(self, query: str) -> Iterator[Hits]:
        """Yield the pairs whose text holds the words of a query, from the open one onwards."""
        return search(self.reader.generation, query, self.row or 0)

    def find(self, query: str) -> int | None:
        """Return the row that a number (as the screen counts, from 1) or the beginning of an id means."""
        return row_meant(self.reader, query)

    def look_at(self, number: int) -> None:
        """Look at another of the annotations that stand side by side."""
        self._shown_head = number % max(len(self._versions), 1)

    def reread(self) -> bool:
        """See whether another window of the annotator changed the open pair, and take that up."""
        found = None if self._pair is None else self._found(self._pair)
        if found == self._standing:
            return False
        self._show(found)
        return True

    def known_names(self) -> list[tuple[Entity, int]]:
        """Read the names in the journal; may be called from another thread, and takes a while.

        What others named in a document that is assigned to the annotator stays unknown.
        """
        with self.corpus.journal(write=False) as journal:
            return list(names(journal, self.work.documents, but_of=self.work.names))

    def _waiting(self) -> int | None:
        """Return the row of the next pair of the queue that waits; `None` when none does."""
        if self.row is None:
            return self.queue.unfinished(self.standings, None)
        inside = self.queue.position(self.row) is not None
        return self.queue.unfinished(self.standings, self.queue.passed(self.row) - (not inside))

    @property
    def _versions(self) -> tuple[Annotation | None, ...]:
        """What stands side by side."""
        found = self._standing
        if found is None:
            return ()
        return (*found.annotations, None) if found.annotations and None in found.states else found.annotations

    def _found(self, pair: Pair) -> Standing | None:
        return next(self.journal.standing(pair.pair_id, self.annotator), None)

    def _show(self, standing: Standing | None) -> None:
        """Take what stands for the open pair; another window of the annotator may have changed it."""
        self._standing = standing
        self._shown_head = 0
        self._blank = None
        now = self.annotation
        self.standings.put(
            self._open_row(),
            self.annotator,
            None if now is None else now.status,
            flagged=bool(now and now.flags),
            conflict=standing is not None and standing.conflict,
        )

    def _open_row(self) -> int:
        if self.row is None:
            raise LabelError(_("no pair is open"))
        return self.row

    def _present(self, pair_id: str) -> bool:
        return self.reader.index.row(pair_id) is not None

    def _faults(self, annotation: Annotation) -> list[str]:
        return faults(annotation, self.pair, self.scheme)


def _state(path: Path) -> tuple[int, int] | None:
    """What tells a file from the one that it replaces: its inode and when it was written."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
