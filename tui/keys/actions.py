"""The annotator's actions: stable ids, names, and the keys that they have unless a user gives others.

Keys are canonical (`hashiya.tui.keys.keyboard`): no "b", no capitals, of the shifted signs only "?". A
scheme's labels take a letter or digit from any action, so whatever has a letter has a key out of their reach
too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hashiya.schema.scheme import Section
from hashiya.tui.settings.language import N_, _


class KeyLayer(StrEnum):
    """What keys are about: the pair, the stance, implication or flag that is being made, or an answer."""

    NORMAL = "normal"
    STANCE = "stance"
    IMPLICATION = "implication"
    FLAG = "flag"
    ANSWER = "answer"


LABELS_OF: Mapping[KeyLayer, Section] = {
    KeyLayer.NORMAL: "entity",
    KeyLayer.STANCE: "stance",
    KeyLayer.IMPLICATION: "channel",
    KeyLayer.FLAG: "flag",
}
"""Whose labels have keys in each layer; where answers are chosen by number, none have."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a key does, or the palette."""

    id: str
    name: str
    """A msgid, `{number}` not filled in; `title` is what to show."""
    keys: tuple[str, ...]
    """The first is the one to show."""
    group: str
    """A msgid."""
    layers: tuple[KeyLayer, ...] = (KeyLayer.NORMAL,)
    footer: bool = False
    section: Section | None = None
    """Offered only where the scheme has labels there."""
    number: int = 0
    """Which label of `section`, from 1; 0: it is about no label in particular."""

    @property
    def title(self) -> str:
        """The name in the current language."""
        return _(self.name).format(number=self.number)


_MOVE, _MARK, _PAIR, _GO, _APP = GROUPS = (N_("Move"), N_("Mark"), N_("Pair"), N_("Go"), N_("App"))
"""The groups of actions, in the order to show them in: msgids."""

_STANCE, _IMPLICATION = (KeyLayer.STANCE,), (KeyLayer.IMPLICATION,)
_ANSWERS = (KeyLayer.ANSWER,)
_CHORDS = (KeyLayer.STANCE, KeyLayer.IMPLICATION, KeyLayer.FLAG)
_DIGITS = range(1, 10)

ACTIONS: tuple[Action, ...] = (
    Action("move.left", N_("Left"), ("left",), _MOVE),
    Action("move.right", N_("Right"), ("right",), _MOVE),
    Action("move.up", N_("Up"), ("up",), _MOVE),
    Action("move.down", N_("Down"), ("down",), _MOVE),
    Action("move.start", N_("To the start"), ("home",), _MOVE),
    Action("move.end", N_("To the end"), ("end",), _MOVE),
    Action("move.side", N_("Other side"), ("tab",), _MOVE, footer=True),
    Action("move.hint", N_("Jump to a word"), ("g", "\\"), _MOVE),
    Action("move.unit", N_("Words or letters"), ("w", "`"), _MOVE),
    Action("extend.left", N_("Extend to the left"), ("[", "shift+left"), _MOVE),
    Action("extend.right", N_("Extend to the right"), ("]", "shift+right"), _MOVE),
    Action("mark.delete", N_("Remove the mark"), ("d", "delete", "backspace"), _MARK),
    Action("mark.particle", N_("With or without the particle"), ("x", "ctrl+x"), _MARK),
    Action("mark.link", N_("Link the two sides"), ("j", "ctrl+l"), _MARK),
    Action("mark.pick", N_("Choose the counterpart"), ("=",), _MARK, section="entity"),
    Action("mark.concept", N_("Concept"), ("o", "ctrl+o"), _MARK, section="entity"),
    Action("stance", N_("Stance"), ("s", "f2"), _MARK, footer=True, section="stance"),
    Action("implication", N_("Implication"), ("f3",), _MARK, footer=True, section="channel"),
    *(
        Action(
            f"implication.{n}", N_("Implication, direction {number}"), (str(n),), _MARK,
            section="direction", number=n,
        )
        for n in _DIGITS
    ),
    Action("flag", N_("Flag"), ("f", "f4"), _MARK, footer=True, section="flag"),
    Action("chord.target", N_("Target"), ("t", "="), _MARK, _STANCE + _IMPLICATION, True, "target"),
    Action("chord.holder", N_("Holder"), ("h", "'"), _MARK, _STANCE, True, "holder"),
    Action("chord.certainty", N_("Certainty"), ("r", "-"), _MARK, _IMPLICATION, True, "certainty"),
    *(
        Action(
            f"chord.direction.{n}", N_("Direction {number}"), (str(n),), _MARK,
            _IMPLICATION, section="direction", number=n,
        )
        for n in _DIGITS
    ),
    Action("chord.delete", N_("Remove"), ("delete", "backspace"), _MARK, _CHORDS, footer=True),
    Action("chord.cancel", N_("Cancel"), ("escape",), _MARK, _CHORDS, footer=True),
    Action("answer.next", N_("Next difference"), ("'", "shift+down"), _MARK),
    Action("answer.previous", N_("Previous difference"), ("shift+up",), _MARK),
    Action("answer.before", N_("As it was before"), ("0", "ctrl+g"), _MARK),
    Action("answer.text", N_("What was there before"), ("ctrl+d",), _MARK),
    *(
        Action(f"answer.{n}", N_("The answer of number {number}"), (str(n),), _MARK, _ANSWERS, number=n)
        for n in _DIGITS
    ),
    Action("pair.done", N_("Done"), ("enter",), _PAIR, footer=True),
    Action("pair.skip", N_("Skip"), ("z", "ctrl+s"), _PAIR, footer=True),
    Action("pair.unsure", N_("Unsure"), ("q", "ctrl+n"), _PAIR, footer=True),
    Action("pair.comment", N_("Comment"), ("a", "ctrl+e"), _PAIR),
    Action("pair.renew", N_("Start the pair anew"), (), _PAIR),
    Action("pair.versions", N_("The other version of the labels"), ("ctrl+t",), _PAIR),
    Action("pair.next", N_("Next pair"), ("pagedown", "."), _GO),
    Action("pair.previous", N_("Previous pair"), ("pageup", ","), _GO),
    Action("pair.unlabelled", N_("Next unlabelled pair"), ("space", "f8"), _GO),
    Action("pair.first", N_("First pair"), ("ctrl+home",), _GO),
    Action("pair.last", N_("Last pair"), ("ctrl+end",), _GO),
    Action("pair.go", N_("Go to a pair"), (";", "f7"), _GO),
    Action("pair.filter", N_("Filter the pairs"), ("-", "f6"), _GO),
    Action("search", N_("Search"), ("/", "ctrl+f"), _GO, footer=True),
    Action("edit.undo", N_("Undo"), ("u", "ctrl+u"), _PAIR, footer=True),
    Action("edit.redo", N_("Redo"), ("r", "ctrl+r"), _PAIR),
    Action("copy", N_("Copy"), ("y", "ctrl+y"), _APP),
    Action("article", N_("Article"), ("v", "f5"), _GO),
    Action("guidelines", N_("Guidelines"), ("h", "f9"), _GO),
    Action("help", N_("Help"), ("?", "f1"), _APP, footer=True),
    Action("palette", N_("Commands"), ("ctrl+p",), _APP),
    Action("theme", N_("Theme"), (), _APP),
    Action("ui.language", N_("Language of the menus"), (), _APP),
    Action("terminal", N_("How Arabic is shown"), (), _APP),
    Action("suspend", N_("Suspend"), ("ctrl+z",), _APP),
    Action("quit", N_("Quit"), ("ctrl+q",), _APP),
)  # fmt: skip
