"""Near-duplicates and repeated lines in a build as a whole: six pages of a paper, and what its site adds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from hashiya.corpus.building.build import Built, build
from hashiya.corpus.building.build_report import BuildReport, read_report
from hashiya.corpus.building.chunks import chunks_of
from hashiya.corpus.building.known_files import KnownFiles
from hashiya.corpus.building.make_part import make_part
from hashiya.corpus.building.part_tables import COUNTED_WITH, LINES, SIGNATURES
from hashiya.corpus.building.plan import portions_of
from hashiya.corpus.building.shard_state import STATE
from hashiya.corpus.dataset.release import release
from hashiya.corpus.duplicates.near_duplicates import (
    DUPLICATES,
    DuplicateCounts,
    DuplicateLink,
    find_links,
    links_of,
)
from hashiya.corpus.duplicates.repeated_lines import NEVER, RepeatedCounts
from hashiya.corpus.inspection.check import check
from hashiya.corpus.sources.find import find_sources
from hashiya.corpus.sources.given_beads import GivenBead, write_beads
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.index import PAIR_KINDS
from hashiya.corpus.store.shard import DOCUMENTS, INDEX, PAIRS
from hashiya.schema.arrow import arrow_schema
from hashiya.schema.codec import from_object
from hashiya.schema.records import Document, Kind, Pair, Span
from tests.corpora import released_pairs

AR, EN = "بقلم محررة الصحيفة في لندن", "By the editor of the paper in London"
WORDS = ["chip", "market", "share", "price", "factory", "export", "engineer", "profit", "loss", "model"]
PAGES = 6


class StoppedError(Exception):
    """Ends a build in the middle."""


def story(number: int, sentences: int = 9) -> list[str]:
    return [
        f"Report {number} has a {WORDS[(number * 3 + at) % 10]} of {WORDS[(number + 2 * at) % 10]} in year "
        f"{number * 100 + at}."
        for at in range(sentences)
    ]


def texts(number: int, lines: list[str]) -> dict[str, str]:
    """A page: a title, furniture on both sides, then the story, with one sentence of Arabic."""
    arabic = f"خبر عن السوق {'أبتثجح'[number % 6] * 3}\n{AR}\nهذا هو التقرير الجديد رقم {number} عن الشركات."
    title = f"Story {'abcdefghij'[number] * 3} of the day"
    return {"ar": arabic, "en": "\n".join([title, EN, *lines])}


def write(folder: Path) -> None:
    """Six pages, of which the fifth is the first with another ending; then a second one of an id."""
    folder.mkdir()
    pages = [texts(number, story(number)) for number in range(PAGES)]
    pages[4] = texts(4, [*story(0)[:8], "And then everything ended well."])
    with (folder / "pages.jsonl").open("w", encoding="utf-8") as file:
        for number, page in enumerate([*pages, texts(1, story(7))]):
            doc_id = f"page{number}" if number < PAGES else "page1"
            row = {"id": doc_id, "publisher": "The Paper", "licence": "CC0-1.0", **page}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def run(root: Path, out: str = "corpus", **options: object) -> Built:
    return build([root / "news"], root / out, name="c", portion=500, shard=1000, **options)  # type: ignore[arg-type]


def kinds(corpus: Corpus) -> dict[str | None, set[Kind]]:
    found: dict[str | None, set[Kind]] = {}
    for pair in corpus.generation().pairs():
        found.setdefault(pair.en, set()).add(pair.kind)
    return found


@pytest.fixture
def built(tmp_path: Path) -> Built:
    write(tmp_path / "news")
    return run(tmp_path)


def test_furniture_becomes_boilerplate_everywhere(built: Built) -> None:
    generation = built.corpus.generation()
    boilerplate = [pair for pair in generation.pairs() if pair.kind == "boilerplate"]
    assert [(pair.ar, pair.en) for pair in boilerplate] == [(AR, EN)] * PAGES
    kinds_in_index = [PAIR_KINDS[kind] for kind in generation.index().kinds]
    assert kinds_in_index == [pair.kind for pair in generation.pairs()]
    assert built.report.boilerplate == PAGES
    assert built.report.repeated == RepeatedCounts(lines=2, pairs=PAGES)
    assert check(built.corpus).problems == []


def test_the_links_are_written_as_they_would_be_found(built: Built) -> None:
    generation = built.corpus.generation()
    links = links_of(generation)
    assert [(link.doc_id, link.like, link.lang, link.exact) for link in links] == [
        ("page4", "page0", "en", False)
    ]
    assert links == find_links(generation.documents())
    assert generation.manifest.files[DUPLICATES].rows == 1
    assert built.report.duplicates == DuplicateCounts(groups=1, documents=2, copies=0)
    (generation.folder / DUPLICATES).unlink()
    assert not generation.complete()


def test_files_have_the_columns_of_their_records_and_no_more(built: Built) -> None:
    generation = built.corpus.generation()
    assert pq.read_schema(generation.folder / DUPLICATES).equals(arrow_schema(DuplicateLink))
    for shard in generation.shards:
        assert {path.name for path in shard.folder.iterdir()} == {DOCUMENTS, PAIRS, INDEX, STATE}
        for name, record in ((DOCUMENTS, Document), (PAIRS, Pair)):
            assert pq.read_schema(shard.path(name)).equals(arrow_schema(record))


def test_a_release_believes_the_written_links(built: Built, tmp_path: Path) -> None:
    corpus = built.corpus
    out = release(corpus, tmp_path / "first", lambda _: None)
    assert sum(split.pairs for split in out.info.splits.values()) == built.report.pairs - PAGES
    split = {row["doc_id"]: row["split"] for row in released_pairs(tmp_path / "first")}
    assert split["page0"] == split["page4"]


def state(built: Built) -> tuple[object, ...]:
    manifest = built.corpus.generation().manifest
    return manifest.files, manifest.shards, manifest.report


def test_the_bytes_are_the_same_by_two_workers_and_after_a_stop(built: Built, tmp_path: Path) -> None:
    assert built.parts > 2
    assert state(run(tmp_path, "two", workers=2)) == state(built)

    def stop(progress: object) -> None:
        if getattr(progress, "parts", 0) == 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        run(tmp_path, "stopped", progress=stop)
    resumed = run(tmp_path, "stopped")
    assert resumed.reused >= 2
    assert state(resumed) == state(built)
    again = run(tmp_path)
    assert (again.fresh, again.report) == (False, built.report)


def test_a_kind_given_by_hand_wins(tmp_path: Path) -> None:
    """Of six pages one says that its byline is text: it stays, and is not counted with the others."""
    news = tmp_path / "news"
    news.mkdir()
    for number in range(PAGES):
        page = texts(number, story(number, 2))
        for lang, text in page.items():
            (news / f"p{number}.{lang}.txt").write_text(text, encoding="utf-8")
        if number == 2:
            start = {lang: page[lang].index("\n") + 1 for lang in page}
            byline = GivenBead(
                (Span(start["ar"], start["ar"] + len(AR)),),
                (Span(start["en"], start["en"] + len(EN)),),
                kind="body",
            )
            write_beads(news / "p2.beads.json", Document(doc_id="p2", **page), [byline])  # type: ignore[arg-type]
    built = run(tmp_path)
    found = {pair.doc_id: pair.kind for pair in built.corpus.generation().pairs() if pair.en == EN}
    assert found.pop("p2") == "body"
    assert set(found.values()) == {"boilerplate"}
    assert built.report.repeated == RepeatedCounts(lines=2, pairs=PAGES - 1)


def test_a_part_has_what_the_surveys_read(tmp_path: Path) -> None:
    write(tmp_path / "news")
    sources = find_sources([tmp_path / "news"], lambda _: None)
    (portion,) = portions_of(chunks_of(sources, [], KnownFiles(tmp_path / "known")), 1 << 30)
    part = make_part(portion)
    assert set(part.documents[COUNTED_WITH].to_pylist()) == {"the paper"}
    assert [len(value or b"") for value in part.documents[SIGNATURES["ar"]].to_pylist()] == [20] * 7
    assert {len(value or b"") for value in part.documents[SIGNATURES["en"]].to_pylist()} == {276}
    for values, ar, en in zip(
        *(part.pairs[name].to_pylist() for name in (LINES, "ar_sentences", "en_sentences")), strict=True
    ):
        assert len(values or ()) == len(ar or ()) + len(en or ())
    assert set(part.pairs[LINES].to_pylist()[0] or ()) == {NEVER}, "the title"


def test_a_dropped_document_does_not_count(tmp_path: Path) -> None:
    """The page that has the id of another is no duplicate of anything, and its lines are not there."""
    write(tmp_path / "news")
    lines = (tmp_path / "news" / "pages.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines[:3]]
    rows.append({**rows[0], "id": "page1"})
    (tmp_path / "news" / "pages.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    built = run(tmp_path)
    assert built.report.documents == 3
    assert built.report.duplicates == DuplicateCounts()
    assert built.report.repeated == RepeatedCounts()
    assert kinds(built.corpus)[EN] == {"body"}
    assert built.corpus.generation().manifest.files[DUPLICATES].rows == 0
    assert check(built.corpus).problems == []


def test_reprints_are_not_the_furniture_of_a_publisher(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    rows = [{"id": f"r{number}", "en": "\n".join(["A title", *story(1)])} for number in range(8)]
    (tmp_path / "news" / "r.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    built = run(tmp_path)
    assert built.report.boilerplate == 0
    assert built.report.duplicates == DuplicateCounts(groups=1, documents=8, copies=7)


def test_a_generation_of_an_earlier_version_stands(built: Built, tmp_path: Path) -> None:
    """It has no file of links, and its report does not speak of them."""
    corpus = built.corpus
    generation = corpus.generation()
    links = links_of(generation)
    report = {
        name: value
        for name, value in generation.manifest.report.items()
        if name not in {"duplicates", "repeated"}
    }
    path = corpus.folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["report"] = report
    del manifest["files"][DUPLICATES]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    (generation.folder / DUPLICATES).unlink()
    old = corpus.generation()
    assert old.complete()
    assert links_of(old) == links
    assert check(corpus).problems == []
    assert read_report(corpus) == replace(built.report, duplicates=None, repeated=None)
    assert from_object(BuildReport, report, "manifest").documents == PAGES
    release(corpus, tmp_path / "out", lambda _: None)
    assert not run(tmp_path).fresh
