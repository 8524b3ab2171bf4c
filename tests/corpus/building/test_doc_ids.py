"""A doc_id names one document of a corpus: of two alike the first stays, and both places are said."""

from __future__ import annotations

from pathlib import Path

from hashiya.corpus.building.build import build
from hashiya.schema.errors import Problem

AR = "قال نعم."


def built(folder: Path, *sources: Path) -> tuple[list[str], list[str]]:
    """Build a corpus; the ids of its documents, and what was left out."""
    told: list[Problem] = []
    outcome = build(sources, folder / "corpus", name="ids", report=told.append)
    ids = [document.doc_id for document in outcome.corpus.generation().documents()]
    return ids, [str(problem).replace(f"{folder}/", "") for problem in told if problem.left_out]


def test_of_two_documents_of_one_id_the_second_is_left_out_with_both_places(tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    for name in ("a", "b", "c"):
        (news / f"{name}.ar.txt").write_text(AR, encoding="utf-8")
    (news / "a.jsonl").write_text('{"id": "b", "en": "x"}\n{"id": "a", "en": "y"}\n', encoding="utf-8")
    (news / "c.toml").write_text("doc_id = 'a'\n", encoding="utf-8")
    ids, left_out = built(tmp_path, news)
    assert ids == ["b", "a"]
    assert left_out == [
        "news/a.ar.txt: its doc_id 'a' is that of news/a.jsonl, line 2 too: give one of them another",
        "news/b.ar.txt: its doc_id 'b' is that of news/a.jsonl, line 1 too: give one of them another",
        "news/c.ar.txt: its doc_id 'a' is that of news/a.jsonl, line 2 too: give one of them another",
    ]


def test_two_folders_with_one_name_are_alike(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.ar.txt").write_text(AR, encoding="utf-8")
    ids, left_out = built(tmp_path, tmp_path / "one", tmp_path / "two")
    assert ids == ["a"]
    assert left_out == ["two/a.ar.txt: its doc_id 'a' is that of one/a.ar.txt too: give one of them another"]
