"""A released dataset as training code loads it, beside polars, which gives the same rows from the same files.

Every step is a process of its own; seconds are of all its threads, and memory is the most that it took.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from bench import sheets
from bench.large import make
from bench.process import Absent, Json, run
from bench.sheets import Column, Sheet
from bench.team import write_labels
from hashiya.corpus.dataset.load import load
from hashiya.corpus.dataset.release import release
from hashiya.corpus.exchange.labels_jsonl import import_labels

PAIRS = 50_000
_STANCE = ["pair_id", "doc_id", "split", "ar", "en", "target", "label", "weight"]
_IMPLICATIONS = ["pair_id", "doc_id", "split", "ar", "en", "labels", "weight"]


def tables(folder: Path) -> Iterator[Sheet]:
    """Measure in a folder below `folder`, which is made anew."""
    place = folder / "load"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    corpus = make(place / "corpus", PAIRS)
    annotations = write_labels(corpus, place / "labels.jsonl")
    import_labels(corpus, place / "labels.jsonl")
    release(corpus, place / "dataset", print)
    yield measured(place / "dataset", f"{PAIRS:,} pairs with {annotations:,} annotations, released")
    shutil.rmtree(place)


def measured(dataset: Path, title: str) -> Sheet:
    """Return what loading a released folder takes, and what it takes polars."""
    sheet = Sheet(
        title,
        (
            Column("step"),
            Column("rows", sheets.count),
            Column("seconds", sheets.hundredths),
            Column("CPU seconds", sheets.hundredths),
            Column("MB at most", sheets.megabytes),
        ),
    )
    steps: dict[str, Callable[[str], Json]] = {
        'load, verify="size"': opened,
        'load, verify="hash"': hashed,
        "stance: polars": polars_stance,
        "stance, as Arrow": stance,
        "stance, as pandas": stance_as_pandas,
        "stance, in batches": stance_in_batches,
        "stance of the majority": majority,
        "implications: polars": polars_implications,
        "implications": implications,
        "tokens of both sides": tokens,
        "tokens, in batches": tokens_in_batches,
    }
    for name, step in steps.items():
        found = run(step, str(dataset))
        if isinstance(found, Absent):
            sheet.add(f"{name} ({found.reason})")
        else:
            rows, seconds, cpu = found.value
            sheet.add(name, rows, seconds, cpu, found.memory)
    return sheet


def _timed(step: Callable[[], int]) -> Json:
    """The rows of a step, its seconds, and those of all its threads."""
    began, before = time.perf_counter(), time.process_time()
    rows = step()
    return [rows, time.perf_counter() - began, time.process_time() - before]


def opened(dataset: str) -> Json:
    """Open it, and look at the sizes of its files."""
    return _timed(lambda: len(load(dataset)["train"]))


def hashed(dataset: str) -> Json:
    """Open it, and look at all bytes."""
    return _timed(lambda: len(load(dataset, verify="hash")["train"]))


def stance(dataset: str) -> Json:
    """All rows of both sides, as Arrow."""
    return _timed(lambda: load(dataset, verify=False).stance().to_arrow().num_rows)


def stance_as_pandas(dataset: str) -> Json:
    """The same as a data frame."""
    return _timed(lambda: len(load(dataset, verify=False).stance().to_pandas()))


def stance_in_batches(dataset: str) -> Json:
    """The same as a stream."""
    view = load(dataset, verify=False).stance()
    return _timed(lambda: sum(batch.num_rows for batch in view.iter_batches(8192)))


def majority(dataset: str) -> Json:
    """With what more than half say where the release is open."""
    return _timed(lambda: load(dataset, verify=False).stance(labels="majority").to_arrow().num_rows)


def implications(dataset: str) -> Json:
    """All rows of both sides, as Arrow."""
    return _timed(lambda: load(dataset, verify=False).implications().to_arrow().num_rows)


def tokens(dataset: str) -> Json:
    """All sides as tokens with tags, as Arrow."""
    return _timed(lambda: load(dataset, verify=False).entities().to_arrow().num_rows)


def tokens_in_batches(dataset: str) -> Json:
    """The same as a stream."""
    view = load(dataset, verify=False).entities()
    return _timed(lambda: sum(batch.num_rows for batch in view.iter_batches()))


def polars_stance(dataset: str) -> Json:
    """The rows that have a label and both sides, with the same columns."""
    return _timed(lambda: len(_polars(dataset, "stance", _STANCE, "label")))


def polars_implications(dataset: str) -> Json:
    """As `polars_stance`."""
    return _timed(lambda: len(_polars(dataset, "implications", _IMPLICATIONS, "labels")))


def _polars(dataset: str, config: str, columns: list[str], label: str) -> pl.DataFrame:
    there = [pl.col(name).is_not_null() for name in ("ar", "en", label)]
    return pl.scan_parquet(f"{dataset}/{config}/*.parquet").filter(*there).select(columns).collect()
