"""Alignments that are given, and labels of one long document: CPU seconds and memory, at two sizes.

A TMX file and a pair of line-aligned files, each one document, are built, beside lxml, which only reads the
TMX. Then labels of all pairs of a document come in from two other tools' files, beside `labels import`. Time
is linear where ten, or four, times as many pairs take ten, or four, times as long. Every step is a process of
its own.
"""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

from lxml import etree

from bench import sheets
from bench.large import SEED, made_sentences
from bench.process import Absent, Json, Measured, run
from bench.sheets import Column, Sheet
from hashiya.corpus.building.build import build
from hashiya.corpus.exchange.convert import read_labels
from hashiya.corpus.exchange.importing.import_sides import Terms
from hashiya.corpus.exchange.labels_jsonl import import_labels
from hashiya.corpus.exchange.labelstudio.task_files import export_tasks, import_tasks
from hashiya.corpus.store.document_view import DocumentAnchors
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.codec import to_json
from hashiya.schema.covers import full_covers
from hashiya.schema.records import Annotation, Entity

UNITS = (20_000, 200_000)
ROWS = (4_000, 16_000)
_ANNOTATOR = "layla"
_TMX, _LINES, _ROWS = "units.tmx", "lines", "rows.jsonl"
_LABELS, _DOCCANO, _TASKS = "labels.jsonl", "doccano.jsonl", "tasks.json"


def tables(folder: Path) -> Iterator[Sheet]:
    """Measure in a folder below `folder`, which is made anew and removed."""
    place = folder / "given"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    yield _alignments(place)
    yield _labels(place)
    shutil.rmtree(place)


def _alignments(place: Path) -> Sheet:
    sheet = Sheet(
        "One document whose alignment is given",
        (
            Column("what"),
            Column("pairs", sheets.count),
            Column("MB of sources", sheets.megabytes),
            Column("CPU s", sheets.tenths),
            Column("times lxml's", sheets.tenths),
            Column("MB at most", sheets.megabytes),
        ),
    )
    for units in UNITS:
        write_units(place, units)
        tmx = [place / _TMX]
        lines = [place / f"{_LINES}.{lang}" for lang in ("ar", "en")]
        alone = run(parsed, str(tmx[0]))
        for what, files, done in (
            ("TMX, read by lxml alone", tmx, alone),
            ("TMX, built", tmx, run(built, [str(tmx[0])], str(place / "of tmx"))),
            ("line-aligned files, built", lines, run(built, [*map(str, lines)], str(place / "of lines"))),
        ):
            _add(sheet, what, [units, sum(path.stat().st_size for path in files)], done, alone)
    return sheet


def _labels(place: Path) -> Sheet:
    sheet = Sheet(
        "Labels of all pairs of one document",
        (
            Column("step"),
            Column("pairs", sheets.count),
            Column("CPU s", sheets.tenths),
            Column("times labels import", sheets.tenths),
            Column("MB at most", sheets.megabytes),
        ),
    )
    steps: dict[str, Callable[[str], Json]] = {
        "labels import": taken_in,
        "convert from doccano": converted,
        "labelstudio import": from_tasks,
    }
    for rows in ROWS:
        here = place / str(rows)
        here.mkdir()
        write_labelled(here, rows)
        done = {name: run(step, str(here)) for name, step in steps.items()}
        for name, found in done.items():
            _add(sheet, name, [rows], found, done["labels import"])
    return sheet


def _add(
    sheet: Sheet, name: str, sizes: list[int], found: Measured | Absent, base: Measured | Absent
) -> None:
    if isinstance(found, Absent):
        sheet.add(f"{name} ({found.reason})")
        return
    times = None if isinstance(base, Absent) else found.value / base.value
    sheet.add(name, *sizes, found.value, times, found.memory)


