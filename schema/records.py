"""The records of the project: documents, sentences, pairs, and what annotators say about a pair.

Offsets are Unicode code points, half-open, as Python slices. A document's sentences count in the
document's text; everything inside a pair counts in that side's text. A side that is absent is `None`,
never the empty string. Records are plain frozen dataclasses: `codec` reads and writes them as JSON,
`arrow` and `jsonschema` derive their schemas from the type hints here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Literal, Protocol, TypeVar, dataclass_transform, get_args, overload

Lang = Literal["ar", "en"]
TextOrigin = Literal["written", "human-translation", "machine-translation", "authored"]
Split = Literal["train", "validation", "test"]
Kind = Literal["title", "body", "boilerplate"]
Status = Literal["draft", "done", "skipped", "unsure", "review"]
Origin = Literal["human", "imported", "gold", "suggested", "adjudicated"]
KnownOrigin = Literal["adjudicated", "gold"]
KNOWN_ORIGINS: tuple[KnownOrigin, ...] = get_args(KnownOrigin)
"""The origins of labels that are known to be right; those of the first decide before those of the next."""
LabelLayer = Literal["entities", "stances", "implications", "flags"]
"""What is labelled on a pair; links belong to the entities that they join."""

FINISHED: frozenset[Status] = frozenset({"done", "skipped", "unsure"})
"""The statuses of a pair that does not wait for its annotator any more."""
LANGS: tuple[Lang, Lang] = ("ar", "en")
SPLITS: tuple[Split, ...] = ("train", "validation", "test")

_Record = TypeVar("_Record")
_CONFIG = "__pydantic_config__"


@overload
def record(cls: type[_Record], /) -> type[_Record]: ...
@overload
def record(
    *, kw_only: bool = True, order: bool = False, unknown: Literal["forbid", "ignore"] = "forbid"
) -> Callable[[type[_Record]], type[_Record]]: ...
@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(
    cls: type[Any] | None = None,
    /,
    *,
    kw_only: bool = True,
    order: bool = False,
    unknown: Literal["forbid", "ignore"] = "forbid",
) -> Any:
    """Make a frozen dataclass that pydantic reads strictly: no silent conversion, no number JSON cannot hold.

    `unknown` says what becomes of keys that are no field.
    """

    def made(kind: type[Any]) -> type[Any]:
        kind = dataclass(frozen=True, slots=True, kw_only=kw_only, order=order)(kind)
        setattr(kind, _CONFIG, {"extra": unknown, "strict": True, "allow_inf_nan": False})
        return kind

    return made if cls is None else made(cls)


@record(kw_only=False, order=True)
class Span:
    """A half-open range of code points."""

    start: int
    end: int


class _Range(Protocol):
    """Whatever has a half-open range of code points: spans, entities, flags, anchors, sentences."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def overlaps(one: _Range, other: _Range) -> bool:
    """Return whether two ranges of one text share a code point."""
    return one.start < other.end and other.start < one.end


@record(kw_only=False)
class Sentence:
    """One sentence of a document: its range in the document's text, without outer white space."""

    start: int
    end: int
    kind: Kind = "body"


@record
class Document:
    """An article with one or two sides; texts are stored as they came.

    `ar_origin`/`en_origin` say how a side came to be: *written* first in that language, a human or
    machine translation of the other side or of a text outside the corpus, or *authored* for the corpus.
    `ar_by`/`en_by` name who or what produced it. `licence` is an SPDX name or a rights note.
    `split` pins the document to a split; `published` is an ISO 8601 date.
    """

    doc_id: str
    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    published: str | None = None
    licence: str | None = None
    ar: str | None = None
    en: str | None = None
    source_lang: str | None = None
    ar_origin: TextOrigin | None = None
    en_origin: TextOrigin | None = None
    ar_by: str | None = None
    en_by: str | None = None
    split: Split | None = None

    def text(self, lang: Lang) -> str | None:
        """The whole text of one side."""
        return self.ar if lang == "ar" else self.en


