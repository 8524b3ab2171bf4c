"""`hashiya journal` as its users type it."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hashiya.corpus.journal.streams.concepts import merge_concept
from hashiya.corpus.store.folder import Corpus
from tests import corpora
from tests.tui.cli.test_main import hashiya

ROWS = [("قالت إنفيديا", "Nvidia said"), ("نعم", "Yes")]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    made = corpora.new(tmp_path / "corpus", {"d": ROWS})
    with made.journal() as journal:
        journal.record([corpora.label(made.generation(), 0, ("en", "Nvidia"), comment="base")])
    return made


@pytest.fixture
def away(corpus: Corpus, tmp_path: Path) -> Corpus:
    made = Corpus.open(Path(shutil.copytree(corpus.folder, tmp_path / "away")))
    with made.journal() as journal:
        journal.record([corpora.label(made.generation(), 0, ("ar", "إنفيديا"), comment="there")])
        journal.record([corpora.label(made.generation(), 1, annotator="omar")])
    return made


def test_merge_says_what_came_and_what_is_in_conflict(corpus: Corpus, away: Corpus) -> None:
    with corpus.journal() as journal:
        journal.record([corpora.label(corpus.generation(), 0, comment="here")])
    done = hashiya("journal", "merge", corpus.folder, away.folder, "--dry-run")
    assert (done.returncode, "Would add   2 events (1 of layla, 1 of omar)" in done.stdout) == (0, True)
    done = hashiya("journal", "merge", corpus.folder, away.folder)
    assert "Added       2 events (1 of layla, 1 of omar)" in done.stdout
    assert "Conflicts   1 pairs" in done.stdout
    assert "note: pair" in done.stderr
    again = hashiya("journal", "merge", corpus.folder, away.folder, "--json")
    assert (json.loads(again.stdout)["added"], json.loads(again.stdout)["known"]) == ({}, 3)
    lines = hashiya("labels", "export", corpus.folder, "-").stdout.splitlines()
    comments = [json.loads(line)["comment"] for line in lines]
    assert sorted(map(str, comments)) == ["None", "here", "there"]


def test_export_goes_through_a_pipe_into_merge(corpus: Corpus, away: Corpus) -> None:
    program = str(Path(sys.executable).with_name("hashiya"))
    with subprocess.Popen([program, "journal", "export", away.folder, "-"], stdout=subprocess.PIPE) as export:
        done = subprocess.run(
            [program, "journal", "merge", corpus.folder, "-"],
            stdin=export.stdout,
            capture_output=True,
            check=False,
        )
    assert (done.returncode, b"Added       2 events" in done.stdout) == (0, True)


def test_export_writes_lines_zipped_or_not(corpus: Corpus, tmp_path: Path) -> None:
    plain, zipped = tmp_path / "journal.jsonl", tmp_path / "journal.jsonl.gz"
    for file in (plain, zipped):
        assert hashiya("journal", "export", corpus.folder, file).returncode == 0
    assert gzip.decompress(zipped.read_bytes()) == plain.read_bytes()
    assert hashiya("journal", "export", corpus.folder, corpus.folder / "x").returncode == 1
    plain.write_bytes(plain.read_bytes()[:-20])
    done = hashiya("journal", "merge", corpus.folder, plain)
    assert (done.returncode, f"{plain}, line" in done.stderr) == (1, True)


def test_log_is_read_and_filtered(corpus: Corpus) -> None:
    done = hashiya("journal", "log", corpus.folder)
    assert "layla  d " in done.stdout
    assert "set: +1 entity, comment, done" in done.stdout
    assert len(json.loads(hashiya("journal", "log", corpus.folder, "--json").stdout)["entries"]) == 1
    assert hashiya("journal", "log", corpus.folder, "--annotator", "nobody").returncode == 1
    assert hashiya("journal", "log", corpus.folder, "--kind", "x").returncode == 2


def test_log_shows_what_a_team_shares(corpus: Corpus) -> None:
    with corpus.journal() as journal:
        merge_concept(journal, "nvda", "nvidia", "omar", why="\x1b[31mthe ticker")
    done = hashiya("journal", "log", corpus.folder, "--kind", "merge")
    assert done.stdout.endswith("  omar  concept nvda  merge: is the same as nvidia (\\x1b[31mthe ticker)\n")
