"""Annotations from files into the journal, each where its pair stands now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hashiya.corpus.carrying.place_annotation import place_annotation
from hashiya.corpus.carrying.renamed_documents import views_for
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.document_view import DocumentView, OldText, place_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.errors import Problem
from hashiya.schema.records import Annotation, Pair
from hashiya.schema.scheme import LabelScheme
from hashiya.schema.validate import faults

TellText = Callable[[str], None]
_Key = tuple[str, str]
"""A pair's id and an annotator."""


@dataclass(slots=True)
class ImportReport:
    """What an import did: new annotations, those that stood already, those whose place had changed."""

    recorded: int = 0
    unchanged: int = 0
    moved: int = 0
    problems: list[Problem] = field(default_factory=list)


def record_labels(
    corpus: Corpus,
    given: Sequence[tuple[str, Annotation]],
    report: ImportReport,
    *,
    replace: bool = False,
    dry: bool = False,
) -> ImportReport:
    """Record annotations, each with where it comes from, where their pairs stand now, and add to a report.

    A pair is found by its id, else by its place in the document. What does not fit is a problem, and so is
    an annotation that differs from what stands for its pair and annotator, unless `replace`. With `dry`
    nothing is recorded: the report says what would be.
    """
    views = views_for(corpus.generation(), [annotation for _, annotation in given])
    touched: dict[str, DocumentView] = {}
    with corpus.journal() as journal:
        standing = _standing(journal)
        wanted: dict[_Key, Annotation] = {}
        for where, annotation in given:

            def tell(why: str, where: str = where) -> None:
                report.problems.append(Problem(where, why))

            if standing.get(_key(annotation)) == annotation:
                report.unchanged += 1
                continue
            documents = views[annotation.place.doc_id]
            for view, placed in _placed(annotation, documents, corpus.scheme, journal, tell):
                key = _key(placed)
                before = wanted.get(key, standing.get(key))
                if before == placed:
                    report.unchanged += 1
                elif before is not None and not replace:
                    tell(
                        f"pair {placed.pair_id} has another annotation of {placed.annotator}, which was "
                        "kept; use --replace to take the file's"
                    )
                else:
                    wanted[key] = placed
                    touched[view.document.doc_id] = view
                    report.moved += placed.pair_id != annotation.pair_id
        if not dry:
            journal.record(wanted.values(), (text for view in touched.values() for text in view.texts()))
    report.recorded += len(wanted)
    return report


def _standing(journal: Journal) -> Mapping[_Key, Annotation]:
    return {
        (item.pair_id, item.annotator): annotation
        for item in journal.standing()
        for annotation in item.annotations
    }


def _key(annotation: Annotation) -> _Key:
    return annotation.pair_id, annotation.annotator


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
