"""Queues: which pairs they hold, and the next one that waits, also where there are very many."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.journal.summaries import Summary
from hashiya.corpus.store.index import PAIR_KINDS
from hashiya.corpus.store.reader import GenerationReader
from hashiya.schema.records import FINISHED, SchemeRef
from hashiya.tui.session.queue import STATES, STATUSES, Filter, Queue, Standings
from tests.tui.session.corpora import new

SCHEME = SchemeRef(name="ai-market", version="1.0.0")


def standings(count: int, boilerplate: Collection[int] = frozenset()) -> Standings:
    kinds = np.array(
        [PAIR_KINDS.index("boilerplate" if row in boilerplate else "body") for row in range(count)]
    )
    scores = np.linspace(1, 0, count, dtype=np.float32)
    index: Any = SimpleNamespace(
        kinds=kinds,
        scores=scores,
        documents=np.arange(count) // 3,
        rows=lambda ids: np.array([], dtype=np.int64) if not list(ids) else None,
    )

    class Index(SimpleNamespace):
        def __len__(self) -> int:
            return count

    made: Any = Index(**vars(index))
    return Standings(made, "layla", [])


def rows(standing: Standings, **chosen: Any) -> list[int]:
    return [int(row) for row in standing.rows(Filter(**chosen))]


def test_each_state_holds_its_pairs() -> None:
    standing = standings(12, {2})
    for row, status in enumerate(["done", "skipped", "done", "unsure", "draft", "review"]):
        standing.put(row, "layla", status, flagged=row == 3)  # type: ignore[arg-type]
    standing.put(3, "layla", "unsure", flagged=True, conflict=True)
    standing.put(6, "omar", "done", flagged=True, conflict=True)
    found = {state: rows(standing, state=state) for state in STATES}
    assert found == {
        "all": [0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11],
        "assigned": [],
        "unlabelled": [6, 7, 8, 9, 10, 11],
        "untouched": [7, 8, 9, 10, 11],
        "mine": [0, 1, 2, 3, 4, 5],
        "draft": [4],
        "done": [0, 2],
        "unsure": [3],
        "skipped": [1],
        "review": [5],
        "conflict": [3],
        "flagged": [3],
        "low": [11, 10, 9, 8, 7, 6],
    }
    assert rows(standing, state="unlabelled", document=2) == [6, 7, 8]
    assert [int(row) for row in standing.rows(Filter(), [0, 2, 7])] == [0, 7]
    assert list(standing.rows(Filter(), [])) == []
    assert (standing.own(3), standing.own(7)) == ("unsure", None)


def test_what_is_taken_back_is_untouched_again() -> None:
    standing = standings(3)
    standing.put(1, "layla", "done", flagged=True)
    standing.put(1, "layla", None, flagged=False)
    assert rows(standing, state="untouched") == [0, 1, 2]
    assert rows(standing, state="flagged") == []
    standing.put(1, "omar", "draft", flagged=False)
    assert rows(standing, state="untouched") == [0, 2]
    assert rows(standing, state="unlabelled") == [0, 1, 2]


PUTS = st.tuples(st.integers(0, 9), st.sampled_from(["layla", "omar"]), st.none() | st.sampled_from(STATUSES))


@given(st.lists(PUTS), st.sets(st.integers(0, 9)))
def test_counts_are_those_of_the_pairs(puts: list[Any], boilerplate: set[int]) -> None:
    standing = standings(10, boilerplate)
    own: dict[int, str | None] = {}
    for row, who, status in puts:
        standing.put(row, who, status, flagged=False)
        if who == "layla":
            own[row] = status
        assert standing.finished() == sum(
            status in FINISHED and row not in boilerplate for row, status in own.items()
        )
    assert standing.total() == 10 - len(boilerplate)
    waiting = standing.unfinished(np.arange(10))
    assert [bool(item) for item in waiting] == [own.get(row) not in FINISHED for row in range(10)]


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)), st.none() | st.integers(0, 30), st.data())
def test_the_next_that_waits(
    chosen: set[int], done: set[int], after: int | None, data: st.DataObject
) -> None:
    standing = standings(31)
    for row in done:
        standing.put(row, "layla", "done", flagged=False)
    order = data.draw(st.permutations(sorted(chosen)))
    state: Any = data.draw(st.sampled_from(["all", "low"]))
    order = order if state == "low" else sorted(chosen)
    queue = Queue(np.array(order, dtype=np.int64), Filter(state))
    for place, row in enumerate(order):
        assert queue.position(row) == queue.passed(row) == queue.near(row) == place
    for row in {-1, *range(31)} - chosen:
        assert queue.position(row) is None
        assert queue.passed(row) == (sum(other < row for other in order) if state == "all" else 0)
    begin = 0 if after is None else after + 1
    turned = [*order[begin:], *order[:begin]]
    assert queue.unfinished(standing, after) == next((row for row in turned if row not in done), None)


@pytest.mark.parametrize("left", [0, 1, 1023, 1024, 1025, 3071, 3072, 9_999])
def test_it_is_found_however_far_away(left: int) -> None:
    standing = standings(10_000)
    queue = Queue(standing.rows(Filter()), Filter())
    for row in range(10_000):
        if row != left:
            standing.put(row, "layla", "done", flagged=False)
    assert queue.unfinished(standing, None) == queue.unfinished(standing, 5000) == left
    assert queue.unfinished(standing, 9_999) == left
    standing.put(left, "layla", "skipped", flagged=False)
    assert queue.unfinished(standing, 5000) is None
    assert (standing.finished(), standing.total()) == (10_000, 10_000)


def test_what_the_journal_says_of_pairs_that_are_gone_counts_for_nothing(tmp_path: Path) -> None:
    with GenerationReader(new(tmp_path / "c").generation()) as reader:
        said = [
            Summary(reader.index.pair_id(0), "layla", "done", flagged=True, scheme=SCHEME),
            Summary("0" * 32, "layla", "done", flagged=True, scheme=SCHEME),
            Summary(reader.index.pair_id(3), "layla", None, flagged=False, scheme=SCHEME),  # damaged
            Summary(reader.index.pair_id(2), "layla", "skipped", flagged=False, scheme=SCHEME),  # boilerplate
        ]
        standing = Standings(reader.index, "layla", said)
        assert (standing.finished(), standing.total()) == (1, 6)
        assert rows(standing, state="flagged") == [0]
        assert rows(standing, state="low") == [3, 1]
