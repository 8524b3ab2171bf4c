"""A build that is killed wherever it touches the disk: what stood stands, or the new generation does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hashiya.corpus.building.build import build
from hashiya.corpus.inspection.check import check
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.shard import PAIRS
from tests.corpus.building.test_assembly import SHARD, Sources, article, begun

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[3]
POINTS = 12
"""How many of the some hundred places a build is killed at, evenly from the first to the last."""

KILLED = """
import os, signal, sys
from pathlib import Path
from hashiya.corpus.building.build import build

touched = 0

def touch(event, arguments):
    global touched
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if writes or event in {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "sqlite3.connect"}:
        touched += 1
        if touched == int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(touch)
build([Path(sys.argv[1])], Path(sys.argv[2]), name="c", shard=int(sys.argv[4]), portion=500)
print(touched)
"""


def run(sources: Sources, out: Path, point: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(sources.folder), str(out), str(point), str(SHARD)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def texts(corpus: Corpus) -> list[str | None]:
    return [pair.en for pair in corpus.generation().pairs()]


def test_a_build_that_is_killed_anywhere_leaves_one_generation_or_the_other(tmp_path: Path) -> None:
    sources = begun(tmp_path / "news")
    sources.write()
    corpus = build([sources.folder], tmp_path / "corpus", name="c", shard=SHARD, portion=500).corpus
    sources.articles["a1"] = article(33, furniture=True)
    sources.write()
    all_points = int(run(sources, tmp_path / "whole", 0).stdout)
    before, after = texts(corpus), texts(Corpus.open(tmp_path / "whole"))
    outcomes: set[bool] = set()
    for number in range(POINTS):
        point = 1 + number * (all_points - 1) // (POINTS - 1)
        opened = corpus.generation()
        done = run(sources, corpus.folder, point)
        assert done.returncode in {-signal.SIGKILL, 0}, done.stderr
        assert list(opened.damaged()) == [], "what is being read is there"
        found = texts(Corpus.open(corpus.folder))
        assert found in (before, after), point
        assert Corpus.open(corpus.folder).generation().complete()
        outcomes.add(found == after)
        if found == after:  # from the old generation again
            sources.articles["a1"] = article(34 + number, furniture=True)
            sources.write()
            before, after = after, []
            build([sources.folder], tmp_path / f"fresh{number}", name="c", shard=SHARD, portion=500)
            after = texts(Corpus.open(tmp_path / f"fresh{number}"))
    assert outcomes == {False, True}
    built = build([sources.folder], corpus.folder, name="c", shard=SHARD, portion=500)
    assert texts(built.corpus) == after
    assert check(built.corpus).problems == []
    assert built.corpus.generation().rows(PAIRS) == len(after)
    del opened
    build([sources.folder], corpus.folder, name="c", shard=SHARD, portion=500, force=True)
    assert len(list((corpus.folder / "generations").iterdir())) == 2
    assert not list((corpus.folder / "shards").glob(".*"))
