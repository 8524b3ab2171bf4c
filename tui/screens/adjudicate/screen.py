"""The adjudicator's screen: the labelling screen with the answers of all annotators, taken by number."""

from __future__ import annotations

from typing import ClassVar

from textual._path import CSSPathType

from hashiya.schema.adjudication import CellKey
from hashiya.schema.records import Lang
from hashiya.tui.keys.actions import KeyLayer
from hashiya.tui.keys.keyboard import key_label
from hashiya.tui.keys.keymap import Keymap
from hashiya.tui.screens.label.header_footer import head_ending, named_keys, normal_rows
from hashiya.tui.screens.label.screen import STACKED_BELOW, LabelScreen
from hashiya.tui.session.adjudicating.adjudication_session import AdjudicationSession
from hashiya.tui.session.queue import Filter
from hashiya.tui.settings.language import N_, _, ngettext
from hashiya.tui.widgets.bar import Piece
from hashiya.tui.widgets.prompt import Question

_KEYS = (
    ("answer.next", N_("Next difference")),
    ("answer.before", N_("As before")),
    ("pair.comment", N_("Why")),
    ("pair.done", N_("Done")),
    ("pair.skip", N_("For later")),
    ("edit.undo", N_("Undo")),
    ("help", N_("Help")),
)


class AdjudicateScreen(LabelScreen):
    """Shows a pair with what its annotators differ in; what a key changes is settled."""

    CSS_PATH: ClassVar[CSSPathType | None] = "../label/label.tcss"

    settles = True

    def __init__(self, session: AdjudicationSession, keymap: Keymap) -> None:
        super().__init__(session, keymap)
        self._adjudicating = session
        self._unsaved_reason: tuple[tuple[str, tuple[CellKey, ...]], str] | None = None

    def act(self, action_id: str) -> None:
        """Do an action by its id; some are about the list of differences here."""
        if action_id == "pair.comment":
            self.attempt(self._ask_why)
        elif action_id == "mark.delete" and self._is_to_be_nothing():
            self.attempt(self._take_nothing)
        else:
            super().act(action_id)

    def head(self) -> tuple[list[Piece], list[Piece]]:
        """Return the row at the top: the pair, what is open in it; at its far end how much is settled."""
        session = self._adjudicating
        found = session.differences
        left, done = len(found.open), len(found.settled)
        is_open = ngettext("{count} open", "{count} open", left).format(count=left)
        settled = ngettext("{count} settled", "{count} settled", done).format(count=done)
        voters = len({item.name for item in found.versions if item.kind in {"voter", "known"}})
        begin = [
            Piece(f"#{(session.row or 0) + 1}", "strong"),
            Piece(is_open, "bad") if left else Piece(_("nothing open"), "good"),
            *([Piece(settled, "good")] if done else []),
            Piece(ngettext("{count} annotator", "{count} annotators", voters).format(count=voters), "dim"),
            Piece(session.title),
        ]
        ending = head_ending(session)
        if session.queue.chosen == Filter("assigned"):
            ending = ending[1:]
        return begin, ending if self.size.width >= STACKED_BELOW else ending[:1]

    def key_rows(self, ui: Lang) -> tuple[list[Piece], list[Piece]]:
        """Return the labels, and what is done most here, each with its key."""
        labels, _keys = normal_rows(self.keymap, ui)
        digits = [self.keymap.keys_of(f"answer.{number}", KeyLayer.ANSWER)[:1] for number in (1, 9)]
        keys = [
            Piece("-".join(key_label(key) for some in digits for key in some), "key"),
            Piece(_("Whose answer"), tight=True),
        ]
        return labels, [*keys, *named_keys(self.keymap, _KEYS)]

    def _is_to_be_nothing(self) -> bool:
        """Whether the list is at a cell, and no mark is under the cursor: then there is to be nothing."""
        stop = self.answers.stop
        if stop is None or stop.layer is not None:
            return False
        (item,) = stop.cells
        return item.cell.lang is None or (self.editor.entity is None and self.editor.flagged is None)

    def _take_nothing(self) -> None:
        self._adjudicating.take_nothing(self.answers.needed.keys)
        self.show()
        self.answers.go_to_open()
        self.to_difference()

    def _ask_why(self) -> None:
        cells = self.answers.needed.keys
        about = (self._adjudicating.pair.pair_id, tuple(cells))

        def write(text: str | None) -> None:
            if text is not None:
                saved = self.attempt(lambda: self._adjudicating.give_reason(cells, text))
                self._unsaved_reason = (about, text) if not saved and self.session.lost else None
            self.show()

        written = self._adjudicating.reason(cells)
        if self._unsaved_reason is not None and self._unsaved_reason[0] == about:
            written = self._unsaved_reason[1]
        self.ask(Question(_("Why is it so? One line, for the guidelines."), value=written), write)
