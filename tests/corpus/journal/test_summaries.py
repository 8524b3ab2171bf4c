"""What a journal says in few words agrees with what it says at length, and undo takes the last change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.merge import merge_journals
from hashiya.corpus.journal.place import JournalPlace
from hashiya.corpus.journal.summaries import labelled, names, redoable, summaries, undoable
from hashiya.corpus.store.folder import Corpus
from hashiya.schema.records import Annotation, Flag, Stance
from hashiya.tui.session.queue import Filter
from hashiya.tui.session.session import Session
from tests.corpora import label, new
from tests.corpus.journal.test_journal import said

ROWS = [("أعلنت إنفيديا", "Nvidia announced"), ("قالت ديب سيك", "DeepSeek said"), ("ارتفع", "It rose")]


def always(pair_id: str) -> bool:
    return True


@pytest.fixture
def corpus(tmp_path: Path, place: JournalPlace) -> Corpus:
    made = new(tmp_path / "corpus", {"d": ROWS})
    made.keep_journal_at(place)
    return made


def made(corpus: Corpus, number: int, who: str = "layla", **fields: object) -> Annotation:
    names = [("en", ROWS[number][1].split()[0])] if number < 2 else []
    return label(corpus.generation(), number, *names, annotator=who, **fields)  # type: ignore[arg-type]


def test_summaries_are_what_stands(corpus: Corpus) -> None:
    flag = Flag(lang="en", start=0, end=2, text="It", kind="garbled")
    first, second, third = made(corpus, 0), made(corpus, 1, status="unsure"), made(corpus, 2, flags=(flag,))
    with corpus.journal() as journal:
        journal.record([first, second, third, made(corpus, 0, "omar", status="draft")])
        journal.record([replace(second, status="done")])
        journal.undo(second.pair_id, "layla")
        journal.undo(third.pair_id, "layla")
        found = [(item.pair_id, item.annotator, item.status, item.flagged) for item in summaries(journal)]
        assert sorted(found) == sorted(
            [
                (first.pair_id, "layla", "done", False),
                (first.pair_id, "omar", "draft", False),
                (second.pair_id, "layla", "unsure", False),
            ]
        )
        journal.redo(third.pair_id, "layla")
        assert (third.pair_id, "layla", "done", True) in [
            (item.pair_id, item.annotator, item.status, item.flagged) for item in summaries(journal)
        ]


def test_an_annotation_beside_another_or_beside_nothing_is_a_conflict(
    corpus: Corpus, tmp_path: Path, other_place: JournalPlace
) -> None:
    """On one machine it was undone, on the other one changed."""
    both, undone, alone = (made(corpus, number) for number in range(3))
    with corpus.journal() as journal:
        journal.record([both, undone, alone])
    with Journal.open(other_place) as other, corpus.journal() as journal:
        merge_journals(other, [corpus.place])
        other.record([replace(both, comment="there"), replace(undone, comment="there")])
    with corpus.journal() as journal:
        journal.record([replace(both, comment="here")])
        journal.undo(undone.pair_id, "layla")
        merge_journals(journal, [other_place])
        found = [(item.pair_id, item.conflict) for item in summaries(journal)]
    assert sorted(found) == sorted(
        [(both.pair_id, True), (both.pair_id, True), (undone.pair_id, True), (alone.pair_id, False)]
    )
    with Session.open(corpus, "layla") as session:
        assert session.choose(Filter("conflict")) == 2


def test_pairs_are_found_by_label_and_names_are_counted(corpus: Corpus) -> None:
    stance = Stance(target="chips", stance="bullish", holder="author")
    first = made(corpus, 0, stances=(stance,))
    first = replace(first, entities=tuple(replace(item, concept="nvidia") for item in first.entities))
    with corpus.journal() as journal:
        journal.record([first, replace(first, annotator="omar"), made(corpus, 1)])
        assert sorted(labelled(journal, "stances", "stance", "bullish")) == [
            (first.pair_id, "layla"),
            (first.pair_id, "omar"),
        ]
        assert len(list(labelled(journal, "entities", "type", "company"))) == 3
        assert list(labelled(journal, "entities", "type", "person")) == []
        assert [(item.text, item.concept, count) for item, count in names(journal)] == [
            ("Nvidia", "nvidia", 2)
        ]


@given(st.lists(st.sampled_from(["set0", "set1", "set2", "undo", "redo"]), max_size=25))
def test_undo_and_redo_go_by_what_was_done_last_across_pairs(
    fresh_journal: Callable[[], Journal], acts: list[str]
) -> None:
    bases = [said("", f"p{number}") for number in range(3)]
    done: list[tuple[int, str]] = []  # the model: a stack of changes, and one of what was undone
    undone: list[tuple[int, str]] = []
    with fresh_journal() as journal:
        for number, act in enumerate(acts):
            if act.startswith("set"):
                pair = int(act[3:])
                journal.record([replace(bases[pair], comment=str(number))])
                done.append((pair, str(number)))
                undone.clear()
            elif act == "undo":
                pair_id = undoable(journal, "layla", always)
                assert pair_id == (bases[done[-1][0]].pair_id if done else None)
                if pair_id:
                    journal.undo(pair_id, "layla")
                    undone.append(done.pop())
            else:
                pair_id = redoable(journal, "layla", always)
                assert pair_id == (bases[undone[-1][0]].pair_id if undone else None)
                if pair_id:
                    journal.redo(pair_id, "layla")
                    done.append(undone.pop())
            last = dict(done)
            stands = {item.pair_id: item.annotations[0].comment for item in journal.standing()}
            assert stands == {bases[pair].pair_id: comment for pair, comment in last.items()}


def test_other_annotators_and_pairs_that_are_gone_are_passed_over(corpus: Corpus) -> None:
    first, second = made(corpus, 0), made(corpus, 1)
    with corpus.journal() as journal:
        journal.record([first, second, made(corpus, 2, "omar")])
        assert undoable(journal, "layla", always) == second.pair_id
        assert undoable(journal, "layla", lambda pair_id: pair_id == first.pair_id) == first.pair_id
        assert undoable(journal, "nobody", always) is redoable(journal, "layla", always) is None


def test_the_journal_is_for_whoever_may_write_to_the_folder(tmp_path: Path) -> None:
    for mode, expected in ((0o775, 0o664), (0o770, 0o660), (0o755, 0o644), (0o700, 0o600)):
        folder = tmp_path / oct(mode)
        folder.mkdir()
        folder.chmod(mode)
        Journal.create(folder / "journal.sqlite")
        assert (folder / "journal.sqlite").stat().st_mode & 0o777 == expected
        with Journal.open(folder / "journal.sqlite"):
            for suffix in ("-wal", "-shm"):
                assert (folder / f"journal.sqlite{suffix}").stat().st_mode & 0o777 == expected
