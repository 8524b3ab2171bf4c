"""The smallest lines that say enough, with one text or two."""

from __future__ import annotations

from pathlib import Path

from hashiya.corpus.exchange.formats import jsonl
from hashiya.corpus.exchange.formats.files import ReadOptions
from tests.corpus.exchange.formats.sides_read import json_lines, named, sides_of, told

AR, EN = "أعلنت 👩‍💻 إنفيديا.\r\n", "Nvidia 👩‍💻 said."
AT = AR.index("إنفيديا")


def test_a_text_its_spans_and_who_labelled(tmp_path: Path) -> None:
    span: dict[str, object] = {
        "start": AT,
        "end": AT + 7,
        "label": "company",
        "concept": "nvidia",
        "text": "إنفيديا",
    }
    listed: dict[str, object] = {**span, "label": ["company"]}
    path = json_lines(
        tmp_path / "x.jsonl",
        {"text": AR, "spans": [span], "annotator": "sara"},
        {"text": AR, "spans": [[AT, AT + 7, "company"]], "lang": "ar", "doc_id": "n1", "pair_id": "a" * 32},
        {
            "text": AR,
            "entities": [listed],
            "labels": [[0, 5, "event"]],
            "status": "review",
        },
        {"text": AR, "spans": [], "status": "done"},
        {"text": AR, "spans": []},
    )
    found, outcome = sides_of(jsonl.read, path)
    assert outcome.whole, outcome
    assert [named(side) for side in found] == [
        [("إنفيديا", "company")],
        [("إنفيديا", "company")],
        [("إنفيديا", "company"), ("أعلنت", "event")],
        [],
        [],
    ]
    assert [side.annotator for side in found] == ["sara", None, None, None, None]
    assert [(side.status, side.answered) for side in found] == [
        (None, False),
        (None, False),
        ("review", True),
        ("done", True),
        (None, False),
    ]
    assert (found[0].marks[0].concept, found[0].marks[0].quote) == ("nvidia", "إنفيديا")
    assert (found[1].lang, found[1].doc_id, found[1].pair_id) == ("ar", "n1", "a" * 32)
    found, _ = sides_of(jsonl.read, path, ReadOptions(named_after=True))
    assert [side.annotator for side in found[:2]] == ["sara", "x"]


def test_two_texts_are_two_sides_of_one_task(tmp_path: Path) -> None:
    path = json_lines(
        tmp_path / "x.jsonl",
        {
            "id": "t1",
            "ar": AR,
            "en": EN,
            "spans_ar": [[AT, AT + 7, "company"]],
            "spans_en": [[0, 6, "company"]],
        },
        {
            "ar": AR,
            "en": EN,
            "spans": [
                {"lang": "ar", "start": AT, "end": AT + 7, "label": "company"},
                {"lang": "en", "start": 0, "end": 6, "label": "company"},
                {"start": 0, "end": 6, "label": "company"},
            ],
        },
        {"en": EN, "spans": [[0, 6, "company"]]},
    )
    found, outcome = sides_of(jsonl.read, path)
    assert [(side.lang, side.text, named(side), side.unread) for side in found] == [
        ("ar", AR, [("إنفيديا", "company")], 0),
        ("en", EN, [("Nvidia", "company")], 0),
        ("ar", AR, [("إنفيديا", "company")], 1),
        ("en", EN, [("Nvidia", "company")], 1),
        ("en", EN, [("Nvidia", "company")], 0),
    ]
    assert [side.task for side in found[:2]] == ["t1", "t1"]
    assert found[2].task == found[3].task != found[4].task
    assert told(outcome) == [f"{path}, line 2: entities: say no language, and the line has two texts"]


def test_what_is_not_read_is_told_and_read_by_name(tmp_path: Path) -> None:
    path = json_lines(
        tmp_path / "x.jsonl", {"sentence": EN, "ner": [[0, 6, "ORG"]], "spans": [[0, "x"]], "label": "good"}
    )
    ((side,), outcome) = sides_of(jsonl.read, path)
    assert (side.unread, side.marks) == (3, ())
    assert {what for what, _ in outcome.left_out} == {"entities", "labels"}
    ((side,), outcome) = sides_of(jsonl.read, path, ReadOptions(label_key="ner", text_key="sentence"))
    assert (named(side), side.unread, outcome.whole) == ([("Nvidia", "ORG")], 0, True)


def test_spans_of_one_text_alone_say_nothing_of_the_other(tmp_path: Path) -> None:
    spans = [[AT, AT + 7, "company"]]
    for more, offered in (({}, ()), ({"spans_en": []}, None), ({"status": "done"}, None)):
        path = json_lines(tmp_path / "x.jsonl", {"ar": AR, "en": EN, "spans_ar": spans, **more})
        found, _ = sides_of(jsonl.read, path)
        assert [side.offered for side in found] == [None, offered]
