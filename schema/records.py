"""The records of the project: documents, sentences, pairs, and what annotators say about a pair.

Offsets are Unicode code points, half-open, as Python slices. A document's sentences count in the
document's text; everything inside a pair counts in that side's text. A side that is absent is ``None``,
never the empty string. Records are plain frozen dataclasses: ``codec`` reads and writes them as JSON,
``arrow`` and ``jsonschema`` derive their schemas from the type hints here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

Lang = Literal["ar", "en"]
TextOrigin = Literal["written", "human-translation", "machine-translation", "authored"]
Split = Literal["train", "validation", "test"]
Kind = Literal["title", "body", "boilerplate"]
Status = Literal["draft", "done", "skipped", "unsure", "review"]
Origin = Literal["human", "imported", "gold", "suggested", "adjudicated"]

LANGS: tuple[Lang, Lang] = ("ar", "en")
SPLITS: tuple[Split, ...] = ("train", "validation", "test")

STRICT: dict[str, Any] = {"extra": "forbid", "strict": True, "allow_inf_nan": False}
"""How pydantic reads a record: no unknown keys, no silent conversion, no number that JSON cannot hold."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points."""

    __pydantic_config__: ClassVar[Any] = STRICT

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a document: its range in the document's text, without outer white space."""

    __pydantic_config__: ClassVar[Any] = STRICT

    start: int
    end: int
    kind: Kind = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An article with one or two sides; texts are stored as they came.

    ``ar_origin``/``en_origin`` say how a side came to be: *written* first in that language, a human or
    machine translation of the other side or of a text outside the corpus, or *authored* for the corpus.
    ``ar_by``/``en_by`` name who or what produced it. ``licence`` is an SPDX name or a rights note.
    ``split`` pins the document to a split; ``published`` is an ISO 8601 date.
    """

    __pydantic_config__: ClassVar[Any] = STRICT

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A bead of a document: the sentences of one side that say what those of the other side say.

    ``document.ar[ar_start:ar_end] == pair.ar``; ``ar_sentences`` and ``ar_tokens`` are ranges in
    ``pair.ar``; likewise for English. ``bead`` counts the sentences, Arabic first ("2-1"). ``score`` is
    null where the bead was given by hand or by the source, not computed. ``ar_folded``/``en_folded`` are
    for search only.
    """

    __pydantic_config__: ClassVar[Any] = STRICT

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """A view, held now, that something is good or bad for the prospects of ``target``."""

    __pydantic_config__: ClassVar[Any] = STRICT

    target: str
    stance: str
    holder: str
    holder_entity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A name in one side; ``text`` quotes it; ``concept`` is a corpus-wide slug shared across sides."""

    __pydantic_config__: ClassVar[Any] = STRICT

    id: str
    lang: Lang
    start: int
    end: int
    text: str
    type: str
    concept: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An Arabic and an English entity, by id, that name the same thing."""

    __pydantic_config__: ClassVar[Any] = STRICT

    ar: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Implication:
    """A consequence that the text itself states for ``target``."""

    __pydantic_config__: ClassVar[Any] = STRICT

    target: str
    channel: str
    direction: str
    certainty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Words that mislead a reader of that side alone, and what was meant."""

    __pydantic_config__: ClassVar[Any] = STRICT

    lang: Lang
    start: int
    end: int
    text: str
    kind: str
    intended: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Where one side of a pair stood when it was labelled.

    ``start`` and ``end`` count in the document's text; the hashes are SHA-256, in hex, of the UTF-8
    bytes of that text (``document_hash``) and of the side's slice of it (``text_hash``).
    """

    __pydantic_config__: ClassVar[Any] = STRICT

    start: int
    end: int
    text_hash: str
    document_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a pair stood when it was labelled, so that a label finds its place in a changed corpus."""

    __pydantic_config__: ClassVar[Any] = STRICT

    doc_id: str
    ar: Anchor | None = None
    en: Anchor | None = None

    def anchor(self, lang: Lang) -> Anchor | None:
        """The anchor of one side."""
        return self.ar if lang == "ar" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeRef:
    """The scheme that an annotation was made with."""

    __pydantic_config__: ClassVar[Any] = STRICT

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """Everything one annotator says of one pair. ``seconds`` is time spent, idle time left out.

    ``created_at`` (ISO 8601, UTC) is information, never an order.
    """

    __pydantic_config__: ClassVar[Any] = STRICT

    pair_id: str
    annotator: str
    status: Status
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
