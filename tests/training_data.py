"""Small released datasets to train on: invented sentences in both languages, and what is true of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from hashiya.corpus.dataset.release import release
from hashiya.corpus.store.document_view import DocumentView, anchors
from hashiya.corpus.training.dataset_rows import training_task
from hashiya.corpus.training.report import DatasetRef
from hashiya.corpus.training.tasks import TaskName, TrainingTask
from hashiya.corpus.training.train import TrainingData
from hashiya.schema.configs import ClassNames, config_schema
from hashiya.schema.dataset import MASKED, Config
from hashiya.schema.records import SPLITS, Annotation, Entity, Implication, SchemeRef, Split, Stance
from hashiya.schema.scheme import shipped_scheme
from tests import corpora

SCHEME = shipped_scheme()
CELLS = tuple(f"{target}/{channel}" for target in SCHEME.ids("target") for channel in SCHEME.ids("channel"))
CLASSES: ClassNames = {
    "entity": SCHEME.ids("entity"),
    "stance": ("none", *SCHEME.ids("stance")),
    "holder": SCHEME.ids("holder"),
    "direction": SCHEME.ids("direction"),
    "certainty": SCHEME.ids("certainty"),
    "flag": SCHEME.ids("flag"),
    "implication": CELLS,
}
NAMES = (("Nvidia", "إنفيديا", "company"), ("Deepseek", "ديبسيك", "company"), ("China", "الصين", "place"),
         ("Wall Street", "وول ستريت", "market"), ("Altman", "ألتمان", "person"))  # fmt: skip
VIEWS = {
    "none": (("published its results on Tuesday", "نشرت نتائجها يوم الثلاثاء"),
             ("opened an office in another city", "افتتحت مكتبا في مدينة أخرى"),
             ("answered questions for an hour", "أجابت عن أسئلة لمدة ساعة")),
    "bullish": (("will win, and its future is bright", "ستفوز ومستقبلها مشرق"),
                ("has bright years ahead, said analysts", "أمامها سنوات مشرقة كما قال محللون")),
    "bearish": (("is in danger, and its future is bleak", "في خطر ومستقبلها قاتم"),
                ("faces bleak years, said analysts", "تواجه سنوات قاتمة كما قال محللون")),
}  # fmt: skip
SOURCES = ("gold", "unanimous", "majority")


def sentences(doc_id: str, pairs: int, seed: int = 0) -> list[dict[str, Any]]:
    """The pairs of a document, each with its view, on chips, and its names."""
    draw = random.Random(f"{doc_id} {seed}")
    made = []
    for index in range(pairs):
        view = draw.choice(["none", "none", "bullish", "bearish"])
        (en_name, ar_name, kind), (en, ar) = draw.choice(NAMES), draw.choice(VIEWS[view])
        number = draw.randrange(1000)
        made.append(
            {
                "pair_id": f"{doc_id}-{index}",
                "doc_id": doc_id,
                "index": index,
                "en": f"In report {number} {en_name} {en}.",
                "ar": f"في التقرير {number} إن و{ar_name} {ar}.",
                "view": view,
                "kind": kind,
                "names": {"en": en_name, "ar": ar_name},
                "labels_from": draw.choice(SOURCES),
            }
        )
    return made


def head(pair: dict[str, Any], split: Split) -> dict[str, Any]:
    keys = ("pair_id", "doc_id", "index", "ar", "en")
    return {
        **{key: pair[key] for key in keys},
        "split": split,
        "kind": "body",
        "bead": "1-1",
        "score": 0.9,
        "licence": "CC0-1.0",
        "labels_from": pair["labels_from"],
        "weight": 1.0,
    }


def stance_rows(pair: dict[str, Any], split: Split) -> list[dict[str, Any]]:
    rows = []
    for target in ("chips", "adopters"):
        label = CLASSES["stance"].index(pair["view"]) if target == "chips" else 0
        held = [{"stance": label, "holder": 0, "name": None}] if label else []
        rows.append({**head(pair, split), "target": target, "label": label, "stances": held})
    return rows


def implication_rows(pair: dict[str, Any], split: Split) -> list[dict[str, Any]]:
    labels = [0] * len(CELLS)
    labels[CELLS.index("chips/demand")] = int(pair["view"] == "bullish")
    labels[CELLS.index("chips/cost")] = int(pair["view"] == "bearish")
    labels[CELLS.index("adopters/cost")] = MASKED
    masked = [label == MASKED for label in labels]
    return [{**head(pair, split), "labels": labels, "masked": masked, "implications": []}]


def entity_rows(pair: dict[str, Any], split: Split) -> list[dict[str, Any]]:
    rows = []
    for lang, name in pair["names"].items():
        start = pair[lang].index(name)
        span = {
            "start": start,
            "end": start + len(name),
            "type": CLASSES["entity"].index(pair["kind"]),
            "concept": None,
            "text": name,
            "id": f"{lang}1",
        }
        rows.append(
            {
                **head(pair, split),
                "lang": lang,
                "text": pair[lang],
                "spans": [span],
                "masked": [],
                "covered": [],
            }
        )
    return rows


_ROWS = {"stance": stance_rows, "implications": implication_rows, "entities": entity_rows}


def table(config: Config, rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Rows as a config has them; columns that a row leaves out are null."""
    return pa.Table.from_pylist(list(rows), schema=config_schema(config, CLASSES))


