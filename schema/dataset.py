"""The records of a released dataset: the columns of its configs, and `dataset.json`.

The columns of a config are those of `PairHead` and then its own (`schema/configs.py`). A class column holds
class numbers: places in the list of names that `dataset.json` has for its kind. Numbers never change.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal, get_args

import pyarrow as pa

from hashiya.schema.records import (
    Cover,
    Entity,
    Flag,
    Implication,
    Kind,
    Lang,
    Link,
    SchemeRef,
    Span,
    Split,
    Stance,
    TextOrigin,
    record,
)

DATASET_FORMAT = 3
"""The version of a released folder's layout: a folder a config, a file or more a split."""
MASKED = -100
"""The class of what is unknown, which stands for no class: PyTorch's losses pass over it."""

ClassKind = Literal[
    "entity", "stance", "holder", "target", "channel", "direction", "certainty", "flag", "implication"
]
"""What has class numbers: the sections of a scheme, and `implication`, a target and a channel.

Class 0 of `stance` is "none".
"""
CLASS_KINDS: tuple[ClassKind, ...] = get_args(ClassKind)
Config = Literal["pairs", "stance", "implications", "entities", "flags", "annotations"]
CONFIGS: tuple[Config, ...] = get_args(Config)
Recurring = Literal["drop", "keep"]
"""What becomes of a pair a side of which stands, letter for letter, in another split as well."""
RECURRING: tuple[Recurring, ...] = get_args(Recurring)

LabelSource = Literal["adjudicated", "gold", "single", "unanimous", "majority", "mixed", "posterior"]
NoLabels = Literal["unlabelled", "unfinished"]


@record
class ReleasedStance:
    """A stance on a target; `holder` is null where the annotators did not agree on one."""

    target: str
    stance: str
    holder: str | None
    holder_entity: str | None = None


@record
class ReleasedImplication:
    """An implication for a target; `certainty` is null where the annotators did not agree on one."""

    target: str
    channel: str
    direction: str
    certainty: str | None


@record
class UnresolvedCell:
    """What is neither there nor not, since the annotators did not agree on it, or nobody looked.

    The stances on a `target`, the implications for a `target` and `channel`, a range of a side for entities
    and flags, or a link of two entities that are there (`ar`, `en`).
    """

    layer: str
    target: str | None = None
    channel: str | None = None
    lang: Lang | None = None
    start: int | None = None
    end: int | None = None
    ar: str | None = None
    en: str | None = None


@record
class Labels:
    """What one annotator marked on a pair."""

    stances: tuple[Stance, ...] = ()
    entities: tuple[Entity, ...] = ()
    implications: tuple[Implication, ...] = ()
    flags: tuple[Flag, ...] = ()
    links: tuple[Link, ...] = ()


@record
class LabelsOfPair:
    """The labels of a pair, of all its annotators.

    That nothing else is there is said inside of `covers`, but for what is `unresolved`.
    """

    stances: tuple[ReleasedStance, ...] = ()
    entities: tuple[Entity, ...] = ()
    implications: tuple[ReleasedImplication, ...] = ()
    flags: tuple[Flag, ...] = ()
    links: tuple[Link, ...] = ()
    unresolved: tuple[UnresolvedCell, ...] = ()
    covers: tuple[Cover, ...] = ()


@record
class PublicAnnotation:
    """What one annotator, under a pseudonym, marked on a pair."""

    annotator: str
    origin: str
    labels: Labels
    covers: tuple[Cover, ...] | None = None


@dataclass(frozen=True, slots=True)
class ClassOf:
    """Marks a column of class numbers, in the type hint of a field."""

    kind: ClassKind


_Number = pa.int64()  # the type that `datasets` gives a `ClassLabel`
EntityClass = Annotated[int, _Number, ClassOf("entity")]
StanceClass = Annotated[int, _Number, ClassOf("stance")]
HolderClass = Annotated[int, _Number, ClassOf("holder")]
DirectionClass = Annotated[int, _Number, ClassOf("direction")]
CertaintyClass = Annotated[int, _Number, ClassOf("certainty")]
FlagClass = Annotated[int, _Number, ClassOf("flag")]
ImplicationClass = Annotated[int, _Number, ClassOf("implication")]
Share = Annotated[float, pa.float32()]
Small = Annotated[int, pa.int8()]


@record
class PairHead:
    """The columns that every config begins with: what a model may read, and where it comes from.

    None of them depends on a label.
    """

    pair_id: str
    doc_id: str
    index: int
    split: Split
    ar: str | None
    en: str | None
    kind: Kind
    bead: str
    score: float | None
    publisher: str | None
    published: str | None
    licence: str
    source_lang: str | None
    ar_origin: TextOrigin | None
    en_origin: TextOrigin | None


@record
class PairDetails:
    """The columns of `pairs` beside the head: where a pair stands, and all its labels by name.

    `labels` is null where `no_labels` says why; `labels_from` says whose they are.
    """

    ar_start: int | None
    ar_end: int | None
    en_start: int | None
    en_end: int | None
    ar_sentences: tuple[Span, ...]
    en_sentences: tuple[Span, ...]
    ar_tokens: tuple[Span, ...]
    en_tokens: tuple[Span, ...]
    title: str | None
    url: str | None
    ar_by: str | None
    en_by: str | None
    labels: LabelsOfPair | None
    labels_from: LabelSource | None
    no_labels: NoLabels | None


