"""The applications: settings, how Arabic is sent to the terminal, who labels, and the screen to label on."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.filter import LineFilter

from hashiya.corpus.store.folder import Corpus
from hashiya.schema.errors import HashiyaError, SettingsError
from hashiya.tui.keys.keymap import Keymap
from hashiya.tui.screens.choose import ChoosingScreen, Chosen, among
from hashiya.tui.screens.label.screen import LabelScreen
from hashiya.tui.screens.notice import Choice, NoticeScreen
from hashiya.tui.screens.terminal_check import TerminalCheckScreen
from hashiya.tui.screens.write_line import WritingScreen
from hashiya.tui.session.session import Session
from hashiya.tui.settings.language import _, current_language, ngettext, preferred_language, set_language
from hashiya.tui.settings.paths import settings_file
from hashiya.tui.settings.settings import Settings, UiLanguage, amend
from hashiya.tui.terminal.bidi_modes import (
    AUTO,
    driver_for,
    switch_mode,
    terminal_in_mode,
    terminal_signature,
)
from hashiya.tui.terminal.detection import Terminal
from hashiya.tui.terminal.key_queue import KeyQueueApp
from hashiya.tui.terminal.lrm_filter import LrmFilter
from hashiya.tui.widgets.entry_list import Entry
from hashiya.tui.widgets.prompt import Question

_UI_NAMES: Mapping[UiLanguage, str] = {"en": "English", "ar": "العربية"}


class HashiyaApp(KeyQueueApp):
    """What both applications have: Arabic as the terminal needs it, a theme, the language of menus."""

    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False  # Textual's own can't show Arabic; ours is a dialog
    TITLE = "hashiya"

    def __init__(
        self,
        settings: Settings,
        *,
        ui: UiLanguage | None = None,
        environ: Mapping[str, str] = os.environ,
        settings_path: Path | None = None,
    ) -> None:
        self.settings = settings
        self.settings_path = settings_path or settings_file()
        self._environ = environ
        self._signature = terminal_signature(environ)
        self.bidi_mode = settings.terminals.get(self._signature, AUTO)
        how = terminal_in_mode(environ, self.bidi_mode)
        self._lrm_filter = LrmFilter(enabled=how.lrm and not self.in_browser)
        set_language(ui or settings.ui or preferred_language(environ))
        super().__init__(driver_class=driver_for(how))
        if settings.theme not in self.available_themes:
            raise SettingsError(
                f"{self.settings_path}: theme: no theme is called {settings.theme!r}; there are: "
                + ", ".join(sorted(self.available_themes))
            )
        self.theme = settings.theme

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters, then the LRM filter where the terminal needs it."""
        return [*super().get_line_filters(), *([self._lrm_filter] if self._lrm_filter.enabled else [])]

    @property
    def in_browser(self) -> bool:
        """Whether the screen is shown by a browser, which orders nothing by itself."""
        return "TEXTUAL_DRIVER" in self._environ

    def use_mode(self, mode: str) -> Terminal:
        """Send Arabic in another mode from now on."""
        how = terminal_in_mode(self._environ, mode)
        self.bidi_mode = mode
        self._lrm_filter.enabled = how.lrm
        switch_mode(self._driver, how)
        self.screen.refresh(layout=True)
        return how

    async def ask_mode(self) -> None:
        """Ask whether Arabic reads right, and keep the answer for terminals of this kind."""
        mode = await self.push_screen_wait(TerminalCheckScreen(self.bidi_mode, self.use_mode))
        self.keep(terminals={self._signature: mode})

    def keep(self, **changes: object) -> str:
        """Save settings; return why that failed, or ""."""
        try:
            self.settings = amend(self.settings_path, **changes)
        except HashiyaError as error:
            return str(error)
        return ""

    def action_help_quit(self) -> None:
        """Ctrl+C ends the program too: everything is saved."""
        self.exit()


class TerminalCheckApp(HashiyaApp):
    """Asks again whether Arabic reads right."""

    def on_mount(self) -> None:
        """Ask, and end."""
        self._ask()

    @work
    async def _ask(self) -> None:
        await self.ask_mode()
        self.exit()


