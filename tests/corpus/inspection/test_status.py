"""What is said of who labelled what: a model finishes nothing."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from hashiya.corpus.inspection.status import status
from hashiya.corpus.store.folder import Corpus
from hashiya.tui.cli.main import app
from tests.corpora import label


def test_what_a_model_suggests_is_done_by_nobody(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    given = [
        {"document": "d", "ar": "أعلنت إنفيديا أرباحها", "en": "Nvidia announced its profit"},
        {"document": "d", "ar": "اشترت غوغل شركة", "en": "Google bought a company"},
    ]
    rows.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in given), encoding="utf-8")
    out = tmp_path / "corpus"
    built = CliRunner().invoke(app, ["build", str(rows), "--out", str(out)])
    assert built.exit_code == 0, built.stderr
    corpus = Corpus.open(out)
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
