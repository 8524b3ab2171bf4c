from __future__ import annotations

import json
import os
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.building import known_files
from hashiya.corpus.building.chunks import Chunk, chunks_of
from hashiya.corpus.building.engines.local_engine import usable_cores
from hashiya.corpus.building.known_files import KnownFiles
from hashiya.corpus.building.plan import portions_of, shards_of
from hashiya.corpus.sources.find import find_sources
from hashiya.corpus.sources.source import SourceFile
from hashiya.corpus.store.parquet import file_hash
from tests.corpus.building.engines import mixed


def chunked(folder: Path, about: int = 500, made_by: tuple[str, ...] = ("1",)) -> list[Chunk]:
    sources = find_sources([folder], lambda _: None)
    return list(chunks_of(sources, made_by, KnownFiles(folder.parent / "known"), about))


def test_chunks_hold_every_source_once_and_in_order(tmp_path: Path) -> None:
    mixed.write(tmp_path / "news")
    sources = find_sources([tmp_path / "news"], lambda _: None)
    for about in (1, 300, 3000, 1 << 20):
        chunks = chunked(tmp_path / "news", about)
        assert list(dict.fromkeys(chunk.source for chunk in chunks)) == sources
        whole = Counter(chunk.source for chunk in chunks if chunk.stretch is None)
        assert set(whole.values()) <= {1}
        assert len({chunk.key for chunk in chunks}) == len(chunks)
        size = sum(path.stat().st_size for source in sources for path in source.texts)
        assert sum(chunk.size for chunk in chunks) == size
    assert len(chunks) == len(sources)


@pytest.mark.parametrize("change", ["text", "beads", "version", "moved"])
def test_a_key_changes_with_what_a_chunk_depends_on_and_no_place(tmp_path: Path, change: str) -> None:
    mixed.write(tmp_path / "news")
    before = {chunk.key for chunk in chunked(tmp_path / "news", 1)}
    news = tmp_path / "news"
    if change == "text":
        (news / "a.en.txt").write_text("He said no.")
    elif change == "beads":
        (news / "b.beads.json").unlink()
    elif change == "moved":
        news = news.rename(tmp_path / "elsewhere")
    after = chunked(news, 1, ("2",) if change == "version" else ("1",))
    new = [chunk.source.key for chunk in after if chunk.key not in before]
    assert new == {"text": ["a"], "beads": ["b"], "moved": []}.get(change, [one.source.key for one in after])


def rows(numbers: list[int]) -> str:
    return "".join(
        json.dumps({"doc_id": f"d{number}", "ar": f"جملة رقم {number}.", "en": f"Row {number}."}) + "\n"
        for number in numbers
    )


@given(st.data())
def test_a_row_more_or_less_changes_no_chunk_but_its_own(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    numbers = list(range(300))
    (folder / "j.jsonl").write_text(rows(numbers))
    before = [chunk.key for chunk in chunked(folder, 600)]
    place = data.draw(st.integers(0, 299))
    if data.draw(st.booleans()):
        numbers.insert(place, 1000)
    else:
        del numbers[place]
    (folder / "j.jsonl").write_text(rows(numbers))
    after = [chunk.key for chunk in chunked(folder, 600)]
    # The row itself, and where its id had made a border, the stretches that the border parted.
    assert len(set(before) - set(after)) <= 3
    assert len(set(after) - set(before)) <= 3
    assert len(before) > 20


SIZES = st.lists(st.integers(0, 3000), max_size=200)


def made_up(sizes: list[int], names: list[int]) -> list[Chunk]:
    source = SourceFile("text", "x", ())
    return [
        Chunk(source, None, f"{name}", name * 0x9E3779B97F4A7C15 % (1 << 64), size)
        for size, name in zip(sizes, names, strict=True)
    ]


@given(SIZES)
def test_shards_hold_every_chunk_once_and_are_neither_small_nor_large(sizes: list[int]) -> None:
    chunks = made_up(sizes, list(range(len(sizes))))
    shards = list(shards_of(chunks, 4000))
    assert list(chain.from_iterable(shards)) == chunks
    totals = [sum(chunk.size for chunk in shard) for shard in shards]
    assert all(1000 <= total <= 16_000 for total in totals[:-1])


@given(st.lists(st.integers(100, 900), min_size=100, max_size=200), st.data())
def test_a_chunk_more_moves_few_borders(sizes: list[int], data: st.DataObject) -> None:
    names = list(range(len(sizes)))
    before = set(shards_of(made_up(sizes, names), 4000))
    place = data.draw(st.integers(0, len(sizes)))
    size = data.draw(st.integers(0, 900))
    after = shards_of(
        made_up([*sizes[:place], size, *sizes[place:]], [*names[:place], 10**6, *names[place:]]), 4000
    )
    new = [shard for shard in after if shard not in before]
    # Up to the next border that both have; a shard has some ten chunks.
    assert sum(map(len, new)) <= 100
    assert any("1000000" in {chunk.key for chunk in shard} for shard in new)


def test_a_portion_is_named_by_its_files(tmp_path: Path) -> None:
    mixed.write(tmp_path / "news")
    portions = list(portions_of(chunked(tmp_path / "news"), 500))
    names = [portion.name.removeprefix(f"{tmp_path}/news/") for portion in portions]
    assert names[0] == "a.ar.txt and 2 more"
    assert names[2].startswith("j.jsonl (from 0 to ")
    assert any(name.endswith(" to the end)") for name in names)
    assert len({portion.key for portion in portions}) == len(portions)


def test_a_file_that_changed_a_moment_ago_is_read_again(tmp_path: Path) -> None:
    path, known = tmp_path / "x.txt", tmp_path / "known"
    path.write_text("one")
    os.utime(path, ns=(1, 1))
    files = KnownFiles(known)
    assert files.hash(path) == file_hash(path)
    files.save()
    assert KnownFiles(known).value("hash", path) is None


def test_what_is_known_of_a_file_holds_until_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_files, "_SETTLED", 0)
    path, known = tmp_path / "x.txt", tmp_path / "known"
    path.write_text("one")
    files = KnownFiles(known)
    first = files.hash(path)
    files.save()
    assert KnownFiles(known).value("hash", path) == first
    with known.open("a", encoding="utf-8") as file:
        file.write('["hash')  # by a build that was killed
    assert KnownFiles(known).value("hash", path) == first
    assert KnownFiles(known, forget=True).value("hash", path) is None
    before = path.stat()
    path.write_text("two")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert KnownFiles(known).value("hash", path) is None
    assert KnownFiles(known).hash(path) == file_hash(path) != first
    known.write_text("no JSON\n")
    assert KnownFiles(known).value("hash", path) is None


def test_there_is_a_core_to_use() -> None:
    assert usable_cores() >= 1
