"""`hashiya backup`, `restore` and `repair` as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hashiya.corpus.store.folder import Corpus
from tests.corpora import label, new
from tests.tui.cli.test_main import hashiya


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    made = new(tmp_path / "corpus", {"d": [("ارتفع سهم نفيديا.", "Nvidia rose."), ("لا.", "No.")]})
    say(made, 0)
    return made


def say(corpus: Corpus, number: int) -> None:
    generation = corpus.generation()
    with corpus.journal() as journal:
        journal.record([label(generation, number)], generation.views(["d"])["d"].texts())


def test_a_backup_replaces_another_with_force_only(corpus: Corpus, tmp_path: Path) -> None:
    file = tmp_path / "b.tar"
    assert hashiya("backup", corpus.folder, file).returncode == 0
    before = file.read_bytes()
    again = hashiya("backup", corpus.folder, file)
    assert (again.returncode, "--force" in again.stderr, file.read_bytes() == before) == (1, True, True)
    say(corpus, 1)
    done = hashiya("backup", corpus.folder, file, "--force", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["report"]["events"] == 2
    assert hashiya("restore", file, tmp_path / "new").returncode == 0
    assert hashiya("check", tmp_path / "new").returncode == 0
    taken = hashiya("restore", file, tmp_path / "new")
    assert (taken.returncode, "is there already" in taken.stderr) == (1, True)


@pytest.mark.parametrize("option", ["--scheme", "--shipped-scheme"])
def test_a_damaged_scheme_is_replaced_by_one_that_is_named(
    corpus: Corpus, tmp_path: Path, option: str
) -> None:
    path = corpus.folder / "scheme.toml"
    (tmp_path / "whole.toml").write_bytes(path.read_bytes())
    path.write_text("name = [")
    refused = hashiya("repair", corpus.folder, "--out", tmp_path / "new")
    assert (refused.returncode, (tmp_path / "new").exists()) == (1, False)
    assert "--scheme FILE" in refused.stderr
    assert "--shipped-scheme" in refused.stderr
    given = [option, tmp_path / "whole.toml"] if option == "--scheme" else [option]
    done = hashiya("repair", corpus.folder, "--out", tmp_path / "new", *given, "--json")
    assert done.returncode == 1, "something was lost, and is told"
    assert "scheme.toml" in done.stderr
    assert json.loads(done.stdout)["report"]["events"] == 1
    assert Corpus.open(tmp_path / "new").scheme.name == "ai-market"
    assert hashiya("check", tmp_path / "new").returncode == 0