def write_units(place: Path, units: int) -> None:
    """Write so many made-up pairs of sentences as a TMX file, and as two line-aligned files."""
    rng = random.Random(SEED)
    with (
        (place / _TMX).open("w", encoding="utf-8") as tmx,
        (place / f"{_LINES}.ar").open("w", encoding="utf-8") as ar,
        (place / f"{_LINES}.en").open("w", encoding="utf-8") as en,
    ):
        tmx.write('<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4"><header srclang="en"/><body>\n')
        for number in range(units):
            made = made_sentences(rng)
            tmx.write(f'<tu tuid="{number}">')
            for lang, text in made.items():
                tmx.write(f'<tuv xml:lang="{lang}"><seg>{escape(text)}</seg></tuv>')
            ar.write(f"{made['ar']}\n")
            en.write(f"{made['en']}\n")
            tmx.write("</tu>\n")
        tmx.write("</body></tmx>\n")


def parsed(path: str) -> Json:
    """Read the segments of a TMX file with lxml, and free each unit; the CPU seconds that took."""
    began = time.process_time()
    characters = 0
    for _, unit in etree.iterparse(path, tag="tu"):
        characters += sum(len(segment.text or "") for segment in unit.iter("seg"))
        unit.clear()
        while unit.getprevious() is not None:
            del unit.getparent()[0]
    assert characters
    return time.process_time() - began


def built(files: list[str], out: str) -> Json:
    """Build a corpus from nothing; the CPU seconds that took."""
    shutil.rmtree(out, ignore_errors=True)
    began = time.process_time()
    made = build([Path(file) for file in files], Path(out), name="given")
    assert not made.report.problems, made.report.problems[0]
    return time.process_time() - began


def write_labelled(place: Path, rows: int) -> None:
    """Build a corpus of one document in `place`, and write a label of each pair in three formats."""
    rng = random.Random(SEED)
    with (place / _ROWS).open("w", encoding="utf-8") as file:
        for number in range(rows):
            made = made_sentences(rng)
            texts = {"ar": made["ar"], "en": f"Item{number} {made['en']}"}
            file.write(json.dumps({"document": "one", "licence": "CC0-1.0", **texts}) + "\n")
    corpus = build([place / _ROWS], place / "corpus", name="one").corpus
    for step in (taken_in, converted, from_tasks):
        shutil.copytree(corpus.folder, place / step.__name__)
    generation = corpus.generation()
    (document,) = generation.documents()
    places = DocumentAnchors(document)
    with (
        (place / _LABELS).open("w", encoding="utf-8") as labels,
        (place / _DOCCANO).open("w", encoding="utf-8") as doccano,
    ):
        for number, pair in enumerate(generation.pairs()):
            text = pair.en or ""
            name = text.split()[0]
            entity = Entity(id="en1", lang="en", start=0, end=len(name), text=name, type="company")
            annotation = Annotation(
                pair_id=pair.pair_id,
                annotator=_ANNOTATOR,
                status="done",
                covers=full_covers(corpus.scheme, pair),
                entities=(entity,),
                scheme=corpus.scheme.ref,
                origin="imported",
                place=places.of(pair),
            )
            labels.write(f"{to_json(annotation)}\n")
            doccano.write(
                json.dumps({"id": number, "text": text, "label": [[0, len(name), "company"]]}) + "\n"
            )
    import_labels(corpus, place / _LABELS)
    export_tasks(corpus, place / _TASKS)


def taken_in(place: str) -> Json:
    """Take the project's own file in; the CPU seconds that took."""
    folder = Path(place)
    began = time.process_time()
    report = import_labels(Corpus.open(folder / "taken_in"), folder / _LABELS)
    assert report.recorded, report.problems[:1]
    return time.process_time() - began


def converted(place: str) -> Json:
    """Take the file of doccano in, whose texts carry no ids; as `taken_in`."""
    folder = Path(place)
    began = time.process_time()
    terms = Terms(annotator=_ANNOTATOR)
    _, report = read_labels(Corpus.open(folder / "converted"), "doccano", folder / _DOCCANO, terms)
    assert report.recorded, report.problems[:1]
    return time.process_time() - began


def from_tasks(place: str) -> Json:
    """Take the file of Label Studio in; as `taken_in`."""
    folder = Path(place)
    began = time.process_time()
    imported = import_tasks(Corpus.open(folder / "from_tasks"), folder / _TASKS)
    assert imported.merged.recorded, imported.outcome.problems[:1]
    return time.process_time() - began
