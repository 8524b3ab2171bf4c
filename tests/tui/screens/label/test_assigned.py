"""The labelling screen of somebody who has a plan of work: what it opens with, counts and chooses."""

from __future__ import annotations

from pathlib import Path

import pytest

from hashiya.corpus.journal.streams.assignments import record_assignment
from hashiya.schema.payloads import Assignment, Workload
from tests import corpora
from tests.tui.screens.playing import ROWS, playing

pytestmark = pytest.mark.asyncio


async def test_the_screen_goes_through_what_is_assigned_and_says_so(tmp_path: Path) -> None:
    corpus = corpora.new(tmp_path / "corpus", {"one": ROWS, "two": ROWS[:2], "three": ROWS[:1]})
    workloads = (Workload(annotator="layla", documents=("three", "two")),)
    with corpus.journal() as journal:
        record_assignment(journal, "work", "boss", Assignment(workloads=workloads, gold=("three",)))
    async with playing(corpus, size=(120, 30)) as play:
        assert play.number == 7
        assert "assigned to you" in play.rows()[0]
        assert "0 of 3 finished" in play.rows()[0]
        assert "gold" not in play.text()
        await play.press("enter")
        assert play.number == 5
        assert "1 of 3 finished" in play.rows()[0]
        await play.press("enter", "enter")
        assert "3 of 3 finished" in play.rows()[0]
        await play.press("-")
        await play.write("all pairs")
        await play.press("enter")
        assert "assigned to you" not in play.rows()[0]
        assert "3 of 7 finished" in play.rows()[0]
        await play.press("-")
        await play.write("assigned")
        await play.press("enter")
        assert "3 of 3 finished" in play.rows()[0]
        assert "nothing is assigned" not in play.text()
    async with playing(corpus, annotator="omar", size=(120, 30)) as play:
        assert "nothing is assigned to omar: these are all pairs" in play.text()
        assert "0 of 7 finished" in play.rows()[0]
        await play.press("-")
        assert "assigned to you" not in play.text()
