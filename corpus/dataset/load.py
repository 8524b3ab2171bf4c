"""Released datasets for training code: two lines from a folder to labelled rows.

    from hashiya.corpus import load
    rows = load("build/release")["train"].stance(lang="ar").to_pandas()

Needs the core of the package only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from hashiya.corpus.dataset.annotator_labels import AnnotatorLabels
from hashiya.corpus.dataset.conditions import Where
from hashiya.corpus.dataset.released_files import Verify, verify_files
from hashiya.corpus.dataset.released_folder import read_info
from hashiya.corpus.dataset.released_rows import ReleasedRows
from hashiya.corpus.dataset.subwords import FastTokenizer
from hashiya.corpus.dataset.token_codec import TokenCodec
from hashiya.corpus.dataset.token_view import TaggedLayer, TokenView, token_view
from hashiya.corpus.dataset.view import View
from hashiya.schema.dataset import ClassKind, Config, DatasetInfo
from hashiya.schema.errors import CorpusError, LabelError
from hashiya.schema.records import SPLITS, Lang, Split

SideChoice = Literal["ar", "en", "both"]
SIDE_CHOICES: tuple[SideChoice, ...] = get_args(SideChoice)
LabelChoice = Literal["released", "majority", "annotators", "soft"]
"""Whose labels: as released; where the release left a cell open, what more than half of its annotators say;
each annotator's own; or how probable each class is."""
LABEL_CHOICES: tuple[LabelChoice, ...] = get_args(LabelChoice)
_HEAD = ("pair_id", "doc_id", "split")
_KINDS: Mapping[TaggedLayer, ClassKind] = {"entities": "entity", "flags": "flag"}


