"""What many articles cost: builds of articles made from a development set, and a million by arithmetic.

The set is the alignment set with the most documents. An article is 24 neighbouring sentences, of a document
and a place that its number gives, so that no two are the same but many share sentences: real text, measured
for its time and its bytes, not for quality. Every build is a process of its own.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import sheets
from bench.process import Absent, Json, run
from bench.sets import Case, largest_set
from bench.sheets import Column, Sheet
from hashiya.corpus.building.build import build
from hashiya.corpus.building.engines.local_engine import Engine, LocalEngine
from hashiya.corpus.building.engines.ray_engine import RayEngine
from hashiya.corpus.building.run_plan import BuildProgress

MILLION = 1_000_000
SENTENCES = 24
CORES = (2, 64, 256)
ENGINES: Mapping[str, Callable[[int], Engine]] = {
    "local": LocalEngine,
    "Ray": lambda workers: RayEngine(workers=workers),
}
BUILDS = (("local", 1), ("local", 2), ("Ray", 2))


@dataclass(frozen=True, slots=True)
class Run:
    """A build: seconds until the first part, from then to the last, and for the assembly."""

    engine: str
    workers: int
    articles: int
    pairs: int
    first: float
    parts: float
    rest: float
    cpu: float
    """Seconds of a processor in the process of the command, from the first part to the last."""
    after_first: int
    """Articles in all parts but the first."""
    source_bytes: int
    part_bytes: int
    corpus_bytes: int
    files: list[str]
    """The hashes of the corpus's files."""

    @property
    def speed(self) -> float | None:
        """Articles a second of each worker, after the first part; None where that was the only one."""
        return self.after_first / (self.parts * self.workers) if self.after_first else None


def tables(data: Path, articles: int) -> Iterator[Sheet]:
    """The builds with each engine, their bytes, and what a million articles would take."""
    found = largest_set(data)
    if found is None:
        return
    runs: list[Run] = []
    absent: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        source = root / "articles.jsonl"
        write_articles(found[1], source, articles)
        for engine, workers in BUILDS:
            out = root / f"{engine}-{workers}"
            done = run(work, engine, workers, str(source), str(out), articles)
            if isinstance(done, Absent):
                absent.append(f"{engine}, {workers} workers ({done.reason})")
            else:
                runs.append(Run(**done.value))
    builds = builds_sheet(runs, f"Builds of {articles:,} articles of {found[0].stem}")
    for reason in absent:
        builds.add(reason)
    yield builds
    if runs:
        yield bytes_sheet(runs[0])
    if runs and runs[0].workers == 1 and runs[0].after_first:
        yield million_sheet(runs[0])


def write_articles(documents: Sequence[Case], out: Path, count: int) -> None:
    """Write `count` articles as JSON Lines."""
    with out.open("w", encoding="utf-8") as file:
        for number in range(count):
            document = documents[number % len(documents)]
            share = number // len(documents) * 7 % 100 / 100
            sides = {"ar": document["ar"], "en": document["en"]}
            row = {"id": f"a{number}"}
            for lang, lines in sides.items():
                first = int(share * max(1, len(lines) - SENTENCES))
                row[lang] = f"{number}.\n" + "\n".join(lines[first : first + SENTENCES])
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def work(engine: str, workers: int, source: str, out: str, articles: int) -> Json:
    """Build once, and take the times of its phases from what it says of its progress; a `Run` as JSON."""
    corpus = Path(out)
    begin = first = last = time.perf_counter()
    began = ended = 0.0
    parts = after_first = 0

    def watch(state: BuildProgress) -> None:
        nonlocal first, last, began, ended, parts, after_first
        last, ended = time.perf_counter(), time.process_time()
        if state.parts == 1:
            first, began = last, ended
            after_first = articles - state.documents
        if state.done == state.size:
            # Before the assembly, which removes them.
            parts = sum(path.stat().st_size for path in (corpus / "generations" / ".work").glob("*.part"))

    built = build([Path(source)], corpus, engine=ENGINES[engine](workers), progress=watch)
    end = time.perf_counter()
    generation = built.corpus.generation()
    files = generation.manifest.paths()
    made = Run(
        engine=engine,
        workers=workers,
        articles=articles,
        pairs=built.report.pairs,
        first=first - begin,
        parts=last - first,
        rest=end - last,
        cpu=ended - began,
        after_first=after_first,
        source_bytes=Path(source).stat().st_size,
        part_bytes=parts,
        corpus_bytes=sum((corpus / file).stat().st_size for file in files),
        files=sorted(entry.sha256 for entry in files.values()),
    )
    return asdict(made)


def builds_sheet(runs: Sequence[Run], title: str) -> Sheet:
    """A build a row; CPU seconds only where the process of the command made the parts itself."""
    sheet = Sheet(
        title,
        (
            Column("engine"),
            Column("workers", sheets.count),
            Column("pairs", sheets.count),
            Column("s to first part", sheets.tenths),
            Column("s of other parts", sheets.tenths),
            Column("CPU s of these", sheets.tenths),
            Column("s of assembly", sheets.tenths),
            Column("articles/s a worker", sheets.tenths),
            Column("bytes as the first's"),
        ),
    )
    for one in runs:
        sheet.add(
            *(one.engine, one.workers, one.pairs, one.first, one.parts),
            one.cpu if one.workers == 1 else None,
            *(one.rest, one.speed),
            "yes" if one.files == runs[0].files else "NO",
        )
    return sheet


def bytes_sheet(one: Run) -> Sheet:
    """Bytes on the disk, of an article and of a million."""
    sheet = Sheet(
        "Bytes",
        (Column("what"), Column("an article", sheets.count), Column("GB a million", sheets.tenths)),
    )
    for name, size in (("source", one.source_bytes), ("parts", one.part_bytes), ("corpus", one.corpus_bytes)):
        sheet.add(name, size / one.articles, size / one.articles * MILLION / 1e9)
    return sheet


def million_sheet(one: Run) -> Sheet:
    """Hours for a million such articles, from a run of one worker: cores share parts, not the assembly."""
    sheet = Sheet(
        "A million such articles, by arithmetic",
        (
            Column("cores", sheets.count),
            Column("h of parts", sheets.hundredths),
            Column("h of assembly", sheets.hundredths),
            Column("h together", sheets.hundredths),
        ),
    )
    parts = one.cpu / one.after_first * MILLION / 3600
    assembly = one.rest / one.articles * MILLION / 3600
    for cores in CORES:
        sheet.add(cores, parts / cores, assembly, parts / cores + assembly)
    return sheet
