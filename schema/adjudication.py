"""Adjudications: what an adjudicator decided for a pair, which cells that settles, and on which votes."""

from __future__ import annotations

from hashiya.schema.records import Annotation, Lang, record


@record
class CellKey:
    """A cell of a pair: that of stances on a target, of implications for a target and channel, or a range.

    A range is one of a side, for entities (`layer` "entities") or flags.
    """

    layer: str
    target: str | None = None
    channel: str | None = None
    lang: Lang | None = None
    start: int | None = None
    end: int | None = None


@record
class SeenVote:
    """A vote that the adjudicator saw: whose, the event that said it, a hash of its labels in the cell."""

    voter: str
    event_id: str
    labels_hash: str


@record
class SettledCell:
    """A cell that is settled, and the votes that were seen in it; `why`, in a line, for the guidelines."""

    cell: CellKey
    votes: tuple[SeenVote, ...] = ()
    why: str | None = None


@record
class Adjudication:
    """The payload of a `set` in the stream of adjudications: the labels decided, and the cells they settle.

    `annotation` holds the labels in those cells, with the adjudicator as annotator; what stood in others then
    may be there too, and says nothing. A cell opens again if a voter's labels in it differ from those that
    were seen, or a voter is new.
    """

    annotation: Annotation
    settles: tuple[SettledCell, ...]
