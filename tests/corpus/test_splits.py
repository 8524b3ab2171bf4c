from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from hashiya.corpus.splits import assign, read_recorded, recorded_text
from hashiya.schema.errors import CorpusError, Problem
from hashiya.schema.records import Document, Split


def run(
    documents: list[Document], recorded: dict[str, Split] | None = None
) -> tuple[dict[str, Split], list[Problem]]:
    problems: list[Problem] = []
    return assign(documents, recorded or {}, problems.append), problems


def test_unpinned_documents_are_spread_and_stay_where_they_fell() -> None:
    documents = [Document(doc_id=f"d{number}", en=f"text {number}") for number in range(1000)]
    first, problems = run(documents)
    shares = Counter(first.values())
    assert not problems
    assert 750 < shares["train"] < 850
    assert 60 < shares["validation"] < 140
    assert run(documents[::-1])[0] == first


def test_a_pin_wins_and_takes_copies_along() -> None:
    splits, problems = run(
        [
            Document(doc_id="a", ar="نصٌّ واحد", en="One text"),
            Document(doc_id="b", ar="نصّ  واحد", split="test"),
            Document(doc_id="c", en="one TEXT"),
            Document(doc_id="d", en="another", split="validation"),
        ]
    )
    assert splits == {"a": "test", "b": "test", "c": "test", "d": "validation"}
    assert not problems


def test_a_document_that_joins_two_groups_brings_them_together() -> None:
    documents = [
        Document(doc_id="a", ar="عربي"),
        Document(doc_id="b", en="english", split="test"),
        Document(doc_id="c", ar="عربي", en="english"),
    ]
    assert set(run(documents)[0].values()) == {"test"}


def test_the_first_split_is_for_ever() -> None:
    splits, problems = run([Document(doc_id="a", en="x", split="test")], {"a": "train"})
    assert splits == {"a": "train"}
    assert [problem.left_out for problem in problems] == [False]


def test_what_would_bridge_two_splits_is_left_out() -> None:
    recorded: dict[str, Split] = {"a": "train", "b": "test"}
    documents = [
        Document(doc_id="a", ar="أ"),
        Document(doc_id="b", en="b"),
        Document(doc_id="new", ar="أ", en="b"),
    ]
    splits, problems = run(documents, recorded)
    assert splits == {"a": "train", "b": "test"}
    assert [(problem.where, problem.left_out) for problem in problems] == [("new", True)]


def test_copies_pinned_apart_do_not_leak() -> None:
    documents = [Document(doc_id="a", en="x", split="train"), Document(doc_id="b", en="X", split="test")]
    splits, problems = run(documents)
    assert splits == {"b": "test"}
    assert "left out: with its copies (b) it joins test and train" in problems[0].what


def test_records_come_back_and_damage_is_said(tmp_path: Path) -> None:
    path = tmp_path / "splits.json"
    assert read_recorded(path) == {}
    path.write_text(recorded_text({"ب": "test", "a": "train"}), encoding="utf-8")
    assert read_recorded(path) == {"ب": "test", "a": "train"}
    path.write_text('{"a": "exam"}', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"splits\.json: cannot be read"):
        read_recorded(path)
