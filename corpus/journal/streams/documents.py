"""Documents as edits left them: texts and beads that stand, and what is in conflict or does not fit. Pure.

First come the sources, then `NAME.beads.json`, then the journal. Edits that touch different sentences stand
together, wherever they were made. Where two that did not know of each other touch the same sentence, neither
stands: the document is there as both found it, until somebody takes one back or makes an edit that settles
them. An edit that does not fit is set aside, and all others stand.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from hashiya.corpus.alignment.beads import PlacedBead
from hashiya.corpus.journal.event import Event
from hashiya.corpus.journal.heads import SubjectEvents
from hashiya.corpus.journal.streams.contests import Contest, ContestOutcome, SharedChange, Touched, touch
from hashiya.corpus.journal.streams.document_state import BuiltDocument, DocumentState
from hashiya.corpus.journal.streams.payload import payload_of
from hashiya.corpus.text.edited_text import EditedText
from hashiya.schema.errors import LabelError
from hashiya.schema.payloads import BeadEdit, EditedRange, EditWithdrawal, QuotedBead, TextEdit
from hashiya.schema.records import LANGS, Document, Lang

DocumentEdit = BeadEdit | TextEdit


@dataclass(frozen=True, slots=True)
class TouchedSentence:
    """A sentence of the source that more than one edit touches, with its range in the source text."""

    lang: Lang
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class DocumentConflict:
    """Events that are in each other's way, sorted, and the sentences that more than one of them touches.

    With `beads_changed` they are in the way of `NAME.beads.json`, which is another one than that on which
    they were made; then `sentences` are all that they touch.
    """

    events: tuple[str, ...]
    sentences: tuple[TouchedSentence, ...]
    beads_changed: bool = False


@dataclass(frozen=True, slots=True)
class SetAside:
    """An event that does not fit the document, and why."""

    event_id: str
    why: str


@dataclass(frozen=True, slots=True)
class EditedDocument:
    """A document as it stands after its edits, and its beads in the edited texts.

    `texts` has each side with the map of offsets between source and edited text. `standing` are the edits
    that stand, in an order in which each comes after those that it follows. `damaged` events were set aside,
    too. `unreadable` says why nothing is known, and nothing may be written: then `document` is `None`.
    `outcome` and `touched` are for those who write events.
    """

    built: BuiltDocument
    document: Document | None
    beads: tuple[PlacedBead, ...] = ()
    texts: Mapping[Lang, EditedText] = field(default_factory=dict[Lang, EditedText])
    standing: tuple[str, ...] = ()
    conflicts: tuple[DocumentConflict, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    damaged: tuple[Event, ...] = ()
    unreadable: str | None = None
    outcome: ContestOutcome | None = field(default=None, compare=False, repr=False)
    touched: Mapping[str, Touched] = field(default_factory=dict[str, Touched], compare=False, repr=False)


def edited_document(built: BuiltDocument, events: SubjectEvents) -> EditedDocument:
    """Return a document as its events leave it, whatever the order in which they arrived."""
    damaged = tuple(sorted(events.damaged, key=lambda event: event.event_id))
    payloads: dict[str, DocumentEdit | EditWithdrawal] = {}
    for event in events.ordered():
        try:
            payloads[event.event_id] = payload_of(event)
        except LabelError as error:
            return EditedDocument(built, None, damaged=damaged, unreadable=str(error))
    touched = _touched(built, events, payloads)
    changes = {name: _change(payload, touched[name]) for name, payload in payloads.items()}
    edits = {name: item for name, item in payloads.items() if not isinstance(item, EditWithdrawal)}
    empty = DocumentState(built)
    set_aside = {
        name: why for name, edit in edits.items() if (why := _misfit(empty.see_source, edit)) is not None
    }
    outdated = {name for name, edit in edits.items() if _is_outdated(edit, built, empty)}
    while True:  # without one that does not fit, those that it withdrew or contested may stand
        kept = {name: change for name, change in changes.items() if name not in set_aside}
        outcome = Contest(events, kept).outcome(outdated & kept.keys())
        state = DocumentState(built)
        misfit = next(
            ((name, why) for name in outcome.applied if (why := _misfit(state.apply, edits[name]))), None
        )
        if misfit is None:
            break
        set_aside[misfit[0]] = misfit[1]
    texts = {lang: text.text or None for lang, text in state.texts.items()}
    return EditedDocument(
        built,
        replace(built.document, ar=texts.get("ar"), en=texts.get("en")),
        beads=tuple(state.beads),
        texts=state.texts,
        standing=outcome.applied,
        conflicts=tuple(_conflict(built, group, touched, outdated) for group in outcome.contested),
        set_aside=tuple(SetAside(name, why) for name, why in sorted(set_aside.items())),
        damaged=damaged,
        outcome=outcome,
        touched=touched,
    )


def _misfit(check: Callable[[DocumentEdit], None], edit: DocumentEdit) -> str | None:
    try:
        check(edit)
    except LabelError as error:
        return str(error)
    return None


def _is_outdated(edit: DocumentEdit, built: BuiltDocument, empty: DocumentState) -> bool:
    """Whether an edit was made beside another file of beads, and says what the present one does not say."""
    return (
        isinstance(edit, BeadEdit)
        and edit.beads_sha256 != built.beads_sha256
        and not empty.stands(edit.placed)
    )


def _change(payload: DocumentEdit | EditWithdrawal, touches: Touched) -> SharedChange:
    if isinstance(payload, EditWithdrawal):
        return SharedChange(None, touches, frozenset(payload.withdraws))
    return SharedChange(replace(payload, settles=(), why=None), touches, frozenset(payload.settles))


def _touched(
    built: BuiltDocument, events: SubjectEvents, payloads: Mapping[str, DocumentEdit | EditWithdrawal]
) -> dict[str, Touched]:
    """What each event touches, in the source texts; of `payloads` each comes after those that it follows."""
    found: dict[str, Touched] = {}
    cuts: list[tuple[str, Touched]] = []
    for name, payload in payloads.items():
        if isinstance(payload, EditWithdrawal):
            found[name] = Touched().union(*(found.get(other, ()) for other in payload.withdraws))
            continue
        own = wide = _touched_by(built, payload)
        near = [(other, cut) for other, cut in cuts if touch(cut, own)]
        before = events.ancestors([name]) if near else ()
        for other, cut in near:  # a sentence as an earlier edit cut it
            wide |= {item for item in cut if other in before and touch(frozenset([item]), own)}
        found[name] = wide
        if isinstance(payload, BeadEdit):
            placed = (_source_range(lang, item) for bead in payload.placed for lang, item in _sentences(bead))
            cuts.append((name, frozenset(placed)))
    return found


def _touched_by(built: BuiltDocument, edit: DocumentEdit) -> Touched:
    """Return the ranges of the source that an edit touches, each with all of the sentences in it."""
    if isinstance(edit, TextEdit):
        ranges = [_source_range(edit.lang, edit.range)]
    else:
        beads = (*edit.removed, *edit.placed)
        ranges = [_source_range(lang, item) for bead in beads for lang, item in _sentences(bead)]
    wide: set[tuple[Lang, int, int]] = set()
    for lang, start, end in ranges:
        hit = [
            item for bead in built.beads for item in bead.side(lang) if item.start < end and start < item.end
        ]
        wide.add(
            (lang, min(start, *(item.start for item in hit)), max(end, *(item.end for item in hit)))
            if hit
            else (lang, start, end)
        )
    return frozenset(wide)


def _sentences(bead: QuotedBead) -> Iterator[tuple[Lang, EditedRange]]:
    return ((lang, item) for lang in LANGS for item in bead.side(lang))


def _source_range(lang: Lang, item: EditedRange) -> tuple[Lang, int, int]:
    """A range in the source; one that ends within a text that was put in has some of what was replaced."""
    return lang, item.start, item.end + bool(item.end_into)


def _conflict(
    built: BuiltDocument, group: Collection[str], touched: Mapping[str, Touched], outdated: Collection[str]
) -> DocumentConflict:
    changed = any(name in outdated for name in group)
    sentences: list[TouchedSentence] = []
    for lang in LANGS:
        text = built.document.text(lang) or ""
        for item in sorted(
            chain.from_iterable(bead.side(lang) for bead in built.beads), key=lambda item: item.start
        ):
            place: Touched = frozenset([(lang, item.start, item.end)])
            if sum(touch(touched[name], place) for name in group) > (0 if changed else 1):
                sentences.append(TouchedSentence(lang, item.start, item.end, text[item.start : item.end]))
    return DocumentConflict(tuple(sorted(group)), tuple(sentences), beads_changed=changed)
