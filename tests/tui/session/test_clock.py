"""The clock of a session."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hashiya.tui.session.clock import Clock


class Hand:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_it_counts_from_event_to_event() -> None:
    hand = Hand()
    clock = Clock(now=hand)
    assert clock.seconds == 0
    clock.touch()
    hand.at += 5
    clock.touch()
    hand.at += 7
    assert clock.seconds == 5
    clock.touch()
    assert clock.seconds == 12


def test_a_long_pause_counts_as_idle() -> None:
    hand = Hand()
    clock = Clock(idle=60, now=hand)
    clock.touch()
    hand.at += 3600
    clock.touch()
    assert clock.seconds == 60


def test_restart_begins_now_with_what_was_spent() -> None:
    hand = Hand()
    clock = Clock(now=hand)
    clock.touch()
    hand.at += 9
    clock.restart(30)
    hand.at += 4
    clock.touch()
    assert clock.seconds == 34
    clock.restart()
    assert clock.seconds == 0


def test_a_pause_counts_up_to_it_and_nothing_after() -> None:
    hand = Hand()
    clock = Clock(now=hand)
    clock.pause()
    assert clock.seconds == 0
    clock.restart()
    hand.at += 3
    clock.pause()
    hand.at += 50
    clock.pause()
    clock.touch()
    hand.at += 2
    clock.touch()
    assert clock.seconds == 5


def test_time_never_runs_backwards() -> None:
    hand = Hand()
    clock = Clock(now=hand)
    clock.touch()
    hand.at -= 50
    clock.touch()
    assert clock.seconds == 0


def test_it_runs_on_the_clock_of_the_machine() -> None:
    clock = Clock()
    clock.restart()
    clock.touch()
    assert 0 <= clock.seconds < 60


@given(st.lists(st.floats(0, 1000), max_size=20))
def test_no_step_counts_more_than_idle(steps: list[float]) -> None:
    hand = Hand()
    clock = Clock(idle=10, now=hand)
    clock.restart()
    for step in steps:
        before, hand.at = clock.seconds, hand.at + step
        clock.touch()
        assert before <= clock.seconds <= before + 10 + 1e-6
