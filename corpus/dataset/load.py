"""Released datasets for training code: two lines from a folder to labelled rows.

    from hashiya.corpus import load
    rows = load("build/release", split="test").to_pandas()

Needs the core of the package only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import pyarrow as pa

from hashiya.corpus.dataset.released_folder import read_info
from hashiya.corpus.store.parquet import read_table
from hashiya.corpus.text.bio import OUTSIDE, tag_tokens, tags
from hashiya.schema.configs import config_schema
from hashiya.schema.dataset import Config, DatasetInfo
from hashiya.schema.errors import CorpusError, HashiyaError, LabelError, MissingExtraError
from hashiya.schema.records import SPLITS, Lang, Split
from hashiya.schema.scheme import NO_STANCE

if TYPE_CHECKING:
    import datasets
    import pandas as pd

MASK = -100
"""The tag of a token of which it is not known what it is; PyTorch's losses pass over it."""
SideChoice = Literal["ar", "en", "both"]
_OF_ANNOTATION = ("annotator", "origin", "labels", "covers")
SIDE_CHOICES: tuple[SideChoice, ...] = get_args(SideChoice)


@dataclass(frozen=True, slots=True)
class View:
    """A table for training code. `classes` names the values of its class columns, in their order.

    `masked` counts what is left out because it is unresolved or nobody looked at it: rows of a
    classification, tokens whose tag is `MASK`.
    """

    table: pa.Table
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    masked: int = 0

    def __len__(self) -> int:
        return self.table.num_rows

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for batch in self.table.to_batches():
            yield from batch.to_pylist()

    def to_arrow(self) -> pa.Table:
        """Return the rows as an Arrow table."""
        return self.table

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas data frame."""
        frame: pd.DataFrame = self.table.to_pandas()
        return frame

    def to_datasets(self) -> datasets.Dataset:
        """Return the rows as a Hugging Face dataset; class columns become `ClassLabel`.

        `MissingExtraError` where `datasets` is not installed.
        """
        try:
            import datasets
            from datasets.table import InMemoryTable
        except ImportError:
            raise MissingExtraError("to_datasets()", "datasets") from None
        features = datasets.Features.from_arrow_schema(self.table.schema)
        for column, names in self.classes.items():
            label = datasets.ClassLabel(names=list(names))
            if pa.types.is_list(self.table.schema.field(column).type):
                # A class label cannot be masked; the numbers stay, and `classes` names them.
                features[column] = features[column] if self.masked else datasets.List(label)
            else:
                features[column] = label
        return datasets.Dataset(InMemoryTable(self.table)).cast(features)


@dataclass(frozen=True, slots=True)
class Dataset(View):
    """The rows of a released dataset, one a pair, as `DatasetRow` says."""

    info: DatasetInfo | None = None

    def classification(self, layer: Literal["stance"] = "stance", lang: SideChoice = "both") -> View:
        """Return one row for every labelled pair and target, and one more for every further holder.

        Columns: `pair_id, doc_id, split`, `text` (of `lang`; for "both" the Arabic, with the English
        in `text_pair`), `target`, `holder` (null where there is no stance) and `label`, whose
        class 0 is "none": the pair is finished and says nothing about the target. Pairs without labels,
        or without the wanted side, are left out, and so are targets on which the annotators did not agree or
        at which nobody looked: `masked` counts them.
        """
        if layer != "stance":
            raise LabelError(f"there is no classification of {layer!r}; there is: stance")
        info = self._info()
        names = info.classes["stance"]
        texts = _texts(lang)
        rows: list[dict[str, Any]] = []
        masked = 0
        for row in self:
            if row["labels"] is None or any(row[side] is None for side in texts.values()):
                continue
            base = {name: row[name] for name in ("pair_id", "doc_id", "split")}
            base |= {column: row[side] for column, side in texts.items()}
            open_targets = {cell["target"] for cell in _unresolved(row) if cell["layer"] == "stances"}
            masked += len(open_targets & set(info.classes["target"]))
            for target in info.classes["target"]:
                if target in open_targets:
                    continue
                stances = [item for item in row["labels"]["stances"] if item["target"] == target]
                for item in stances or [{"stance": NO_STANCE, "holder": None}]:
                    label = names.index(item["stance"])
                    rows.append({**base, "target": target, "holder": item["holder"], "label": label})
        columns = ["pair_id", "doc_id", "split", *texts, "target", "holder"]
        schema = pa.schema([pa.field(name, pa.string()) for name in columns])
        schema = schema.append(pa.field("label", pa.int64()))
        return View(pa.Table.from_pylist(rows, schema=schema), {"label": names}, masked)

    def tokens(self, layer: Literal["entities"] = "entities", lang: SideChoice = "both") -> View:
        """Return one row for every labelled side, cut into tokens with BIO tags.

        Columns: `pair_id, doc_id, split, lang, text`, `tokens` with their `starts` and `ends` in
        the text, and `tags`. A token that an entity begins or ends in is cut there, so a particle
        outside a name is a token of its own. `hashiya.corpus.text.bio.spans` turns tags back into entities.
        The tag is `MASK` where the annotators did not agree, and outside of entities where nobody looked for
        all types.
        """
        if layer != "entities":
            raise LabelError(f"there are no tokens of {layer!r}; there are: entities")
        names = tags(self._info().classes["entity"])
        sides: tuple[Lang, ...] = ("ar", "en") if lang == "both" else (lang,)
        _texts(lang)
        rows: list[dict[str, Any]] = []
        masked = 0
        for row in self:
            for side in sides:
                text = row[side]
                if row["labels"] is None or text is None:
                    continue
                entities = [
                    (item["start"], item["end"], item["type"])
                    for item in row["labels"]["entities"]
                    if item["lang"] == side
                ]
                tokens = [(token["start"], token["end"]) for token in row[f"{side}_tokens"]]
                tagged = tag_tokens(tokens, entities)
                types = self._info().classes["entity"]
                numbers = [
                    MASK if _is_masked(row, side, token, types) else names.index(token[2]) for token in tagged
                ]
                masked += numbers.count(MASK)
                rows.append(
                    {
                        **{name: row[name] for name in ("pair_id", "doc_id", "split")},
                        "lang": side,
                        "text": text,
                        "tokens": [text[start:end] for start, end, _ in tagged],
                        "starts": [start for start, _, _ in tagged],
                        "ends": [end for _, end, _ in tagged],
                        "tags": numbers,
                    }
                )
        schema = pa.schema(
            [
                *(pa.field(name, pa.string()) for name in ("pair_id", "doc_id", "split", "lang", "text")),
                pa.field("tokens", pa.list_(pa.string())),
                *(pa.field(name, pa.list_(pa.int64())) for name in ("starts", "ends", "tags")),
            ]
        )
        return View(pa.Table.from_pylist(rows, schema=schema), {"tags": names}, masked)

    def _info(self) -> DatasetInfo:
        if self.info is None:
            raise HashiyaError("a dataset is made by load(), which knows its classes")
        return self.info


def load(folder: str | Path, split: Split | None = None) -> Dataset:
    """Return a released dataset: one split, or all of them one after the other.

    `CorpusError` says what is wrong with the folder and what to do.
    """
    path = Path(folder)
    if split is not None and split not in SPLITS:
        raise CorpusError(f"there is no split {split!r}; there are: {', '.join(SPLITS)}")
    info = read_info(path)
    names = [name for name in SPLITS if split in {None, name}]
    table = _config(path, info, "pairs", names)
    annotations = _config(path, info, "annotations", names)
    kind = pa.list_(pa.struct([field for field in annotations.schema if field.name in _OF_ANNOTATION]))
    by_pair: dict[str, list[Any]] = {}
    for row in annotations.select(["pair_id", *_OF_ANNOTATION]).to_pylist():
        by_pair.setdefault(row.pop("pair_id"), []).append(row)
    column = pa.array([by_pair.get(str(name), []) for name in table["pair_id"].to_pylist()], kind)
    return Dataset(table.append_column("annotations", column), {}, info=info)


def _config(folder: Path, info: DatasetInfo, config: Config, splits: Sequence[Split]) -> pa.Table:
    """The rows of some splits of a config."""
    schema = config_schema(config, info.classes).remove_metadata()
    of_splits = info.configs.get(config, {})
    files = [entry.file for split in splits for entry in of_splits.get(split, ())]
    return pa.concat_tables(
        [schema.empty_table(), *(read_table(folder / file).replace_schema_metadata() for file in files)]
    )


def _texts(lang: SideChoice) -> Mapping[str, Lang]:
    """The side that each text column has."""
    if lang not in SIDE_CHOICES:
        raise LabelError(f"there is no side {lang!r}; there are: {', '.join(SIDE_CHOICES)}")
    return {"text": "ar", "text_pair": "en"} if lang == "both" else {"text": lang}


def _unresolved(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is unresolved in a row; nothing in datasets of the first format."""
    cells: list[dict[str, Any]] = row["labels"].get("unresolved") or []
    return cells


def _is_masked(
    row: Mapping[str, Any], side: Lang, token: tuple[int, int, str], types: tuple[str, ...]
) -> bool:
    """Whether it is unknown what a token is: in an open range, or outside where not all was looked for."""
    start, end, tag = token
    if any(
        cell["layer"] == "entities" and cell["lang"] == side and cell["start"] < end and start < cell["end"]
        for cell in _unresolved(row)
    ):
        return True
    covers = row["labels"].get("covers")
    if tag != OUTSIDE or covers is None:
        return False
    looked_for: set[str] = set()
    for cover in covers:
        if cover["layer"] == "entities" and cover["lang"] == side:
            looked_for.update(types if cover["labels"] is None else cover["labels"])
    return not looked_for >= set(types)
