"""Labels in a file: JSONL, one annotation a line, out of the journal and back into it without loss."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hashiya.corpus.carrying.orphaned import left_behind, unplaced
from hashiya.corpus.carrying.place_annotation import place_annotation
from hashiya.corpus.carrying.renamed_documents import views_for
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.document_view import DocumentView, OldText, place_faults
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.codec import from_json, to_json
from hashiya.schema.errors import LabelError, Problem, ReportProblem, SourceError
from hashiya.schema.records import Annotation, Status
from hashiya.schema.scheme import LabelScheme
from hashiya.schema.validate import faults

TellText = Callable[[str], None]


@dataclass(slots=True)
class ImportReport:
    """What an import did: new annotations, those that stood already, those whose place had changed."""

    recorded: int = 0
    unchanged: int = 0
    moved: int = 0
    problems: list[Problem] = field(default_factory=list)


def import_labels(corpus: Corpus, path: Path, *, replace: bool = False) -> ImportReport:
    """Record the annotations of a file, each where its pair stands now.

    A pair is found by its id, else by its place in the document. A line that does not fit is a problem
    and the others go on. An annotation that differs from what stands for its pair and annotator is a
    problem too, unless ``replace``.
    """
    report = ImportReport()
    lines = list(_read(path, report.problems.append))
    return record_labels(corpus, lines, report, replace=replace)


def record_labels(
    corpus: Corpus,
    given: Sequence[tuple[str, Annotation]],
    report: ImportReport,
    *,
    replace: bool = False,
    dry: bool = False,
) -> ImportReport:
    """Record annotations, each with where it comes from, where their pairs stand now; as `import_labels`.

    With ``dry`` nothing is recorded: the report says what would be.
    """
    views = views_for(corpus.generation(), [annotation for _, annotation in given])
    touched: dict[str, DocumentView] = {}
    with corpus.journal() as journal:
        standing = {
            (item.pair_id, item.annotator): annotation
            for item in journal.standing()
            for annotation in item.annotations
        }
        wanted: dict[tuple[str, str], Annotation] = {}
        for where, annotation in given:

            def say(what: str, where: str = where) -> None:
                report.problems.append(Problem(where, what))

            if standing.get((annotation.pair_id, annotation.annotator)) == annotation:
                report.unchanged += 1
                continue
            for view, placed in _placed(
                annotation, views[annotation.place.doc_id], corpus.scheme, journal, say
            ):
                key = (placed.pair_id, placed.annotator)
                there = wanted.get(key, standing.get(key))
                if there == placed:
                    report.unchanged += 1
                elif there is not None and not replace:
                    say(
                        f"pair {placed.pair_id} has another annotation of {placed.annotator}, which was "
                        "kept; use --replace to take the file's"
                    )
                else:
                    wanted[key] = placed
                    touched[view.document.doc_id] = view
                    report.moved += placed.pair_id != annotation.pair_id
        if not dry:
            journal.record(wanted.values(), (text for view in touched.values() for text in view.texts()))
    report.recorded = len(wanted)
    return report


def export_labels(
    corpus: Corpus, *, status: Status | None = None, only_unplaced: bool = False
) -> Iterator[str]:
    """Yield every annotation that stands as a line of JSON, by pair and then by arrival.

    Those that stand for no pair of the corpus come last. ``only_unplaced`` yields these, and, as they were,
    those that were carried to a changed text without some of their marks and not saved since.
    """
    generation = corpus.generation()
    with corpus.journal(write=False) as journal:
        order = {pair_id: number for number, pair_id in enumerate(generation.pair_ids())}
        here = [item for item in journal.standing() if item.pair_id in order and not only_unplaced]
        for item in [*sorted(here, key=lambda item: order[item.pair_id]), *unplaced(journal, generation)]:
            for annotation in item.annotations:
                if status in {None, annotation.status}:
                    yield to_json(annotation)
        for annotation in left_behind(journal, generation) if only_unplaced else ():
            yield to_json(annotation)


def _read(path: Path, report: ReportProblem) -> Iterator[tuple[str, Annotation]]:
    try:
        content = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        try:
            yield where, from_json(Annotation, line, "")
        except LabelError as error:
            report(Problem(where, str(error).removeprefix(": ")))


def _placed(
    annotation: Annotation,
    views: Sequence[DocumentView],
    scheme: LabelScheme,
    journal: Journal,
    report: TellText,
) -> Iterator[tuple[DocumentView, Annotation]]:
    """The annotation where it belongs now, if it fits there; in parts when its pair was cut up."""
    if not views:
        doc_id = annotation.place.doc_id
        report(f"there is no document {doc_id!r}, nor one with this text by another name; build it first")
    for view in views:
        same_name = view.document.doc_id == annotation.place.doc_id
        here = [(pair, annotation) for pair in view.pairs if same_name and pair.pair_id == annotation.pair_id]
        if not here:
            found = place_annotation(annotation, view, journal.text)
            here = list(found.parts)
            for item in found.left:
                report(f"found no place in the changed text: {item}")
        for pair, part in here:
            wrong = [*faults(part, pair, scheme), *place_faults(part, pair, _known(view, journal))]
            if wrong:
                report("; ".join(wrong))
            else:
                yield view, part
        if here:
            return
    if views:
        report(f"pair {annotation.pair_id} is gone, and its text is no longer in the document")


def _known(view: DocumentView, journal: Journal) -> OldText:
    """The texts that an annotation may speak of: those of the document now, and those that were kept."""
    now = {text_hash(text): text for text in view.texts()}
    return lambda digest: now.get(digest) or journal.text(digest)