@record
class Pair:
    """A bead of a document: the sentences of one side that say what those of the other side say.

    `document.ar[ar_start:ar_end] == pair.ar`; `ar_sentences` and `ar_tokens` are ranges in
    `pair.ar`; likewise for English. `bead` counts the sentences, Arabic first ("2-1"). `score` is
    null where the bead was given by hand or by the source, not computed. `ar_folded`/`en_folded` are
    for search only.
    """

    pair_id: str
    doc_id: str
    index: int
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
    ar_folded: str | None
    en_folded: str | None

    def text(self, lang: Lang) -> str | None:
        """The text of one side."""
        return self.ar if lang == "ar" else self.en

    def tokens(self, lang: Lang) -> tuple[Span, ...]:
        """The tokens of one side, as ranges in its text."""
        return self.ar_tokens if lang == "ar" else self.en_tokens

    def sentences(self, lang: Lang) -> tuple[Span, ...]:
        """The sentences of one side, as ranges in its text."""
        return self.ar_sentences if lang == "ar" else self.en_sentences

    def place(self, lang: Lang) -> Span | None:
        """Where one side stands in its document."""
        start, end = (self.ar_start, self.ar_end) if lang == "ar" else (self.en_start, self.en_end)
        return None if start is None or end is None else Span(start, end)


class PairSides(Protocol):
    """What of a pair its labels are checked against: its names, its kind and its texts."""

    @property
    def pair_id(self) -> str:
        """The pair's id."""
        ...

    @property
    def doc_id(self) -> str:
        """The document's id."""
        ...

    @property
    def kind(self) -> Kind:
        """What the pair is."""
        ...

    def text(self, lang: Lang) -> str | None:
        """The text of one side."""


@record
class Stance:
    """A view, held now, that something is good or bad for the prospects of `target`."""

    target: str
    stance: str
    holder: str
    holder_entity: str | None = None


@record
class Entity:
    """A name in one side; `text` quotes it; `concept` is a corpus-wide slug shared across sides."""

    id: str
    lang: Lang
    start: int
    end: int
    text: str
    type: str
    concept: str | None = None


@record
class Link:
    """An Arabic and an English entity, by id, that name the same thing."""

    ar: str
    en: str


@record
class Implication:
    """A consequence that the text itself states for `target`."""

    target: str
    channel: str
    direction: str
    certainty: str


@record
class Flag:
    """Words that mislead a reader of that side alone, and what was meant."""

    lang: Lang
    start: int
    end: int
    text: str
    kind: str
    intended: str | None = None


@record
class Anchor:
    """Where one side of a pair stood when it was labelled.

    `start` and `end` count in the document's text; the hashes are SHA-256, in hex, of the UTF-8
    bytes of that text (`document_hash`) and of the side's slice of it (`text_hash`).
    """

    start: int
    end: int
    text_hash: str
    document_hash: str


@record
class Place:
    """Where a pair stood when it was labelled, so that a label finds its place in a changed corpus."""

    doc_id: str
    ar: Anchor | None = None
    en: Anchor | None = None

    def anchor(self, lang: Lang) -> Anchor | None:
        """The anchor of one side."""
        return self.ar if lang == "ar" else self.en


@record
class SchemeRef:
    """The scheme that an annotation was made with."""

    name: str
    version: str


@record
class Cover:
    """A part of a pair that an annotator looked at for labels of one layer.

    `lang` is the side, for entities and flags, and null for stances and implications. `labels` are the
    entity types, flag kinds, targets of stances or channels of implications that were looked for; null
    is all that the annotation's version of the scheme has.
    """

    layer: LabelLayer
    lang: Lang | None = None
    labels: tuple[str, ...] | None = None


@record
class Annotation:
    """Everything one annotator says of one pair. `seconds` is time spent, idle time left out.

    `covers` is what was looked at: that nothing else is there is said only inside of it. Null is unknown
    (nobody recorded it) and taken as everything. `created_at` (ISO 8601, UTC) is information, never an
    order.
    """

    pair_id: str
    annotator: str
    status: Status
    covers: tuple[Cover, ...] | None = None
    stances: tuple[Stance, ...] = ()
    entities: tuple[Entity, ...] = ()
    implications: tuple[Implication, ...] = ()
    flags: tuple[Flag, ...] = ()
    links: tuple[Link, ...] = ()
    comment: str | None = None
    seconds: float | None = None
    scheme: SchemeRef
    origin: Origin
    place: Place
    created_at: str | None = None


@record
class AnnotationLine(Annotation):
    """An annotation as a line of a file: `history` are the ids of the events of the journal that led to it.

    So another corpus knows whether its own annotation is an earlier state of this one, or a change beside it.
    """

    history: tuple[str, ...] = ()

    def annotation(self) -> Annotation:
        """Return the annotation alone."""
        return Annotation(**dict(zip(_NAMES, _VALUES(self), strict=True)))


_NAMES = tuple(field.name for field in fields(Annotation))
_VALUES = attrgetter(*_NAMES)
