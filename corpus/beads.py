"""Beads that are given, by hand or by the source: the aligner obeys them.

A given bead holds ranges in the document's texts. Where ``segmented`` is true they are its sentences;
otherwise each range is a whole segment (a TMX unit, a line of a line-aligned file) whose inner sentences
are still to be found.
"""

from __future__ import annotations

from dataclasses import dataclass

from hashiya.schema.records import Kind, Lang, Span


@dataclass(frozen=True, slots=True)
class GivenBead:
    """Ranges of both sides that belong together; one side may be empty."""

    ar: tuple[Span, ...]
    en: tuple[Span, ...]
    kind: Kind | None = None
    segmented: bool = True

    def side(self, lang: Lang) -> tuple[Span, ...]:
        """The ranges of one side."""
        return self.ar if lang == "ar" else self.en
