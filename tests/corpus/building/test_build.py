from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hashiya.corpus.building.build import Built, build
from hashiya.corpus.inspection.check import check
from hashiya.corpus.sources.given_beads import GivenBead, write_beads
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.shard import PAIRS
from hashiya.schema.errors import Problem, SourceError
from hashiya.schema.records import Document, Span
from tests.corpora import label

AR = "اشترك في نشرتنا البريدية\nأعلنت شركة هواوي رقاقة جديدة. ورحّب المحللون بها.\r\nلا 😀 تعليق؟"
EN = "Subscribe to our newsletter\nHuawei announced a new chip. Analysts welcomed it.\r\nNo 😀 comment?"


def write(folder: Path, name: str = "chip", ar: str | None = AR, en: str | None = EN) -> None:
    folder.mkdir(exist_ok=True)
    for lang, text in (("ar", ar), ("en", en)):
        if text is not None:
            (folder / f"{name}.{lang}.txt").write_bytes(text.encode())


def run(root: Path, *, force: bool = False) -> tuple[Built, list[Problem]]:
    problems: list[Problem] = []
    built = build([root / "news"], root / "corpus", report=problems.append, force=force)
    return built, problems


def test_a_document_becomes_pairs(tmp_path: Path) -> None:
    write(tmp_path / "news")
    built, problems = run(tmp_path)
    assert not problems
    pairs = list(built.corpus.generation().pairs())
    assert pairs[0].kind == "boilerplate"
    assert [pair.ar for pair in pairs[1:]] == [
        "أعلنت شركة هواوي رقاقة جديدة.",
        "ورحّب المحللون بها.",
        "لا 😀 تعليق؟",
    ]
    assert {pair.bead for pair in pairs} == {"1-1"}
    assert all(pair.score is not None and 0 <= pair.score <= 1 for pair in pairs)
    (document,) = built.corpus.generation().documents()
    assert (document.ar, document.en) == (AR, EN)
    assert check(built.corpus).problems == []
    assert (built.report.documents, built.report.ar_sentences, built.report.boilerplate) == (1, 4, 1)
    assert built.report.lowest[0].score == min(pair.score or 0 for pair in pairs)


def test_one_side_alone_has_null_on_the_other(tmp_path: Path) -> None:
    write(tmp_path / "news", en=None)
    built, _ = run(tmp_path)
    pairs = list(built.corpus.generation().pairs())
    assert {(pair.en, pair.en_start, pair.bead, pair.score) for pair in pairs} == {(None, None, "1-0", None)}
    assert built.report.ar_unaligned == 4
    assert check(built.corpus).problems == []


def test_nothing_changed_means_nothing_written(tmp_path: Path) -> None:
    write(tmp_path / "news")
    first, _ = run(tmp_path)
    again, _ = run(tmp_path)
    assert (first.fresh, again.fresh, again.report) == (True, False, first.report)
    assert again.corpus.generation().manifest.generation == "000001"
    forced, _ = run(tmp_path, force=True)
    assert forced.fresh
    assert forced.corpus.generation().manifest.files == first.corpus.generation().manifest.files, "same bytes"


@pytest.mark.parametrize("what", ["text", "metadata", "lost file"])
def test_any_change_builds_again(tmp_path: Path, what: str) -> None:
    write(tmp_path / "news")
    first, _ = run(tmp_path)
    if what == "text":
        write(tmp_path / "news", en=EN + " Indeed.")
    elif what == "metadata":
        (tmp_path / "news" / "chip.toml").write_text('publisher = "P"')
    else:
        first.corpus.generation().shards[0].path(PAIRS).unlink()
    assert run(tmp_path)[0].fresh


def test_beads_by_hand_are_obeyed_and_the_aligner_alone_is_reported(tmp_path: Path) -> None:
    write(tmp_path / "news", ar="قال نعم. ثم خرج.", en="He said yes. Then he left.")
    document = Document(doc_id="chip", ar="قال نعم. ثم خرج.", en="He said yes. Then he left.")
    given = (GivenBead((Span(0, 8), Span(9, 16)), (Span(0, 26),)),)
    write_beads(tmp_path / "news" / "chip.beads.json", document, given)
    built, problems = run(tmp_path)
    assert not problems
    (pair,) = built.corpus.generation().pairs()
    assert (pair.bead, pair.score, pair.ar_sentences) == ("2-1", None, (Span(0, 8), Span(9, 16)))
    (report,) = built.report.given
    assert report.ar_sentences == (2, 2, 2)
    assert report.en_sentences == (2, 1, 0)
    assert [low.pair_id for low in built.report.lowest] == [pair.pair_id]


def test_one_bad_document_is_left_out_and_told_of_each_time(tmp_path: Path) -> None:
    write(tmp_path / "news")
    (tmp_path / "news" / "bad.ar.txt").write_bytes("نص".encode("utf-16"))
    for _ in range(2):
        built, problems = run(tmp_path)
        assert built.report.documents == 1
        assert [problem.left_out for problem in problems] == [True]
        assert "bad.ar.txt" in str(problems[0])


