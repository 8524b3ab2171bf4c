"""The records of a released dataset: one row a pair, its resolved labels, what each annotator said."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from hashiya.schema.records import (
    Entity,
    Flag,
    Implication,
    Kind,
    Link,
    SchemeRef,
    Span,
    Split,
    Stance,
    TextOrigin,
    record,
)

DATASET_FORMAT = 1
"""The version of a released folder's layout; no other version is read."""

LabelSource = Literal["adjudicated", "gold", "single", "unanimous"]
NoLabels = Literal["unlabelled", "unfinished", "disagreement"]


@record
class Labels:
    """What is marked on a pair."""

    stances: tuple[Stance, ...] = ()
    entities: tuple[Entity, ...] = ()
    implications: tuple[Implication, ...] = ()
    flags: tuple[Flag, ...] = ()
    links: tuple[Link, ...] = ()


@record
class PublicAnnotation:
    """What one annotator, under a pseudonym, marked on a pair."""

    annotator: str
    origin: str
    labels: Labels


@record
class DatasetRow:
    """A pair as it is released, with the provenance of its document.

    `labels` is null where `no_labels` says why; `labels_from` says whose they are.
    """

    pair_id: str
    doc_id: str
    index: int
    split: Split
    ar: str | None
    en: str | None
    ar_start: int | None
    ar_end: int | None
    en_start: int | None
    en_end: int | None
    ar_sentences: tuple[Span, ...]
    en_sentences: tuple[Span, ...]
    ar_tokens: tuple[Span, ...]
    en_tokens: tuple[Span, ...]
    bead: str
    score: float | None
    kind: Kind
    title: str | None
    publisher: str | None
    url: str | None
    published: str | None
    licence: str
    source_lang: str | None
    ar_origin: TextOrigin | None
    en_origin: TextOrigin | None
    ar_by: str | None
    en_by: str | None
    labels: Labels | None
    labels_from: LabelSource | None
    no_labels: NoLabels | None
    annotations: tuple[PublicAnnotation, ...] = ()


@record
class SplitFile:
    """The Parquet file of one split; `sha256`, in hex, is that of its bytes."""

    file: str
    rows: int
    documents: int
    labelled: int
    sha256: str


@record(unknown="ignore")
class DatasetInfo:
    """`dataset.json`: what a released folder holds. `classes` keeps the order of labels for ever."""

    format: int
    name: str
    scheme: SchemeRef
    classes: dict[str, tuple[str, ...]]
    overlap: bool
    splits: dict[str, SplitFile]
    licences: tuple[str, ...] = field(default=())
