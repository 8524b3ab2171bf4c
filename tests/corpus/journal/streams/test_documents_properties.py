"""What replicas may do to a document, at random: they come to the same, and back letter for letter."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

from hypothesis import given as given_examples
from hypothesis import strategies as st

from hashiya.corpus.journal.heads import SubjectEvents
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.streams.document_state import BuiltDocument
from hashiya.corpus.journal.streams.documents import EditedDocument, edited_document
from hashiya.corpus.journal.streams.edit_document import record_edit, redo_edit, text_edit, undo_edit
from hashiya.corpus.sources.given_beads import GivenBead
from hashiya.schema.errors import LabelError
from hashiya.schema.records import LANGS, Lang, Span
from tests.corpus.journal.streams.shared_documents import (
    bring,
    built,
    events_of,
    given,
    rebead,
    replica,
    standing,
    together,
    unchanged,
    words,
)

# What replicas may do: each picks something that can be done to what stands there.


def edit_text(data: st.DataObject, journal: Journal, base: BuiltDocument, author: str) -> None:
    edited = standing(journal, base)
    lang: Lang = data.draw(st.sampled_from(LANGS))
    sentences = [item for bead in edited.beads for item in bead.side(lang)]
    if sentences:
        item = data.draw(st.sampled_from(sentences))
        start = data.draw(st.integers(item.start, item.end))
        end = data.draw(st.integers(start, item.end))
        put = data.draw(words())
        if edited.texts[lang].text[start:end] != put:
            record_edit(journal, base, author, text_edit(edited, lang, Span(start, end), put))


def edit_beads(data: st.DataObject, journal: Journal, base: BuiltDocument, author: str) -> None:
    """Join two beads, let them cross, cut a sentence in two, take a bead apart, or say its kind."""
    edited = standing(journal, base)
    if len(edited.beads) < 2:
        return
    number = data.draw(st.integers(0, len(edited.beads) - 2))
    one, other = given(edited, number), given(edited, number + 1)
    joined = GivenBead(one.ar + other.ar, one.en + other.en)
    text = edited.texts["ar"].text
    cuts = [at for span in one.ar for at in range(span.start + 1, span.end) if text[at] == " "]
    what = data.draw(st.sampled_from(["join", "cross", "cut", "apart", "kind"]))
    if what == "join" and all(are_neighbours(joined.side(lang), edited, lang) for lang in LANGS):
        rebead(journal, base, [number, number + 1], [joined], author)
    elif what == "cross" and one.en and other.en:
        crossed = [GivenBead(one.ar, other.en), GivenBead(other.ar, one.en)]
        rebead(journal, base, [number, number + 1], crossed, author)
    elif what == "cut" and cuts:
        at = data.draw(st.sampled_from(cuts))
        pieces = [piece for span in one.ar for piece in cut_at(span, at, text)]
        rebead(journal, base, [number], [GivenBead(tuple(pieces), one.en)], author)
    elif what == "apart" and one.ar and one.en:
        rebead(journal, base, [number], [GivenBead(one.ar, ()), GivenBead((), one.en)], author)
    elif what == "kind":
        rebead(journal, base, [number], [replace(one, kind="title")], author)


def are_neighbours(spans: tuple[Span, ...], edited: EditedDocument, lang: Lang) -> bool:
    text = edited.texts[lang].text
    return all(
        one.end <= other.start and not text[one.end : other.start].strip() for one, other in pairwise(spans)
    )


def cut_at(span: Span, at: int, text: str) -> list[Span]:
    ends = sorted({span.start, span.end, min(max(at, span.start), span.end)})
    pieces = [(text[start:end], start) for start, end in pairwise(ends)]
    starts = [(said, start + len(said) - len(said.lstrip())) for said, start in pieces if said.strip()]
    return [Span(start, start + len(said.strip())) for said, start in starts]


def undo(data: st.DataObject, journal: Journal, base: BuiltDocument, author: str) -> None:
    with suppress(LabelError):  # what others built on is not taken from under them
        undo_edit(journal, base, author)


def redo(data: st.DataObject, journal: Journal, base: BuiltDocument, author: str) -> None:
    with suppress(LabelError):
        redo_edit(journal, base, author)


def choose(data: st.DataObject, journal: Journal, base: BuiltDocument, author: str) -> None:
    """Settle a conflict by taking back one of its edits."""
    conflicts = standing(journal, base).conflicts
    names = [name for item in conflicts for name in item.events]
    edits = [
        event.event_id
        for event in events_of(journal)
        if event.event_id in names and event.kind in {"beads", "text"}
    ]
    if edits:
        undo_edit(journal, base, author, [data.draw(st.sampled_from(sorted(edits)))])


DEEDS = (edit_text, edit_text, edit_beads, edit_beads, undo, redo, choose)


@given_examples(st.data(), st.randoms())
def test_replicas_come_to_the_same_document_whatever_they_did_and_in_whatever_order_they_merge(
    data: st.DataObject, random: object
) -> None:
    base = built()
    journals = [replica() for _ in range(3)]
    for _ in range(data.draw(st.integers(1, 12))):
        number = data.draw(st.integers(0, 2))
        if data.draw(st.integers(0, 3)) == 0:
            bring(journals[number], events_of(data.draw(st.sampled_from(journals))))
        else:
            data.draw(st.sampled_from(DEEDS))(data, journals[number], base, ["layla", "omar", "ليلى"][number])
    found = together(base, *journals)
    shuffled = [event for journal in journals for event in events_of(journal)]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert edited_document(base, SubjectEvents(shuffled)) == found
    assert found.set_aside == ()
    for journal in journals:
        bring(journal, shuffled)
        assert standing(journal, base) == found
    assert is_whole(found)


def is_whole(edited: EditedDocument) -> bool:
    """Every letter is in one sentence of one bead, and no sentence has outer white space."""
    for lang, side in edited.texts.items():
        spans = sorted((item.start, item.end) for bead in edited.beads for item in bead.side(lang))
        letters = [at for start, end in spans for at in range(start, end) if not side.text[at].isspace()]
        if letters != [at for at, letter in enumerate(side.text) if not letter.isspace()]:
            return False
        if any(side.text[start:end] != side.text[start:end].strip() for start, end in spans):
            return False
    return True


@given_examples(st.data())
def test_undo_brings_the_document_back_letter_for_letter_and_redo_what_was_made_of_it(
    data: st.DataObject,
) -> None:
    base, journal = built(), replica()
    states = [standing(journal, base)]
    for _ in range(data.draw(st.integers(1, 6))):
        data.draw(st.sampled_from([edit_text, edit_beads]))(data, journal, base, "layla")
        if standing(journal, base).standing != states[-1].standing:
            states.append(standing(journal, base))
    for before in states[-2::-1]:
        assert undo_edit(journal, base, "layla") is not None
        now = standing(journal, base)
        assert (now.document, now.beads, now.texts) == (before.document, before.beads, before.texts)
    assert undo_edit(journal, base, "layla") is None
    assert unchanged(standing(journal, base), base)
    for after in states[1:]:
        assert redo_edit(journal, base, "layla") is not None
        assert standing(journal, base).document == after.document
        assert standing(journal, base).beads == after.beads
    assert redo_edit(journal, base, "layla") is None


@given_examples(st.data())
def test_edits_of_different_sentences_made_apart_come_to_the_same_as_one_after_the_other(
    data: st.DataObject,
) -> None:
    base = built()
    here, there, one_after_the_other = replica(), replica(), replica()
    sentences = [(lang, item) for lang in LANGS for bead in base.beads for item in bead.side(lang)]
    for lang, item in sentences:
        start = data.draw(st.integers(item.start, item.end - 1))
        end = data.draw(st.integers(start + 1, item.end))
        new = data.draw(words())
        if (base.document.text(lang) or "")[start:end] != new:
            for journal in (data.draw(st.sampled_from([here, there])), one_after_the_other):
                edited = standing(journal, base)
                span = edited.texts[lang].span_in_edited(start, end)
                assert span is not None
                record_edit(journal, base, "layla", text_edit(edited, lang, span, new))
    expected = standing(one_after_the_other, base)
    for found in (together(base, here, there), together(base, there, here)):
        assert (found.document, found.beads, found.texts) == (
            expected.document,
            expected.beads,
            expected.texts,
        )
        assert (found.conflicts, found.set_aside) == ((), ())