def test_nothing_readable_builds_nothing_and_keeps_what_stands(tmp_path: Path) -> None:
    write(tmp_path / "news")
    before = run(tmp_path)[0].corpus.manifest()
    for path in (tmp_path / "news").iterdir():
        path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(SourceError, match="nothing was built"):
        run(tmp_path)
    assert Corpus.open(tmp_path / "corpus").manifest() == before


def test_a_problem_before_reading_counts_also_when_nothing_changed(tmp_path: Path) -> None:
    write(tmp_path / "news")
    run(tmp_path)
    problems: list[Problem] = []
    paths = [tmp_path / "news", tmp_path / "none"]
    built = build(paths, tmp_path / "corpus", report=problems.append)
    assert not built.fresh
    assert [problem.left_out for problem in built.report.problems] == [True]
    assert len(problems) == 1, "told once"


def test_a_damaged_manifest_is_mended(tmp_path: Path) -> None:
    write(tmp_path / "news")
    run(tmp_path)
    for damage in ("x", "{}", '{"format": 1, "generation": "abc", "files": {}, "inputs": ""}'):
        (tmp_path / "corpus" / "manifest.json").write_text(damage)
        (tmp_path / "corpus" / "generations" / ".DS_Store").write_text("")
        built, problems = run(tmp_path)
        assert built.fresh
        assert "this build makes another" in problems[0].what
        assert check(built.corpus).problems == []


@pytest.mark.parametrize("damage", [None, "x"])
def test_a_failed_build_over_a_lost_manifest_removes_no_label(tmp_path: Path, damage: str | None) -> None:
    write(tmp_path / "news")
    corpus = run(tmp_path)[0].corpus
    view = corpus.generation().views(["chip"])["chip"]
    with corpus.journal() as journal:
        journal.record([label(corpus.generation(), 1, doc_id="chip")], view.texts())
    (tmp_path / "corpus" / "manifest.json").unlink()
    if damage:
        (tmp_path / "corpus" / "manifest.json").write_text(damage)
    for path in (tmp_path / "news").iterdir():
        path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(SourceError, match="nothing was built"):
        run(tmp_path)
    with Corpus.open(tmp_path / "corpus").journal() as journal:
        assert len(list(journal.standing())) == 1


def test_two_of_one_name_are_an_error(tmp_path: Path) -> None:
    write(tmp_path / "news")
    rows = [
        {"id": "chip", "ar": "نص آخر هنا.", "en": "Another text."},
        {"id": "own", "ar": "نص.", "en": "Text."},
    ]
    (tmp_path / "news" / "more.jsonl").write_text(
        "\n".join(json.dumps(row) for row in rows), encoding="utf-8"
    )
    built, problems = run(tmp_path)
    assert built.report.documents == 2
    assert any("chip" in str(problem) and problem.left_out for problem in problems)


def test_all_formats_in_one_batch(tmp_path: Path) -> None:
    write(tmp_path / "news")
    news = tmp_path / "news"
    (news / "m.ar").write_text("سطر أول هنا.\nسطر ثانٍ هنا.\n", encoding="utf-8")
    (news / "m.en").write_text("A first line.\nA second line.\n", encoding="utf-8")
    (news / "t.tmx").write_text(
        '<tmx version="1.4"><header/><body><tu><tuv xml:lang="ar"><seg>نص <bpt>x</bpt>هنا.</seg></tuv>'
        '<tuv xml:lang="en"><seg>Text here. And more.</seg></tuv></tu></body></tmx>',
        encoding="utf-8",
    )
    pq.write_table(
        pa.table({"id": ["p1"], "ar": ["جملة من باركيه."], "en": ["A sentence from Parquet."]}),
        news / "p.parquet",
    )
    paragraphs = "".join(
        f"<p>{'Chips are made in Taiwan and sold around the world every day. ' * 4}</p>" for _ in "123"
    )
    (news / "h.en.html").write_text(f"<html lang=en><body><article>{paragraphs}</article></body></html>")
    built, problems = run(tmp_path)
    assert not [problem for problem in problems if problem.left_out]
    documents = {document.doc_id: document for document in built.corpus.generation().documents()}
    assert {"chip", "m", "t", "p1", "h"} == set(documents)
    by = {
        doc_id: [p for p in built.corpus.generation().pairs() if p.doc_id == doc_id] for doc_id in documents
    }
    assert [(pair.ar, pair.bead) for pair in by["m"]] == [("سطر أول هنا.", "1-1"), ("سطر ثانٍ هنا.", "1-1")]
    assert [(pair.ar, pair.bead, pair.score) for pair in by["t"]] == [("نص هنا.", "1-2", None)]
    assert by["h"][0].ar is None
    assert check(built.corpus).problems == []