class LabellingApp(HashiyaApp):
    """The annotator's application on one corpus."""

    def __init__(
        self,
        corpus: Corpus,
        settings: Settings,
        *,
        annotator: str | None = None,
        everything: bool = False,
        ui: UiLanguage | None = None,
        environ: Mapping[str, str] = os.environ,
        settings_path: Path | None = None,
    ) -> None:
        super().__init__(settings, ui=ui, environ=environ, settings_path=settings_path)
        self.corpus = corpus
        self.everything = everything
        self.annotator = settings.annotator if annotator is None else annotator
        self.keymap = Keymap(corpus.scheme, settings.keys, str(self.settings_path))
        self.session: Session | None = None
        self.failure = ""
        """Why nothing could be labelled: to be said when the screen is gone."""

    def on_mount(self) -> None:
        """Go from question to question, to the first pair."""
        self._begin()

    def on_unmount(self) -> None:
        """Let others know that nobody labels here any more."""
        if self.session is not None:
            self.session.close()

    @work
    async def _begin(self) -> None:
        if self._signature not in self.settings.terminals and not self.in_browser:
            await self.ask_mode()
        message = ""
        if self.annotator is None:
            name: str | None = ""
            while name is not None and not name.strip():
                name = await self.push_screen_wait(WritingScreen(Question(self.question())))
            if name is None:
                self.exit()
                return
            self.annotator = name.strip()
            message = self.keep(annotator=self.annotator)
        try:
            self.session = self.open_session(self.annotator)
            await self._introduce(self.session, message)
        except HashiyaError as error:
            self.failure = str(error)
            await self._ask(_("This corpus can't be labelled now"), [str(error)], [_quit_choice()])
            self.exit()

    def question(self) -> str:
        """Return what is asked where it is not known who labels."""
        return _("Who is labelling? Your name, or what stands for it, goes with every label.")

    def open_session(self, annotator: str) -> Session:
        """Open the session."""
        return Session.open(
            self.corpus, annotator, everything=self.everything, idle=self.settings.idle_seconds
        )

    def title_of_nothing(self) -> str:
        """Return the title of the notice that there is nothing to do."""
        return _("Nothing to label")

    def nothing_there(self) -> list[str]:
        """Return what is said where there is nothing to do."""
        return [
            _("No pair of this corpus can be labelled: it is empty, or all of it is boilerplate."),
            _("Add articles to its sources and build it again: hashiya build SOURCE --out {folder}").format(
                folder=self.corpus.folder
            ),
        ]

    def screen_of(self, session: Session) -> LabelScreen:
        """Return the screen to begin with."""
        return LabelScreen(session, self.keymap)

    async def _introduce(self, session: Session, message: str) -> None:
        """Show what is out of the ordinary, then the screen."""
        if not session.standings.total():
            await self._ask(self.title_of_nothing(), self.nothing_there(), [_quit_choice()])
            self.exit()
            return
        own = [entry for entry in session.others() if entry.annotator == session.annotator]
        if own:
            text = [
                _("{who} has this corpus open already, on {host} in process {pid}, since {since}.").format(
                    who=session.annotator, host=own[0].host, pid=own[0].pid, since=own[0].since
                ),
                _("Both save into the same journal. A pair that the other one changed is shown anew first."),
                _("If that is not you, close this window, and tell whoever sent you the link.")
                if self.in_browser
                else _("If that is somebody else, quit and choose your own name with --annotator."),
            ]
            if (
                await self._ask(_("Labelled in another window"), text, [_go_on_choice(), _quit_choice()])
                == "quit"
            ):
                self.exit()
                return
        misfits = session.misfits()
        if misfits:
            ref = session.scheme.ref
            text = [
                ngettext(
                    "{count} of your pairs was labelled with another scheme than {name} {version}.",
                    "{count} of your pairs were labelled with another scheme than {name} {version}.",
                    misfits,
                ).format(count=misfits, name=ref.name, version=ref.version),
                _("Their labels are kept and shown. To change them, start the pair anew (Ctrl+P)."),
            ]
            await self._ask(_("The scheme has changed"), text, [_go_on_choice()])
        screen = self.screen_of(session)
        if message:
            screen.say(message, "bad")
        elif session.work.is_planned and not session.work.documents:
            screen.say(_("nothing is assigned to {who}: these are all pairs").format(who=session.annotator))
        if session.row is None:
            session.edge(end=False)
        await self.push_screen(screen)
        if session.queue.unfinished(session.standings, None) is None:
            screen.act("pair.unlabelled")

    async def _ask(self, title: str, text: Sequence[str], choices: Sequence[Choice]) -> str:
        return await self.push_screen_wait(NoticeScreen(title, text, choices))

    def action_choose_theme(self) -> None:
        """Choose a theme."""
        self._choose_theme()

    def action_choose_language(self) -> None:
        """Choose the language of the menus."""
        self._choose_language()

    def action_check_terminal(self) -> None:
        """See again whether Arabic reads right."""
        self._check_terminal()

    @work
    async def _choose_theme(self) -> None:
        entries = [Entry(name, name) for name in sorted(self.available_themes)]
        chosen = await self.push_screen_wait(ChoosingScreen(_("Theme"), among(entries), value=""))
        if isinstance(chosen, Chosen) and chosen.key:
            self.theme = chosen.key
            self._tell(self.keep(theme=chosen.key))

    @work
    async def _choose_language(self) -> None:
        entries = [Entry(ui, name) for ui, name in _UI_NAMES.items()]
        chosen = await self.push_screen_wait(ChoosingScreen(_("Language of the menus"), among(entries)))
        key = chosen.key if isinstance(chosen, Chosen) else None
        found: UiLanguage | None = next((ui for ui in _UI_NAMES if ui == key), None)
        if found is not None:
            set_language(found)
            self._tell(self.keep(ui=current_language().ui))

    @work
    async def _check_terminal(self) -> None:
        await self.ask_mode()
        self._tell("")

    def _tell(self, error: str) -> None:
        screen = self.screen
        if isinstance(screen, LabelScreen):
            screen.say(error, "bad")
            screen.show()


def _quit_choice() -> Choice:
    return Choice("q", _("Quit"), "quit")


def _go_on_choice() -> Choice:
    return Choice("enter", _("Go on"), "go on")
