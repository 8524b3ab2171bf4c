"""Annotations from files into the journal, each where its pair stands now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from hashiya.corpus.carrying.place_annotation import place_annotation
from hashiya.corpus.carrying.renamed_documents import views_for
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.standing import Standing
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
"""Annotations that are in memory together."""
DOCUMENTS_TOGETHER = 250
"""Documents that are in memory together, with all their pairs."""
_ASKED = 1000
"""Annotations for which the journal is asked at once."""


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
    with corpus.journal(write=not dry) as journal:
        recorder = _Recorder(corpus.scheme, corpus.upgrade, journal, report, both, dry)
        if dry:
            for some in _together(given):
                recorder.take(generation, some)
        else:
            with journal.writing():
                for some in _together(given):
                    recorder.take(generation, some)
    return report


def _together(given: Iterable[GivenLabels]) -> Iterator[list[GivenLabels]]:
    """Yield annotations, as many together as fit into memory with their documents."""
    some: list[GivenLabels] = []
    documents: set[str] = set()
    for item in given:
        doc_id = item.annotation.place.doc_id
        if len(some) == _AT_ONCE or (len(documents) == DOCUMENTS_TOGETHER and doc_id not in documents):
            yield some
            some, documents = [], set()
        some.append(item)
        documents.add(doc_id)
    if some:
        yield some


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
    _known: dict[str, dict[str, Standing]] = field(default_factory=dict)
    """What stands by pair and annotator, of the pairs that the journal was asked for."""
    _changed: set[tuple[str, str]] = field(default_factory=set)
    """The pairs and annotators for which something was recorded since."""

    def take(self, generation: Generation, some: Sequence[GivenLabels]) -> None:
        """Record some annotations."""
        some = list(map(self._upgraded, some))
        views = views_for(generation, [item.annotation for item in some])
        places = {doc_id: [_Document(view) for view in found] for doc_id, found in views.items()}
        for start in range(0, len(some), _ASKED):
            together = some[start : start + _ASKED]
            self._known, self._changed = {}, set()
            self._ask({item.annotation.pair_id for item in together})
            for item in together:
                self._take_one(item, places[item.annotation.place.doc_id])

    def _upgraded(self, item: GivenLabels) -> GivenLabels:
        annotation = self.upgrade(item.annotation)
        return item if annotation is item.annotation else replace(item, annotation=annotation)

    def _take_one(self, item: GivenLabels, documents: Sequence[_Document]) -> None:
        def tell(why: str) -> None:
            self.report.problems.append(Problem(item.where, why))

        standing = self._standing(item.annotation)
        if standing is not None and item.annotation in standing.annotations:
            self.report.unchanged += 1
            return
        for document, placed in _placed(item.annotation, documents, self.scheme, self.journal, tell):
            self._record(item, placed, document.view, tell)

    def _ask(self, pair_ids: Collection[str]) -> None:
        asked = set(pair_ids)
        self._known.update((pair_id, {}) for pair_id in asked)
        self._changed = {key for key in self._changed if key[0] not in asked}
        for standing in self.journal.standing_of(pair_ids):
            self._known[standing.pair_id][standing.annotator] = standing

    def _standing(self, annotation: Annotation) -> Standing | None:
        """What the journal has of a pair and an annotator, also if nothing of it stands."""
        key = (annotation.pair_id, annotation.annotator)
        if annotation.pair_id not in self._known or key in self._changed:
            self._ask([annotation.pair_id])
        return self._known[annotation.pair_id].get(annotation.annotator)

    def _record(self, item: GivenLabels, placed: Annotation, view: DocumentView, tell: TellText) -> None:
        key = (placed.pair_id, placed.annotator)
        found = self._standing(placed)
        standing = found if found is not None and (found.annotations or found.unreadable) else None
        if placed == self._waiting.get(key) or (standing is not None and placed in standing.annotations):
            self.report.unchanged += 1
            return
        if standing is not None and standing.unreadable is not None:
            tell(f"pair {placed.pair_id} of {placed.annotator} was kept: {standing.unreadable}")
            return
        follows = () if found is None else tuple(head.event_id for head in found.events.heads)
        heads = {head.event_id for head in standing.heads} if standing else set[str]()
        if key in self._waiting and self.both != "replace":
            tell(f"pair {placed.pair_id} has another annotation of {placed.annotator} in the file")
        elif standing is None or heads <= set(item.history) or self.both == "replace":
            self._append(placed, item, view, follows)
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
        self, placed: Annotation, item: GivenLabels, view: DocumentView, follows: tuple[str, ...]
    ) -> None:
        texts = () if view.document.doc_id in self._kept else view.texts()
        self._kept.add(view.document.doc_id)
        self.report.recorded += 1
        self.report.moved += placed.pair_id != item.annotation.pair_id
        if self.dry:
            self._waiting[placed.pair_id, placed.annotator] = placed
        else:
            self.journal.record_beside(placed, follows, texts)
            self._changed.add((placed.pair_id, placed.annotator))


class _Document:
    """A document that annotations are placed in: its pairs by id, its texts by hash."""

    def __init__(self, view: DocumentView) -> None:
        self.view = view
        self.pairs = {pair.pair_id: pair for pair in view.pairs}
        self._texts = {text_hash(text): text for text in view.texts()}

    def known(self, journal: Journal) -> OldText:
        """Return the texts that an annotation may speak of: its own, and those that the journal keeps."""
        return lambda digest: self._texts.get(digest) or journal.text(digest)


def _placed(
    annotation: Annotation,
    documents: Sequence[_Document],
    scheme: LabelScheme,
    journal: Journal,
    tell: TellText,
) -> Iterator[tuple[_Document, Annotation]]:
    """Yield the annotation where it belongs now, if it fits there; in parts when its pair was cut up."""
    if not documents:
        doc_id = annotation.place.doc_id
        tell(f"there is no document {doc_id!r}, nor one with this text by another name; build it first")
        return
    for document in documents:
        placed = _placed_in(annotation, document, journal, tell)
        for pair, part in placed:
            wrong = [*faults(part, pair, scheme), *place_faults(part, pair, document.known(journal))]
            if wrong:
                tell("; ".join(wrong))
            else:
                yield document, part
        if placed:
            return
    tell(f"pair {annotation.pair_id} is gone, and its text is no longer in the document")


def _placed_in(
    annotation: Annotation, document: _Document, journal: Journal, tell: TellText
) -> Sequence[tuple[Pair, Annotation]]:
    """Return the annotation with its pair, else its parts with the pairs that have its text now."""
    if document.view.document.doc_id == annotation.place.doc_id:
        same = document.pairs.get(annotation.pair_id)
        if same is not None:
            return [(same, annotation)]
    moved = place_annotation(annotation, document.view, journal.text)
    for label in moved.left:
        tell(f"found no place in the changed text: {label}")
    return moved.parts
