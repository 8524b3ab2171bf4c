"""Argilla's records: 2.x by question and flat, the API and 1.x by user, token classification of 1.x."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hashiya.corpus.exchange.formats import argilla
from hashiya.corpus.exchange.formats.files import ReadOptions
from tests.corpus.exchange.formats.sides_read import json_lines, named, sides_of, told

AR = "أعلنت 👩‍💻 إنفيديا أرباحها."
AT = AR.index("إنفيديا")
SPAN = {"label": "company", "start": AT, "end": AT + 7}
OTHER = {"label": "event", "start": 0, "end": 5}
SARA, OMAR = "6e9a2f5c-0000-4000-8000-000000000001", "6e9a2f5c-0000-4000-8000-000000000002"
SUGGESTED = {"value": [OTHER], "score": [0.5], "agent": "ner-model"}


def record(**more: Any) -> dict[str, Any]:
    """A record as `records.to_json` of 2.x writes it."""
    return {
        "id": "r1",
        "fields": {"text": AR},
        "metadata": {"doc_id": "n1", "lang": "ar"},
        "suggestions": {},
        "responses": {},
        "vectors": {},
        "status": "pending",
        "_server_id": "x",
        **more,
    }


def test_responses_of_2_are_by_question_and_user(tmp_path: Path) -> None:
    given = [
        record(
            responses={
                "span": [
                    {"value": [SPAN], "user_id": SARA},
                    {"value": [], "user_id": OMAR, "status": "draft"},
                ],
                "mood": [{"value": "good", "user_id": SARA}],
            },
            suggestions={"span": SUGGESTED},
            status="completed",
        ),
        record(responses={"span": [{"value": [SPAN], "user_id": SARA}]}),
        record(suggestions={"span": SUGGESTED}),
    ]
    (tmp_path / "x.json").write_text(json.dumps(given, indent=1))
    found, outcome = sides_of(argilla.read, tmp_path / "x.json")
    assert [(side.annotator, named(side), side.status, side.answered) for side in found] == [
        (SARA, [("إنفيديا", "company")], "done", True),
        (OMAR, [], "draft", True),
        (SARA, [("إنفيديا", "company")], None, False),
        (None, [], None, False),
    ]
    assert {(side.doc_id, side.lang, side.text) for side in found} == {("n1", "ar", AR)}
    assert outcome.left_out == {("answers", "of the question 'mood', which asks for no spans"): 1}
    assert told(outcome)[-1] == f"{tmp_path}/x.json: 2 suggestions of models are no labels; not taken"


@pytest.mark.parametrize(
    ("status", "wanted"),
    [("submitted", "done"), ("discarded", "skipped"), ("draft", "draft")],
)
def test_responses_of_the_api_are_by_user(tmp_path: Path, status: str, wanted: str) -> None:
    given = record(
        responses=[
            {"values": {"span": {"value": [SPAN]}}, "status": status, "user_id": SARA},
            {"values": None, "status": "discarded", "user": {"username": "omar"}},
        ],
        suggestions=[{"question_name": "span", "value": [OTHER], "agent": "m"}],
    )
    found, _ = sides_of(argilla.read, json_lines(tmp_path / "x.jsonl", given))
    assert [(side.annotator, len(side.marks), side.status, side.answered) for side in found] == [
        (SARA, 1, wanted, True),
        ("omar", 0, "skipped", True),
    ]


def test_records_may_be_flat(tmp_path: Path) -> None:
    columns = {"label": ["company"], "start": [AT], "end": [AT + 7]}
    given = [
        {
            "id": "r1",
            "status": "completed",
            "text": AR,
            "span.responses": [[SPAN], [OTHER]],
            "span.responses.users": [SARA, OMAR],
            "span.responses.status": ["submitted", "discarded"],
            "span.suggestion": [OTHER],
        },
        {
            "text": AR,
            "span": [{"user_id": SARA, "value": columns, "status": "submitted"}],
            "span-suggestion": None,
        },
    ]
    for text, wanted in ((given[0], [SARA, OMAR]), (given[1], [SARA])):
        found, _ = sides_of(argilla.read, json_lines(tmp_path / "x.jsonl", text))
        assert [side.annotator for side in found] == wanted
        assert named(found[0]) == [("إنفيديا", "company")]
        assert found[0].status == "done"


@pytest.mark.parametrize(
    ("annotation", "status", "wanted"),
    [
        ([SPAN], "Validated", ("sara", 1, "done", True)),
        ([["company", AT, AT + 7]], "Validated", ("sara", 1, "done", True)),
        ([], "Validated", ("sara", 0, "done", True)),
        (None, "Discarded", ("sara", 0, "skipped", True)),
        ([SPAN], "Edited", ("sara", 1, "draft", True)),
        (None, "Default", (None, 0, None, False)),
        ("positive", "Validated", ("sara", 0, None, False)),
    ],
)
def test_token_classification_of_1(tmp_path: Path, annotation: Any, status: str, wanted: object) -> None:
    given = {
        "text": AR,
        "tokens": AR.split(),
        "prediction": [["event", 0, 5, 0.5]],
        "prediction_agent": "model",
        "annotation": annotation,
        "annotation_agent": "sara",
        "status": status,
        "id": "1",
        "metadata": {},
    }
    ((side,), _) = sides_of(argilla.read, json_lines(tmp_path / "x.jsonl", given))
    assert (side.annotator, len(side.marks), side.status, side.answered) == wanted


def test_who_answered_other_questions_alone_has_not_looked_for_spans(tmp_path: Path) -> None:
    answers = {
        "mood": {"value": "good"},
        "ranks": {"value": [{"rank": 1, "value": "x"}]},
        "many": {"value": ["a"]},
    }
    given = record(responses=[{"values": answers, "status": "submitted", "user_id": SARA}])
    ((side,), outcome) = sides_of(argilla.read, json_lines(tmp_path / "x.jsonl", given))
    assert (side.status, side.answered, side.unread) == (None, False, 0)
    assert sum(outcome.left_out.values()) == 3


def test_spans_that_are_none_are_counted(tmp_path: Path) -> None:
    given = record(responses={"span": [{"value": [SPAN, {"start": 3, "label": "x"}], "user_id": SARA}]})
    ((side,), outcome) = sides_of(argilla.read, json_lines(tmp_path / "x.jsonl", given))
    assert (len(side.marks), side.unread) == (1, 1)
    assert "span span 2: entities: no span" in told(outcome)[0]


def test_two_texts_are_two_sides(tmp_path: Path) -> None:
    given = record(
        fields={"ar": AR, "en": "Nvidia said."},
        metadata={},
        responses={
            "spans_ar": [{"value": [SPAN], "user_id": SARA}],
            "names-en": [{"value": [{"label": "company", "start": 0, "end": 6}], "user_id": SARA}],
            "which": [{"value": [SPAN], "user_id": SARA}],
        },
    )
    found, _ = sides_of(argilla.read, json_lines(tmp_path / "x.jsonl", given))
    assert [(side.lang, named(side), side.unread, side.task) for side in found] == [
        ("ar", [("إنفيديا", "company")], 1, "r1"),
        ("en", [("Nvidia", "company")], 1, "r1"),
    ]


def test_fields_and_questions_by_name(tmp_path: Path) -> None:
    given = record(
        fields={"prompt": "x", "body": AR},
        responses={name: [{"value": [SPAN], "user_id": SARA}] for name in ("one", "two")},
    )
    path = json_lines(tmp_path / "x.jsonl", given)
    ((side,), _) = sides_of(argilla.read, path)
    assert side.text is None
    ((side,), _) = sides_of(argilla.read, path, ReadOptions(text_key="body", label_key="two"))
    assert (side.text, named(side)) == (AR, [("إنفيديا", "company")])
    ((side,), _) = sides_of(argilla.read, json_lines(tmp_path / "y.jsonl", record(fields={"body": AR})))
    assert side.text == AR
    ((side,), _) = sides_of(argilla.read, path, ReadOptions(named_after=True))
    assert side.annotator == SARA


def test_everybody_was_offered_what_anybody_gave(tmp_path: Path) -> None:
    values = [{"value": [SPAN], "user_id": SARA}, {"value": [], "user_id": OMAR}]
    given = [record(responses={"span": values}, status="completed"), record()]
    found, _ = sides_of(argilla.read, json_lines(tmp_path / "x.jsonl", *given))
    assert [side.offered for side in found] == [("company",)] * 3


def test_settings_beside_the_records_say_what_was_asked(tmp_path: Path) -> None:
    """As `Dataset.to_disk` of 2.x writes them."""

    def question(name: str, field: str) -> dict[str, Any]:
        labels = [{"value": value, "text": value} for value in ("company", "place")]
        return {"name": name, "settings": {"type": "span", "field": field, "options": labels}}

    def answer(**fields: str) -> dict[str, Any]:
        return record(fields=fields, metadata={}, responses={"span": [{"value": [SPAN], "user_id": SARA}]})

    folder = tmp_path / "saved"
    (folder / ".argilla").mkdir(parents=True)
    settings = {"questions": [question("span", "body"), {"name": "mood", "settings": {"type": "rating"}}]}
    (folder / ".argilla" / "settings.json").write_text(json.dumps(settings))
    (folder / "records.json").write_text(json.dumps([answer(text="x", body=AR)]))
    ((side,), _) = sides_of(argilla.read, folder)
    assert (side.text, side.offered, named(side)) == (AR, ("company", "place"), [("إنفيديا", "company")])
    (folder / ".argilla" / "settings.json").write_text(json.dumps({"questions": [question("span", "ar")]}))
    (folder / "records.json").write_text(json.dumps([answer(ar=AR, en="Nvidia.")]))
    found, outcome = sides_of(argilla.read, folder)
    assert [(side.lang, len(side.marks), side.unread) for side in found] == [("ar", 1, 0), ("en", 0, 0)]
    assert [side.offered for side in found] == [("company", "place"), ()]
    assert outcome.whole
    (folder / ".argilla" / "settings.json").write_text("{broken")
    found, _ = sides_of(argilla.read, folder)
    assert [side.unread for side in found] == [1, 1]


def test_spans_that_are_no_responses_are_told(tmp_path: Path) -> None:
    given = [{"text": AR, "spans": [SPAN]}, {"text": AR, "span.suggestion": [SPAN], "span": []}]
    sides, outcome = sides_of(argilla.read, json_lines(tmp_path / "a.jsonl", *given))
    assert [(side.marks, side.unread, side.answered) for side in sides] == [((), 1, False), ((), 0, False)]
    problem, suggested = told(outcome)
    assert problem.endswith("line 1: entities: stand under the key 'spans', where Argilla has no responses")
    assert "1 suggestions of models" in suggested
