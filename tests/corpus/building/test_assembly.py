"""Whatever was changed since the last build, in however many steps: the corpus is as built from nothing."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashiya.corpus.building import known_files, make_part, part_files
from hashiya.corpus.building.build import Built, build
from hashiya.corpus.building.part_tables import Part
from hashiya.corpus.building.plan import Portion
from hashiya.corpus.building.shard_state import STATE, KnownShard
from hashiya.corpus.encoders.protocol import Encoder
from hashiya.corpus.inspection.check import check
from hashiya.corpus.store.generation import Generation
from hashiya.corpus.store.parquet import read_records
from hashiya.corpus.store.shard import DOCUMENTS, INDEX, PAIRS
from hashiya.schema.errors import Problem
from hashiya.schema.records import Pair

SHARD = 900
"""Bytes of source text in a shard: some three articles."""
FURNITURE = "Follow the paper everywhere"
BAD = "no JSON"


@dataclass
class Sources:
    """A folder of articles, and of one long file of rows."""

    folder: Path
    articles: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    rows: list[str] = field(default_factory=list[str])

    def write(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for name, texts in self.articles.items():
            for lang, text in zip(("ar", "en"), texts, strict=True):
                (self.folder / f"{name}.{lang}.txt").write_text(text, encoding="utf-8")
        if self.rows:
            (self.folder / "m.jsonl").write_text("\n".join(self.rows) + "\n", encoding="utf-8")


def article(number: int, *, furniture: bool) -> tuple[str, str]:
    more = f"\n{FURNITURE}" if furniture else ""
    word = "ABCDEFGHIJ"[number % 10] * 3
    title = f"عنوان رقم {number}\r\n"
    return (
        f"{title}قالت شـركة Nvidia{number} إنّ الطلبَ لا يقلّ عن ٣٫٥٪ 👩🏽\u200d🚀. ارتفع السهم {number}.",
        f"Title {word} {number}{more}\nThe company {number} said that demand is strong. It rose {number}.",
    )


def row(number: int, *, furniture: bool) -> str:
    ar, en = article(number, furniture=furniture)
    return json.dumps({"id": f"r{number % 25}", "ar": ar, "en": en}, ensure_ascii=False)


@st.composite
def edits(draw: st.DrawFn, sources: Sources) -> str:
    """Change something; return what."""
    number, furniture = draw(st.integers(0, 40)), draw(st.booleans())
    name = f"{draw(st.sampled_from('afz'))}{number % 5}"
    what = draw(
        st.sampled_from(["article", "article gone", "rename", "row", "row gone", "row swap", "bad row"])
    )
    place = draw(st.integers(0, max(len(sources.rows) - 1, 0)))
    if what == "article":
        sources.articles[name] = article(number, furniture=furniture)
    elif what == "article gone" and len(sources.articles) > 1:
        del sources.articles[sorted(sources.articles)[number % len(sources.articles)]]
    elif what == "rename" and sources.articles:
        texts = sources.articles.pop(sorted(sources.articles)[number % len(sources.articles)])
        sources.articles[name] = texts
    elif what == "row":
        sources.rows.insert(place, row(number, furniture=furniture))
    elif what == "row gone" and sources.rows:
        del sources.rows[place]
    elif what == "row swap" and sources.rows:
        sources.rows.append(sources.rows.pop(place))
    elif what == "bad row":
        sources.rows.insert(place, BAD)
    return what


def run(sources: Sources, out: Path, *, force: bool = False) -> tuple[Built, list[Problem]]:
    problems: list[Problem] = []
    built = build(
        [sources.folder], out, name="c", shard=SHARD, portion=500, force=force, report=problems.append
    )
    return built, problems


def outcome(made: tuple[Built, list[Problem]]) -> object:
    """All that a build makes and says, but for the number of its generation."""
    built, problems = made
    manifest = built.corpus.generation().manifest
    files = {name.replace(manifest.generation, "N"): entry for name, entry in manifest.paths().items()}
    return replace(manifest, generation="N"), files, built.report, problems


def begun(folder: Path) -> Sources:
    sources = Sources(folder)
    sources.articles = {
        f"{letter}{number}": article(number, furniture=True) for letter in "az" for number in range(4)
    }
    sources.rows = [row(number, furniture=number % 2 == 0) for number in range(20)]
    return sources


@given(st.data())
@settings(max_examples=12)
def test_edits_lead_to_the_shards_of_a_fresh_build(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    root = tmp_path_factory.mktemp("edits")
    sources = begun(root / "news")
    sources.write()
    run(sources, root / "corpus")
    for number in range(data.draw(st.integers(1, 3))):
        for _ in range(data.draw(st.integers(1, 3))):
            data.draw(edits(sources))
        sources.write()
        edited = run(sources, root / "corpus")
        assert outcome(edited) == outcome(run(sources, root / f"fresh{number}"))
        assert outcome(edited) == outcome(run(sources, root / "corpus", force=True))
        assert check(edited[0].corpus).problems == []


def test_one_edit_leaves_the_other_shards_and_their_files_alone(tmp_path: Path) -> None:
    sources = begun(tmp_path / "news")
    sources.write()
    first, _ = run(sources, tmp_path / "corpus")
    before = first.corpus.generation()
    inodes = {shard.folder.name: shard.path(PAIRS).stat().st_ino for shard in before.shards}
    sources.articles["a1"] = ("عنوان\nنص جديد.", "Title\nA new text.")
    sources.write()
    again, _ = run(sources, tmp_path / "corpus")
    after = again.corpus.generation()
    assert again.shards - again.kept == 1
    assert len(inodes) > 5
    kept = [shard for shard in after.shards if shard.folder.name in inodes]
    assert len(kept) == again.kept
    assert all(shard.path(PAIRS).stat().st_ino == inodes[shard.folder.name] for shard in kept)
    assert {pair.en for pair in after.pairs() if pair.doc_id == "a1"} == {"Title", "A new text."}
    assert "A new text." not in {pair.en for pair in before.pairs()}, "a reader keeps what it opened"


def test_furniture_that_comes_or_goes_changes_only_shards_that_hold_it(tmp_path: Path) -> None:
    sources = Sources(tmp_path / "news")
    sources.articles = {f"a{number}": article(number, furniture=number in {1, 8, 15}) for number in range(24)}
    sources.write()
    first, _ = run(sources, tmp_path / "corpus")
    assert first.report.boilerplate == 0
    sources.articles["a22"] = article(22, furniture=True)
    sources.write()
    again, _ = run(sources, tmp_path / "corpus")
    assert again.report.boilerplate == 4
    holding = {
        number
        for number, shard in enumerate(again.corpus.generation().shards)
        if any(pair.en == FURNITURE for pair in read_records(shard.path(PAIRS), Pair))
    }
    assert len(holding) > 2
    assert again.kept == again.shards - len(holding)


@pytest.mark.parametrize("file", [DOCUMENTS, PAIRS, INDEX, STATE])
@pytest.mark.parametrize("damage", ["flipped", "cut", "gone"])
def test_a_damaged_shard_is_made_again_and_no_other(tmp_path: Path, file: str, damage: str) -> None:
    sources = begun(tmp_path / "news")
    sources.write()
    whole = run(sources, tmp_path / "corpus")
    before = outcome(whole)
    path = whole[0].corpus.generation().shards[2].path(file)
    content = path.read_bytes()
    if damage == "flipped":
        path.write_bytes(content[:200] + bytes([content[200] ^ 1]) + content[201:])
    elif damage == "cut":
        path.write_bytes(content[:-3])
    else:
        path.unlink()
    again = run(sources, tmp_path / "corpus")
    assert again[0].fresh
    assert again[0].kept == again[0].shards - 1
    assert outcome(again) == before
    assert again[0].corpus.generation().complete()
    assert not run(sources, tmp_path / "corpus")[0].fresh


def test_the_state_of_a_shard_gives_back_the_part_that_it_was_made_of(tmp_path: Path) -> None:
    """Also of one whose documents were left out, since an earlier one has their id."""
    sources = begun(tmp_path / "news")
    sources.rows[3] = sources.rows[12] = row(0, furniture=True)
    sources.write()
    built, problems = run(sources, tmp_path / "corpus")
    assert sum(problem.left_out for problem in problems) == 2
    generation: Generation = built.corpus.generation()
    parts = [
        known.part()
        for entry, shard in zip(generation.manifest.shards, generation.shards, strict=True)
        if (known := KnownShard.opened(entry, shard))
    ]
    ids = [doc_id for part in parts for doc_id in part.documents["doc_id"].to_pylist()]
    assert ids.count("r0") == 3
    assert sum(part.pairs.num_rows for part in parts) > generation.rows(PAIRS)
    for part in parts:
        names = part.documents["doc_id"].to_pylist()
        assert [names[at] for at in part.rows()] == part.pairs["doc_id"].to_pylist()
    del sources.rows[0]
    sources.write()
    assert outcome(run(sources, tmp_path / "corpus")) == outcome(run(sources, tmp_path / "fresh"))


def test_a_source_that_fails_or_changes_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was hashed is not what was read: the next build must not take it for that."""
    sources = begun(tmp_path / "news")
    sources.write()
    run(sources, tmp_path / "corpus")
    sources.articles["a1"] = ("عنوان\nنص جديد.", "Title\nA new text.")
    sources.articles["a2"] = ("عنوان\nنص آخر.", "Title\nAnother text.")
    sources.write()
    real = make_part.make_part

    def disturbed(portion: Portion, encoder: Encoder | None) -> Part:
        moved = [sources.folder / f"a1.{lang}.txt" for lang in ("ar", "en")]
        for path in moved:
            path.rename(tmp_path / path.name)
        changed = sources.folder / "a2.en.txt"
        changed.write_text("Title\nNobody wrote this.")
        try:
            return real(portion, encoder)
        finally:
            for path in moved:
                (tmp_path / path.name).rename(path)
            changed.write_text("Title\nAnother text.")

    monkeypatch.setattr(part_files, "make_part", disturbed)
    built, problems = run(sources, tmp_path / "corpus")
    assert any("No such file" in problem.what for problem in problems)
    monkeypatch.undo()
    again = run(sources, tmp_path / "corpus")
    assert again[0].fresh
    assert again[1] == []
    assert outcome(again) == outcome(run(sources, tmp_path / "fresh"))
    assert built.report != again[0].report
    assert not run(sources, tmp_path / "corpus")[0].fresh


