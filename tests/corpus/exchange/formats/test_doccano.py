"""doccano's files, from 1.0 to 1.8.4: whose they are, what was looked at, every key that holds labels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hashiya.corpus.exchange.formats import doccano
from hashiya.corpus.exchange.formats.files import ReadOptions
from hashiya.corpus.exchange.formats.json_spans import NUMBERED
from hashiya.schema.errors import SourceError
from tests.corpus.exchange.formats.sides_read import as_lines, json_lines, named, packed, sides_of, told

AR = "أعلنت 👩‍💻 إنفيديا أرباحها.\r\nنعم."
SPAN = [AR.index("إنفيديا"), AR.index("إنفيديا") + len("إنفيديا"), "company"]


def line(text: str = AR, *label: object, **more: object) -> dict[str, object]:
    """A line as doccano 1.8.4 exports it."""
    return {"id": 1, "text": text, **more, "label": list(label), "Comments": []}


def test_one_file_a_person_is_by_whom_it_is_named_after(tmp_path: Path) -> None:
    for name in ("sara", "omar.h", "all", "unknown"):
        json_lines(tmp_path / "out" / f"{name}.jsonl", line(AR, SPAN))
    found, outcome = sides_of(doccano.read, tmp_path / "out")
    assert [side.annotator for side in found] == [None, "omar.h", "sara", None]
    assert outcome.whole
    files = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    archive = packed(tmp_path / "export.zip", {**files, "__MACOSX/._sara.jsonl": b"\x00"})
    again, _ = sides_of(doccano.read, archive)
    assert [(side.annotator, named(side)) for side in again] == [
        (side.annotator, named(side)) for side in found
    ]
    assert again[0].where == f"{archive}/all.jsonl, line 1"


def test_a_file_by_itself_is_nobodys_unless_it_is_said_to_be_named_after_somebody(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "sara.jsonl", line(AR, SPAN, meta={"annotator": "gold"}))
    for options, annotator in ((None, None), (ReadOptions(named_after=True), "sara")):
        ((side,), _) = sides_of(doccano.read, path, options)
        assert (side.annotator, side.sent_as) == (annotator, "gold")


def test_a_text_without_labels_says_nothing_of_what_was_sent(tmp_path: Path) -> None:
    meta = {"pair_id": "a" * 32, "lang": "ar", "doc_id": "n1", "annotator": "gold", "status": "done"}
    path = json_lines(
        tmp_path / "sara.jsonl", line(AR, SPAN, meta=meta), line(AR, meta=meta), line(AR, **meta)
    )
    found, _ = sides_of(doccano.read, path)
    assert [(side.status, side.answered) for side in found] == [("done", False), (None, False), (None, False)]
    assert {(side.pair_id, side.lang, side.doc_id) for side in found} == {("a" * 32, "ar", "n1")}


@pytest.mark.parametrize(
    ("said", "confirmed"),
    [
        ({"is_confirmed": True}, True),
        ({"confirmed": True}, True),
        ({"annotation_approver": "admin"}, True),
        ({"is_confirmed": False}, False),
        ({"annotation_approver": None}, False),
        ({"annotation_approver": ""}, False),
    ],
)
def test_a_confirmed_text_was_looked_at(tmp_path: Path, said: dict[str, object], confirmed: bool) -> None:
    ((side,), _) = sides_of(doccano.read, json_lines(tmp_path / "x.jsonl", line(AR, **said)))
    assert (side.status, side.answered) == (("done", True) if confirmed else (None, False))


def test_what_was_imported_beside_a_text_is_not_what_a_person_said(tmp_path: Path) -> None:
    said = {"annotation_approver": "lena", "is_confirmed": True, "confirmed": True}
    for name, *label in (("sara", SPAN), ("omar",)):
        json_lines(tmp_path / "out" / f"{name}.jsonl", line(AR, *label, **said))
    found, _ = sides_of(doccano.read, tmp_path / "out")
    assert [(side.annotator, side.status, side.answered) for side in found] == [
        ("omar", None, False),
        ("sara", None, False),
    ]


def test_labels_of_1_0_are_numbers_and_are_not_read(tmp_path: Path) -> None:
    old = {"id": 2, "text": AR, "meta": {}, "annotation_approver": None}
    numbered = [{"label": number, "start_offset": 0, "end_offset": 2, "user": 1} for number in (5, 6)]
    found, outcome = sides_of(
        doccano.read, json_lines(tmp_path / "x.json1", *({**old, "annotations": numbered},) * 3)
    )
    assert [(side.unread, side.marks) for side in found] == [(2, ())] * 3
    where = f"{tmp_path}/x.json1, line 1, label 1 and 5 more"
    assert told(outcome) == [f"{where}: entities: {NUMBERED}"]


def test_users_are_told_apart_where_there_are_several(tmp_path: Path) -> None:
    def given(*users: int) -> dict[str, object]:
        label = {"label": "company", "start_offset": 0, "end_offset": 5}
        return {"id": 2, "text": AR, "annotations": [{**label, "user": user} for user in users]}

    found, _ = sides_of(doccano.read, json_lines(tmp_path / "one.jsonl", given(1), given(1)))
    assert [side.annotator for side in found] == [None, None]
    found, _ = sides_of(doccano.read, json_lines(tmp_path / "two.jsonl", given(1, 2), given(2)))
    assert [side.annotator for side in found] == ["user-1", "user-2", "user-2"]


def test_all_keys_of_labels_are_read_and_the_same_under_two_is_one(tmp_path: Path) -> None:
    path = json_lines(
        tmp_path / "x.jsonl",
        {
            "text": AR,
            "label": [SPAN],
            "labels": [[0, 5, "event"]],
            "entities": [
                {"id": 1, "start_offset": SPAN[0], "end_offset": SPAN[1], "label": "company"},
                {"id": 2, "start_offset": 33, "end_offset": 36, "label": "place"},
            ],
            "relations": [{"id": 1, "from_id": 1, "to_id": 2, "type": "in"}],
            "cats": ["good"],
            "Comments": ["sure?"],
        },
    )
    ((side,), outcome) = sides_of(doccano.read, path)
    assert sorted(named(side)) == sorted([("إنفيديا", "company"), ("أعلنت", "event"), (AR[33:36], "place")])
    assert side.unread == 0
    assert {what for what, _ in outcome.left_out} == {"relations", "categories", "comments"}


def test_keys_of_ones_own_are_told_and_read_by_name(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "x.jsonl", {"sentence": AR, "ner": [SPAN, [0, 5, "event"]], "ids": [[1, 2]]})
    ((side,), outcome) = sides_of(doccano.read, path)
    assert (side.text, side.marks, side.unread) == (None, (), 2)
    assert list(outcome.left_out.values()) == [2]
    assert "under the key 'ner'" in told(outcome)[0]
    ((side,), outcome) = sides_of(doccano.read, path, ReadOptions(label_key="ner", text_key="sentence"))
    assert named(side) == [("إنفيديا", "company"), ("أعلنت", "event")]
    assert outcome.whole


def test_an_array_is_read_as_lines_are(tmp_path: Path) -> None:
    given = [line(AR, SPAN), line("Yes.")]
    for name, content in (
        ("a.json", json.dumps(given)),
        ("b.json", "\ufeff" + json.dumps(given, indent=1, ensure_ascii=False).replace("\n", "\r\n")),
        ("c.json", "\n".join(json.dumps(item, indent=2) for item in given)),
    ):
        (tmp_path / name).write_bytes(content.encode())
        found, outcome = sides_of(doccano.read, tmp_path / name)
        assert [named(side) for side in found] == [[("إنفيديا", "company")], []], name
        assert outcome.whole
        assert found[1].where == f"{tmp_path / name}, item 2"
    found, _ = sides_of(doccano.read, packed(tmp_path / "d.zip", {"e.json": json.dumps(given).encode()}))
    assert [side.annotator for side in found] == ["e", "e"]


def test_a_zip_in_which_a_file_is_damaged_is_told(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", {"sara.jsonl": as_lines(*[line(AR, SPAN)] * 9)})
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"x\.zip/sara\.jsonl: cannot be unpacked"):
        sides_of(doccano.read, path)


def test_what_anybody_gave_in_a_project_could_be_given_by_all(tmp_path: Path) -> None:
    json_lines(tmp_path / "out" / "sara.jsonl", line(AR, SPAN), line("Yes.", is_confirmed=True))
    json_lines(tmp_path / "out" / "omar.jsonl", line(AR, [0, 5, "event"]), line("No.", pair_id="a" * 32))
    found, _ = sides_of(doccano.read, tmp_path / "out")
    assert [side.offered for side in found] == [("event", "company"), None, *[("event", "company")] * 2]
