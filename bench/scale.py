"""What many articles cost: builds of articles made from a development set, and a table of a million of them.

``python -m bench.scale DATA.json [--articles N]``; ``DATA`` has documents with lists of sentences ``ar`` and
``en``. An article is 24 neighbouring sentences, of a document and a place that its number gives, so that no
two are the same but many share sentences: real text, measured for its time and its bytes, not for quality.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hashiya.corpus.build import Built, build
from hashiya.corpus.building.engine import Engine, LocalEngine
from hashiya.corpus.building.making import Progress
from hashiya.corpus.building.ray_engine import RayEngine

MILLION = 1_000_000
SENTENCES = 24
CORES = (2, 64, 256)


@dataclass(frozen=True, slots=True)
class Run:
    """A build: seconds until the first part, from then for the others, and for the assembly."""

    name: str
    workers: int
    articles: int
    pairs: int
    start: float
    parts: float
    rest: float
    cpu: float
    """Seconds of a processor in this process, from the first part to the last."""
    part_bytes: int
    corpus_bytes: int
    memory: int
    """Largest resident size of the main process, bytes, so far."""
    files: tuple[str, ...]
    """The hashes of the corpus's files."""

    @property
    def speed(self) -> float:
        """Articles a second of each worker after the first part, a small share of all."""
        return self.articles / (self.parts * self.workers)


def write_articles(data: Path, out: Path, count: int) -> int:
    """Write ``count`` articles as JSON Lines and return the bytes."""
    documents = json.loads(data.read_text(encoding="utf-8"))
    with out.open("w", encoding="utf-8") as file:
        for number in range(count):
            texts = documents[number % len(documents)]
            share = number // len(documents) * 7 % 100 / 100
            row: dict[str, str] = {"id": f"a{number}"}
            for lang in ("ar", "en"):
                lines = texts[lang]
                first = int(share * max(1, len(lines) - SENTENCES))
                row[lang] = f"{number}.\n" + "\n".join(lines[first : first + SENTENCES])
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return out.stat().st_size


def measure(source: Path, out: Path, name: str, engine: Engine, articles: int) -> Run:
    """Build once, and take the times of its phases from what it says of its progress."""
    begin = time.perf_counter()
    first = last = begin
    cpu = [0.0, 0.0]
    work = out / "generations" / ".work"
    parts = 0

    def watch(state: Progress) -> None:
        nonlocal first, last, parts
        last = time.perf_counter()
        cpu[1] = time.process_time()
        if state.parts == 1:
            first = last
            cpu[0] = cpu[1]
        if state.done == state.size:
            parts = sum(path.stat().st_size for path in work.glob("*.part"))

    built: Built = build([source], out, engine=engine, progress=watch)
    end = time.perf_counter()
    files = built.corpus.generation().manifest.files
    folder = built.corpus.generation().folder
    return Run(
        name=name,
        workers=engine.workers,
        articles=articles,
        pairs=built.report.pairs,
        start=first - begin,
        parts=last - first,
        rest=end - last,
        cpu=cpu[1] - cpu[0],
        part_bytes=parts,
        corpus_bytes=sum((folder / file).stat().st_size for file in files),
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        files=tuple(sorted(entry.sha256 for entry in files.values())),
    )


def table(runs: Sequence[Run], source_bytes: int) -> str:
    """What was measured, as Markdown."""
    lines = [
        "| engine | workers | to first part | parts | assembly | articles/s a worker | beads/s a worker |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {run.name} | {run.workers} | {run.start:.1f} s | {run.parts:.1f} s | {run.rest:.1f} s "
        f"| {run.speed:.1f} | {run.speed * run.pairs / run.articles:.0f} |"
        for run in runs
    ]
    last = runs[-1]
    same = len({run.files for run in runs}) == 1
    sizes = {"source": source_bytes, "part": last.part_bytes, "corpus": last.corpus_bytes}
    each = ", ".join(f"{name} {size / last.articles:,.0f}" for name, size in sizes.items())
    lines += ["", f"{last.articles:,} articles, {last.pairs:,} pairs. Bytes an article: {each}."]
    lines += [f"Main process at most {last.memory / 2**20:,.0f} MB."]
    lines += [f"The files of all builds are {'the same' if same else 'NOT THE SAME'}."]
    return "\n".join(lines)


def million(run: Run, source_bytes: int) -> str:
    """A million such articles from a run of one worker, as Markdown: parts are shared, assembly is not."""
    seconds = run.cpu / run.articles * MILLION
    serial = run.rest / run.articles * MILLION
    lines = [
        f"A million: {seconds / 3600:,.1f} CPU hours of parts, {serial / 60:,.0f} minutes of assembly.",
        "",
        "| cores | parts | assembly | together |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {cores} | {seconds / cores / 3600:.2f} h | {serial / 3600:.2f} h "
        f"| {(seconds / cores + serial) / 3600:.2f} h |"
        for cores in CORES
    ]
    gigabytes = {
        "sources": source_bytes / run.articles * MILLION / 1e9,
        "parts": run.part_bytes / run.articles * MILLION / 1e9,
        "corpus": run.corpus_bytes / run.articles * MILLION / 1e9,
    }
    lines += ["", "GB: " + ", ".join(f"{name} {size:,.1f}" for name, size in gigabytes.items())]
    return "\n".join(lines)


def main() -> None:
    """Measure with one worker, with two, and with Ray on two; print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--articles", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        source = root / "articles.jsonl"
        size = write_articles(given.data, source, given.articles)
        engines: list[tuple[str, Engine]] = [
            ("local", LocalEngine(1)),
            ("local", LocalEngine(2)),
            ("Ray", RayEngine(workers=2)),
        ]
        runs: list[Run] = []
        for number, (name, engine) in enumerate(engines):
            runs.append(measure(source, root / str(number) / "corpus", name, engine, given.articles))
            sys.stderr.write(f"{runs[-1]}\n")
    print(table(runs, size))
    print()
    print(million(runs[0], size))


if __name__ == "__main__":
    main()