def dataset(
    name: TaskName, train: int = 12, validation: int = 4, test: int = 4, pairs: int = 6, seed: int = 0
) -> TrainingData:
    """A dataset with so many documents in each split."""
    tables: dict[Split, pa.Table] = {}
    for split, documents in zip(SPLITS, (train, validation, test), strict=True):
        found = [
            row
            for number in range(documents)
            for pair in sentences(f"{split}{number}", pairs, seed)
            for row in _ROWS[name](pair, split)
        ]
        tables[split] = table(name, found)
    ref = DatasetRef(
        name="invented",
        version="1.0.0",
        sha256="0" * 64,
        scheme=SchemeRef(name=SCHEME.name, version=SCHEME.version),
        licences=("CC0-1.0",),
    )
    return TrainingData(ref, SCHEME, task(name), tables)


def task(name: TaskName) -> TrainingTask:
    return training_task(name, CLASSES, SCHEME)


def released(
    folder: Path, train: int = 8, validation: int = 3, test: int = 3, pairs: int = 5, **labels: Any
) -> Path:
    """A released folder, of a corpus beside it whose documents are labelled and pinned to their splits."""
    rows, metadata, found = {}, {}, {}
    for split, documents in zip(SPLITS, (train, validation, test), strict=True):
        for number in range(documents):
            doc_id = f"{split}{number}"
            found[doc_id] = sentences(doc_id, pairs)
            rows[doc_id] = [(pair["ar"], pair["en"]) for pair in found[doc_id]]
            metadata[doc_id] = {"split": split}
    corpus = corpora.new(folder / "corpus", rows, **metadata)
    views = corpus.generation().views(list(rows))
    made = [
        annotation(views[doc_id], number, pair, annotator)
        for doc_id, some in found.items()
        for number, pair in enumerate(some)
        for annotator in ("layla", "omar")
    ]
    with corpus.journal() as journal:
        journal.record(made)
    release(corpus, folder / "release", lambda _: None)
    return folder / "release"


def annotation(view: DocumentView, number: int, pair: dict[str, Any], annotator: str) -> Annotation:
    """All that is true of a pair, as an annotator says it; omar sees no stance in every seventh pair."""
    entities = [
        Entity(
            id=f"{lang}1",
            lang=lang,
            start=(start := pair[lang].index(name)),
            end=start + len(name),
            text=name,
            type=pair["kind"],
        )
        for lang, name in pair["names"].items()
    ]
    view_of_it = "none" if annotator == "omar" and number % 7 == 6 else pair["view"]
    stances = () if view_of_it == "none" else (Stance(target="chips", stance=view_of_it, holder="author"),)
    channels = {"bullish": "demand", "bearish": "cost"}
    implications = (
        ()
        if pair["view"] == "none"
        else (
            Implication(
                target="chips", channel=channels[pair["view"]], direction="positive", certainty="asserted"
            ),
        )
    )
    return Annotation(
        pair_id=view.pairs[number].pair_id,
        annotator=annotator,
        status="done",
        stances=stances,
        entities=tuple(entities),
        implications=implications,
        scheme=SCHEME.ref,
        origin="human",
        place=anchors(view.document, view.pairs[number]),
    )
