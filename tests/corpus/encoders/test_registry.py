"""Encoders by name, and a build with one of them from the command line on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hashiya.corpus.encoders.registry import SHORT, encoder_named, suits_many
from hashiya.corpus.encoders.transformer import TransformerEncoder
from hashiya.corpus.encoders.use.encoder import default_encoder
from hashiya.corpus.inspection.check import check
from hashiya.corpus.store.folder import Corpus
from tests.corpus.encoders.small_models import write_bert

pytestmark = pytest.mark.system

BLANK_LINES = 100_000
"""So many in each text make three portions of three documents, and nothing to align."""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two models, `one` and `two`."""
    root = tmp_path_factory.mktemp("encoders")
    write_bert(root / "one", seed=1)
    write_bert(root / "two", seed=2)
    return root


def hashiya(*arguments: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(home), "XDG_CACHE_HOME": str(home)}
    done = subprocess.run(
        [Path(sys.executable).with_name("hashiya"), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert "Traceback" not in done.stderr
    return done


def build(root: Path, *options: str | Path) -> dict[str, Any]:
    done = hashiya("build", root / "news", "--out", root / "corpus", "--json", *options, home=root / "home")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


def inputs(root: Path) -> str:
    return Corpus.open(root / "corpus").generation().manifest.inputs


def write(folder: Path, name: str = "d", blank_lines: int = 0) -> None:
    folder.mkdir(exist_ok=True)
    ar = f"فتح المتحف أبوابه يوم {name}. وحضر مئات من السكان. سعر التذكرة خمسة دنانير فقط.\n"
    en = f"The museum opened on day {name}. Hundreds of people came. A ticket costs five dinars.\n"
    for lang, text in (("ar", ar), ("en", en)):
        (folder / f"{name}.{lang}.txt").write_text(text + "\n" * blank_lines, encoding="utf-8")


def test_a_name_is_the_embedded_encoder_or_a_model(models: Path, tmp_path: Path) -> None:
    assert encoder_named("use") is default_encoder()
    assert encoder_named("USE", tmp_path) is default_encoder()
    made = encoder_named(str(models / "one"), tmp_path)
    assert isinstance(made, TransformerEncoder)
    assert made.name == TransformerEncoder(str(models / "one")).name
    assert set(SHORT) == {"labse", "bge-m3", "sonar"}


def test_several_processes_where_no_gpu_is_shared(models: Path) -> None:
    assert suits_many(None)
    assert suits_many(default_encoder())
    assert suits_many(TransformerEncoder(str(models / "one"), device="cpu"))
    assert not suits_many(TransformerEncoder(str(models / "one"), device="cuda"))


def test_two_processes_build_with_a_model_as_one_does(models: Path, tmp_path: Path) -> None:
    for name in ("1", "2", "3"):
        write(tmp_path / "news", name, BLANK_LINES)
    many = build(tmp_path, "--encoder", models / "one", "--workers", "2", "--cache", tmp_path / "cache")
    assert many["workers"] == 2
    assert many["parts"] == 3
    assert not check(Corpus.open(tmp_path / "corpus")).problems
    assert [path.name[:4] for path in (tmp_path / "cache").iterdir()] == ["one-"]
    written = Corpus.open(tmp_path / "corpus").generation().manifest.files
    again = build(
        tmp_path, "--encoder", models / "one", "--workers", "1", "--cache", tmp_path / "cache", "--force"
    )
    assert again["fresh"]
    assert Corpus.open(tmp_path / "corpus").generation().manifest.files == written


def test_another_model_builds_again_and_the_same_one_does_not(models: Path, tmp_path: Path) -> None:
    write(tmp_path / "news")
    seen: list[str] = []
    for name in ("use", models / "one", models / "two"):
        assert build(tmp_path, "--encoder", name)["fresh"]
        seen.append(inputs(tmp_path))
    assert not build(tmp_path, "--encoder", models / "two")["fresh"]
    assert len(set(seen)) == 3
    cached = sorted(path.name[:4] for path in (tmp_path / "home" / "hashiya" / "vectors").iterdir())
    assert cached == ["one-", "two-"]


def test_no_cache_keeps_nothing(models: Path, tmp_path: Path) -> None:
    write(tmp_path / "news")
    assert build(tmp_path, "--encoder", models / "one", "--no-cache")["fresh"]
    assert not (tmp_path / "home" / "hashiya").exists()


def test_a_model_that_is_not_there_leaves_no_corpus(tmp_path: Path) -> None:
    write(tmp_path / "news")
    for name in ("labse", "no/such-model"):
        corpus = tmp_path / "corpus"
        done = hashiya("build", tmp_path / "news", "--out", corpus, "--encoder", name, home=tmp_path / "home")
        assert done.returncode == 1
        assert f"the encoder {SHORT.get(name, name)} is not a folder here" in done.stderr
        assert not corpus.exists()
