"""One article edited in a large corpus: seconds until a session shows it, beside a corpus of a hundredth.

The sources are files of 100 made-up documents in pairs, which need no alignment, and one article, which does.
It is edited several times in a process that has built before, as a session does, then once by the command.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from bench import sheets
from bench.large import PAIRS_A_DOCUMENT, SEED, made_sentences
from bench.process import Absent, Json, run
from bench.sheets import Column, Sheet
from hashiya.corpus.building.build import build
from hashiya.corpus.store.folder import Corpus
from hashiya.tui.session.session import Session

_EDITS = 5
_DOCUMENTS_IN_FILE = 100
_ARTICLE = {
    "ar": "ارتفعت أسهم إنفيديا اليوم.\nقالت الشركة إن الطلب قوي.",
    "en": "Nvidia rose today.\nDemand is strong.",
}


def tables(folder: Path, pairs: int, console: Console) -> Iterator[Sheet]:
    """Measure in `folder`, where what is built from nothing stays for the next time."""
    sheet = Sheet(
        "One article edited",
        [
            Column("pairs", sheets.count),
            Column("shards", sheets.count),
            Column("made anew", sheets.count),
            Column("from nothing, s", sheets.hundredths),
            Column("build, s", sheets.hundredths),
            Column("session follows, s", sheets.hundredths),
            Column("command, s", sheets.hundredths),
            Column("command, nothing changed, s", sheets.hundredths),
        ],
    )
    for count in (pairs // 100, pairs):
        place = folder / str(count)
        if not (place / "corpus" / "manifest.json").exists():
            console.print(f"Building a corpus of {count:,} pairs from nothing (once) ...")
        measured = run(work, str(place), count)
        if isinstance(measured, Absent):
            console.print(f"{count:,} pairs: {measured.reason}")
            continue
        whole = [run(command, str(place), changed) for changed in (True, False)]
        sheet.add(*measured.value, *(None if isinstance(one, Absent) else one.value for one in whole))
    yield sheet


def work(place: str, pairs: int) -> Json:
    """Return pairs, shards, those made anew, and seconds: from nothing, of a build, of following it."""
    folder, sources = Path(place) / "corpus", Path(place) / "sources"
    nothing = None
    if not (folder / "manifest.json").exists():
        _write(sources, pairs)
        began = time.perf_counter()
        build([sources], folder)
        nothing = time.perf_counter() - began
    _edit(sources)
    built = build([sources], folder)  # the first one loads what the others find loaded
    builds, follows = list[float](), list[float]()
    with Session.open(Corpus.open(folder), "bench") as session:
        session.go(len(session.reader) // 2)
        for _ in range(_EDITS):
            _edit(sources)
            began = time.perf_counter()
            built = build([sources], folder)
            visible = time.perf_counter()
            if session.follow() != "same" or not built.fresh:
                raise AssertionError("the edit was not followed with the same pair open")
            builds.append(visible - began)
            follows.append(time.perf_counter() - visible)
        total = len(session.reader)
    new = built.shards - built.kept
    return [total, built.shards, new, nothing, statistics.median(builds), statistics.median(follows)]


def command(place: str, changed: bool) -> Json:
    """Return the seconds of `hashiya build` as a whole."""
    folder, sources = Path(place) / "corpus", Path(place) / "sources"
    if changed:
        _edit(sources)
    began = time.perf_counter()
    code = "from hashiya.tui.cli.main import main; main()"
    subprocess.run(
        [sys.executable, "-c", code, "build", str(sources), "--out", str(folder), "--json"],
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - began


def _write(sources: Path, pairs: int) -> None:
    sources.mkdir(parents=True, exist_ok=True)
    rng = random.Random(SEED)
    documents = iter(range(-(-pairs // PAIRS_A_DOCUMENT)))
    for number, first in enumerate(documents):
        with (sources / f"{number:05d}.jsonl").open("w", encoding="utf-8") as file:
            for document in (first, *(next(documents, None) for _ in range(_DOCUMENTS_IN_FILE - 1))):
                for _ in range(PAIRS_A_DOCUMENT if document is not None else 0):
                    row = {"doc_id": f"made/{document:06d}", "licence": "CC0-1.0"}
                    row |= {str(lang): text for lang, text in made_sentences(rng).items()}
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
    for lang, text in _ARTICLE.items():
        (sources / f"article.{lang}.txt").write_text(text, encoding="utf-8")


def _edit(sources: Path) -> None:
    """Change one word of the article, to one that it never had."""
    (sources / "article.en.txt").write_text(f"{_ARTICLE['en']} As of {time.time_ns()}.", encoding="utf-8")
