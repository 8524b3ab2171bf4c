"""The screen on which pairs are labelled: it shows what a session says, and does what a key means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import ClassVar

from textual import events
from textual._path import CSSPathType
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import Reactive
from textual.timer import Timer
from textual.widget import Widget

from hashiya.corpus.doubts.doubts import Doubt, doubts
from hashiya.schema.errors import BusyError, ConnectionLostError, HashiyaError
from hashiya.schema.records import LANGS, Entity, Lang, Pair
from hashiya.tui.bidi.levels import DIRECTIONS, Direction
from hashiya.tui.keys.actions import KeyLayer
from hashiya.tui.keys.keyboard import canonical
from hashiya.tui.keys.keymap import Keymap
from hashiya.tui.screens.label.answer_rows import place_of_stop
from hashiya.tui.screens.label.command_target import CommandTarget
from hashiya.tui.screens.label.commands import COMMANDS, finish_chord
from hashiya.tui.screens.label.dialogs import not_saved
from hashiya.tui.screens.label.header_footer import (
    BEFORE_KEYS,
    chord_rows,
    doubtful,
    head_row,
    named_keys,
    normal_rows,
    state,
)
from hashiya.tui.screens.label.pair_view import panel_rows, shown_marks
from hashiya.tui.session.following import Following
from hashiya.tui.session.jump import Jump
from hashiya.tui.session.session import Session
from hashiya.tui.settings.language import _, current_language
from hashiya.tui.widgets.bar import BAR_GAP, Bar, Piece, PieceStyle
from hashiya.tui.widgets.entry_list import fitted
from hashiya.tui.widgets.field import Field
from hashiya.tui.widgets.markdown import TextBlock
from hashiya.tui.widgets.pair.panel import Panel
from hashiya.tui.widgets.pair.passage import Passage
from hashiya.tui.widgets.prompt import Prompt, Question
from hashiya.tui.widgets.prose import Prose

LEAST_COLUMNS, LEAST_ROWS = 40, 16
STACKED_BELOW = 80
_LOW, _VERY_LOW = 30, 20
_LRM, _RLM = "\u200e", "\u200f"
_PREPARE_AFTER = 0.02
"""Seconds after a pair was opened or named until what will be shown next is made ready."""
_POLL_EVERY = 5.0
"""Seconds between two looks at who else labels and whether the corpus was built again."""

_RECONNECT_EVERY = 1.0
"""Seconds between two tries to reach the journal's server again."""

_FOLLOWED: dict[Following, Callable[[], str]] = {
    "same": lambda: _("the corpus was built again; this is the same pair"),
    "changed": lambda: _("the corpus was built again; this is the pair with most of the text that was open"),
    "gone": lambda: _("the corpus was built again; the pair that was open is gone, this is the nearest"),
}


