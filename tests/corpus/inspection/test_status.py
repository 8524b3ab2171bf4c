"""What is said of who labelled what: a model finishes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from typer.testing import CliRunner

from hashiya.corpus.inspection.status import status
from hashiya.corpus.journal.streams.assignments import record_assignment
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.team.gold_score import GoldScore
from hashiya.corpus.team.work_done import PersonWork
from hashiya.schema.payloads import Assignment, Workload
from hashiya.schema.records import Annotation, Lang
from hashiya.tui.cli.main import app
from tests.corpora import Rows, label


def built(folder: Path, given: Sequence[Mapping[str, str | None]]) -> Corpus:
    """A corpus of rows of which each names its document."""
    rows = folder / "rows.jsonl"
    rows.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in given), encoding="utf-8")
    made = CliRunner().invoke(app, ["build", str(rows), "--out", str(folder / "corpus")])
    assert made.exit_code == 0, made.stderr
    return Corpus.open(folder / "corpus")


def test_what_a_model_suggests_is_done_by_nobody(tmp_path: Path) -> None:
    given = [
        {"document": "d", "ar": "أعلنت إنفيديا أرباحها", "en": "Nvidia announced its profit"},
        {"document": "d", "ar": "اشترت غوغل شركة", "en": "Google bought a company"},
    ]
    corpus = built(tmp_path, given)
    out = corpus.folder
    generation = corpus.generation()
    with corpus.journal() as journal:
        journal.record(
            [
                label(generation, 0, ("en", "Nvidia"), annotator="m1", origin="suggested"),
                label(generation, 1, ("en", "Google"), annotator="m1", origin="suggested"),
                label(generation, 1, ("en", "Google")),
            ]
        )
    report = status(corpus)
    assert (report.labelled, report.assumed) == (1, 1)
    assert report.labels == {"layla": {"done": 1}, "m1": {"suggested": 2}}
    shown = CliRunner().invoke(app, ["status", str(out)]).stdout
    assert "Labelled    1 of 2 pairs are done by someone\n" in shown
    assert "m1: 2 suggested\n" in shown


ROWS: Rows = [("أعلنت إنفيديا أرباحها", "Nvidia announced its profit"), ("ارتفع السهم", "Its share rose")]


def test_what_is_assigned_is_told_from_what_is_done_outside(tmp_path: Path) -> None:
    corpus = built(
        tmp_path,
        [{"document": f"d{number}", "ar": ar, "en": en} for number in range(4) for ar, en in ROWS],
    )
    (corpus.folder / "team.toml").write_text(
        '[[person]]\nname = "layla"\nformerly = ["l"]\n[[person]]\nname = "sara"\nleft = true\n'
        '[plan]\ngold = ["d3"]\n',
        encoding="utf-8",
    )
    generation = corpus.generation()
    assert status(corpus).work == ()
    workloads = (
        Workload(annotator="l", documents=("d0", "d3")),
        Workload(annotator="sara", documents=("d1", "gone")),
    )

    def made(number: int, doc_id: str, *names: tuple[Lang, str], **fields: object) -> Annotation:
        return replace(label(generation, number, *names, doc_id=doc_id), **fields)  # type: ignore[arg-type]

    with corpus.journal() as journal:
        record_assignment(journal, "work", "boss", Assignment(workloads=workloads, gold=("d3",)))
        journal.record(
            [
                made(0, "d0", annotator="l"),
                made(0, "d0"),
                made(1, "d0", status="skipped"),
                made(0, "d2"),
                made(1, "d2", status="draft"),
                made(0, "d1", annotator="omar"),
                made(0, "d3", ("en", "Nvidia"), ("ar", "إنفيديا"), annotator="curator", origin="gold"),
                made(0, "d3", ("en", "Nvidia")),
                made(1, "d1", annotator="model", origin="suggested"),
            ]
        )
    found = {work.annotator: work for work in status(corpus).work}
    assert found == {
        "layla": PersonWork("layla", 2, 4, 2, 1, 1, GoldScore(1, 2)),
        "omar": PersonWork("omar", 0, 0, 0, 0, 1, GoldScore()),
        "sara": PersonWork("sara", 1, 2, 0, 2, 0, GoldScore()),
    }
    shown = CliRunner().invoke(app, ["status", str(corpus.folder)]).stdout
    assert (
        "Plan        layla: 2 of 4 assigned pairs done, 1 wait; 1 done outside of the plan; "
        "1 of 2 cells as the gold has them\n"
        "            omar: nothing assigned; 1 done outside of the plan\n"
        "            sara: 0 of 2 assigned pairs done, 2 wait\n"
    ) in shown
    report = json.loads(CliRunner().invoke(app, ["status", str(corpus.folder), "--json"]).stdout)["report"]
    assert report["work"][0]["gold"] == {"same": 1, "cells": 2}
