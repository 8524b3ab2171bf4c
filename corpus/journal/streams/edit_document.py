"""Edits of documents made and recorded: what is changed, on what stands; taken back, and made again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Self

from hashiya.corpus.alignment.beads import PlacedBead
from hashiya.corpus.journal.event import DOCUMENT_STREAM, EVENT_FORMAT, DocumentKind, Event
from hashiya.corpus.journal.heads import SubjectEvents
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.streams.contests import touch
from hashiya.corpus.journal.streams.document_state import BuiltDocument
from hashiya.corpus.journal.streams.documents import (
    DocumentEdit,
    EditedDocument,
    edited_document,
)
from hashiya.corpus.journal.streams.payload import written
from hashiya.corpus.sources.given_beads import GivenBead
from hashiya.corpus.text.edited_text import EditedText
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.codec import dump
from hashiya.schema.errors import CorpusError, LabelError
from hashiya.schema.payloads import BeadEdit, EditedRange, EditWithdrawal, QuotedBead, TextEdit
from hashiya.schema.records import LANGS, Kind, Lang, Span

_TRIAL = "trial"
"""The id of an event that is tried before it is written; those of the journal are hexadecimal."""


def text_edit(
    edited: EditedDocument, lang: Lang, span: Span, text: str, *, why: str | None = None
) -> TextEdit:
    """Return the edit that puts a text in the place of a range of the edited text.

    Where the range is empty, a code point beside it is quoted and kept: one of the same sentence, if there is
    one. `LabelError` where it is no range, or nothing would change.
    """
    side = _side(edited, lang)
    start, end = span.start, span.end
    if not 0 <= start <= end <= len(side.text) or not side.text:
        raise LabelError(f"[{start}, {end}) is no range in a text of {len(side.text)} characters")
    if side.text[start:end] == text:
        raise LabelError(f"{lang} [{start}, {end}): there is {text!r} already")
    if start == end:
        sentences = [item for bead in edited.beads for item in bead.side(lang)]
        ends = any(item.start < start <= item.end for item in sentences)
        if start and (ends or not any(item.start == start for item in sentences)):
            start, text = start - 1, side.text[start - 1] + text
        else:
            end, text = end + 1, text + side.text[end]
    return TextEdit(
        lang=lang,
        range=_quoted(edited, lang, start, end),
        text=text,
        source_sha256=text_hash(side.source),
        why=why,
    )


def bead_edit(
    edited: EditedDocument, removed: Iterable[int], placed: Iterable[GivenBead], *, why: str | None = None
) -> BeadEdit:
    """Return the edit that puts beads in the place of others, which are named by their numbers.

    The ranges of `placed` are sentences, in the edited texts. `LabelError` where there is no such range.
    """
    hashes = {lang: text_hash(text.source) for lang, text in edited.texts.items()}
    return BeadEdit(
        removed=tuple(_quoted_bead(edited, edited.beads[number], None) for number in removed),
        placed=tuple(_quoted_bead(edited, bead, bead.kind) for bead in placed),
        ar_sha256=hashes.get("ar"),
        en_sha256=hashes.get("en"),
        beads_sha256=edited.built.beads_sha256,
        why=why,
    )


def record_edit(journal: Journal, built: BuiltDocument, author: str, edit: DocumentEdit) -> Event:
    """Append an edit of a document after all that is known of it, and return the event.

    It settles the conflicts that it touches. `LabelError` says why it does not fit what stands; `CorpusError`
    where the document can be read only.
    """
    with journal.writing(_texts(built)):
        opened = _Opened.of(journal, built, author)
        kind: DocumentKind = "text" if isinstance(edit, TextEdit) else "beads"
        contested = {name for item in opened.edited.conflicts for name in item.events}
        if contested:
            own = opened.after(kind, edit).touched[_TRIAL]
            settles = sorted(name for name in contested if touch(opened.edited.touched[name], own))
            edit = replace(edit, settles=tuple(settles))
        return opened.say(kind, edit)


def undo_edit(
    journal: Journal,
    built: BuiltDocument,
    author: str,
    edits: Collection[str] = (),
    *,
    why: str | None = None,
) -> Event | None:
    """Take back edits of a document, and return the event; `None` where there is nothing to take back.

    `edits` are events that stand or are in conflict; none of them named, it is the last edit of the author.
    `LabelError` where others were made on them: those are to be taken back first.
    """
    with journal.writing():
        opened = _Opened.of(journal, built, author)
        if unknown := sorted(set(edits) - opened.edits):
            raise LabelError(f"{journal.where}: event {unknown[0]} is no edit that stands or is in conflict")
        names = set(edits) or opened.last(opened.edits & opened.own)
        if opened.edited.outcome is not None:
            names |= {twin for name in names for twin in opened.edited.outcome.twins.get(name, ())}
        return opened.say("undo", _withdrawal(names, why)) if names else None


def redo_edit(journal: Journal, built: BuiltDocument, author: str) -> Event | None:
    """Take back the author's last undo, and return the event; `None` if they changed something since."""
    with journal.writing():
        opened = _Opened.of(journal, built, author)
        undos = {name for name in opened.own & opened.in_force if opened.events.events[name].kind == "undo"}
        names = opened.last(undos - opened.events.ancestors(opened.edits & opened.own))
        return opened.say("redo", _withdrawal(names, None)) if names else None


