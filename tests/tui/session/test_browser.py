"""Going from pair to pair: the next that waits, steps, filters, numbers and ids."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import LabelError
from hashiya.schema.records import Span, Stance
from hashiya.tui.session.edits import flags, statements
from hashiya.tui.session.queue import Filter
from hashiya.tui.session.session import Session
from tests.tui.session.corpora import mark, say, stands


@pytest.mark.parametrize("status", ["done", "skipped", "unsure"])
def test_finish_goes_to_the_next_that_waits_and_round_again(session: Session, status: Any) -> None:
    session.go(4)
    for row in (5, 6, 0, 1, 3):  # 2 is boilerplate
        assert session.finish(status)
        assert session.row == row
    assert not session.finish(status)
    assert session.row == 3
    assert session.progress.finished == session.progress.total == 6
    assert {item.status for item in stands(session)} == {status}
    assert not session.next_unfinished()


def test_all_done_opens_nothing_and_undo_leads_back(corpus: Corpus, session: Session) -> None:
    while session.finish("done"):
        pass
    with Session.open(corpus, "layla") as again:
        assert (again.row, again.progress.place) == (None, None)
        assert (again.step(1), again.step(-1), again.next_unfinished(), again.go(None)) == (False,) * 4
        for call in (lambda: again.pair, lambda: again.draft, lambda: again.neighbour(1)):
            with pytest.raises(LabelError, match="no pair is open"):
                call()
        with pytest.raises(LabelError):
            again.finish("done")
        assert again.choose(Filter("done")) == 6
        assert again.row == 0
        assert again.undo()
        assert (again.row, again.draft.status) == (6, "draft")


def test_a_draft_and_a_review_wait(session: Session) -> None:
    session.finish("done")
    say(session, "later")
    assert session.next_unfinished()
    assert session.row == 3
    session.save(replace(session.draft, status="review"))
    session.go(6)
    assert session.next_unfinished()
    assert session.row == 1
    assert (session.choose(Filter("review")), session.row) == (1, 3)


def test_in_a_queue_of_finished_pairs_finish_goes_on(session: Session) -> None:
    for _ in range(3):
        session.finish("unsure")
    assert session.choose(Filter("unsure")) == 3
    assert session.edge(end=False)
    assert session.finish("done")
    assert (session.row, len(session.queue)) == (1, 3)  # the queue stays
    assert session.finish("done")
    assert not session.finish("done")


def test_steps_and_edges(session: Session) -> None:
    assert not session.step(-1)
    rows = [session.row]
    while session.step(1):
        rows.append(session.row)
    assert rows == [0, 1, 3, 4, 5, 6]
    assert session.edge(end=False)
    assert session.row == 0
    assert session.edge(end=True)
    assert session.row == 6
    assert session.step(-2)
    assert session.row == 4


def test_from_a_pair_outside_of_the_queue_one_steps_to_those_beside_it(session: Session) -> None:
    session.go(2)
    assert session.progress.place is None
    assert (session.step(1), session.row) == (True, 3)
    session.go(2)
    assert (session.step(-1), session.row) == (True, 1)
    session.go(2)
    assert (session.next_unfinished(), session.row) == (True, 3)
    assert (session.choose(Filter(document=0)), session.row) == (3, 3)
    session.go(6)
    assert (session.step(1), session.step(-1), session.row) == (False, True, 3)


def test_rows_beyond_the_corpus_are_not_opened(session: Session) -> None:
    for row in (-1, 7, 10**9, None):
        assert not session.go(row)
    assert session.row == 0


def test_a_filter_chooses_the_pairs_that_it_names(session: Session) -> None:
    mark(session, "Deepseek")
    session.save(
        statements.take_stance(session.draft, Stance(target="chips", stance="bearish", holder="author"))
    )
    session.finish("done")
    session.save(flags.flag(session.draft, session.pair, "ar", Span(0, 5), "garbled"))
    session.finish("unsure")
    assert session.row == 3
    chosen = {
        "done": [0], "unsure": [1], "flagged": [1], "unlabelled": [3, 4, 5, 6], "untouched": [3, 4, 5, 6],
        "low": [3, 1], "skipped": [], "draft": [], "review": [], "all": [0, 1, 3, 4, 5, 6],
    }  # fmt: skip
    for state, rows in chosen.items():
        before = session.queue
        assert session.choose(Filter(state)) == len(rows)  # type: ignore[arg-type]
        assert [int(row) for row in session.queue.rows] == (rows or [int(row) for row in before.rows])
        assert session.row in session.queue.rows
    for found, rows in [
        (Filter(document=1), [4, 5, 6]),
        (Filter(document=9), []),
        (Filter(label=("entities", "type", "company")), [0]),
        (Filter(label=("stances", "target", "chips")), [0]),
        (Filter(label=("flags", "kind", "garbled")), [1]),
        (Filter(label=("flags", "kind", "mistranslation")), []),
        (Filter(query="المستثمرين"), [1]),
        (Filter(query="OPENAI"), [5]),
        (Filter(query="rights"), []),  # boilerplate
        (Filter(query=""), []),
        (Filter("done", query="deepseek", label=("entities", "type", "company")), [0]),
        (Filter("unsure", label=("entities", "type", "company")), []),
    ]:
        before = session.queue
        assert session.choose(found) == len(rows), found
        assert [int(row) for row in session.queue.rows] == (rows or [int(row) for row in before.rows])


def test_of_others_labels_none_is_ones_own(corpus: Corpus, session: Session) -> None:
    with Session.open(corpus, "omar") as other:
        mark(other, "Deepseek")
        other.finish("done")
    with Session.open(corpus, "layla") as again:
        assert again.row == 0
        assert again.choose(Filter(label=("entities", "type", "company"))) == 0
        assert again.choose(Filter("done")) == 0
        assert again.choose(Filter("untouched")) == 5
        assert again.row == 1


def test_low_scores_come_worst_first(session: Session) -> None:
    assert session.choose(Filter("low")) == 2
    assert (session.row, session.progress.place) == (3, 1)
    assert (session.step(1), session.row, session.step(1)) == (True, 1, False)
    session.go(0)
    assert (session.step(-1), session.step(1), session.row) == (False, True, 3)
    assert (session.finish("done"), session.row) == (True, 1)


def test_a_pair_is_found_by_number_or_id(session: Session) -> None:
    index = session.reader.index
    assert session.find("1") == session.find(" #1 ") == session.find("١") == 0
    assert session.find("7") == 6
    pair_id = index.pair_id(5)
    assert session.find(pair_id) == session.find(pair_id[:8].upper()) == session.find(f"#{pair_id[:12]}") == 5
    for nothing in ("0", "8", "", "#", "xyz!", "ffff" * 8, "9" * 5000, pair_id + "0", "²"):
        assert session.find(nothing) is None, nothing


def test_search_begins_at_the_open_pair_and_folds(session: Session) -> None:
    session.go(3)
    rows = [int(row) for hits in session.search("ذَكَاء") for row in hits.rows]
    assert rows == [3]
    assert [int(row) for hits in session.search("deepSEEK") for row in hits.rows] == [0]


def test_neighbours_are_of_the_same_document(session: Session) -> None:
    assert session.neighbour(-1) is None
    assert session.neighbour(1) == session.reader.pair(1)
    session.go(3)
    assert session.neighbour(1) is None
    session.go(4)
    assert session.neighbour(-1) is None
