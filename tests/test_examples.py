"""The examples run as they stand, on a small release."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.training_data import released

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return released(tmp_path_factory.mktemp("examples"), train=4, validation=2, test=2, pairs=4)


def run(name: str, *arguments: str | Path) -> str:
    command = [sys.executable, str(EXAMPLES / name), *map(str, arguments)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_scikit_learn(dataset: Path) -> None:
    said = run("scikit_learn.py", dataset)
    assert "bullish" in said
    assert "macro avg" in said


def test_duckdb(dataset: Path) -> None:
    lines = run("duckdb_counts.py", dataset).splitlines()
    assert {line.split()[0] for line in lines} <= {"train", "validation", "test"}
    assert all(line.split()[2] in {"bullish", "bearish"} for line in lines)
    assert len(lines) > 2


@pytest.mark.system
def test_transformers(dataset: Path, tmp_path: Path) -> None:
    from tests.tiny_transformer import tiny_transformer

    said = run("transformers_ner.py", dataset, tiny_transformer(tmp_path))
    assert said.strip().endswith("names in 16 sides")


def test_every_example_is_run() -> None:
    there = {path.name for path in EXAMPLES.glob("*.py")}
    assert there == {"scikit_learn.py", "duckdb_counts.py", "transformers_ner.py"}
