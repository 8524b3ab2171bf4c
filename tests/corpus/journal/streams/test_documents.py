"""Edits of documents combine where they touch different sentences; else what both found stands."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from hashiya.corpus.journal.event import DOCUMENT_STREAM, Event
from hashiya.corpus.journal.heads import SubjectEvents
from hashiya.corpus.journal.streams.documents import edited_document
from hashiya.corpus.journal.streams.edit_document import record_edit, redo_edit, text_edit, undo_edit
from hashiya.corpus.sources.given_beads import GivenBead
from hashiya.corpus.text.ids import text_hash
from hashiya.schema.codec import to_object
from hashiya.schema.errors import CorpusError, LabelError
from hashiya.schema.records import LANGS, Span
from tests.corpus.journal.streams.shared_documents import (
    ROWS,
    bring,
    built,
    change,
    events_of,
    given,
    quotes,
    rebead,
    replica,
    standing,
    together,
    unchanged,
)


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


def test_beads_that_the_aligner_finds_by_now_are_left_and_those_that_it_lost_are_named() -> None:
    base, journal = built(), replica()
    first, second = (given(standing(journal, base), number) for number in (0, 1))
    joined = GivenBead(first.ar + second.ar, first.en + second.en)
    made = rebead(journal, base, [0, 1], [joined])
    aligned = replace(base, beads=standing(journal, base).beads)
    assert standing(journal, aligned).beads == aligned.beads
    assert standing(journal, aligned).set_aside == ()
    crossed = [GivenBead(first.ar, second.en), GivenBead(second.ar, first.en)]
    rebead(other := replica(), base, [0, 1], crossed)
    elsewhere = replace(base, beads=standing(other, base).beads)
    found = standing(journal, elsewhere)
    assert unchanged(found, elsewhere)
    assert [(item.event_id, item.why) for item in found.set_aside] == [
        (made.event_id, f"takes out a bead that does not stand: ar {ROWS[0][0]!r}, en {ROWS[0][1]!r}")
    ]


def sides(**changed: object) -> dict[str, object]:
    """The payload of a bead edit that takes out the first bead, and puts it back."""
    ar, en = (text or "" for text in ROWS[0])
    quoted = {"start": 0, "end": len(ar), "quote": ar, **changed}
    bead = {"ar": [quoted], "en": [{"start": 0, "end": len(en), "quote": en}]}
    hashes = {f"{lang}_sha256": text_hash(built().document.text(lang) or "") for lang in LANGS}
    return {"removed": [bead], "placed": [bead], **hashes}


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (sides(quote="نعم"), "quotes 'نعم', the text there is"),
        (sides(end=0), r"ar \[0, 0\) is no range"),
        (sides(start=-1), r"ar \[-1, \d+\) is no range"),
        (sides(end=10**12), "is no range"),
        (sides(start_into=3), "is no range"),
        (sides(end_into=-1), "is no range"),
        ({**sides(), "ar_sha256": None}, "another source text of the ar side"),
        (
            {**sides(), "removed": [{}], "placed": [{}, {"kind": "title"}]},
            "takes out a bead that does not stand: one without a sentence",
        ),
        ({**sides(), "removed": []}, "takes no bead out"),
        ({**sides(), "placed": []}, "puts no bead in the place"),
    ],
)
def test_what_another_program_wrote_wrong_is_set_aside_with_the_reason(
    payload: dict[str, object], why: str
) -> None:
    base, journal = built(), replica()
    journal.say(DOCUMENT_STREAM, "news/1", "omar", "beads", sides())
    assert (unchanged(standing(journal, base), base), standing(journal, base).set_aside) == (True, ())
    journal.say(DOCUMENT_STREAM, "news/1", "omar", "beads", payload)
    (item,) = standing(journal, base).set_aside
    assert re.search(why, item.why)


def test_an_edit_of_a_side_that_is_gone_is_set_aside() -> None:
    base, journal = built(beads_sha256="a" * 64), replica()
    change(journal, base, "said", "says")
    last = given(standing(journal, base), 3)
    rebead(journal, base, [3], [GivenBead(last.ar, ()), GivenBead((), last.en)])
    without = built([(ar, None) for ar, _ in ROWS])
    found = standing(journal, without)
    assert [item.why for item in found.set_aside] == ["the document has no text on the en side"] * 2
    assert unchanged(found, without)


def test_an_event_takes_back_only_what_it_follows() -> None:
    base, here, there = built(), replica(), replica()
    made = change(here, base, "said", "says")
    there.say(DOCUMENT_STREAM, "news/1", "omar", "undo", {"withdraws": [made.event_id, "0" * 32]})
    found = together(base, here, there)
    assert (found.texts["en"].text[:7], found.conflicts) == ("He says", ())
