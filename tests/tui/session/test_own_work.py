"""A session of somebody who has a plan of work: the queue, what others did, layers, a build, a new name."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from hashiya.corpus.carrying.merge_into_corpus import merge_into_corpus
from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.streams.assignments import record_assignment
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import LabelError
from hashiya.schema.payloads import Assignment, Workload
from hashiya.schema.records import Cover, LabelLayer, Stance
from hashiya.tui.session.edits.statements import take_stance
from hashiya.tui.session.queue import Filter
from hashiya.tui.session.session import Session
from tests import corpora
from tests.corpora import Rows, label
from tests.tui.session.corpora import mark, say, stands

ROWS: Rows = [("أعلنت إنفيديا أرباحها", "Nvidia announced its profit"), ("ارتفع السهم", "Its share rose")]
DOCUMENTS: Mapping[str, Rows] = {f"d{number}": ROWS for number in range(5)}


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return corpora.new(tmp_path / "c", DOCUMENTS)


def assign(
    corpus: Corpus, *, layers: tuple[LabelLayer, ...] | None = None, plan: str = "work", **people: str
) -> None:
    workloads = tuple(
        Workload(annotator=name, documents=tuple(ids.split()), layers=layers) for name, ids in people.items()
    )
    with corpus.journal() as journal:
        record_assignment(journal, plan, "boss", Assignment(workloads=workloads, gold=("d2",)))


def walk(session: Session) -> list[str]:
    """The documents of the pairs of the queue, in order."""
    return [session.reader.pair(int(row)).doc_id for row in session.queue.rows]


def test_the_queue_is_what_is_assigned_in_the_order_of_the_plan(corpus: Corpus) -> None:
    assign(corpus, layla="d3 d0 d4", sara="d1 d2")
    with Session.open(corpus, "layla") as session:
        assert walk(session) == ["d3", "d3", "d0", "d0", "d4", "d4"]
        assert session.pair.doc_id == "d3"
        assert (session.progress.finished, session.progress.total, session.progress.place) == (0, 6, 1)
        assert session.finish("done")
        assert session.finish("done")
        assert session.pair.doc_id == "d0"
        assert (session.progress.finished, session.progress.total, session.progress.place) == (2, 6, 3)
        assert session.step(-1)
        assert session.pair.doc_id == "d3"
        for _ in range(6):
            session.next_unfinished()
            session.finish("skipped")
        assert (session.progress.finished, session.progress.total) == (6, 6)
        assert not session.next_unfinished()
        assert session.choose(Filter()) == 10
        assert (session.progress.finished, session.progress.total) == (6, 10)
        assert session.choose(Filter("assigned")) == 6
    with Session.open(corpus, "layla", everything=True) as session:
        assert len(session.queue) == 10
    with Session.open(corpus, "omar") as session:
        assert len(session.queue) == 10
        assert session.choose(Filter("assigned")) == 0


def test_several_plans_and_two_versions_give_all_that_they_say(corpus: Corpus, tmp_path: Path) -> None:
    shutil.copytree(corpus.folder, tmp_path / "other")
    other = Corpus.open(tmp_path / "other")
    assign(corpus, layla="d1")
    assign(corpus, layla="d0 d1", plan="later")
    assign(other, layla="d4")
    with Session.open(corpus, "layla") as session:
        assert walk(session) == ["d0", "d0", "d1", "d1"]
    merge_into_corpus(corpus, [str(other.folder)])
    with Session.open(corpus, "layla") as session:
        assert sorted(set(walk(session))) == ["d0", "d1", "d4"]


def test_nothing_shows_that_others_labelled_an_assigned_document(corpus: Corpus) -> None:
    generation = corpus.generation()
    with corpus.journal() as journal:
        gold = label(generation, 0, ("en", "Nvidia"), doc_id="d2", annotator="curator", origin="gold")
        entity = gold.entities[0]
        other = label(generation, 0, ("en", "Nvidia"), doc_id="d4", annotator="omar")
        journal.record(
            [
                replace(gold, entities=(replace(entity, concept="known-right"),)),
                replace(other, entities=(replace(other.entities[0], concept="nvidia"),)),
            ]
        )
    assign(corpus, layla="d0 d2 d1")
    with Session.open(corpus, "layla") as session:
        assert {entity.concept for entity, _ in session.known_names()} == {"nvidia"}
        untouched = [
            session.reader.pair(int(row)).pair_id for row in session.standings.rows(Filter("untouched"))
        ]
        assert gold.pair_id in untouched
        assert other.pair_id not in untouched
        session.go(session.reader.index.row(gold.pair_id))
        assert session.annotation is None
        mark(session, "Nvidia")
        say(session, "mine")
    with Session.open(corpus, "layla") as session:
        assert {entity.concept for entity, _ in session.known_names()} == {"nvidia"}
    with Session.open(corpus, "boss") as session:
        assert {entity.concept for entity, _ in session.known_names()} == {"nvidia", "known-right"}


def test_who_labels_some_layers_covers_these_and_what_was_marked(corpus: Corpus) -> None:
    assign(corpus, layla="d0", layers=("entities",))
    with Session.open(corpus, "layla") as session:
        assert session.work.layers == ("entities",)
        session.finish("done")
        (made,) = stands(session)
        assert made.covers == (Cover(layer="entities", lang="ar"), Cover(layer="entities", lang="en"))


def test_a_build_keeps_the_queue_and_its_order(corpus: Corpus) -> None:
    assign(corpus, layla="d3 d0 d4")
    with Session.open(corpus, "layla") as session:
        session.finish("done")
        corpora.publish(corpus, {"new": ROWS, "d0": ROWS[:1], "d3": ROWS})
        assert session.follow() == "same"
        assert walk(session) == ["d3", "d3", "d0"]
        assert (session.progress.finished, session.progress.total) == (1, 3)
        corpora.publish(corpus, {"new": ROWS})
        session.follow()
        assert walk(session) == ["new", "new"]
        assert session.queue.chosen == Filter()


def test_what_was_finished_under_a_name_from_before_waits_no_more(corpus: Corpus) -> None:
    assign(corpus, layla="d0 d1")
    with Session.open(corpus, "layla") as session:
        session.finish("done")
    team = '[[person]]\nname = "ليلى"\nformerly = ["layla"]\n'
    (corpus.folder / "team.toml").write_text(team, encoding="utf-8")
    with Session.open(corpus, "ليلى") as session:
        assert walk(session) == ["d0", "d0", "d1", "d1"]
        assert session.pair.index == 1
        assert (session.progress.finished, session.progress.total) == (1, 4)
        session.step(-1)
        assert session.annotation is None
        session.finish("done")
        assert session.progress.finished == 1
        assert session.undo()
        assert session.progress.finished == 1
        corpora.publish(corpus, dict(DOCUMENTS))
        session.follow()
        assert session.progress.finished == 1
    (corpus.folder / "team.toml").write_text("[[person", encoding="utf-8")
    with Session.open(corpus, "layla") as session:  # a slip in the file keeps nobody from labelling
        assert len(session.queue) == 4


def test_a_journal_that_is_merged_brings_the_plan_to_the_next_session(corpus: Corpus, tmp_path: Path) -> None:
    with Session.open(corpus, "layla") as session:
        assign(corpus, layla="d4")
        assert len(session.queue) == 10
    with Session.open(corpus, "layla") as session:
        assert walk(session) == ["d4", "d4"]
    with Journal.open(corpus.folder / "journal.sqlite", write=False) as journal:
        assert journal.annotators() == []


def test_a_layer_that_the_team_does_not_give_is_refused_unless_it_was_marked(corpus: Corpus) -> None:
    (corpus.folder / "team.toml").write_text('[[person]]\nname = "layla"\nlayers = ["stances"]\n')
    stance = Stance(target="chips", stance="bullish", holder="author")
    with Session.open(corpus, "layla") as session:
        with pytest.raises(LabelError, match=r"entities are not yours to mark: .* gives you stances"):
            mark(session, "Nvidia")
        assert stands(session) == []
        session.save(take_stance(session.draft, stance))
        session.finish("done")
        (made,) = stands(session)
        assert made.covers == (Cover(layer="stances"),)
    made = label(corpus.generation(), 1, ("en", "share"), doc_id="d0", annotator="layla")
    with corpus.journal() as journal:
        journal.record([made])
    with Session.open(corpus, "layla") as session:
        session.go(1)
        mark(session, "share", "market")
        assert [item.type for item in session.draft.entities] == ["market"]
        session.save(replace(session.draft, entities=()))
        with pytest.raises(LabelError, match="not yours"):
            mark(session, "share", "market")


def test_known_labels_stay_so_until_they_are_changed(corpus: Corpus) -> None:
    names = (Cover(layer="entities", lang="en"),)
    gold = label(
        corpus.generation(), 0, ("en", "Nvidia"), doc_id="d0", annotator="layla", origin="gold", covers=names
    )
    with corpus.journal() as journal:
        journal.record([gold])
    with Session.open(corpus, "layla") as session:
        session.go(0)
        session.finish("done")
        session.go(0)
        say(session, "looked at it again")
        assert session.annotation is not None
        assert (session.annotation.origin, session.annotation.covers) == ("gold", names)
        mark(session, "profit", "event")
        assert session.annotation.origin == "human"
        session.undo()
        assert [item.origin for item in stands(session)] == ["gold"]
        session.finish("unsure")
        assert [item.origin for item in stands(session)] == ["human"]
