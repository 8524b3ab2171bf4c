"""A bead: sentences of both sides that belong together, by number or as ranges in a document's texts."""

from __future__ import annotations

from dataclasses import dataclass

from hashiya.schema.records import LANGS, Kind, Lang, Sentence


@dataclass(frozen=True, slots=True)
class Bead:
    """The sentences of both sides that say the same, by number from 0; one side may be empty.

    `score`, 0 to 1, is the probability that exactly this bead, or this omission, is right.
    """

    ar: tuple[int, ...]
    en: tuple[int, ...]
    score: float

    @property
    def shape(self) -> str:
        """How many sentences each side has, Arabic first: "2-1"."""
        return f"{len(self.ar)}-{len(self.en)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedBead:
    """The sentences of both sides that belong together, as ranges in the document's texts."""

    ar: tuple[Sentence, ...]
    en: tuple[Sentence, ...]
    score: float | None = None

    def side(self, lang: Lang) -> tuple[Sentence, ...]:
        """Return the sentences of one side."""
        return self.ar if lang == "ar" else self.en

    @property
    def shape(self) -> str:
        """How many sentences each side has, Arabic first: "2-1"."""
        return f"{len(self.ar)}-{len(self.en)}"

    @property
    def kind(self) -> Kind:
        """Boilerplate or a title where every sentence is, else body."""
        kinds: set[Kind] = {sentence.kind for lang in LANGS for sentence in self.side(lang)}
        return kinds.pop() if len(kinds) == 1 else "body"
