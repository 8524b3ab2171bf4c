"""`hashiya team` where there is no terminal: the table, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Stance
from hashiya.tui.cli.main import app
from tests import corpora

ROWS = [("قالت إنفيديا", "Nvidia said"), ("خسرت إنفيديا", "Nvidia lost")]


def run(*arguments: str | Path) -> str:
    done = CliRunner().invoke(app, ["team", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    made = corpora.new(tmp_path / "corpus", {"d": ROWS})
    (made.folder / "team.toml").write_text(
        '[[person]]\nname = "layla"\n[[person]]\nname = "سارة"\nroles = ["annotator", "adjudicator"]\n'
        '[[person]]\nname = "omar"\nleft = true\n[[person]]\nname = "new"\n',
        encoding="utf-8",
    )
    with made.journal() as journal:
        for name, stance in (("layla", "bullish"), ("سارة", "bearish")):
            one = corpora.label(
                made.generation(),
                0,
                ("en", "Nvidia"),
                annotator=name,
                stances=(Stance(target="chips", stance=stance, holder="source"),),
                created_at="2026-03-02T12:00:00+00:00",
                seconds=90.0,
            )
            journal.record([one])
        journal.record([replace(one, annotator="omar", seconds=None, created_at=None, entities=())])
    return made


def test_the_table_has_everybody_and_says_what_is_undefined(corpus: Corpus) -> None:
    shown = run(corpus.folder)
    lines = shown.splitlines()
    assert lines[0].endswith("test: 1 of 2 pairs labelled by somebody; 1 wait for an adjudicator")
    rows = {line.split("  ")[-1]: line.split() for line in lines if line.strip()}
    assert rows["layla"][:8] == ["1", "0", "0", "0", "1", "2.0", "90.0", "0:02"]
    assert rows["layla"][8] == "25%"
    assert "سارة (1 to adjudicate)" in rows
    assert "omar (has left)" in rows
    assert rows["new"][:1] == ["0"]
    assert "Nothing is assigned" in shown
    assert "gold is undefined: no pair with known labels is done (layla, سارة, omar)" in shown


def test_json_has_every_figure_with_reasons(corpus: Corpus) -> None:
    report = json.loads(run(corpus.folder, "--json"))["report"]
    people = {person["annotator"]: person for person in report["people"]}
    assert (report["disputed"], report["labelled"], report["pairs"]) == (1, 1, 2)
    assert people["layla"]["others"] == {"share": 0.25, "same": 1, "cells": 4, "pairs": 2, "undefined": None}
    assert people["layla"]["gold"]["undefined"] == "no pair with known labels is done"
    assert people["new"]["others"]["undefined"] == "nobody else has done the same pairs"
    assert (people["layla"]["seconds_a_pair"], people["omar"]["seconds_a_pair"]) == (90.0, None)
    (period,) = people["layla"]["periods"]
    assert (period["done"], period["others"]["cells"]) == (1, 4)


def test_csv_has_a_line_for_each_person_and_period(corpus: Corpus) -> None:
    rows = list(csv.DictReader(io.StringIO(run(corpus.folder, "--csv"))))
    whole = {row["annotator"]: row for row in rows if row["period"] == "all"}
    assert set(whole) == {"layla", "سارة", "omar", "new"}
    assert (whole["layla"]["others_share"], whole["layla"]["gold_share"]) == ("0.25", "")
    days = [row for row in rows if row["period"] == "day"]
    assert {row["annotator"] for row in days} == set(whole)
    assert sum(int(row["done"]) for row in days) == 2, "omar's has no day"


def test_an_empty_journal_and_no_team(tmp_path: Path) -> None:
    folder = corpora.new(tmp_path / "corpus", {"d": ROWS}).folder
    assert "nobody has labelled anything yet" in run(folder)
    assert json.loads(run(folder, "--json"))["report"]["people"] == []
    assert len(run(folder, "--csv").splitlines()) == 1


def test_what_does_not_go_together_is_refused(corpus: Corpus) -> None:
    for wrong in (["--json", "--csv"], ["--ui", "fr"]):
        assert CliRunner().invoke(app, ["team", str(corpus.folder), *wrong]).exit_code == 2