def test_what_is_said_of_a_bad_row_counts_the_lines_of_today(tmp_path: Path) -> None:
    sources = begun(tmp_path / "news")
    sources.rows.insert(15, BAD)
    sources.write()
    run(sources, tmp_path / "corpus")
    file = sources.folder / "m.jsonl"
    text = file.read_text(encoding="utf-8")
    lines = text.split("\n")
    assert ", " in lines[2]
    lines[2] = lines[2].replace(", ", ",", 1) + "\n"  # as many bytes, and a line more
    file.write_text("\n".join(lines), encoding="utf-8")
    edited = run(sources, tmp_path / "corpus")
    assert [problem.where.rpartition(", ")[2] for problem in edited[1]] == ["line 17"]
    assert outcome(edited) == outcome(run(sources, tmp_path / "fresh"))


def test_a_folder_that_moved_is_named_as_it_is_now(tmp_path: Path) -> None:
    sources = begun(tmp_path / "news")
    sources.write()
    (sources.folder / "a1.beads.json").write_text("{")
    run(sources, tmp_path / "corpus")
    sources.folder = sources.folder.rename(tmp_path / "elsewhere")
    (sources.folder / "a2.en.txt").write_text("Title\nAn edit.")
    edited = run(sources, tmp_path / "corpus")
    assert all("news" not in str(problem) for problem in edited[1])
    assert any("elsewhere/a1.beads.json" in str(problem) for problem in edited[1])
    assert outcome(edited) == outcome(run(sources, tmp_path / "fresh"))


def test_a_build_with_nothing_to_do_tells_the_problems_of_today(tmp_path: Path) -> None:
    sources = begun(tmp_path / "news")
    sources.rows.insert(15, BAD)
    sources.rows.append(sources.rows[0])
    sources.write()
    (sources.folder / "stray.csv").write_text("a,b")
    first = run(sources, tmp_path / "corpus")
    assert len(first[1]) == 3
    sources.folder = sources.folder.rename(tmp_path / "elsewhere")
    (sources.folder / "stray.csv").unlink()
    again = run(sources, tmp_path / "corpus")
    assert not again[0].fresh
    assert again[0].report.problems == tuple(again[1])
    assert [str(problem) for problem in again[1]] == [
        str(problem).replace(f"{tmp_path}/news", f"{tmp_path}/elsewhere")
        for problem in first[1]
        if "stray" not in str(problem)
    ]


def test_a_folder_whose_name_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_files, "_SETTLED", 0)
    here = tmp_path / os.fsdecode(b"caf\xe9")
    here.mkdir()
    monkeypatch.chdir(here)
    sources = begun(Path("news"))
    sources.write()
    assert run(sources, Path("corpus"))[0].fresh
    assert not run(sources, Path("corpus"))[0].fresh
