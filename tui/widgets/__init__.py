"""The widgets that show Arabic and English: each takes text in reading order and lays it out by itself.

``Passage`` shows one side of a pair with its marks, ``Prose`` reads, ``Field`` edits a line, ``Prompt``
asks for one, ``Picker`` chooses. None of them knows the corpus: their owners give them texts and listen to
their messages.
"""

from hashiya.tui.widgets.entries import Entry
from hashiya.tui.widgets.field import Field
from hashiya.tui.widgets.markdown import Block, markdown
from hashiya.tui.widgets.pair.passage import Passage
from hashiya.tui.widgets.pair.rubric import Mark
from hashiya.tui.widgets.picker import Picker
from hashiya.tui.widgets.prompt import Prompt, Question
from hashiya.tui.widgets.prose import Prose

__all__ = ["Block", "Entry", "Field", "Mark", "Passage", "Picker", "Prompt", "Prose", "Question", "markdown"]
