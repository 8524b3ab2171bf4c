from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from hashiya.corpus.dataset.load import load
from hashiya.corpus.dataset.release import Released, release
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import CorpusError, Problem
from hashiya.schema.records import Stance
from tests.corpora import label, new, publish

ROWS = [("ارتفع سهم نفيديا.", "Nvidia rose."), ("قالت ميتا نعم.", None)]
BULLISH = Stance(target="chips", stance="bullish", holder="author")


def run(corpus: Corpus, out: Path) -> tuple[Released, list[Problem]]:
    problems: list[Problem] = []
    return release(corpus, out, problems.append), problems


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return new(tmp_path / "corpus", {"d": ROWS}, d={"split": "test", "publisher": "P"})


def test_one_row_a_pair_with_labels_and_provenance(corpus: Corpus, tmp_path: Path) -> None:
    made = label(
        corpus.generation(), 0, ("ar", "نفيديا"), stances=(BULLISH,), comment="secret", annotator="l@x.org"
    )
    with corpus.journal() as journal:
        journal.record([made, replace(made, annotator="omar", status="draft")])
    released, problems = run(corpus, tmp_path / "out")
    assert not problems
    assert {name: split.rows for name, split in released.info.splits.items()} == {
        "train": 0, "validation": 0, "test": 2,
    }  # fmt: skip
    first, second = load(tmp_path / "out", split="test")
    assert (first["ar"], first["publisher"], first["licence"], first["split"]) == (
        ROWS[0][0],
        "P",
        "CC0-1.0",
        "test",
    )
    assert first["labels"]["entities"][0]["text"] == "نفيديا"
    assert (first["labels_from"], first["no_labels"]) == ("single", None)
    (pseudonym,) = (item["annotator"] for item in first["annotations"])
    assert re.fullmatch("annotator-[0-9a-f]{8}", pseudonym)
    assert (second["en"], second["labels"], second["no_labels"]) == (None, None, "unlabelled")
    content = b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    assert b"l@x.org" not in content
    assert b"secret" not in content


def test_boilerplate_stays_out(tmp_path: Path) -> None:
    corpus = Corpus.create(tmp_path / "corpus", "test", None)
    generation = publish(corpus, {"d": ROWS})
    pairs = [replace(pair, kind="boilerplate") if pair.index == 1 else pair for pair in generation.pairs()]
    with corpus.new_generation(corpus.manifest()) as writer:
        writer.add(next(generation.documents()), pairs)
        writer.publish("x", {})
    run(corpus, tmp_path / "out")
    assert [row["index"] for row in load(tmp_path / "out")] == [0]


def test_a_document_without_rights_is_left_out(tmp_path: Path) -> None:
    corpus = new(tmp_path / "corpus", {"a": ROWS, "b": [("نص", "text")]}, b={"licence": " "})
    _, problems = run(corpus, tmp_path / "out")
    assert [(problem.where, problem.left_out) for problem in problems] == [("b", True)]
    assert {row["doc_id"] for row in load(tmp_path / "out")} == {"a"}


def test_a_split_is_for_ever_and_the_rest_of_the_release_is_repeatable(tmp_path: Path) -> None:
    corpus = new(tmp_path / "corpus", {"a": ROWS}, a={"split": "test"})
    run(corpus, tmp_path / "out")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    run(corpus, tmp_path / "out")
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
    publish(corpus, {"a": ROWS}, a={"split": "train"})
    _, problems = run(corpus, tmp_path / "out")
    assert "was released in test before" in problems[0].what
    assert {row["split"] for row in load(tmp_path / "out")} == {"test"}


def test_another_folder_is_not_overwritten(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("years of work")
    with pytest.raises(CorpusError, match="holds more than a released dataset"):
        run(corpus, tmp_path / "out")
    with pytest.raises(CorpusError, match="holds more than a released dataset"):
        run(corpus, tmp_path / "out" / "thesis.tex")
    assert (tmp_path / "out" / "thesis.tex").read_text() == "years of work"


def test_a_file_that_was_put_into_a_dataset_is_not_deleted(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(CorpusError, match="holds more"):
        run(corpus, tmp_path / "out")
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


def test_labels_of_another_scheme_are_left_out(corpus: Corpus, tmp_path: Path) -> None:
    made = label(corpus.generation(), 0, ("ar", "نفيديا"))
    with corpus.journal() as journal:
        journal.record([replace(made, scheme=replace(made.scheme, version="0.9.0"))])
    released, problems = run(corpus, tmp_path / "out")
    assert released.no_labels["unlabelled"] == 2
    assert str(problems[0]).startswith("scheme ai-market 0.9.0: 1 annotations left out")


def test_a_release_that_fails_leaves_the_old_one(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    before = sorted(path.name for path in tmp_path.iterdir())
    (corpus.folder / "scheme.toml").unlink()
    with pytest.raises(CorpusError, match="cannot be written"):
        run(corpus, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert len(load(tmp_path / "out")) == 2


def test_two_who_disagree_leave_no_labels_but_both_are_there(corpus: Corpus, tmp_path: Path) -> None:
    one = label(corpus.generation(), 0, stances=(BULLISH,))
    with corpus.journal() as journal:
        journal.record([one, replace(one, annotator="omar", stances=())])
    released, _ = run(corpus, tmp_path / "out")
    assert released.no_labels["disagreement"] == 1
    row = next(iter(load(tmp_path / "out")))
    assert (row["labels"], row["no_labels"]) == (None, "disagreement")
    assert len({item["annotator"] for item in row["annotations"]}) == 2


def test_the_folder_says_what_it_holds(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    info = json.loads((tmp_path / "out" / "dataset.json").read_text(encoding="utf-8"))
    assert info["scheme"] == {"name": "ai-market", "version": "1.0.0"}
    assert info["classes"]["stance"] == ["bullish", "bearish", "mixed", "neutral"]
    assert info["licences"] == ["CC0-1.0"]
    assert (tmp_path / "out" / "scheme.toml").read_bytes() == (corpus.folder / "scheme.toml").read_bytes()
