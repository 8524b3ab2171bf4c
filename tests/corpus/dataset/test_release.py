from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hashiya.corpus.dataset.load import load
from hashiya.corpus.dataset.release import Released, release
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.team.cells import labels_hash, said_in
from hashiya.schema.adjudication import Adjudication, CellKey, SeenVote, SettledCell
from hashiya.schema.errors import CorpusError, Problem
from hashiya.schema.records import Annotation, Stance
from tests.corpora import SHIPPED, files_of, label, new, publish, released_pairs

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
    assert {name: split.pairs for name, split in released.info.splits.items()} == {"test": 2}
    first, second = released_pairs(tmp_path / "out")
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
    content = b"".join(files_of(tmp_path / "out").values())
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
    assert [row["index"] for row in released_pairs(tmp_path / "out")] == [0]


def test_a_document_without_rights_is_left_out(tmp_path: Path) -> None:
    corpus = new(tmp_path / "corpus", {"a": ROWS, "b": [("نص", "text")]}, b={"licence": " "})
    _, problems = run(corpus, tmp_path / "out")
    assert [(problem.where, problem.left_out) for problem in problems] == [("b", True)]
    assert {row["doc_id"] for row in released_pairs(tmp_path / "out")} == {"a"}


def test_a_split_is_for_ever_and_the_rest_of_the_release_is_repeatable(tmp_path: Path) -> None:
    corpus = new(tmp_path / "corpus", {"a": ROWS}, a={"split": "test"})
    run(corpus, tmp_path / "out")
    before = files_of(tmp_path / "out")
    run(corpus, tmp_path / "out")
    assert files_of(tmp_path / "out") == before
    publish(corpus, {"a": ROWS}, a={"split": "train"})
    _, problems = run(corpus, tmp_path / "out")
    assert "was released in test before" in problems[0].what
    assert {row["split"] for row in released_pairs(tmp_path / "out")} == {"test"}


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
    assert len(released_pairs(tmp_path / "out")) == 2


def test_where_two_disagree_is_unresolved_and_the_rest_stands(corpus: Corpus, tmp_path: Path) -> None:
    one = label(corpus.generation(), 0, stances=(BULLISH,))
    with corpus.journal() as journal:
        journal.record([one, replace(one, annotator="omar", stances=())])
    released, _ = run(corpus, tmp_path / "out")
    assert released.unresolved == {"stances": 1}
    (row,) = (row for row in released_pairs(tmp_path / "out") if row["labels"])
    assert (row["labels"]["stances"], row["labels_from"], row["no_labels"]) == ([], "unanimous", None)
    assert [(cell["layer"], cell["target"]) for cell in row["labels"]["unresolved"]] == [("stances", "chips")]
    view = load(tmp_path / "out").stance("ar")
    targets = {item["target"] for item in view if item["pair_id"] == row["pair_id"]}
    assert "ai_boom" in targets
    assert "chips" not in targets
    assert len({item["annotator"] for item in row["annotations"]}) == 2


