"""Corpus -> sides: the pairs that were labelled, in their order, one at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from hashiya.corpus.carrying.orphaned import unplaced
from hashiya.corpus.exchange.outcome import Outcome
from hashiya.corpus.exchange.sides import FLAG, Side, SideLayer, SideMark
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.store.reader import GenerationReader
from hashiya.schema.errors import LabelError, Problem
from hashiya.schema.records import LANGS, Annotation, Lang, Pair, Status
from hashiya.schema.validate import has_labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which annotations go out: of one annotator or of all, of one status or of any.

    `unlabelled` adds the pairs that have none of these, without marks.
    """

    annotator: str | None = None
    status: Status | None = "done"
    unlabelled: bool = False


def sides_of(
    corpus: Corpus, selection: Selection, title: str, holds: Collection[SideLayer], outcome: Outcome
) -> Iterator[Side]:
    """Yield the sides of the selected annotations, and count what a format that `holds` these cannot say.

    `LabelError` when the annotator is unknown, or there are several and the format cannot tell them apart.
    """
    generation = corpus.generation()
    others, predictions = Counter[str](), Counter[str]()
    with corpus.journal(write=False) as journal, GenerationReader(generation) as reader:
        ids = journal.pair_ids()
        annotator = selection.annotator
        _check_annotator(journal, annotator)
        if annotator is None and "annotators" not in holds:
            annotator = _only_annotator(journal, selection, ids, title)
        for row in _rows(journal, reader, selection, ids, outcome):
            pair = reader.pair(row)
            standing = list(_standing(journal, pair.pair_id, annotator, outcome))
            if pair.kind == "boilerplate":
                marked = sum(has_labels(annotation) for annotation in standing)
                if marked:
                    outcome.leave("annotations", "boilerplate is not labelled", marked)
                continue
            if selection.annotator is None:  # what a model predicted is nobody's label
                predicted = [item for item in standing if item.origin == "suggested"]
                predictions.update(item.annotator for item in predicted)
                standing = [item for item in standing if item not in predicted]
            chosen = [item for item in standing if selection.status in {None, item.status}]
            others.update(item.status for item in standing if item not in chosen)
            for annotation in chosen:
                _count(annotation, title, holds, outcome)
                yield from _sides(pair, annotation, holds)
            if not chosen and selection.unlabelled:
                yield from _sides(pair, None, holds)
    for name, count in predictions.items():
        what = f"{count} predictions of {name} were not asked for; --annotator {name} takes them"
        outcome.problems.append(Problem(str(corpus.folder), what, left_out=False))
    if others:
        counts = ", ".join(f"{count} {status}" for status, count in others.items())
        outcome.problems.append(
            Problem(str(corpus.folder), f"annotations of another status were not asked for: {counts}", False)
        )


def _check_annotator(journal: Journal, wanted: str | None) -> None:
    names = journal.annotators()
    if wanted is not None and wanted not in names:
        listed = ", ".join(names) or "nobody"
        raise LabelError(f"{wanted!r} labelled nothing in this corpus; there are: {listed}")


def _only_annotator(journal: Journal, selection: Selection, ids: Sequence[str], title: str) -> str | None:
    """Return who made all that is selected, for a format that cannot say who it was."""
    names = {
        annotation.annotator: None
        for pair_id in ids
        for item in journal.standing(pair_id)
        for annotation in item.annotations
        if selection.status in {None, annotation.status}
        if selection.annotator is not None or annotation.origin != "suggested"
    }
    if len(names) > 1:
        raise LabelError(f"{title} cannot say who labelled; name one with --annotator: {', '.join(names)}")
    return next(iter(names), None)


def _rows(
    journal: Journal, reader: GenerationReader, selection: Selection, ids: Sequence[str], outcome: Outcome
) -> Iterator[int]:
    rows = reader.index.rows(ids)
    if (rows < 0).any():
        _count_unplaced(journal, reader.generation, selection, outcome)
    if selection.unlabelled:
        yield from range(len(reader))
    else:
        rows.sort()
        yield from (int(row) for row in rows[rows >= 0])


def _count_unplaced(journal: Journal, generation: Generation, selection: Selection, outcome: Outcome) -> None:
    lost = sum(
        selection.annotator in {None, item.annotator} and selection.status in {None, item.status}
        for standing in unplaced(journal, generation)
        for item in standing.annotations
    )
    if lost:
        outcome.leave(
            "annotations", "their pair is gone from the corpus; see `labels export --unplaced`", lost
        )


def _standing(
    journal: Journal, pair_id: str, annotator: str | None, outcome: Outcome
) -> Iterator[Annotation]:
    for item in journal.standing(pair_id, annotator):
        if len(item.annotations) > 1:
            outcome.leave(
                "annotations",
                f"two of {item.annotator} stand side by side; save one of them first",
                len(item.annotations),
                f"pair {pair_id}",
            )
        else:
            yield from item.annotations


def _count(annotation: Annotation, title: str, holds: Collection[SideLayer], outcome: Outcome) -> None:
    unknown: dict[str, int] = {
        "stances": len(annotation.stances),
        "implications": len(annotation.implications),
        "links": len(annotation.links),
        "comments": annotation.comment is not None,
    }
    layers: dict[SideLayer, int] = {
        "flags": len(annotation.flags),
        "intended": sum(flag.intended is not None for flag in annotation.flags) if "flags" in holds else 0,
        "concepts": sum(entity.concept is not None for entity in annotation.entities),
        "statuses": annotation.status != "done",
    }
    unknown.update((layer, count) for layer, count in layers.items() if layer not in holds)
    for what, count in unknown.items():
        if count:
            outcome.leave(what, f"{title} has no place for them", int(count))


def _sides(pair: Pair, annotation: Annotation | None, holds: Collection[SideLayer]) -> Iterator[Side]:
    for lang in LANGS:
        text = pair.text(lang)
        if text is not None:
            yield Side(
                where=f"pair {pair.pair_id}, {lang}",
                pair_id=pair.pair_id,
                lang=lang,
                text=text,
                marks=tuple(_marks(annotation, lang, holds)) if annotation else (),
                annotator=annotation.annotator if annotation else None,
                status=annotation.status if annotation else None,
                doc_id=pair.doc_id,
                tokens=pair.tokens(lang),
                sentences=pair.sentences(lang),
            )


def _marks(annotation: Annotation, lang: Lang, holds: Collection[SideLayer]) -> Iterator[SideMark]:
    for entity in annotation.entities:
        if entity.lang == lang:
            yield SideMark(
                start=entity.start,
                end=entity.end,
                label=entity.type,
                quote=entity.text,
                id=entity.id if "ids" in holds else None,
                concept=entity.concept if "concepts" in holds else None,
            )
    for flag in annotation.flags if "flags" in holds else ():
        if flag.lang == lang:
            yield SideMark(
                start=flag.start,
                end=flag.end,
                label=FLAG + flag.kind,
                quote=flag.text,
                intended=flag.intended if "intended" in holds else None,
            )
