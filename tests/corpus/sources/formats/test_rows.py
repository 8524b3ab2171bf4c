"""Rows of JSON Lines: articles, segments of documents, and segments of the file's own document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hashiya.corpus.sources.find import find_sources
from hashiya.corpus.sources.given_beads import GivenBead
from hashiya.corpus.sources.read import read_stretch
from hashiya.schema.errors import Problem
from hashiya.schema.records import LANGS, Span
from tests.corpus.sources.conftest import Read, Write, slices

SIDE = st.none() | st.text(st.sampled_from("اّـ x\u200d👩\u200c\r\n\t\xa0\u2028\ufeff"), max_size=6)
ROWS = st.lists(
    st.tuples(st.sampled_from([None, "d1", "d2"]), SIDE, SIDE).filter(
        lambda row: any(side and side.strip() for side in row[1:])
    ),
    min_size=1,
    max_size=10,
)


def jsonl(*rows: object) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def test_a_row_with_an_id_is_an_article_still_to_be_aligned(read: Read, write: Write) -> None:
    write(
        "news.jsonl",
        jsonl({"id": "n/1", "ar": "خبر.\nطويل.", "en": " News.\n", "title": "T"}, {"id": 2, "en": "x"}),
    )
    one, two = read().items
    assert (one.document.doc_id, one.document.ar, one.document.en) == ("n/1", "خبر.\nطويل.", " News.\n")
    assert (one.document.title, one.beads, one.where[-7:]) == ("T", (), " line 1")
    assert (two.document.doc_id, two.document.ar, two.document.en) == ("2", None, "x")


def test_rows_of_a_document_are_its_aligned_segments_wherever_they_stand(read: Read, write: Write) -> None:
    write(
        "news.jsonl",
        jsonl(
            {"document": "d", "id": "s1", "ar": "واحد", "en": "one"},
            {"doc_id": "e", "ar": "س", "en": "e one"},
            {"document": "d", "doc_id": "d", "ar": None, "en": "two\nlines"},
            {"document": "d", "ar": " ثلاثة ", "en": "  "},
        ),
    )
    found = read()
    assert found.ids == ["e", "d"]
    item = found.items[1]
    assert (item.document.ar, item.document.en) == ("واحد\n ثلاثة ", "one\ntwo\nlines")
    assert item.beads == (
        GivenBead((Span(0, 4),), (Span(0, 3),), segmented=False),
        GivenBead((), (Span(4, 13),), segmented=False),
        GivenBead((Span(6, 11),), (), segmented=False),
    )
    assert item.where.endswith("news.jsonl, line 1")


def test_rows_without_a_document_become_one_named_after_the_file(read: Read, write: Write) -> None:
    write("sub/news.jsonl", "\n" + jsonl({"ar": "واحد", "en": "one"}, {"en": "two"}) + "\n\n")
    found = read()
    assert (found.ids, found.document.ar, found.document.en) == (["sub/news"], "واحد", "one\ntwo")
    assert found.item.where.endswith("sub/news.jsonl, line 2")


@given(rows=ROWS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_slices_at_the_beads_are_the_rows(
    tmp_path: Path, rows: list[tuple[str | None, str | None, str | None]]
) -> None:
    (tmp_path / "f.jsonl").write_bytes(
        jsonl(*({"document": name, "ar": ar, "en": en} for name, ar, en in rows)).encode()
    )
    problems: list[Problem] = []
    items = [
        item
        for one in find_sources([tmp_path], problems.append)
        for item in read_stretch(one, None, problems.append)
    ]
    assert problems == []
    assert {item.document.doc_id for item in items} == {name or "f" for name, _, _ in rows}
    for item in items:
        mine = [row for row in rows if (row[0] or "f") == item.document.doc_id]
        for place, lang in enumerate(LANGS, 1):
            texts = [text if text and text.strip() else "" for text in (row[place] for row in mine)]
            assert slices(item, lang) == [[text.strip()] if text else [] for text in texts]
            assert item.document.text(lang) == ("\n".join(filter(None, texts)) or None)


def test_metadata_of_segments_come_from_the_first_that_has_them(read: Read, write: Write) -> None:
    write(
        "a.jsonl",
        jsonl(
            {"en": "x"},
            {"en": "y", "url": "u1", "published": "2025-01-02T03:04:05"},
            {"en": "z", "url": "u2"},
        ),
    )
    found = read()
    assert (found.document.url, found.document.published) == ("u1", "2025-01-02")
    assert found.messages == ["a.jsonl, line 3: url is 'u2'; document a keeps 'u1' from before"]
    assert found.left_out == []


def test_a_bom_is_taken_off_and_said(read: Read, write: Write) -> None:
    write("a.jsonl", b"\xef\xbb\xbf" + jsonl({"en": "x"}).encode())
    found = read()
    assert found.document.en == "x"
    assert found.warnings == ["a.jsonl: begins with a byte order mark, which is skipped"]


def test_columns_that_nobody_reads_are_named_once(read: Read, write: Write) -> None:
    write("a.jsonl", jsonl({"en": "x", "arabic": "س", "score": 1}, {"en": "y", "arabic": "ص"}))
    found = read()
    assert found.document.ar is None
    assert found.left_out == []
    assert len(found.warnings) == 1
    assert found.warnings[0].startswith(
        "a.jsonl: not read: arabic, score; the columns that are read: id, document,"
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "a JSON value begins here that goes over several lines"),
        ('{"en": "x"', "is not JSON: Expecting ',' delimiter at column 11"),
        ('["x"]', 'is no JSON object, but ["x"]'),
        ("1" * 5000, "is no row: it holds a number too long or is nested too deeply"),
        ("[" * 100_000, "is no row: it holds a number too long or is nested too deeply"),
        (
            '{"en": "a\\ud800b"}',
            "en, line 1, column 2: \\ud800 is half of a surrogate pair: write the whole character",
        ),
        ('{"en": "a\\nb\\u0000"}', "en, line 2, column 2: a NUL character"),
        (
            '{"title": "\\udc00", "en": "x"}',
            "title = '\\udc00': line 1, column 1: \\udc00 is half of a surrogate pair",
        ),
        ('{"document": "\\udc00", "en": "x"}', "document = '\\udc00': an id is one line without control"),
        ('{"id": " ", "en": "x"}', "id = ' ': an id has no white space around it"),
        ('{"en": "' + "x" * 1_000_001 + '"}', "en, line 1 has 1,000,001 characters and the longest"),
        ('{"ar": 1, "en": "x"}', "ar is 1, which is no text"),
        ('{"ar": ["x"], "en": "x"}', "ar is ['x'], which is no text"),
        ('{"id": true, "en": "x"}', "id is True, which is neither text nor a whole number"),
        ('{"id": 1.5, "en": "x"}', "id is 1.5, which is neither text nor a whole number"),
        ('{"document": {}, "en": "x"}', "document is {}, which is neither text nor a whole number"),
        (
            '{"document": "a", "doc_id": "b", "en": "x"}',
            "document is 'a' and doc_id is 'b': leave one of them out",
        ),
        ('{"id": "x", "ar": null, "en": " "}', "has neither an Arabic text (ar) nor an English one (en)"),
        ("{}", "has neither an Arabic text (ar) nor an English one (en)"),
        ('{"en": "x", "title": 3}', "title = 3: Input should be a valid string"),
        ('{"en": "x", "split": "dev"}', "split = 'dev': Input should be 'train', 'validation' or 'test'"),
        (b'{"en": "caf\xe9"}', "byte 43 (0xE9) is not UTF-8; this looks like WINDOWS-1252"),
    ],
)
def test_a_bad_row_is_left_out_and_the_rest_is_read(
    read: Read, write: Write, line: str | bytes, message: str
) -> None:
    content = line if isinstance(line, bytes) else line.encode()
    write("a.jsonl", b'{"id": "before", "en": "x"}\n   \n' + content + b'\n{"id": "after", "en": "x"}\n')
    found = read()
    assert found.ids == (["before"] if line == "{" else ["before", "after"])
    assert len(found.left_out) == 1
    assert found.left_out[0].startswith(f"a.jsonl, line 3: {message}")


def test_a_row_with_two_faults_tells_both(read: Read, write: Write) -> None:
    write("a.jsonl", jsonl({"ar": 1, "en": 2, "title": 3}))
    assert len(read().left_out) == 3


def test_a_document_goes_on_without_its_bad_row(read: Read, write: Write) -> None:
    write(
        "a.jsonl",
        jsonl({"document": "d", "en": "x"}, {"document": "d", "en": 1}, {"document": "d", "en": "y"}),
    )
    assert read().document.en == "x\ny"
    write("a.jsonl", jsonl({"document": "d", "en": "x"}, {"document": "d", "en": 1}))
    assert read().document.en == "x"


def test_an_article_in_the_wrong_column_is_left_out(read: Read, write: Write) -> None:
    text = "Shares fell on Monday after the announcement."
    write("a.jsonl", jsonl({"id": "1", "ar": text}, {"id": "2", "en": text}))
    found = read()
    assert found.ids == ["2"]
    assert found.left_out[0].startswith("a.jsonl, line 1: document 1, side ar: 100% of its letters are Latin")


def test_swapped_columns_are_seen_over_the_whole_document(read: Read, write: Write) -> None:
    write("a.jsonl", jsonl(*({"ar": "short", "en": "قصير"} for _ in range(9))))
    found = read()
    assert found.items == []
    assert [message[:48] for message in found.left_out] == [
        "a.jsonl, line 1: document a, side ar: 100% of it",
        "a.jsonl, line 1: document a, side en: 100% of it",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "a.jsonl: has no rows"),
        ("\n \n", "a.jsonl: has no rows"),
        ('[\n{"en": "x"}\n]\n', "a.jsonl, line 1: a JSON value begins here that goes over several lines"),
        ('{"en": "x"}\n'.encode("utf-16"), "a.jsonl: byte 0 (0xFF) is not UTF-8; this looks like UTF-16LE"),
    ],
)
def test_a_file_that_is_no_json_lines_is_one_message(
    read: Read, write: Write, content: str | bytes, message: str
) -> None:
    write("a.jsonl", content)
    assert read().refused().startswith(message)


def test_a_line_too_long_for_memory_is_passed_over(
    read: Read, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hashiya.corpus.sources.formats.jsonl.LONGEST_ROW", 40)
    write(
        "a.jsonl",
        '{"id": "1", "en": "x"}\n' + "x" * 100 + '\n{"id": "2", "en": "\xff"}\n{"id": "3", "en": "y"}',
    )
    found = read()
    assert found.ids == ["1", "2", "3"]
    assert found.left_out == ["a.jsonl, line 2: is longer than 40 bytes: write one row a line"]
