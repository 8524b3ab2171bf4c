"""A released folder is opened by every tool with no code of ours, and all of them see the same rows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import datasets
import duckdb
import mlcroissant
import pandas as pd
import polars as pl
import pyarrow.dataset
import pyarrow.parquet
import pytest
import yaml
from huggingface_hub import DatasetCard, DatasetCardData

from hashiya.corpus.dataset.release import release
from hashiya.schema.configs import class_names, config_schema
from hashiya.schema.dataset import CONFIGS, Config
from hashiya.schema.records import Flag, Implication, Stance
from tests.corpora import label, new

ROWS = [
    ("قالت إنفيديا إن الطلب ارتفع.", "Nvidia said demand rose."),
    ("لا.", None),
    (None, "No."),
    ("خسر السوق.", "The market lost."),
]
BULLISH = Stance(target="chips", stance="bullish", holder="source", holder_entity="en1")
BEARISH = Stance(target="chips", stance="bearish", holder="author")
DEMAND = Implication(target="chips", channel="demand", direction="positive", certainty="asserted")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("anywhere")
    corpus = new(
        root / "corpus", {"a": ROWS, "b": [("نعم 😀.", "Yes.")]}, a={"split": "train"}, b={"split": "test"}
    )
    generation = corpus.generation()
    first = label(
        generation, 0, ("ar", "إنفيديا"), ("en", "Nvidia"), doc_id="a", stances=(BULLISH, BEARISH),
        implications=(DEMAND,), flags=(Flag(lang="en", start=0, end=6, text="Nvidia", kind="garbled"),),
    )  # fmt: skip
    other = replace(first, annotator="omar", stances=(), entities=first.entities[:1])
    rest = [label(generation, number, doc_id="a") for number in (1, 2, 3)]
    with corpus.journal() as journal:
        journal.record([first, other, *rest, label(generation, 0, doc_id="b", stances=(BEARISH,))])
    release(corpus, root / "release", lambda _: None)
    return root / "release"


def plain(value: Any) -> Any:
    """A value as JSON has it, whatever a tool makes of lists and numbers."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if hasattr(value, "asDict"):
        return plain(value.asDict())
    if isinstance(value, (list, tuple)) or type(value).__name__ == "ndarray":
        return [plain(item) for item in value]
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    return value.item() if hasattr(value, "item") else value


def ordered(rows: Sequence[Any]) -> list[str]:
    return sorted(json.dumps(plain(row), ensure_ascii=False, sort_keys=True) for row in rows)


def expected(folder: Path, config: Config) -> list[str]:
    return ordered(pyarrow.dataset.dataset(folder / config).to_table().to_pylist())


@pytest.mark.parametrize("config", CONFIGS)
def test_it_opens_with_every_tool_and_equal_rows(folder: Path, config: Config, tmp_path: Path) -> None:
    rows = expected(folder, config)
    assert rows
    frame = pd.read_parquet(folder / config, dtype_backend="pyarrow")
    assert ordered([dict(row) for row in frame.to_dict("records")]) == rows
    assert ordered(pl.read_parquet(folder / config).to_dicts()) == rows
    with duckdb.connect() as db:
        found = db.execute(f"SELECT * FROM '{folder}/{config}/*.parquet'")
        names = [column[0] for column in found.description or ()]
        assert ordered([dict(zip(names, row, strict=True)) for row in found.fetchall()]) == rows
    loaded = datasets.load_dataset(str(folder), config, cache_dir=str(tmp_path))
    assert set(loaded) == {"train", "test"}
    assert ordered([row for split in loaded.values() for row in split]) == rows
    streamed = datasets.load_dataset(str(folder), config, split="train", streaming=True)
    assert ordered(list(streamed)) == ordered(list(loaded["train"]))


@pytest.mark.system
def test_spark_opens_it_with_equal_rows(folder: Path) -> None:
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, which is not installed")
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    try:
        for config in CONFIGS:
            found = spark.read.parquet(str(folder / config)).collect()
            assert ordered([row.asDict(recursive=True) for row in found]) == expected(folder, config)
    finally:
        spark.stop()


def test_classes_are_class_labels_also_in_lists(folder: Path, tmp_path: Path) -> None:
    stance = datasets.load_dataset(str(folder), "stance", cache_dir=str(tmp_path))["train"]
    names = ["none", "bullish", "bearish", "mixed", "neutral"]
    assert stance.features["label"].names == names
    assert stance.features["stances"].feature["stance"].names == names
    entities = datasets.load_dataset(str(folder), "entities", cache_dir=str(tmp_path))["train"]
    assert entities.features["spans"].feature["type"].int2str(0) == "company"
    loaded = datasets.Dataset.from_parquet(
        str(next((folder / "stance").glob("train-*"))), cache_dir=str(tmp_path)
    )
    assert loaded.features["label"].names == names


@pytest.mark.parametrize("config", CONFIGS)
def test_the_schema_is_what_datasets_writes(folder: Path, config: Config) -> None:
    info = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    schema = config_schema(config, info["classes"])
    assert datasets.Features.from_arrow_schema(schema).arrow_schema.equals(schema, check_metadata=True)
    for path in (folder / config).iterdir():
        read = pyarrow.parquet.read_schema(path)
        assert (read, read.metadata) == (schema, schema.metadata)


def test_a_scheme_without_some_layers_has_no_classes_of_them() -> None:
    classes = class_names({"entity": ("x",)}, "none")
    for config in CONFIGS:
        features = datasets.Features.from_arrow_schema(config_schema(config, classes))
        assert list(features) == config_schema(config, classes).names


def test_the_card_is_what_the_hub_reads(folder: Path) -> None:
    card = DatasetCard.load(folder / "README.md")
    assert isinstance(card.data, DatasetCardData)
    assert (card.data.pretty_name, card.data.language, card.data.license) == ("test", ["ar", "en"], "cc0-1.0")
    assert card.data.size_categories == ["n<1K"]
    text = (folder / "README.md").read_text(encoding="utf-8")
    metadata = yaml.safe_load(text.split("---\n")[1])
    assert [item["config_name"] for item in metadata["configs"]] == list(CONFIGS)
    infos = datasets.info.DatasetInfosDict.from_dataset_card_data(card.data)
    for config in CONFIGS:
        read = datasets.Features.from_arrow_schema(
            pyarrow.parquet.read_schema(next((folder / config).glob("train-*")))
        )
        assert infos[config].features == read
        assert read._to_yaml_list() == next(
            item["features"] for item in metadata["dataset_info"] if item["config_name"] == config
        )
        rows = {name: split.num_examples for name, split in infos[config].splits.items()}
        assert sum(rows.values()) == len(expected(folder, config))


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # of mlcroissant's own parser
@pytest.mark.filterwarnings("ignore::DeprecationWarning:mlcroissant")
def test_croissant_describes_every_row(folder: Path) -> None:
    dataset = mlcroissant.Dataset(str(folder / "croissant.json"))
    issues = dataset.metadata.issues
    assert not issues.errors
    assert {item.partition("Property ")[2] for item in issues.warnings} == {
        '"https://schema.org/datePublished" is recommended, but does not exist.'
    }
    for config in ("stance", "entities", "implications", "flags"):
        rows = list(dataset.records(config))
        assert len(rows) == len(expected(folder, config))
    spans = [row["entities/spans"] for row in dataset.records("entities") if len(row["entities/spans"])]
    assert {span["entities/spans/text"] for some in spans for span in some} >= {"إنفيديا".encode()}
