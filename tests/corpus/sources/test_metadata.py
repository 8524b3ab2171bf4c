"""NAME.toml: what is taken over, and what is wrong in it."""

from __future__ import annotations

import pytest

from tests.corpus.sources.conftest import Read, Write

AR = "انخفضت الأسهم يوم الاثنين بعد الإعلان."


def test_every_field_is_taken_over(read: Read, write: Write) -> None:
    write("a.ar.txt", AR)
    write(
        "a.toml",
        """
        doc_id = "ft/2025-02-20"
        title = "صدمة DeepSeek"
        publisher = "FT"
        url = "https://example.com/a"
        published = 2025-02-20
        licence = "CC-BY-4.0"
        source_lang = "en"
        ar_origin = "machine-translation"
        en_origin = "written"
        ar_by = "unknown"
        en_by = "R. K."
        split = "test"
        """,
    )
    document = read().document
    assert (document.doc_id, document.title, document.publisher) == ("ft/2025-02-20", "صدمة DeepSeek", "FT")
    assert (document.url, document.published) == ("https://example.com/a", "2025-02-20")
    assert (document.licence, document.source_lang) == ("CC-BY-4.0", "en")
    assert (document.ar_origin, document.en_origin) == ("machine-translation", "written")
    assert (document.ar_by, document.en_by, document.split) == ("unknown", "R. K.", "test")
    assert document.ar == AR


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("2025-02-20", "2025-02-20"),
        ('"2025-02-20"', "2025-02-20"),
        ("2025-02-20T23:30:00Z", "2025-02-20"),
        ('"2025-02-20T23:30:00+03:00"', "2025-02-20"),
        ('""', None),
        ('"  "', None),
    ],
)
def test_dates_are_stored_as_iso_dates(read: Read, write: Write, written: str, stored: str) -> None:
    write("a.ar.txt", AR)
    write("a.toml", f"published = {written}")
    assert read().document.published == stored


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("title = ", "a.toml: is not TOML: Invalid value (at end of document)"),
        ("x = " + "[" * 5000, "a.toml: is not metadata: it is nested too deeply"),
        (b"title = '\xff'", "a.toml: byte 9 (0xFF) is not UTF-8"),
        ("licens = 'CC0'", "a.toml: licens: no such field; did you mean licence?"),
        ("ar = 'x'", "a.toml: ar: no such field; there are doc_id, title, publisher"),
        ("title = 3", "a.toml: title = 3: Input should be a valid string"),
        ("title = ['a']", "a.toml: title = ['a']: Input should be a valid string"),
        ("split = 'dev'", "a.toml: split = 'dev': Input should be 'train', 'validation' or 'test'"),
        ("ar_origin = 'MT'", "a.toml: ar_origin = 'MT': Input should be 'written', 'human-translation'"),
        (
            "published = '20 Feb 2025'",
            "a.toml: published = '20 Feb 2025': not a date: write it as 2025-02-20",
        ),
        ("published = 12:30:00", "a.toml: published = datetime.time(12, 30): Input should be a valid string"),
        ("doc_id = ' x'", "a.toml: doc_id = ' x': an id has no white space around it: take it away"),
        ('doc_id = "a\\nb"', "a.toml: doc_id = 'a\\nb': an id is one line without control characters"),
    ],
)
def test_a_bad_file_leaves_the_document_out(read: Read, write: Write, toml: str, message: str) -> None:
    write("a.ar.txt", AR)
    write("a.toml", toml)
    assert read().refused().startswith(message)


def test_every_fault_is_named(read: Read, write: Write) -> None:
    write("a.ar.txt", AR)
    write("a.toml", "split = 'dev'\ntitle = 1\nowner = 'me'\n")
    found = read()
    assert found.items == []
    assert sorted(message.split()[1].rstrip(":") for message in found.left_out) == ["owner", "split", "title"]


def test_it_holds_for_every_document_of_a_file_and_a_row_says_more(read: Read, write: Write) -> None:
    write("news.toml", "licence = 'CC0-1.0'\npublisher = 'P'\n")
    write("news.jsonl", '{"id": "1", "en": "One."}\n{"id": "2", "en": "Two.", "publisher": "Q"}\n')
    found = read()
    assert [(item.document.licence, item.document.publisher) for item in found.items] == [
        ("CC0-1.0", "P"),
        ("CC0-1.0", "Q"),
    ]


def test_its_doc_id_names_the_document_of_the_file_only(read: Read, write: Write) -> None:
    write("news.toml", "doc_id = 'mine'\n")
    write("news.jsonl", '{"en": "One."}\n{"document": "other", "en": "Two."}\n')
    assert read().ids == ["mine", "other"]
