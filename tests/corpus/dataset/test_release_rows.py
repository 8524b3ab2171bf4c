"""The rows of a release: what they say, that nothing in them tells the class beside it, numbers for ever."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashiya.corpus.dataset.config_files import ConfigFiles
from hashiya.corpus.dataset.recurring import recurring_pairs
from hashiya.corpus.dataset.release import ReleasePolicy, release
from hashiya.corpus.dataset.stance_rows import common_stance
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.scheme_history import read_classes, with_scheme
from hashiya.schema.arrow import arrow_schema
from hashiya.schema.configs import OWN_COLUMNS, class_names
from hashiya.schema.dataset import CLASS_KINDS, MASKED, Config, PairHead
from hashiya.schema.records import Annotation, Cover, Flag, Implication, Stance
from hashiya.schema.scheme import NO_STANCE, parse_scheme, shipped_scheme, shipped_scheme_text
from tests.corpora import label, new

SCHEME = shipped_scheme()
AR, EN = "قالت إنفيديا إن الطلب ارتفع.", "Nvidia said demand rose."


def stance(said: str, target: str = "chips", holder: str = "author", entity: str | None = None) -> Stance:
    return Stance(target=target, stance=said, holder=holder, holder_entity=entity)


DEMAND = Implication(target="chips", channel="demand", direction="positive", certainty="hedged")


def rows(folder: Path, config: Config) -> list[dict[str, Any]]:
    return pyarrow.dataset.dataset(folder / config).to_table().to_pylist()


def released(
    tmp_path: Path, *annotations: Annotation, policy: str = "strict", corpus: Corpus | None = None
) -> Path:
    corpus = corpus or new(tmp_path / "corpus", {"d": [(AR, EN)]}, d={"split": "test"})
    with corpus.journal() as journal:
        journal.record(annotations)
    release(corpus, tmp_path / "out", lambda _: None, policy)  # type: ignore[arg-type]
    return tmp_path / "out"


def one(corpus: Corpus, **fields: Any) -> Annotation:
    return label(corpus.generation(), 0, ("ar", "إنفيديا"), ("en", "Nvidia"), **fields)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return new(tmp_path / "corpus", {"d": [(AR, EN)]}, d={"split": "test"})


@pytest.mark.parametrize(
    ("said", "common"),
    [
        ((), "none"),
        (("bullish",), "bullish"),
        (("bullish", "bearish"), "mixed"),
        (("bearish", "neutral"), "bearish"),
        (("neutral",), "neutral"),
        (("mixed", "neutral", "bullish"), "mixed"),
    ],
)
def test_what_stances_have_in_common(said: Iterable[str], common: str) -> None:
    assert common_stance(list(said), SCHEME.ids("stance")) == common
    assert common_stance(["good", "bad"], ["good", "bad"]) is None


def test_a_row_for_every_known_cell_and_all_holders_beside_it(corpus: Corpus, tmp_path: Path) -> None:
    made = one(corpus, stances=(stance("bullish", entity="en1", holder="source"), stance("bearish")))
    found = rows(released(tmp_path, made, corpus=corpus), "stance")
    assert [row["target"] for row in found] == list(SCHEME.ids("target"))
    by_target = {row["target"]: row for row in found}
    chips = by_target["chips"]
    classes = [NO_STANCE, *SCHEME.ids("stance")]
    assert classes[chips["label"]] == "mixed"
    assert sorted((classes[item["stance"]], item["name"]) for item in chips["stances"]) == [
        ("bearish", None),
        ("bullish", "Nvidia"),
    ]
    assert (chips["labels_from"], chips["weight"], sum(chips["votes"])) == ("single", 1.0, 1)
    assert {row["label"] for row in found if row["target"] != "chips"} == {0}


def test_votes_and_soft_labels_stand_beside_the_label(corpus: Corpus, tmp_path: Path) -> None:
    made = one(corpus, stances=(stance("bullish"),), implications=(DEMAND,))
    team = [
        made,
        replace(made, annotator="b"),
        replace(made, annotator="c", stances=(), implications=(), entities=()),
    ]
    folder = released(tmp_path, *team, policy="majority", corpus=corpus)
    chips = next(row for row in rows(folder, "stance") if row["target"] == "chips")
    assert (chips["label"], chips["votes"], chips["labels_from"]) == (1, [1, 2, 0, 0, 0], "majority")
    assert chips["soft"] == pytest.approx([1 / 3, 2 / 3, 0, 0, 0])
    assert chips["weight"] == pytest.approx(2 / 3)
    (implied,) = rows(folder, "implications")
    cells = read_classes(corpus.folder)["implication"]
    number = cells.index("chips/demand")
    assert (implied["labels"][number], implied["voters"][number], implied["votes"][number]) == (1, 3, 2)
    assert sum(implied["labels"]) == 1
    assert implied["soft"][number] == pytest.approx(2 / 3)
    assert not any(implied["masked"])
    arabic, english = rows(folder, "entities")
    assert (arabic["text"], english["text"]) == (AR, EN)
    assert [(span["text"], span["type"]) for span in english["spans"]] == [("Nvidia", 0)]
    assert [(item["votes"], item["voters"]) for item in english["votes"]] == [(2, 3)]


def test_what_is_unresolved_or_uncovered_is_masked_and_counted(corpus: Corpus, tmp_path: Path) -> None:
    covers = (
        Cover(layer="entities", lang="en", labels=("company",)),
        Cover(layer="implications", labels=("demand",)),
        Cover(layer="stances", labels=("chips", "adopters")),
    )
    made = label(
        corpus.generation(),
        0,
        ("en", "Nvidia"),
        covers=covers,
        implications=(DEMAND,),
        stances=(stance("bullish"),),
    )
    other = replace(made, annotator="omar", implications=(), stances=(), entities=())
    folder = released(tmp_path, made, other, corpus=corpus)
    assert [row["target"] for row in rows(folder, "stance")] == ["adopters"], (
        "chips is open, others were not seen"
    )
    info = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    targets = len(SCHEME.ids("target"))
    assert info["unresolved"] == {"entities": 1, "implications": 1, "stances": 1}
    assert (info["uncovered"]["stances"], info["uncovered"]["implications"]) == (
        targets - 2,
        targets * (len(SCHEME.ids("channel")) - 1),
    )
    (implied,) = rows(folder, "implications")
    cells = read_classes(corpus.folder)["implication"]
    known = {cells[number] for number, masked in enumerate(implied["masked"]) if not masked}
    assert known == {f"{target}/demand" for target in SCHEME.ids("target")} - {"chips/demand"}
    assert {value for value, masked in zip(implied["labels"], implied["masked"], strict=True) if masked} == {
        MASKED
    }
    (side,) = rows(folder, "entities")
    assert [(span["start"], span["end"]) for span in side["masked"]] == [(0, 6), (6, len(EN))]
    assert (side["lang"], side["covered"], side["spans"]) == ("en", [0], [])
    assert not (folder / "flags").exists(), "nobody looked for flags"


def test_spans_are_never_cut(corpus: Corpus, tmp_path: Path) -> None:
    made = one(corpus)
    spans = (replace(made.entities[1], end=7, text="Nvidia "), made.entities[0])
    flag = Flag(lang="en", start=6, end=12, text=EN[6:12], kind="garbled", intended="x")
    folder = released(tmp_path, replace(made, entities=spans, flags=(flag,)), corpus=corpus)
    assert [span["text"] for row in rows(folder, "entities") for span in row["spans"]] == [
        "إنفيديا",
        "Nvidia ",
    ]
    assert [span["intended"] for row in rows(folder, "flags") for span in row["spans"]] == ["x"]


stances = st.lists(
    st.builds(
        stance, st.sampled_from(SCHEME.ids("stance")), st.sampled_from(SCHEME.ids("target")),
        st.sampled_from(SCHEME.ids("holder")),
    ),
    max_size=3, unique_by=lambda item: (item.target, item.holder),
)  # fmt: skip
OUTPUTS: dict[Config, str] = {
    "stance": "label",
    "implications": "labels",
    "entities": "spans",
    "flags": "spans",
}


@settings(max_examples=10)
@given(data=st.data())
def test_no_column_is_null_or_empty_just_where_a_class_holds(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Inputs are what they are whatever the labels are; of the other columns none is ever null."""
    folder = tmp_path_factory.mktemp("property")
    texts: list[tuple[str | None, str | None]] = [(AR, EN), ("نعم.", None), (None, "No."), ("لا.", "So.")]
    corpus = new(folder / "corpus", {"d": texts}, d={"split": "test"})
    generation = corpus.generation()
    names = data.draw(st.lists(st.sampled_from("abc"), min_size=1, unique=True))

    def recorded(out: str, *, silent: bool) -> Path:
        with corpus.journal() as journal:
            for number in range(len(texts)):
                journal.record(
                    label(
                        generation, number, annotator=name,
                        stances=() if silent else tuple(data.draw(stances)),
                        implications=(DEMAND,) if not silent and data.draw(st.booleans()) else (),
                    )
                    for name in names
                )  # fmt: skip
        release(corpus, folder / out, lambda _: None, "majority")
        return folder / out

    marked, silent = recorded("marked", silent=False), recorded("silent", silent=True)
    head = arrow_schema(PairHead).names
    for config in OUTPUTS:
        inputs = [*head, *({"target", "lang", "text"} & {*arrow_schema(OWN_COLUMNS[config]).names})]
        without = {json.dumps([row[name] for name in inputs]) for row in rows(silent, config)}
        with_labels = [json.dumps([row[name] for name in inputs]) for row in rows(marked, config)]
        assert {*with_labels} <= without, "no input depends on a label"
        assert len(with_labels) == len({*with_labels})
        for name in {*arrow_schema(OWN_COLUMNS[config]).names} - {"label"}:
            assert all(row[name] is not None for row in rows(marked, config)), f"{config}.{name} is null"


