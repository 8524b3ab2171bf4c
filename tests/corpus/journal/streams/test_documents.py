"""Edits of documents combine where they touch different sentences; else what both found stands."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given as given_examples
from hypothesis import strategies as st

from hashiya.corpus.journal.event import DOCUMENT_STREAM, Event
from hashiya.corpus.journal.heads import SubjectEvents
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.streams.document_state import BuiltDocument
from hashiya.corpus.journal.streams.documents import EditedDocument, edited_document
from hashiya.corpus.journal.streams.edit_document import record_edit, redo_edit, text_edit, undo_edit
from hashiya.corpus.sources.given_beads import GivenBead
from hashiya.schema.codec import to_object
from hashiya.schema.errors import CorpusError, LabelError
from hashiya.schema.records import LANGS, Lang, Span
from tests.corpus.journal.streams.shared_documents import (
    ROWS,
    bring,
    built,
    change,
    events_of,
    given,
    rebead,
    replica,
    standing,
    together,
    words,
)


def quotes(edited: EditedDocument) -> list[tuple[list[str], list[str]]]:
    return [
        tuple([edited.texts[lang].text[item.start : item.end] for item in bead.side(lang)] for lang in LANGS)  # type: ignore[misc]
        for bead in edited.beads
    ]


def unchanged(edited: EditedDocument, base: BuiltDocument) -> bool:
    return (edited.document, edited.beads) == (base.document, base.beads)


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


def test_edits_of_different_sentences_combine_in_any_order() -> None:
    base = built()
    here, there = replica(), replica()
    change(here, base, "الذكـــاءُ", "الذكاء")
    change(there, base, "ﻻ شيء", "لا شيء", author="omar")
    rebead(
        there,
        base,
        [3],
        [
            GivenBead(given(standing(there, base), 3).ar, ()),
            GivenBead((), given(standing(there, base), 3).en),
        ],
    )
    change(here, base, "Nothing,\r\nfor", "Nothing, for")
    found = together(base, here, there)
    assert found == together(base, there, here)
    assert (found.conflicts, found.set_aside) == ((), ())
    assert found.document is not None
    assert found.document.ar == "قالَ: لا، الذكاء الاصطناعيّ!\nلا شيء لأن كِتَابٌ.\nكلفت ٣٫٥ مليار\nوكان 🇸🇦 «هنا»؟"
    assert found.document.en == "He said: no, AI 👩‍💻!\nNothing, for a book.\nAnd it was here?\r\nYes."
    assert quotes(found)[1:] == [
        (["لا شيء لأن كِتَابٌ."], ["Nothing, for a book."]),
        (["كلفت ٣٫٥ مليار"], []),
        (["وكان 🇸🇦 «هنا»؟"], []),
        ([], ["And it was here?\r\nYes."]),
    ]


def test_where_two_edit_one_sentence_what_both_found_stands_until_one_is_taken_back() -> None:
    base = built()
    here = replica()
    change(here, base, "no", "No")
    there = replica(events_of(here))
    one = change(here, base, "said", "says")
    above = change(here, base, "says", "say")
    other = change(there, base, "AI", "A.I.", author="omar")
    found = together(base, here, there)
    assert found == together(base, there, here)
    (conflict,) = found.conflicts
    assert conflict.events == tuple(sorted([one.event_id, above.event_id, other.event_id]))
    assert [(item.lang, item.text) for item in conflict.sentences] == [("en", ROWS[0][1])]
    assert found.document is not None
    assert (found.document.en or "").startswith("He said: No, AI 👩‍💻!")
    bring(here, events_of(there))
    undo_edit(here, base, "layla", [other.event_id])
    chosen = standing(here, base)
    assert (chosen.conflicts, chosen.texts["en"].text[:19]) == ((), "He say: No, AI 👩‍💻!")
    undo_edit(there, base, "omar")
    assert together(base, here, there) == chosen


def test_a_new_edit_settles_a_conflict_and_its_undo_brings_the_conflict_back() -> None:
    base = built()
    here, there = replica(), replica()
    change(here, base, "said", "says")
    change(there, base, "said", "has said")
    bring(here, events_of(there))
    conflict = standing(here, base).conflicts
    settled = change(here, base, "He said", "He spoke")
    found = standing(here, base)
    assert (found.conflicts, found.texts["en"].text[:8]) == ((), "He spoke")
    assert found.standing == (settled.event_id,)
    undo_edit(here, base, "layla", [settled.event_id])
    assert standing(here, base).conflicts == conflict
    redo_edit(here, base, "layla")
    assert standing(here, base).texts == found.texts


def test_a_conflict_settled_differently_here_and_there_is_one_again() -> None:
    base = built()
    here, there = replica(), replica()
    one, other = change(here, base, "said", "says"), change(there, base, "said", "has said")
    bring(here, events_of(there))
    bring(there, events_of(here))
    undo_edit(here, base, "layla", [one.event_id])
    undo_edit(there, base, "omar", [other.event_id])
    found = together(base, here, there)
    assert unchanged(found, base)
    assert [len(item.events) for item in found.conflicts] == [4]


def test_taken_back_here_and_built_upon_there_is_a_conflict() -> None:
    base = built()
    here = replica()
    change(here, base, "AI", "artificial intelligence")
    there = replica(events_of(here))
    undo_edit(here, base, "layla")
    change(there, base, "artificial", "Artificial")
    found = together(base, here, there)
    assert "no, artificial intelligence" in found.texts["en"].text
    assert [len(item.events) for item in found.conflicts] == [2]
    change(there, base, "a book", "a kitab")
    assert len(together(base, here, there).conflicts) == 1


def test_the_same_edit_here_and_there_is_one() -> None:
    base = built()
    here, there = replica(), replica()
    change(here, base, "Nothing", "Nothing at all")
    change(there, base, "Nothing", "Nothing at all", author="omar")
    change(there, base, "at all,", "much,", author="omar")
    found = together(base, here, there)
    assert (found.conflicts, "Nothing much," in found.texts["en"].text) == ((), True)
    bring(here, events_of(there))
    undo_edit(here, base, "omar")
    undo_edit(here, base, "omar")
    assert unchanged(standing(here, base), base)


def test_undone_here_and_not_there_is_undone() -> None:
    base = built()
    here = replica()
    change(here, base, "Nothing", "Something")
    there = replica(events_of(here))
    undo_edit(here, base, "omar", [events_of(here)[0].event_id])
    undo_edit(there, base, "layla")
    assert unchanged(together(base, here, there), base)
    assert together(base, here, there).conflicts == ()


def test_beads_may_cross_have_no_side_and_cut_sentences_elsewhere() -> None:
    base, journal = built(), replica()
    first, second = (given(standing(journal, base), number) for number in (0, 1))
    rebead(journal, base, [0, 1], [GivenBead(first.ar, second.en), GivenBead(second.ar, first.en)])
    change(journal, base, "here?\r\nYes.", "here? Yes.")
    edited = standing(journal, base)
    last = given(edited, 3)
    at = edited.texts["en"].text.index("Yes.")
    cut = (Span(last.en[0].start, at - 1), Span(at, at + 4))
    rebead(journal, base, [3], [GivenBead(last.ar, cut[:1], "title"), GivenBead((), cut[1:])])
    found = standing(journal, base)
    assert quotes(found) == [
        ([ROWS[0][0]], [ROWS[1][1]]),
        ([ROWS[1][0]], [ROWS[0][1]]),
        ([ROWS[2][0]], []),
        ([ROWS[3][0]], ["And it was here?"]),
        ([], ["Yes."]),
    ]
    assert [bead.kind for bead in found.beads] == ["body", "body", "body", "title", "body"]


def test_an_edit_within_the_text_of_another_finds_its_sentences() -> None:
    base, journal = built(), replica()
    change(journal, base, "no, AI 👩‍💻!", "لا. Then: AI.")
    edited = standing(journal, base)
    bead, text = given(edited, 0), edited.texts["en"].text
    at = text.index(" Then")
    rebead(journal, base, [0], [GivenBead(bead.ar, (Span(0, at), Span(at + 1, bead.en[0].end)))])
    change(journal, base, "Then", "And then")
    found = standing(journal, base)
    assert quotes(found)[0] == ([ROWS[0][0]], ["He said: لا.", "And then: AI."])
    assert (found.set_aside, [undo_edit(journal, base, "layla") is None for _ in range(3)]) == (
        (),
        [False] * 3,
    )
    assert unchanged(standing(journal, base), base)


def test_a_sentence_that_is_deleted_leaves_its_bead() -> None:
    base, journal = built(), replica()
    change(journal, base, ROWS[1][1] or "", "")
    change(journal, base, ROWS[2][0] + "\n", "")
    found = standing(journal, base)
    assert quotes(found)[1:] == [([ROWS[1][0]], []), ([ROWS[3][0]], [ROWS[3][1]])]
    only = built([("نعم", "Yes")])
    change(journal := replica(), only, "Yes", "")
    document = standing(journal, only).document
    assert document is not None
    assert (document.ar, document.en) == ("نعم", None)


@pytest.mark.parametrize(
    ("lang", "start", "quote"), [("en", 0, "H"), ("en", 20, "\n"), ("en", 19, "!"), ("ar", 34, "ﻻ")]
)
def test_what_is_put_between_two_letters_quotes_one_of_its_sentence(
    lang: Lang, start: int, quote: str
) -> None:
    base = built()
    text = base.document.text(lang) or ""
    start = text.index(quote) + (quote == "!")
    made = text_edit(standing(replica(), base), lang, Span(start, start), "X")
    assert made.text in {f"X{made.range.quote}", f"{made.range.quote}X"}
    record_edit(journal := replica(), base, "layla", made)
    assert standing(journal, base).texts[lang].text == text[:start] + "X" + text[start:]


def test_offsets_of_the_source_are_found_in_the_edited_text_and_back() -> None:
    base, journal = built(), replica()
    change(journal, base, "الذكـــاءُ", "الذكاء")
    side = standing(journal, base).texts["ar"]
    start = side.source.index("كِتَابٌ")
    span = side.span_in_edited(start, start + 7)
    assert span == Span(start - 4, start + 3)
    assert side.text[span.start : span.end] == "كِتَابٌ"
    assert side.span_in_source(span.start, span.end) == Span(start, start + 7)
    assert side.to_edited(side.source.index("ذكـــاء")) is None


WRONG_TEXTS = [
    ("!\nNothing", "! Nothing", "crosses the border of a sentence"),
    ("\nNothing,\r\nfor a book.\n", "\nSomething.\n", "crosses the border of a sentence"),
    ("\n", "\nmore\n", "outside of every sentence"),
]


@pytest.mark.parametrize(("old", "new", "message"), WRONG_TEXTS)
def test_a_text_edit_that_no_sentence_holds_is_refused(old: str, new: str, message: str) -> None:
    base, journal = built(), replica()
    edited = standing(journal, base)
    start = edited.texts["en"].text.index(old)
    edit = text_edit(edited, "en", Span(start, start + len(old)), new)
    with pytest.raises(LabelError, match=message):
        record_edit(journal, base, "layla", edit)
    assert events_of(journal) == []


def spans(*ends: tuple[int, int]) -> tuple[Span, ...]:
    return tuple(Span(*item) for item in ends)


TWO = [("نعم لا", "Yes no"), ("هنا", "Here"), ("هناك", "There")]
WRONG_BEADS = [
    ([0], [], "puts no bead in the place"),
    ([], [GivenBead(spans((0, 6)), ())], "takes no bead out"),
    ([0], [GivenBead(spans((0, 3)), spans((0, 6)))], "ar: leaves out 'لا"),
    ([0], [GivenBead(spans((0, 6), (7, 10)), spans((0, 6)))], "ar: takes from another bead 'هنا"),
    (
        [0, 2],
        [GivenBead(spans((0, 6), (11, 15)), ()), GivenBead((), spans((0, 6), (12, 17)))],
        "not neighbours",
    ),
    ([0], [GivenBead(spans((0, 4), (4, 6)), spans((0, 6)))], "begins or ends with white space: 'نعم '"),
    (
        [0],
        [GivenBead(spans((0, 6)), spans((0, 6))), GivenBead(spans((4, 6)), ())],
        "'لا' is in two sentences",
    ),
    ([0], [GivenBead(spans((0, 6)), spans((0, 6))), GivenBead((), ())], "a bead without a sentence"),
]


@pytest.mark.parametrize(("removed", "placed", "message"), WRONG_BEADS)
def test_beads_that_cannot_stand_are_refused(
    removed: list[int], placed: list[GivenBead], message: str
) -> None:
    base, journal = built(TWO), replica()
    with pytest.raises(LabelError, match=message):
        rebead(journal, base, removed, placed)
    assert events_of(journal) == []


def test_what_does_not_fit_is_named_and_set_aside_and_the_rest_stands() -> None:
    base, journal = built(), replica()
    change(journal, base, "Nothing", "Something")
    made = text_edit(standing(journal, base), "en", Span(3, 7), "says")
    wrong = replace(made, range=replace(made.range, quote="told"))
    other = replace(made, source_sha256="0" * 64)
    late = [
        journal.say(DOCUMENT_STREAM, "news/1", "omar", "text", to_object(item)) for item in (wrong, other)
    ]
    found = standing(journal, base)
    assert {item.event_id: item.why for item in found.set_aside} == {
        late[0].event_id: "en [3, 7) quotes 'told', the text there is 'said'",
        late[1].event_id: "was made on another source text of the en side",
    }
    assert (found.texts["en"].text[:8], "Something" in found.texts["en"].text) == ("He said:", True)
    with pytest.raises(LabelError, match="quotes 'told', the text there is 'said'"):
        record_edit(journal, base, "layla", wrong)
    change(journal, base, "said", "says")
    assert standing(journal, base).set_aside == found.set_aside


def test_edits_of_a_text_that_is_another_now_are_set_aside() -> None:
    base, journal = built(), replica()
    change(journal, base, "Nothing", "Something")
    later = built([*ROWS, (None, "More.")])
    found = standing(journal, later)
    assert (unchanged(found, later), len(found.set_aside)) == (True, 1)
    change(journal, later, "Nothing", "Anything")
    assert "Anything" in standing(journal, later).texts["en"].text
    assert "Something" in standing(journal, base).texts["en"].text


def test_a_file_of_beads_that_changed_is_in_conflict_with_edits_of_beads() -> None:
    base, journal = built(beads_sha256="a" * 64), replica()
    first, second = (given(standing(journal, base), number) for number in (0, 1))
    crossed = rebead(journal, base, [0, 1], [GivenBead(first.ar, second.en), GivenBead(second.ar, first.en)])
    change(journal, base, "Yes", "Indeed")
    changed = replace(base, beads_sha256="b" * 64)
    found = standing(journal, changed)
    (conflict,) = found.conflicts
    assert (conflict.events, conflict.beads_changed, len(conflict.sentences)) == (
        (crossed.event_id,),
        True,
        4,
    )
    assert quotes(found)[0] == ([ROWS[0][0]], [ROWS[0][1]])
    assert "Indeed" in found.texts["en"].text
    same = replace(base, beads=standing(journal, base).beads, beads_sha256="c" * 64)
    same = replace(same, beads=(*same.beads[:3], base.beads[3]))
    assert standing(journal, same).conflicts == ()
    rebead(journal, changed, [0], [GivenBead(first.ar, ()), GivenBead((), first.en)])
    assert standing(journal, changed).conflicts == ()
    assert quotes(standing(journal, changed))[:3] == [
        ([ROWS[0][0]], []),
        ([], [ROWS[0][1]]),
        ([ROWS[1][0]], [ROWS[1][1]]),
    ]


def test_a_damaged_edit_takes_only_what_was_built_on_it_along() -> None:
    base, journal = built(), replica()
    hurt = change(journal, base, "said", "says")
    built_on = change(journal, base, "says", "say")
    change(journal, base, "Nothing", "Something")
    rows = [replace(event, body=event.body + " ") if event == hurt else event for event in events_of(journal)]
    found = edited_document(base, SubjectEvents(rows))
    assert [event.event_id for event in found.damaged] == [hurt.event_id]
    assert [item.event_id for item in found.set_aside] == [built_on.event_id]
    assert found.texts["en"].text.startswith("He said: no, AI 👩‍💻!\nSomething,")


@pytest.mark.parametrize(
    "wrong", [{"kind": "split"}, {"v": 3}, {"body": "{}"}, {"body": '{"withdraws":7}', "kind": "undo"}]
)
def test_what_a_newer_version_wrote_makes_a_document_readable_only(wrong: dict[str, object]) -> None:
    base, journal = built(), replica()
    made = change(journal, base, "said", "says")
    newer: Event = replace(made, **{"event_id": "f" * 32, "parents": (made.event_id,), **wrong}).sealed()  # type: ignore[arg-type]
    bring(journal, [newer])
    found = standing(journal, base)
    assert (found.document, found.beads, found.unreadable is None) == (None, (), False)
    edit = text_edit(edited_document(base, SubjectEvents([])), "en", Span(0, 2), "She")
    readable_only = r"document news/1 can be read only: event f{32}"
    with pytest.raises(CorpusError, match=readable_only):
        record_edit(journal, base, "layla", edit)
    with pytest.raises(CorpusError, match=readable_only):
        undo_edit(journal, base, "layla")
    with pytest.raises(CorpusError, match=readable_only):
        redo_edit(journal, base, "layla")


def test_what_others_built_on_is_not_taken_back() -> None:
    base, journal = built(), replica()
    first = change(journal, base, "AI", "A.I.")
    upon = change(journal, base, "A.I.", "machines", author="omar")
    with pytest.raises(LabelError, match=f"event {upon.event_id} was made on it; take that back first"):
        undo_edit(journal, base, "layla")
    assert undo_edit(journal, base, "omar") is not None
    with pytest.raises(LabelError, match="is no edit that stands"):
        undo_edit(journal, base, "layla", ["0" * 32])
    assert undo_edit(journal, base, "layla", [first.event_id]) is not None
    assert undo_edit(journal, base, "layla") is None
    assert unchanged(standing(journal, base), base)


def test_redo_ends_with_the_next_change() -> None:
    base, journal = built(), replica()
    change(journal, base, "AI", "A.I.")
    undo_edit(journal, base, "layla")
    change(journal, base, "Nothing", "Something")
    assert redo_edit(journal, base, "layla") is None
    assert redo_edit(journal, base, "omar") is None


def test_an_edit_that_no_file_can_hold_is_refused() -> None:
    base, journal = built(), replica()
    edited = standing(journal, base)
    with pytest.raises(LabelError, match="is half a character"):
        record_edit(journal, base, "layla", text_edit(edited, "en", Span(0, 2), "\ud800"))
    with pytest.raises(LabelError, match="is no range"):
        text_edit(edited, "en", Span(0, 1000), "")
    with pytest.raises(LabelError, match="there is 'He' already"):
        text_edit(edited, "en", Span(0, 2), "He")
    with pytest.raises(LabelError, match="has no text on the en side"):
        text_edit(standing(journal, built([("نعم", None)])), "en", Span(0, 1), "")
