"""What is measured of loading gives the same rows as its peer, on a release of a few pairs."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.large import make
from bench.load import measured
from bench.team import write_labels
from hashiya.corpus.dataset.release import release
from hashiya.corpus.exchange.labels_jsonl import import_labels


@pytest.mark.long
def test_every_step_is_measured_and_polars_has_the_same_rows(tmp_path: Path) -> None:
    corpus = make(tmp_path / "corpus", 40)
    write_labels(corpus, tmp_path / "labels.jsonl")
    import_labels(corpus, tmp_path / "labels.jsonl")
    release(corpus, tmp_path / "dataset", lambda _: None)
    rows = {str(name): int(count or 0) for name, count, *_ in measured(tmp_path / "dataset", "").rows}
    assert rows["stance, as Arrow"] == rows["stance: polars"] == rows["stance, in batches"]
    assert rows["implications"] == rows["implications: polars"]
    assert rows["tokens of both sides"] == rows["tokens, in batches"] == 80
    assert 0 < rows['load, verify="size"'] <= 40
    assert not [name for name in rows if "(" in name]
