"""The records of a released dataset: one row a pair, its resolved labels, what each annotator said."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

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

DATASET_FORMAT = 2
"""The version of a released folder's layout; the one before is read too."""
FIRST_DATASET_FORMAT = 1
"""The version in which the labels of a pair were those of one annotation, or none."""

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
    labels: LabelsOfPair | None
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
    """`dataset.json`: what a released folder holds. `classes` keeps the order of labels for ever.

    `policy` is how the votes of several annotators decided.
    """

    format: int
    name: str
    scheme: SchemeRef
    classes: dict[str, tuple[str, ...]]
    overlap: bool
    splits: dict[str, SplitFile]
    licences: tuple[str, ...] = field(default=())
    policy: str | None = None
