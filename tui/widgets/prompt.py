"""A question with a line to write the answer in: what was meant, a comment, a concept, a number to go to."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from hashiya.tui.bidi.levels import Direction
from hashiya.tui.settings.language import _, current_language
from hashiya.tui.widgets.bar import Bar, Piece, keys
from hashiya.tui.widgets.field import Field


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and what stands in the line at first; `verb` names what Enter does."""

    title: str
    value: str = ""
    placeholder: str = ""
    base: Direction | None = None
    verb: str = ""


class Prompt(Vertical):
    """Asks one question after the other; it holds the focus while it asks."""

    DEFAULT_CSS = """
    Prompt { height: auto; background: $surface; border: round $primary; padding: 0 1; }
    """

    @dataclass
    class Answered(Message):
        """What was written; `None` when it was given up."""

        text: str | None

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - its name in every widget
        super().__init__(id=id)
        self._title = Bar(id="question")
        self.field = Field()

    def compose(self) -> ComposeResult:
        """Yield the question above the line."""
        yield self._title
        yield self.field

    def ask(self, question: Question) -> None:
        """Ask something else."""
        self._title.show(
            [Piece(question.title, "strong")],
            keys(("Enter", question.verb or _("Save")), ("Esc", _("Cancel"))),
            current_language().direction,
        )
        self.field.base = question.base
        self.field.placeholder = question.placeholder
        self.field.value = question.value
        self.screen.set_focus(self.field)

    def on_field_submitted(self, event: Field.Submitted) -> None:
        """Tell the answer."""
        event.stop()
        self.post_message(self.Answered(event.value))

    def on_field_cancelled(self, event: Field.Cancelled) -> None:
        """Tell that there is none."""
        event.stop()
        self.post_message(self.Answered(None))
