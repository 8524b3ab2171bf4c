"""Sixteen annotators who save at a person's pace in one journal: in PostgreSQL, and in a SQLite file.

Each is a process of its own with a session as the screen has one: a save is all that happens between the key
and the row that says *saved*. All label the same article. PostgreSQL is Debian's, on this machine, and puts
every commit on the disk, as SQLite does.
"""

from __future__ import annotations

import multiprocessing
import random
import shutil
import time
from collections.abc import Iterator
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import numpy as np

from bench import sheets
from bench.sheets import Column, Sheet
from hashiya.corpus.building.build import build
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.store.folder import Corpus
from hashiya.tui.session.edits.statements import set_comment
from hashiya.tui.session.session import Session
from tests.postgres import NotInstalledError, running_postgres

ANNOTATORS = 16
_SECONDS = 60.0
_PAUSE = (2.0, 5.0)
"""Seconds between two saves of one annotator: any length between these is as likely."""
_SEEDS = Path(__file__).parents[1] / "seeds"


def tables(folder: Path) -> Iterator[Sheet]:
    """Measure in a folder below `folder`, which is made anew."""
    place = folder / "journal"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    sheet = Sheet(
        f"{ANNOTATORS} annotators, a save every {_PAUSE[0]:.0f} to {_PAUSE[1]:.0f} seconds each",
        (
            Column("the journal is in"),
            Column("saves", sheets.count),
            Column("p50, ms", sheets.tenths),
            Column("p99, ms", sheets.tenths),
            Column("longest, ms", sheets.tenths),
        ),
    )
    for name in ("PostgreSQL", "SQLite"):
        corpus = build(
            sorted(_SEEDS.glob("deepseek-shock.*")), place / name, name="bench", report=lambda _: None
        ).corpus
        if name == "SQLite":
            sheet.add(name, *_figures(corpus))
            continue
        try:
            with running_postgres(durable=True) as server:
                at = server.place()
                Journal.create(at)
                corpus.keep_journal_at(at)
                sheet.add(name, *_figures(corpus))
        except NotInstalledError as error:
            sheet.add(f"{name} ({error})")
    yield sheet
    shutil.rmtree(place)


def _figures(corpus: Corpus) -> tuple[int, float, float, float]:
    """How many saves there were, and the median, the 99th percentile and the longest, in milliseconds."""
    context = multiprocessing.get_context("spawn")
    barrier, taken = context.Barrier(ANNOTATORS), context.Queue()
    processes = [
        context.Process(target=_label, args=(str(corpus.folder), number, barrier, taken), daemon=True)
        for number in range(ANNOTATORS)
    ]
    for process in processes:
        process.start()
    milliseconds = np.concatenate([taken.get() for _ in processes]) * 1000
    for process in processes:
        process.join()
    p50, p99 = np.percentile(milliseconds, [50, 99])
    return len(milliseconds), float(p50), float(p99), float(milliseconds.max())


def _label(folder: str, number: int, barrier: Barrier, taken: Queue[list[float]]) -> None:
    """Label for a while, and tell how long each save took."""
    chance = random.Random(number)
    seconds: list[float] = []
    with Session.open(Corpus.open(Path(folder)), f"annotator {number}") as session:
        barrier.wait()
        end = time.monotonic() + _SECONDS
        while True:
            time.sleep(chance.uniform(*_PAUSE))
            if time.monotonic() > end:
                break
            began = time.perf_counter()
            if chance.random() < 0.5:
                session.finish("done")
            else:
                session.save(set_comment(session.draft, f"{len(seconds)}"))
            seconds.append(time.perf_counter() - began)
    taken.put(seconds)
