"""Files that are no export of Label Studio: each is called by its name, once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hashiya.corpus.exchange.labelstudio.file_kinds import check_is_export
from hashiya.schema.errors import SourceError

TASK: dict[str, Any] = {"id": 1, "data": {"en": "x"}, "annotations": []}
MIN = {"id": 1, "ar": "نص", "en": "x", "annotator": 2, "annotation_id": 1, "lead_time": 1.0}
HEADER = '"annotation_id","annotator","created_at","ar","en","id","lead_time","updated_at"'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (json.dumps([MIN, MIN]), "in JSON-MIN"),
        (json.dumps([{**MIN, "annotator": None}]), "in JSON-MIN"),
        ("\ufeff" + HEADER + '\r\n1,"2",x\r\n', "Label Studio export in CSV"),
        (HEADER.replace(",", "\t") + "\n1\t2\n", "Label Studio export in TSV"),
        (HEADER.replace(",", ";").replace('"', "") + "\n1;2\n", "Label Studio export in CSV"),
        ("id,text,label\n1,2,3\n", "a table in CSV"),
        ("<!DOCTYPE html>\n<html><body>Label Studio</body></html>", "a page saved from a browser"),
        ("\n<html lang=en>", "a page saved from a browser"),
        ("https://label.example.org/projects/1/data?tab=3\n", "an address of a browser"),
        ("[InternetShortcut]\nURL=https://label.example.org\n", "a link to a page"),
        ('<View><Text name="en" value="$en"/></View>', "XML"),
        ("<?xml version='1.0'?><x/>", "XML"),
        ("-DOCSTART- -X- O\nNvidia -X- _ B-company\n", "in CoNLL"),
        ("PK\x03\x04", "ZIP"),
        ("\x1f\x8b", "packed with gzip"),
        ("%PDF-1.7", "PDF"),
        (json.dumps({"status_code": 401, "detail": "Invalid token."}), "server's answer .Invalid token"),
        (json.dumps({"id": 3, "text": "x", "label": [[0, 1, "a"]]}), "hashiya convert from"),
        (
            json.dumps({"pair_id": "p", "annotator": "a", "status": "done", "entities": []}),
            "hashiya labels import",
        ),
        (json.dumps([{"id": 1, "result": [], "completed_by": 1}]), "annotations without their tasks"),
        (json.dumps([1, 2]), "no list of tasks"),
    ],
)
def test_a_file_is_called_what_it_is(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "export.csv"
    encoding = "latin-1" if content[:1] in {"P", "\x1f", "%"} else "utf-8"
    file.write_bytes(content.encode(encoding))
    with pytest.raises(SourceError, match=said) as told:
        check_is_export(file)
    assert "\n" not in str(told.value)
    assert str(told.value).startswith(str(file))


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([TASK]),
        json.dumps(TASK) + "\n" + json.dumps(TASK),
        "[]",
        json.dumps([{"data": {}, "completions": []}]),
        json.dumps([MIN, TASK]),
        json.dumps(["no object", TASK]),
        '[{"data": ',
        json.dumps([{"anything": "else"}]),
    ],
)
def test_exports_and_what_is_told_of_later_pass(tmp_path: Path, content: str) -> None:
    file = tmp_path / "export.json"
    file.write_text(content, encoding="utf-8")
    check_is_export(file)


def test_an_address_in_place_of_a_file_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"^http://127.0.0.1:8080/projects/3: is an address.*pull"):
        check_is_export(Path("http://127.0.0.1:8080/projects/3"))
    with pytest.raises(SourceError, match="No such file"):
        check_is_export(tmp_path / "none.json")


def test_text_of_windows(tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    file.write_bytes(json.dumps([TASK]).encode("utf-16"))
    with pytest.raises(SourceError, match="UTF-16"):
        check_is_export(file)
