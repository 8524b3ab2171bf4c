"""A file read in stretches gives the documents and the problems that it gives as a whole."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hashiya.corpus.sources.find import find_sources
from hashiya.corpus.sources.read import cut_source, read_stretch
from hashiya.corpus.sources.source import SourceDocument
from hashiya.schema.errors import Problem
from tests.corpus.sources.conftest import nothing_wrong

NAMES = st.sampled_from([None, "x", "y", "z", "w"])
ROW = st.fixed_dictionaries(
    {"ar": st.sampled_from(["نص", "نص أطول قليلا", None]), "en": st.sampled_from(["text", "a longer text"])},
    optional={"document": NAMES, "id": NAMES, "url": st.sampled_from(["u1", "u2"])},
)
BROKEN = st.sampled_from(["no JSON", "", "[]", '{"id": " "}', '{"odd": 1, "id": 3}'])
LINES = st.lists(ROW.map(json.dumps) | BROKEN, max_size=30)

Read = tuple[list[SourceDocument], list[Problem]]


def whole_and_in_stretches(folder: Path, size: int) -> tuple[Read, Read, int]:
    (source,) = find_sources([folder], nothing_wrong)
    whole: Read = ([], [])
    whole[0].extend(read_stretch(source, None, whole[1].append))
    parts: Read = ([], [])
    stretches = cut_source(source, size)
    for stretch in stretches:
        parts[0].extend(read_stretch(source, stretch, parts[1].append))
    return whole, parts, len(stretches)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@given(lines=LINES, size=st.integers(1, 300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_json_lines_in_stretches_are_the_file(
    tmp_path: Path, mark: bytes, lines: list[str], size: int
) -> None:
    (tmp_path / "f.jsonl").write_bytes(mark + "\n".join(lines).encode())
    whole, parts, _ = whole_and_in_stretches(tmp_path, size)
    assert parts == whole


@given(rows=st.lists(ROW, max_size=30), size=st.integers(1, 3000), group=st.integers(1, 10))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_parquet_in_stretches_is_the_file(
    tmp_path: Path, rows: list[dict[str, str]], size: int, group: int
) -> None:
    names = ("document", "id", "ar", "en", "url", "odd")
    schema = pa.schema([(name, pa.string()) for name in names])
    pq.write_table(pa.Table.from_pylist(rows, schema), tmp_path / "f.parquet", row_group_size=group)
    whole, parts, _ = whole_and_in_stretches(tmp_path, size)
    assert parts == whole


def test_a_file_is_cut_only_where_a_document_ends(tmp_path: Path) -> None:
    def stretches(*documents: str) -> int:
        lines = [json.dumps({"document": name, "en": "text"}) for name in documents]
        (tmp_path / "f.jsonl").write_text("\n".join(lines), encoding="utf-8")
        return whole_and_in_stretches(tmp_path, 1)[2]

    assert stretches("a", "a", "b", "c") == 3
    assert stretches("a", "b", "c", "b", "d") == 3
    assert stretches("a", "b", "a", "c", "b", "d", "e", "d", "a") == 1


def test_a_damaged_row_group_loses_its_rows_and_no_others(tmp_path: Path) -> None:
    rows = [{"id": f"d{number}", "en": f"Sentence number {number}. " * 50} for number in range(30)]
    path = tmp_path / "f.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=10, compression="none")
    place = pq.ParquetFile(path).metadata.row_group(1).column(1).data_page_offset
    data = bytearray(path.read_bytes())
    data[place : place + 40] = b"\xff" * 40
    path.write_bytes(data)
    _, (documents, problems), _ = whole_and_in_stretches(tmp_path, 2000)
    ids = {item.document.doc_id for item in documents}
    assert {"d0", "d9", "d20", "d29"} <= ids
    assert "d15" not in ids
    assert all("cannot be read as Parquet" in problem.what for problem in problems)
    assert any("; rows 11 to " in problem.what for problem in problems)


def test_what_cannot_be_read_is_not_cut(tmp_path: Path) -> None:
    (tmp_path / "f.parquet").write_bytes(b"PAR1 or not")
    whole, _, count = whole_and_in_stretches(tmp_path, 1)
    assert (count, len(whole[1])) == (0, 1)
