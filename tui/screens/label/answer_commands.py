"""What keys do with the list of differences: go through it, take an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hashiya.corpus.team.differences import LabelVersion
from hashiya.tui.screens.label.before_rows import before_text
from hashiya.tui.screens.label.command_target import CommandTarget
from hashiya.tui.screens.read_text import TextScreen

AnswerCommand = Callable[[CommandTarget], object]


def take(screen: CommandTarget, version: LabelVersion) -> None:
    """Take a version's answer for what the list is at, and go on to what is open."""
    cells = screen.answers.answered(version)
    screen.session.take(version, cells)
    screen.show()
    screen.answers.go_to_open()
    screen.to_difference()


def _move(step: int) -> AnswerCommand:
    def act(screen: CommandTarget) -> None:
        screen.answers.move(step)
        screen.to_difference()

    return act


def _take_number(number: int) -> AnswerCommand:
    return lambda screen: take(screen, screen.answers.voter(number))


ANSWER_COMMANDS: Mapping[str, AnswerCommand] = {
    "answer.next": _move(1),
    "answer.previous": _move(-1),
    "answer.text": lambda screen: screen.app.push_screen(TextScreen(before_text(screen.session))),
    "answer.before": lambda screen: take(screen, screen.answers.before()),
    **{f"answer.{number}": _take_number(number) for number in range(1, 10)},
}