@record
class HeldStance:
    """A stance that somebody holds: the kind of holder, and the name as it stands in the text."""

    stance: StanceClass
    holder: HolderClass | None
    name: str | None


@record
class StanceRow:
    """The columns of `stance` beside the head: a row for every pair and target that is known.

    `label` is what the stances of all holders have in common (`common_stance`); null where the scheme has no
    label for it. `votes` and `soft` have a place for each class: how many voters said it, and how probable it
    is. `weight` is the probability of the label.
    """

    target: str
    label: StanceClass | None
    stances: tuple[HeldStance, ...]
    labels_from: LabelSource
    votes: tuple[int, ...]
    soft: tuple[Share, ...]
    weight: Share


@record
class StatedImplication:
    """An implication: its cell, what that is made of, and the effect."""

    cell: ImplicationClass
    target: str
    channel: str
    direction: DirectionClass
    certainty: CertaintyClass | None


@record
class ImplicationRow:
    """The columns of `implications` beside the head: a row for every pair of which a cell is known.

    All lists but `implications` have a place for each class of `implication`. `labels` is 1 where there is
    one, 0 where there is none, `MASKED` where it is not known, and there `masked` is true. `voters` is how
    many voted, `votes` how many of them for one that is there; `soft` is how probable that is, null where
    nobody looked. `weight` is the probability of the least certain of the labels.
    """

    labels: tuple[Small, ...]
    masked: tuple[bool, ...]
    implications: tuple[StatedImplication, ...]
    labels_from: LabelSource
    voters: tuple[int, ...]
    votes: tuple[int, ...]
    soft: tuple[Share | None, ...]
    weight: Share


@record
class EntitySpan:
    """An entity: a range of `text`, which it quotes; `id` is what links in `pairs` name."""

    start: int
    end: int
    type: EntityClass
    concept: str | None
    text: str
    id: str


@record
class EntityVotes:
    """An entity that somebody marked: how many voters did, of how many, and how probable it is."""

    start: int
    end: int
    type: EntityClass
    votes: int
    voters: int
    soft: Share


@record
class EntityRow:
    """The columns of `entities` beside the head: a row for every side that somebody looked at.

    `masked` are the ranges of which it is not known what they are: where the annotators do not agree, and,
    where not all types were looked for, all that is in no span. `covered` are the types that were looked for.
    `weight` is the probability of the least certain of the spans, and of what is in none.
    """

    lang: Lang
    text: str
    spans: tuple[EntitySpan, ...]
    masked: tuple[Span, ...]
    covered: tuple[EntityClass, ...]
    labels_from: LabelSource
    votes: tuple[EntityVotes, ...]
    weight: Share


@record
class FlagSpan:
    """A flag: a range of `text`, which it quotes, and what was meant."""

    start: int
    end: int
    kind: FlagClass
    intended: str | None
    text: str


@record
class FlagVotes:
    """A flag that somebody set; as `EntityVotes`."""

    start: int
    end: int
    kind: FlagClass
    votes: int
    voters: int
    soft: Share


@record
class FlagRow:
    """The columns of `flags` beside the head; as `EntityRow`."""

    lang: Lang
    text: str
    spans: tuple[FlagSpan, ...]
    masked: tuple[Span, ...]
    covered: tuple[FlagClass, ...]
    labels_from: LabelSource
    votes: tuple[FlagVotes, ...]
    weight: Share


@record
class ReleasedFile:
    """A file of a released folder by its path there; `sha256`, in hex, is that of its bytes."""

    file: str
    rows: int
    bytes: int
    sha256: str


@record
class SplitCounts:
    """What a split holds."""

    pairs: int
    documents: int
    labelled: int


@record
class EarlierRelease:
    """The release before this one: its version, and the SHA-256, in hex, of its `dataset.json`."""

    version: str
    sha256: str


@record(unknown="ignore")
class DatasetInfo:
    """`dataset.json`: what a released folder holds.

    `classes` has the names of classes by their numbers, `gone` those of them that the scheme has no more.
    `configs` has the Parquet files by config and split, `files` the hashes of the others that nobody is to
    edit. `policy` is how the votes of several annotators decided, `recurring` what became of pairs that recur
    in another split, of which `recurs` counts those that were found. `unresolved` and `uncovered` count, by
    layer, the cells that are in no row, or are masked.
    """

    format: int
    name: str
    version: str
    scheme: SchemeRef
    policy: str
    recurring: Recurring
    overlap: bool
    classes: dict[ClassKind, tuple[str, ...]]
    gone: dict[ClassKind, tuple[str, ...]]
    splits: dict[Split, SplitCounts]
    split_sizes: dict[Split, int]
    configs: dict[Config, dict[Split, tuple[ReleasedFile, ...]]]
    files: dict[str, str]
    no_labels: dict[str, int]
    unresolved: dict[str, int]
    uncovered: dict[str, int]
    recurs: dict[str, int]
    licences: tuple[str, ...] = field(default=())
    before: EarlierRelease | None = None
