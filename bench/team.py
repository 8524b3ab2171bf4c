"""Many labels of a team: taken in from a file, looked at, and released; beside pyarrow rewriting the release.

Every step is a process of its own. What counts is how many times as long as the rewriting the release takes,
in one run on one machine. Nine of ten pairs have two annotators, who agree on the names, not on the stance.
"""

from __future__ import annotations

import resource
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from bench import sheets
from bench.large import make
from bench.process import Absent, Json, run
from bench.sheets import Column, Sheet
from hashiya.corpus.dataset.release import release
from hashiya.corpus.exchange.labels_jsonl import import_labels
from hashiya.corpus.store.document_view import anchors
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.team.team_watch import TeamWatch
from hashiya.schema.codec import to_json
from hashiya.schema.covers import full_covers
from hashiya.schema.records import Annotation, Document, Entity, Lang, Link, Pair, Stance
from hashiya.schema.scheme import LabelScheme

PAIRS = 50_000
_AT_ONCE = 100
_NAMES: dict[Lang, tuple[str, ...]] = {
    "ar": ("إنفيديا", "ديب سيك", "أوبن إيه آي", "مايكروسوفت"),
    "en": ("Nvidia", "DeepSeek", "OpenAI", "Microsoft"),
}
_KILOBYTE = 1 if sys.platform == "darwin" else 1024
"""Bytes in the unit in which the system tells a process's memory."""


def tables(folder: Path) -> Iterator[Sheet]:
    """Measure in a folder below `folder`, which is made anew."""
    place = folder / "team"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    corpus = make(place / "corpus", PAIRS)
    annotations = write_labels(corpus, place / "labels.jsonl")
    sheet = Sheet(
        f"{annotations:,} annotations of {PAIRS:,} pairs",
        (
            Column("step"),
            Column("seconds", sheets.tenths),
            Column("times the rewriting", sheets.tenths),
            Column("MB at most", sheets.megabytes),
            Column("MB of each process beside it", sheets.megabytes),
        ),
    )
    steps = {
        "labels import": taken_in,
        "team, the first look": watched,
        "release": released,
        "rewriting by pyarrow": rewritten,
    }
    done = {name: run(step, str(place)) for name, step in steps.items()}
    base = done["rewriting by pyarrow"]
    for name, found in done.items():
        if isinstance(found, Absent):
            sheet.add(f"{name} ({found.reason})")
            continue
        seconds, beside = found.value
        times = None if isinstance(base, Absent) else seconds / base.value[0]
        sheet.add(name, seconds, times, found.memory, beside or None)
    yield sheet
    shutil.rmtree(place)


def taken_in(place: str) -> Json:
    """Take the labels in; the seconds that took, and the most memory of another process."""
    began = time.perf_counter()
    report = import_labels(Corpus.open(Path(place) / "corpus"), Path(place) / "labels.jsonl")
    assert not report.problems, report.problems[0]
    return [time.perf_counter() - began, _beside()]


def watched(place: str) -> Json:
    """Look at what everybody has done; as `taken_in`."""
    began = time.perf_counter()
    report = TeamWatch(Corpus.open(Path(place) / "corpus")).look()
    assert report.disputed, "they agree on everything"
    return [time.perf_counter() - began, _beside()]


def released(place: str) -> Json:
    """Release the corpus; as `taken_in`."""
    began = time.perf_counter()
    release(Corpus.open(Path(place) / "corpus"), Path(place) / "dataset", print)
    return [time.perf_counter() - began, _beside()]


def rewritten(place: str) -> Json:
    """Read and write what was released, a row group after the other, as it was; as `taken_in`."""
    began = time.perf_counter()
    for path in sorted((Path(place) / "dataset").rglob("*.parquet")):
        with (
            pq.ParquetFile(path) as file,
            pq.ParquetWriter(
                Path(place) / f"again.{path.name}", file.schema_arrow, compression="zstd"
            ) as again,
        ):
            for number in range(file.num_row_groups):
                again.write_table(file.read_row_group(number))
    return [time.perf_counter() - began, _beside()]


def _beside() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _KILOBYTE


def write_labels(corpus: Corpus, path: Path) -> int:
    """Write the annotations of two annotators, and return how many."""
    count = 0
    generation = corpus.generation()
    names = [document.doc_id for document in generation.documents()]
    with path.open("w", encoding="utf-8") as file:
        for start in range(0, len(names), _AT_ONCE):
            views = generation.views(names[start : start + _AT_ONCE])
            for view in views.values():
                for number, pair in enumerate(view.pairs):
                    for who, stance in (("layla", "bullish"), ("omar", "bearish"))[: 2 if number % 10 else 1]:
                        file.write(
                            f"{to_json(made_annotation(corpus.scheme, view.document, pair, who, stance))}\n"
                        )
                        count += 1
    return count


def made_annotation(
    scheme: LabelScheme, document: Document, pair: Pair, annotator: str, stance: str
) -> Annotation:
    """Return the names of a pair as entities, linked, and a stance that the first of them holds."""
    entities: list[Entity] = []
    for lang, names in _NAMES.items():
        text = pair.text(lang) or ""
        for start, name in ((text.find(name), name) for name in names):
            if start >= 0:
                entities.append(
                    Entity(
                        id=f"{lang}1",
                        lang=lang,
                        start=start,
                        end=start + len(name),
                        text=name,
                        type="company",
                    )
                )
    return Annotation(
        pair_id=pair.pair_id,
        annotator=annotator,
        status="done",
        covers=full_covers(scheme, pair),
        stances=(Stance(target="chips", stance=stance, holder="source", holder_entity=entities[0].id),),
        entities=tuple(entities),
        links=(Link(ar="ar1", en="en1"),),
        scheme=scheme.ref,
        origin="human",
        place=anchors(document, pair),
    )
