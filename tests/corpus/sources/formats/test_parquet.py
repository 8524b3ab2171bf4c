"""Parquet: the same rows as in JSON Lines, with columns that have types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hashiya.corpus.sources.given_beads import GivenBead
from hashiya.schema.records import Span
from tests.corpus.sources.conftest import Read, Write, side

WriteTable = Callable[..., None]
"""Writes the table of the test's folder, of columns, with the options of Parquet."""


@pytest.fixture
def table(tmp_path: Path) -> WriteTable:
    """Write the table of the test's folder."""

    def run(columns: Mapping[str, Any], **options: Any) -> None:
        pq.write_table(pa.table(columns), tmp_path / "a.parquet", **options)

    return run


def test_articles_and_segments(read: Read, table: WriteTable) -> None:
    table(
        {
            "id": [1, 2, 3],
            "document": ["d", None, "d"],
            "ar": ["واحد", "خبر 👨\u200d👩\u200d👧", "ـاّ"],
            "en": ["one", None, "three"],
            "published": [None, date(2025, 2, 20), None],
        }
    )
    article, segments = read().items
    assert (article.document.doc_id, article.document.ar, article.document.en) == (
        "2",
        "خبر 👨\u200d👩\u200d👧",
        None,
    )
    assert (article.document.published, article.beads) == ("2025-02-20", ())
    assert (segments.document.ar, segments.document.en) == ("واحد\nـاّ", "one\nthree")
    assert segments.beads[1] == GivenBead((Span(5, 8),), (Span(4, 9),), segmented=False)
    assert segments.where.endswith("a.parquet, row 1")


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["x"], pa.large_string()),
        pa.array(["x"]).dictionary_encode(),
        pa.array(["x"], pa.string()),
    ],
)
def test_text_columns_of_every_make(read: Read, table: WriteTable, column: str) -> None:
    table({"en": column, "ar": pa.nulls(1)})
    assert read().document.en == "x"


@pytest.mark.parametrize(
    "moment",
    [
        pa.array([datetime(2025, 2, 20, 5, tzinfo=UTC)], pa.timestamp("us", "Asia/Riyadh")),
        pa.array([datetime(2025, 2, 20, 5)], pa.timestamp("ns")),  # noqa: DTZ001  a column without a zone
        pa.array([date(2025, 2, 20)], pa.date64()),
        pa.array(["2025-02-20"]),
    ],
)
def test_dates_of_every_make(read: Read, table: WriteTable, moment: pa.Array[Any]) -> None:
    table({"en": ["x"], "published": moment})
    assert read().document.published == "2025-02-20"


def test_rows_are_read_in_batches_and_groups(read: Read, table: WriteTable) -> None:
    count = 2_500
    table({"en": [f"line {n}" for n in range(count)]}, row_group_size=700)
    found = read()
    assert side(found, "en").split("\n") == [f"line {n}" for n in range(count)]
    assert len(found.item.beads) == count


def test_columns_that_nobody_reads_are_named_once(read: Read, table: WriteTable) -> None:
    table({"en": ["x", "y"], "score": [1.0, 2.0], "__index_level_0__": [0, 1]})
    assert [message[:29] for message in read().warnings] == ["a.parquet: not read: score; t"]


@pytest.mark.parametrize(
    ("columns", "messages"),
    [
        ({"en": [1]}, ["a.parquet: column en is of type int64, which is not text"]),
        ({"en": [b"x"]}, ["a.parquet: column en is of type binary, which is not text"]),
        ({"en": [["x"]]}, ["a.parquet: column en is of type list<element: string>, which is not text"]),
        (
            {"en": ["x"], "id": [1.5]},
            ["a.parquet: column id is of type double, which is not text or whole numbers"],
        ),
        (
            {"en": ["x"], "published": [1], "title": [True]},
            [
                "a.parquet: column published is of type int64, which is not text or dates",
                "a.parquet: column title is of type bool, which is not text",
            ],
        ),
        ({"text": ["x"]}, ["a.parquet: has no column ar or en, but text"]),
        ({"en": pa.array([], pa.string())}, ["a.parquet: has no rows"]),
        ({"en": [None, "x"]}, ["a.parquet, row 1: has neither an Arabic text (ar) nor an English one (en)"]),
    ],
)
def test_what_is_refused(
    read: Read, table: WriteTable, columns: dict[str, object], messages: list[str]
) -> None:
    table(columns)
    assert read().left_out == messages


def test_a_nul_is_refused_with_its_place(read: Read, table: WriteTable) -> None:
    table({"en": ["a\0", "x"]})
    assert read().left_out[0].startswith("a.parquet, row 1: en, line 1, column 2: a NUL character: delete it")


def test_a_column_that_occurs_twice_is_refused(read: Read, tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_arrays([pa.array(["x"])] * 2, names=["en", "en"]), tmp_path / "a.parquet")
    assert read().refused() == "a.parquet: column en occurs twice"


def test_invalid_utf8_in_a_row_is_named_and_the_rest_is_read(read: Read, table: WriteTable) -> None:
    raw = pa.array([b"good", b"caf\xe9 x", b"fine"], pa.binary())
    _, offsets, data = raw.buffers()
    assert offsets is not None
    assert data is not None
    table({"id": ["1", "2", "3"], "en": pa.StringArray.from_buffers(3, offsets, data)})
    found = read()
    assert found.ids == ["1", "3"]
    assert found.left_out == ["a.parquet, row 2: en: byte 3 (0xE9) is not UTF-8"]


def test_a_date_out_of_range_is_named_and_the_rest_is_read(read: Read, table: WriteTable) -> None:
    table({"id": ["1", "2"], "en": ["x", "y"], "published": pa.array([2**40, 0], pa.timestamp("s"))})
    found = read()
    assert found.ids == ["2"]
    assert found.left_out == ["a.parquet, row 1: published: a date that is out of range"]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all", b"PAR1" + b"\0" * 100 + b"PAR1"])
def test_a_file_that_is_no_parquet_is_refused(read: Read, write: Write, content: str | bytes) -> None:
    write("a.parquet", content)
    assert read().refused().startswith("a.parquet: cannot be read as Parquet: ")


def test_a_damaged_file_is_refused_or_read_as_far_as_it_goes(
    read: Read, table: WriteTable, tmp_path: Path
) -> None:
    table(
        {"id": [f"{n}" for n in range(3000)], "en": [f"{n} word" * 20 for n in range(3000)]},
        row_group_size=1000,
    )
    path = tmp_path / "a.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 2000] = bytes(2000)
    path.write_bytes(data)
    found = read()
    assert 0 < len(found.items) < 3000
    assert "cannot be read as Parquet" in found.left_out[0]
    assert f"what comes after row {len(found.items)} is left out" in found.left_out[0]
