"""All that the screen says of the open pair: its marks, and the rows of the panel from top to bottom."""

from __future__ import annotations

from hashiya.schema.records import Entity, Lang
from hashiya.tui.keys.keymap import Keymap
from hashiya.tui.screens.label.annotation_view import marks, statements
from hashiya.tui.screens.label.answer_rows import answer_rows, difference_marks, undisputed
from hashiya.tui.screens.label.before_rows import lost_marks, old_texts
from hashiya.tui.session.answer_list import AnswerList
from hashiya.tui.session.session import Session
from hashiya.tui.widgets.pair.mark_row import ShownMark
from hashiya.tui.widgets.pair.panel import Statement


def shown_marks(
    session: Session, answers: AnswerList, lang: Lang, active: Entity | None, *, settles: bool
) -> list[ShownMark]:
    """Return the marks on one side; where open differences are settled, these in place of what they hold."""
    draft, scheme = session.draft, session.scheme
    differing = difference_marks(answers, lang, len(scheme.entity))
    placed = undisputed(draft, answers) if settles and differing else draft
    return [*differing, *marks(placed, scheme, lang, active)]


def panel_rows(
    session: Session, answers: AnswerList, terms: tuple[Keymap, Lang], active: Entity | None
) -> list[Statement]:
    """Return what was there before, what versions differ in, what is lost, and what is said now."""
    keymap, ui = terms
    return [
        *old_texts(session),
        *answer_rows(answers, (session.pair, session.draft), (session.scheme, keymap, ui), session.name_of),
        *lost_marks(session, ui),
        *statements(session.draft, session.scheme, ui, active),
    ]
