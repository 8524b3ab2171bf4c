"""The stream of adjudications: what stands of a pair's decisions, what was decided before, undo and redo."""

from __future__ import annotations

from hashiya.corpus.journal.event import ADJUDICATION
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.log import LogFilter, journal_log
from hashiya.corpus.journal.place import JournalPlace
from hashiya.corpus.journal.summaries import redoable, undoable
from hashiya.schema.adjudication import Adjudication, CellKey, SettledCell
from hashiya.schema.records import Annotation, Place, SchemeRef

CELL = SettledCell(cell=CellKey(layer="stances", target="chips"), why="because")


def decision(comment: str, pair_id: str = "p", who: str = "judge") -> Adjudication:
    annotation = Annotation(
        pair_id=pair_id,
        annotator=who,
        status="done",
        scheme=SchemeRef(name="s", version="1.0.0"),
        origin="adjudicated",
        place=Place(doc_id="d"),
        comment=comment,
    )
    return Adjudication(annotation=annotation, settles=(CELL,))


def decided(journal: Journal, pair_id: str = "p") -> list[str | None]:
    return [item.annotation.comment for item in journal.adjudications_of([pair_id]).get(pair_id, [])]


def everywhere(_: str) -> bool:
    return True


def test_a_decision_follows_what_the_same_adjudicator_decided(place: JournalPlace) -> None:
    with Journal.open(place) as journal:
        for comment in ("one", "two", "three"):
            journal.adjudicate(decision(comment), [f"text {comment}"])
        journal.adjudicate(decision("other", who="another"))
    with Journal.open(place) as journal:
        assert sorted(map(str, decided(journal))) == ["other", "three"]
        before = journal.decided_before("p", "judge")
        assert [item.annotation.comment for item in before] == ["two", "one"]
        assert [item.settles for item in before] == [(CELL,), (CELL,)]
        assert journal.decided_before("p", "another") == []
        assert list(journal.standing()) == [], "labels are another stream"
        (stands,) = journal.standing("p", "judge", ADJUDICATION)
        assert [item.comment for item in stands.annotations] == ["three"]


def test_undo_and_redo_leave_labels_alone(place: JournalPlace) -> None:
    label = decision("label").annotation
    with Journal.open(place) as journal:
        journal.record([label])
        journal.adjudicate(decision("one"))
        journal.adjudicate(decision("two", "q"))
        assert undoable(journal, "judge", everywhere, ADJUDICATION) == "q"
        assert undoable(journal, "judge", everywhere) == "p"
        journal.undo("q", "judge", stream=ADJUDICATION)
        assert decided(journal, "q") == []
        assert redoable(journal, "judge", everywhere, ADJUDICATION) == "q"
        assert redoable(journal, "judge", everywhere) is None
        assert undoable(journal, "judge", everywhere, ADJUDICATION) == "p"
        journal.undo("p", "judge", stream=ADJUDICATION)
        assert journal.undo("p", "judge", stream=ADJUDICATION) is None
        journal.redo("q", "judge", stream=ADJUDICATION)
        assert (decided(journal), decided(journal, "q")) == ([], ["two"])
        assert [item.annotations for item in journal.standing()] == [(label,)]


def test_what_was_taken_back_was_not_decided_before(place: JournalPlace) -> None:
    with Journal.open(place) as journal:
        journal.adjudicate(decision("one"))
        journal.adjudicate(decision("two"))
        journal.undo("p", "judge", stream=ADJUDICATION)
        assert decided(journal) == ["one"]
        assert journal.decided_before("p", "judge") == []


def test_the_log_says_what_was_settled_and_why(place: JournalPlace) -> None:
    with Journal.open(place) as journal:
        journal.adjudicate(decision("one"))
        journal.undo("p", "judge", stream=ADJUDICATION)
        journal.redo("p", "judge", stream=ADJUDICATION)
        entries = list(journal_log(journal, LogFilter(stream="adjudication")))
    assert [(entry.doc_id, entry.what) for entry in entries] == [
        (None, "a decision stands again"),
        (None, "no decision stands"),
        ("d", "settles stances 1 (because)"),
    ]
