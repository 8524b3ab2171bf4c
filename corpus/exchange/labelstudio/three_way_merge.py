"""What changed here, there or on both sides since an annotation was sent, and what the journal makes of it.

No clock decides. Where both sides changed, both annotations stand side by side in the journal, a conflict
that the annotator's screen shows and the next save settles, unless one side is preferred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from hashiya.corpus.exchange.labelstudio.read_task import Arrival
from hashiya.corpus.exchange.labelstudio.what_changed import Change, says_the_same, what_changed
from hashiya.corpus.exchange.recording import GivenLabels, ImportReport, WhenBoth, record_labels
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.document_view import DocumentView
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.reader import GenerationReader
from hashiya.schema.records import Annotation

Prefer = Literal["here", "there"]


@dataclass(slots=True)
class MergeCounts:
    """What became of arrivals, by count, and where conflicts are; predictions apart."""

    unchanged: int = 0
    recorded: int = 0
    predictions: int = 0
    newer_here: int = 0
    preferred_here: int = 0
    preferred_there: int = 0
    conflicts: list[str] = field(default_factory=list)
    """One line each: where the annotation came from, and whose it is."""


@dataclass(slots=True)
class ArrivalMerger:
    """Lets the journal take in what has arrived.

    `merged` counts annotations of pairs that the corpus has, `moved` those of pairs that a build has changed
    since: these find their place by the text.
    """

    corpus: Corpus
    reader: GenerationReader
    journal: Journal
    prefer: Prefer | None = None
    merged: MergeCounts = field(default_factory=MergeCounts)
    moved: ImportReport = field(default_factory=ImportReport)

    def take(self, arrivals: Iterable[Arrival]) -> None:
        """Record arrivals, a few hundred at a time: they are held in memory, and so are their texts."""
        present, absent = split_by_pair(arrivals, self.reader)
        merge_arrivals(self.journal, present, self._texts, self.merged, self.prefer)
        if absent:
            both: WhenBoth = "replace" if self.prefer == "there" else "keep"
            record_labels(self.corpus, absent, self.moved, both=both)

    def _texts(self, annotation: Annotation) -> list[str]:
        row = self.reader.index.row(annotation.pair_id)
        return [] if row is None else DocumentView(self.reader.document_of(row), ()).texts()


def split_by_pair(
    arrivals: Iterable[Arrival], reader: GenerationReader
) -> tuple[list[Arrival], list[GivenLabels]]:
    """Return the arrivals whose pair the corpus has, and the others as labels to be placed."""
    present: list[Arrival] = []
    absent: list[GivenLabels] = []
    for arrival in arrivals:
        if reader.index.row(arrival.annotation.pair_id) is None:
            absent.append(GivenLabels(arrival.where, arrival.annotation))
        else:
            present.append(arrival)
    return present, absent


def merge_arrivals(
    journal: Journal,
    arrivals: Sequence[Arrival],
    texts_of: Callable[[Annotation], Sequence[str]],
    merged: MergeCounts,
    prefer: Prefer | None = None,
) -> None:
    """Let the journal take in what has arrived, and count it in `merged`.

    `texts_of` gives the texts of an annotation's document, which the journal keeps.
    """
    waiting: dict[tuple[str, str], Annotation] = {}

    def flush() -> None:
        documents = {annotation.place.doc_id: annotation for annotation in waiting.values()}
        texts = {text for annotation in documents.values() for text in texts_of(annotation)}
        journal.record(waiting.values(), texts)
        waiting.clear()

    for arrival in arrivals:
        there = arrival.annotation
        key = (there.pair_id, there.annotator)
        if key in waiting:
            flush()
        change = _change(journal, arrival)
        if change == "same":
            merged.unchanged += 1
        elif change == "there":
            merged.recorded += there.origin != "suggested"
            merged.predictions += there.origin == "suggested"
            waiting[key] = there
        elif change == "here":
            merged.newer_here += 1
        elif prefer == "here":
            merged.preferred_here += 1
        elif prefer == "there":
            merged.preferred_there += 1
            waiting[key] = there
        else:
            merged.conflicts.append(f"{arrival.where}: {there.annotator} has another annotation here")
            journal.record_beside(there, _event_of(journal, key, arrival.base), texts_of(there))
    flush()


def _change(journal: Journal, arrival: Arrival) -> Change:
    """Return what changed between an arrival and what stands in the journal."""
    there = arrival.annotation
    heads = _heads(journal, there.pair_id, there.annotator)
    if any(says_the_same(head, there) for head in heads):
        return "same"
    if len(heads) > 1:
        return "both"
    if heads and arrival.base is None and was_said(journal, there):
        return "here"
    if heads:
        return what_changed(arrival.base, heads[0], there)
    undone = journal.history(there.pair_id, there.annotator)
    return what_changed(arrival.base, None, there) if undone else "there"


def was_said(journal: Journal, there: Annotation) -> bool:
    """Return whether an annotator said the same before, and something else since."""
    history = journal.history(there.pair_id, there.annotator)
    return any(says_the_same(journal.state(event), there) for event in history)


def _heads(journal: Journal, pair_id: str, annotator: str) -> tuple[Annotation, ...]:
    for standing in journal.standing(pair_id, annotator):
        return standing.annotations
    return ()


def _event_of(journal: Journal, key: tuple[str, str], base: Annotation | None) -> tuple[str, ...]:
    """Return the last event after which the annotation that was sent stood alone; none where it never did."""
    for event in reversed(journal.history(*key)) if base is not None else ():
        if says_the_same(journal.state(event), base):
            return (event.event_id,)
    return ()
