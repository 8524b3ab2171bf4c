"""Edits are made on what stands; one that would not stand is refused."""

from __future__ import annotations

import pytest

from hashiya.corpus.journal.streams.edit_document import record_edit, redo_edit, text_edit, undo_edit
from hashiya.corpus.sources.given_beads import GivenBead
from hashiya.schema.errors import LabelError
from hashiya.schema.records import Lang, Span
from tests.corpus.journal.streams.shared_documents import (
    ROWS,
    built,
    change,
    events_of,
    given,
    quotes,
    rebead,
    replica,
    standing,
    unchanged,
)


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
