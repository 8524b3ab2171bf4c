"""JSON read element by element, an array or values one after the other, and what is said of other files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hashiya.corpus.exchange.json_stream import elements
from hashiya.schema.errors import SourceError

VALUES = [{"text": "جملة 🚀\n", "seconds": 4.5, "number": 10**30, "none": None}, [1, [2]], "نص", True]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'[{"data": {}}, {', "character 17: not valid JSON: Expecting property name"),
        (b'[{"data": {}}', "the file breaks off: its array is not closed"),
        (b" \n", "character 3: the file is empty"),
        (b'[] "more"', "something follows the end of the array"),
        (b'{"data": "\xff"}', "not UTF-8"),
        (b"[" * 100_000, "not valid JSON"),
    ],
)
def test_files_that_are_no_json(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "tasks.json"
    file.write_bytes(content)
    with pytest.raises(SourceError, match=said) as told:
        list(elements(file))
    assert str(told.value).startswith(str(file))


def test_an_array_is_its_elements(tmp_path: Path) -> None:
    file = tmp_path / "tasks.json"
    file.write_text(json.dumps(VALUES, ensure_ascii=False), encoding="utf-8")
    assert list(elements(file)) == VALUES


def test_lines_of_json_a_mark_at_the_beginning_and_line_breaks_of_windows(tmp_path: Path) -> None:
    file = tmp_path / "tasks.jsonl"
    lines = [json.dumps(value) for value in ({"first": 1}, *VALUES)]
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    assert list(elements(file)) == [{"first": 1}, *VALUES]


def test_an_element_longer_than_what_is_read_at_once(tmp_path: Path) -> None:
    file = tmp_path / "tasks.json"
    long = ["ن" * 3_000_000, {"after": 1}]
    file.write_text(json.dumps(long, ensure_ascii=False), encoding="utf-8")
    assert list(elements(file)) == long
