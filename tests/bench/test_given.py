from __future__ import annotations

from pathlib import Path

from bench.given import built, converted, from_tasks, parsed, taken_in, write_labelled, write_units
from hashiya.corpus.store.folder import Corpus


def test_both_kinds_of_files_give_the_same_pairs(tmp_path: Path) -> None:
    write_units(tmp_path, 30)
    tmx = tmp_path / "units.tmx"
    assert parsed(str(tmx)) >= 0
    built([str(tmx)], str(tmp_path / "one"))
    built([str(tmp_path / "lines.ar"), str(tmp_path / "lines.en")], str(tmp_path / "other"))
    of_tmx, of_lines = (
        [(pair.ar, pair.en) for pair in Corpus.open(tmp_path / name).generation().pairs()]
        for name in ("one", "other")
    )
    assert len(of_tmx) == 30
    assert of_tmx == of_lines


def test_all_three_files_bring_the_same_labels(tmp_path: Path) -> None:
    write_labelled(tmp_path, 12)
    for step in (taken_in, converted, from_tasks):
        step(str(tmp_path))
        with Corpus.open(tmp_path / step.__name__).journal(write=False) as journal:
            standing = [one for item in journal.standing() for one in item.annotations]
        assert len(standing) == 12
        assert {(one.annotator, one.status, len(one.entities)) for one in standing} == {("layla", "done", 1)}
