"""What a file is that is of another kind than it is taken for: one message, however many lines it has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hashiya.corpus.exchange.formats import doccano, prodigy
from hashiya.corpus.exchange.formats.input_files import InputFolder
from hashiya.schema.errors import SourceError
from tests.corpus.exchange.formats.sides_read import as_lines, packed, sides_of, told

LABEL_STUDIO = {"id": 1, "data": {"text": "x"}, "annotations": [{"result": []}]}
OLD = {"id": 1, "data": {"text": "x"}, "completions": [{"result": []}]}
MIN = {"id": 1, "text": "x", "annotation_id": 3, "lead_time": 1.5, "annotator": 1, "label": []}
PRODIGY = {"text": "x", "_input_hash": 1, "_task_hash": 1, "spans": [], "answer": "accept"}
DOCCANO = {"id": 1, "text": "x", "label": [], "Comments": []}
ARGILLA = {"id": "1", "fields": {"text": "x"}, "responses": {}, "suggestions": {}}
ROWS = {"id": "1", "tokens": ["x"], "ner_tags": [0]}
HASHIYA = {"pair_id": "a" * 32, "annotator": "x", "status": "done", "entities": []}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (json.dumps([LABEL_STUDIO] * 3).encode(), "an export of Label Studio; `hashiya labelstudio import`"),
        (json.dumps([OLD], indent=2).encode(), "an export of Label Studio"),
        (as_lines(*[LABEL_STUDIO] * 300), "an export of Label Studio"),
        (json.dumps([MIN]).encode(), "JSON-MIN of Label Studio"),
        (as_lines(PRODIGY, PRODIGY), "lines of Prodigy"),
        (json.dumps({"%TYPES": {}, "%FEATURE_STRUCTURES": [], "%VIEWS": {}}).encode(), "UIMA CAS JSON"),
        (json.dumps([ARGILLA]).encode(), "records of Argilla"),
        (as_lines(ROWS), "rows of a Hugging Face dataset"),
        (as_lines(HASHIYA), "labels of hashiya"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"%PDF-1.7\n", "a PDF"),
        ("\ufefftext".encode("utf-16"), "in UTF-16"),
        (b'<?xml version="1.0"?>\n<xmi:XMI xmlns:xmi="x"/>', "UIMA CAS XMI"),
        (b'<?xml version="1.0"?>\n<TEI/>', "XML"),
        (b'id;text;label\n1;"x";y\n' * 900, "a table in CSV; export JSON or JSONL"),
        ('\ufeff"id","text","label"\r\n1,"x",y\r\n'.encode(), "a table in CSV"),
        (b"\n\n  <!doctype html><html>\n" * 900, "a page saved from a browser"),
        (b"https://doccano.example.org/projects/1\n", "an address of a browser"),
        (b"SQLite format 3\x00", "an SQLite database"),
    ],
)
def test_one_message_says_what_it_is(tmp_path: Path, content: bytes, kind: str) -> None:
    (tmp_path / "x.jsonl").write_bytes(content)
    found, outcome = sides_of(doccano.read, tmp_path / "x.jsonl")
    assert found == []
    assert not outcome.whole
    (message,) = told(outcome)
    assert message.startswith(f"{tmp_path}/x.jsonl: files: it is {kind}")


def test_one_file_of_another_kind_does_not_stop_the_others(tmp_path: Path) -> None:
    files = {"a.jsonl": as_lines(LABEL_STUDIO), "b.jsonl": as_lines(DOCCANO), "c.json": b"\x1f\x8b"}
    found, outcome = sides_of(doccano.read, packed(tmp_path / "x.zip", files))
    assert [side.annotator for side in found] == ["b"]
    assert len(outcome.problems) == 2


def test_a_readers_own_lines_are_read(tmp_path: Path) -> None:
    for read, line in ((doccano.read, DOCCANO), (prodigy.read, PRODIGY)):
        (tmp_path / "x.jsonl").write_bytes(as_lines(line))
        found, outcome = sides_of(read, tmp_path / "x.jsonl")
        assert (len(found), outcome.whole) == (1, True)
    _, outcome = sides_of(doccano.read, tmp_path / "x.jsonl")
    assert "the format prodigy reads them" in told(outcome)[0]


def test_each_fault_is_told_once_a_file(tmp_path: Path) -> None:
    given: list[Any] = [DOCCANO, "x", 3, [1]]
    content = as_lines(*given) + b"{broken\n{broken\n\xff\n\xff\n"
    (tmp_path / "x.jsonl").write_bytes(content)
    found, outcome = sides_of(doccano.read, tmp_path / "x.jsonl")
    assert len(found) == 1
    where = f"{tmp_path}/x.jsonl, line"
    assert told(outcome) == [
        f"{where} 2 and 2 more: lines: no JSON object",
        f"{where} 5 and 1 more: lines: not valid JSON",
        f"{where} 7 and 1 more: lines: not UTF-8 (byte 0)",
    ]
    assert sum(outcome.left_out.values()) == 7


def test_an_array_that_breaks_off_is_read_up_to_there(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(json.dumps([DOCCANO, DOCCANO], indent=1)[:-20])
    found, outcome = sides_of(doccano.read, tmp_path / "x.json")
    assert len(found) == 1
    assert "not valid JSON from there on" in told(outcome)[0]


def test_an_address_in_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="an address of a browser; export the labels there"):
        sides_of(doccano.read, Path("https://doccano.example.org/projects/1"))


def test_zips_are_known_by_their_content_and_stay_in_their_folder(tmp_path: Path) -> None:
    files = {
        "../../evil.jsonl": as_lines(DOCCANO),
        "/abs.jsonl": as_lines(DOCCANO),
        "ok.jsonl": as_lines(DOCCANO),
    }
    path = packed(tmp_path / "download", files)
    (file,) = InputFolder(path).files(".jsonl")
    assert (str(file.name), file.where) == ("ok.jsonl", f"{path}/ok.jsonl")
    with pytest.raises(SourceError, match=r"there is no \.ann file in it"):
        InputFolder(path).files(".ann")
    (tmp_path / "broken.zip").write_bytes(path.read_bytes()[:50])
    with pytest.raises(SourceError, match="a ZIP that cannot be read"):
        InputFolder(tmp_path / "broken.zip")


def test_the_zips_of_a_folder_are_opened_once(tmp_path: Path) -> None:
    packed(tmp_path / "x.zip", {"sara.jsonl": as_lines(DOCCANO)})
    folder = InputFolder(tmp_path)
    assert folder.holds(".jsonl")
    assert not folder.holds(".ann")
    assert [str(file.name) for file in folder.files(".jsonl")] == ["sara.jsonl"]
    assert [str(file.name) for file in folder.files(".jsonl")] == ["sara.jsonl"]
