"""The records of a released dataset: one row a pair, its resolved labels, what each annotator said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from hashiya.schema.records import (
    STRICT,
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
)

LabelSource = Literal["adjudicated", "gold", "single", "unanimous"]
NoLabels = Literal["unlabelled", "unfinished", "disagreement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What is marked on a pair."""

    __pydantic_config__: ClassVar[Any] = STRICT

    stances: tuple[Stance, ...] = ()
    entities: tuple[Entity, ...] = ()
    implications: tuple[Implication, ...] = ()
    flags: tuple[Flag, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAnnotation:
    """What one annotator, under a pseudonym, marked on a pair."""

    __pydantic_config__: ClassVar[Any] = STRICT

    annotator: str
    origin: str
    labels: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetRow:
    """A pair as it is released, with the provenance of its document.

    ``labels`` is null where ``no_labels`` says why; ``labels_from`` says whose they are.
    """

    __pydantic_config__: ClassVar[Any] = STRICT

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


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitFile:
    """The Parquet file of one split; ``sha256``, in hex, is that of its bytes."""

    __pydantic_config__: ClassVar[Any] = STRICT

    file: str
    rows: int
    documents: int
    labelled: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetInfo:
    """``dataset.json``: what a released folder holds. ``classes`` keeps the order of labels for ever."""

    __pydantic_config__: ClassVar[Any] = {**STRICT, "extra": "ignore"}

    format: int
    name: str
    scheme: SchemeRef
    classes: dict[str, tuple[str, ...]]
    overlap: bool
    splits: dict[str, SplitFile]
    licences: tuple[str, ...] = field(default=())
