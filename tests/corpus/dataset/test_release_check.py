"""A release by itself: what is wrong with it, what changed since the one before, what people wrote in it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.dataset.front_matter import BEGIN, END, Yaml, renewed_card, yaml_text
from hashiya.corpus.dataset.release import ReleasePolicy, release
from hashiya.corpus.dataset.release_changes import (
    ChangedLabel,
    changes_markdown,
    changes_object,
    compare_releases,
    next_version,
)
from hashiya.corpus.dataset.release_check import check_release
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import CorpusError
from hashiya.schema.records import Stance
from tests.corpora import Rows, files_of, label, new, publish

ROWS: Rows = [("قالت إنفيديا إن الطلب ارتفع.", "Nvidia said demand rose."), ("لا.", "No.")]
MORE: Rows = [("ربحت ميتا.", "Meta gained."), ("لا.", "Never."), ("نعم.", "Yes.")]
BULLISH = Stance(target="chips", stance="bullish", holder="author")
PINNED = {"a": {"split": "test"}, "b": {"split": "train"}}


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    corpus = new(tmp_path / "corpus", {"a": ROWS, "b": MORE}, **PINNED)
    generation = corpus.generation()
    with corpus.journal() as journal:
        journal.record(
            [
                label(generation, 0, ("en", "Nvidia"), doc_id="a", stances=(BULLISH,)),
                label(generation, 0, ("ar", "ميتا"), doc_id="b"),
            ]
        )
    return corpus


def run(corpus: Corpus, out: Path, policy: ReleasePolicy | None = None) -> str:
    return release(corpus, out, lambda _: None, policy or ReleasePolicy()).info.version


def faults(folder: Path) -> list[str]:
    return [str(problem) for problem in check_release(folder).problems]


def test_a_release_is_as_it_should_be(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    found = check_release(tmp_path / "out")
    assert (found.problems, found.version, found.recurring) == ([], "1.0.0", 0)
    assert (found.rows["pairs"], found.rows["stance"], found.files) == (4, 12, 12)
    shutil.move(tmp_path / "out", tmp_path / "elsewhere")
    shutil.rmtree(corpus.folder)
    assert faults(tmp_path / "elsewhere") == [], "it needs no corpus, and may be anywhere"


def test_a_file_in_the_place_of_another_is_found(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    stance = tmp_path / "out" / "stance"
    shutil.copy(stance / "test-00000-of-00001.parquet", stance / "train-00000-of-00001.parquet")
    (fault,) = faults(tmp_path / "out")
    assert fault.startswith("stance/train-00000-of-00001.parquet: is not the file that was released")


def test_what_is_missing_or_too_much_is_named(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    (tmp_path / "out" / "flags" / "test-00000-of-00001.parquet").unlink()
    (tmp_path / "out" / "scheme.toml").write_text("")
    shutil.copy(
        tmp_path / "out" / "pairs" / "test-00000-of-00001.parquet", tmp_path / "out" / "pairs" / "x.parquet"
    )
    said = faults(tmp_path / "out")
    assert [fault.split(":")[0] for fault in said] == [
        "scheme.toml", "pairs/x.parquet", "flags/test-00000-of-00001.parquet",
    ]  # fmt: skip
    with pytest.raises(CorpusError, match="is no released dataset"):
        check_release(tmp_path / "corpus" / "shards")


def forge(folder: Path, file: str, **columns: object) -> None:
    """Put other values into a file, with hash and size as if it had been released so."""
    path = folder / file
    table = pq.read_table(path)
    for name, value in columns.items():
        at = table.column_names.index(name)
        kind = table.schema.field(name)
        table = table.set_column(at, kind, [[value, *table[name].to_pylist()[1:]]])
    pq.write_table(table, path)
    info = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    config, _, name = file.partition("/")
    (entry,) = info["configs"][config][name.partition("-")[0]]
    entry["bytes"] = path.stat().st_size
    entry["sha256"] = __import__("hashlib").sha256(path.read_bytes()).hexdigest()
    (folder / "dataset.json").write_text(json.dumps(info), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "columns", "said"),
    [
        ("pairs/train-00000-of-00001.parquet", {"split": "test"}, "is of the split test, in a file of train"),
        ("pairs/train-00000-of-00001.parquet", {"doc_id": "a"}, "its document a stands in another split"),
        (
            "pairs/train-00000-of-00001.parquet",
            {"en": "No."},
            "1 pairs have a side that stands in two",
        ),
        (
            "stance/train-00000-of-00001.parquet",
            {"pair_id": "x"},
            "pairs has no such pair in train",
        ),
        ("stance/train-00000-of-00001.parquet", {"target": "chips"}, "is there twice"),
        ("stance/train-00000-of-00001.parquet", {"label": 9}, "there is no class 9"),
        ("entities/train-00000-of-00001.parquet", {"text": "Other"}, "a span quotes 'ميتا'"),
    ],
)
def test_what_its_rows_say_is_verified(
    corpus: Corpus, tmp_path: Path, file: str, columns: dict[str, object], said: str
) -> None:
    run(corpus, tmp_path / "out")
    forge(tmp_path / "out", file, **columns)
    assert any(said in fault for fault in faults(tmp_path / "out")), faults(tmp_path / "out")


def test_other_columns_or_class_names_are_found(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    path = tmp_path / "out" / "dataset.json"
    info = json.loads(path.read_text(encoding="utf-8"))
    stances = info["classes"]["stance"]
    stances[1], stances[2] = stances[2], stances[1]
    path.write_text(json.dumps(info), encoding="utf-8")
    assert {fault.split(": ")[1].split(";")[0] for fault in faults(tmp_path / "out")} == {
        "its class names are not those of dataset.json"
    }


def test_the_version_follows_from_what_changed(corpus: Corpus, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(corpus, out) == "1.0.0"
    before = files_of(out)
    assert run(corpus, out) == "1.0.0"
    assert files_of(out) == before, "nothing changed"
    generation = corpus.generation()
    with corpus.journal() as journal:
        journal.record([label(generation, 2, doc_id="b")])
    assert run(corpus, out) == "1.1.0", "a pair is labelled that was not"
    info = json.loads((out / "dataset.json").read_text(encoding="utf-8"))
    assert info["before"]["version"] == "1.0.0"
    publish(corpus, {"a": ROWS, "b": MORE}, a={"split": "test", "publisher": "P"}, b={"split": "train"})
    assert run(corpus, out) == "1.1.1", "a publisher is no text and no label"
    publish(corpus, {"a": ROWS, "b": MORE, "c": [("جيم.", "Gamma.")]}, **PINNED, c={"split": "train"})
    assert run(corpus, out) == "1.2.0", "there is more"
    with corpus.journal() as journal:
        journal.record([label(generation, 0, ("en", "Nvidia"), doc_id="a")])
    assert run(corpus, out) == "2.0.0", "a label is another one"
    assert run(corpus, out, ReleasePolicy(recurring="keep")) == "2.1.0", "the pair that recurs is there again"
    assert run(corpus, out) == "3.0.0", "and gone again"
    assert run(corpus, tmp_path / "fresh") == "1.0.0"


def test_classes_with_other_numbers_are_not_released(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "out")
    before = files_of(tmp_path / "out")
    path = corpus.folder / "classes.json"
    ledger = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**ledger, "stance": ledger["stance"][::-1]}), encoding="utf-8")
    with pytest.raises(CorpusError, match=r"classes would get other numbers .*stance: bullish, bearish"):
        run(corpus, tmp_path / "out")
    assert files_of(tmp_path / "out") == before


def test_a_diff_tells_every_label_with_examples(corpus: Corpus, tmp_path: Path) -> None:
    run(corpus, tmp_path / "old")
    generation = corpus.generation()
    made = label(generation, 0, ("ar", "إنفيديا"), doc_id="a", stances=(replace(BULLISH, stance="bearish"),))
    with corpus.journal() as journal:
        journal.record([made])
    run(corpus, tmp_path / "new")
    found = compare_releases(tmp_path / "old", tmp_path / "new")
    assert dict(found.labels) == {
        ChangedLabel("stance", "chips", "bullish", "bearish"): 1,
        ChangedLabel("entities", "company", "there", "none"): 1,
        ChangedLabel("entities", "company", "none", "there"): 1,
    }
    assert (found.size, found.relabelled, found.pairs_added, found.pairs_removed) == ("major", 1, 0, 0)
    text = changes_markdown(found)
    assert "| stance | chips | bullish | bearish | 1 |" in text
    assert "**إنفيديا**" in text
    assert json.loads(json.dumps(changes_object(found)))["labels"][0]["examples"][0]["en"] == ROWS[0][1]
    same = compare_releases(tmp_path / "new", tmp_path / "new")
    assert (same.size, changes_object(same)["labels"]) == ("none", [])


def test_versions_grow() -> None:
    found = [next_version("1.2.3", size) for size in ("major", "minor", "patch", "none")]
    assert found == ["2.0.0", "1.3.0", "1.2.4", "1.2.3"]


def test_what_people_wrote_in_the_card_stays(corpus: Corpus, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "README.md").write_text(
        "---\nlicense: mit\npaperswithcode_id: x  # ours\n---\n\n# Ours\n\nBy us.\n"
    )
    run(corpus, out)
    text = (out / "README.md").read_text(encoding="utf-8")
    metadata = yaml.safe_load(text.split("---\n")[1])
    assert (metadata["license"], metadata["paperswithcode_id"]) == ("cc0-1.0", "x")
    assert text.index("By us.") < text.index(BEGIN) < text.index("## Rows") < text.index(END)
    (out / "README.md").write_text(text + "\nAt the end.\n", encoding="utf-8")
    (out / "CITATION.cff").write_text("cff-version: 1.2.0\ntitle: mine\n")
    run(corpus, out)
    again = (out / "README.md").read_text(encoding="utf-8")
    assert again == text + "\nAt the end.\n"
    assert (out / "CITATION.cff").read_text() == "cff-version: 1.2.0\ntitle: mine\n"
    assert faults(out) == []


scalars = st.one_of(
    st.text(max_size=8), st.integers(), st.sampled_from(["no", "Null", "1.0", "a: b", "- x", "#"])
)
values: st.SearchStrategy[Yaml] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(min_size=1, max_size=6), values, max_size=4))
def test_the_metadata_is_yaml(metadata: dict[str, Yaml]) -> None:
    assert (yaml.safe_load(yaml_text(metadata)) or {}) == metadata


@given(
    st.text(max_size=60), st.sampled_from(["", "---\ntags:\n- a\n---\n", "---\nlicense: x\n# c\nz: 1\n---\n"])
)
def test_a_card_is_renewed_once(body: str, head: str) -> None:
    """Renewing it again changes nothing, and what was there is there."""
    once = renewed_card(head + body, "t", {"license": "mit"}, "## New")
    assert renewed_card(once, "t", {"license": "mit"}, "## New") == once
    assert once.count("## New") == 1 + body.count("## New")


def test_small_splits_are_told_of(corpus: Corpus, tmp_path: Path) -> None:
    found = release(corpus, tmp_path / "out", lambda _: None)
    assert found.warnings[0] == "the split validation is empty"
    assert "the split test has 2 pairs only" in found.warnings[2]
    assert "Mind" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
