"""A bead with its sentences: ranges in the texts of both sides of a document."""

from __future__ import annotations

from dataclasses import dataclass

from hashiya.schema.records import LANGS, Kind, Lang, Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedBead:
    """The sentences of both sides that belong together, as ranges in the document's texts."""

    ar: tuple[Sentence, ...]
    en: tuple[Sentence, ...]
    score: float | None = None

    def side(self, lang: Lang) -> tuple[Sentence, ...]:
        """The sentences of one side."""
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
