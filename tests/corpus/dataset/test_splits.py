from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.dataset.splits import assign, read_recorded, recorded_text
from hashiya.corpus.duplicates.near_duplicates import find_links
from hashiya.schema.errors import CorpusError, Problem
from hashiya.schema.records import SPLITS, Document, Split


def run(
    documents: list[Document], recorded: dict[str, Split] | None = None
) -> tuple[dict[str, Split], list[Problem]]:
    problems: list[Problem] = []
    return assign(documents, recorded or {}, find_links(documents), problems.append), problems


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
    assert "left out: with its near-duplicates (b) it joins test and train" in problems[0].what


def test_records_come_back_and_damage_is_said(tmp_path: Path) -> None:
    path = tmp_path / "splits.json"
    assert read_recorded(path) == {}
    path.write_text(recorded_text({"ب": "test", "a": "train"}), encoding="utf-8")
    assert read_recorded(path) == {"ب": "test", "a": "train"}
    path.write_text('{"a": "exam"}', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"splits\.json: cannot be read"):
        read_recorded(path)


def article(start: int, end: int) -> str:
    return " ".join(f"word{number}" for number in range(start, end))


def test_near_duplicates_stay_together() -> None:
    documents = [
        Document(doc_id="first", en=article(0, 300)),
        Document(doc_id="revised", ar="نص", en=article(30, 320)),
        Document(doc_id="translated", ar="نص", split="validation"),
        Document(doc_id="other", en=article(1000, 1300), split="train"),
    ]
    splits, problems = run(documents)
    assert not problems
    assert {splits[name] for name in ("first", "revised", "translated")} == {"validation"}


def test_documents_like_one_that_is_not_released_stay_together() -> None:
    documents = [
        Document(doc_id="without-rights", en=article(0, 300)),
        Document(doc_id="a", en=article(0, 240), split="test"),
        Document(doc_id="b", en=article(60, 300)),
    ]
    links = find_links(documents)
    assert {(link.doc_id, link.like) for link in links} >= {("a", "without-rights"), ("b", "without-rights")}
    problems: list[Problem] = []
    assert assign(documents[1:], {}, links, problems.append) == {"a": "test", "b": "test"}
    assert not problems


def test_a_near_duplicate_of_two_splits_is_left_out() -> None:
    recorded: dict[str, Split] = {"a": "train", "b": "test"}
    documents = [
        Document(doc_id="a", ar=article(0, 300)),
        Document(doc_id="b", en=article(500, 800)),
        Document(doc_id="new", ar=article(10, 300), en=article(520, 800)),
    ]
    splits, problems = run(documents, recorded)
    assert splits == recorded
    assert [str(problem) for problem in problems] == [
        "new: left out: with its near-duplicates (a, b) it joins test and train"
    ]


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.sampled_from([None, *SPLITS])), max_size=10)
)
def test_no_link_crosses_two_splits(shapes: list[tuple[int, int, Split | None]]) -> None:
    documents = [
        Document(doc_id=f"d{number}", ar=article(ar, ar + 60), en=article(en, en + 60), split=split)
        for number, (ar, en, split) in enumerate(shapes)
    ]
    splits, problems = run(documents)
    for link in find_links(documents):
        assert len({splits[name] for name in (link.doc_id, link.like) if name in splits}) < 2
    assert {problem.where for problem in problems if problem.left_out} == {
        document.doc_id for document in documents
    } - set(splits)
