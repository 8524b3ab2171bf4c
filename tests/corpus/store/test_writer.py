from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.parquet import ROW_GROUP
from hashiya.corpus.store.shard import PAIRS
from tests.corpora import new, publish

ROWS = [("نص.", "Text."), (None, "Alone.")]


def test_rows_lie_in_groups_for_fast_jumps(tmp_path: Path) -> None:
    corpus = new(tmp_path, {"d": [(f"نص {number}", None) for number in range(2 * ROW_GROUP + 5)]})
    metadata = pq.ParquetFile(corpus.generation().shards[0].path(PAIRS)).metadata
    assert [metadata.row_group(i).num_rows for i in range(3)] == [ROW_GROUP, ROW_GROUP, 5]


def test_a_build_that_fails_publishes_nothing(tmp_path: Path) -> None:
    corpus = new(tmp_path, {"d": ROWS})
    before = corpus.manifest()
    with pytest.raises(RuntimeError, match="in the middle"), corpus.new_generation(before):
        raise RuntimeError("in the middle")
    assert corpus.manifest() == before
    assert len(list(corpus.generation().pairs())) == 2


KILLED = """
import os, signal, sys
from pathlib import Path
from hashiya.corpus.store.folder import Corpus
from tests.corpora import document, tokenize
from hashiya.corpus.building.make_pairs import make_pairs
with Corpus.building(Path(sys.argv[1])) as corpus, corpus.new_generation(corpus.manifest()) as writer:
    for number in range(3000):
        item, beads = document(f"n{number}", [("نص جديد.", "New text.")])
        writer.add(item, make_pairs(item, beads, tokenize))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_build_leaves_the_old_generation_and_the_next_one_works(tmp_path: Path) -> None:
    corpus = new(tmp_path, {"d": ROWS})
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)], cwd=root, env=environment, check=False
    )
    assert done.returncode == -9
    assert [pair.ar for pair in corpus.generation().pairs()] == ["نص.", None]
    with Corpus.building(tmp_path):
        publish(corpus, {"d": ROWS[:1]})
    assert [pair.ar for pair in corpus.generation().pairs()] == ["نص."]
    assert not list(tmp_path.glob("*.tmp*"))