SWAPPED = ('id = "bullish"', 'id = "bearish"')


def swapped(text: str) -> str:
    """The shipped scheme with its first two stances in the other order."""
    first, second = (text.rindex("[[stance]]", 0, text.index(name)) for name in SWAPPED)
    third = text.index("[[stance]]", second + 1)
    return text[:first] + text[second:third] + text[first:second] + text[third:]


def test_order_in_the_scheme_means_nothing(corpus: Corpus, tmp_path: Path) -> None:
    folder = released(tmp_path, one(corpus, stances=(stance("bearish"),)), corpus=corpus)
    before = rows(folder, "stance")
    text = swapped(shipped_scheme_text())
    assert parse_scheme(text, "swapped").ids("stance")[:2] == ("bearish", "bullish")
    (corpus.folder / "scheme.toml").write_text(text, encoding="utf-8")
    release(Corpus.open(corpus.folder), tmp_path / "again", lambda _: None)
    assert rows(tmp_path / "again", "stance") == before
    infos = [
        json.loads((path / "dataset.json").read_text(encoding="utf-8"))
        for path in (folder, tmp_path / "again")
    ]
    assert infos[0]["classes"] == infos[1]["classes"]


def test_a_class_that_is_gone_keeps_its_number_and_new_ones_come_last(corpus: Corpus, tmp_path: Path) -> None:
    ledger = with_scheme({}, SCHEME)
    smaller = replace(
        SCHEME,
        target=SCHEME.target[1:],
        stance=(*SCHEME.stance[1:], replace(SCHEME.stance[0], id="hopeful")),
    )
    grown = with_scheme(ledger, smaller)
    assert grown["stance"] == (*SCHEME.ids("stance"), "hopeful")
    assert grown["implication"] == ledger["implication"]
    assert class_names(grown, NO_STANCE)["stance"][0] == NO_STANCE
    (corpus.folder / "classes.json").write_text(json.dumps({"stance": ["gone"], "target": ["old"]}))
    folder = released(tmp_path, one(corpus, stances=(stance("bullish"),)), corpus=corpus)
    info = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    assert (info["classes"]["stance"][1], info["gone"]) == ("gone", {"stance": ["gone"], "target": ["old"]})
    assert {row["label"] for row in rows(folder, "stance")} == {0, 2}
    assert "`gone` (gone)" in (folder / "README.md").read_text(encoding="utf-8")