class LabelScreen(CommandTarget):
    """Two passages with the cursor in one of them, the panel with what is said, the keys."""

    CSS_PATH: ClassVar[CSSPathType | None] = "label.tcss"

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """Only the line shows that it has the focus: Textual would paint the whole screen anew."""

    def __init__(self, session: Session, keymap: Keymap) -> None:
        super().__init__(session, keymap)
        self.message = Piece("")
        self.others: tuple[str, ...] = ()
        self.rebuilt = False
        self._neighbours: tuple[tuple[str, int] | None, tuple[Pair | None, ...]] = (None, ())
        self._doubts: tuple[Doubt, ...] = ()
        self._is_reconnecting = False
        self._was_lost = False
        self._preparing: Timer | None = None
        self._answered: Callable[[str | None], object] | None = None
        self._row_named: Callable[[str], int | None] | None = None
        self.passages: dict[Lang, Passage] = {lang: Passage(lang, classes=lang) for lang in LANGS}

    def compose(self) -> ComposeResult:
        """English on the left, Arabic on the right; below it, or under it where there is no room."""
        yield Bar(id="head")
        with Horizontal(id="sides"):
            for lang in LANGS[::-1]:
                with Vertical(classes=f"side {lang}"):
                    yield Bar(id=f"name-{lang}")
                    yield self.passages[lang]
        yield Panel(id="panel")
        yield Bar(id="labels")
        yield Bar(id="keys")
        yield Bar(id="state")
        yield Prose(id="long")
        yield Prompt(id="prompt")
        yield Bar(id="small")

    def on_mount(self) -> None:
        """Show the first pair, and learn in the background which names the corpus knows."""
        self.set_interval(_POLL_EVERY, self.poll)
        self.set_interval(_RECONNECT_EVERY, self._reconnect)
        self.run_worker(self._known_names, thread=True, exit_on_error=False)
        self.poll()
        if not self.message.text:
            help_key = self.keymap.keys_of("help")[:1]
            self.say(_("{key} shows all keys").format(key=help_key[0] if help_key else "F1"))
        self.show()

    def on_resize(self, event: events.Resize) -> None:
        """Stack the sides where they would be too narrow; ask for room where nothing could be read."""
        width, height = event.size
        self.set_class(width < STACKED_BELOW, "stacked")
        self.set_class(width < LEAST_COLUMNS or height < LEAST_ROWS, "small")
        self.set_class(height < _LOW, "low")
        self.set_class(height < _VERY_LOW, "very-low")
        self.query_one("#small", Bar).show(
            [
                Piece(
                    _("Too small: {width}×{height}, needs {least_width}×{least_height}").format(
                        width=width, height=height, least_width=LEAST_COLUMNS, least_height=LEAST_ROWS
                    ),
                    "bad",
                )
            ],
            (),
            current_language().direction,
        )

    def on_key(self, event: events.Key) -> None:
        """Do what the key means: in a jump, in an open chord, for a label, or by itself."""
        if self.asking:
            return
        key = canonical(event.key, event.character)
        event.stop()
        event.prevent_default()
        self.session.clock.touch()
        self.say("")
        if self.jump is not None:
            self._press_in(self.jump, key)
        elif self.chord is not None:
            outcome = self.chord.press(key)
            if outcome is not None:
                chord, self.chord = self.chord, None
                self.attempt(lambda: finish_chord(self, chord, outcome))
        elif self.settles and (answer := self.keymap.action(KeyLayer.ANSWER, key)) is not None:
            self.act(answer.id)
        elif (label := self.keymap.label(KeyLayer.NORMAL, key)) is not None:
            self.attempt(lambda: self.editor.mark(label.id))
        elif (action := self.keymap.action(KeyLayer.NORMAL, key)) is not None:
            self.act(action.id)
        self.show()

    @property
    def asking(self) -> bool:
        """Whether a line is being written: keys and mouse then belong to it."""
        return self._answered is not None

    def ask(
        self,
        question: Question,
        then: Callable[[str | None], object],
        row_named: Callable[[str], int | None] | None = None,
    ) -> None:
        """Ask for a line of text at the foot of the screen; call `then` with it, `None` when given up.

        `row_named` returns the row that a text would open: that pair is made ready while it is typed. The
        line is a part of this screen, shown and hidden: a screen of its own would take some frames to come.
        """
        prompt = self.query_one(Prompt)
        self._answered, self._row_named = then, row_named
        prompt.add_class("asking")
        prompt.ask(question)

    def on_field_changed(self, event: Field.Changed) -> None:
        """Make ready the pair that is being named."""
        if self._row_named is not None:
            self._prepare_soon(self._row_named(event.value))

    def on_prompt_answered(self, event: Prompt.Answered) -> None:
        """Go on with what was written, or without it."""
        then, self._answered, self._row_named = self._answered, None, None
        self.query_one(Prompt).remove_class("asking")
        self.set_focus(None)
        if then is not None:
            then(event.text)

    def act(self, action_id: str) -> None:
        """Do an action by its id, as its key does."""
        command = COMMANDS.get(action_id)
        if command is not None:
            self.attempt(lambda: command(self))

    def attempt(self, command: Callable[[], object]) -> bool:
        """Run a command; return false, having said why, where it cannot be done: the pair is as it was.

        Where another program holds the journal, a notice offers to do it again.
        """
        try:
            self._see_the_journal()
            command()
        except BusyError:
            not_saved(self, command)
            return False
        except ConnectionLostError:
            self.say(_("the connection is lost: this pair stays open until it is back"), "bad")
            return False
        except HashiyaError as error:
            self.say(str(error), "bad")
            return False
        if self.session.unsaved:
            self.say(_("connection lost: what you say of this pair is kept, and saved by itself"), "bad")
        return True

    def say(self, text: str, style: PieceStyle = "plain") -> None:
        """Say something at the foot of the screen until the next key."""
        # A message that begins with a word of the text still runs as its own language does.
        mark = _RLM if current_language().direction is Direction.RTL else _LRM
        self.message = Piece(mark + " ".join(text.split()) if text else "", style)

    def show(self) -> None:
        """Show everything as it is now."""
        if self.session.row is None or not self.is_attached:
            return
        self.editor.arrive()
        if self.answers.show(self.session.pair.pair_id, self.session.answers):
            self.to_difference()
        here = (self.session.reader.generation.manifest.generation, self.session.row)
        if self._neighbours[0] != here:
            self._neighbours = (here, (self.session.neighbour(-1), self.session.neighbour(1)))
            self._doubts = doubts(self.session.pair)
            self._prepare_soon(self.session.ahead(1))
        for lang, passage in self.passages.items():
            self._show_side(lang, passage)
        self._show_statements_and_keys()
        self._show_foot()

    def _show_side(self, lang: Lang, passage: Passage) -> None:
        """Show one side of the pair, and its name above it."""
        session, editor = self.session, self.editor
        written_on = lang == editor.lang
        before, after = (pair.text(lang) or "" if pair else "" for pair in self._neighbours[1])
        passage.absent = _("no Arabic side") if lang == "ar" else _("no English side")
        passage.show(
            session.pair.text(lang),
            shown_marks(session, self.answers, lang, editor.entity, settles=self.settles),
            editor.cursor.span if written_on else None,
            before=before,
            after=after,
            hints=self.jump.hints() if written_on and self.jump is not None else {},
        )
        editor.layouts[lang] = passage.text_layout
        name = Piece(_("Arabic") if lang == "ar" else _("English"), "chosen" if written_on else "dim")
        unit = [Piece(_("letters"), "dim")] if written_on and editor.cursor.letters else []
        self.query_one(f"#name-{lang}", Bar).show([name], unit, DIRECTIONS[lang])

    def _show_statements_and_keys(self) -> None:
        """Show what is said of the pair, the row above it, and what the keys do."""
        session, chord = self.session, self.chord
        ui, base = current_language().ui, current_language().direction
        rows = panel_rows(session, self.answers, (self.keymap, ui), self.editor.entity)
        self.query_one(Panel).show(rows, base)
        self.set_class(bool(self.answers.stops or session.before), "listing")
        self.query_one("#head", Bar).show(*self.head(), base)
        labels, keys = self.key_rows(ui) if chord is None else chord_rows(chord, self.keymap, ui)
        self.query_one("#labels", Bar).show(labels, (), base)
        self.query_one("#keys", Bar).show(keys, (), base)

    def head(self) -> tuple[list[Piece], list[Piece]]:
        """Return the row at the top."""
        return head_row(self.session)

    def key_rows(self, ui: Lang) -> tuple[list[Piece], list[Piece]]:
        """Return the rows with the labels and the actions, each with its key."""
        labels, keys = normal_rows(self.keymap, ui)
        if self.answers.stops:
            keys = [*named_keys(self.keymap, BEFORE_KEYS), *keys]
        return labels, keys

    def to_difference(self) -> None:
        """Move the cursor to the words that the list of differences is at, if it is at any."""
        place = place_of_stop(self.answers.stop) if self.answers.stop is not None else None
        if place is not None:
            self.editor.select_span(*place)

    def _show_foot(self) -> None:
        """Show the message, over the keys where it is long, and what is saved."""
        base = current_language().direction
        ending = state(self.session, self.others, rebuilt=self.rebuilt)
        long = self._is_long(ending)
        foot = [] if long else [self.message] if self.message.text else doubtful(self._doubts)
        self.query_one("#state", Bar).show(foot, ending, base)
        self.set_class(long, "wordy")
        if long:
            self.query_one("#long", Prose).show([TextBlock(self.message.text, base)])

    def _is_long(self, ending: Sequence[Piece]) -> bool:
        """Return whether the message is longer than its row has room for: then it is shown over the keys."""
        taken = sum(fitted(piece.text, self.size.width)[1] + BAR_GAP for piece in ending)
        return fitted(self.message.text, self.size.width - taken)[0] != self.message.text

    def _prepare_soon(self, row: int | None) -> None:
        """Read what a save needs, and read and lay out a pair: when nobody waits for it."""
        if self._preparing is not None:
            self._preparing.stop()
        self._preparing = self.set_timer(_PREPARE_AFTER, lambda: self._prepare(row))

    def _prepare(self, row: int | None) -> None:
        session = self.session
        _ = session.document
        if row is not None:
            pair, around = session.reader.pair(row), [session.beside(row, step) for step in (-1, 1)]
            for lang, passage in self.passages.items():
                before, after = (beside.text(lang) or "" if beside else "" for beside in around)
                passage.prepare(pair.text(lang), before, after)

    def poll(self) -> None:
        """See who else labels, whether the corpus was built again, and what another window did."""
        before = (self.others, self.rebuilt)
        self.others = tuple(sorted({entry.annotator for entry in self.session.others()}))
        changed = False
        with suppress(HashiyaError):  # what is wrong is said when something is to be saved
            changed = self._see_the_journal()
            changed = self._follow() or changed
            changed = self.session.reread() or changed
        if changed or (self.others, self.rebuilt) != before:
            self.show()

    def _follow(self) -> bool:
        """Go on in a newer generation, unless the annotator is in the middle of something."""
        if self._is_busy or not self.is_current:
            return False
        self.rebuilt = self.session.rebuilt()  # and so it stays where it cannot be followed
        following = self.session.follow()
        self.rebuilt = self.rebuilt and following is None
        if following is not None:
            self.say(_FOLLOWED[following]())
        return following is not None

    def _see_the_journal(self) -> bool:
        """Say it at once when the corpus's journal was taken away, and where labels go now."""
        if not self.session.see_the_journal():
            return False
        self.app.notify(
            _(
                "The journal of this corpus was moved or replaced. What you save goes to {file}; "
                "when you quit, the terminal says how to bring it in."
            ).format(file=self.session.rescued),
            severity="error",
            timeout=60,
        )
        return True

    def _reconnect(self) -> None:
        """Try in the background to reach a server that was lost, and go on when it is there."""
        if self.session.lost:
            self._was_lost = True
            if not self._is_reconnecting:
                self._is_reconnecting = True
                self.run_worker(self._try_to_reconnect, thread=True, exit_on_error=False)
        elif self.session.unsaved:
            self._save_unsaved()
        elif self._was_lost and not self._is_busy:
            self._was_lost = False
            self.say(_("the connection is back"))
            self.show()

    def _try_to_reconnect(self) -> None:
        with suppress(HashiyaError):
            self.session.journal.database.reconnect()
        self._is_reconnecting = False

    @property
    def _is_busy(self) -> bool:
        """Whether the annotator is in the middle of a line or of a sequence of keys."""
        return self.asking or self.chord is not None or self.jump is not None

    def _save_unsaved(self) -> None:
        if self._is_busy:
            return
        try:
            saved = self.session.save_unsaved()
        except ConnectionLostError:
            return
        except HashiyaError as error:
            self.say(str(error), "bad")
        else:
            self._was_lost = False
            if saved:
                self.say(_("the connection is back, and everything is saved"))
        self.show()

    def _known_names(self) -> None:
        found = self.session.known_names()
        self.app.call_from_thread(self._remember, found)

    def _remember(self, found: list[tuple[Entity, int]]) -> None:
        for entity, times in found:
            self.session.concepts.remember(entity, times)

    def _press_in(self, jump: Jump, key: str) -> None:
        """Take a letter of a jump; the last one moves the cursor, any other key ends the jump."""
        word = jump.press(key)
        if word is not None:
            self.editor.select_span(self.editor.lang, word)
        if not jump.open:
            self.jump = None

    def on_passage_pressed(self, event: Passage.Pressed) -> None:
        """Move the cursor to where the mouse is."""
        self._select(event.passage.lang, event.index, event.index)

    def on_passage_dragged(self, event: Passage.Dragged) -> None:
        """Select what the mouse is drawn over."""
        self._select(event.passage.lang, event.start_index, event.end_index)

    def _select(self, lang: Lang, start: int, end: int) -> None:
        if self.asking:
            return
        self.session.clock.touch()
        self.editor.select(lang, start, end)
        self.show()

    def on_passage_reshaped(self, event: Passage.Reshaped) -> None:
        """Let the cursor move through the lines as they are now."""
        self.editor.layouts[event.passage.lang] = event.passage.text_layout

    def on_panel_clicked(self, event: Panel.Clicked) -> None:
        """Move the cursor to the words that a statement is about."""
        if self.asking:
            return
        self.session.clock.touch()
        self.editor.select_span(event.lang, event.span)
        self.answers.go_to(event.lang, event.span)
        self.show()

    def on_bar_clicked(self, event: Bar.Clicked) -> None:
        """Do what was clicked: an action, or in a chord a key."""
        if self.asking:
            return
        self.session.clock.touch()
        if event.action.startswith("key:"):
            key = event.action.removeprefix("key:")
            self.post_message(events.Key(key, key if len(key) == 1 else None))
        else:
            self.act(event.action)
            self.show()
