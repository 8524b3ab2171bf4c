"""What was said last of a plan stands; where two said different things, both are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from hashiya.corpus.journal.journal import Journal
from hashiya.corpus.journal.merge import merge_journals
from hashiya.corpus.journal.place import JournalPlace
from hashiya.corpus.journal.streams.assignments import (
    read_assignments,
    record_assignment,
    redo_assignment,
    undo_assignment,
)
from hashiya.corpus.journal.verify import journal_faults
from hashiya.schema.errors import CorpusError, LabelError
from hashiya.schema.payloads import Assignment, Workload

PILOT = Assignment(
    workloads=(
        Workload(annotator="ليلى", documents=("news/2", "news/1")),
        Workload(annotator="omar", documents=("news/1", "gold/1")),
    ),
    layers=("entities", "stances"),
    share=0.5,
    gold=("gold/1",),
)


@pytest.fixture
def here(new_place: Callable[[], JournalPlace]) -> JournalPlace:
    path = new_place()
    Journal.create(path)
    with Journal.open(path) as journal:
        record_assignment(journal, "pilot", "lead", PILOT)
    return path


@pytest.fixture
def there(here: JournalPlace, new_place: Callable[[], JournalPlace]) -> JournalPlace:
    path = new_place()
    Journal.create(path)
    with Journal.open(path) as journal:
        merge_journals(journal, [here])
    return path


def test_what_was_said_last_stands_and_can_be_undone(here: JournalPlace) -> None:
    with Journal.open(here) as journal:
        assert read_assignments(journal)["pilot"].standing == PILOT
        record_assignment(journal, "pilot", "omar", replace(PILOT, share=1.0))
        record_assignment(journal, "second", "omar", PILOT)
        assert read_assignments(journal)["pilot"].standing == replace(PILOT, share=1.0)
        assert undo_assignment(journal, "pilot", "lead") is not None
        assert read_assignments(journal, "pilot")["pilot"].standing == PILOT
        assert redo_assignment(journal, "pilot", "lead") is not None
        assert read_assignments(journal)["pilot"].standing == replace(PILOT, share=1.0)
        assert [undo_assignment(journal, "second", "lead") is None for _ in range(2)] == [False, True]
        assert read_assignments(journal)["second"].said == (None,)
        assert list(journal_faults(journal)) == []


def test_what_was_said_apart_is_shown_side_by_side(here: JournalPlace, there: JournalPlace) -> None:
    with Journal.open(there) as journal:
        record_assignment(journal, "pilot", "omar", replace(PILOT, gold=()))
    with Journal.open(here) as journal:
        record_assignment(journal, "pilot", "lead", replace(PILOT, share=0.0))
        merge_journals(journal, [there])
        found = read_assignments(journal)["pilot"]
        assert found.conflict
        assert set(found.said) == {replace(PILOT, gold=()), replace(PILOT, share=0.0)}
        assert found.standing == PILOT
        with pytest.raises(CorpusError, match="assignment pilot has 2 versions"):
            undo_assignment(journal, "pilot", "lead")
        record_assignment(journal, "pilot", "lead", replace(PILOT, gold=()))
        assert read_assignments(journal)["pilot"].said == (replace(PILOT, gold=()),)


def test_the_same_said_apart_is_no_conflict(here: JournalPlace, there: JournalPlace) -> None:
    with Journal.open(there) as journal:
        record_assignment(journal, "pilot", "omar", replace(PILOT, share=1.0, why="all twice"))
    with Journal.open(here) as journal:
        record_assignment(journal, "pilot", "lead", replace(PILOT, share=1.0))
        merge_journals(journal, [there])
        assert not read_assignments(journal)["pilot"].conflict
        undo_assignment(journal, "pilot", "lead")
        assert read_assignments(journal)["pilot"].standing == PILOT


def test_undone_here_and_changed_there_is_a_conflict_with_nothing(
    here: JournalPlace, there: JournalPlace
) -> None:
    with Journal.open(there) as journal:
        record_assignment(journal, "pilot", "omar", replace(PILOT, share=1.0))
    with Journal.open(here) as journal:
        undo_assignment(journal, "pilot", "lead")
        merge_journals(journal, [there])
        found = read_assignments(journal)["pilot"]
        assert found.said == (None, replace(PILOT, share=1.0))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (replace(PILOT, workloads=PILOT.workloads[:1] * 2), "annotator 'ليلى' is there 2 times"),
        (
            replace(PILOT, workloads=(Workload(annotator="a", documents=("d", "d")),)),
            "workload of a: document 'd'",
        ),
        (replace(PILOT, workloads=(Workload(annotator="", documents=()),)), "annotator has no name"),
        (replace(PILOT, layers=("flags", "flags")), "layer 'flags' is there 2 times"),
        (replace(PILOT, gold=("g", "g")), "gold: document 'g' is there 2 times"),
        (replace(PILOT, share=1.5), "share: input should be less than or equal to 1"),
    ],
)
def test_what_cannot_be_assigned_is_refused(here: JournalPlace, wrong: Assignment, message: str) -> None:
    with Journal.open(here) as journal:
        with pytest.raises(LabelError, match=message):
            record_assignment(journal, "pilot", "lead", wrong)
        assert read_assignments(journal)["pilot"].standing == PILOT
