"""A team that is watched: read once, then only what has changed, and the same either way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hashiya.corpus.inspection.waiting_pairs import settled_pairs
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.streams.assignments import record_assignment
from hashiya.corpus.store.folder import Corpus
from hashiya.corpus.store.presence import Labelling, Presence
from hashiya.corpus.team.team_report import PersonActivity, TeamReport
from hashiya.corpus.team.team_watch import LookStoppedError, TeamWatch
from hashiya.schema.adjudication import Adjudication, CellKey, SettledCell
from hashiya.schema.errors import CorpusError
from hashiya.schema.payloads import Assignment, Workload
from hashiya.schema.records import Stance
from tests import corpora

ROWS = [("قالت إنفيديا", "Nvidia said"), ("خسرت إنفيديا", "Nvidia lost"), ("ماذا؟", "What?")]
DOCUMENTS = {"a": ROWS, "b": ROWS[:2]}


def told(corpus: Corpus) -> TeamReport:
    """What a watch says that has just begun."""
    return TeamWatch(corpus, today=lambda: date(2026, 3, 1)).look()


def person(report: TeamReport, name: str) -> PersonActivity:
    return next(one for one in report.people if one.annotator == name)


def waiting(corpus: Corpus) -> int:
    """How many pairs `hashiya adjudicate` asks about."""
    return sum(pair.open > 0 for pair in settled_pairs(corpus))


def label(corpus: Corpus, number: int, annotator: str, doc_id: str = "a", **fields: object) -> None:
    values = {"created_at": "2026-03-01T10:00:00+00:00", "seconds": 20.0, **fields}
    made = corpora.label(
        corpus.generation(), number, ("en", "Nvidia"), doc_id=doc_id, annotator=annotator, **values
    )
    with corpus.journal() as journal:
        journal.record([made])


def assign(corpus: Corpus, **documents: tuple[str, ...]) -> None:
    workloads = tuple(Workload(annotator=name, documents=given) for name, given in documents.items())
    with corpus.journal() as journal:
        record_assignment(journal, "work", "boss", Assignment(workloads=workloads))


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpora.new(tmp_path / "corpus", DOCUMENTS, a={"title": "صدمة"})


def test_an_empty_journal_without_a_team(corpus: Corpus) -> None:
    report = told(corpus)
    assert (report.people, report.pairs, report.labelled) == ((), 5, 0)


def test_what_is_assigned_done_and_waits(corpus: Corpus) -> None:
    assign(corpus, layla=("b", "gone"), omar=("a",))
    label(corpus, 0, "layla", "b")
    label(corpus, 1, "layla")
    report = told(corpus)
    layla = person(report, "layla")
    assert (layla.assigned, layla.assigned_done, layla.waiting, layla.outside) == (2, 1, 1, 1)
    assert (layla.done, layla.seconds, layla.documents) == (2, 40, 1)
    assert person(report, "omar").waiting == 3
    watch = TeamWatch(corpus)
    assert watch.documents("layla") == []
    watch.look()
    found = [(item.doc_id, item.title, item.is_assigned, item.done, item.pairs, item.waiting)
             for item in watch.documents("layla")]  # fmt: skip
    assert found == [("b", "", True, 1, 2, 1), ("a", "صدمة", False, 1, 3, 2)]
    assert watch.documents("nobody") == []


def test_a_later_look_says_what_a_fresh_one_says(corpus: Corpus, tmp_path: Path) -> None:
    watch = TeamWatch(corpus, today=lambda: date(2026, 3, 1))
    team = corpus.folder / "team.toml"

    def undo() -> None:
        with corpus.journal() as journal:
            journal.undo(corpus.generation().pair_ids()[0], "omar")

    def adjudicate() -> None:
        generation = corpus.generation()
        made = corpora.label(generation, 1, ("en", "Nvidia"), doc_id="a", annotator="boss")
        with corpus.journal() as journal:
            settled = SettledCell(cell=CellKey(layer="stances", target="chips"))
            journal.adjudicate(Adjudication(annotation=made, settles=(settled,)))

    steps: list[Callable[[], object]] = [
        lambda: label(corpus, 0, "layla"),
        lambda: label(corpus, 0, "omar"),
        lambda: label(corpus, 1, "layla", "a", status="review"),
        lambda: assign(corpus, omar=("a",)),
        lambda: label(
            corpus, 0, "omar", stances=(Stance(target="chips", stance="bullish", holder="source"),)
        ),
        undo,
        adjudicate,
        lambda: team.write_text('[[person]]\nname = "ليلى"\nformerly = ["layla"]\n', encoding="utf-8"),
        lambda: corpora.publish(corpus, {"b": ROWS}),
        lambda: label(corpus, 1, "ليلى", "b"),
        team.unlink,
    ]
    for number, step in enumerate(steps):
        step()
        assert watch.look() == told(corpus), f"step {number}"
        assert watch.look().disputed == waiting(corpus), f"step {number}"
    assert {one.annotator for one in watch.look().people} >= {"layla", "ليلى", "omar"}


def test_a_journal_that_holds_less_is_read_anew(corpus: Corpus) -> None:
    for number in range(2):
        label(corpus, number, "layla")
    watch = TeamWatch(corpus)
    assert person(watch.look(), "layla").done == 2
    for path in corpus.folder.glob("journal*"):
        path.unlink()
    Journal.create(corpus.folder / "journal.sqlite")
    assert watch.look().people == ()
    label(corpus, 0, "omar")
    assert [one.annotator for one in watch.look().people] == ["omar"]


def test_a_look_that_nobody_waits_for_is_ended_and_gone_on_with(corpus: Corpus) -> None:
    label(corpus, 0, "layla")
    watch = TeamWatch(corpus)
    with pytest.raises(LookStoppedError):
        watch.look(lambda: False)
    assert watch.look() == told(corpus)
    assert watch.look(lambda: False) == told(corpus), "nothing has changed, so nothing is read"


def test_who_is_there(corpus: Corpus) -> None:
    watch = TeamWatch(corpus)
    presence = Presence.enter(corpus.folder, "سارة")
    assert person(watch.look(), "سارة").windows == 1
    presence.leave()
    assert watch.look().people == ()

    def elsewhere() -> Iterable[Labelling]:
        return [Labelling(annotator="omar", host="laptop", pid=1, since="2026-03-01T10:00:00+00:00")]

    assert [one.annotator for one in TeamWatch(corpus, elsewhere).look().people] == ["omar"]


def test_a_team_file_that_is_wrong_is_said(corpus: Corpus) -> None:
    watch = TeamWatch(corpus)
    watch.look()
    (corpus.folder / "team.toml").write_text("[[person]]\nname = 3\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"team\.toml"):
        watch.look()
    (corpus.folder / "team.toml").write_text('[[person]]\nname = "layla"\n', encoding="utf-8")
    assert [one.annotator for one in watch.look().people] == ["layla"]


def test_suggestions_and_boilerplate_are_nobodys_work(corpus: Corpus) -> None:
    label(corpus, 0, "model", origin="suggested")
    assert told(corpus).people == ()
    made = corpora.label(corpus.generation(), 0, doc_id="a", annotator="layla")
    with corpus.journal() as journal:
        journal.record([replace(made, pair_id="0" * 32)])
    layla = person(told(corpus), "layla")
    assert (layla.done, layla.gone) == (0, 1)
