"""Notes for the guidelines: reasons with what was decided and what was said, by layer and label."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hashiya.corpus.inspection.guideline_notes import guideline_notes, notes_as_markdown
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Flag, Implication, Stance
from hashiya.tui.cli.main import app
from hashiya.tui.session.adjudicating.adjudication_session import AdjudicationSession
from tests import corpora
from tests.corpora import Rows, label

ROWS: Rows = [
    ("قالت إنفيديا ولاما", "Nvidia and Llama said"),
    ("ارتفعت إنفيديا", "Nvidia rose"),
]


@pytest.fixture
def settled(tmp_path: Path) -> Corpus:
    """Two pairs of which four cells are settled, three of them with a reason."""
    corpus = corpora.new(tmp_path / "corpus", {"d": ROWS})
    generation = corpus.generation()
    flag = Flag(lang="en", start=0, end=6, text="Nvidia", kind="garbled", intended="it *rose*")
    implies = Implication(target="chips", channel="cost", direction="positive", certainty="hedged")
    stance = (Stance(target="chips", stance="bullish", holder="author"),)
    with corpus.journal() as journal:
        journal.record(
            [
                label(generation, 0, ("en", "Llama"), annotator="layla", stances=stance),
                label(generation, 0, annotator="omar"),
                label(generation, 0, annotator="sara"),
                label(generation, 1, annotator="layla", flags=(flag,), implications=(implies,)),
                label(generation, 1, annotator="omar"),
            ],
            ["\n".join(str(row[side]) for row in ROWS) for side in (0, 1)],
        )
    with AdjudicationSession(corpus, "judge", with_names=True) as session:
        session.begin()
        reasons = {"entities": "a model is a name", "stances": "said as a view", "flags": "it misleads"}
        for row in (0, 1):
            session.go(row)
            for item in session.answers.open:
                session.take(session.answers.versions[0], [item.cell])
                if why := reasons.get(item.cell.layer):
                    session.give_reason([item.cell], why)
    return corpus


def test_a_note_has_what_was_decided_and_how_many_said_what(settled: Corpus) -> None:
    notes = guideline_notes(settled)
    assert [(note.layer, note.label, note.why) for note in notes] == [
        ("entities", "company", "a model is a name"),
        ("flags", "garbled", "it misleads"),
        ("stances", "chips", "said as a view"),
    ]
    assert [note.decided for note in notes] == [
        "company “Llama”",
        "garbled “Nvidia” → it *rose*",
        "bullish, author",
    ]
    assert notes[0].said == {"nothing": 2, "company “Llama”": 1}
    assert (notes[0].ar, notes[0].en, notes[0].doc_id) == (*ROWS[0], "d")
    assert "layla" not in str(notes)


def test_the_texts_are_kept_where_the_pair_is_gone(settled: Corpus) -> None:
    corpora.publish(settled, {"other": ROWS[1:]})
    notes = guideline_notes(Corpus.open(settled.folder))
    assert [note.en for note in notes] == [ROWS[0][1], ROWS[1][1], ROWS[0][1]]


def test_markdown_says_nothing_but_the_text(settled: Corpus) -> None:
    made = notes_as_markdown("a [corpus]", guideline_notes(settled))
    assert made.startswith("# Notes for the guidelines: a \\[corpus\\]\n\n## entities: company\n")
    assert (
        "- **a model is a name**\n  - decided: company “Llama”\n  - said: nothing (2), company “Llama” (1)"
        in made
    )
    assert "it \\*rose\\*" in made


def test_the_command_tells_them(settled: Corpus) -> None:
    def run(*options: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, ["agreement", str(settled.folder), *options])
        assert done.exit_code == code, done.output
        return done.stdout

    shown = run("--notes")
    assert "stances: chips\n  said as a view\n    decided  bullish, author\n" in shown
    assert len(json.loads(run("--notes", "--json"))["notes"]) == 3
    assert run("--notes", "--markdown").startswith("# Notes")
    run("--markdown", code=2)
    run("--notes", "--csv", code=2)


def test_no_reason_was_given(tmp_path: Path) -> None:
    corpus = corpora.new(tmp_path / "corpus", {"d": ROWS})
    assert guideline_notes(corpus) == []
    done = CliRunner().invoke(app, ["agreement", str(corpus.folder), "--notes"])
    assert "No adjudicator has given a reason yet" in done.stdout
