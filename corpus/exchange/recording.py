"""Annotations from files into the journal, each where its pair stands now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Literal, get_args

from hashiya.corpus.carrying.place_annotation import place_annotation
from hashiya.corpus.carrying.renamed_documents import views_for
from hashiya.corpus.journal.journal import Journal, Standing
from hashiya.corpus.store.document_view import DocumentView, OldText, place_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.errors import Problem
from hashiya.schema.records import Annotation, Pair
from hashiya.schema.scheme import LabelScheme
from hashiya.schema.validate import faults

TellText = Callable[[str], None]
WhenBoth = Literal["keep", "replace", "beside"]
"""Which stands where an annotation comes and another stands: that one, the one that comes, or both."""
WHEN_BOTH: tuple[WhenBoth, ...] = get_args(WhenBoth)
_AT_ONCE = 20_000
"""Annotations whose documents are in memory together."""


@dataclass(frozen=True, slots=True)
class GivenLabels:
    """An annotation, where it comes from, and the events that led to it there, if the file tells them."""

    where: str
    annotation: Annotation
    history: tuple[str, ...] = ()


@dataclass(slots=True)
class ImportReport:
    """What an import did: new annotations, those that stood already, those whose place had changed.

    Of the new ones so many stand `beside` another one; of those that stood already so many are `newer` here.
    """

    recorded: int = 0
    unchanged: int = 0
    moved: int = 0
    beside: int = 0
    newer: int = 0
    problems: list[Problem] = field(default_factory=list)


def record_labels(
    corpus: Corpus,
    given: Iterable[GivenLabels],
    report: ImportReport,
    *,
    both: WhenBoth = "keep",
    dry: bool = False,
) -> ImportReport:
    """Record annotations where their pairs stand now, all or, after an error, none, and add to a report.

    A pair is found by its id, else by its place in the document. What does not fit is a problem. Where
    another annotation stands for a pair and annotator, the one that comes is recorded after it if its history
    says that it was made from it, and not at all if it is an earlier state of it; otherwise `both` decides,
    and what is not recorded is a problem. With `dry` nothing is recorded: the report says what would be.
    """
    generation = corpus.generation()
    remaining = iter(given)
    with corpus.journal(write=not dry) as journal:
        recorder = _Recorder(corpus.scheme, corpus.upgrade, journal, report, both, dry)
        if dry:
            while recorder.take(generation, list(islice(remaining, _AT_ONCE))):
                pass
        else:
            with journal.writing():
                while recorder.take(generation, list(islice(remaining, _AT_ONCE))):
                    pass
    return report


@dataclass(slots=True)
class _Recorder:
    """Takes annotations into a journal, some at a time."""

    scheme: LabelScheme
    upgrade: Callable[[Annotation], Annotation]
    journal: Journal
    report: ImportReport
    both: WhenBoth
    dry: bool
    _waiting: dict[tuple[str, str], Annotation] = field(default_factory=dict)
    _kept: set[str] = field(default_factory=set)

    def take(self, generation: Generation, some: Sequence[GivenLabels]) -> bool:
        """Record some annotations; false where there are none."""
        some = [replace(item, annotation=self.upgrade(item.annotation)) for item in some]
        views = views_for(generation, [item.annotation for item in some])
        for item in some:

            def tell(why: str, where: str = item.where) -> None:
                self.report.problems.append(Problem(where, why))

            if any(item.annotation in found.annotations for found in self._standing(item.annotation)):
                self.report.unchanged += 1
                continue
            documents = views[item.annotation.place.doc_id]
            for view, placed in _placed(item.annotation, documents, self.scheme, self.journal, tell):
                self._record(item, placed, view, tell)
        return bool(some)

    def _standing(self, annotation: Annotation) -> Iterator[Standing]:
        return self.journal.standing(annotation.pair_id, annotation.annotator)

    def _record(self, item: GivenLabels, placed: Annotation, view: DocumentView, tell: TellText) -> None:
        key = (placed.pair_id, placed.annotator)
        standing = next(self._standing(placed), None)
        if placed == self._waiting.get(key) or (standing is not None and placed in standing.annotations):
            self.report.unchanged += 1
            return
        if standing is not None and standing.unreadable is not None:
            tell(f"pair {placed.pair_id} of {placed.annotator} was kept: {standing.unreadable}")
            return
        heads = {head.event_id for head in standing.heads} if standing else set[str]()
        if key in self._waiting and self.both != "replace":
            tell(f"pair {placed.pair_id} has another annotation of {placed.annotator} in the file")
        elif standing is None or heads <= set(item.history) or self.both == "replace":
            self._append(placed, item, view)
        elif self._is_earlier(item, placed, standing):
            self.report.unchanged += 1
            self.report.newer += 1
        elif self.both == "beside":
            common = set(item.history) & standing.events.events.keys()
            self.report.beside += 1
            self._append(placed, item, view, tuple(common - standing.events.ancestors(common)))
        else:
            tell(
                f"pair {placed.pair_id} has another annotation of {placed.annotator}, which was "
                "kept; use --replace to take the file's"
            )

    def _is_earlier(self, item: GivenLabels, placed: Annotation, standing: Standing) -> bool:
        """Whether what comes is an earlier state of what stands here."""
        known = standing.events.events
        if item.history:
            return set(item.history) <= known.keys()
        states = (self.journal.state(event) for event in known.values() if event.known)
        return any(state is not None and state == placed for state in states)

    def _append(
        self,
        placed: Annotation,
        item: GivenLabels,
        view: DocumentView,
        beside: tuple[str, ...] | None = None,
    ) -> None:
        texts = () if view.document.doc_id in self._kept else view.texts()
        self._kept.add(view.document.doc_id)
        self.report.recorded += 1
        self.report.moved += placed.pair_id != item.annotation.pair_id
        if self.dry:
            self._waiting[placed.pair_id, placed.annotator] = placed
        elif beside is None:
            self.journal.record([placed], texts)
        else:
            self.journal.record_beside(placed, beside, texts)


def _placed(
    annotation: Annotation,
    views: Sequence[DocumentView],
    scheme: LabelScheme,
    journal: Journal,
    tell: TellText,
) -> Iterator[tuple[DocumentView, Annotation]]:
    """Yield the annotation where it belongs now, if it fits there; in parts when its pair was cut up."""
    if not views:
        doc_id = annotation.place.doc_id
        tell(f"there is no document {doc_id!r}, nor one with this text by another name; build it first")
        return
    for view in views:
        placed = _placed_in(annotation, view, journal, tell)
        for pair, part in placed:
            wrong = [*faults(part, pair, scheme), *place_faults(part, pair, _known(view, journal))]
            if wrong:
                tell("; ".join(wrong))
            else:
                yield view, part
        if placed:
            return
    tell(f"pair {annotation.pair_id} is gone, and its text is no longer in the document")


def _placed_in(
    annotation: Annotation, view: DocumentView, journal: Journal, tell: TellText
) -> Sequence[tuple[Pair, Annotation]]:
    """Return the annotation with its pair, else its parts with the pairs that have its text now."""
    if view.document.doc_id == annotation.place.doc_id:
        same = [(pair, annotation) for pair in view.pairs if pair.pair_id == annotation.pair_id]
        if same:
            return same
    moved = place_annotation(annotation, view, journal.text)
    for label in moved.left:
        tell(f"found no place in the changed text: {label}")
    return moved.parts


def _known(view: DocumentView, journal: Journal) -> OldText:
    """Return the texts that an annotation may speak of: the document's, and those that the journal keeps."""
    now = {text_hash(text): text for text in view.texts()}
    return lambda digest: now.get(digest) or journal.text(digest)