def test_the_folder_says_what_it_holds(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    info = json.loads((tmp_path / "out" / "dataset.json").read_text(encoding="utf-8"))
    assert info["scheme"] == {"name": "ai-market", "version": SHIPPED}
    assert info["classes"]["stance"] == ["none", "bullish", "bearish", "mixed", "neutral"]
    assert info["licences"] == ["CC0-1.0"]
    assert (tmp_path / "out" / "scheme.toml").read_bytes() == (corpus.folder / "scheme.toml").read_bytes()


def test_an_adjudication_settles_a_cell_in_the_release(corpus: Corpus, tmp_path: Path) -> None:
    one = label(corpus.generation(), 0, stances=(BULLISH,))
    other = replace(one, annotator="omar", stances=())
    cell = CellKey(layer="stances", target="chips")
    seen = tuple(
        SeenVote(voter=vote.annotator, event_id="e", labels_hash=labels_hash(said_in(vote, cell)))
        for vote in (one, other)
    )
    decided = replace(
        one, annotator="zaynab-q", origin="adjudicated", stances=(replace(BULLISH, stance="mixed"),)
    )
    with corpus.journal() as journal:
        journal.record([one, other])
        journal.adjudicate(Adjudication(annotation=decided, settles=(SettledCell(cell=cell, votes=seen),)))
    released, _ = run(corpus, tmp_path / "out")
    row = released_pairs(tmp_path / "out")[0]
    assert [item["stance"] for item in row["labels"]["stances"]] == ["mixed"]
    assert (row["labels_from"], released.unresolved) == ("mixed", {})
    with corpus.journal() as journal:
        journal.record([replace(other, stances=(replace(BULLISH, stance="bearish"),))])
    released, _ = run(corpus, tmp_path / "out")
    assert released.unresolved == {"stances": 1}, "a vote that changed opens the cell again"
    assert b"zaynab-q" not in b"".join(files_of(tmp_path / "out").values())


def test_a_majority_decides_when_it_is_asked_to(corpus: Corpus, tmp_path: Path) -> None:
    one = label(corpus.generation(), 0, stances=(BULLISH,))
    team = [one, replace(one, annotator="b"), replace(one, annotator="c", stances=())]
    with corpus.journal() as journal:
        journal.record(team)
    strict = release(corpus, tmp_path / "strict", lambda _: None)
    majority = release(corpus, tmp_path / "majority", lambda _: None, "majority")
    assert (strict.unresolved, majority.unresolved) == ({"stances": 1}, {})
    row = released_pairs(tmp_path / "majority")[0]
    assert (row["labels_from"], len(row["labels"]["stances"])) == ("majority", 1)
    assert (majority.info.policy, strict.info.policy) == ("majority", "strict")


def test_what_is_most_probable_decides_when_it_is_asked_to(tmp_path: Path) -> None:
    """Two who are seldom right do not outvote two who always agree; in any number of processes."""
    rows = [(f"قالت ميتا {number}.", f"Meta said {number}.") for number in range(60)]
    corpus = new(tmp_path / "corpus", {"a": rows[:30], "b": rows[30:]})
    team: list[Annotation] = []
    for number in range(60):
        doc_id, place = ("a", number) if number < 30 else ("b", number - 30)
        said = {"layla": True, "omar": True, "sara": number % 3 == 0, "zayd": number % 4 == 0}
        said = {who: is_there == bool(number % 2) for who, is_there in said.items()}
        team += [
            label(
                corpus.generation(),
                place,
                doc_id=doc_id,
                annotator=who,
                stances=(BULLISH,) if is_there else (),
            )
            for who, is_there in said.items()
        ]
    with corpus.journal() as journal:
        journal.record(team)
    made = release(corpus, tmp_path / "posterior", lambda _: None, "posterior")
    assert (made.unresolved, made.info.policy) == ({}, "posterior")
    again = release(corpus, tmp_path / "again", lambda _: None, "posterior", processes=2)
    assert again.info == made.info
    for row in released_pairs(tmp_path / "posterior"):
        number = int(row["en"].split()[-1].rstrip("."))
        assert (len(row["labels"]["stances"]), row["labels_from"]) == (number % 2, "posterior")
    assert release(corpus, tmp_path / "majority", lambda _: None, "majority").unresolved["stances"] > 9


def test_any_number_of_processes_writes_the_same_bytes(tmp_path: Path) -> None:
    rows = [(f"قالت ميتا {number}.", f"Meta said {number}.") for number in range(2500)]
    corpus = new(
        tmp_path / "corpus", {"a": rows[:1300], "b": rows[1300:], "c": rows[:10]}, b={"split": "test"}
    )
    generation = corpus.generation()
    pairs = [pair for view in generation.views(["a", "b"]).values() for pair in view.pairs]
    made = label(generation, 0, ("en", "Meta"), doc_id="a", stances=(BULLISH,))
    with corpus.journal() as journal:
        journal.record(
            replace(
                made,
                pair_id=pair.pair_id,
                annotator=name,
                place=replace(made.place, doc_id=pair.doc_id),
                stances=(replace(BULLISH, stance="bearish"),)
                if number % 7 == 0 and name == "omar"
                else (BULLISH,),
            )
            for number, pair in enumerate(pairs)
            for name in ("layla", "omar")
            if number % 3
        )
    found = {
        processes: release(corpus, tmp_path / f"by-{processes}", lambda _: None, processes=processes)
        for processes in (1, 2, 5)
    }
    assert found[1].unresolved["stances"] > 100
    assert found[1] == found[2] == found[5]
    assert files_of(tmp_path / "by-1") == files_of(tmp_path / "by-2") == files_of(tmp_path / "by-5")


@pytest.mark.parametrize("processes", [1, 2])
def test_what_goes_wrong_in_a_process_is_told_here(corpus: Corpus, tmp_path: Path, processes: int) -> None:
    wrong = label(corpus.generation(), 0, stances=(replace(BULLISH, stance="sideways"),))
    with corpus.journal() as journal:
        journal.record([wrong])
    problems: list[Problem] = []
    with pytest.raises(CorpusError, match="nothing was released: 1 faults"):
        release(corpus, tmp_path / "out", problems.append, processes=processes)
    assert "unknown label 'sideways'" in problems[0].what
    assert problems[0].where.endswith(", layla")


@pytest.mark.parametrize("processes", [1, 2])
def test_a_journal_whose_file_is_damaged_is_not_released(
    corpus: Corpus, tmp_path: Path, processes: int
) -> None:
    """Also where all labels can be read: an index that lacks one hides events from whoever asks it."""
    with corpus.journal() as journal:
        journal.record([label(corpus.generation(), 0, ("en", "Nvidia"))])
    with closing(sqlite3.connect(corpus.folder / "journal.sqlite")) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        ((root,),) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'event_author'")
        ((size,),) = db.execute("PRAGMA page_size")
    with (corpus.folder / "journal.sqlite").open("r+b") as file:
        file.seek((root - 1) * size + 3)  # how many cells a page of an index has
        count = int.from_bytes(file.read(2), "big")
        file.seek(-2, os.SEEK_CUR)
        file.write((count - 1).to_bytes(2, "big"))
    problems: list[Problem] = []
    with pytest.raises(CorpusError, match="nothing was released"):
        release(corpus, tmp_path / "out", problems.append, processes=processes)
    assert "SQLite says" in problems[0].what
    assert not (tmp_path / "out").exists()
