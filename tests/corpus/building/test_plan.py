from __future__ import annotations

from pathlib import Path

import pytest

from hashiya.corpus.building.engines.local_engine import usable_cores
from hashiya.corpus.building.plan import Portion, plan
from hashiya.corpus.sources.find import find_sources
from hashiya.corpus.store.parquet import file_hash
from tests.corpus.building.engines import mixed


def planned(folder: Path, about: int = 500, made_by: tuple[str, ...] = ("1",)) -> list[Portion]:
    problems: list[object] = []
    return list(plan(find_sources([folder], problems.append), made_by, file_hash, about))


def test_portions_hold_every_source_once_and_in_order(tmp_path: Path) -> None:
    mixed.write(tmp_path / "news")
    problems: list[object] = []
    sources = find_sources([tmp_path / "news"], problems.append)
    for about in (1, 300, 3000, 1 << 20):
        portions = planned(tmp_path / "news", about)
        whole = [portion for portion in portions if portion.stretch is None]
        assert [source for portion in portions for source in portion.sources if portion in whole] == [
            source for source in sources if source in {one for portion in whole for one in portion.sources}
        ]
        assert {source for portion in portions for source in portion.sources} == set(sources)
        assert len({portion.key for portion in portions}) == len(portions)
        size = sum(path.stat().st_size for source in sources for path in source.texts)
        assert sum(portion.size for portion in portions) == size
    assert len(portions) == 1


@pytest.mark.parametrize("change", ["text", "beads", "version"])
def test_a_key_changes_with_what_a_part_depends_on(tmp_path: Path, change: str) -> None:
    mixed.write(tmp_path / "news")
    before = {portion.key for portion in planned(tmp_path / "news", 1)}
    if change == "text":
        (tmp_path / "news" / "a.en.txt").write_text("He said no.")
    elif change == "beads":
        (tmp_path / "news" / "b.beads.json").unlink()
    after = planned(tmp_path / "news", 1, ("2",) if change == "version" else ("1",))
    new = [portion.sources[0].key for portion in after if portion.key not in before]
    assert new == {"text": ["a"], "beads": ["b"]}.get(change, [one.sources[0].key for one in after])


def test_a_portion_is_named_by_its_files(tmp_path: Path) -> None:
    mixed.write(tmp_path / "news")
    names = [portion.name.removeprefix(f"{tmp_path}/news/") for portion in planned(tmp_path / "news")]
    assert names[0] == "a.ar.txt and 2 more"
    assert names[2].startswith("j.jsonl (from 0 to ")
    assert names[-2].endswith(" to the end)")


def test_there_is_a_core_to_use() -> None:
    assert usable_cores() >= 1
