"""What earlier versions wrote is opened, or brought to the format of today, for ever."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from hashiya.corpus.building.build import build
from hashiya.corpus.dataset.load import load
from hashiya.corpus.dataset.release import release
from hashiya.corpus.exchange.labels_jsonl import export_labels
from hashiya.corpus.exchange.labelstudio.sync_state import SyncState
from hashiya.corpus.inspection.check import check
from hashiya.corpus.inspection.status import status
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import CorpusError
from tests.corpora import released_pairs

OLD = Path(__file__).parent / "old"


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus.open(Path(shutil.copytree(OLD / "1" / "corpus", tmp_path / "corpus")))


def test_its_labels_stand(corpus: Corpus) -> None:
    then = [json.loads(line) for line in (OLD / "1" / "labels.jsonl").read_text().splitlines()]
    now = [json.loads(line) for line in export_labels(corpus)]
    assert [line.pop("covers") for line in now] == [None] * len(then)  # unknown: it was not recorded then
    assert all(line.pop("history") for line in now)
    assert [line["pair_id"] for line in now] == [line["pair_id"] for line in then]
    assert sorted(map(json.dumps, now)) == sorted(map(json.dumps, then))


def test_it_is_counted_as_it_was_but_for_what_a_model_said(corpus: Corpus) -> None:
    then = json.loads((OLD / "1" / "status.json").read_text())["report"]
    now = status(corpus)
    assert now.labels == {**then["labels"], "model-x": {"suggested": 1}}
    assert then["labels"]["model-x"] == {"done": 1}
    assert (now.conflicts, now.left_behind, len(now.unplaced)) == (1, 1, 0)


def test_nothing_is_wrong_with_it_but_its_conflict(corpus: Corpus) -> None:
    (problem,) = check(corpus).problems
    assert "side by side" in str(problem)


def test_it_is_released_as_it_was_but_cell_by_cell(corpus: Corpus, tmp_path: Path) -> None:
    release(corpus, tmp_path / "release", lambda problem: pytest.fail(str(problem)))
    then = [
        row
        for split in ("train", "validation", "test")
        for row in pq.read_table(OLD / "1" / "release" / f"{split}.parquet").to_pylist()
    ]
    now = released_pairs(tmp_path / "release")
    assert [row["pair_id"] for row in now] == [row["pair_id"] for row in then]
    for before, after in zip(then, now, strict=True):
        assert {key: before[key] for key in before if key not in CHANGED} == {
            key: after[key] for key in before if key not in CHANGED
        }
        # Pseudonyms are hashes now: they were numbers by the order of arrival.
        said = [[item["labels"] for item in row["annotations"]] for row in (before, after)]
        assert sorted(map(json.dumps, said[0])) == sorted(map(json.dumps, said[1]))
        if before["labels"] is not None:
            kept = {layer: after["labels"][layer] for layer in before["labels"]}
            assert kept == before["labels"]
            assert after["labels"]["unresolved"] == []
        if before["no_labels"] == "disagreement":  # only what they disagree on is open now
            assert after["labels"]["unresolved"]
            assert {"إنفيديا", "مايكروسوفت"} & {item["text"] for item in after["labels"]["entities"]}


CHANGED = {"labels", "labels_from", "no_labels", "annotations"}


def test_its_release_is_to_be_made_again() -> None:
    with pytest.raises(CorpusError, match="has format 1, this version reads 3: release its corpus again"):
        load(OLD / "1" / "release")


def test_a_build_from_its_sources_keeps_every_label_and_brings_it_to_the_present_format(
    corpus: Corpus, tmp_path: Path
) -> None:
    before, pairs = list(export_labels(corpus)), list(corpus.generation().pairs())
    opened = corpus.generation()
    said = {name: (corpus.folder / name).read_bytes() for name in ("corpus.toml", "manifest.json")}
    assert (corpus.format, len(opened.shards)) == (1, 1)
    built = build([OLD / "1" / "sources"], corpus.folder)
    again = Corpus.open(corpus.folder)
    assert (built.upgraded, again.format) == (True, 2)
    assert list(export_labels(again)) == before
    assert list(again.generation().pairs()) == list(opened.pairs()) == pairs, (
        "a reader of the old one goes on"
    )
    kept = {path.name: path.read_bytes() for path in (corpus.folder / "backup").iterdir()}
    assert kept["corpus-format-1.toml"] == said["corpus.toml"]
    assert kept["manifest-format-1.json"] == said["manifest.json"]
    fresh = build([OLD / "1" / "sources"], tmp_path / "fresh", scheme=corpus.folder / "scheme.toml")
    assert again.generation().manifest.shards == fresh.corpus.generation().manifest.shards
    assert not build([OLD / "1" / "sources"], corpus.folder).upgraded


def test_what_was_agreed_with_its_server_is_known(corpus: Corpus) -> None:
    first = json.loads((OLD / "1" / "labels.jsonl").read_text().splitlines()[0])
    with SyncState.open(corpus.folder, "http://127.0.0.1:50161", 1, write=False) as state:
        agreed = state.agreed(first["pair_id"])
    assert set(agreed) == {"layla", "omar"}
    assert agreed["layla"][0].entities[0].text == "إنفيديا"