class DatasetRows:
    """The rows of one split of a released dataset, or of all, as views for the tasks.

    `lang` chooses the side; rows without it are left out. `where` chooses rows: conditions such as
    `("score", ">=", 0.8)` that must all hold, on columns of the config and `voters`, or an expression of
    pyarrow. `columns` names columns of the config that come along. What is not known is never a class: it
    has no row, or it is null or `MASKED`.
    """

    def __init__(self, folder: Path, info: DatasetInfo, splits: Sequence[Split]) -> None:
        self.info = info
        self._rows = ReleasedRows(folder, info, tuple(splits))

    def stance(
        self,
        lang: SideChoice = "both",
        labels: LabelChoice = "released",
        *,
        where: Where | None = None,
        columns: Collection[str] = (),
    ) -> View:
        """Return a row for every pair and target of which the stance is known.

        Columns: `pair_id, doc_id, split`, `text` (of `lang`; for "both" the Arabic, with the English in
        `text_pair`), `target`, `label`, and `weight`. Class 0 is "none": the text has no stance on the
        target. With "annotators" there is a row for each of them, and `annotator` and `origin` in place of
        `weight`; with "soft" `label` is a list of probabilities by class.
        """
        texts = _texts(lang)
        _check_labels(labels)
        classes = {"label": self.info.classes["stance"]}
        if labels == "annotators":
            said = AnnotatorLabels(self._rows, texts, where)
            schema, source = said.stances(columns)
            return View(schema=schema, source=source, classes=classes, target="label")
        label = "soft" if labels == "soft" else "label"
        named = _named(texts, "target", columns) | {"label": label, "weight": "weight"}
        present = [*texts.values(), "label"]
        schema = self._rows.schema("stance", named)
        source = self._rows.source("stance", named, where, present=present)
        if labels == "majority":
            source = AnnotatorLabels(self._rows, texts, where).stances_by_majority(schema, named, source)
        return View(schema=schema, source=source, classes=classes, target="label")

    def implications(
        self,
        lang: SideChoice = "both",
        labels: LabelChoice = "released",
        *,
        where: Where | None = None,
        columns: Collection[str] = (),
    ) -> View:
        """Return a row for every pair of which it is known whether it states some implication.

        Columns: `pair_id, doc_id, split`, `text` and `text_pair` as in `stance`, `labels` and `weight`.
        `labels` has a place for each target and channel: 1, 0, or `MASKED`; with "soft" a probability or
        null. With "annotators" there is a row for each of them.
        """
        texts = _texts(lang)
        _check_labels(labels)
        classes = {"labels": self.info.classes["implication"]}
        if labels == "annotators":
            schema, source = AnnotatorLabels(self._rows, texts, where).implications(columns)
        else:
            label = "soft" if labels == "soft" else "labels"
            named = _named(texts, None, columns) | {"labels": label, "weight": "weight"}
            schema = self._rows.schema("implications", named)
            voted = {" voters": "voters", " votes": "votes"} if labels == "majority" else {}
            present = list(texts.values())
            source = self._rows.source("implications", named | voted, where, present=present)
            if labels == "majority":
                source = AnnotatorLabels(self._rows, texts, where).implications_by_majority(named, source)
        return View(schema=schema, source=source, classes=classes, target="labels", multi_hot=True)

    def entities(
        self,
        lang: SideChoice = "both",
        labels: LabelChoice = "released",
        *,
        tokenizer: FastTokenizer | None = None,
        words: bool = False,
        max_length: int | None = None,
        stride: int = 0,
        types: Collection[str] | None = None,
        where: Where | None = None,
        columns: Collection[str] = (),
    ) -> TokenView:
        """Return the sides as tokens with BIO tags; the tokens are made from the text alone.

        Columns: `pair_id, doc_id, split, lang, text`, `offsets` (start and end of each token in `text`),
        `labels` (the tags), `weight`, and `tokens`, as `model_tokens` cuts them; with a `tokenizer`
        `input_ids` and `attention_mask` instead, in windows of at most `max_length` that share `stride`. With
        `words`, the tokenizer gets those tokens one by one, so that a particle and a name are never one
        subword. `types` are tagged alone, if they are named. Spans that tokens cannot say are told in a
        warning, and counted by `fates`.
        """
        cut = {"tokenizer": tokenizer, "words": words, "max_length": max_length, "stride": stride}
        return self._tokens("entities", lang, labels, cut, wanted=types, where=where, columns=columns)

    def flags(
        self,
        lang: SideChoice = "both",
        labels: LabelChoice = "released",
        *,
        tokenizer: FastTokenizer | None = None,
        words: bool = False,
        max_length: int | None = None,
        stride: int = 0,
        kinds: Collection[str] | None = None,
        where: Where | None = None,
        columns: Collection[str] = (),
    ) -> TokenView:
        """Return the sides as tokens with BIO tags of flags; as `entities`."""
        cut = {"tokenizer": tokenizer, "words": words, "max_length": max_length, "stride": stride}
        return self._tokens("flags", lang, labels, cut, wanted=kinds, where=where, columns=columns)

    def released(
        self, config: Config, *, where: Where | None = None, columns: Collection[str] | None = None
    ) -> View:
        """Return the rows of a config with its columns in the release, or those named."""
        return self._whole(config, where, columns)

    def pairs(self, *, where: Where | None = None, columns: Collection[str] | None = None) -> View:
        """Return all pairs, labelled or not, with their columns in the release, or those named."""
        return self._whole("pairs", where, columns)

    def annotations(self, *, where: Where | None = None, columns: Collection[str] | None = None) -> View:
        """Return what each annotator, under a pseudonym, said of a pair; as `pairs`."""
        return self._whole("annotations", where, columns)

    def __len__(self) -> int:
        return sum(self.info.splits[split].pairs for split in self._rows.splits if split in self.info.splits)

    def _whole(self, config: Config, where: Where | None, columns: Collection[str] | None) -> View:
        names = self._rows.columns(config) if columns is None else columns
        named = {name: name for name in names}
        schema = self._rows.schema(config, named)
        return View(schema=schema, source=self._rows.source(config, named, where), classes={})

    def _tokens(
        self,
        layer: TaggedLayer,
        lang: SideChoice,
        labels: LabelChoice,
        cut: Mapping[str, Any],
        *,
        wanted: Collection[str] | None,
        where: Where | None,
        columns: Collection[str],
    ) -> TokenView:
        _check_labels(labels)
        if labels == "soft":
            raise LabelError(f"labels='soft': {layer} have no soft tags; columns=['votes'] brings the votes")
        names = self.info.classes[_KINDS[layer]]
        unknown = set(wanted or ()) - set(names)
        if unknown:
            raise LabelError(f"{layer} have no class {unknown.pop()!r}; they have: {', '.join(names)}")
        numbers = frozenset(number for number, name in enumerate(names) if wanted is None or name in wanted)
        langs: tuple[Lang, ...] = ("ar", "en") if lang == "both" else (lang,)
        _texts(lang)
        if labels == "annotators":
            said = AnnotatorLabels(self._rows, {}, where)
            schema, source = said.sides(layer, langs, columns)
            passed = [name for name in schema.names if name not in {"spans", "masked"}]
        else:
            passed = [*_HEAD, "lang", "text", "weight", *columns]
            named = {name: name for name in [*passed, "spans", "masked"]}
            schema = self._rows.schema(layer, named)
            source = self._rows.source(layer, named, where, also=[("lang", "in", langs)])
        codec = TokenCodec(names, **cut)
        return token_view(codec, source, schema, layer, wanted=numbers, passed_on=passed)


