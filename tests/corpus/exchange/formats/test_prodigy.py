"""Prodigy's `db-out`, 1.8 to 1.17: who answered, yes-or-no answers, what an answer was about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hashiya.corpus.exchange.formats import prodigy
from tests.corpus.exchange.formats.sides_read import json_lines, named, sides_of

AR = "أعلنت 👩‍💻 إنفيديا أرباحها."


def span(name: str, label: str, text: str = AR) -> dict[str, Any]:
    return {"start": text.index(name), "end": text.index(name) + len(name), "label": label}


def task(answer: str | None = "accept", *spans: dict[str, Any], **more: Any) -> dict[str, Any]:
    said = {} if answer is None else {"answer": answer}
    return {"text": AR, "_input_hash": 7, "_task_hash": 9, "spans": list(spans), **said, **more}


def manual(answer: str | None, *spans: dict[str, Any], **more: Any) -> dict[str, Any]:
    return task(answer, *spans, _view_id="ner_manual", _is_binary=False, **more)


@pytest.mark.parametrize(
    ("stem", "sessions", "people"),
    [
        ("out", ["news-sara"], ["sara"]),
        ("out", ["my-news-sara", "my-news-omar"], ["sara", "omar"]),
        ("my-news", ["my-news-anne-marie"], ["anne-marie"]),
        ("out", ["my-news-sara"], ["sara"]),
        ("out", ["my-news-sara", "my-news-2024-05-01_10-22-33"], ["sara", None]),
        ("out", ["2024-05-01_10-22-33"], [None]),
        ("out", ["news-sara", "sport-sara"], ["sara", "sara"]),
        ("out", [None, "sara"], [None, "sara"]),
    ],
)
def test_the_session_is_the_person(
    tmp_path: Path, stem: str, sessions: list[str | None], people: list[str | None]
) -> None:
    given = [
        manual("accept", _session_id=name, _annotator_id=name, _input_hash=number)
        for number, name in enumerate(sessions)
    ]
    found, _ = sides_of(prodigy.read, json_lines(tmp_path / f"{stem}.jsonl", *given))
    assert [side.annotator for side in found] == people


def test_an_annotator_by_name_is_that(tmp_path: Path) -> None:
    path = json_lines(
        tmp_path / "x.jsonl", manual("accept", _annotator_id="anne-marie", _session_id="news-anne-marie")
    )
    ((side,), _) = sides_of(prodigy.read, path)
    assert side.annotator == "anne-marie"


def test_answers_about_spans_of_one_text_are_one_side(tmp_path: Path) -> None:
    given = [
        task("accept", span("إنفيديا", "ORG"), _is_binary=True, _view_id="ner"),
        task("reject", span("أعلنت", "PER"), _is_binary=True, _view_id="ner"),
        task("ignore", span("أرباحها", "LOC"), _is_binary=True, _view_id="ner"),
        task("accept", span("إنفيديا", "ORG"), _is_binary=True, _view_id="ner", text=AR, _input_hash=8),
    ]
    found, _ = sides_of(prodigy.read, json_lines(tmp_path / "x.jsonl", *given))
    assert [(named(side), side.offered, side.status, side.answered) for side in found] == [
        ([("إنفيديا", "ORG")], ("ORG", "PER"), "done", True),
        ([("إنفيديا", "ORG")], ("ORG",), "done", True),
    ]


@pytest.mark.parametrize(
    ("answers", "status", "offered"),
    [
        (["reject", "reject"], None, ("ORG",)),
        (["ignore"], "skipped", None),
        (["ignore", "reject"], None, ("ORG",)),
        ([None], None, None),
    ],
)
def test_a_text_of_which_nothing_was_accepted_says_nothing(
    tmp_path: Path, answers: list[str | None], status: str | None, offered: tuple[str, ...] | None
) -> None:
    given = [task(answer, span("إنفيديا", "ORG"), _is_binary=True) for answer in answers]
    ((side,), _) = sides_of(prodigy.read, json_lines(tmp_path / "x.jsonl", *given))
    assert (side.marks, side.status, side.answered, side.offered) == ((), status, status is not None, offered)


def test_old_answers_of_ner_teach_are_known_by_their_form(tmp_path: Path) -> None:
    given = [
        task("accept", span("إنفيديا", "ORG"), meta={"score": 0.5}),
        task("reject", span("أعلنت", "ORG"), meta={"score": 0.6}),
        {"text": "Yes.", "spans": [span("Yes", "ORG", "Yes.")], "answer": "reject", "meta": {"score": 0.1}},
    ]
    found, _ = sides_of(prodigy.read, json_lines(tmp_path / "x.jsonl", *given))
    assert [named(side) for side in found] == [[("إنفيديا", "ORG")], []]
    assert [side.status for side in found] == ["done", None]


def test_what_was_accepted_by_hand_was_looked_at(tmp_path: Path) -> None:
    meta = {"status": "done", "annotator": "gold"}
    given = [
        manual("accept", _input_hash=1),
        manual("accept", span("إنفيديا", "ORG"), span("أعلنت", "PER"), _input_hash=2),
        manual("reject", span("إنفيديا", "ORG"), _input_hash=3),
        manual("ignore", _input_hash=4),
        manual(None, _input_hash=5, meta=meta),
        manual(None, span("إنفيديا", "ORG"), _input_hash=6, meta=meta),
    ]
    found, _ = sides_of(prodigy.read, json_lines(tmp_path / "x.jsonl", *given))
    assert [(side.status, side.answered, len(side.marks)) for side in found] == [
        ("done", True, 0),
        ("done", True, 2),
        ("review", True, 1),
        ("skipped", True, 0),
        (None, False, 0),
        ("done", False, 1),
    ]
    assert [side.sent_as for side in found] == [None] * 4 + ["gold"] * 2


def test_an_answer_about_the_whole_text_is_none_about_spans(tmp_path: Path) -> None:
    given = [
        {"text": AR, "label": "GOOD", "answer": "accept", "_view_id": "classification", "_input_hash": 1},
        {
            "text": AR,
            "options": [{"id": "A"}],
            "accept": ["A"],
            "answer": "accept",
            "_view_id": "choice",
            "_input_hash": 2,
        },
    ]
    found, outcome = sides_of(prodigy.read, json_lines(tmp_path / "x.jsonl", *given))
    assert [(side.status, side.answered) for side in found] == [(None, False)] * 2
    assert outcome.left_out == {("categories", "hashiya has no place for them"): 2}


def test_sides_of_one_text_in_two_languages_are_two(tmp_path: Path) -> None:
    given = [
        {**task("accept", span("إنفيديا", label)), "meta": {"pair_id": "a" * 32, "lang": lang}}
        for lang, label in (("ar", "ORG"), ("en", "PER"))
    ]
    found, _ = sides_of(prodigy.read, json_lines(tmp_path / "x.jsonl", *given))
    assert [side.lang for side in found] == ["ar", "en"]


def test_spans_that_are_none_are_counted(tmp_path: Path) -> None:
    given = [manual("accept", {"start": 0, "label": "ORG"}, span("أعلنت", "PER"), relations=[{}, {}])]
    ((side,), outcome) = sides_of(prodigy.read, json_lines(tmp_path / "x.jsonl", *given))
    assert (side.unread, len(side.marks)) == (1, 1)
    assert outcome.left_out["relations", "hashiya has no place for them"] == 2


def test_an_annotator_without_a_session_is_named_alike(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "x.jsonl", {**manual("accept", _annotator_id="news-sara"), "_view_id": None})
    ((side,), _) = sides_of(prodigy.read, path)
    assert side.annotator == "sara"


def test_lines_that_nothing_joins_stay_apart(tmp_path: Path) -> None:
    given = [{"text": AR, "spans": [span(name, "ORG")], "answer": "accept"} for name in ("إنفيديا", "أعلنت")]
    found, _ = sides_of(prodigy.read, json_lines(tmp_path / "x.jsonl", *given))
    assert [len(side.marks) for side in found] == [1, 1]
    joined = [{**line, "_annotator_id": "sara"} for line in given]
    found, _ = sides_of(prodigy.read, json_lines(tmp_path / "x.jsonl", *joined))
    assert [len(side.marks) for side in found] == [2]
