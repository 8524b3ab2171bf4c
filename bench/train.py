"""Baselines trained on a release: how long that takes, in how much memory, and what they reach.

Every training is a process of its own, on one thread. Without a release one is made of 1,000 pairs whose
labels are drawn by chance: time and memory are then those of any such release, and figures say nothing.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench import sheets
from bench.large import make
from bench.process import Absent, Json, run
from bench.sheets import Column, Sheet
from bench.team import made_annotation
from hashiya.corpus.dataset.release import release
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.training.train import TrainingPlan
from hashiya.corpus.training.train_model import train_model
from hashiya.schema.records import Annotation, Implication

PAIRS = 1_000
SEED = 7
_MODELS = (
    ("stance", "ngrams"), ("stance", "encoder"), ("implications", "ngrams"), ("implications", "encoder"),
    ("entities", "crf"),
)  # fmt: skip


def tables(folder: Path, dataset: Path | None) -> Iterator[Sheet]:
    """Train each baseline on a release, or on one that is made below `folder`."""
    place = folder / "train"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    made = dataset or _made(place)
    sheet = Sheet(
        f"Baselines on {dataset}" if dataset else f"Baselines on {PAIRS:,} pairs, labels drawn by chance",
        (
            Column("task"),
            Column("model"),
            Column("rows learned from", sheets.count),
            Column("seconds", sheets.tenths),
            Column("MB at most", sheets.megabytes),
            *(
                (Column(name, sheets.share) for name in ("macro F1", "low", "high", "micro F1"))
                if dataset
                else ()
            ),
        ),
    )
    for task, model in _MODELS:
        found = run(trained, str(made), task, model, str(place / "model"))
        if isinstance(found, Absent):
            sheet.add(task, f"{model} ({found.reason})")
            continue
        rows, seconds, *figures = found.value
        sheet.add(task, model, rows, seconds, found.memory, *(figures if dataset else ()))
    yield sheet
    shutil.rmtree(place)


def trained(dataset: str, task: str, model: str, out: str) -> Json:
    """Train one baseline; the rows that it learned from, the seconds that it took, and its figures."""
    began = time.perf_counter()
    report = train_model(Path(dataset), task, Path(out), TrainingPlan(model=model))  # type: ignore[arg-type]
    seconds = time.perf_counter() - began
    macro, micro = report.test.macro_f1, report.test.micro_f1
    return [report.splits[0].rows, seconds, macro.value, macro.low, macro.high, micro.value]


def _made(place: Path) -> Path:
    """A release of pairs that one annotator labelled by chance, nine of ten documents to learn from."""
    corpus = make(place / "corpus", PAIRS)
    draw = random.Random(SEED)
    generation = corpus.generation()
    views = generation.views([document.doc_id for document in generation.documents()])
    with corpus.journal() as journal:
        journal.record(
            [
                _by_chance(
                    made_annotation(corpus.scheme, view.document, pair, "layla", "bullish"), draw, corpus
                )
                for view in views.values()
                for pair in view.pairs
            ]
        )
    release(corpus, place / "release", print)
    return place / "release"


def _by_chance(annotation: Annotation, draw: random.Random, corpus: Corpus) -> Annotation:
    """The annotation with a stance in a quarter of pairs, and an implication in a tenth."""
    scheme = corpus.scheme
    stances = tuple(
        replace(item, target=draw.choice(scheme.ids("target")), stance=draw.choice(scheme.ids("stance")))
        for item in annotation.stances
        if draw.random() < 0.25
    )
    stated = Implication(
        target=draw.choice(scheme.ids("target")),
        channel=draw.choice(scheme.ids("channel")),
        direction="positive",
        certainty="asserted",
    )
    return replace(annotation, stances=stances, implications=(stated,) if draw.random() < 0.1 else ())