def test_what_recurs_is_kept_in_the_strictest_split(tmp_path: Path) -> None:
    """Also where the other side is another one."""
    shared = ("الجملة نفسها.", "The same sentence.")
    corpus = new(
        tmp_path / "corpus",
        {
            "a": [shared, ("ألف.", "Alpha.")],
            "b": [(shared[0], "Another translation."), ("باء.", "Beta.")],
            "c": [("جيم.", "Gamma."), ("باء.", None)],
        },
        a={"split": "test"}, b={"split": "train"}, c={"split": "validation"},
    )  # fmt: skip
    found = recurring_pairs(corpus.generation(), {"a": "test", "b": "train", "c": "validation"})
    assert (found.later.tolist(), found.counts) == ([False, False, True, True, False, False], {"train": 2})
    dropped = release(corpus, tmp_path / "drop", lambda _: None)
    kept = release(corpus, tmp_path / "keep", lambda _: None, ReleasePolicy(recurring="keep"))
    assert dropped.info.recurs == kept.info.recurs == {"train": 2}
    assert {split: counts.pairs for split, counts in kept.info.splits.items()} == {
        "train": 2, "validation": 2, "test": 2,
    }  # fmt: skip
    assert {split: counts.pairs for split, counts in dropped.info.splits.items()} == {
        "validation": 2,
        "test": 2,
    }


def test_a_long_split_is_several_files(tmp_path: Path) -> None:
    classes = dict.fromkeys(CLASS_KINDS, ("none", "a"))
    values: dict[str, Any] = {"pair_id": ["x"] * 7}
    files = ConfigFiles(tmp_path, classes, rows_in_file=3)
    schema = files.schemas["stance"]
    table = pa.table({name: values.get(name, pa.nulls(7)) for name in schema.names}).cast(schema)
    files.add("stance", "test", table.slice(0, 2))
    files.add("stance", "test", table.slice(2))
    found = files.finish()
    assert [(file.file, file.rows) for file in found["stance"]["test"]] == [
        (f"stance/test-0000{number}-of-00003.parquet", count) for number, count in ((0, 3), (1, 3), (2, 1))
    ]
    assert {path.name for path in (tmp_path / "stance").iterdir()} == {
        file.file.partition("/")[2] for file in found["stance"]["test"]
    }
