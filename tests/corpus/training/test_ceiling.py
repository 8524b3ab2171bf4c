"""What annotators reach against each other, in the cells that both looked at."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from hashiya.corpus.training.ceiling import annotator_ceiling
from hashiya.corpus.training.evaluation.evaluation import Evaluation
from hashiya.corpus.training.released_data import training_data
from hashiya.corpus.training.tasks import TASK_NAMES, TaskName
from hashiya.schema.records import LANGS
from tests.training_data import released


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # In every seventh pair one of two annotators sees no stance.
    return released(tmp_path_factory.mktemp("ceiling"), train=1, validation=1, test=3, pairs=14)


def ceiling(dataset: Path, name: TaskName, **columns: object) -> Evaluation | None:
    data = training_data(dataset, name)
    assert data.annotations is not None
    rows = [{**row, **columns} for row in data.annotations.to_pylist()]
    return annotator_ceiling(
        data.task, pa.Table.from_pylist(rows, schema=data.annotations.schema), LANGS, seed=0
    )


def test_annotators_who_differ_reach_less_than_everything(dataset: Path) -> None:
    found = ceiling(dataset, "stance")
    assert found is not None
    assert found.micro_precision.value == found.micro_recall.value == found.micro_f1.value
    assert 0.5 < (found.micro_f1.value or 0) < 1
    assert found.calibration.error.undefined == "annotators give no probabilities"
    assert found.rows == 3 * 14 * 6 * 2


@pytest.mark.parametrize("name", ["implications", "entities"])
def test_annotators_who_agree_reach_everything(dataset: Path, name: TaskName) -> None:
    found = ceiling(dataset, name)
    assert found is not None
    assert found.micro_f1.value == 1


@pytest.mark.parametrize("name", TASK_NAMES)
def test_nobody_is_compared_where_nobody_or_only_gold_looked(dataset: Path, name: TaskName) -> None:
    assert ceiling(dataset, name, covers=[]) is None
    assert ceiling(dataset, name, origin="gold") is None
    assert ceiling(dataset, name, annotator="alone") is None
