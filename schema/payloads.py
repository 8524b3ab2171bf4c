"""What events about documents, concepts and assignments say: the payloads of the journal's shared streams.

A subject of a shared stream has heads of its own, whoever wrote them. `why` is for people, and makes no
difference between two events.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hashiya.schema.records import Kind, LabelLayer, Lang, record


@record
class EditedRange:
    """A range of a document's side as edits left it: the text that it quotes, found by the source text.

    `start` and `end` count in the source text. Where an end of the range lies within a text that edits put in
    place of the source's, `start` or `end` is where that text begins in the source, and `start_into` or
    `end_into` how many code points of it come before; else they are 0.
    """

    start: int
    end: int
    start_into: int = 0
    end_into: int = 0
    quote: str


@record
class QuotedBead:
    """A bead as sentences that it quotes; one side may be empty. `kind` is null where it is as it was."""

    ar: tuple[EditedRange, ...] = ()
    en: tuple[EditedRange, ...] = ()
    kind: Kind | None = None

    def side(self, lang: Lang) -> tuple[EditedRange, ...]:
        """Return the sentences of one side."""
        return self.ar if lang == "ar" else self.en


@record
class BeadEdit:
    """The payload of `beads`: beads that are taken out, and those that are put in their place.

    Both hold the same text, cut into the same sentences or others. `ar_sha256` and `en_sha256` are hashes of
    the source texts of the sides that they touch, `beads_sha256` that of the `NAME.beads.json` that was
    there, null where there was none. `settles` names events in conflict that this one takes the place of.
    """

    removed: tuple[QuotedBead, ...]
    placed: tuple[QuotedBead, ...]
    ar_sha256: str | None = None
    en_sha256: str | None = None
    beads_sha256: str | None = None
    settles: tuple[str, ...] = ()
    why: str | None = None

    def sha256(self, lang: Lang) -> str | None:
        """Return the hash of the source text of one side."""
        return self.ar_sha256 if lang == "ar" else self.en_sha256


@record
class TextEdit:
    """The payload of `text`: what is put in the place of a range of one side, at least one code point of it.

    `source_sha256` is the hash of the side's source text; `settles` is as in `BeadEdit`.
    """

    lang: Lang
    range: EditedRange
    text: str
    source_sha256: str
    settles: tuple[str, ...] = ()
    why: str | None = None


@record
class EditWithdrawal:
    """The payload of `undo` and `redo` in the stream of documents: the events that are taken back.

    Those of an `undo` are edits, those of a `redo` are undos.
    """

    withdraws: tuple[str, ...]
    why: str | None = None


@record
class ConceptRename:
    """The payload of `rename`: the subject, a concept, has a new slug that no other concept has."""

    to: str
    why: str | None = None


@record
class ConceptMerge:
    """The payload of `merge`: the subject is the same concept as another one, whose slug stays."""

    into: str
    why: str | None = None


@record
class Workload:
    """The documents that one annotator is to label, by `doc_id`, in their order.

    `layers` are what this annotator labels; null are those of the plan.
    """

    annotator: str
    documents: tuple[str, ...]
    layers: tuple[LabelLayer, ...] | None = None


@record
class Assignment:
    """The payload of `set` in the stream of assignments: who labels which documents, for one plan of work.

    `layers` are what is labelled; null is all. `share` is the share of the documents that more than one
    annotator is to label. `gold` are documents whose labels are known, and show how well somebody labels.
    """

    workloads: tuple[Workload, ...]
    layers: tuple[LabelLayer, ...] | None = None
    share: Annotated[float, Field(ge=0, le=1)] = 0.0
    gold: tuple[str, ...] = ()
    why: str | None = None