@dataclass(frozen=True, slots=True)
class _Opened:
    """A document that somebody is about to change: its events, and what stands."""

    journal: Journal
    author: str
    events: SubjectEvents
    edited: EditedDocument

    @classmethod
    def of(cls, journal: Journal, built: BuiltDocument, author: str) -> Self:
        """Read what stands; `CorpusError` where it cannot be told."""
        doc_id = built.document.doc_id
        events = journal.shared(DOCUMENT_STREAM, doc_id)
        edited = edited_document(built, events)
        if edited.unreadable is not None:
            raise CorpusError(f"{journal.where}: document {doc_id} can be read only: {edited.unreadable}")
        return cls(journal, author, events, edited)

    @property
    def doc_id(self) -> str:
        """The document's id."""
        return self.edited.built.document.doc_id

    @property
    def in_force(self) -> frozenset[str]:
        """The events that have an effect."""
        return self.edited.outcome.in_force if self.edited.outcome is not None else frozenset()

    @property
    def edits(self) -> set[str]:
        """The edits that stand, or say the same as one that does, or are in conflict."""
        names = {*self.in_force, *(name for item in self.edited.conflicts for name in item.events)}
        return {name for name in names if self.events.events[name].kind in {"beads", "text"}}

    @property
    def own(self) -> set[str]:
        """The events of the author."""
        return {name for name, event in self.events.events.items() if event.author == self.author}

    def last(self, names: set[str]) -> set[str]:
        """Return those of some events that no other of them follows."""
        return names - self.events.ancestors(names)

    def say(self, kind: DocumentKind, payload: DocumentEdit | EditWithdrawal) -> Event:
        """Append an event, if it would stand and set nothing aside that stood; `LabelError` if not."""
        after = self.after(kind, payload)
        before = {item.event_id for item in self.edited.set_aside}
        for item in after.set_aside:
            if item.event_id == _TRIAL:
                raise LabelError(f"document {self.doc_id}: {item.why}")
            if item.event_id not in before:
                raise LabelError(
                    f"document {self.doc_id}: event {item.event_id} was made on it; take that back first"
                )
        return self.journal.say(DOCUMENT_STREAM, self.doc_id, self.author, kind, written(payload))

    def after(self, kind: DocumentKind, payload: DocumentEdit | EditWithdrawal) -> EditedDocument:
        """Return the document as it would stand after an event; `LabelError` where it cannot be written."""
        trial = Event(
            event_id=_TRIAL,
            v=EVENT_FORMAT,
            stream=DOCUMENT_STREAM,
            subject=self.doc_id,
            author=self.author,
            parents=tuple(sorted(head.event_id for head in self.events.heads)),
            replica="",
            seq=0,
            prev="",
            kind=kind,
            created_at="",
            body=dump(written(payload)),
        ).sealed()
        rows = (*self.events.events.values(), *self.events.damaged, trial)
        return edited_document(self.edited.built, SubjectEvents(rows))


def _side(edited: EditedDocument, lang: Lang) -> EditedText:
    if lang not in edited.texts:
        raise LabelError(f"document {edited.built.document.doc_id} has no text on the {lang} side")
    return edited.texts[lang]


def _quoted(edited: EditedDocument, lang: Lang, start: int, end: int) -> EditedRange:
    side = _side(edited, lang)
    if not 0 <= start < end <= len(side.text):
        raise LabelError(f"[{start}, {end}) is no range in a text of {len(side.text)} characters")
    first, last = side.start_point(start), side.end_point(end)
    return EditedRange(
        start=first.at,
        end=last.at,
        start_into=first.into,
        end_into=last.into,
        quote=side.text[start:end],
    )


def _quoted_bead(edited: EditedDocument, bead: PlacedBead | GivenBead, kind: Kind | None) -> QuotedBead:
    ar, en = (
        tuple(_quoted(edited, lang, item.start, item.end) for item in bead.side(lang)) for lang in LANGS
    )
    return QuotedBead(ar=ar, en=en, kind=kind)


def _withdrawal(names: Iterable[str], why: str | None) -> EditWithdrawal:
    return EditWithdrawal(withdraws=tuple(sorted(names)), why=why)


def _texts(built: BuiltDocument) -> list[str]:
    """The source texts of a document, which are kept with its edits."""
    return [text for lang in LANGS if (text := built.document.text(lang)) is not None]