class Dataset(DatasetRows, Mapping[str, DatasetRows]):
    """A released dataset: its splits by name, and, as itself, the rows of all of them."""

    def __init__(self, folder: Path, info: DatasetInfo) -> None:
        self._splits: tuple[Split, ...] = tuple(split for split in SPLITS if split in info.splits)
        super().__init__(folder, info, self._splits)
        self._folder = folder

    def __getitem__(self, split: str) -> DatasetRows:
        named: list[Split] = [name for name in self._splits if name == split]
        if not named:
            raise CorpusError(
                f"{self._folder}: has no split {split!r}; it has: {', '.join(self._splits) or 'none'}"
            )
        return DatasetRows(self._folder, self.info, named)

    def __contains__(self, split: object) -> bool:
        return split in self._splits

    def get(self, split: str, default: Any = None) -> Any:
        """Return the rows of a split, or `default` where there is no such split."""
        try:
            return self[split]
        except CorpusError:
            return default

    def __iter__(self) -> Iterator[str]:
        return iter(self._splits)

    def __len__(self) -> int:
        return len(self._splits)


def load(folder: str | Path, *, verify: Verify = "size") -> Dataset:
    """Return a released dataset, a mapping of its splits.

    `verify` says how far its files are looked at: "size" (sizes, rows, columns, and that no document or pair
    is in two splits), "hash" (all bytes too), or False. `CorpusError` says what is wrong with the folder and
    what to do.
    """
    path = Path(folder)
    info = read_info(path)
    verify_files(path, info, verify)
    return Dataset(path, info)


def _check_labels(labels: LabelChoice) -> None:
    if labels not in LABEL_CHOICES:
        raise LabelError(f"there are no labels {labels!r}; there are: {', '.join(LABEL_CHOICES)}")


def _texts(lang: SideChoice) -> dict[str, Lang]:
    """The side that each text column has."""
    if lang not in SIDE_CHOICES:
        raise LabelError(f"there is no side {lang!r}; there are: {', '.join(SIDE_CHOICES)}")
    return {"text": "ar", "text_pair": "en"} if lang == "both" else {"text": lang}


def _named(texts: Mapping[str, Lang], target: str | None, columns: Collection[str]) -> dict[str, str]:
    """The columns of a view of pairs, and those of the release that they are."""
    head = {name: name for name in _HEAD} | dict(texts)
    if target is not None:
        head[target] = target
    return head | {name: name for name in columns if name not in head}
