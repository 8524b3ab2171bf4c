"""One side of a pair as other tools know it: a text, the marks on it, and whose they are.

Offsets are code points of that text, half-open. Every format writes and reads sides; nothing else of the
corpus is known to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

from hashiya.schema.records import Lang, Span, Status
from hashiya.schema.scheme import LabelScheme

SideLayer = Literal["ids", "concepts", "flags", "intended", "annotators", "statuses"]
"""What a format may hold besides entities."""

FLAG = "flag:"
"""What a flag's label begins with; no entity's label holds a colon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideMark:
    """A labelled range; `label` is an entity's type, or `FLAG` and a flag's kind.

    `quote` is the text that the file gives for it, where it gives one.
    """

    start: int
    end: int
    label: str
    quote: str | None = None
    id: str | None = None
    concept: str | None = None
    intended: str | None = None

    @property
    def layer(self) -> Literal["entities", "flags"]:
        """The layer that the mark belongs to."""
        return "flags" if self.label.startswith(FLAG) else "entities"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A text and its marks; `where` names it in messages.

    What a file does not say is `None`. `annotator` is who labelled there, as the tool itself or the name of
    the file says; `sent_as` whose labels the text was sent with, which says nothing of who labelled it since.
    The status is that of the labels; `answered` is true where it was given by whoever labelled there.
    `offered` are the labels that could be given there, as they are called there; `unread` counts the marks of
    the side that its file has and that cannot be read. A `doc_id` names the document that the text is, or is
    of; sides of one `task` were labelled together. `spaced` is false for a text that was put together from
    words: it has no white space, and its offsets count the characters that are none.
    """

    where: str
    pair_id: str | None = None
    lang: Lang | None = None
    text: str | None = None
    marks: tuple[SideMark, ...] = ()
    annotator: str | None = None
    sent_as: str | None = None
    status: Status | None = None
    answered: bool = False
    offered: tuple[str, ...] | None = None
    unread: int = 0
    doc_id: str | None = None
    task: str | None = None
    tokens: tuple[Span, ...] = ()
    sentences: tuple[Span, ...] = ()
    spaced: bool = True

    @property
    def meta(self) -> dict[str, str | None]:
        """What a line of JSON says of a side beside its text; the side is found again by it."""
        return {
            "pair_id": self.pair_id,
            "lang": self.lang,
            "doc_id": self.doc_id,
            "annotator": self.annotator,
            "status": self.status,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What a format writes, and where: `out` is a file, or an empty folder, that nobody reads yet."""

    sides: Iterable[Side]
    out: Path
    name: str
    scheme: LabelScheme


def side_name(side: Side) -> str:
    """Return the name of a side's own file, without suffix: the id of its pair and its language."""
    return f"{side.pair_id}.{side.lang}"


def pieces(text: str, tokens: Iterable[Span], marks: Collection[SideMark]) -> Iterator[tuple[int, int, bool]]:
    """Yield ranges that make up the whole text, cut at tokens and marks; each says if a space follows it.

    A single space between two pieces belongs to neither; any other white space is a piece.
    """
    starts, ends = {mark.start for mark in marks}, {mark.end for mark in marks}
    edges = {0, len(text), *starts, *ends}
    edges.update(edge for token in tokens for edge in (token.start, token.end))
    piece: tuple[int, int] | None = None
    for start, end in pairwise(sorted(edges)):
        between = text[start:end] == " " and start not in starts and end not in ends
        if piece is None:
            piece = (start, end)
        elif between:
            yield (*piece, True)
            piece = None
        else:
            yield (*piece, False)
            piece = (start, end)
    if piece is not None:
        yield (*piece, False)
