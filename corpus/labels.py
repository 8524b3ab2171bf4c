"""Labels in a file: JSONL, one annotation a line, out of the journal and back into it without loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hashiya.corpus.carry import place
from hashiya.corpus.journal import Journal
from hashiya.corpus.rebuild import unplaced
from hashiya.corpus.store import Corpus
from hashiya.corpus.view import DocumentView
from hashiya.schema.codec import from_json, to_json
from hashiya.schema.errors import LabelError, Problem, SourceError
from hashiya.schema.records import Annotation
from hashiya.schema.scheme import LabelScheme
from hashiya.schema.validate import faults

Report = Callable[[Problem], None]
Say = Callable[[str], None]


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
    generation = corpus.generation()
    lines = list(_read(path, report.problems.append))
    views = generation.views({annotation.place.doc_id for _, annotation in lines})
    with corpus.journal() as journal:
        standing = {
            (item.pair_id, item.annotator): annotation
            for item in journal.standing()
            for annotation in item.annotations
        }
        wanted: dict[tuple[str, str], Annotation] = {}
        for where, annotation in lines:

            def say(what: str, where: str = where) -> None:
                report.problems.append(Problem(where, what))

            view = views.get(annotation.place.doc_id)
            if view is None:
                say(f"there is no document {annotation.place.doc_id!r}")
                continue
            for placed in _placed(annotation, view, corpus.scheme, journal, say):
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
                    report.moved += placed.pair_id != annotation.pair_id
        labelled = {annotation.place.doc_id for annotation in wanted.values()}
        texts = (text for doc_id in labelled for text in views[doc_id].texts())
        journal.record(wanted.values(), texts)
    report.recorded = len(wanted)
    return report


def export_labels(corpus: Corpus, *, only_unplaced: bool = False) -> Iterator[str]:
    """Yield every annotation that stands as a line of JSON, by pair and then by arrival.

    Those that stand for no pair of the corpus come last; ``only_unplaced`` yields nothing else.
    """
    generation = corpus.generation()
    with corpus.journal() as journal:
        order = {pair_id: number for number, pair_id in enumerate(generation.pair_ids())}
        here = [item for item in journal.standing() if item.pair_id in order and not only_unplaced]
        for item in [*sorted(here, key=lambda item: order[item.pair_id]), *unplaced(journal, generation)]:
            for annotation in item.annotations:
                yield to_json(annotation)


def _read(path: Path, report: Report) -> Iterator[tuple[str, Annotation]]:
    try:
        content = path.read_bytes()
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
    annotation: Annotation, view: DocumentView, scheme: LabelScheme, journal: Journal, report: Say
) -> Iterator[Annotation]:
    """The annotation where it belongs now, if it fits there; in parts when its pair was cut up."""
    here = [(pair, annotation) for pair in view.pairs if pair.pair_id == annotation.pair_id]
    if not here:
        found = place(annotation, view, journal.text)
        here = list(found.parts)
        if not here:
            report(f"pair {annotation.pair_id} is gone, and its text is no longer in the document")
        for item in found.left:
            report(f"found no place in the changed text: {item}")
    for pair, part in here:
        wrong = faults(part, pair, scheme)
        if wrong:
            report("; ".join(wrong))
        else:
            yield part
