"""Token classification as `datasets` 2 to 5 write it: Parquet, Arrow, JSON Lines; classes and strings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from datasets import ClassLabel, Dataset, Features, List, Value

from hashiya.corpus.exchange.formats import hf
from hashiya.corpus.exchange.formats.files import ReadOptions
from tests.corpus.exchange.formats.sides_read import as_lines, json_lines, named, packed, sides_of, told

NAMES = ["O", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
ROWS: dict[str, list[Any]] = {
    "id": ["0", "1"],
    "tokens": [["أعلنت", "بنك", "مصر", "👩‍💻", "."], ["Meta", "said", "yes ", "."]],
    "ner_tags": [[0, 1, 2, 3, 0], [1, 0, 0, 0]],
}
FOUND = [[("بنكمصر", "ORG"), ("👩‍💻", "LOC")], [("Meta", "ORG")]]


def dataset(names: list[str] | None = None) -> Dataset:
    tags = ClassLabel(names=names or NAMES)
    features = Features({"id": Value("string"), "tokens": List(Value("string")), "ner_tags": List(tags)})
    return Dataset.from_dict(ROWS, features=features)


def test_parquet_names_its_classes(tmp_path: Path) -> None:
    path = tmp_path / "data" / "train-00000-of-00001.parquet"
    path.parent.mkdir()
    dataset().to_parquet(path)
    for source in (path, tmp_path, packed(tmp_path / "x.zip", {"train.parquet": path.read_bytes()})):
        found, outcome = sides_of(hf.read, source)
        assert outcome.whole, outcome
        assert [named(side) for side in found][:2] == FOUND
        assert {side.offered for side in found} == {("ORG", "LOC")}
        assert {(side.spaced, side.status, side.annotator) for side in found} == {(False, None, None)}
    assert [side.text for side in found[:2]] == ["أعلنتبنكمصر👩‍💻.", "Metasaidyes."]
    assert found[1].where.endswith("train.parquet, row 2")
    text = found[1].text or ""
    assert [text[token.start : token.end] for token in found[1].tokens] == ["Meta", "said", "yes", "."]


def test_a_folder_of_save_to_disk(tmp_path: Path) -> None:
    dataset().save_to_disk(tmp_path / "saved")
    found, outcome = sides_of(hf.read, tmp_path / "saved")
    assert outcome.whole, outcome
    assert [named(side) for side in found] == FOUND
    assert {side.offered for side in found} == {("ORG", "LOC")}


@pytest.mark.parametrize(
    "feature",
    [
        {"feature": {"names": NAMES, "_type": "ClassLabel"}, "_type": "List"},
        {"feature": {"names": NAMES, "_type": "ClassLabel"}, "length": -1, "_type": "Sequence"},
        {
            "feature": {
                "num_classes": 5,
                "names": NAMES,
                "names_file": None,
                "id": None,
                "_type": "ClassLabel",
            }
        },
        [{"names": NAMES, "_type": "ClassLabel"}],
        {"sequence": {"class_label": {"names": {str(n): name for n, name in enumerate(NAMES)}}}},
    ],
)
@pytest.mark.parametrize("several", [False, True])
def test_numbers_in_lines_are_named_by_the_file_beside_them(
    tmp_path: Path, feature: object, several: bool
) -> None:
    rows = [dict(zip(ROWS, values, strict=True)) for values in zip(*ROWS.values(), strict=True)]
    json_lines(tmp_path / "data" / "train.jsonl", *rows)
    found, outcome = sides_of(hf.read, tmp_path)
    assert [(side.marks, side.unread) for side in found] == [((), 5), ((), 4)]
    (message,) = told(outcome)
    where = f"{tmp_path}/data/train.jsonl, line 1 and 8 more"
    assert message.startswith(f"{where}: tokens: are numbers, and nothing names them")
    info: dict[str, object] = {"features": {"tokens": {}, "ner_tags": feature}}
    name, said = ("dataset_infos.json", {"default": info}) if several else ("dataset_info.json", info)
    (tmp_path / name).write_text(json.dumps(said))
    found, outcome = sides_of(hf.read, tmp_path)
    assert outcome.whole, outcome
    assert [named(side) for side in found] == FOUND


def test_tags_as_strings_and_what_a_row_says(tmp_path: Path) -> None:
    row = {
        "tokens": ["Meta", "said"],
        "ner_tags": ["U-ORG", "O"],
        "lang": "en",
        "doc_id": "n1",
        "annotator": "s",
    }
    ((side,), outcome) = sides_of(hf.read, json_lines(tmp_path / "x.jsonl", row))
    assert outcome.whole
    assert (named(side), side.offered) == ([("Meta", "ORG")], None)
    assert (side.lang, side.doc_id, side.annotator) == ("en", "n1", "s")
    path = json_lines(tmp_path / "train.ar.jsonl", {"words": ["Meta"], "entities": ["B-X"]})
    ((side,), outcome) = sides_of(hf.read, path, ReadOptions(label_key="entities", named_after=True))
    assert (named(side), side.lang, side.annotator) == ([("Meta", "X")], "ar", "train.ar")


def test_classes_without_letters_are_names_of_neighbours(tmp_path: Path) -> None:
    dataset(["O", "ORG", "LOC", "PER", "X"]).to_parquet(tmp_path / "x.parquet")
    found, outcome = sides_of(hf.read, tmp_path / "x.parquet")
    assert outcome.whole
    assert named(found[0]) == [("بنك", "ORG"), ("مصر", "LOC"), ("👩‍💻", "PER")]
    assert found[0].offered == ("ORG", "LOC", "PER", "X")


def test_the_column_of_tags_is_that_of_names(tmp_path: Path) -> None:
    features = Features(
        {
            "tokens": List(Value("string")),
            "pos_tags": List(ClassLabel(names=["O", "B-X"])),
            "fine": List(ClassLabel(names=["NN", "VB"])),
            "coarse": List(ClassLabel(names=NAMES)),
        }
    )
    rows = {"tokens": [["Meta"]], "pos_tags": [[1]], "fine": [[1]], "coarse": [[1]]}
    Dataset.from_dict(rows, features=features).to_parquet(tmp_path / "x.parquet")
    ((side,), _) = sides_of(hf.read, tmp_path / "x.parquet")
    assert named(side) == [("Meta", "ORG")]


PROSE = {"text": "x", "label": 1}
SHORT = {"tokens": ["a", "b"], "ner_tags": ["O"]}
ODD = {"tokens": ["a", "b"], "ner_tags": ["O", "ORG"]}
PRODIGY = {"text": "x", "spans": [], "answer": "accept"}


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("x.jsonl", as_lines(PROSE), "it has no columns of tokens and tags; its columns are text, label"),
        ("x.parquet", b"PK\x03\x05", "files: cannot be read: "),
        ("x.parquet", b"id,text,label\n1,2,3\n", "files: it is a table in CSV"),
        ("x.arrow", b"PAR1", "files: it is a Parquet file"),
        ("x.jsonl", as_lines(SHORT), "sides: have not one tag for each token"),
        ("x.jsonl", as_lines(ODD), "tokens: their tag is none of BIO"),
        ("x.jsonl", as_lines(PRODIGY), "lines of Prodigy"),
    ],
)
def test_faults_are_told(tmp_path: Path, name: str, content: bytes, complaint: str) -> None:
    (tmp_path / name).write_bytes(content)
    _, outcome = sides_of(hf.read, tmp_path / name)
    (message,) = told(outcome)
    assert complaint in message
