from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hashiya.corpus.duplicates.near_duplicates import DuplicateCounts
from hashiya.tui.cli.build_report import duplicates_text, repeated_text
from hashiya.tui.cli.main import app
from tests.corpora import Rows, new


def article(start: int, end: int) -> Rows:
    return [(None, f"word{number} word{number + 1} word{number + 2}.") for number in range(start, end, 3)]


def run(*arguments: str | Path) -> str:
    done = CliRunner().invoke(app, ["duplicates", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    documents = {
        "news": [("نصّ الخبر", None), *article(0, 300)],
        "news-revised": article(0, 270),
        "news-copy": [("نص  الخبر", None)],
        "other": article(900, 1200),
    }
    return new(tmp_path / "corpus", documents, news={"title": "Chips rise"}).folder


def test_groups_are_listed_with_sides_and_likeness(corpus: Path) -> None:
    lines = run(corpus).splitlines()
    assert lines[0].endswith(": 1 group of near-duplicates, 3 documents, 1 of them copies, of 4 in all")
    assert lines[2] == "news  Chips rise"
    assert lines[3] == "    news-revised"
    assert lines[4].startswith("        English: 0.9")
    assert lines[4].endswith("100% of it shared")
    assert lines[5:7] == ["    news-copy", "        Arabic: a copy"]
    assert "split = 'test'" in lines[8]


def test_the_report_as_json(corpus: Path) -> None:
    report = json.loads(run(corpus, "--json"))
    assert report["documents"] == 4
    assert report["counts"] == {"groups": 1, "documents": 3, "copies": 1}
    (group,) = report["groups"]
    assert (group["first"], group["title"]) == ("news", "Chips rise")
    assert group["members"][1] == {
        "doc_id": "news-copy",
        "title": None,
        "like": "news",
        "lang": "ar",
        "similarity": 1.0,
        "shared": 1.0,
        "exact": True,
    }


def test_a_corpus_without_duplicates(tmp_path: Path) -> None:
    corpus = new(tmp_path / "corpus", {"a": article(0, 300), "b": article(600, 900)}).folder
    assert "no document is like another, of 2 in all" in run(corpus)
    assert json.loads(run(corpus, "--json"))["groups"] == []


def test_a_long_list_is_cut_unless_all_is_asked_for(tmp_path: Path) -> None:
    texts = {f"{number}{copy}": [(None, f"Text {number}.")] for number in range(52) for copy in "ab"}
    corpus = new(tmp_path / "corpus", texts).folder
    assert "2 more groups: --all lists them" in run(corpus)
    assert "51b" not in run(corpus)
    assert "51b" in run(corpus, "--all")


def test_a_member_says_whom_it_is_like(tmp_path: Path) -> None:
    chain = {"a": article(0, 300), "b": article(60, 360), "c": article(120, 420)}
    assert "of it shared, of b" in run(new(tmp_path / "corpus", chain).folder)


def test_what_a_build_says() -> None:
    assert duplicates_text(DuplicateCounts()) == "no document is like another"
    assert (
        duplicates_text(DuplicateCounts(groups=2, documents=5)) == "2 groups of near-duplicates, 5 documents"
    )
    assert repeated_text(3, 70).startswith("3 lines stand in many documents")


def test_a_build_prints_what_it_found(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    for number in range(5):
        body = " ".join(f"word{word}" for word in range(40 * number, 40 * number + 30))
        text = f"Title number {number}\nBy the editor of the paper\nThe {body}."
        (tmp_path / "news" / f"a{number}.en.txt").write_text(text)
    (tmp_path / "news" / "copy.en.txt").write_text(text)
    command = ["build", str(tmp_path / "news"), "--out", str(tmp_path / "corpus"), "--workers", "1"]
    lines = CliRunner().invoke(app, command).stdout.splitlines()
    assert "Duplicates  1 group of near-duplicates, 2 documents, 1 of them copies" in lines
    assert f"Repeated    {repeated_text(1, 6)}" in lines
    report = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)["report"]
    assert report["duplicates"] == {"groups": 1, "documents": 2, "copies": 1}
    assert report["repeated"] == {"lines": 1, "pairs": 6}
    assert report["boilerplate"] == 6
