"""What each action does on the labelling screen, by the action's id."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hashiya.schema.errors import LabelError
from hashiya.schema.records import Implication, Stance, Status
from hashiya.tui.keys.actions import KeyLayer
from hashiya.tui.keys.keyboard import key_label
from hashiya.tui.screens.label import dialogs
from hashiya.tui.screens.label.answer_commands import ANSWER_COMMANDS
from hashiya.tui.screens.label.command_target import CommandTarget
from hashiya.tui.session.chord import Chord, ChordResult, FlagKind, Remove
from hashiya.tui.session.jump import Jump
from hashiya.tui.settings.language import _, ngettext

ScreenCommand = Callable[[CommandTarget], object]


def finish_chord(screen: CommandTarget, chord: Chord, outcome: ChordResult) -> None:
    """Do what a chord came to."""
    editor = screen.editor
    if isinstance(outcome, Stance):
        editor.take_stance(outcome)
    elif isinstance(outcome, Implication):
        editor.imply(outcome)
    elif isinstance(outcome, FlagKind):
        dialogs.write_flag(screen, outcome.kind)
    elif isinstance(outcome, Remove):
        _remove(screen, chord)


def _remove(screen: CommandTarget, chord: Chord) -> None:
    """Take back the last of what was said about the chord's target, or the only one there is."""
    draft, target = screen.session.draft, chord.values["target"]
    if chord.layer is KeyLayer.FLAG:
        screen.editor.drop_flag()
    elif chord.layer is KeyLayer.STANCE:
        stances = [
            item for item in draft.stances if item.target == target and item.holder == chord.values["holder"]
        ]
        stances = stances or (list(draft.stances) if len(draft.stances) == 1 else [])
        if not stances:
            raise LabelError(_("no stance on this target by this holder; choose them first"))
        screen.editor.drop_stance(stances[-1])
    else:
        implications = [item for item in draft.implications if item.target == target]
        implications = implications or (list(draft.implications) if len(draft.implications) == 1 else [])
        if not implications:
            raise LabelError(_("no implication for this target; choose it first"))
        screen.editor.drop_implication(implications[-1])


def _open_chord(layer: KeyLayer, direction: int = 1) -> ScreenCommand:
    def act(screen: CommandTarget) -> None:
        session = screen.session
        screen.chord = Chord(
            session.scheme, screen.keymap, layer, direction=direction, entities=session.draft.entities
        )

    return act


def _finish(status: Status) -> ScreenCommand:
    def act(screen: CommandTarget) -> None:
        if not screen.session.finish(status):
            screen.show()
            dialogs.all_done(screen)

    return act


def _go(step: int) -> ScreenCommand:
    def act(screen: CommandTarget) -> None:
        if not screen.session.step(step):
            screen.say(_("this is the last pair") if step > 0 else _("this is the first pair"))

    return act


def _next_unfinished(screen: CommandTarget) -> None:
    if not screen.session.next_unfinished():
        dialogs.all_done(screen)


def _undo(screen: CommandTarget) -> None:
    screen.say(_("undone") if screen.session.undo() else _("there is nothing to undo"))


def _redo(screen: CommandTarget) -> None:
    screen.say(_("done again") if screen.session.redo() else _("there is nothing to do again"))


def _start_jump(screen: CommandTarget) -> None:
    codes = screen.editor.hints()
    screen.jump = Jump(codes) if codes else None


def _link(screen: CommandTarget) -> None:
    found = screen.editor.link()
    text = screen.session.pair.text(found.lang) or ""
    again = key_label(screen.keymap.keys_of("mark.link")[0])
    screen.say(
        _("linked to “{text}”; {key} again for another").format(
            text=text[found.span.start : found.span.end], key=again
        )
    )


def _copy(screen: CommandTarget) -> None:
    """Copy what is selected, or the whole side where it is one unit, in the order in which it is read."""
    text = screen.session.pair.text(screen.editor.lang) or ""
    cursor = screen.editor.cursor
    if cursor.anchor != cursor.head:
        text = text[cursor.span.start : cursor.span.end]
    screen.app.copy_to_clipboard(text)
    said = ngettext("copied {count} character", "copied {count} characters", len(text))
    screen.say(said.format(count=len(text)))


def _renew(screen: CommandTarget) -> None:
    screen.session.renew()


def _versions(screen: CommandTarget) -> None:
    session = screen.session
    if session.side_by_side < 2:
        raise LabelError(_("there is only one version of this pair's labels"))
    session.look_at(session.head_number + 1)
    screen.say(
        _("version {number} of {count}; any change settles on it").format(
            number=session.head_number + 1, count=session.side_by_side
        )
    )


def _of_app(name: str) -> ScreenCommand:
    def act(screen: CommandTarget) -> None:
        getattr(screen.app, f"action_{name}")()

    return act


COMMANDS: Mapping[str, ScreenCommand] = {
    "move.left": lambda screen: screen.editor.move(-1),
    "move.right": lambda screen: screen.editor.move(1),
    "move.up": lambda screen: screen.editor.move(-1, rows=True),
    "move.down": lambda screen: screen.editor.move(1, rows=True),
    "move.start": lambda screen: screen.editor.edge(end=False),
    "move.end": lambda screen: screen.editor.edge(end=True),
    "move.side": lambda screen: screen.editor.other_side(),
    "move.hint": _start_jump,
    "move.unit": lambda screen: screen.editor.toggle_unit(),
    "extend.left": lambda screen: screen.editor.move(-1, grow=True),
    "extend.right": lambda screen: screen.editor.move(1, grow=True),
    "mark.delete": lambda screen: screen.editor.delete(),
    "mark.particle": lambda screen: screen.editor.toggle_particle(),
    "mark.link": _link,
    "mark.pick": dialogs.pick_counterpart,
    "mark.concept": dialogs.write_concept,
    "stance": _open_chord(KeyLayer.STANCE),
    "implication": _open_chord(KeyLayer.IMPLICATION),
    **{f"implication.{number}": _open_chord(KeyLayer.IMPLICATION, number) for number in range(1, 10)},
    "flag": _open_chord(KeyLayer.FLAG),
    "pair.done": _finish("done"),
    "pair.skip": _finish("skipped"),
    "pair.unsure": _finish("unsure"),
    "pair.comment": dialogs.write_comment,
    "pair.next": _go(1),
    "pair.previous": _go(-1),
    "pair.first": lambda screen: screen.session.edge(end=False),
    "pair.last": lambda screen: screen.session.edge(end=True),
    "pair.unlabelled": _next_unfinished,
    "pair.go": dialogs.go_to,
    "pair.filter": dialogs.choose_pairs,
    **ANSWER_COMMANDS,
    "pair.renew": _renew,
    "pair.versions": _versions,
    "search": dialogs.open_search,
    "edit.undo": _undo,
    "edit.redo": _redo,
    "copy": _copy,
    "article": dialogs.open_article,
    "guidelines": dialogs.open_guidelines,
    "help": dialogs.open_help,
    "palette": dialogs.open_palette,
    "theme": _of_app("choose_theme"),
    "ui.language": _of_app("choose_language"),
    "terminal": _of_app("check_terminal"),
    "suspend": _of_app("suspend_process"),
    "quit": lambda screen: screen.app.exit(),
}
