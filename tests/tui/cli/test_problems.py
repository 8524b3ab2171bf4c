"""What is told of many problems: some of each kind, and how many more there are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashiya.corpus.exchange.outcome import Outcome
from hashiya.schema.errors import Problem, kind_of_fault
from hashiya.tui.cli.outcome import print_outcome
from hashiya.tui.cli.problems import tell_problems


def test_twenty_of_a_kind_are_told_and_then_their_number(capsys: pytest.CaptureFixture[str]) -> None:
    many = [
        Problem(f"file, task {number}", f"[{number}:99] is no range in {number!r} of 'the \\' text'")
        for number in range(1, 10_013)
    ]
    tell_problems([*many, Problem("file, task 1", "no pair_id"), Problem("x", "no pair_id", left_out=False)])
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 23
    assert told[0] == "file, task 1: [1:99] is no range in 1 of 'the \\' text'"
    assert told[20:] == [
        "file, task 1: no pair_id",
        "note: x: no pair_id",
        "9992 more of this kind: … is no range in … of …",
    ]


@given(st.integers(0), st.text(), st.text("xyz", min_size=1))
def test_a_kind_is_what_is_said_without_what_is_quoted(number: int, quoted: str, word: str) -> None:
    assert kind_of_fault(f"{word} {quoted!r} at {number}") == f"{word} … at …"


def test_reasons_that_differ_in_what_they_quote_are_one_row(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = Outcome()
    for label in ("City", "Town"):
        outcome.leave("entities", f"unknown entity {label!r}; one of company")
    outcome.leave("links", "there is no entity 'en7'", 3)
    print_outcome(outcome)
    assert capsys.readouterr().out.splitlines() == [
        "Left out    2 entities: unknown entity …; one of company",
        "Left out    3 links: there is no entity 'en7'",
    ]
