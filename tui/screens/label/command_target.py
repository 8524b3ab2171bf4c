"""What the commands and dialogs of the labelling screen act on: its state, and what they tell it to do."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from textual.screen import Screen

from hashiya.tui.keys.keymap import Keymap
from hashiya.tui.session.answer_list import AnswerList
from hashiya.tui.session.chord import Chord
from hashiya.tui.session.editor import Editor
from hashiya.tui.session.jump import Jump
from hashiya.tui.session.session import Session
from hashiya.tui.widgets.bar import PieceStyle
from hashiya.tui.widgets.prompt import Question


class CommandTarget(Screen[None]):
    """A screen with a session, the editor of its open pair, an open chord or jump, if there is one.

    `answers` is the list of what other versions of the pair's labels say.
    """

    settles = False
    """Whether digits are answers, and nothing is said of a pair but what settles it."""

    def __init__(self, session: Session, keymap: Keymap) -> None:
        super().__init__()
        self.session = session
        self.keymap = keymap
        self.editor = Editor(session)
        self.answers = AnswerList()
        self.chord: Chord | None = None
        self.jump: Jump | None = None

    @abstractmethod
    def act(self, action_id: str) -> None:
        """Do an action by its id, as its key does."""

    @abstractmethod
    def ask(
        self,
        question: Question,
        then: Callable[[str | None], object],
        row_named: Callable[[str], int | None] | None = None,
    ) -> None:
        """Ask for a line of text; call `then` with it, or with `None` when it was given up.

        `row_named` returns the row of the pair that a text would open, to make it ready.
        """

    @abstractmethod
    def attempt(self, command: Callable[[], object]) -> bool:
        """Run a command; return false, having said why, where it cannot be done: the pair is as it was."""

    @abstractmethod
    def to_difference(self) -> None:
        """Move the cursor to the words that the list of differences is at, if it is at any."""

    @abstractmethod
    def say(self, text: str, style: PieceStyle = "plain") -> None:
        """Say something at the foot of the screen until the next key."""

    @abstractmethod
    def show(self) -> None:
        """Show everything as it is now."""
