"""What a model says of the pairs of a corpus, as annotations of the origin "suggested" in its name.

Nobody's labels are touched. Suggestions never vote, and are never released.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from hashiya.corpus.exchange.recording import GivenLabels, ImportReport, record_labels
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.reader import GenerationReader
from hashiya.corpus.training.predict import Prediction, Predictor, Sides, together
from hashiya.corpus.training.tasks import TaskName
from hashiya.schema.covers import full_covers
from hashiya.schema.errors import HashiyaError
from hashiya.schema.records import LANGS, Annotation, Entity, LabelLayer, Pair, Place, Stance

_LAYERS: dict[TaskName, LabelLayer] = {"stance": "stances", "entities": "entities"}


def suggest(corpus: Corpus, predictor: Predictor) -> ImportReport:
    """Record what a model says of every pair but boilerplate, in the place of what it said before.

    The holder of a stance is the scheme's usual one, for the model does not say it. `HashiyaError` where
    the corpus's scheme lacks a class of the model, or the model says less than an annotation needs.
    """
    task = predictor.info.task
    if task.name not in _LAYERS:
        raise HashiyaError(
            f"a model of {task.name} says where there is one and not in which direction, which an annotation "
            "needs: write its predictions to a file instead"
        )
    known = corpus.scheme.ids("stance") if task.name == "stance" else corpus.scheme.ids("entity")
    unknown = {*task.classes} - {*known, task.absent}
    unknown |= {*task.targets} - {*corpus.scheme.ids("target")}
    if unknown:
        raise HashiyaError(
            f"{corpus.folder}: its scheme has no {', '.join(sorted(map(str, unknown)))}, which the model says"
        )
    if task.name == "stance" and predictor.info.defaults.holder is None:
        raise HashiyaError("the scheme names no usual holder of a stance, which an annotation needs")
    report = ImportReport()
    with GenerationReader(corpus.generation()) as reader:
        return record_labels(corpus, _suggestions(corpus, reader, predictor), report, both="replace")


def _suggestions(corpus: Corpus, reader: GenerationReader, predictor: Predictor) -> Iterator[GivenLabels]:
    for some in together(range(len(reader))):
        pairs = [(row, pair) for row in some if (pair := reader.pair(row)).kind != "boilerplate"]
        said = predictor.predict([_sides(pair) for _, pair in pairs])
        for (row, pair), prediction in zip(pairs, said, strict=True):
            made = _annotation(corpus, pair, reader.place(row, pair), predictor, prediction)
            yield GivenLabels(f"pair {pair.pair_id}", made)


def _sides(pair: Pair) -> Sides:
    return {lang: text for lang in LANGS if (text := pair.text(lang)) is not None}


def _annotation(
    corpus: Corpus, pair: Pair, place: Place, predictor: Predictor, prediction: Prediction
) -> Annotation:
    info = predictor.info
    layer = _LAYERS[info.task.name]
    covers = [cover for cover in full_covers(corpus.scheme, pair) if cover.layer == layer]
    return Annotation(
        pair_id=pair.pair_id,
        annotator=predictor.identity,
        status="done",
        covers=tuple(cover for cover in covers if cover.lang is None or cover.lang in info.langs),
        stances=tuple(
            Stance(target=item.target or "", stance=item.label, holder=info.defaults.holder or "")
            for item in prediction.classes
            if layer == "stances" and item.label != info.task.absent
        ),
        entities=tuple(_entities(pair, prediction)),
        scheme=corpus.scheme.ref,
        origin="suggested",
        place=place,
    )


def _entities(pair: Pair, prediction: Prediction) -> Iterator[Entity]:
    numbers = {lang: count(1) for lang in LANGS}
    for lang, span in prediction.spans:
        yield Entity(
            id=f"{lang}{next(numbers[lang])}",
            lang=lang,
            start=span.start,
            end=span.end,
            text=(pair.text(lang) or "")[span.start : span.end],
            type=span.type,
        )
