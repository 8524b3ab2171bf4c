"""A line to be written before there is anything else on the screen: who labels."""

from __future__ import annotations

from typing import ClassVar

from textual._path import CSSPathType
from textual.app import ComposeResult
from textual.screen import ModalScreen

from hashiya.tui.widgets.prompt import Prompt, Question


class WritingScreen(ModalScreen[str | None]):
    """Asks for a line; `None` when given up."""

    CSS_PATH: ClassVar[CSSPathType | None] = "dialog.tcss"

    def __init__(self, question: Question) -> None:
        super().__init__(classes="foot")
        self._question = question

    def compose(self) -> ComposeResult:
        """Yield the question at the foot of the screen."""
        yield Prompt()

    def on_mount(self) -> None:
        """Begin to write."""
        self.query_one(Prompt).ask(self._question)

    def on_prompt_answered(self, event: Prompt.Answered) -> None:
        """Give back what was written."""
        self.dismiss(event.text)
